"""Abreast: equal shares at many endowments at once, one column each.

All is floating point with a bound on its error for every purse. A column whose next purchase these
bounds do not settle is given up and left to the exact count; where everybody pays the price in full
or has nothing, prices are whole costs over whole numbers, so that such ties are settled exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugong_voting.counting.equal_shares import Goods
from wugong_voting.counting.purses import Floats
from wugong_voting.counting.ways import Fork, Order

ROUNDING = 2.3e-16
NEAR = 1e-9

Bools = NDArray[np.bool_]


class Abreast:
    """Buys in every column until nothing can be afforded there."""

    def __init__(self, goods: Goods, endowments: Sequence[float], order: Order) -> None:
        self.goods, self.order = goods, order
        columns = len(endowments)
        self.left: Floats = np.tile(np.array(endowments), (goods.ballots.rows, 1))
        self.errors: Floats = self.left * ROUNDING
        self.use = np.array([goods.use[p] for p in goods.offered], dtype=np.float64)[:, None]
        shape = (len(goods.offered), columns)
        least = [goods.costs[p] / goods.support[p] for p in goods.offered]
        # What a project costs each supporter: at least, at most, and whether that is of this round.
        self.low: Floats = np.repeat(np.array(least)[:, None] * (1 - NEAR), columns, axis=1)
        self.high: Floats = np.full(shape, np.inf)
        self.rich: Floats = np.zeros(shape)
        self.fresh: Bools = np.zeros(shape, dtype=bool)
        self.open: Bools = np.ones(shape, dtype=bool)
        self.going: Bools = np.ones(columns, dtype=bool)
        self.bought: list[list[int] | None] = [[] for _ in range(columns)]

    def run(self) -> list[list[int] | None]:
        """Return what is bought in each column, in order; ``None`` where it was given up."""
        while self.going.any():
            self.fresh[:] = False
            best = self._price_all()
            near = self.open & self.fresh & (self.low / self.use <= best) & self.going
            number = near.sum(axis=0)
            self.going &= number > 0
            first = near.argmax(axis=0)
            winners: dict[int, list[int]] = {}
            for column in np.flatnonzero(self.going).tolist():
                pick: int | None = int(first[column])
                if number[column] > 1:
                    pick = self._tie(np.flatnonzero(near[:, column]).tolist(), column)
                sequence = self.bought[column]
                if pick is None or sequence is None or not np.isfinite(self.high[pick, column]):
                    self.bought[column] = None
                    self.going[column] = False
                else:
                    sequence.append(self.goods.offered[pick])
                    winners.setdefault(pick, []).append(column)
            for pick, columns in winners.items():
                self._pay(pick, np.array(columns))
        return self.bought

    def _price_all(self) -> Floats:
        """Price whatever may be the cheapest in a column; return the least upper bounds."""
        while True:
            known = self.open & self.fresh
            best: Floats = np.where(known, self.high / self.use, np.inf).min(axis=0, initial=np.inf)
            low = self.low / self.use
            needed = self.open & ~self.fresh & self.going & (low <= best)
            if not needed.any():
                return best
            cheapest = np.where(needed, low, np.inf).argmin(axis=0)
            for pick in np.unique(cheapest[needed.any(axis=0)]).tolist():
                self._price(pick, np.flatnonzero(needed[pick]), best)

    def _price(self, pick: int, columns: Any, best: Floats) -> None:
        goods = self.goods
        project = goods.offered[pick]
        rows, weights = goods.rows[project], goods.shares[project]
        cost = float(goods.costs[project])
        left = self.left[rows[:, None], columns]
        above = best[columns] * self.use[pick]
        price = self.low[pick, columns]
        before = np.full(len(columns), -1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            while True:
                can = left >= price
                rich = weights @ can
                given = weights @ np.where(can, 0.0, left)
                price = np.maximum(price, np.where(rich > 0, (cost - given) / rich, np.inf))
                settled = rich == before
                if (settled | (price > above * (1 + NEAR)) | (rich == 0)).all():
                    break
                before = rich
            near = left <= price * (1 + NEAR)
            errors = self.errors[rows[:, None], columns]
            sure = goods.support[project] - weights @ near
            rounding = (len(weights) + 16) * ROUNDING * cost
            blur = (weights @ np.where(near, errors, 0.0) + rounding) / sure
            worst = np.maximum(blur, errors.max(axis=0))
            unclear = ~(worst < price * NEAR / 2) | ~(sure > 0)
            low, high = price - blur, price + blur
        together = weights @ (left + errors)
        out = together < cost * (1 - NEAR)
        # Where another is cheaper anyway the search ends early, with a price that is too low.
        self.low[pick, columns] = np.where(unclear, self.low[pick, columns], low)
        self.high[pick, columns] = np.where(unclear | ~settled, np.inf, high)
        self.rich[pick, columns] = np.where(unclear, 0.0, rich)
        self.fresh[pick, columns] = True
        self.open[pick, columns[out]] = False

    def _tie(self, picks: list[int], column: int) -> int | None:
        """Settle who of those that are nearly as cheap goes first, or give the column up."""
        goods = self.goods
        values: dict[int, tuple[int, int]] = {}
        for pick in picks:
            project = goods.offered[pick]
            left = self.left[goods.rows[project], column]
            errors = self.errors[goods.rows[project], column]
            high = self.high[pick, column]
            if not ((left == 0.0) | (left > high + errors)).all():
                return None
            values[pick] = goods.costs[project], int(self.rich[pick, column]) * goods.use[project]
        least = min(values.values(), key=lambda pair: pair[0] / pair[1])
        equal = [p for p, (cost, number) in values.items() if cost * least[1] == least[0] * number]
        less = [p for p, (cost, number) in values.items() if cost * least[1] < least[0] * number]
        if less:
            return None
        if len(equal) == 1:
            return equal[0]
        if not self.order.place and self._apart(equal, column):
            return equal[0]
        try:
            first = self.order.first([goods.offered[pick] for pick in equal])
        except Fork:
            return None
        return goods.offered.index(first)

    def _apart(self, equal: list[int], column: int) -> bool:
        """Tell whether all of them can surely be bought without changing each other's price."""
        goods = self.goods
        projects = [goods.offered[pick] for pick in equal]
        if any(goods.clashes[p] & set(projects) - {p} for p in projects):
            return False
        needed = np.zeros(len(self.left))
        number = np.zeros(len(self.left), dtype=np.int32)
        for pick, project in zip(equal, projects, strict=True):
            needed[goods.rows[project]] += self.high[pick, column]
            number[goods.rows[project]] += 1
        both = number > 1
        has = self.left[both, column] - self.errors[both, column]
        return bool((has >= needed[both] * (1 + NEAR)).all())

    def _pay(self, pick: int, columns: Any) -> None:
        """Let all pay; a purse is empty only where it surely is, and then without an error."""
        goods = self.goods
        project = goods.offered[pick]
        rows = goods.rows[project][:, None]
        low, high = self.low[pick, columns], self.high[pick, columns]
        price, blur = (low + high) / 2, (high - low) / 2
        before = self.left[rows, columns]
        after = before - price
        errors = self.errors[rows, columns] + (blur + price * 2 * ROUNDING)
        empty = (after < -errors) | (before == 0.0)
        self.left[rows, columns] = np.where(empty, 0.0, np.maximum(after, errors))
        self.errors[rows, columns] = np.where(empty, 0.0, 2 * errors)
        self.open[pick, columns] = False
        for other in goods.clashes[project]:
            if other in goods.use:
                self.open[goods.offered.index(other), columns] = False
