"""Sequential Phragmén: each seat is a load of 1 on those who approve of the elected option.

The next seat goes where the heaviest load stays lightest. Source: L. E. Phragmén (1894).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong_voting.counting.phragmen import Loads, loads
from wugong_voting.counting.result import Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.seats import SEATS, Approved, approved, places, seats_of, told
from wugong_voting.counting.settings import TIE_BREAK
from wugong_voting.counting.ways import Order, agreed, follow
from wugong_voting.counting.words import N_


def decide(summary: Approved, settings: Mapping[str, Any]) -> Result:
    """Fill the seats one after the other."""
    seats, options = seats_of(settings), summary.options
    offered = [i for i, number in enumerate(summary.ballots.votes.tolist()) if number]
    start = loads(summary.ballots, [1] * len(options), offered, seats)
    order = Order(places(settings, options))
    ends = follow("seq_phragmen", start, lambda way: way.step(order), Loads.key)
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
        certificate=told(lambda who: tuple(options[i] for i in who), seats, winners, tied),
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
