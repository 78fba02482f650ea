"""Urban communities (城市): owners' meetings as data, neighbours heard, the cost shared."""

from __future__ import annotations

from collections.abc import Iterable

from wugong import (
    BUILD,
    N_,
    PLAN,
    Act,
    Contribution,
    Fact,
    Matter,
    PollOpened,
    Refusal,
    Relation,
    Waiting,
    hookimpl,
    on,
)
from wugong_urban import affected, shares
from wugong_urban.affected import NEIGHBOURS
from wugong_urban.bodies import procedures
from wugong_urban.events import (
    AffectedListed,
    ContactLogged,
    MediationOffered,
    SharesAdopted,
    SharesApportioned,
    StatementTaken,
)
from wugong_urban.texts import HEAR, OFFER, ROLES, TEXTS, URBAN

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
        SharesAdopted,
        SharesApportioned,
        NEIGHBOURS,
        shares.SHARES,
        Relation("urban.affected", affected.affected_members),
    ]


@hookimpl
@on(AffectedListed, ContactLogged, StatementTaken, MediationOffered, SharesAdopted, PollOpened)
def guard_event(matter: Matter, act: Act) -> list[Refusal] | None:
    match act.event:
        case AffectedListed() as listed:
            return affected.listing_refusals(listed)
        case SharesAdopted() as adopted:
            return shares.refusals(adopted)
        case PollOpened() as opened:
            procedure = matter.standing.procedures.get(opened.procedure)
            return affected.poll_refusals(matter, opened, procedure)
    return affected.unit_refusals(matter.state(NEIGHBOURS), act)


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
    losing = matter.state(NEIGHBOURS).losing()
    if unheard := [n.unit for n in losing if not n.was_heard]:
        details = {"units": ", ".join(unheard)}
        yield Waiting(
            HEAR, "officer", act="urban.statement_taken", source=affected.CHARTER, details=details
        )
    if alone := [n.unit for n in losing if n.needs_offer]:
        details = {"units": ", ".join(alone)}
        yield Waiting(
            OFFER,
            "officer",
            act="urban.mediation_offered",
            source=affected.CHARTER,
            details=details,
        )
