"""四議兩公開: four deliberations and two disclosures, in their order.

提議 → 商議 → 審議 → 決議 (a poll of the villagers) → 公開一 → 公開二. A sitting that falls short is
recorded as it was; what does not follow is the next step, and the refusal says how much is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from wugong import (
    BUILD,
    SHARE,
    Act,
    Fact,
    Fold,
    Law,
    Matter,
    PollDecided,
    PollOpened,
    Procedure,
    Refusal,
    RollFrozen,
    SheetHung,
    Stage,
    Test,
    judge,
    local_day,
)
from wugong_rural import postings
from wugong_rural.bodies import RESOLVING, steps
from wugong_rural.events import (
    FOUR_TWO,
    POSTING_LAW,
    CommitteesConsulted,
    DecisionPosted,
    PartyMembersReviewed,
    PartyProposed,
    PostingEnded,
    ResultPosted,
)
from wugong_rural.postings import Posting, days_of

CATEGORY = "four_two"
CATEGORIES = "rural.four_two_categories"
REVIEW_BASE = "rural.review_base"
EVERY_MATTER = "*"

DRAFT_DAYS = 3  # between the sending of the draft and the meeting (S)
CONSULTATION = f"{FOUR_TWO} 二議"
REVIEW = f"{FOUR_TWO} 三議"
ORDER = f"{FOUR_TWO} 順序"

Carried = Literal["carried", "no_quorum", "not_carried"]


@dataclass(frozen=True, slots=True)
class Sitting:
    """The figures of a meeting: who should have come, who came, who agreed."""

    seq: int
    due: int
    present: int
    yes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The last time the villagers were asked: the poll, and how it ended."""

    poll: int
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """How far a matter has come; a later step is kept only while the earlier ones stand."""

    proposal: int | None = None
    consultation: Sitting | None = None
    review: Sitting | None = None
    polling: frozenset[int] = frozenset()  # polls of the villagers that are not decided
    asked: Asked | None = None
    resolutions: tuple[int, ...] = ()  # the facts that say the villagers passed it
    decision: Posting | None = None
    result: Posting | None = None


def _fold(flow: Flow, fact: Fact) -> Flow:
    match fact.event:
        case PartyProposed():
            return replace(flow, proposal=fact.seq, consultation=None, review=None)
        case CommitteesConsulted() as met:
            sitting = Sitting(fact.seq, met.due, met.present, met.yes)
            return replace(flow, consultation=sitting, review=None)
        case PartyMembersReviewed() as met:
            return replace(flow, review=Sitting(fact.seq, met.due, met.present, met.yes))
        case PollOpened(procedure=procedure) if procedure in RESOLVING:
            return replace(flow, polling=flow.polling | {fact.seq}, asked=Asked(fact.seq))
        case RollFrozen(poll=poll, law=Law(origin=origin)) if origin in RESOLVING:
            # A local pack of the assembly's is the assembly's, by whatever name.
            return replace(flow, polling=flow.polling | {poll}, asked=Asked(int(poll)))
        case PollDecided() as decided if decided.poll in flow.polling:
            passed = (fact.seq,) if decided.verdict == "passed" else ()
            return replace(
                flow,
                polling=flow.polling - {decided.poll},
                asked=Asked(int(decided.poll), decided.verdict),
                resolutions=flow.resolutions + passed,
            )
        case DecisionPosted(days=days):
            return replace(flow, decision=Posting(fact.seq, fact.at, days))
        case ResultPosted(days=days):
            return replace(flow, result=Posting(fact.seq, fact.at, days))
        case SheetHung(notice=seq, hung_on=day):
            decision = postings.hung(flow.decision, seq, day)
            return replace(flow, decision=decision, result=postings.hung(flow.result, seq, day))
        case PostingEnded(posting=seq):
            decision = postings.ended(flow.decision, seq)
            return replace(flow, decision=decision, result=postings.ended(flow.result, seq))
    return flow


FLOW: Fold[Flow] = Fold(
    "rural.four_two",
    initial=Flow(),
    fold=_fold,
    hears=(
        PartyProposed,
        CommitteesConsulted,
        PartyMembersReviewed,
        PollOpened,
        RollFrozen,
        PollDecided,
        DecisionPosted,
        ResultPosted,
        SheetHung,
        PostingEnded,
    ),
)


def applies(matter: Matter) -> bool:
    """Tell whether ``matter`` runs 四議兩公開: by its category, by the setting, or once begun."""
    wanted = matter.setting(CATEGORIES, CATEGORY).replace(",", " ").split()
    begun = matter.state(FLOW).proposal is not None
    return not matter.is_standing and (begun or matter.category in wanted or EVERY_MATTER in wanted)


def consultation_test() -> Procedure:
    """Return the test of the second step."""
    return steps()["four_two.committees"]


def review_test(base: str) -> Procedure:
    """Return the test of the third step; ``base`` is ``due`` (應到) or ``present`` (實到)."""
    return steps()[f"four_two.party_members.{base}"]


def sat(sitting: Sitting, procedure: Procedure) -> tuple[Carried, tuple[Test, ...]]:
    """Apply the tests of a step to the figures of its meeting, exactly."""
    verdict, tests = judge(
        procedure,
        whole={"heads": sitting.due},
        part={"heads": sitting.present},
        yes={"heads": sitting.yes},
    )
    if verdict == "no_quorum":
        return "no_quorum", tests
    return ("carried" if verdict == "passed" else "not_carried"), tests


def refuse_figures(met: CommitteesConsulted | PartyMembersReviewed) -> list[Refusal]:
    """Refuse figures that no meeting can have."""
    if met.yes + (met.no or 0) + (met.abstain or 0) <= met.present <= met.due:
        return []
    figures = {"due": met.due, "present": met.present, "yes": met.yes}
    return [Refusal("rural.figures_impossible", ORDER, figures)]


