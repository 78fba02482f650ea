"""Summaries: what ballots come to, in whole numbers that merge exactly in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from wugong import Ballot, Count, Measure
from wugong_voting.ballot_forms import BLANK

Sum = tuple[int, int, int, int]  # ballots, heads, households, area in 0.01 m²
ALL = "*"  # stands for all options together where a count names its option
NOTHING: Sum = (0, 0, 0, 0)
_PLACE: Mapping[Measure, int] = {"heads": 1, "households": 2, "area": 3}


@dataclass(frozen=True, slots=True)
class Sums:
    """How many ballots each choice received and what they weigh; says nothing of who cast them.

    ``rows`` are ordered by choice, so that equal ballots in any order make equal sums.
    """

    rows: tuple[tuple[str, Sum], ...] = ()

    def merge(self, other: Sums) -> Sums:
        """Return the sums of both shards.

        >>> Sums((("yes", (1, 1, 1, 80)),)).merge(Sums((("yes", (2, 2, 1, 20)),)))
        Sums(rows=(('yes', (3, 3, 2, 100)),))
        """
        return summed((*self.rows, *other.rows))

    def of(self, choice: str) -> Sum:
        """Return what ``choice`` received."""
        return dict(self.rows).get(choice, NOTHING)

    @property
    def total(self) -> Sum:
        """What all ballots come to."""
        return _add(total for _, total in self.rows)


def sums(ballots: Sequence[Ballot], options: Sequence[str]) -> Sums:
    """Add up one shard of ballots; ``ValueError`` for a choice that is no option.

    A blank ballot (``-``) or a spoilt one (``!illegible``) is none either: it takes part under
    its own name.
    """
    unknown = {ballot.choice for ballot in ballots} - {*options, BLANK}
    if unknown := {choice for choice in unknown if not choice.startswith("!")}:
        raise ValueError(f"ballots for what is no option: {', '.join(sorted(unknown))}")
    return summed((b.choice, (b.ballots, b.heads, b.households, b.area_dm2)) for b in ballots)


def summed(rows: Iterable[tuple[str, Sum]]) -> Sums:
    """Add up rows of the same choice."""
    added: dict[str, list[int]] = {}
    for choice, row in rows:
        sofar = added.setdefault(choice, [0, 0, 0, 0])
        for place, number in enumerate(row):
            sofar[place] += number
    return Sums(tuple((choice, (b, h, d, a)) for choice, (b, h, d, a) in sorted(added.items())))


def _add(rows: Iterable[Sum]) -> Sum:
    listed = list(rows)
    ballots, heads, households, area = (sum(map(itemgetter(n), listed)) for n in range(4))
    return ballots, heads, households, area


def times(number: int, each: Sum) -> Sum:
    """Return what so many ballots that weigh the same come to."""
    ballots, heads, households, area = each
    return number * ballots, number * heads, number * households, number * area


def count(option: str, received: Sum) -> Count:
    """Write a sum as what the result states of one option."""
    ballots, heads, households, area = received
    return Count(option=option, ballots=ballots, heads=heads, households=households, area_dm2=area)


def in_measure(received: Sum, measure: Measure) -> int:
    """Return a sum in one measure."""
    return received[_PLACE[measure]]
