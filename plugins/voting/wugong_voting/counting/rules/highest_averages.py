"""Highest averages: each seat goes to the class with most votes for each seat it would have.

``dhondt`` divides a class's votes by 1, 2, 3 …, ``sainte_lague`` by 1, 3, 5 …
Source: T. Jefferson (1792), V. D'Hondt (1882); D. Webster (1832), A. Sainte-Laguë (1910).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from wugong_voting.counting.points import Points, first_places
from wugong_voting.counting.result import Result, Sentence
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.seats import SEATS, places, seats_of
from wugong_voting.counting.settings import TIE_BREAK, Choice
from wugong_voting.counting.words import N_

DIVISORS = Choice("divisors", "dhondt", ("dhondt", "sainte_lague"))


def decide(summary: Points, settings: Mapping[str, Any]) -> Result:
    """Give seat after seat; classes that are equal for the last seats are tied."""
    seats, options = seats_of(settings), summary.options
    step = 1 if settings["divisors"] == "dhondt" else 2
    votes: list[int] = summary.points.tolist()
    has = [0] * len(votes)
    place = {option: n for n, option in enumerate(places(settings, options))}
    rounds: list[dict[str, Any]] = []
    tied: list[int] = []
    left = seats
    while left and any(votes):
        averages = [Fraction(n, 1 + step * h) for n, h in zip(votes, has, strict=True)]
        most = max(averages)
        equal = [i for i, average in enumerate(averages) if average == most]
        if len(equal) > left and not place:
            tied = equal
            break
        for option in sorted(equal, key=lambda i: place.get(i, i))[:left]:
            has[option] += 1
            left -= 1
            rounds.append({"seat": seats - left, "to": options[option], "average": most})
    named = {option: number for option, number in zip(options, has, strict=True) if number}
    listed = [f"{option}: {number}" for option, number in named.items()]
    said = [Sentence(N_("Seats by highest averages: {seats}."), {"seats": listed})]
    if tied:
        details = {"options": [options[i] for i in tied], "seats": left}
        said.append(Sentence(N_("{options} are tied for {seats} seats."), details))
    return Result(
        "highest_averages",
        tuple(named),
        tuple(options[i] for i in tied),
        scores=dict(zip(options, has, strict=True)),
        rounds=tuple(rounds),
        options=settings,
        certificate=tuple(said),
    )


RULE = CountingRule(
    id="highest_averages",
    title=N_("Seats by highest averages (D'Hondt, Sainte-Laguë)"),
    asks="choose",
    partial=first_places,
    decide=decide,
    picks="several",
    settings=(SEATS, DIVISORS, TIE_BREAK),
    source="D'Hondt 1882, Sainte-Laguë 1910",
    claims=("lower_quota", "house_monotonic", "monotonic", "blank_ignored"),
)
