"""Petitions for a recall as the engine's hooks meet them: acts refused, signatures counted."""

from __future__ import annotations

from wugong import Act, Books, Fact, Matter, PetitionOpened, PollOpened, Ref, Refusal, Test
from wugong_voting import petitions
from wugong_voting.ballots import key, right_on
from wugong_voting.events import (
    PetitionAnswered,
    PetitionCounted,
    PetitionPapersEntered,
    PetitionSigned,
    SignatureWithdrawn,
)
from wugong_voting.law import procedure_asked_for
from wugong_voting.petitions import SIGNATURES, petitions_of

SIGNING = (PetitionSigned, SignatureWithdrawn, PetitionPapersEntered)
OURS = (*SIGNING, PetitionAnswered, PetitionCounted)  # that one is opened, is a word of the core
ACTS = (PetitionOpened, *OURS)


def refusals(matter: Matter, act: Act, books: Books) -> list[Refusal]:
    """Say why an act about a petition is refused."""
    match act.event:
        case PetitionOpened() as asked:
            its = matter.standing.procedures.get(asked.procedure)
            return petitions.opening_refusals(asked, its)
        case PetitionAnswered(petition=number):
            asked_for = petitions_of(matter).get(number)
            law = procedure_asked_for(matter, asked_for)
            return petitions.answering_refusals(asked_for, act, law)
        case PetitionCounted():
            return [] if act.by == "plugin:voting" else [Refusal("voting.not_the_teller")]
    return _signing(matter, act, books)


def poll_refusals(matter: Matter, opened: PollOpened, books: Books) -> list[Refusal]:
    """Say why a recall is not put to the vote: no petition, or too few signed it."""
    known = matter.standing.procedures
    procedure = known.get(opened.procedure)
    if procedure is None:
        return []  # the engine says so
    petition = petitions.put_to_vote(matter, opened, known)
    count = _count(matter, petition, books)
    return petitions.poll_refusals(procedure, petition, count)


def count(matter: Matter, fact: Fact, books: Books) -> list[PetitionCounted] | None:
    """Put on record how many signed the petition that a recall rests on, once."""
    known = matter.standing.procedures
    petition = petitions.put_to_vote(matter, fact.event, known)
    if petition is None or any(one.poll == fact.seq for one in petition.counted):
        return None
    count = _count(matter, petition, books)
    if count is None or known[fact.event.procedure].kind != "recall":
        return None
    made = PetitionCounted(
        petition=Ref(petition.id),
        poll=Ref(fact.seq),
        signed=count.have,
        of=count.of,
        needed=count.needed,
    )
    return [made]


def _count(matter: Matter, petition: petitions.Petition | None, books: Books) -> Test | None:
    law = procedure_asked_for(matter, petition)
    return petitions.count_of(petition, law, books) if petition else None


def _signing(matter: Matter, act: Act, books: Books) -> list[Refusal]:
    event = act.event
    papers = isinstance(event, PetitionPapersEntered)
    named = event.entitlements if papers else (event.entitlement,)
    number = event.petition
    rights = {one: right_on(books, number, one) for one in named}
    known = {one: books.get(SIGNATURES, key(number, one)) for one in named}
    petition = petitions_of(matter).get(number)
    return petitions.signing_refusals(petition, act, rights, known)
