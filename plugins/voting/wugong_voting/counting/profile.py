"""Profiles: the ballots of one election as columns of ranks, one row an option.

``ranks[c, b]`` is the place of option ``c`` on ballot ``b``: 0 is best, equal places are ties,
``unranked`` (one past every place) says that it has none. Grades are ranks too: category 0 is best.
No voter is in here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ranks = NDArray[np.unsignedinteger[Any]]
Whole = NDArray[np.int64]
BLOCK = 65_536  # ballots at a time, so that a block stays in the cache
FEW = 24  # options up to which comparing whole columns beats writing to scattered places
FEW_ROWS = 4_096
HEAVIEST = 2**62  # all weights together stay below it: whole numbers of 64 bits hold their sums
EXACT = 2**53  # sums of whole numbers up to here are exact in floating point, too


@dataclass(frozen=True, eq=False)
class Profile:
    """Ranked or graded ballots. ``weights`` are whole numbers a ballot, ``None`` for 1 each.

    ``blank`` and ``spoilt`` weigh ballots that choose nothing; they take part and are not in
    ``ranks``. ``levels`` is the number of grades, ``None`` for rankings. ``strict`` promises that
    every ballot ranks every option without ties, ``untied`` that none gives two options one place.
    """

    options: tuple[str, ...]
    ranks: Ranks
    weights: Whole | None = None
    blank: int = 0
    spoilt: int = 0
    levels: int | None = None
    strict: bool = False
    names: tuple[str, ...] = field(default=(), compare=False)
    untied: bool = False

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
        """The weight of the ballots that choose something; ``ValueError`` where it is too much."""
        if self.weights is None:
            return self.rows
        whole = float(self.weights.sum(dtype=np.float64))
        if whole < EXACT:  # then it is exact; whole numbers of 64 bits could have wrapped around
            return int(whole)
        return check_weight(sum(self.weights.tolist()))

    @property
    def voters(self) -> int:
        """The weight of all ballots, blank and spoilt ones too."""
        return self.valid + self.blank + self.spoilt


def check_weight(whole: int) -> int:
    """Return what all ballots weigh; ``ValueError`` where it is too much to be added up exactly."""
    if whole >= HEAVIEST:
        raise ValueError("the weights of all ballots together must stay below 2**62")
    return whole


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
    listed = list(orders)
    given = [1] * len(listed) if weights is None else list(weights)
    check_weight(sum(given))
    full = [i for i, groups in enumerate(listed) if any(groups)]
    entries = [
        (option, row, place)
        for row, i in enumerate(full)
        for place, group in enumerate(listed[i])
        for option in group
    ]
    entries.reverse()  # the last one written stays: an option's first place
    at = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    if at.size and not 0 <= at[0].min() <= at[0].max() < len(options):
        raise ValueError(f"options are numbered from 0 to {len(options) - 1}")
    ranks = np.full((len(options), len(full)), unranked, dtype=rank_type(unranked))
    ranks[at[0], at[1]] = at[2]
    kept = None if weights is None else np.array([given[i] for i in full], dtype=np.int64)
    blank = sum(given) - sum(given[i] for i in full)
    return Profile(tuple(options), ranks, kept, blank, levels=levels, strict=_strict(ranks))


def from_rankings(
    options: Sequence[str], orders: NDArray[Any], weights: NDArray[Any] | None = None
) -> Profile:
    """Make a profile of complete rankings: one row a ballot, option indices from best to worst.

    ``ValueError`` when a row does not name every option once.
    """
    count = len(options)
    rows = np.asarray(orders)
    if rows.ndim != 2 or rows.shape[1] != count:
        raise ValueError(f"complete rankings of {count} options have {count} columns")
    ranks = np.empty((count, len(rows)), dtype=rank_type(count))
    if len(rows) <= FEW_ROWS:
        _at_once(rows, ranks)
    else:
        place = _compare if count <= FEW else _scatter
        step = BLOCK if place is _compare else 256
        for start in range(0, len(rows), step):
            place(rows[start : start + step], ranks[:, start : start + step])
    kept = None if weights is None else np.asarray(weights, dtype=np.int64)
    return Profile(tuple(options), ranks, kept, strict=True)


def _at_once(rows: NDArray[Any], out: Ranks) -> None:
    """Write all ranks in one call, which is the quickest where there are few."""
    count = len(out)
    if rows.dtype.kind != "u":
        _within(rows, count)
    out.fill(count)
    try:
        out[rows, np.arange(len(rows))[:, None]] = np.arange(count)
    except IndexError:
        raise ValueError(f"options are numbered from 0 to {count - 1}") from None
    if out.max(initial=0) == count and out.size:  # somebody was left out
        raise ValueError("a complete ranking names every option once")


def _within(part: NDArray[Any], count: int) -> None:
    low = 0 if part.dtype.kind == "u" else part.min(initial=0)
    if low < 0 or part.max(initial=0) >= count:
        raise ValueError(f"options are numbered from 0 to {count - 1}")


def _compare(part: NDArray[Any], out: Ranks) -> None:
    """Write a block of ranks by comparing whole columns."""
    count, rows = out.shape
    kind: Any = out.dtype.type
    if part.dtype != out.dtype:  # before it is cut down to the smaller type
        _within(part, count)
    columns = np.ascontiguousarray(part.T, dtype=kind)
    bits: Any = next(k for k in (np.uint8, np.uint16, np.uint32) if np.iinfo(k).bits >= count)
    seen = np.zeros(rows, dtype=bits)
    here, ranked = np.empty(rows, dtype=bool), np.empty(rows, dtype=kind)
    out[:] = 0
    for place, column in enumerate(columns):
        seen |= bits(1) << column
        if place == 0:
            continue
        for option in range(count):
            np.equal(column, kind(option), out=here)
            np.multiply(here.view(np.uint8), kind(place), out=ranked)
            out[option] |= ranked
    if bool((seen != bits(2**count - 1)).any()):
        raise ValueError("a complete ranking names every option once")


def _scatter(part: NDArray[Any], out: Ranks) -> None:
    """Write a block of ranks place by place."""
    count, rows = out.shape
    kind: Any = out.dtype.type
    _within(part, count)
    block = np.full(rows * count, count, dtype=kind)
    block[part + np.arange(0, rows * count, count)[:, None]] = np.arange(count, dtype=kind)
    if block.max(initial=0) == count:  # somebody was left out
        raise ValueError("a complete ranking names every option once")
    out[:] = block.reshape(rows, count).T


def _strict(ranks: Ranks) -> bool:
    """Tell whether every ballot has the places 0 … m-1 once each."""
    count = ranks.shape[0]
    if ranks.size == 0:
        return True
    if int(ranks.max()) != count - 1:
        return False
    if bool((ranks.sum(axis=0, dtype=np.int64) != count * (count - 1) // 2).any()):
        return False
    return bool((np.sort(ranks, axis=0) == np.arange(count, dtype=ranks.dtype)[:, None]).all())


def until_tie(profile: Profile) -> Profile:
    """Return the profile with every ballot cut before its first tied group."""
    if profile.strict or profile.untied or profile.rows == 0:
        return profile
    cut = _first_ties(profile)
    if int(cut.min()) >= profile.unranked:
        return profile  # nobody ties anything
    unranked = profile.ranks.dtype.type(profile.unranked)
    kept = np.empty_like(profile.ranks)
    for option, row in enumerate(profile.ranks):
        np.copyto(kept[option], row)
        np.copyto(kept[option], unranked, where=row >= cut)
    return replace(profile, ranks=kept)


def _first_ties(profile: Profile) -> Any:
    """Return for each ballot the first place that several options share; else the unranked."""
    cut = np.empty(profile.rows, dtype=profile.ranks.dtype)
    for start in range(0, profile.rows, BLOCK // 8):
        part = profile.ranks[:, start : start + BLOCK // 8]
        here = cut[start : start + BLOCK // 8]
        if profile.unranked < 64:
            here[:] = _tied_bit(part, profile.unranked)
        else:
            placed = np.sort(part, axis=0)
            equal = (placed[1:] == placed[:-1]) & (placed[1:] < profile.unranked)
            here[:] = np.where(equal, placed[1:], profile.unranked).min(
                axis=0, initial=profile.unranked
            )
    return cut


def _tied_bit(part: Ranks, unranked: int) -> Any:
    kind: Any = next(
        k for k in (np.uint8, np.uint16, np.uint32, np.uint64) if np.iinfo(k).bits > unranked
    )
    seen, twice = np.zeros((2, part.shape[1]), dtype=kind)
    for row in part:
        bit = kind(1) << row.astype(kind)
        twice |= seen & bit
        seen |= bit
    twice |= kind(1) << kind(unranked)  # sharing no place is no tie
    return np.bitwise_count((twice & (~twice + kind(1))) - kind(1))


def weights_of(profile: Profile) -> Whole:
    """Return the weight of each row."""
    if profile.weights is not None:
        return profile.weights
    return np.ones(profile.rows, dtype=np.int64)
