"""The pairwise matrix: how many prefer each option to each other. It merges by addition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wugong_voting.counting.profile import EXACT, Profile, Whole, weights_of

BLOCK = 65_536  # ballots at a time, so that a block stays in the cache
SMALL = 5_000  # below this many rows one call for all pairs costs less than a call a pair
MOST_AT_ONCE = 1_000_000  # comparisons of one call, so that they stay in the cache


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


def pairwise(profile: Profile) -> Pairwise:
    """Compare every pair of options on every ballot; unranked options are tied last."""
    if profile.rows <= SMALL:
        wins = _small(profile)
    elif profile.weights is not None:
        wins = _weighted(profile)
    else:
        wins = _counted(profile)
    return Pairwise(profile.options, wins, profile.voters, profile.valid)


def _small(profile: Profile) -> Whole:
    """Compare all pairs of some options at once: few calls, where calls cost most."""
    ranks, weights = profile.ranks, profile.weights
    count, rows = ranks.shape
    wins = np.empty((count, count), dtype=np.int64)
    at_once = max(1, MOST_AT_ONCE // max(1, count * rows))
    numbers: Any = weights
    if weights is not None and profile.valid < EXACT:  # then floating point adds exactly, and fast
        numbers = weights.astype(np.float64)
    for start in range(0, count, at_once):
        part = ranks[start : start + at_once, None, :]
        above = (part < ranks[None, :, :]).view(np.uint8)
        if numbers is None:
            wins[start : start + at_once] = np.add.reduce(above, axis=2, dtype=np.uint16)
        else:
            wins[start : start + at_once] = above.astype(numbers.dtype) @ numbers
    return wins


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


def strongest_paths(strength: Whole) -> Whole:
    """Return for each pair the strength of the strongest chain: its weakest link counts."""
    paths = strength.copy()
    through = np.empty_like(paths)
    for between in range(len(paths)):
        np.minimum(paths[:, between, None], paths[None, between, :], out=through)
        np.maximum(paths, through, out=paths)
    return paths


def dominant(margins: Whole) -> list[int]:
    """Return the smallest group whose members all beat everybody outside it (Smith 1973).

    A member loses to fewer options than there are members, anybody else to all of them: so the
    group is the head of all options in the order of how many each does not lose to.
    """
    wins_all = np.flatnonzero((margins > 0).sum(axis=1) == len(margins) - 1)
    if len(wins_all):
        return [int(wins_all[0])]
    ranked = np.argsort(-np.count_nonzero(margins >= 0, axis=1), kind="stable")
    count = len(ranked)
    unbeaten = margins.take(ranked, axis=0).take(ranked, axis=1) <= 0
    np.fill_diagonal(unbeaten, False)
    # The last place, in that order, of somebody whom an option does not beat.
    last = np.where(unbeaten.any(axis=1), count - 1 - unbeaten[:, ::-1].argmax(axis=1), -1)
    reach = np.maximum.accumulate(last)
    size = next((n for n in range(1, count) if int(reach[n - 1]) < n), count)
    return sorted(ranked[:size].tolist())
