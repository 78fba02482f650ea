"""Urban communities (城市): owners' meetings as data, neighbours heard, the cost shared."""

from __future__ import annotations

from collections.abc import Iterable

from wugong import (
    BUILD,
    N_,
    PLAN,
    Act,
    Books,
    Contribution,
    Fact,
    Matter,
    PollOpened,
    Refusal,
    Relation,
    StepRecorded,
    Waiting,
    hookimpl,
    on,
)
from wugong_urban import affected, concerned, lifts, shares
from wugong_urban.affected import NEIGHBOURS
from wugong_urban.bodies import procedures
from wugong_urban.events import (
    CHARTER,
    AffectedListed,
    ContactLogged,
    MediationOffered,
    PlanStated,
    PrivatePartAgreed,
    SharesAdopted,
    SharesApportioned,
    StatementTaken,
)
from wugong_urban.texts import HEAR, OFFER, ROLES, SIGN, STATE, TEXTS, URBAN

__version__ = "0.1.0"
TITLE = N_("Urban communities")


@hookimpl
def register() -> Iterable[Contribution]:
    return [
        URBAN,
        *ROLES,
        TEXTS,
        *procedures(),
        AffectedListed,
        ContactLogged,
        StatementTaken,
        MediationOffered,
        PlanStated,
        PrivatePartAgreed,
        SharesAdopted,
        SharesApportioned,
        NEIGHBOURS,
        lifts.STATED,
        lifts.SIGNED,
        concerned.UNITS,
        concerned.OWNER_OF,
        concerned.POLLS,
        shares.SHARES,
        Relation("urban.affected", affected.affected_members),
    ]


@hookimpl
@on(
    AffectedListed,
    ContactLogged,
    StatementTaken,
    MediationOffered,
    PlanStated,
    PrivatePartAgreed,
    SharesAdopted,
    PollOpened,
    StepRecorded,
)
def guard_event(matter: Matter, act: Act, books: Books) -> list[Refusal]:
    match act.event:
        case AffectedListed() as listed:
            return affected.listing_refusals(listed)
        case PlanStated() as stated:
            return lifts.plan_refusals(matter, stated)
        case PrivatePartAgreed():
            return lifts.agreement_refusals(matter, concerned.owners_of(books), act)
        case SharesAdopted() as adopted:
            roster = concerned.units_of(books)
            return shares.refusals(adopted) + concerned.share_refusals(matter, roster, adopted)
        case PollOpened() as opened:
            return _poll_refusals(matter, opened, books)
        case StepRecorded() as recorded:
            return lifts.step_refusals(matter, recorded)
        case StatementTaken() as taken:
            unit = affected.unit_refusals(matter.state(NEIGHBOURS), act)
            return unit + lifts.statement_refusals(matter, taken)
    return affected.unit_refusals(matter.state(NEIGHBOURS), act)


def _poll_refusals(matter: Matter, opened: PollOpened, books: Books) -> list[Refusal]:
    if not concerned.is_owners(matter, opened.procedure):
        return []
    unheard = affected.poll_refusals(matter, opened, matter.procedures[opened.procedure])
    return unheard + lifts.poll_refusals(matter, concerned.units_of(books), opened)


@hookimpl
@on(SharesAdopted)
def co_plan(matter: Matter, fact: Fact) -> list[SharesApportioned] | None:
    """Work out what each unit pays, while planning only."""
    return None if matter.open(BUILD) else [shares.apportioned(fact)]


@hookimpl
@on(SharesAdopted)
def co_build(fact: Fact) -> list[SharesApportioned]:
    """Work out what each unit pays, while building, too."""
    return [shares.apportioned(fact)]


@hookimpl
def waiting(matter: Matter) -> Iterable[Waiting]:
    if not matter.open(PLAN):
        return
    for gap in lifts.owed(matter):
        yield Waiting(STATE, "officer", act="urban.plan_stated", source=gap.source)
    for one in lifts.unsigned(matter) if lifts.binds(matter, lifts.PRIVATE) else ():
        act, said = "urban.private_part_agreed", dict(one.details)
        yield Waiting(SIGN, "officer", act=act, source=one.source, details=said)
    losing = matter.state(NEIGHBOURS).losing()
    if unheard := [n.unit for n in losing if not n.was_heard]:
        details = {"units": ", ".join(unheard)}
        yield Waiting(HEAR, "officer", act="urban.statement_taken", source=CHARTER, details=details)
    if alone := [n.unit for n in losing if n.needs_offer]:
        details = {"units": ", ".join(alone)}
        yield Waiting(
            OFFER,
            "officer",
            act="urban.mediation_offered",
            source=CHARTER,
            details=details,
        )
