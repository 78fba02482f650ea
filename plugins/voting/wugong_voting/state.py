"""The polls of a matter, folded from what everybody may read of them: never from ballots."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from wugong import (
    BoxOpened,
    Fact,
    Fold,
    Matter,
    PollClosed,
    PollDecided,
    PollOpened,
    RollFrozen,
    SheetHung,
    counted_from,
)

FEW = 5


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll: what is asked, on which roll, and what became of it."""

    id: int
    opened: PollOpened
    opened_at: datetime
    roll: RollFrozen | None = None
    closed_at: datetime | None = None
    decided: PollDecided | None = None
    decided_by: int = 0  # the number of the result
    telling: bool = False  # the opened box itself may tell how somebody voted
    published_at: datetime | None = None  # from when the days of its publication count

    @property
    def opens_at(self) -> datetime:
        """When the first ballot may be cast."""
        return max(self.opened_at, self.opened.opens_at or self.opened_at)

    def is_over(self, at: datetime) -> bool:
        """Tell whether it takes no more ballots; its hour is the first moment without."""
        return self.closed_at is not None or at >= self.opened.closes_at

    def is_open(self, at: datetime) -> bool:
        """Tell whether it takes ballots at that time."""
        return self.opens_at <= at and not self.is_over(at)

    def is_counting(self, at: datetime) -> bool:
        """Tell whether voting has ended and papers that were collected before are counted."""
        return self.closed_at is None and self.opened.closes_at <= at < self.opened.counted_until

    @property
    def few(self) -> bool:
        """Whether so few are entitled that the result itself may tell how somebody voted."""
        return self.roll is not None and self.roll.entitlements < FEW

    @property
    def options(self) -> tuple[str, ...]:
        """The ids of what can be chosen, in the order of the ballot paper."""
        return tuple(option.id for option in self.opened.options)


Polls = Mapping[int, Poll]
NONE: Polls = MappingProxyType({})


def _fold(polls: Polls, fact: Fact) -> Polls:
    match fact.event:
        case PollOpened() as opened:
            changed = Poll(fact.seq, opened, fact.at)
        case RollFrozen() as roll if roll.poll in polls:
            changed = replace(polls[roll.poll], roll=roll)
        case PollClosed(poll=number) if number in polls:
            changed = replace(polls[number], closed_at=fact.at, published_at=fact.at)
        case BoxOpened(poll=number, small=small) if number in polls:
            changed = replace(polls[number], telling=small)
        case PollDecided() as decided if decided.poll in polls:
            changed = replace(polls[decided.poll], decided=decided, decided_by=fact.seq)
        case SheetHung(notice=number, hung_on=day) if poll := _of_result(polls, number):
            assert poll.published_at is not None
            changed = replace(poll, published_at=counted_from(poll.published_at, day))
        case _:
            return polls
    return MappingProxyType({**polls, changed.id: changed})


def _of_result(polls: Polls, number: int) -> Poll | None:
    return next((poll for poll in polls.values() if poll.decided_by == number), None)


POLLS: Fold[Polls] = Fold(
    "voting.polls",
    initial=NONE,
    fold=_fold,
    hears=(PollOpened, RollFrozen, PollClosed, BoxOpened, PollDecided, SheetHung),
)


def polls_of(matter: Matter) -> Polls:
    """Return the polls of ``matter`` by number, in the order of their opening."""
    return matter.state(POLLS)


def tied_in(poll: Poll) -> tuple[str, ...]:
    """Return the options that won a decided poll together although one was asked for.

    Where several seats or projects are chosen, several winners are no tie.
    """
    decided = poll.decided
    if decided is None or len(decided.winners) < 2 or not decided.count:
        return ()
    counts = json.loads(decided.count)["counts"]
    one = all(len(t["winners"]) < 2 or set(t["winners"]) == set(t["tied"]) for t in counts)
    return decided.winners if one else ()


def awaits_scrutineers(matter: Matter) -> tuple[Poll, ...]:
    """Return the polls that are closed and whose box enough scrutineers have yet to open."""
    closed = (poll for poll in polls_of(matter).values() if poll.closed_at is not None)
    return tuple(p for p in closed if p.decided is None and p.opened.secrecy == "scrutineers")


def still_open(matter: Matter) -> tuple[Poll, ...]:
    """Return the polls that nobody has closed yet, past their hour or not."""
    return tuple(poll for poll in polls_of(matter).values() if poll.closed_at is None)
