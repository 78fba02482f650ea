"""When mediation says no: free will of both sides first, then neutrality, then the form."""

from __future__ import annotations

from collections.abc import Callable

from wugong import Act, Matter, Refusal, law_of
from wugong_mediation.cases import CASES, PLUGIN, Case
from wugong_mediation.deadlines import answer_by, confirm_by, remind_from, term_ends
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

CONSENT = "人民調解法 17"
CHOICE = "人民調解法 19, 23"
NEUTRALITY = "人民調解法 15"
FORM = "人民調解法 29"
CONFIRMATION = "人民調解法 33; 民事訴訟法 205"
END = "人民調解法 23, 25, 26"

MAY_END_AS = {"mediator": ("no_agreement", "danger"), "party": ("withdrawn",)}


def request(matter: Matter, act: Act, asked: Requested) -> list[Refusal]:
    """Say why mediation cannot be asked for."""
    if asked.other == act.who:
        return [Refusal("mediation.with_oneself", CONSENT)]
    if any(case.open for case in matter.state(CASES).between(act.who, asked.other)):
        return [Refusal("mediation.case_open", CONSENT)]
    return []


def recusal(matter: Matter) -> str:
    """Return the law of the place by which a doubtful mediator needs the consent of both.

    Where it is empty both must say that they know, all the same, by the custom of this program.
    """
    return law_of(matter, "四川省糾紛多元化解條例 44")


def within(matter: Matter, act: Act) -> list[Refusal]:
    """Say why an act inside a case cannot be; strangers hear what the engine says of any number
    that is nothing."""
    number = int(act.event.case)
    case = matter.state(CASES).by_id.get(number)
    if case is None or not (act.who in case.people or act.by in ("clock", PLUGIN)):
        return [Refusal("wugong.ref_unknown", details={"field": "case", "number": number})]
    if isinstance(act.event, ConfirmationSought | ConfirmationReminded | ConfirmationLapsed):
        return _confirmation(case, act)
    if not case.open:
        return [Refusal("mediation.case_ended", END)]
    return RULES[type(act.event)](matter, case, act)


def _answered(_matter: Matter, case: Case, act: Act) -> list[Refusal]:
    if act.who != case.other:
        return [Refusal("mediation.other_side_answers", CONSENT)]
    if case.accepted_at is not None:
        return [Refusal("mediation.answered_already", CONSENT)]
    return []


def _proposed(matter: Matter, case: Case, act: Act) -> list[Refusal]:
    if act.who not in case.parties:
        return [Refusal("mediation.parties_decide", CHOICE)]
    if case.accepted_at is None:
        return [Refusal("mediation.consent_missing", CONSENT)]
    if case.mediator or case.candidate:
        return [Refusal("mediation.mediator_named", CHOICE)]
    return _neutral(matter, case, act, act.event.mediator)


def _neutral(matter: Matter, case: Case, act: Act, mediator: str) -> list[Refusal]:
    reasons: list[Refusal] = []
    if mediator in case.parties:
        reasons.append(Refusal("mediation.mediator_is_party", NEUTRALITY))
    if "mediator" not in matter.standing.roles(mediator, matter.id, act.at):
        reasons.append(Refusal("mediation.not_a_mediator", "人民調解法 19"))
    return reasons


def _accepted(matter: Matter, case: Case, act: Act) -> list[Refusal]:
    said: MediatorAccepted = act.event
    if not case.candidate:
        return [Refusal("mediation.nobody_proposed", CHOICE)]
    if act.who not in case.parties and said.accept:
        return [Refusal("mediation.parties_decide", CHOICE)]
    if not said.accept:
        return []
    reasons = _neutral(matter, case, act, case.candidate)
    if act.who in case.accepting:
        reasons.append(Refusal("mediation.accepted_already", CHOICE))
    if case.conflicts and not said.despite_conflict:
        details = {"count": len(case.conflicts)}
        reasons.append(Refusal("mediation.conflict_declared", recusal(matter), details))
    return reasons


def _doubted(_matter: Matter, case: Case, _act: Act) -> list[Refusal]:
    if case.mediator or case.candidate:
        return []
    return [Refusal("mediation.nobody_proposed", NEUTRALITY)]


def _spoken(_matter: Matter, case: Case, act: Act) -> list[Refusal]:
    if act.who not in case.parties | {case.mediator}:
        return [Refusal("mediation.not_mediator_yet", CHOICE)]
    return []


def _mediated(matter: Matter, case: Case, act: Act) -> list[Refusal]:
    if not case.mediator:
        return [Refusal("mediation.mediator_missing", CHOICE)]
    return _spoken(matter, case, act)


def _signing(matter: Matter, case: Case, act: Act) -> list[Refusal]:
    if reasons := _mediated(matter, case, act):
        return reasons
    text = case.agreement
    if text is None:
        return [Refusal("mediation.agreement_missing", FORM)]
    if act.event.agreement is not None and act.event.agreement != text.id:
        return [Refusal("mediation.agreement_changed", FORM)]
    if act.who in text.signed:
        return [Refusal("mediation.signed_already", FORM)]
    return []


def _ended(matter: Matter, case: Case, act: Act) -> list[Refusal]:
    reason = act.event.reason
    if act.by == PLUGIN:
        return []
    if act.by == "clock":
        due = {"unanswered": answer_by(matter, case), "term": term_ends(matter, case)}.get(reason)
        over = due is not None and act.at >= due and (reason == "term" or not case.accepted_at)
        return [] if over else [Refusal("mediation.not_over", END)]
    role = "mediator" if act.who == case.mediator else "party"
    if act.who not in case.parties | {case.mediator}:
        return [Refusal("mediation.not_mediator_yet", CHOICE)]
    if reason not in MAY_END_AS[role]:
        return [Refusal("mediation.not_yours_to_say", END)]
    return []


RULES: dict[type, Callable[[Matter, Case, Act], list[Refusal]]] = {
    Answered: _answered,
    MediatorProposed: _proposed,
    MediatorAccepted: _accepted,
    ConflictDeclared: _doubted,
    NoteFiled: _spoken,
    OfferMade: _mediated,
    Agreed: _mediated,
    Signed: _signing,
    Ended: _ended,
}


def _confirmation(case: Case, act: Act) -> list[Refusal]:
    if case.effective_at is None:
        return [Refusal("mediation.not_in_effect", CONFIRMATION)]
    due = confirm_by(case.effective_at)
    match act.event:
        case ConfirmationReminded():
            early = act.at < remind_from(case.effective_at) or case.reminded
            return [Refusal("mediation.not_over", CONFIRMATION)] if early else []
        case ConfirmationLapsed():
            early = act.at < due or not case.confirmable
            return [Refusal("mediation.not_over", CONFIRMATION)] if early else []
    if act.who not in case.parties:
        return [Refusal("mediation.parties_decide", CONFIRMATION)]
    if act.who in case.sought:
        return [Refusal("mediation.sought_already", CONFIRMATION)]
    if case.lapsed or act.at >= due:
        return [Refusal("mediation.confirmation_late", CONFIRMATION)]
    return []
