"""Equal shares: supporters buy what costs each of them least for what it gives them.

The kernel of the Method of Equal Shares for budgets and committees. A project's price is what each
supporter pays, those with less giving all they have; the project with the lowest price for its use
is bought, until none can be afforded. The use of a project is its cost, or one.
Source: D. Peters, G. Pierczyński, P. Skowron, «Proportional Participatory Budgeting with Additive
Utilities» (2021).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from wugong_voting.counting.purses import Floats, Purses, price_near
from wugong_voting.counting.sets import Sets
from wugong_voting.counting.ways import Order

Clashes = Sequence[frozenset[int]]


class Goods:
    """What can be bought: whole costs, who supports what, and what excludes what.

    ``offered`` are the projects on offer; all of them cost something and have a supporter.
    """

    def __init__(
        self,
        ballots: Sets,
        costs: Sequence[int],
        offered: Sequence[int],
        use_is_cost: bool,
        clashes: Clashes = (),
    ) -> None:
        self.ballots, self.costs, self.offered = ballots, costs, list(offered)
        self.rows: list[Any] = ballots.holders
        weights = ballots.weights.astype(np.float64)
        self.shares: dict[int, Floats] = {c: weights[self.rows[c]] for c in offered}
        self.support = {c: int(self.shares[c].sum()) for c in offered}
        self.use = {c: costs[c] if use_is_cost else 1 for c in offered}
        self.clashes = {c: frozenset[int]().union(*(g for g in clashes if c in g)) for c in offered}
        each = [(costs[c] / self.support[c] / self.use[c], c) for c in offered]
        self._least = sorted(each)  # part of a sorted list is a heap, too

    def least(self, endowment: Fraction | None = None) -> list[tuple[float, int]]:
        """Return for each project the lowest price for its use that there can be, as a heap.

        What its supporters cannot pay together, with all they are given, is left out.
        """
        if endowment is None:
            return list(self._least)
        share, parts = endowment.numerator, endowment.denominator
        most = {c: number * share for c, number in self.support.items()}
        return [pair for pair in self._least if most[pair[1]] >= self.costs[pair[1]] * parts]


@dataclass(frozen=True, slots=True)
class Purchase:
    """A project bought for ``price`` a supporter; ``tied`` are those that were as cheap."""

    project: int
    price: Fraction
    tied: tuple[int, ...]


@dataclass(slots=True)
class Shop:
    """One way through the rounds: what was bought, what voters have left."""

    goods: Goods
    purses: Purses
    heap: list[tuple[float, int]]
    bought: list[Purchase] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    known: dict[int, float] = field(default_factory=dict)  # prices that are not too high

    def copy(self) -> Shop:
        """Return this way so that it can go on apart."""
        return Shop(
            self.goods,
            self.purses.copy(),
            list(self.heap),
            list(self.bought),
            set(self.gone),
            dict(self.known),
        )

    def key(self) -> frozenset[tuple[int, Fraction]]:
        """Return what the future depends on: purses follow from the prices alone."""
        return frozenset((one.project, one.price) for one in self.bought)

    def story(self) -> list[tuple[int, Fraction]]:
        """Return what was bought, in order, with the price of each."""
        return [(one.project, one.price) for one in self.bought]

    def cheapest(self) -> dict[int, Fraction]:
        """Return the projects with the lowest price for their use, exactly, with their prices."""
        while True:
            contenders = self.contenders()
            if not contenders:
                return {}
            goods, prices = self.goods, {}
            for project in contenders:
                rows, shares = goods.rows[project], goods.shares[project]
                start = self.known[project]
                price = self.purses.price(rows, shares, goods.costs[project], start)
                if price is not None:
                    prices[project] = price
            if prices:
                values = {project: price / goods.use[project] for project, price in prices.items()}
                least = min(values.values())
                return {p: prices[p] for p in sorted(prices) if values[p] == least}

    def contenders(self) -> list[int]:
        """Return every project that may be the cheapest, as far as floating point can tell."""
        goods, left, error = self.goods, self.purses.left, self.purses.error
        limit = np.inf
        found: list[tuple[float, float, int]] = []
        while self.heap and self.heap[0][0] <= limit:
            project = heapq.heappop(self.heap)[1]
            if project in self.gone:
                continue
            shares, use = goods.shares[project], goods.use[project]
            price, rich = price_near(
                left[goods.rows[project]],
                shares,
                goods.costs[project],
                error,
                self.known.get(project, 0.0),
                limit * use * 1.000001,
            )
            if price == np.inf:
                self.gone.add(project)
                continue
            blur = error * (1 + goods.support[project] / max(rich, 1.0)) + 1e-12 * price
            self.known[project] = max(price - blur, 0.0)
            low, high = (price - blur) / use, (price + blur) / use
            if rich == 0.0:
                high = np.inf  # all give all they have: only exact numbers tell if that is enough
            found.append((low, high, project))
            limit = min(limit, high)
        contenders = []
        for low, _, project in found:
            heapq.heappush(self.heap, (low, project))
            if low <= limit:
                contenders.append(project)
        return contenders

    def buy(self, project: int, prices: dict[int, Fraction]) -> None:
        """Buy one of the cheapest."""
        goods, price = self.goods, prices[project]
        self.purses.pay(goods.rows[project], price)
        self.bought.append(Purchase(project, price, tuple(prices)))
        self.gone |= {project} | goods.clashes[project]

    def apart(self, prices: dict[int, Fraction]) -> bool:
        """Tell whether the cheapest can all be bought without changing each other's price."""
        goods, purses = self.goods, self.purses
        if any(goods.clashes[p] & prices.keys() - {p} for p in prices):
            return False
        needed = np.zeros(len(purses.left))
        number = np.zeros(len(purses.left), dtype=np.int32)
        for project, price in prices.items():
            needed[goods.rows[project]] += float(price)
            number[goods.rows[project]] += 1
        both = number > 1
        return bool((purses.left[both] >= needed[both] * (1 + 1e-9) + purses.error).all())

    def step(self, order: Order) -> list[Shop]:
        """Go on: buy what is cheapest; where a tie decides, one way for each of the tied."""
        prices = self.cheapest()
        if not prices:
            return []
        if order.place or len(prices) == 1:
            self.buy(order.first(list(prices)), prices)
            return [self]
        if self.apart(prices):
            for project in prices:
                self.buy(project, prices)
            return [self]
        ways = []
        for project in prices:
            way = self.copy()
            way.buy(project, prices)
            ways.append(way)
        return ways


def shop(goods: Goods, endowment: Fraction) -> Shop:
    """Open the shop: nothing is bought yet."""
    return Shop(goods, Purses(goods.ballots.weights, endowment), goods.least(endowment))


def buy_all(goods: Goods, endowment: Fraction, order: Order) -> Shop:
    """Buy until nothing can be afforded; ``order`` settles ties or raises ``Fork``."""
    made = shop(goods, endowment)
    while prices := made.cheapest():
        if len(prices) > 1 and not order.place and made.apart(prices):
            for project in prices:
                made.buy(project, prices)
        else:
            made.buy(order.first(list(prices)), prices)
    return made
