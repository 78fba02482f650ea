"""Add one: raise every voter's endowment step by step until the budget is used up or overrun.

Equal shares may leave money. Every voter is then given one unit of currency more, and all is
counted anew; the last outcome within the budget stays. Most steps change nothing, and such steps
are not counted one by one: the purchases of the last count are made at many endowments at once, in
floating point, and a step is passed over only where each purchase beats every rival by more than
rounding can do. While the same projects are bought in the same order, a higher endowment leaves
every voter at least as much in every round and lowers every price; so where a purchase beats, by
its price at one endowment, its rivals' prices at a higher one, it does so at all between, and whole
stretches are passed over, too. Any other step is counted exactly.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugong_voting.counting.abreast import Abreast
from wugong_voting.counting.equal_shares import Goods, Purchase, Shop, buy_all
from wugong_voting.counting.purses import Floats
from wugong_voting.counting.rough import surely_bought
from wugong_voting.counting.ways import Order

AT_ONCE = 48  # endowments
WORTH_IT = 24  # fewer at once cost more than counting each
CELLS = 40_000  # purses that are worth looking at in one go
NEXT = 12  # steps that are looked at one by one; from there on the stretches grow
GROWTH = 5  # by a fifth each
LONG = 8  # steps: after a stretch of as many without a change another one is expected
ROUNDING = 2.3e-16
NEAR = 1e-9

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Raised:
    """The last outcome within the budget, and why the next was not taken."""

    shop: Shop
    endowment: Fraction
    steps: int
    stopped: str  # exhausted | overrun
    next_cost: int | None = None


def add_one(
    goods: Goods,
    endowment: Fraction,
    unit: int,
    order: Order,
    budget: int,
    exhausted: Callable[[frozenset[int]], bool],
) -> Raised:
    """Raise the endowment by ``unit`` a step; costs, budget and endowment are in small parts."""
    shop, steps, since = buy_all(goods, endowment, order), 0, 0
    bought = _projects(shop)
    ahead: list[list[int] | None] = []
    wide = _width(goods)
    calm, offsets = wide > 1, _offsets(wide)
    while not exhausted(frozenset(bought)):
        following = None
        if calm:
            if _projects(shop) != bought:
                shop = buy_all(goods, endowment + steps * unit, order)
            points = [float(endowment + (steps + n) * unit) for n in offsets]
            passed = _Repeat(goods, np.array(points), np.diff(offsets) > 1).count(shop.bought)
            steps += offsets[passed]
            if passed >= NEXT:
                continue
            calm = steps - since > LONG
        elif wide > 1:
            if not ahead:
                points = [float(endowment + (steps + n) * unit) for n in range(1, wide + 1)]
                ahead = Abreast(goods, points, order).run()[::-1]
                if all(one == bought for one in ahead):
                    calm, ahead, steps = True, [], steps + wide
                    continue
            following = ahead.pop()
        else:
            following = surely_bought(goods, endowment + (steps + 1) * unit)
        if following is None:
            since = steps + 1
            shop = buy_all(goods, endowment + since * unit, order)
            following = _projects(shop)
        cost = sum(goods.costs[project] for project in following)
        if cost > budget:
            return _raised(goods, endowment, steps, unit, order, "overrun", cost)
        steps += 1
        bought = following
    return _raised(goods, endowment, steps, unit, order, "exhausted")


def _projects(shop: Shop) -> list[int]:
    return [one.project for one in shop.bought]


def _offsets(wide: int) -> list[int]:
    """Return how many steps ahead each column looks, from the one that is known."""
    offsets = [0]
    while len(offsets) <= wide:
        last = offsets[-1]
        offsets.append(last + (1 if last < NEXT else last // GROWTH))
    return offsets


def _raised(
    goods: Goods,
    endowment: Fraction,
    steps: int,
    unit: int,
    order: Order,
    stopped: str,
    cost: int | None = None,
) -> Raised:
    """Count the last step exactly."""
    reached = endowment + steps * unit
    return Raised(buy_all(goods, reached, order), reached, steps, stopped, cost)


def _width(goods: Goods) -> int:
    """Return how many endowments to look at in one go; 1 when counting each costs less."""
    entries = sum(len(goods.rows[project]) for project in goods.offered)
    wide = min(AT_ONCE, CELLS * len(goods.offered) // max(entries, 1) // 4)
    return wide if wide >= WORTH_IT else 1


@dataclass(frozen=True, slots=True)
class _Price:
    """A price in each column, known but for ``blur``, and the weight of those who can pay it."""

    price: Floats
    blur: Floats
    rich: Floats


class _Repeat:
    """The same purchases at many endowments, one column each, the lowest one first.

    The first column is a step that is known. ``between`` tells of each further one whether the
    stretch before it is passed over, too.
    """

    def __init__(self, goods: Goods, endowments: Floats, between: Bools) -> None:
        self.goods, self.between = goods, between
        self.left: Floats = np.tile(endowments, (goods.ballots.rows, 1))
        self.errors: Floats = np.abs(self.left) * ROUNDING  # how far each purse may be off
        self.worst: Floats = self.errors.max(axis=0, initial=0.0)
        self.columns = len(endowments)  # those that still hold
        self.known: dict[int, Floats] = {}
        self.heap = goods.least()
        self.gone: set[int] = set()

    def count(self, bought: list[Purchase]) -> int:
        """Return how many columns after the first surely see the same purchases."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self._count(bought)

    def _count(self, bought: list[Purchase]) -> int:
        goods = self.goods
        for one in bought:
            price, rich = self._price(one.project)
            paid = _Price(price, self._blur(one.project, price), rich)
            clear = np.isfinite(paid.price) & np.isfinite(paid.blur)
            if not clear[0]:
                return 0
            self._keep(clear)
            if self.columns > 1:
                self._rivals(one, paid)
            if self.columns < 2:
                return 0
            self._pay(goods.rows[one.project], paid)
            self.gone |= {one.project} | goods.clashes[one.project]
        for project in goods.offered:
            if project not in self.gone:
                rows = goods.rows[project]
                most = goods.shares[project] @ (self.left[rows] + self.errors[rows])
                self._keep(most < goods.costs[project] * (1 - NEAR))
        return self.columns - 1

    def _pay(self, rows: Any, paid: _Price) -> None:
        """Let all pay; a purse is empty only where it surely is, and then without an error."""
        price, blur = paid.price[: self.columns], paid.blur[: self.columns]
        after = self.left[rows] - price
        errors = self.errors[rows] + (blur + price * ROUNDING)
        empty = (after < -errors) | (self.left[rows] == 0.0)
        self.left[rows] = np.where(empty, 0.0, np.maximum(after, errors))
        self.errors[rows] = np.where(empty, 0.0, 2 * errors)
        self.worst = np.maximum(self.worst[: self.columns], 2 * errors.max(axis=0))

    def _rivals(self, one: Purchase, paid: _Price) -> None:
        """Keep the columns in which nothing else is as cheap as the purchase.

        What was as cheap when it was counted, too, may stay so: the order settles that as it did.
        """
        use = self.goods.use
        limits = (paid.price + paid.blur) / use[one.project]
        aside = []
        highest = float(limits[: self.columns].max())
        while self.columns > 1 and self.heap and self.heap[0][0] <= highest:
            low, project = heapq.heappop(self.heap)
            if project in self.gone:
                continue
            if project == one.project:
                aside.append((low, project))
                continue
            price, rich = self._price(project)
            width = self.columns
            lowest = self._low(project, price, rich) / use[project]
            worst = limits[:width].copy()
            worst[1:] = np.where(self.between[: width - 1], worst[:-1], worst[1:])
            holding = lowest > worst
            if project in one.tied and not holding.all():
                other = _Price(price, self._blur(project, price), rich)
                holding |= self._tie(one.project, paid, project, other)
            self._keep(holding)
            aside.append((float(lowest[: self.columns].min()), project))
        for pair in aside:
            heapq.heappush(self.heap, pair)

    def _tie(self, one: int, paid: _Price, project: int, other: _Price) -> Bools:
        """Tell in which columns both are surely equally cheap.

        That is where nobody gives a part: whoever has not the price has nothing, so that the
        prices are whole costs over whole numbers.
        """
        costs, use = self.goods.costs, self.goods.use
        width = self.columns
        plain = self._plain(one, paid) & self._plain(project, other)
        mine, others = paid.rich[:width].astype(np.int64), other.rich.astype(np.int64)
        pairs = zip(mine.tolist(), others.tolist(), strict=True)
        same = [costs[one] * use[project] * b == costs[project] * use[one] * a for a, b in pairs]
        equal: Bools = plain & np.array(same, dtype=bool)
        stays = (mine[1:] == mine[:-1]) & (others[1:] == others[:-1]) & equal[:-1]
        equal[1:] &= stays | ~self.between[: width - 1]
        return equal

    def _plain(self, project: int, paid: _Price) -> Bools:
        left = self.left[self.goods.rows[project]]
        price, blur = paid.price[: self.columns], paid.blur[: self.columns]
        errors = self.errors[self.goods.rows[project]]
        plain: Bools = ((left == 0.0) | (left > price + blur + errors)).all(axis=0)
        return plain

    def _keep(self, holding: Bools) -> None:
        """Drop the first column that does not hold and all above it; the first is known to hold."""
        failing = np.flatnonzero(~holding[1 : self.columns])
        if len(failing):
            self.columns = int(failing[0]) + 1
            self.left = self.left[:, : self.columns]
            self.errors = self.errors[:, : self.columns]

    def _price(self, project: int) -> tuple[Floats, Floats]:
        """Return about the price in each column, and who can pay it; ``inf`` and 0 for nobody."""
        goods = self.goods
        left, weights = self.left[goods.rows[project]], goods.shares[project]
        cost, support = float(goods.costs[project]), float(goods.support[project])
        start = self.known.get(project)
        price = np.full(self.columns, cost / support) if start is None else start[: self.columns]
        before: Any = None
        while True:
            rich = weights @ (left >= price)
            if before is not None and (rich == before).all():
                return price, rich
            missing = cost - weights @ np.minimum(left, price)
            price = np.where(rich > 0, np.maximum(price, price + missing / rich), np.inf)
            before = rich

    def _low(self, project: int, price: Floats, rich: Floats) -> Floats:
        """Return what a price surely is at least; ``inf`` only where it surely cannot be paid.

        Prices below it lack more than all purses may be off, as those who pay in full pay less.
        """
        goods, rows = self.goods, self.goods.rows[project]
        slack = self.worst[: self.columns] * goods.support[project] + self._rounding(project)
        low = price - slack / rich
        nobody = rich == 0
        if nobody.any():
            most = goods.shares[project] @ (self.left[rows] + self.errors[rows])
            sure = most < goods.costs[project] * (1 - NEAR)
            low = np.where(nobody, np.where(sure, np.inf, 0.0), low)
        self.known[project] = low = np.maximum(low, 0.0)
        return low

    def _rounding(self, project: int) -> float:
        return float((len(self.goods.rows[project]) + 16) * ROUNDING * self.goods.costs[project])

    def _blur(self, project: int, price: Floats) -> Floats:
        """Return how far a price may be off; ``inf`` where that cannot be told.

        Whoever gives all brings the error of the purse, and those who surely pay in full share the
        sum of these errors.
        """
        goods, rows = self.goods, self.goods.rows[project]
        left, weights, errors = self.left[rows], goods.shares[project], self.errors[rows]
        near = left <= price * (1 + NEAR)
        sure = goods.support[project] - weights @ near
        given = weights @ np.where(near, errors, 0.0)
        blur: Floats = (given + self._rounding(project)) / sure
        worst = np.maximum(blur, errors.max(axis=0, initial=0.0))
        blur[~(worst < price * NEAR / 2) | ~(sure > 0)] = np.inf
        return blur
