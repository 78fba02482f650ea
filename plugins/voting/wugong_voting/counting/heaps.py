"""Heaps: ballots sorted by their best option that still stands, re-sorted as options drop out.

The summary is the multiset of ballots itself: equal ballots joined, weights whole. It merges by
putting the multisets together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wugong_voting.counting.grouping import grouped, joined
from wugong_voting.counting.profile import BLOCK, EXACT, Profile, Whole, until_tie

MOST_KEPT = 32_000_000  # ballots in the ways that are remembered
MOST_IN_HALF_A_BYTE, MOST_IN_A_BYTE = 15, 254
SMALL = 200_000  # ranks; up to here sorting all ballots again costs less than finding the moved

# Ballots stand with options by number: 1 is the first on the paper, 0 is nobody.
Way = tuple[Any, Whole]  # whom each ballot stands with, and the weight of each option


@dataclass(slots=True, eq=False)
class Heaps:
    """Ballots read up to their first tied group; ``firsts`` counts them by best standing option."""

    profile: Profile
    _ways: dict[frozenset[int], Way] = field(default_factory=dict)
    _last: frozenset[int] = frozenset()
    _keys: Keys | None = None

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
        return Heaps(joined(self.profile, other.profile))

    def firsts(self, standing: Collection[int]) -> Whole:
        """Return for each option the weight of the ballots whose best standing option it is."""
        if self.profile.ranks.size <= SMALL:
            return self._anew(sorted(standing))
        place = frozenset(standing)
        way = self._ways.get(place)
        if way is None:
            way = self._sorted(place)
            self._ways[place] = way
            if len(self._ways) > max(2, MOST_KEPT // max(1, self.profile.rows)):
                del self._ways[next(iter(self._ways))]
        self._last = place
        return way[1]

    def above(self, group: list[int], others: list[int]) -> list[int]:
        """Return for each of a group the weight of the ballots that rank it above all others."""
        ranks, weights = self.profile.ranks, self.profile.weights
        best = np.minimum.reduce(ranks[others])
        found = []
        for option in group:
            higher = ranks[option] < best
            number = np.count_nonzero(higher) if weights is None else weights[higher].sum()
            found.append(int(number))
        return found

    def _anew(self, standing: list[int]) -> Whole:
        """Sort all ballots; a key says a rank and whose it is, so the least one says the best."""
        if self._keys is None:
            self._keys = keys_of(self.profile)
        tops = self._keys.best(self._keys.rows.take(standing, axis=0))
        size, weights = len(self.options) + 1, self.profile.weights
        if weights is None:
            return np.bincount(tops, minlength=size)[1:]
        if self.profile.valid < EXACT:
            return np.bincount(tops, weights, size)[1:].astype(np.int64)
        return _weigh(self.profile, tops, None)

    def _sorted(self, standing: frozenset[int]) -> Way:
        """Sort the ballots of those who dropped out since a way that is known; else all ballots."""
        before = self._last
        if not standing < before or before not in self._ways:
            near = (standing | {one} for one in range(len(self.options)) if one not in standing)
            before = next((way for way in near if way in self._ways), frozenset())
        profile, listed = self.profile, sorted(standing)
        if not before:
            tops = best_one(profile, listed, None)
            return tops, _weigh(profile, tops, None)
        tops, votes = self._ways[before]
        out = sorted(before - standing)
        moved = standing_with(tops, out)
        found = best_one(profile, listed, moved)
        tops = tops.copy()
        tops[moved] = found
        votes = votes + _weigh(profile, found, moved)
        votes[out] = 0
        return tops, votes


@dataclass(slots=True)
class Keys:
    """For each option and ballot a number that says the rank and whose it is, so that they sort."""

    rows: Any
    nobody: int  # the key below which somebody is ranked
    whose: int  # the bits that say whose it is

    def best(self, keys: Any) -> Any:
        """Return whom each ballot stands with: whose its least key is, nobody below ``nobody``."""
        return np.minimum.reduce(keys, initial=self.nobody) & self.whose


def keys_of(profile: Profile) -> Keys:
    """Return the keys of all ballots, in the smallest type that holds them."""
    unranked = profile.unranked
    kind: Any = np.uint8
    bits = 4
    if unranked > MOST_IN_HALF_A_BYTE:
        kind, bits = (np.uint16, 8) if unranked <= MOST_IN_A_BYTE else (np.uint32, 16)
    keys: Any = np.multiply(profile.ranks, kind(1 << bits), dtype=kind)  # a shift is slower
    keys |= np.arange(1, len(profile.options) + 1, dtype=kind)[:, None]
    return Keys(keys, unranked << bits, (1 << bits) - 1)


def standing_with(tops: Any, options: Sequence[int]) -> Any:
    """Return the ballots that stand with one of some options."""
    if len(options) == 1:
        return (tops == options[0] + 1).nonzero()[0]
    return np.isin(tops, [option + 1 for option in options]).nonzero()[0]


def best_one(profile: Profile, standing: Sequence[int], moved: Any) -> Any:
    """Return whom all ballots stand with, or the ``moved`` ones."""
    ranks, unranked = profile.ranks, profile.unranked
    size = profile.rows if moved is None else len(moved)
    kind: Any = np.uint16 if len(profile.options) > MOST_IN_A_BYTE else np.uint8
    tops = np.zeros(size, dtype=kind)
    for start in range(0, size, BLOCK):
        top = tops[start : start + BLOCK]
        best = np.full(len(top), unranked, dtype=ranks.dtype)
        where = slice(start, start + BLOCK) if moved is None else moved[start : start + BLOCK]
        for option in standing:
            row = ranks[option][where]
            np.copyto(top, kind(option + 1), where=row < best)
            np.minimum(best, row, out=best)
    return tops


def _weigh(profile: Profile, tops: Any, moved: Any) -> Whole:
    """Return for each option the weight of the ballots that stand with it."""
    size = len(profile.options) + 1
    votes = np.zeros(size, dtype=np.int64)
    if profile.weights is None:
        for start in range(0, len(tops), BLOCK):
            votes += np.bincount(tops[start : start + BLOCK], minlength=size)
        return votes[1:]
    weights = profile.weights if moved is None else profile.weights[moved]
    if profile.valid < EXACT:
        for start in range(0, len(tops), BLOCK):
            part = np.bincount(tops[start : start + BLOCK], weights[start : start + BLOCK], size)
            votes += part.astype(np.int64)
    else:
        np.add.at(votes, tops, weights)
    return votes[1:]


def heaps(profile: Profile) -> Heaps:
    """Summarise a profile as the multiset of its ballots."""
    return Heaps(until_tie(grouped(profile)))
