"""Objections to the roll of a poll and to single ballots: until when, by whom, what was found.

The frozen roll and the count never change by them; see :mod:`wugong_voting.contested`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from wugong import (
    N_,
    Act,
    Entitlement,
    Fact,
    Fold,
    Matter,
    Procedure,
    Refusal,
    SettingChanged,
    SettingDefault,
    local_day,
    write_time,
)
from wugong.deadlines import Calendar, Deadline, deadline
from wugong.procedures import Term
from wugong_voting.events import (
    OWN_OBJECTIONS,
    BallotContested,
    ObjectionAnswered,
    RollContested,
)
from wugong_voting.state import Poll

OBJECTION_DAYS = SettingDefault(
    "voting.objection_days",
    "5",
    N_("Days within which the roll or a ballot of a poll can be contested"),
    OWN_OBJECTIONS,
)
ANSWER_DAYS = 3  # as 村組法 (2025) 17 has it for elections; for other polls our own rule
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Objection:
    """What was contested, by whom, and what was found; its words are sealed."""

    id: int
    poll: int
    ballot: bool  # a single ballot, else the roll
    entitlement: str  # empty: somebody was left out
    left_out: str
    people: frozenset[str]  # who contests, and who helped
    at: datetime
    finding: str = ""
    answered_at: datetime | None = None
    reason: str = ""

    @property
    def upheld(self) -> bool:
        """Whether an officer found that it is right."""
        return self.finding == "upheld"

    @property
    def waits(self) -> bool:
        """Whether nobody answered it yet."""
        return self.answered_at is None


Objections = Mapping[int, Objection]
NONE: Objections = MappingProxyType({})


def _fold(known: Objections, fact: Fact) -> Objections:
    people = frozenset({fact.by, fact.who})
    match fact.event:
        case RollContested(poll=poll, entitlement=entitlement, left_out=left_out):
            out = "" if entitlement else left_out or fact.who
            changed = Objection(fact.seq, poll, False, entitlement, out, people, fact.at)
        case BallotContested(poll=poll, entitlement=entitlement):
            changed = Objection(fact.seq, poll, True, entitlement, "", people, fact.at)
        case ObjectionAnswered(objection=number) as answer if number in known:
            changed = replace(
                known[number],
                finding=answer.finding,
                answered_at=fact.at,
                reason=answer.reason,
            )
        case _:
            return known
    return MappingProxyType({**known, changed.id: changed})


OBJECTIONS: Fold[Objections] = Fold(
    "voting.objections",
    initial=NONE,
    fold=_fold,
    hears=(RollContested, BallotContested, ObjectionAnswered),
)


def objections_to(matter: Matter, poll: int) -> tuple[Objection, ...]:
    """Return the objections to a poll, in the order of their filing."""
    return tuple(one for one in matter.state(OBJECTIONS).values() if one.poll == poll)


@dataclass(frozen=True, slots=True)
class Limits:
    """The days for objecting and for the answer, what says so, and which days are off.

    A last day off moves to the next working day (民法典 203).
    """

    objecting: Term
    answering: Term
    calendar: Calendar

    def roll(self, poll: Poll) -> Deadline:
        """Return until when the roll can be contested."""
        return deadline(self.objecting, local_day(poll.opened_at), self.calendar)

    def ballots(self, poll: Poll) -> Deadline:
        """Return until when a ballot can be contested.

        The hour at which the counting ends counts, not when the clock came to record it.
        """
        return deadline(self.objecting, local_day(poll.opened.counted_until), self.calendar)

    def answer(self, objection: Objection) -> Deadline:
        """Return until when an objection is to be answered."""
        return deadline(self.answering, local_day(objection.at), self.calendar)


def limits(matter: Matter, procedure: Procedure | None) -> Limits:
    """Return the days that an election's procedure states, else those of the community.

    Other procedures state an ``objection`` too, against a notice or an application, not a roll.
    """
    election = procedure is not None and procedure.kind == "election"
    stated = {term.id: term for term in procedure.terms} if procedure and election else {}
    own = _whole(matter.setting(OBJECTION_DAYS.name, OBJECTION_DAYS.default))
    return Limits(
        objecting=stated.get("objection") or _own("objection", own or int(OBJECTION_DAYS.default)),
        answering=stated.get("answer") or _own("answer", ANSWER_DAYS),
        calendar=matter.calendar,
    )


def _own(term: str, days: int) -> Term:
    return Term(term, days, "within", OWN_OBJECTIONS, "I")


def contesting_refusals(
    poll: Poll | None,
    act: Act,
    known: Iterable[Objection],
    its: Limits,
    roll: Iterable[Entitlement],
    source: str,
) -> list[Refusal]:
    """Say why the roll, or a ballot, of a poll cannot be contested by this act now.

    ``roll`` is what the frozen roll holds of what ``act`` names, or all of it; ``source`` the
    article that the poll's procedure rests on.
    """
    if poll is None:
        return [Refusal("voting.poll_elsewhere", source, {"poll": act.event.poll})]
    ballot = isinstance(act.event, BallotContested)
    if ballot and poll.opened.secret:
        return [Refusal("voting.contest_secret", source)]
    if ballot and act.at < poll.opens_at:
        details = {"opens_at": write_time(poll.opens_at)}
        return [Refusal("voting.poll_not_open_yet", source, details)]
    until = its.ballots(poll) if ballot else its.roll(poll)
    if act.at >= until.over:
        late = "voting.ballot_contested_too_late" if ballot else "voting.roll_contested_too_late"
        return [
            Refusal(
                late,
                until.source,
                {"until": write_time(until.over), "days": until.term.days},
            )
        ]
    return [*_named(act, tuple(roll), source), *_again(act, known)]


def _named(act: Act, roll: tuple[Entitlement, ...], source: str) -> list[Refusal]:
    """Say why what is named cannot be wrong in this way."""
    entitlement = act.event.entitlement
    if entitlement:
        reasons = []
        if getattr(act.event, "left_out", ""):
            reasons.append(Refusal("voting.contest_one_thing", source))
        if entitlement not in {right.id for right in roll}:
            details = {"entitlement": entitlement}
            reasons.append(Refusal("voting.not_on_the_roll", source, details))
        return reasons
    out = act.event.left_out or act.who
    there = next((right.id for right in roll if right.member == out), "")
    return [Refusal("voting.on_the_roll_already", source, {"entitlement": there})] if there else []


def _again(act: Act, known: Iterable[Objection]) -> list[Refusal]:
    """Say whether the same person's objection to the same thing still waits."""
    ballot, entitlement = isinstance(act.event, BallotContested), act.event.entitlement
    out = "" if entitlement else act.event.left_out or act.who
    same = (ballot, entitlement, out)
    return [
        Refusal("voting.contested_already", OWN_OBJECTIONS, {"objection": one.id})
        for one in known
        if one.waits
        and act.who in one.people
        and (one.ballot, one.entitlement, one.left_out) == same
    ]


