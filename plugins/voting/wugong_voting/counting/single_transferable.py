"""Single transferable vote: its terms from settings, and its result."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from wugong_voting.counting.heaps import Heaps
from wugong_voting.counting.result import Result, Sentence
from wugong_voting.counting.seats import places, seats_of, told
from wugong_voting.counting.transfers import Count, Rounds, Terms, count, named
from wugong_voting.counting.ways import agreed, follow
from wugong_voting.counting.words import N_

SCOTTISH_DECIMALS = 5


def quota_of(kind: str, votes: int, seats: int) -> Fraction:
    """Return how many votes a seat needs; reaching it is enough.

    >>> quota_of("droop", 21, 2), quota_of("droop_exact", 21, 2), quota_of("hare", 21, 2)
    (Fraction(8, 1), Fraction(7, 1), Fraction(21, 2))
    """
    if kind == "droop":
        return Fraction(votes // (seats + 1) + 1)
    return Fraction(votes, seats + 1 if kind == "droop_exact" else seats)


def elect(
    rule: str, summary: Heaps, settings: Mapping[str, Any], terms: Mapping[str, str]
) -> Result:
    """Count on every way that ties leave open."""
    seats = seats_of(settings)
    profile = summary.profile
    quota = quota_of(terms["quota"], summary.valid, seats)
    place = {option: n for n, option in enumerate(places(settings, profile.options))}
    start = count(
        summary,
        Terms(
            seats,
            quota,
            SCOTTISH_DECIMALS if terms["surplus"] == "scottish" else None,
            terms["ties"] == "look_back",
            place,
        ),
    )
    ends = follow(rule, start, Count.step, Count.key) if summary.valid else [start]
    winners, tied = agreed([end.elected for end in ends])
    details = {"quota": quota, "votes": summary.valid, "seats": seats}
    said = Sentence(N_("{votes} ballots choose somebody; a seat needs {quota} votes."), details)
    return Result(
        rule,
        named(profile, winners),
        named(profile, tied),
        rounds=Rounds(ends[0]),
        options={**settings, **terms, "quota_votes": quota},
        certificate=(said, *told(lambda who: named(profile, who), seats, winners, tied)),
    )
