"""Sums a option and places a option: small summaries of whole numbers that merge by addition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wugong_voting.counting.profile import EXACT, Profile, Whole, until_tie, weights_of


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """One whole number an option, in units that the rule states."""

    options: tuple[str, ...]
    points: Whole
    voters: int
    valid: int

    def merge(self, other: Points) -> Points:
        """Return the sums of both shards."""
        if self.options != other.options:
            raise ValueError("sums of different options cannot be added")
        return Points(
            self.options,
            self.points + other.points,
            self.voters + other.voters,
            self.valid + other.valid,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """``counts[option, place]``: the weight of the ballots that put an option in a place.

    The last column counts ballots that do not rank the option.
    """

    options: tuple[str, ...]
    counts: Whole
    voters: int
    valid: int
    levels: int | None

    def merge(self, other: Places) -> Places:
        """Return the counts of both shards."""
        if self.options != other.options or self.levels != other.levels:
            raise ValueError("places of different options cannot be added")
        return Places(
            self.options,
            self.counts + other.counts,
            self.voters + other.voters,
            self.valid + other.valid,
            self.levels,
        )


def weigh(mask: Any, profile: Profile) -> Whole:
    """Return for each row of a mask the weight of the ballots that it marks."""
    if profile.weights is None:
        made: Whole = np.array([np.count_nonzero(row) for row in mask], dtype=np.int64)
        return made
    weights: Any = weights_of(profile)
    if profile.valid < EXACT:
        sums: Whole = (mask.astype(np.float64) @ weights.astype(np.float64)).astype(np.int64)
        return sums
    return np.array([int(weights[row].sum()) for row in mask], dtype=np.int64)


def first_places(profile: Profile) -> Points:
    """Count for each option the ballots that put it alone in the first place."""
    cut = until_tie(profile)
    return Points(profile.options, weigh(cut.ranks == 0, cut), profile.voters, profile.valid)


def approvals(profile: Profile) -> Points:
    """Count for each option the ballots that have it in their first group."""
    firsts = weigh(profile.ranks == 0, profile)
    return Points(profile.options, firsts, profile.voters, profile.valid)


def places(profile: Profile) -> Places:
    """Count for each option how often it stands in each place."""
    return _places(profile, profile)


def places_until_tie(profile: Profile) -> Places:
    """The same, reading each ballot up to its first tied group and closing gaps between grades."""
    cut = until_tie(profile)
    if profile.levels is None:
        return _places(cut, profile)
    above = [(cut.ranks < row).sum(axis=0) for row in cut.ranks]
    dense = np.where(cut.ranks < cut.unranked, above, cut.unranked).astype(cut.ranks.dtype)
    return _places(replace(cut, ranks=dense), profile)


def _places(read: Profile, whole: Profile) -> Places:
    width = whole.levels if whole.levels is not None else len(whole.options)
    width = max(width, len(whole.options)) if read is not whole else width
    counts = np.zeros((len(whole.options), width + 1), dtype=np.int64)
    unranked = whole.unranked
    tally = _bincount(read)
    for option, row in enumerate(read.ranks):
        found = tally(row)
        counts[option, width] = found[unranked] if len(found) > unranked else 0
        ranked = found[:unranked]
        counts[option, : min(width, len(ranked))] = ranked[:width]
    return Places(whole.options, counts, whole.voters, whole.valid, whole.levels)


def _bincount(profile: Profile) -> Callable[[Any], Whole]:
    size = profile.unranked + 1
    if profile.weights is None:
        return lambda row: np.bincount(row, minlength=size).astype(np.int64)
    weights = profile.weights

    def exactly(row: Any) -> Whole:
        made = np.zeros(size, dtype=np.int64)
        np.add.at(made, row, weights)
        return made

    if profile.valid >= EXACT:
        return exactly
    return lambda row: np.bincount(row, weights, minlength=size).astype(np.int64)
