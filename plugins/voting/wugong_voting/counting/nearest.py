"""Nearest: who of those without a seat came closest to one, where seats are filled one by one.

Naming an option on more ballots changes nothing until that option is elected. So whenever a seat
is filled it is enough to compare: each ballot that names an option is worth something to it, and
an option whose ballots are worth ``needed`` is level with the elected one, with more it goes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any, TypeVar

import numpy as np

from wugong_voting.counting.result import Exact, Sentence
from wugong_voting.counting.seats import Approved
from wugong_voting.counting.sets import Sets
from wugong_voting.counting.ways import Order
from wugong_voting.counting.words import N_

NEAR = 1e-9
WON = N_(
    "Of those without a seat, {options} came nearest: {votes} more approvals on the ballots cast"
    " could have won a seat, fewer could not."
)
LEVEL = N_(
    "Of those without a seat, {options} came nearest: {votes} more approvals on the ballots cast"
    " could have drawn at least level, fewer could not."
)
State = TypeVar("State")
Elected = tuple[tuple[int, Exact], ...]  # options, each with what the rule compares


@dataclass(frozen=True, slots=True)
class Moment:
    """Who was elected so far, and who was next; ``None`` where the count ended."""

    elected: Elected
    following: tuple[int, Exact] | None


@dataclass(frozen=True, slots=True)
class Worths:
    """The ``kinds`` of ballot by row, what one of each is worth, and how much is needed.

    Kind 0 is that of a ballot that names nobody elected.
    """

    kinds: Any
    each: Sequence[int]
    needed: int


class Weighing:
    """A rule's way of weighing: brought from moment to moment, which is mostly the next one."""

    def __init__(self, ballots: Sets) -> None:
        self.ballots = ballots
        self.begin()

    def begin(self) -> None:
        """Go back to where nobody was elected."""
        self.kinds = np.zeros(self.ballots.rows, dtype=np.int64)
        self.elected: Elected = ()

    def go(self, elected: Elected) -> None:
        """Bring ``kinds`` to where these were elected."""
        if elected[: len(self.elected)] != self.elected:
            self.begin()
        for number in range(len(self.elected), len(elected)):
            option, amount = elected[number]
            self.elect(self.ballots.holders[option], number + 1, amount)
        self.elected = elected

    def elect(self, rows: Any, number: int, amount: Exact) -> None:
        """Bring ``kinds`` past an election, ``number`` 1 the first, by the ballots of ``rows``."""
        raise NotImplementedError

    def worths(self, moment: Moment, ahead: bool) -> Worths | None:
        """Return the worths of the kinds, to be level or ``ahead``; ``None`` if no seat is open."""
        raise NotImplementedError


def watched(
    step: Callable[[State], Sequence[State]],
    elected: Callable[[State], Iterable[tuple[int, Exact]]],
    moments: list[Moment],
) -> Callable[[State], Sequence[State]]:
    """Return ``step`` noting every moment that it passes."""

    def watch(way: State) -> Sequence[State]:
        before = tuple(elected(way))
        ways = step(way)
        after = tuple(elected(ways[0])) if ways else before
        moments.append(Moment(before, next(iter(after[len(before) :]), None)))
        return ways

    return watch


def told_nearest(
    summary: Approved,
    moments: Iterable[Moment],
    seated: Iterable[int],
    weighing: Weighing,
    order: Order,
) -> tuple[Sentence, ...]:
    """Tell who of all but the ``seated`` came nearest, and how many approvals were missing.

    Fewest over all ways that ties left open, given to the ballots where they are worth most.
    """
    without = set(range(len(summary.options))) - set(seated)
    fewest = Fewest(summary)
    for moment in moments:
        weighing.go(moment.elected)
        behind = _behind(without, moment, order)
        for ahead, options in ((False, without - behind), (True, behind)):
            worths = weighing.worths(moment, ahead) if options else None
            if worths:
                fewest.look(worths, options)
    if fewest.votes is None:
        return ()
    details = {
        "options": [summary.options[i] for i in sorted(fewest.options)],
        "votes": fewest.votes,
    }
    return (Sentence(WON if order.place else LEVEL, details),)


def _behind(options: set[int], moment: Moment, order: Order) -> set[int]:
    """Return those that the tie break puts behind the one that was elected."""
    if not order.place or not moment.following:
        return set()
    place = order.place[moment.following[0]]
    return {option for option in options if order.place[option] > place}


class Fewest:
    """The fewest approvals more, over all moments, and the options that needed no more."""

    def __init__(self, summary: Approved) -> None:
        self.summary = summary
        self.votes: int | None = None
        self.options: set[int] = set()

    def look(self, worths: Worths, options: Iterable[int]) -> None:
        """Weigh the ballots of each option; where surely more are missing, that is not counted."""
        ballots = self.summary.ballots
        kinds, each, needed = worths.kinds, worths.each, worths.needed
        shares = np.array([worth / needed for worth in each])
        most = float(shares.max())
        if most <= 0.0:
            return
        cast = np.bincount(kinds, ballots.weights, len(each))
        cast[0] += self.summary.empty
        richest = sorted(range(len(each)), key=lambda kind: -each[kind])
        for option in options:
            if self._surely_more((1 - most * int(ballots.votes[option])) / most):
                continue
            rows = ballots.holders[option]
            own = np.bincount(kinds[rows], ballots.weights[rows], len(each))
            if self._surely_more((1 - float(own @ shares)) / most):
                continue
            has = sum(int(own[kind]) * each[kind] for kind in np.flatnonzero(own).tolist())
            others = ((each[kind], int(cast[kind] - own[kind])) for kind in richest)
            self._note(option, _more(needed - has, others))

    def _surely_more(self, votes: float) -> bool:
        return self.votes is not None and votes > self.votes * (1 + NEAR) + NEAR

    def _note(self, option: int, votes: int | None) -> None:
        if votes is None or (self.votes is not None and votes > self.votes):
            return
        if votes != self.votes:
            self.votes, self.options = votes, set()
        self.options.add(option)


def _more(lacking: int, others: Iterable[tuple[int, int]]) -> int | None:
    """Return how many ballots reach what is lacking; ``None`` if all of them do not.

    ``others`` are worths and how many ballots have each, the highest first.

    >>> _more(6, [(3, 2), (1, 9)]), _more(7, [(3, 2), (1, 9)]), _more(16, [(3, 2), (1, 9)])
    (2, 3, None)
    """
    taken = 0
    for worth, number in others:
        if worth <= 0:
            break
        votes = -(-lacking // worth)
        if votes <= number:
            return taken + votes
        taken += number
        lacking -= worth * number
    return None


def one_is_enough(rows: int) -> Worths:
    """Return the worths where a seat stayed empty: whoever is named has it."""
    return Worths(np.zeros(rows, dtype=np.int64), [1], 1)


def over_one_scale(numbers: Sequence[Exact]) -> tuple[list[int], int]:
    """Write shares as whole numbers over their least common denominator, which comes second."""
    scale = lcm(*(number.denominator for number in numbers))
    return [number.numerator * (scale // number.denominator) for number in numbers], scale
