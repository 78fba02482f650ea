"""Sequential proportional approval: each next seat goes where it adds most satisfaction.

A ballot's first elected option is worth 1, its second ½, its third ⅓ and so on. Worths are counted
in the least common multiple of 1 … seats, so that they are whole. Source: T. N. Thiele (1895).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from wugong_voting.counting.nearest import (
    Moment,
    Weighing,
    Worths,
    one_is_enough,
    told_nearest,
    watched,
)
from wugong_voting.counting.result import Exact, Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.seats import SEATS, Approved, approved, places, seats_of, told
from wugong_voting.counting.settings import TIE_BREAK
from wugong_voting.counting.ways import Order, agreed, follow
from wugong_voting.counting.words import N_


@dataclass(slots=True)
class Committee:
    """One way: who is elected, and how many of them each kind of ballot approves."""

    summary: Approved
    seats: int
    worth: list[int]
    has: Any
    heap: list[tuple[int, int, int]]  # less what it adds at most, option, size when it was counted
    elected: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)

    def copy(self) -> Committee:
        """Return this way so that it can go on apart."""
        return Committee(
            self.summary,
            self.seats,
            self.worth,
            self.has.copy(),
            list(self.heap),
            list(self.elected),
            list(self.added),
        )

    def story(self) -> Iterable[tuple[int, int]]:
        """Return who was elected, with what each added."""
        return zip(self.elected, self.added, strict=True)

    def adds(self, option: int) -> int:
        """Return what electing an option adds."""
        ballots = self.summary.ballots
        rows = ballots.holders[option]
        numbers = np.bincount(self.has[rows], ballots.weights[rows])
        return sum(int(n) * worth for n, worth in zip(numbers, self.worth, strict=False) if n)

    def best(self) -> list[int]:
        """Return who adds most; what an option adds only falls, so few need to be counted."""
        size = len(self.elected)
        tied: list[tuple[int, int, int]] = []
        while self.heap:
            less, option, counted = heapq.heappop(self.heap)
            if counted < size:
                heapq.heappush(self.heap, (-self.adds(option), option, size))
            elif tied and less > tied[0][0]:
                heapq.heappush(self.heap, (less, option, counted))
                break
            elif less == 0:
                break
            else:
                tied.append((less, option, counted))
        for one in tied:
            heapq.heappush(self.heap, one)
        return sorted(option for _, option, _ in tied)

    def elect(self, option: int) -> None:
        """Give the next seat to an option."""
        self.added.append(self.adds(option))
        self.has[self.summary.ballots.holders[option]] += 1
        self.elected.append(option)
        self.heap = [one for one in self.heap if one[1] != option]
        heapq.heapify(self.heap)

    def step(self, order: Order) -> list[Committee]:
        """Go on; where a tie decides, one way for each of the tied."""
        if len(self.elected) == self.seats or not (tied := self.best()):
            return []
        if order.place or len(tied) == 1:
            self.elect(order.first(tied))
            return [self]
        ways = []
        for option in tied:
            way = self.copy()
            way.elect(option)
            ways.append(way)
        return ways


class Satisfaction(Weighing):
    """A ballot is of the kind of how many it has elected."""

    def __init__(self, summary: Approved, worth: list[int]) -> None:
        super().__init__(summary.ballots)
        self.worth = worth

    def elect(self, rows: Any, number: int, amount: Exact) -> None:
        """Count one more for each of ``rows``."""
        self.kinds[rows] += 1

    def worths(self, moment: Moment, ahead: bool) -> Worths | None:
        """A ballot is worth what electing one more of its options adds."""
        if moment.following:
            return Worths(self.kinds, self.worth, int(moment.following[1]) + ahead)
        empty = len(moment.elected) < len(self.worth)
        return one_is_enough(self.ballots.rows) if empty else None


def decide(summary: Approved, settings: Mapping[str, Any]) -> Result:
    """Fill the seats one after the other."""
    seats, options = seats_of(settings), summary.options
    common = lcm(*range(1, seats + 1))
    start = Committee(
        summary,
        seats,
        [common // n for n in range(1, seats + 1)],
        np.zeros(summary.ballots.rows, dtype=np.int64),
        [(-int(n) * common, option, 0) for option, n in enumerate(summary.ballots.votes) if n],
    )
    heapq.heapify(start.heap)
    order = Order(places(settings, options))
    moments: list[Moment] = []
    step = watched(lambda way: way.step(order), Committee.story, moments)
    ends = follow("seq_pav", start, step, lambda way: frozenset(way.elected))
    winners, tied = agreed([end.elected for end in ends])
    rounds = [
        {"round": n, "elected": options[option], "adds": Fraction(added, common)}
        for n, (option, added) in enumerate(zip(ends[0].elected, ends[0].added, strict=True), 1)
    ]
    return Result(
        "seq_pav",
        tuple(options[i] for i in winners),
        tuple(options[i] for i in tied),
        rounds=tuple(rounds),
        options=settings,
        certificate=(
            *told(lambda who: tuple(options[i] for i in who), seats, winners, tied),
            *told_nearest(
                summary, moments, (*winners, *tied), Satisfaction(summary, start.worth), order
            ),
        ),
    )


RULE = CountingRule(
    id="seq_pav",
    title=N_("Proportional approval, seat by seat (PAV)"),
    asks="approval",
    partial=approved,
    decide=decide,
    picks="several",
    settings=(SEATS, TIE_BREAK),
    source="Thiele 1895",
    claims=("house_monotonic", "blank_ignored"),
)
