"""Who may read what: the people of one case, and less for whoever is only proposed as mediator."""

from __future__ import annotations

from wugong import Fact, Matter
from wugong_mediation.cases import CASES, Case
from wugong_mediation.events import (
    Answered,
    ConflictDeclared,
    MediatorAccepted,
    MediatorProposed,
    NoteFiled,
    Requested,
)

NOBODY: frozenset[str] = frozenset()
# Enough to know the parties and what it is about, so as to declare a conflict or to decline.
FOR_CANDIDATES = (Requested, Answered, MediatorProposed, MediatorAccepted, ConflictDeclared)


def parties(matter: Matter) -> frozenset[str]:
    """Return everybody who may act in some mediation of the matter."""
    return NOBODY.union(*(case.people for case in matter.state(CASES).by_id.values()))


def mediators(matter: Matter) -> frozenset[str]:
    """Return the mediators that both sides accepted, in any case of the matter."""
    return frozenset(c.mediator for c in matter.state(CASES).by_id.values() if c.mediator)


def readers(matter: Matter, fact: Fact) -> frozenset[str]:
    """Return who may read one fact: never the people of another case."""
    case = case_of(matter, fact)
    if case is None:
        return NOBODY
    mediator = frozenset({case.mediator} - {""})
    if isinstance(fact.event, NoteFiled) and fact.event.readers == "mediator":
        return frozenset({fact.who}) & (case.parties | mediator) | mediator
    if isinstance(fact.event, FOR_CANDIDATES):
        return case.people
    return case.parties | mediator


def mediator_readers(matter: Matter, fact: Fact) -> frozenset[str]:
    """Return the mediator of the case that a fact belongs to."""
    case = case_of(matter, fact)
    return frozenset({case.mediator} - {""}) if case else NOBODY


def case_of(matter: Matter, fact: Fact) -> Case | None:
    """Return the case that a fact belongs to."""
    number = fact.seq if isinstance(fact.event, Requested) else getattr(fact.event, "case", 0)
    return matter.state(CASES).by_id.get(number)