def refuse_draft(met: PartyMembersReviewed, at: datetime) -> list[Refusal]:
    """Refuse a review whose draft was sent later than three days ahead, where the day is noted."""
    if met.draft_sent_on is None:
        return []
    given = ((met.held_on or local_day(at)) - met.draft_sent_on).days
    if given >= DRAFT_DAYS:
        return []
    details: dict[str, int | str] = {"given": max(given, 0), "least": DRAFT_DAYS}
    return [Refusal("rural.draft_too_late", REVIEW, details)]


def refuse_presence(proposed: PartyProposed) -> list[Refusal]:
    """Refuse a proposal that says who came and not who was due, or more of those."""
    due, present = proposed.due, proposed.present
    if due is None or present is None:
        stated = due is not None or present is not None
        return [Refusal("rural.presence_incomplete", f"{FOUR_TWO} 一議")] if stated else []
    if present <= due:
        return []
    details = {"due": due, "present": present}
    return [Refusal("rural.presence_impossible", f"{FOUR_TWO} 一議", details)]


def refuse_day(act: Act, held_on: date | None) -> list[Refusal]:
    """Refuse a meeting that is still to come."""
    if held_on is None or held_on <= local_day(act.at):
        return []
    return [Refusal("rural.day_to_come", ORDER, {"on": held_on.isoformat()})]


def refuse_sitting(matter: Matter, step: Literal[1, 2, 3]) -> list[Refusal]:
    """Refuse one of the first three steps while a villagers' poll runs, after it, or too early."""
    flow = matter.state(FLOW)
    if flow.resolutions:
        return [Refusal("rural.already_resolved", ORDER)]
    if flow.polling:
        return [Refusal("rural.poll_running", ORDER)]
    if step > 1 and flow.proposal is None:
        return [Refusal("rural.proposal_missing", f"{FOUR_TWO} 一議")]
    return list(_consultation_owed(flow)) if step == 3 else []


def refuse_poll(matter: Matter) -> list[Refusal]:
    """Refuse to ask the villagers before the first three steps are done and carried."""
    flow = matter.state(FLOW)
    if flow.proposal is None:
        return [Refusal("rural.proposal_missing", f"{FOUR_TWO} 一議; 村組法 (2025) 28")]
    if owed := list(_consultation_owed(flow)):
        return owed
    return list(_review_owed(flow, matter.setting(REVIEW_BASE, "due")))


def refuse_decision(matter: Matter, resolution: int | None) -> list[Refusal]:
    """Refuse to post a resolution that the villagers did not pass."""
    passed = matter.state(FLOW).resolutions
    if not passed or (resolution is not None and resolution not in passed):
        return [Refusal("rural.resolution_missing", f"{FOUR_TWO} 四議; 村組法 (2025) 26, 30")]
    return []


def refuse_result(matter: Matter) -> list[Refusal]:
    """Refuse to post the result while the resolution hangs, or while the work goes on."""
    refusals = list(_posting_owed(matter.state(FLOW).decision, "decision"))
    if matter.open(BUILD):
        refusals.append(Refusal("rural.work_not_finished", f"{FOUR_TWO} 公開二"))
    return refusals


def refuse_sheet(matter: Matter, sheet: SheetHung) -> list[Refusal]:
    """Refuse a sheet that would move the days of a disclosure which is over."""
    flow = matter.state(FLOW)
    of_both = (postings.refuse_sheet(one, sheet) for one in (flow.decision, flow.result))
    return [refusal for listed in of_both for refusal in listed]


def refuse_stage(matter: Matter, stage: Stage) -> list[Refusal]:
    """Refuse to build before the resolution hangs, and to share before the result has hung."""
    flow = matter.state(FLOW)
    if stage is BUILD and flow.decision is None:
        return [Refusal("rural.decision_not_posted", f"{FOUR_TWO} 公開一; {POSTING_LAW}")]
    if stage is SHARE:
        return list(_posting_owed(flow.result, "result"))
    return []


def _consultation_owed(flow: Flow) -> Iterator[Refusal]:
    if flow.consultation is None:
        yield Refusal("rural.consultation_missing", CONSULTATION)
        return
    outcome, tests = sat(flow.consultation, consultation_test())
    if outcome != "carried":
        yield Refusal("rural.consultation_not_carried", CONSULTATION, _short(tests))


def _review_owed(flow: Flow, base: str) -> Iterator[Refusal]:
    if flow.review is None:
        yield Refusal("rural.review_missing", REVIEW)
        return
    outcome, tests = sat(flow.review, review_test(base))
    if outcome == "no_quorum":
        yield Refusal("rural.review_no_quorum", REVIEW, _short(tests))
    elif outcome == "not_carried":
        yield Refusal("rural.review_not_carried", REVIEW, _short(tests))


def _short(tests: tuple[Test, ...]) -> dict[str, int | str]:
    """Say how much the first test that failed is short of."""
    failed = next(test for test in tests if not test.met)
    missing = failed.needed - failed.have
    return {"have": failed.have, "needed": failed.needed, "of": failed.of, "missing": missing}


def _posting_owed(posting: Posting | None, which: str) -> Iterator[Refusal]:
    source = f"{FOUR_TWO} {'公開一' if which == 'decision' else '公開二'}; {POSTING_LAW}"
    if posting is None:
        yield Refusal(f"rural.{which}_not_posted", source)
    elif not posting.ended:
        yield Refusal(f"rural.{which}_still_posted", source, days_of(posting))
