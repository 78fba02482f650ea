"""Sums a option and places a option: small summaries of whole numbers that merge by addition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wugong_voting.counting.profile import BLOCK, EXACT, FEW, Profile, Whole, until_tie


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


def first_places(profile: Profile) -> Points:
    """Count for each option the ballots that put it alone in the first place."""
    return Points(profile.options, _firsts(until_tie(profile)), profile.voters, profile.valid)


def approvals(profile: Profile) -> Points:
    """Count for each option the ballots that have it in their first group."""
    return Points(profile.options, _firsts(profile), profile.voters, profile.valid)


def _firsts(profile: Profile) -> Whole:
    """Return for each option the weight of the ballots that have it in the first group."""
    return np.array([weigh(row == 0, profile) for row in profile.ranks], dtype=np.int64)


def weigh(chosen: Any, profile: Profile) -> int:
    """Return the weight of the ballots that a mask marks."""
    if profile.weights is None:
        return int(np.count_nonzero(chosen))
    return int(profile.weights[chosen].sum())


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
    for option, row in enumerate(read.ranks):
        found = _tally(row, read)
        counts[option, width] = found[unranked]
        counts[option, : min(width, unranked)] = found[:unranked][:width]
    return Places(whole.options, counts, whole.voters, whole.valid, whole.levels)


def _tally(row: Any, profile: Profile) -> Whole:
    """Count how often each place stands in a row, a block at a time."""
    size = profile.unranked + 1
    counts = np.zeros(size, dtype=np.int64)
    if profile.weights is None and size <= FEW and len(row) > BLOCK // 8:
        for start in range(0, len(row), BLOCK):
            part = row[start : start + BLOCK]
            counts += [np.count_nonzero(part == place) for place in range(size)]
    elif profile.weights is None:
        for start in range(0, len(row), BLOCK):
            counts += np.bincount(row[start : start + BLOCK], minlength=size)
    elif profile.valid < EXACT:
        for start in range(0, len(row), BLOCK):
            weights = profile.weights[start : start + BLOCK]
            part = np.bincount(row[start : start + BLOCK], weights, minlength=size)
            counts += part.astype(np.int64)
    else:
        np.add.at(counts, row, profile.weights)
    return counts
