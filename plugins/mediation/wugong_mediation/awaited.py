"""What a case awaits, from each person by name, and what the clock owes it.

Nothing is ever awaited from a role: that would tell its holders that there is a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from wugong import N_, Matter, Ref, Waiting
from wugong_mediation.cases import CASES, Case
from wugong_mediation.deadlines import answer_by, confirm_by, remind_from, term_ends
from wugong_mediation.events import ConfirmationLapsed, ConfirmationReminded, Ended
from wugong_mediation.rules import CHOICE, CONFIRMATION, CONSENT, FORM

ANSWER = N_("You are asked to take part in a mediation")
PROPOSE = N_("Propose a mediator")
ACCEPT = N_("Accept the proposed mediator or not")
DECLARE = N_("You are proposed as mediator: declare any conflict of interest")
TALK = N_("Mediate: record offers and write the agreement")
SIGN = N_("Sign the agreement")
CONFIRM = N_("You may ask the court to confirm the agreement, both together")


def awaited(matter: Matter) -> list[Waiting]:
    """Return what is awaited in every case of the matter."""
    found: list[Waiting] = []
    for case in matter.state(CASES).by_id.values():
        found += _people(matter, case)
        found += _clock(matter, case)
    return found


def _people(matter: Matter, case: Case) -> Iterator[Waiting]:
    parties = (case.requester, case.other)
    until = term_ends(matter, case)
    match case.step:
        case "asked":
            yield from _each((case.other,), case, ANSWER, answer_by(matter, case), "answered")
        case "choosing" if case.candidate:
            open_to = [one for one in parties if one not in case.accepting]
            yield from _each(open_to, case, ACCEPT, until, "mediator_accepted")
            yield from _each((case.candidate,), case, DECLARE, until, "conflict_declared")
        case "choosing":
            yield from _each(parties, case, PROPOSE, until, "mediator_proposed")
        case "talking":
            yield from _each((case.mediator,), case, TALK, until, "agreed")
        case "signing" if case.agreement:
            signed = case.agreement.signed
            open_to = [one for one in (*parties, case.mediator) if one not in signed]
            yield from _each(open_to, case, SIGN, until, "signed")
        case "ended" if case.effective_at and case.confirmable:
            open_to = [one for one in parties if one not in case.sought]
            due = confirm_by(case.effective_at)
            yield from _each(open_to, case, CONFIRM, due, "confirmation_sought")


SOURCES = {
    "answered": CONSENT,
    "signed": FORM,
    "agreed": FORM,
    "confirmation_sought": CONFIRMATION,
}


def _each(
    members: Iterable[str], case: Case, what: str, by: datetime | None, verb: str
) -> Iterator[Waiting]:
    for member in members:
        yield Waiting(
            what=what,
            who=f"member:{member}",
            by=by,
            act=f"mediation.{verb}",
            about=case.id,
            source=SOURCES.get(verb, CHOICE),
        )


def _clock(matter: Matter, case: Case) -> Iterator[Waiting]:
    number = Ref(case.id)
    until = term_ends(matter, case)
    if case.open and until is None:
        due = answer_by(matter, case)
        yield _owed(case, due, Ended(case=number, reason="unanswered"))
    elif case.open and until is not None:
        yield _owed(case, until, Ended(case=number, reason="term"))
    elif case.effective_at and case.confirmable:
        if not case.reminded:
            due = remind_from(case.effective_at)
            yield _owed(case, due, ConfirmationReminded(case=number))
        due = confirm_by(case.effective_at)
        yield _owed(case, due, ConfirmationLapsed(case=number))


def _owed(case: Case, by: datetime, then: object) -> Waiting:
    """Without words: what the clock owes a case would tell everybody that there is one."""
    return Waiting(what="", who="clock", by=by, then=then, about=case.id)
