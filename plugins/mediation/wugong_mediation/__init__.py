"""Neutral mediation (第三方調解): a case nobody else knows of, and a stage that rests meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wugong import (
    BUILD,
    EVALUATE,
    MANAGE,
    N_,
    PLAN,
    SHARE,
    Act,
    Contribution,
    Fact,
    Matter,
    Refusal,
    Relation,
    RoleTitle,
    SettingChanged,
    Waiting,
    hookimpl,
    on,
)
from wugong_mediation import readers, rules, settings
from wugong_mediation.awaited import awaited
from wugong_mediation.cases import CASES
from wugong_mediation.events import (
    MEDIATOR,
    PARTY,
    Agreed,
    Answered,
    ConfirmationLapsed,
    ConfirmationReminded,
    ConfirmationSought,
    ConflictDeclared,
    Ended,
    MediatorAccepted,
    MediatorProposed,
    NoteFiled,
    OfferMade,
    Requested,
    Signed,
)
from wugong_mediation.reactions import consequences
from wugong_mediation.texts import PARTY_TITLE, ROLE_TITLE, TEXTS

WITHIN = (
    Answered,
    MediatorProposed,
    MediatorAccepted,
    ConflictDeclared,
    NoteFiled,
    OfferMade,
    Agreed,
    Signed,
    Ended,
    ConfirmationSought,
    ConfirmationReminded,
    ConfirmationLapsed,
)

__version__ = "0.1.0"
TITLE = N_("Mediation")


@hookimpl
def register() -> Iterable[Contribution]:
    return [
        Requested,
        *WITHIN,
        CASES,
        Relation(PARTY, readers.parties, readers=readers.readers, title=PARTY_TITLE),
        Relation(MEDIATOR, readers.mediators, readers=readers.mediator_readers, title=ROLE_TITLE),
        RoleTitle("mediator", ROLE_TITLE),
        *settings.DEFAULTS,
        TEXTS,
    ]


@hookimpl
@on(Requested, *WITHIN, SettingChanged)
def guard_event(matter: Matter, act: Act) -> list[Refusal] | None:
    match act.event:
        case Requested() as asked:
            return rules.request(matter, act, asked)
        case SettingChanged() as changed:
            return settings.why_not(changed)
    return rules.within(matter, act)


@hookimpl
@on(Answered, Signed, Ended)
def co_plan(matter: Matter, fact: Fact) -> list[Any]:
    return consequences(matter, fact, PLAN)


@hookimpl
@on(Answered, Signed, Ended)
def co_build(matter: Matter, fact: Fact) -> list[Any]:
    return consequences(matter, fact, BUILD)


@hookimpl
@on(Answered, Signed, Ended)
def co_manage(matter: Matter, fact: Fact) -> list[Any]:
    return consequences(matter, fact, MANAGE)


@hookimpl
@on(Answered, Signed, Ended)
def co_evaluate(matter: Matter, fact: Fact) -> list[Any]:
    return consequences(matter, fact, EVALUATE)


@hookimpl
@on(Answered, Signed, Ended)
def co_share(matter: Matter, fact: Fact) -> list[Any]:
    return consequences(matter, fact, SHARE)


@hookimpl
def waiting(matter: Matter) -> list[Waiting]:
    return awaited(matter)
