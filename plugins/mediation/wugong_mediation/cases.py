"""The cases of one matter, as their facts leave them. Sealed texts are never in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from wugong import Fact, Fold, HoldLifted, HoldPlaced
from wugong_mediation.events import (
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

Step = Literal["asked", "choosing", "talking", "signing", "ended"]
PLUGIN = "plugin:mediation"
NONE: Mapping[int, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Agreement:
    """The text that stands, and who signed it."""

    id: int
    at: datetime
    signed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """One mediation between two parties; ``mediator`` once both accepted, before ``candidate``."""

    id: int
    requester: str
    other: str
    asked_at: datetime
    about: int | None = None
    accepted_at: datetime | None = None
    accepted_seq: int = 0
    candidate: str = ""
    accepting: frozenset[str] = frozenset()
    conflicts: tuple[tuple[str, str], ...] = ()  # who declared it, grounds
    declined: tuple[str, ...] = ()
    mediator: str = ""
    agreement: Agreement | None = None
    effective_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    holds: tuple[int, ...] = ()
    paused: bool = False  # it held a stage once
    reminded: bool = False
    sought: frozenset[str] = frozenset()
    lapsed: bool = False

    @property
    def parties(self) -> frozenset[str]:
        """Both sides."""
        return frozenset({self.requester, self.other})

    @property
    def people(self) -> frozenset[str]:
        """Everybody concerned: both sides, and the mediator or who is proposed as one."""
        return self.parties | ({self.mediator or self.candidate} - {""})

    @property
    def signers(self) -> frozenset[str]:
        """Who must sign for the agreement to take effect."""
        return self.parties | {self.mediator}

    @property
    def open(self) -> bool:
        """Whether it goes on."""
        return self.ended_at is None

    @property
    def step(self) -> Step:
        """How far it is."""
        if not self.open:
            return "ended"
        if self.accepted_at is None:
            return "asked"
        if not self.mediator:
            return "choosing"
        return "signing" if self.agreement else "talking"

    @property
    def confirmable(self) -> bool:
        """Whether the court may still be asked, by whoever of the two has not."""
        joint = self.sought == self.parties
        return self.effective_at is not None and not (joint or self.lapsed)

    def waits_for(self, verb: str, who: str) -> bool:
        """Tell whether it is at the step at which ``who`` does that (``"signed"``, ``"ended"``)."""
        speaks = who in self.parties | {self.mediator}
        match verb:
            case "confirmation_sought":
                return self.confirmable and who in self.parties - self.sought
            case "answered":
                return self.step == "asked" and who == self.other
            case "mediator_proposed":
                return self.step == "choosing" and not self.candidate and who in self.parties
            case "mediator_accepted":
                return self.step == "choosing" and bool(self.candidate)
            case "conflict_declared":
                return self.open and bool(self.mediator or self.candidate)
            case "offer_made" | "agreed":
                return self.step in ("talking", "signing") and speaks
            case "signed":
                text = self.agreement
                return self.step == "signing" and speaks and bool(text and who not in text.signed)
        return self.open and speaks

    def opposite(self, party: str) -> str:
        """Return the other side of ``party``."""
        return self.other if party == self.requester else self.requester


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of a matter by the number of their request."""

    by_id: Mapping[int, Case] = field(default_factory=lambda: NONE)

    def between(self, one: str, other: str) -> tuple[Case, ...]:
        """Return the cases between two people, whoever asked."""
        pair = frozenset({one, other})
        return tuple(case for case in self.by_id.values() if case.parties == pair)

    def of(self, member: str) -> tuple[Case, ...]:
        """Return the cases that concern ``member``."""
        return tuple(case for case in self.by_id.values() if member in case.people)


def advance(cases: Cases, fact: Fact) -> Cases:
    """Return the cases after one more fact."""
    match fact.event:
        case Requested() as e:
            about = int(e.about) if e.about is not None else None
            asked = Case(fact.seq, fact.who, e.other, fact.at, about)
            return _with(cases, asked)
        case HoldPlaced() | HoldLifted():
            return _holding(cases, fact)
    known = cases.by_id.get(getattr(fact.event, "case", 0))
    return cases if known is None else _with(cases, _next(known, fact))


def _next(known: Case, fact: Fact) -> Case:
    match fact.event:
        case Answered(agree=True):
            return replace(known, accepted_at=fact.at, accepted_seq=fact.seq)
        case MediatorProposed(mediator=mediator):
            return replace(known, candidate=mediator, accepting=frozenset(), conflicts=())
        case MediatorAccepted(accept=accept):
            return _accepting(known, fact.who, accept)
        case ConflictDeclared(grounds=grounds):
            return _doubted(known, fact.who, grounds)
        case Agreed():
            return replace(known, agreement=Agreement(fact.seq, fact.at))
        case Signed():
            return _signed(known, fact)
        case Ended(reason=reason):
            return replace(known, ended_at=fact.at, reason=reason)
        case ConfirmationReminded():
            return replace(known, reminded=True)
        case ConfirmationSought():
            return replace(known, sought=known.sought | {fact.who})
        case ConfirmationLapsed():
            return replace(known, lapsed=True)
    return known


def _accepting(known: Case, who: str, accept: bool) -> Case:
    if not accept:
        declined = (*known.declined, known.candidate)
        return replace(known, candidate="", accepting=frozenset(), conflicts=(), declined=declined)
    accepting = known.accepting | {who}
    if accepting >= known.parties:
        return replace(known, mediator=known.candidate, candidate="", accepting=frozenset())
    return replace(known, accepting=accepting)


def _doubted(known: Case, who: str, grounds: str) -> Case:
    # Whoever had accepted did not know it: both decide anew, also on a mediator at work.
    return replace(
        known,
        candidate=known.mediator or known.candidate,
        mediator="",
        accepting=frozenset(),
        conflicts=(*known.conflicts, (who, grounds)),
    )


def _signed(known: Case, fact: Fact) -> Case:
    if known.agreement is None:
        return known
    agreement = replace(known.agreement, signed=known.agreement.signed | {fact.who})
    in_effect = fact.at if agreement.signed >= known.signers else None
    return replace(known, agreement=agreement, effective_at=in_effect)


def _holding(cases: Cases, fact: Fact) -> Cases:
    match fact.event:
        case HoldPlaced() if fact.by == PLUGIN:
            for known in cases.by_id.values():
                if known.accepted_seq == fact.cause:
                    held = replace(known, holds=(*known.holds, fact.seq), paused=True)
                    return _with(cases, held)
        case HoldLifted(hold=number):
            for known in cases.by_id.values():
                if number in known.holds:
                    left = tuple(hold for hold in known.holds if hold != number)
                    return _with(cases, replace(known, holds=left))
    return cases


def _with(cases: Cases, case: Case) -> Cases:
    return Cases(MappingProxyType({**cases.by_id, case.id: case}))


CASES: Fold[Cases] = Fold(
    "mediation.cases",
    initial=Cases(),
    fold=advance,
    hears=(
        Requested,
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
        HoldPlaced,
        HoldLifted,
    ),
)
