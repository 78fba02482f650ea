"""What the pages of a poll say of objections: until when, what waits, what an answer changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wugong import Engine, Matter, Procedure
from wugong.deadlines import DAYS_OFF, Deadline
from wugong_voting import showing
from wugong_voting.ballots import BALLOTS, key
from wugong_voting.contested import Shaken, shaken, weight_of
from wugong_voting.objections import OBJECTIONS, Limits, Objection, limits, objections_to
from wugong_voting.state import Poll

CONTEST_ANSWERED = "voting.objection_answered"
ACTS = ("voting.roll_contested", "voting.ballot_contested", CONTEST_ANSWERED)


@dataclass(frozen=True, slots=True)
class Due:
    """An objection without an answer: by when it is due, and whether that is over."""

    objection: Objection
    by: Deadline
    overdue: bool


@dataclass(frozen=True, slots=True)
class Objected:
    """The objections to a poll as everybody may know them."""

    limits: Limits
    roll: Deadline | None  # ``None``: over
    ballots: Deadline | None  # ``None``: over, or none can be contested
    waits: tuple[Due, ...]
    answered: tuple[Objection, ...]
    shaken: Shaken | None  # by the ballots whose objection was upheld, once there is a result

    @property
    def upheld(self) -> tuple[Objection, ...]:
        """What was found to be right."""
        return tuple(one for one in self.answered if one.upheld)

    @property
    def running(self) -> tuple[Deadline, ...]:
        """The days that still run."""
        named = (self.roll, self.ballots, *(due.by for due in self.waits))
        return tuple(one for one in named if one)

    @property
    def source(self) -> str:
        """What says how many the days are, and that one of those that still run moved."""
        said = [self.limits.objecting.source, self.limits.answering.source]
        moved = [DAYS_OFF] if any(one.moved for one in self.running) else []
        return "; ".join(dict.fromkeys(said + moved))

    @property
    def unknown_years(self) -> tuple[int, ...]:
        """The years of which the calendar has no holidays, so that days may run on."""
        return tuple(sorted({year for one in self.running for year in one.unknown_years}))

    @property
    def again(self) -> bool:
        """Whether the question has to be put again."""
        turned = self.shaken is not None and self.shaken.verdict
        return turned or any(not one.ballot for one in self.upheld)


def objected(engine: Engine, matter: Matter, poll: Poll, procedure: Procedure | None) -> Objected:
    """Return what was objected to a poll, and what of it the result depends on."""
    now, its, known = engine.now(), limits(matter, procedure), objections_to(matter, poll.id)
    roll, ballots = its.roll(poll), its.ballots(poll)
    contestable = takes(matter, poll, procedure, "voting.ballot_contested", now)
    due = [(one, its.answer(one)) for one in known if one.waits]
    return Objected(
        limits=its,
        roll=roll if now < roll.over else None,
        ballots=ballots if contestable else None,
        waits=tuple(Due(one, by, overdue=now >= by.over) for one, by in due),
        answered=tuple(one for one in known if not one.waits),
        shaken=_shaken(engine, matter, poll, procedure, known),
    )


def _shaken(
    engine: Engine,
    matter: Matter,
    poll: Poll,
    procedure: Procedure | None,
    known: tuple[Objection, ...],
) -> Shaken | None:
    """Return what the contested ballots could have changed; one that was never cast weighs 0."""
    upheld = {key(poll.id, one.entitlement) for one in known if one.ballot and one.upheld}
    if not upheld or poll.decided is None or procedure is None:
        return None
    roll = showing.roll_of(engine, matter.community, poll.id)
    cast = engine.book(BALLOTS, matter.community, keys=sorted(upheld))
    return shaken(poll.decided, procedure, weight_of(roll[place] for place in cast))


def takes(matter: Matter, poll: Poll, procedure: Procedure | None, act: str, at: datetime) -> bool:
    """Tell whether a poll still takes an objection of that kind, or has one without an answer."""
    its = limits(matter, procedure)
    match act:
        case "voting.roll_contested":
            return at < its.roll(poll).over
        case "voting.ballot_contested":
            return not poll.opened.secret and poll.opens_at <= at < its.ballots(poll).over
    return any(one.waits for one in objections_to(matter, poll.id))


def awaits(matter: Matter, number: int, member: str) -> bool | None:
    """Tell whether an objection waits for an answer of ``member``, who neither wrote nor helped."""
    one = matter.state(OBJECTIONS).get(number)
    return None if one is None else one.waits and member not in one.people
