"""Sequential Phragmén: each seat is a load of 1 on those who approve of the elected option.

The next seat goes where the heaviest load stays lightest. Source: L. E. Phragmén (1894).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from wugong_voting.counting.nearest import (
    Moment,
    Weighing,
    Worths,
    one_is_enough,
    over_one_scale,
    told_nearest,
    watched,
)
from wugong_voting.counting.phragmen import Loads, loads
from wugong_voting.counting.result import Exact, Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.seats import SEATS, Approved, approved, places, seats_of, told
from wugong_voting.counting.settings import TIE_BREAK
from wugong_voting.counting.ways import Order, agreed, follow
from wugong_voting.counting.words import N_


class Lightness(Weighing):
    """A ballot is of the kind of the last election that it supported."""

    def __init__(self, summary: Approved, seats: int) -> None:
        super().__init__(summary.ballots)
        self.seats = seats

    def elect(self, rows: Any, number: int, amount: Exact) -> None:
        """Let ``rows`` carry the load of this election, whatever they carried before."""
        self.kinds[rows] = number

    def worths(self, moment: Moment, ahead: bool) -> Worths | None:
        """A ballot is worth as much of the next load as it does not carry yet; a seat is one."""
        if moment.following is None:
            return one_is_enough(self.ballots.rows) if len(moment.elected) < self.seats else None
        carried = [Fraction(0), *(load for _, load in moment.elected)]
        (least, *numbers), scale = over_one_scale([moment.following[1], *carried])
        return Worths(self.kinds, [least - one for one in numbers], scale + ahead)


def decide(summary: Approved, settings: Mapping[str, Any]) -> Result:
    """Fill the seats one after the other."""
    seats, options = seats_of(settings), summary.options
    offered = [i for i, number in enumerate(summary.ballots.votes.tolist()) if number]
    start = loads(summary.ballots, [1] * len(options), offered, seats)
    order = Order(places(settings, options))
    moments: list[Moment] = []
    step = watched(lambda way: way.step(order), Loads.story, moments)
    ends = follow("seq_phragmen", start, step, Loads.key)
    winners, tied = agreed([[one.project for one in end.bought] for end in ends])
    rounds = [
        {"round": n, "elected": options[one.project], "load": one.load}
        for n, one in enumerate(ends[0].bought, 1)
    ]
    return Result(
        "seq_phragmen",
        tuple(options[i] for i in winners),
        tuple(options[i] for i in tied),
        rounds=tuple(rounds),
        options=settings,
        certificate=(
            *told(lambda who: tuple(options[i] for i in who), seats, winners, tied),
            *told_nearest(summary, moments, (*winners, *tied), Lightness(summary, seats), order),
        ),
    )


RULE = CountingRule(
    id="seq_phragmen",
    title=N_("Equal loads, seat by seat (Phragmén)"),
    asks="approval",
    partial=approved,
    decide=decide,
    picks="several",
    settings=(SEATS, TIE_BREAK),
    source="Phragmén 1894",
    claims=("pjr", "house_monotonic", "blank_ignored"),
)
