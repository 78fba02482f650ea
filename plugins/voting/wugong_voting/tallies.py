"""Tallies: what a counting rule makes of the summary, before the procedure's tests are applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wugong import Count, Measure
from wugong_voting.ballot_forms import ABSTAIN
from wugong_voting.summaries import Sum, Sums, count, in_measure


@dataclass(frozen=True, slots=True)
class Tally:
    """What each option received, who leads, and which options the consent tests are applied to.

    Several ``leaders`` are a tie, or lead in different measures; ``leaders`` is empty when nobody
    chose anything that can win. ``tested`` is the side that needs consent; what each option
    ``received`` are the ballots that agree to it.
    """

    counts: tuple[Count, ...]
    taken_part: Count
    leaders: tuple[str, ...]
    tested: tuple[str, ...]
    seats: int = 0  # how many are chosen, each tested alone; 0: one
    count: str = ""  # rounds, matrix and certificate of a counting rule, as canonical JSON

    def received(self, option: str) -> Count:
        """Return what ``option`` received."""
        return next(one for one in self.counts if one.option == option)


def counts(summary: Sums, options: Sequence[str]) -> tuple[Count, ...]:
    """Return what each option received, in the order of the ballot paper."""
    return tuple(count(option, summary.of(option)) for option in options)


def leaders(summary: Sums, options: Sequence[str], measures: Sequence[Measure]) -> tuple[str, ...]:
    """Return the options that received most, in the order of the ballot paper.

    One that nobody surpasses in any of ``measures`` leads. Where the measures disagree (one option
    has most heads, another most area) nobody leads in all, and each that leads in one is returned.

    >>> leaders(Sums((("a", (2, 2, 2, 90)), ("b", (2, 2, 2, 80)))), ["a", "b"], ["heads"])
    ('a', 'b')
    >>> leaders(Sums((("a", (2, 2, 2, 90)), ("b", (2, 2, 2, 80)))), ["a", "b"], ["heads", "area"])
    ('a',)
    """
    able: Mapping[str, Sum] = {o: summary.of(o) for o in options if o != ABSTAIN}
    ahead: list[set[str]] = []
    for measure in measures:
        most = max((in_measure(received, measure) for received in able.values()), default=0)
        if most > 0:
            ahead.append({o for o, r in able.items() if in_measure(r, measure) == most})
    if not ahead:
        return ()
    chosen = set.intersection(*ahead) or set.union(*ahead)
    return tuple(option for option in options if option in chosen)
