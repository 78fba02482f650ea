"""Equal ballots joined: each ballot becomes one whole number, and numbers are counted.

Codes are made a block at a time, so that memory stays flat; where most ballots differ anyway,
nothing is joined.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugong_voting.counting.profile import EXACT, Profile, Whole, weights_of

BLOCK = 65_536  # ballots at a time, so that a block stays in the cache
MANY = 1_048_576  # ballots at a time where codes are sorted
MOST_CODES = 1_000_000  # codes that are counted in one table; more are sorted
WORTH_IT = 5_000  # fewer rows are counted as they are
Codes = NDArray[np.unsignedinteger[Any]]


def grouped(profile: Profile) -> Profile:
    """Return the same ballots with equal ones joined, where that is cheap; else the profile."""
    base = profile.unranked + 1
    codes = base ** len(profile.options)
    if profile.rows < WORTH_IT or codes >= 2**63:
        return profile
    if codes <= MOST_CODES and profile.valid < EXACT:
        found, weights = _counted(profile, base, codes)
    else:
        joined = _sorted(profile, base)
        if joined is None:
            return profile
        found, weights = joined
    return replace(profile, ranks=_ranks(profile, found, base), weights=weights)


def _codes(ranks: Any, base: int, kind: Any) -> Codes:
    """Read each ballot as a number whose digits are its ranks."""
    codes: Codes = ranks[0].astype(kind)
    for row in ranks[1:]:
        codes *= kind(base)
        codes += row
    return codes


def _counted(profile: Profile, base: int, codes: int) -> tuple[Any, Whole]:
    kind = np.uint16 if codes <= 65_536 else np.uint32
    step = max(BLOCK, codes)
    sums = np.zeros(codes, dtype=np.int64)
    for start in range(0, profile.rows, step):
        part = _codes(profile.ranks[:, start : start + step], base, kind)
        if profile.weights is None:
            sums += np.bincount(part, minlength=codes)
        else:  # below 2**53 floating point adds whole numbers exactly
            weights = profile.weights[start : start + step]
            sums += np.bincount(part, weights, minlength=codes).astype(np.int64)
    found = np.flatnonzero(sums)
    return found, sums[found]


def _sorted(profile: Profile, base: int) -> tuple[Any, Whole] | None:
    parts: list[tuple[Any, Whole]] = []
    for start in range(0, profile.rows, MANY):
        codes = _codes(profile.ranks[:, start : start + MANY], base, np.uint64)
        if profile.weights is None:
            parts.append(np.unique(codes, return_counts=True))
        else:
            parts.append(_joined(codes, profile.weights[start : start + MANY]))
        if 3 * len(parts[0][0]) > len(codes) and start == 0:
            return None  # most ballots differ
    if len(parts) == 1:
        return parts[0]
    return _joined(np.concatenate([c for c, _ in parts]), np.concatenate([w for _, w in parts]))


def _joined(codes: Any, weights: Whole) -> tuple[Any, Whole]:
    order = np.argsort(codes)
    ordered = codes[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return ordered[first], np.add.reduceat(weights[order], first)


def _ranks(profile: Profile, found: Any, base: int) -> Any:
    ranks = np.empty((len(profile.options), len(found)), dtype=profile.ranks.dtype)
    left = found.astype(np.uint64)
    for row in range(len(ranks) - 1, -1, -1):
        left, ranks[row] = np.divmod(left, np.uint64(base))
    return ranks


def joined(first: Profile, second: Profile) -> Profile:
    """Return the ballots of both, equal ones joined; the options must be the same."""
    if first.options != second.options or first.levels != second.levels:
        raise ValueError("profiles of different options cannot be joined")
    weights = None
    if first.weights is not None or second.weights is not None:
        weights = np.concatenate([weights_of(first), weights_of(second)])
    both = Profile(
        first.options,
        np.concatenate([first.ranks, second.ranks], axis=1),
        weights,
        first.blank + second.blank,
        first.spoilt + second.spoilt,
        first.levels,
        first.strict and second.strict,
        first.names,
        (first.strict or first.untied) and (second.strict or second.untied),
    )
    return grouped(both)
