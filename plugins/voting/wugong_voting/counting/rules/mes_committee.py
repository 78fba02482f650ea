"""Equal shares for committees: every voter has the same share of the seats and spends it.

This is the core of the rule: seats that no group can pay for together stay empty. Source:
D. Peters, P. Skowron, «Proportionality and the Limits of Welfarism» (2020).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from wugong_voting.counting.equal_shares import Goods, Shop, shop
from wugong_voting.counting.nearest import (
    Moment,
    Weighing,
    Worths,
    over_one_scale,
    told_nearest,
    watched,
)
from wugong_voting.counting.result import Exact, Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.seats import SEATS, Approved, approved, places, seats_of, told
from wugong_voting.counting.settings import TIE_BREAK
from wugong_voting.counting.ways import Order, agreed, follow
from wugong_voting.counting.words import N_


class Wealth(Weighing):
    """A ballot is of the kind of what its voter has left."""

    def __init__(self, summary: Approved, share: Fraction) -> None:
        self.left: list[Fraction] = []
        self.share, self.voting = share, summary.voting
        super().__init__(summary.ballots)

    def begin(self) -> None:
        """Give everybody the whole share."""
        super().begin()
        self.left = [self.share]

    def elect(self, rows: Any, number: int, amount: Exact) -> None:
        """Let ``rows`` pay the price, or all they have."""
        self.kinds[rows] += len(self.left)
        self.left += [max(one - amount, Fraction(0)) for one in self.left]
        place: dict[Fraction, int] = {self.share: 0}
        table = np.zeros(len(self.left), dtype=np.int64)
        for kind in np.flatnonzero(np.bincount(self.kinds)).tolist():
            table[kind] = place.setdefault(self.left[kind], len(place))
        self.kinds, self.left = table[self.kinds], list(place)

    def worths(self, moment: Moment, ahead: bool) -> Worths:
        """A ballot is worth what it pays at the next price, at the end all it has.

        Ahead is who could pay a little less than that: at less by one of very small parts.
        """
        price = moment.following[1] if moment.following else self.share
        (most, *left), scale = over_one_scale([price, *self.left])
        parts = self.voting + 1
        pays = [min(one * parts, most * parts - ahead) for one in left]
        return Worths(self.kinds, pays, scale * parts)


def decide(summary: Approved, settings: Mapping[str, Any]) -> Result:
    """Let supporters buy seats until none can be paid for."""
    seats, options = seats_of(settings), summary.options
    offered = [i for i, number in enumerate(summary.ballots.votes.tolist()) if number]
    goods = Goods(summary.ballots, [1] * len(options), offered, use_is_cost=False)
    share = Fraction(seats, max(summary.voting, 1))
    order = Order(places(settings, options))
    moments: list[Moment] = []
    step = watched(lambda way: way.step(order), Shop.story, moments)
    ends = follow("mes_committee", shop(goods, share), step, Shop.key)
    winners, tied = agreed([[one.project for one in end.bought] for end in ends])
    rounds = [
        {"round": n, "elected": options[one.project], "price": one.price}
        for n, one in enumerate(ends[0].bought, 1)
    ]
    return Result(
        "mes_committee",
        tuple(options[i] for i in winners),
        tuple(options[i] for i in tied),
        rounds=tuple(rounds),
        options={**settings, "share": share},
        certificate=(
            *told(lambda who: tuple(options[i] for i in who), seats, winners, tied),
            *told_nearest(summary, moments, (*winners, *tied), Wealth(summary, share), order),
        ),
    )


RULE = CountingRule(
    id="mes_committee",
    title=N_("Equal shares of the seats"),
    asks="approval",
    partial=approved,
    decide=decide,
    picks="several",
    settings=(SEATS, TIE_BREAK),
    source="Peters and Skowron 2020",
    claims=("ejr",),
)
