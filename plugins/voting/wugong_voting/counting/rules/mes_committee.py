"""Equal shares for committees: every voter has the same share of the seats and spends it.

This is the core of the rule: seats that no group can pay for together stay empty. Source:
D. Peters, P. Skowron, «Proportionality and the Limits of Welfarism» (2020).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from wugong_voting.counting.equal_shares import Goods, Shop, shop
from wugong_voting.counting.result import Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.seats import SEATS, Approved, approved, places, seats_of, told
from wugong_voting.counting.settings import TIE_BREAK
from wugong_voting.counting.ways import Order, agreed, follow
from wugong_voting.counting.words import N_


def decide(summary: Approved, settings: Mapping[str, Any]) -> Result:
    """Let supporters buy seats until none can be paid for."""
    seats, options = seats_of(settings), summary.options
    offered = [i for i, number in enumerate(summary.ballots.votes.tolist()) if number]
    goods = Goods(summary.ballots, [1] * len(options), offered, use_is_cost=False)
    share = Fraction(seats, max(summary.voting, 1))
    order = Order(places(settings, options))
    ends = follow("mes_committee", shop(goods, share), lambda way: way.step(order), Shop.key)
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
        certificate=told(lambda who: tuple(options[i] for i in who), seats, winners, tied),
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