def answering_refusals(
    poll: Poll | None,
    act: Act,
    known: Iterable[Objection],
    roll: Iterable[Entitlement],
    source: str,
) -> list[Refusal]:
    """Say why this officer cannot answer this objection; ``roll`` is all of the frozen roll."""
    if poll is None:
        return [Refusal("voting.poll_elsewhere", source, {"poll": act.event.poll})]
    number = int(act.event.objection)
    one = next((objection for objection in known if objection.id == number), None)
    if one is None:
        return [Refusal("voting.objection_elsewhere", source, {"objection": number})]
    if one.answered_at is not None:
        at = write_time(one.answered_at)
        details: dict[str, int | str] = {"objection": number, "answered_at": at}
        return [Refusal("voting.objection_answered_already", source, details)]
    holder = next((right.member for right in roll if right.id == one.entitlement), one.left_out)
    if {act.by, act.who} & {holder}:
        return [Refusal("voting.objection_about_you", source, {"objection": number})]
    return []


def setting_refusals(changed: SettingChanged) -> list[Refusal]:
    """Say why a setting of voting cannot take this value."""
    if changed.name != OBJECTION_DAYS.name or _whole(changed.value):
        return []
    return [Refusal("voting.setting_not_days", changed.name, {"most": MOST_DAYS})]


def _whole(text: str) -> int:
    """Return 1 to ``MOST_DAYS`` as written in ASCII digits, else 0."""
    plain = text.strip()
    value = int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 3 else 0
    return value if value <= MOST_DAYS else 0
