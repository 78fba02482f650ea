"""Petitions for a recall: who signed, each once, and whether enough did to put it to the vote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from wugong import (
    ROLL,
    Act,
    Book,
    Books,
    Entitlement,
    Fact,
    Fold,
    Matter,
    PetitionOpened,
    PollOpened,
    Prefix,
    Procedure,
    Refusal,
    Requirement,
    RollFrozen,
    Test,
    read_entitlement,
)
from wugong.polls import apply
from wugong.procedure_parts import MEASURE_OF, Support
from wugong_voting.ballots import key, under
from wugong_voting.events import (
    RECALL,
    PetitionAnswered,
    PetitionCounted,
    PetitionPapersEntered,
    PetitionSigned,
    SignatureWithdrawn,
)
from wugong_voting.papers import each

Signature = Mapping[str, Any]
DEFENCE = "defence"  # the step in which the text says that whom it names may answer


@dataclass(frozen=True, slots=True)
class Petition:
    """A petition, on which roll it is signed, and what came of it."""

    id: int
    opened: PetitionOpened
    opened_at: datetime
    roll: RollFrozen | None = None
    answers: tuple[int, ...] = ()  # of whom it names
    counted: tuple[PetitionCounted, ...] = ()  # one for each poll that it was put to

    @property
    def is_over(self) -> bool:
        """Whether it was put to the vote, so that nobody signs it any more."""
        return bool(self.counted)


Petitions = Mapping[int, Petition]
NONE: Petitions = MappingProxyType({})


def _fold(petitions: Petitions, fact: Fact) -> Petitions:
    match fact.event:
        case PetitionOpened() as opened:
            changed = Petition(fact.seq, opened, fact.at)
        case RollFrozen() as roll if roll.poll in petitions:
            changed = replace(petitions[roll.poll], roll=roll)
        case PetitionAnswered(petition=number) if number in petitions:
            known = petitions[number]
            changed = replace(known, answers=(*known.answers, fact.seq))
        case PetitionCounted(petition=number) as made if number in petitions:
            known = petitions[number]
            changed = replace(known, counted=(*known.counted, made))
        case _:
            return petitions
    return MappingProxyType({**petitions, changed.id: changed})


PETITIONS: Fold[Petitions] = Fold(
    "voting.petitions",
    initial=NONE,
    fold=_fold,
    hears=(PetitionOpened, RollFrozen, PetitionAnswered, PetitionCounted),
)


def petitions_of(matter: Matter) -> Petitions:
    """Return the petitions of ``matter`` by number, in the order of their opening."""
    return matter.state(PETITIONS)


def _keys(thing: Act | Fact) -> Iterable[str]:
    match thing.event:
        case PetitionSigned(petition=number) | SignatureWithdrawn(petition=number):
            return (key(number, thing.event.entitlement),)
        case PetitionPapersEntered(petition=number, entitlements=named):
            return [key(number, one) for one in named]
        case PollOpened(about=about):
            return [Prefix(under(number)) for number in about]
    return ()


def _signature(value: Signature | None, _key: str, fact: Fact) -> Signature:
    if isinstance(fact.event, SignatureWithdrawn):
        return {**(value or {}), "withdrawn": fact.seq}
    paper = isinstance(fact.event, PetitionPapersEntered)
    return {"since": fact.seq, "paper": int(paper), "withdrawn": 0}


SIGNATURES: Book[Signature] = Book(
    "voting.signatures",
    keys=_keys,
    fold=_signature,
    hears=(PetitionSigned, SignatureWithdrawn, PetitionPapersEntered, PollOpened),
    shown_to="voting.teller",
)


def stands(signature: Signature | None) -> bool:
    """Tell whether there is a signature and it was not taken back."""
    return signature is not None and not signature["withdrawn"]


def rule_of(petition: Petition, procedure: Procedure | None) -> Support | None:
    """Return the share that the text asks of those whose signatures this petition counts."""
    asked = procedure.petition if procedure else ()
    return next((rule for rule in asked if rule.unit == petition.opened.signing), None)


def counted(
    petition: Petition,
    rule: Support,
    roll: Mapping[str, Entitlement],
    signatures: Iterable[tuple[str, Signature]],
) -> Test:
    """Test how many signed, of all who may: people each once, households each once.

    ``roll`` is the frozen one and ``signatures`` what the book holds, both by the same keys.
    """
    signed = [roll[place] for place, one in signatures if stands(one)]
    if petition.opened.signing == "households":
        have = sum(right.households for right in signed)
    else:
        have = len({right.member for right in signed})
    assert petition.roll is not None
    households, heads = petition.roll.households, petition.roll.heads
    of = households if petition.opened.signing == "households" else heads
    share = Requirement("petition", MEASURE_OF[rule.unit], "all", rule.threshold)
    return apply(share, have, of)


# What is refused


def opening_refusals(asked: PetitionOpened, procedure: Procedure | None) -> list[Refusal]:
    """Say why no petition leads to this procedure; the engine has looked at roster and day."""
    if procedure is None:
        return []
    source = procedure.basis[0].article
    details: dict[str, int | str] = {"procedure": procedure.id}
    if procedure.kind != "recall" or not procedure.petition:
        return [Refusal("voting.petition_not_asked_for", source, details)]
    if asked.signing not in {rule.unit for rule in procedure.petition}:
        return [Refusal("voting.petition_not_by_these", procedure.petition[0].threshold.source)]
    return []


def signing_refusals(
    petition: Petition | None,
    act: Act,
    rights: Mapping[str, Entitlement | None],
    known: Mapping[str, Signature | None],
) -> list[Refusal]:
    """Say why these signatures cannot be taken, or taken back.

    ``rights`` and ``known`` are by entitlement: the frozen roll, and the signatures so far.
    """
    event = act.event
    if petition is None:
        return [Refusal("voting.petition_elsewhere", RECALL, {"petition": event.petition})]
    if petition.is_over:
        return [Refusal("voting.petition_is_over", RECALL)]
    if isinstance(event, PetitionPapersEntered):
        return _paper_refusals(event, rights, known)
    right, name = rights[event.entitlement], event.entitlement
    details: dict[str, int | str] = {"entitlement": name}
    if right is None:
        return [Refusal("voting.cannot_sign", RECALL, details)]
    if right.member != act.who:
        return [Refusal("voting.signature_of_another", RECALL, details)]
    if isinstance(event, SignatureWithdrawn):
        return [] if stands(known[name]) else [Refusal("voting.not_signed", RECALL, details)]
    return [Refusal("voting.signed_already", RECALL, details)] if stands(known[name]) else []


def _paper_refusals(
    event: PetitionPapersEntered,
    rights: Mapping[str, Entitlement | None],
    known: Mapping[str, Signature | None],
) -> list[Refusal]:
    named = event.entitlements
    twice = sorted({one for one in named if named.count(one) > 1})
    taken_back = [one for one in named if (its := known[one]) and not stands(its)]
    return [
        *each("voting.entitlement_twice", twice, RECALL),
        *each("voting.cannot_sign", [o for o in named if rights[o] is None], RECALL),
        *each("voting.signed_already", [o for o in named if stands(known[o])], RECALL),
        *each("voting.signature_taken_back", taken_back, RECALL),
    ]


def answering_refusals(
    petition: Petition | None, act: Act, procedure: Procedure | None
) -> list[Refusal]:
    """Say why this person does not answer this petition."""
    if petition is None:
        return [Refusal("voting.petition_elsewhere", RECALL, {"petition": act.event.petition})]
    if not may_be_answered(procedure):
        return [Refusal("voting.petition_without_answer", RECALL)]
    if act.who != petition.opened.member:
        return [Refusal("voting.petition_not_about_you", RECALL)]
    return [Refusal("voting.petition_is_over", RECALL)] if petition.is_over else []


def may_be_answered(procedure: Procedure | None) -> bool:
    """Tell whether the text gives whom a petition names the right to answer."""
    return procedure is not None and any(step.id == DEFENCE for step in procedure.steps)


def _family(name: str, procedures: Mapping[str, Procedure]) -> str:
    found = procedures.get(name)
    origin = procedures.get(found.origin) if found else None
    return (origin.family or origin.id) if origin else name


def put_to_vote(
    matter: Matter, opened: PollOpened, procedures: Mapping[str, Procedure]
) -> Petition | None:
    """Return the petition that a poll names and that asks for what it decides, in any form."""
    wanted = _family(opened.procedure, procedures)
    named = (petitions_of(matter).get(int(number)) for number in opened.about)
    asking = (one for one in named if one and _family(one.opened.procedure, procedures) == wanted)
    return next(asking, None)


def count_of(petition: Petition, procedure: Procedure | None, books: Books) -> Test | None:
    """Count the signatures of a petition that is put to the vote."""
    rule = rule_of(petition, procedure)
    if rule is None or petition.roll is None:
        return None
    roll = {place: read_entitlement(its) for place, its in books.scan(ROLL, under(petition.id))}
    return counted(petition, rule, roll, books.scan(SIGNATURES, under(petition.id)))


def poll_refusals(
    procedure: Procedure, petition: Petition | None, count: Test | None
) -> list[Refusal]:
    """Say why a recall is not put to the vote: no petition, or too few signed it."""
    if procedure.kind != "recall" or not procedure.petition:
        return []
    source = procedure.petition[0].threshold.source
    if petition is None or count is None:
        return [Refusal("voting.petition_missing", source)]
    if count.met:
        return []
    details: dict[str, int | str] = {
        "signed": count.have,
        "of": count.of,
        "needed": count.needed,
        "missing": count.needed - count.have,
    }
    return [Refusal("voting.petition_too_small", count.source, details)]
