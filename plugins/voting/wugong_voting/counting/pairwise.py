"""The pairwise matrix: how many prefer each option to each other. It merges by addition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wugong_voting.counting.profile import EXACT, Profile, Whole, weights_of

BLOCK = 65_536  # ballots at a time, so that a block stays in the cache
SMALL = 5_000  # below this many rows one call for all pairs costs less than a call a pair
MOST_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Pairwise:
    """``wins[a, b]`` is the weight of the ballots that rank ``a`` above ``b``."""

    options: tuple[str, ...]
    wins: Whole
    voters: int
    valid: int

    def merge(self, other: Pairwise) -> Pairwise:
        """Return the matrix of both shards."""
        if self.options != other.options:
            raise ValueError("matrices of different options cannot be added")
        return Pairwise(
            self.options,
            self.wins + other.wins,
            self.voters + other.voters,
            self.valid + other.valid,
        )

    @property
    def margins(self) -> Whole:
        """By how much each option is preferred to each other."""
        made: Whole = self.wins - self.wins.T
        return made

    def table(self) -> tuple[tuple[int, ...], ...]:
        """Return the matrix as whole numbers of Python."""
        return tuple(tuple(row) for row in self.wins.tolist())


def pairwise(profile: Profile, _options: Sequence[str] = ()) -> Pairwise:
    """Compare every pair of options on every ballot; unranked options are tied last."""
    count, rows = profile.ranks.shape
    if count * count * rows <= MOST_AT_ONCE and rows <= SMALL:
        wins = _small(profile)
    elif profile.weights is not None:
        wins = _weighted(profile)
    else:
        wins = _counted(profile)
    return Pairwise(profile.options, wins, profile.voters, profile.valid)


def _small(profile: Profile) -> Whole:
    ranks = profile.ranks
    above = ranks[:, None, :] < ranks[None, :, :]
    if profile.valid < EXACT:  # then floating point adds whole numbers exactly, and fast
        sums: Any = above.astype(np.float64) @ weights_of(profile).astype(np.float64)
        made: Whole = sums.astype(np.int64)
        return made
    made = above.astype(np.int64) @ weights_of(profile)
    return made


def _weighted(profile: Profile) -> Whole:
    ranks, weights = profile.ranks, weights_of(profile)
    count = len(profile.options)
    wins = np.zeros((count, count), dtype=np.int64)
    exact = profile.valid < EXACT
    numbers: Any = weights.astype(np.float64) if exact else weights
    for start in range(0, profile.rows, 8192):
        part, weight = ranks[:, start : start + 8192], numbers[start : start + 8192]
        for one in range(count):
            above = part[one] < part
            wins[one] += (above.astype(weight.dtype) @ weight).astype(np.int64)
    return wins


def _counted(profile: Profile) -> Whole:
    ranks = profile.ranks
    count = len(profile.options)
    wins = np.zeros((count, count), dtype=np.int64)
    for start in range(0, profile.rows, BLOCK):
        part = ranks[:, start : start + BLOCK]
        size = part.shape[1]
        buffer = np.empty(size, dtype=bool)
        for one in range(count):
            first = part[one]
            for other in range(one + 1, count):
                above = np.count_nonzero(np.less(first, part[other], out=buffer))
                wins[one, other] += above
                if profile.strict:
                    wins[other, one] += size - above
                else:
                    below = np.greater(first, part[other], out=buffer)
                    wins[other, one] += np.count_nonzero(below)
    return wins
