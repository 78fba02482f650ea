"""Ballots as sets: which options each kind of ballot names, stored as one run of numbers.

Ballot ``i`` names ``members[starts[i]:starts[i + 1]]`` and weighs ``weights[i]``. No voter is in
here, and ballots that name nothing are not either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugong_voting.counting.profile import EXACT, Whole

Indices = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Sets:
    """Kinds of ballot with their weights; ``width`` is the number of options."""

    width: int
    starts: Whole
    members: Indices
    weights: Whole

    @property
    def rows(self) -> int:
        """The number of kinds of ballot."""
        return len(self.weights)

    @cached_property
    def total(self) -> int:
        """The weight of all of them."""
        return int(self.weights.sum())

    @cached_property
    def row_of(self) -> Indices:
        """The row of each entry of ``members``."""
        return np.repeat(np.arange(self.rows, dtype=np.int32), np.diff(self.starts))

    @cached_property
    def holders(self) -> list[Indices]:
        """For each option the rows that name it."""
        by_option = np.argsort(self.members, kind="stable")
        rows = self.row_of[by_option]
        counts = np.bincount(self.members, minlength=self.width)
        return np.split(rows, np.cumsum(counts)[:-1]) if self.width else []

    @cached_property
    def votes(self) -> Whole:
        """For each option the weight of the ballots that name it."""
        if self.total < EXACT:
            weights = self.weights[self.row_of]
            sums: Any = np.bincount(self.members, weights, minlength=self.width)
            made: Whole = sums.astype(np.int64)
            return made
        return np.array([int(self.weights[rows].sum()) for rows in self.holders], dtype=np.int64)

    def merge(self, other: Sets) -> Sets:
        """Return the ballots of both."""
        if self.width != other.width:
            raise ValueError("ballots over different options cannot be joined")
        return Sets(
            self.width,
            np.concatenate([self.starts, other.starts[1:] + self.starts[-1]]),
            np.concatenate([self.members, other.members]),
            np.concatenate([self.weights, other.weights]),
        )

    def ordered(self) -> tuple[Sets, int]:
        """Return them with each ballot's options in order and once; and how much weight was cut.

        The number is the weight of the ballots that named an option more than once.
        """
        rows, members = self.row_of, self.members
        place = np.argsort(rows.astype(np.int64) * max(self.width, 1) + members, kind="stable")
        rows, members = rows[place], members[place]
        again = np.zeros(len(rows), dtype=bool)
        again[1:] = (rows[1:] == rows[:-1]) & (members[1:] == members[:-1])
        cut = int(self.weights[np.unique(rows[again])].sum())
        counts = np.bincount(rows[~again], minlength=self.rows)
        return Sets(self.width, _starts(counts), members[~again], self.weights), cut

    @cached_property
    def grouped(self) -> Sets:
        """The same ballots with equal ones joined; each must be in order."""
        lengths = np.diff(self.starts)
        kept: list[NDArray[Any]] = []
        weights: list[Whole] = []
        for length in np.unique(lengths):
            rows = np.flatnonzero(lengths == length)
            table = self.members[self.starts[rows, None] + np.arange(length)]
            codes = _codes(table, self.width)
            order = np.lexsort(codes[::-1])
            new = np.ones(len(rows), dtype=bool)
            new[1:] = (codes[:, order][:, 1:] != codes[:, order][:, :-1]).any(axis=0)
            first = np.flatnonzero(new)
            kept.append(table[order[first]])
            weights.append(np.add.reduceat(self.weights[rows[order]], first))
        if not kept:
            return self
        counts = np.concatenate([np.full(len(t), t.shape[1]) for t in kept])
        members = np.concatenate([t.ravel() for t in kept])
        return Sets(self.width, _starts(counts), members, np.concatenate(weights))


def _codes(table: NDArray[Any], width: int) -> NDArray[np.uint64]:
    """Write each row as few whole numbers, so that equal rows have equal ones and sorting is cheap.

    One number holds as many options as fit into 63 bits.
    """
    base = width + 1
    fit = 1
    while base ** (fit + 1) < 2**63:
        fit += 1
    codes = []
    for start in range(0, max(table.shape[1], 1), fit):
        code = np.zeros(len(table), dtype=np.uint64)
        for column in table[:, start : start + fit].T:
            code = code * np.uint64(base) + column.astype(np.uint64)
        codes.append(code)
    return np.array(codes)


def _starts(counts: NDArray[Any]) -> Whole:
    starts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def from_lists(
    width: int, listed: Iterable[Sequence[int]], weights: Sequence[int] | None = None
) -> tuple[Sets, int]:
    """Make sets of option indices, in the order given; empty ones are left out.

    Returns the sets and the weight of the empty ones.
    """
    ballots = list(listed)
    given = [1] * len(ballots) if weights is None else list(weights)
    full = [i for i, ballot in enumerate(ballots) if len(ballot)]
    members = [option for i in full for option in ballots[i]]
    made = Sets(
        width,
        _starts(np.array([len(ballots[i]) for i in full], dtype=np.int64)),
        np.array(members, dtype=np.int32),
        np.array([given[i] for i in full], dtype=np.int64),
    )
    return made, sum(given) - made.total


def from_mask(mask: NDArray[np.bool_], weights: Whole) -> tuple[Sets, int]:
    """Make sets of a table, one row an option, one column a ballot; and weigh the empty ones."""
    chosen = mask.T
    full = chosen.any(axis=1)
    rows, members = np.nonzero(chosen[full])
    counts = np.bincount(rows, minlength=int(full.sum()))
    made = Sets(len(mask), _starts(counts), members.astype(np.int32), weights[full])
    return made, int(weights[~full].sum())
