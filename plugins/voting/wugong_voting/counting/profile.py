"""Profiles: the ballots of one election as columns of ranks, one row an option.

``ranks[c, b]`` is the place of option ``c`` on ballot ``b``: 0 is best, equal places are ties,
``unranked`` (one past every place) says that it has none. Grades are ranks too: category 0 is best.
No voter is in here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ranks = NDArray[np.unsignedinteger[Any]]
Whole = NDArray[np.int64]
MOST_CODES = 4_000_000  # codes that a bincount may have
FEW = 32  # options
EXACT = 2**53  # sums of whole numbers up to here are exact in floating point, too


@dataclass(frozen=True, eq=False)
class Profile:
    """Ranked or graded ballots. ``weights`` are whole numbers a ballot, ``None`` for 1 each.

    ``blank`` and ``spoilt`` weigh ballots that choose nothing; they take part and are not in
    ``ranks``. ``levels`` is the number of grades, ``None`` for rankings. ``strict`` promises that
    every ballot ranks every option without ties.
    """

    options: tuple[str, ...]
    ranks: Ranks
    weights: Whole | None = None
    blank: int = 0
    spoilt: int = 0
    levels: int | None = None
    strict: bool = False
    names: tuple[str, ...] = field(default=(), compare=False)

    @property
    def unranked(self) -> int:
        """The mark of an option that a ballot does not rank."""
        return mark(len(self.options), self.levels)

    @property
    def rows(self) -> int:
        """The number of columns of ``ranks``: ballots, or kinds of ballot."""
        return int(self.ranks.shape[1])

    @cached_property
    def valid(self) -> int:
        """The weight of the ballots that choose something."""
        return self.rows if self.weights is None else int(self.weights.sum())

    @property
    def voters(self) -> int:
        """The weight of all ballots, blank and spoilt ones too."""
        return self.valid + self.blank + self.spoilt

    @cached_property
    def grouped(self) -> Profile:
        """The same ballots with equal ones joined, where that is cheap; else the profile itself."""
        return _grouped(self)


def mark(options: int, levels: int | None = None) -> int:
    """Return the mark of the unranked: one past the last place or grade that there can be."""
    return max(options, levels or 0)


def rank_type(options: int) -> type[np.unsignedinteger[Any]]:
    """Return the smallest type that holds every rank and the mark of the unranked."""
    return np.uint8 if options < 255 else np.uint16


def from_orders(
    options: Sequence[str],
    orders: Iterable[Sequence[Sequence[int]]],
    weights: Sequence[int] | None = None,
    levels: int | None = None,
) -> Profile:
    """Make a profile of ballots given as groups of option indices, best first.

    An empty ballot counts as blank. An option named twice on a ballot keeps its first place.
    """
    unranked = mark(len(options), levels)
    kind = rank_type(unranked)
    listed = list(orders)
    given = [1] * len(listed) if weights is None else list(weights)
    full = [i for i, groups in enumerate(listed) if any(groups)]
    ranks = np.full((len(full), len(options)), unranked, dtype=kind)
    for row, i in enumerate(full):
        for place, group in enumerate(listed[i]):
            for option in group:
                if ranks[row, option] == unranked:
                    ranks[row, option] = place
    kept = None if weights is None else np.array([given[i] for i in full], dtype=np.int64)
    blank = sum(given) - sum(given[i] for i in full)
    columns = np.ascontiguousarray(ranks.T)
    return Profile(tuple(options), columns, kept, blank, levels=levels, strict=_strict(columns))


def from_rankings(options: Sequence[str], orders: NDArray[Any]) -> Profile:
    """Make a profile of complete rankings: one row a ballot, option indices from best to worst."""
    count = len(options)
    places = np.asarray(orders)
    if places.ndim != 2 or places.shape[1] != count:
        raise ValueError(f"complete rankings of {count} options have {count} columns")
    kind = rank_type(count)
    columns = np.ascontiguousarray(places.T, dtype=kind)
    ranks = np.zeros((count, len(places)), dtype=kind)
    if count <= FEW:  # comparing whole columns beats writing to scattered places
        for place in range(1, count):
            for option in range(count):
                ranks[option] += (columns[place] == option) * kind(place)
    else:
        rows = np.arange(len(places))
        for place in range(1, count):
            ranks[columns[place], rows] = place
    return Profile(tuple(options), ranks, strict=True)


def _strict(ranks: Ranks) -> bool:
    count = ranks.shape[0]
    if ranks.size == 0:
        return True
    expected = count * (count - 1) // 2
    wide = ranks.astype(np.int64)
    # Places 0 … m-1 once each: their sum and their sum of squares are those of a permutation.
    squares = (count - 1) * count * (2 * count - 1) // 6
    if bool((wide.sum(axis=0) != expected).any()):
        return False
    if bool(((wide * wide).sum(axis=0) != squares).any()):
        return False
    return bool((np.sort(ranks, axis=0) == np.arange(count)[:, None]).all())


def until_tie(profile: Profile) -> Profile:
    """Return the profile with every ballot cut before its first tied group."""
    if profile.strict:
        return profile
    ranks, unranked = profile.ranks, profile.unranked
    cut = np.full(profile.rows, unranked, dtype=ranks.dtype)
    for place in range(unranked - 1, -1, -1):
        tied = np.count_nonzero(ranks == place, axis=0) > 1
        cut[tied] = place
    kept = np.where(ranks < cut, ranks, unranked).astype(ranks.dtype)
    return Profile(
        profile.options,
        kept,
        profile.weights,
        profile.blank,
        profile.spoilt,
        profile.levels,
        names=profile.names,
    )


def merge(first: Profile, second: Profile) -> Profile:
    """Return the ballots of both; the options must be the same."""
    if first.options != second.options:
        raise ValueError("profiles of different options cannot be joined")
    weights = None
    if first.weights is not None or second.weights is not None:
        weights = np.concatenate([_weights(first), _weights(second)])
    return Profile(
        first.options,
        np.concatenate([first.ranks, second.ranks], axis=1),
        weights,
        first.blank + second.blank,
        first.spoilt + second.spoilt,
        first.levels,
        first.strict and second.strict,
        first.names,
    )


def _weights(profile: Profile) -> Whole:
    if profile.weights is not None:
        return profile.weights
    return np.ones(profile.rows, dtype=np.int64)


def weights_of(profile: Profile) -> Whole:
    """Return the weight of each row."""
    return _weights(profile)


def _grouped(profile: Profile) -> Profile:
    count, base = len(profile.options), profile.unranked + 1
    if profile.rows < 5000 or base**count >= 2**63:
        return profile
    kind = np.uint32 if base**count <= MOST_CODES else np.uint64
    codes: NDArray[Any] = np.zeros(profile.rows, dtype=kind)
    for row in profile.ranks:
        np.multiply(codes, kind(base), out=codes)
        np.add(codes, row, out=codes)
    if base**count <= MOST_CODES:
        weights = profile.weights
        if weights is None:
            counts = np.bincount(codes, minlength=1)
        elif profile.valid < EXACT:
            counts = np.bincount(codes, weights).astype(np.int64)
        else:
            return profile
        found = np.flatnonzero(counts)
        sums = counts[found].astype(np.int64)
    else:
        found, place = np.unique(codes, return_inverse=True)
        sums = np.zeros(len(found), dtype=np.int64)
        np.add.at(sums, place, _weights(profile))
    ranks = np.empty((count, len(found)), dtype=profile.ranks.dtype)
    left = found.astype(np.uint64)
    for row in range(count - 1, -1, -1):
        left, rest = np.divmod(left, np.uint64(base))
        ranks[row] = rest
    return Profile(
        profile.options,
        ranks,
        sums,
        profile.blank,
        profile.spoilt,
        profile.levels,
        profile.strict,
        profile.names,
    )
