"""A case as one of its people sees it: the step, what was said, who may read what, the days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wugong import N_, Engine, Fact, Matter, Viewer, local_day
from wugong_mediation.cases import CASES, Case
from wugong_mediation.deadlines import answer_by, confirm_by, term_ends
from wugong_mediation.events import GROUNDS, READERS, ConflictDeclared, NoteFiled
from wugong_mediation.settings import TERM_DAYS, days

MOST_FACTS = 1000
MOST_MATTERS = 200
STEPS = (
    N_("Asked"),
    N_("Both agree"),
    N_("Choose a mediator"),
    N_("Talks"),
    N_("Agreement"),
    N_("Afterwards"),
)
AT = {"asked": 2, "choosing": 3, "talking": 4, "signing": 5, "ended": 6}
ROLES = {
    "requester": N_("You asked for this mediation."),
    "other": N_("You are asked to take part."),
    "mediator": N_("You are the mediator."),
    "candidate": N_("You are proposed as mediator."),
}
SAID = {  # kind → the sealed field and what it is called
    "mediation.requested": ("claim", N_("What is asked for")),
    "mediation.answered": ("text", N_("The answer")),
    "mediation.conflict_declared": ("detail", N_("Conflict of interest")),
    "mediation.note_filed": ("text", N_("Note")),
    "mediation.offer_made": ("terms", N_("Offer")),
    "mediation.agreed": ("terms", N_("Agreement, text no. {seq}")),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that was said in the case, with who may read it; message ids."""

    seq: int
    title: str
    by: str
    at: datetime
    text: str
    readers: str
    private: bool
    grounds: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A case for one reader."""

    case: Case
    matter: str
    title: str
    role: str
    step: int
    day: int
    days: int
    answer_by: datetime
    until: datetime | None
    confirm_by: datetime | None


def shown(matter: Matter, case: Case, member: str, now: datetime) -> Shown:
    """Return a case as ``member`` sees it."""
    started = case.accepted_at or case.asked_at
    return Shown(
        case=case,
        matter=matter.id,
        title=matter.title,
        role=role_in(case, member),
        step=AT[case.step],
        day=max(0, (local_day(case.ended_at or now) - local_day(started)).days),
        days=days(matter, TERM_DAYS),
        answer_by=answer_by(matter, case),
        until=term_ends(matter, case),
        confirm_by=confirm_by(case.effective_at) if case.effective_at else None,
    )


def role_in(case: Case, member: str) -> str:
    """Return what ``member`` is in a case."""
    known = {
        case.candidate: "candidate",
        case.mediator: "mediator",
        case.other: "other",
        case.requester: "requester",
    }
    return known.get(member, "") if member else ""


def cases_of(engine: Engine, community: str, viewer: Viewer, member: str) -> list[Shown]:
    """Return the cases that concern ``member`` in all matters, those that go on first."""
    lines, _total = engine.matters(community, viewer, limit=MOST_MATTERS)
    found: list[Shown] = []
    for matter in map(engine.matter, [community, *(line.id for line in lines)]):
        for case in matter.state(CASES).of(member):
            found.append(shown(matter, case, member, engine.now()))
    return sorted(found, key=lambda one: (not one.case.open, -one.case.id))


def statements(engine: Engine, matter: Matter, viewer: Viewer, case: Case) -> list[Statement]:
    """Return what was said in a case, as far as the reader may read it, in order."""
    kinds = list(SAID)
    listed = engine.facts(matter.id, viewer, kinds=kinds, limit=MOST_FACTS)
    facts = [f for f in listed if f.seq == case.id or getattr(f.event, "case", 0) == case.id]
    opened = engine.texts(facts, viewer)
    told = [_statement(fact, opened[fact.seq]) for fact in facts]
    return [one for one in told if one.text or one.grounds]


def _statement(fact: Fact, texts: dict[str, str | None]) -> Statement:
    field, title = SAID[fact.kind]
    private = isinstance(fact.event, NoteFiled) and fact.event.readers == "mediator"
    declared = isinstance(fact.event, ConflictDeclared)
    return Statement(
        seq=fact.seq,
        title=title,
        by=fact.who,
        at=fact.at,
        text=texts.get(field) or "",
        readers=N_("Only who wrote it and the mediator") if private else READERS["both"],
        private=private,
        grounds=GROUNDS[fact.event.grounds] if declared else "",
    )


def agreement_text(said: Sequence[Statement], case: Case) -> str:
    """Return the words of the text that stands, ``""`` where there is none to read."""
    number = case.agreement.id if case.agreement else 0
    return next((one.text for one in said if one.seq == number), "")
