"""Heaps: ballots sorted by their best option that still stands, re-sorted as options drop out.

The summary is the multiset of ballots itself: equal ballots joined, weights whole. It merges by
putting the multisets together.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wugong_voting.counting.profile import (
    EXACT,
    Profile,
    Whole,
    merge,
    until_tie,
    weights_of,
)


@dataclass(slots=True, eq=False)
class Heaps:
    """Ballots read up to their first tied group; ``firsts`` counts them by best standing option."""

    profile: Profile
    _ways: dict[frozenset[int], Any] = field(default_factory=dict)

    @property
    def options(self) -> tuple[str, ...]:
        """The options, in the order of the ballot paper."""
        return self.profile.options

    @property
    def voters(self) -> int:
        """The weight of all ballots, blank and spoilt ones too."""
        return self.profile.voters

    @property
    def valid(self) -> int:
        """The weight of the ballots that choose something."""
        return self.profile.valid

    def merge(self, other: Heaps) -> Heaps:
        """Return the ballots of both shards."""
        return Heaps(merge(self.profile, other.profile).grouped)

    def firsts(self, standing: Set[int]) -> Whole:
        """Return for each option the weight of the ballots whose best standing option it is."""
        place = frozenset(standing)
        tops = self._tops(place)
        size = len(self.options) + 1
        weights = self.profile.weights
        if weights is None:
            counts = np.bincount(tops, minlength=size).astype(np.int64)
        elif self.valid < EXACT:
            counts = np.bincount(tops, weights, minlength=size).astype(np.int64)
        else:
            counts = np.zeros(size, dtype=np.int64)
            np.add.at(counts, tops, weights_of(self.profile))
        return counts[:-1]

    def _tops(self, standing: frozenset[int]) -> Any:
        """Return each ballot's best standing option; the number of options where it has none."""
        if standing in self._ways:
            return self._ways[standing]
        parent = next((w for w in self._ways if standing < w and len(w) == len(standing) + 1), None)
        ranks = self.profile.ranks
        if parent is None:
            tops = _best(self.profile, ranks, sorted(standing))
        else:
            (gone,) = parent - standing
            tops = self._ways[parent].copy()
            moved = np.flatnonzero(tops == gone)
            tops[moved] = _best(self.profile, ranks[:, moved], sorted(standing))
            del self._ways[parent]  # a way that is taken again is counted again
        self._ways[standing] = tops
        return tops


def _best(profile: Profile, ranks: Any, standing: list[int]) -> Any:
    nobody = len(profile.options)
    best = np.full(ranks.shape[1], profile.unranked, dtype=ranks.dtype)
    tops = np.full(ranks.shape[1], nobody, dtype=np.int32 if nobody > 254 else np.uint8)
    for option in standing:
        row = ranks[option]
        better = row < best
        tops[better] = option
        np.minimum(best, row, out=best)
    return tops


def heaps(profile: Profile) -> Heaps:
    """Summarise a profile as the multiset of its ballots."""
    return Heaps(until_tie(profile.grouped))
