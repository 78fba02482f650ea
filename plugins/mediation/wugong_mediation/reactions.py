"""What must happen together with a fact of a case: holds, their end, and the end of the case."""

from __future__ import annotations

from typing import Any

from wugong import BUILD, PLAN, STAGES, Fact, HoldLifted, HoldPlaced, Matter, Ref, Stage
from wugong_mediation.cases import CASES, Case
from wugong_mediation.deadlines import term_ends
from wugong_mediation.events import Answered, Ended, Signed


def consequences(matter: Matter, fact: Fact, stage: Stage) -> list[Any]:
    """Return what follows ``fact``, once: where several stages are open, for the first of them."""
    if stage != next((one for one in STAGES if matter.open(one)), None):
        return []
    case = matter.state(CASES).by_id.get(fact.event.case)
    if case is None:
        return []
    match fact.event:
        case Answered(agree=False):
            return [Ended(case=Ref(case.id), reason="refused")]
        case Answered():
            until = term_ends(matter, case)
            return [HoldPlaced(stage=one, until=until) for one in to_hold(matter, case)]
        case Signed() if case.effective_at is not None:
            return [Ended(case=Ref(case.id), reason="agreed")]
        case Ended():
            return [HoldLifted(hold=Ref(one)) for one in case.holds if one in matter.holds]
    return []


def to_hold(matter: Matter, case: Case) -> list[Stage]:
    """Return the stages that rest while ``case`` is open.

    Planning and building, where they are open; else the first open stage. Never the community's
    own matter, which all others need; never twice for the same two people, who could otherwise
    stop a matter for ever.
    """
    again = any(other.paused for other in matter.state(CASES).between(case.requester, case.other))
    if matter.is_standing or again:
        return []
    at_work = [one for one in (PLAN, BUILD) if matter.open(one)]
    return at_work or [one for one in STAGES if matter.open(one)][:1]
