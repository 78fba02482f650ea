"""Phragmén: voters earn money at one pace; a project is bought when its supporters have its cost.

Put otherwise: each purchase is a load on its supporters, shared so that the heaviest load is as
light as can be. A supporter's load is then that of the last purchase it supported, so exact sums
are whole numbers times a few loads; floating point only proposes.
Source: L. E. Phragmén (1894); M. Brill, R. Freeman, S. Janson, M. Lackner (2017).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np

from wugong_voting.counting.equal_shares import Goods
from wugong_voting.counting.purses import Floats, dot
from wugong_voting.counting.sets import Sets
from wugong_voting.counting.ways import Order

NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Bought:
    """A project, the load of its supporters, and all that were due at that moment."""

    project: int
    load: Fraction
    tied: tuple[int, ...]


@dataclass(slots=True)
class Loads:
    """One way through the purchases, until one does not fit into what is left."""

    goods: Goods
    left: int
    loads: Floats
    last: Any  # for each kind of ballot the number of the last purchase that it supported
    heap: list[tuple[float, int]]
    sums: list[int] = field(default_factory=lambda: [0])  # loads over ``scale``
    scale: int = 1
    bought: list[Bought] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    stopped: tuple[int, Fraction] | None = None  # the project that did not fit, and its load

    def copy(self) -> Loads:
        """Return this way so that it can go on apart."""
        return Loads(
            self.goods,
            self.left,
            self.loads.copy(),
            self.last.copy(),
            list(self.heap),
            list(self.sums),
            self.scale,
            list(self.bought),
            set(self.gone),
        )

    def key(self) -> tuple[frozenset[tuple[int, Fraction]], int | None]:
        """Return what the future depends on: a load is that of the latest purchase supported."""
        stopped = self.stopped[0] if self.stopped else None
        return frozenset((one.project, one.load) for one in self.bought), stopped

    def story(self) -> list[tuple[int, Fraction]]:
        """Return what was bought, in order, with the load of each."""
        return [(one.project, one.load) for one in self.bought]

    def next(self) -> dict[int, Fraction]:
        """Return the projects that are due first, exactly, with their loads."""
        goods = self.goods
        limit = np.inf
        found: list[tuple[float, int]] = []
        while self.heap and self.heap[0][0] <= limit:
            project = heapq.heappop(self.heap)[1]
            if project in self.gone:
                continue
            carried = dot(goods.shares[project], self.loads[goods.rows[project]])
            load = (goods.costs[project] + carried) / goods.support[project]
            found.append((load * (1 - NEAR), project))
            limit = min(limit, load * (1 + NEAR))
        exact = {}
        for low, project in found:
            heapq.heappush(self.heap, (low, project))
            if low <= limit:
                exact[project] = self.load(project)
        least = min(exact.values(), default=Fraction(0))
        return {project: load for project, load in sorted(exact.items()) if load == least}

    def load(self, project: int) -> Fraction:
        """Return the load that buying a project would put on each supporter."""
        goods = self.goods
        numbers = np.bincount(self.last[goods.rows[project]], goods.shares[project])
        carried = sum(int(n) * load for n, load in zip(numbers, self.sums, strict=False) if n)
        cost = goods.costs[project] * self.scale
        return Fraction(cost + carried, goods.support[project] * self.scale)

    def buy(self, project: int, due: dict[int, Fraction]) -> None:
        """Buy one of those that are due, or stop where it does not fit."""
        goods, load = self.goods, due[project]
        if goods.costs[project] > self.left:
            self.stopped = (project, load)
            return
        grow = load.denominator // gcd(load.denominator, self.scale)
        if grow > 1:
            self.scale *= grow
            self.sums = [one * grow for one in self.sums]
        self.sums.append(load.numerator * (self.scale // load.denominator))
        rows = goods.rows[project]
        self.loads[rows] = float(load)
        self.last[rows] = len(self.sums) - 1
        self.left -= goods.costs[project]
        self.bought.append(Bought(project, load, tuple(due)))
        self.gone |= {project} | goods.clashes[project]

    def step(self, order: Order) -> list[Loads]:
        """Go on; where a tie decides, one way for each of those that are due together."""
        if self.stopped:
            return []
        due = self.next()
        if not due:
            return []
        if order.place or len(due) == 1:
            self.buy(order.first(list(due)), due)
            return [self]
        if self._apart(due):
            for project in due:
                self.buy(project, due)
            return [self]
        ways = []
        for project in due:
            way = self.copy()
            way.buy(project, due)
            ways.append(way)
        return ways

    def _apart(self, due: dict[int, Fraction]) -> bool:
        """Tell whether all that are due fit and no voter supports two of them."""
        goods = self.goods
        if sum(goods.costs[p] for p in due) > self.left:
            return False
        if any(goods.clashes[p] & due.keys() - {p} for p in due):
            return False
        rows = np.concatenate([goods.rows[p] for p in due])
        return len(np.unique(rows)) == len(rows)


def loads(
    ballots: Sets,
    costs: Sequence[int],
    offered: Sequence[int],
    left: int,
    clashes: Sequence[frozenset[int]] = (),
) -> Loads:
    """Begin: nobody carries anything."""
    goods = Goods(ballots, costs, offered, use_is_cost=False, clashes=clashes)
    return Loads(
        goods,
        left,
        np.zeros(ballots.rows),
        np.zeros(ballots.rows, dtype=np.int32),
        goods.least(),
    )
