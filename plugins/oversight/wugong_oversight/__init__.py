"""共管: supervision, findings until they are mended, and the upkeep of what was built."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wugong import (
    BUILD,
    MANAGE,
    N_,
    SHARE,
    Act,
    Contribution,
    Fact,
    Matter,
    PaymentMade,
    Reads,
    Ref,
    Refusal,
    Relation,
    RoleGranted,
    RoleTitle,
    StageClosed,
    StageOpened,
    TaskAccepted,
    Waiting,
    hookimpl,
    on,
)
from wugong_oversight import events, findings, group, upkeep
from wugong_oversight.findings import FINDINGS, PAYMENT_REQUESTED
from wugong_oversight.texts import TEXTS

EVENTS = (
    events.GroupFormed,
    events.Inspected,
    events.FindingFiled,
    events.Rectified,
    events.Reinspected,
    events.FindingHandedOver,
    events.FindingOverdue,
    events.UpkeepPlanned,
)

__version__ = "0.1.0"
TITLE = N_("Supervision on the site")


@hookimpl
def register() -> Iterable[Contribution]:
    return (
        *EVENTS,
        FINDINGS,
        group.SUPERVISION,
        upkeep.PLAN_OF_UPKEEP,
        Reads(PAYMENT_REQUESTED, task=Ref),
        Relation("oversight.owner", findings.owners, title=N_("Whoever is to mend a problem")),
        RoleTitle("supervisor", N_("Supervisor")),
        RoleTitle("professional", N_("Professional")),
        RoleTitle("observer", N_("Observer")),
        RoleTitle("contractor", N_("Contractor")),
        RoleTitle("steward", N_("Steward")),
        TEXTS,
    )


@hookimpl
@on(*EVENTS, RoleGranted, TaskAccepted, PaymentMade, PAYMENT_REQUESTED, StageOpened, StageClosed)
def guard_event(matter: Matter, act: Act) -> list[Refusal]:
    state = matter.state(FINDINGS)
    match act.event:
        case TaskAccepted(task=task):
            return findings.stopping_refusals(state, task, "stops_acceptance")
        case PaymentMade(request=request):
            return findings.stopping_refusals(state, state.requests.get(request), "stops_payment")
        case StageOpened(stage=stage) if stage is SHARE:
            return upkeep.sharing_refusals(matter)
        case StageClosed(stage=stage) if stage is MANAGE:
            return findings.closing_refusals(state)
        case events.UpkeepPlanned() as planned:
            return upkeep.planning_refusals(planned)
    if act.kind == PAYMENT_REQUESTED:
        return findings.stopping_refusals(state, act.event.task, "stops_payment")
    return [*group.guard(matter, act), *findings.guard(matter, act)]


@hookimpl
@on(events.GroupFormed, events.Reinspected, events.UpkeepPlanned)
def co_manage(matter: Matter, fact: Fact) -> list[Any]:
    match fact.event:
        case events.GroupFormed():
            return group.seat(matter)
        case events.UpkeepPlanned():
            return upkeep.appoint(matter)
        case events.Reinspected(passed=False) if matter.status(BUILD) == "done":
            # A fixed reason, so that the pages can translate it.
            return [StageOpened(stage=BUILD, reason=N_("A repair did not pass the re-inspection"))]
    return []


@hookimpl
@on(events.Reinspected, events.UpkeepPlanned)
def co_share(matter: Matter, fact: Fact) -> list[Any]:
    # While managing is open too, the same was done there.
    return [] if matter.open(MANAGE) else list(co_manage(matter, fact))


@hookimpl
def waiting(matter: Matter) -> list[Waiting]:
    return list(findings.waiting(matter))
