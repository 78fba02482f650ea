"""Largest remainder: seats for classes by votes, what is left over to the largest remainders.

Each class has a seat for every full quota of votes: with ``hare`` the quota is votes over seats,
with ``droop`` the whole number below votes over seats and one, and one more.
Source: T. Hare (1857), H. R. Droop (1869).
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

QUOTA = Choice("quota", "hare", ("hare", "droop"))


def decide(summary: Points, settings: Mapping[str, Any]) -> Result:
    """Give full quotas, then remainders; equal remainders for the last seats are a tie."""
    seats, options = seats_of(settings), summary.options
    votes: list[int] = summary.points.tolist()
    total = sum(votes)
    quota = Fraction(total, seats)
    if settings["quota"] == "droop":
        quota = Fraction(total // (seats + 1) + 1)
    full = [int(number / quota) if total else 0 for number in votes]
    rest = [number - has * quota for number, has in zip(votes, full, strict=True)]
    place = {option: n for n, option in enumerate(places(settings, options))}
    ranked = sorted(range(len(votes)), key=lambda i: (-rest[i], place.get(i, i)))
    ranked = [i for i in ranked if votes[i]]
    left = min(seats - sum(full), len(ranked))
    more, tied = ranked[:left], []
    if 0 < left < len(ranked) and not place and rest[ranked[left - 1]] == rest[ranked[left]]:
        last = rest[ranked[left]]
        more = [i for i in more if rest[i] > last]
        tied = [i for i in ranked if rest[i] == last]
    has = {option: full[i] + (i in more) for i, option in enumerate(options)}
    details = {"quota": quota, "seats": [f"{option}: {n}" for option, n in has.items() if n]}
    said = [Sentence(N_("A seat for every {quota} votes: {seats}."), details)]
    if tied:
        open_seats = {"options": [options[i] for i in tied], "seats": left - len(more)}
        said.append(Sentence(N_("{options} are tied for {seats} seats."), open_seats))
    return Result(
        "largest_remainder",
        tuple(option for option, number in has.items() if number),
        tuple(options[i] for i in tied),
        scores=has,
        rounds=(
            {
                "votes": dict(zip(options, votes, strict=True)),
                "quota": quota,
                "full": dict(zip(options, full, strict=True)),
                "remainders": dict(zip(options, rest, strict=True)),
            },
        ),
        options=settings,
        certificate=tuple(said),
    )


RULE = CountingRule(
    id="largest_remainder",
    title=N_("Seats by largest remainder"),
    asks="choose",
    partial=first_places,
    decide=decide,
    picks="several",
    settings=(SEATS, QUOTA, TIE_BREAK),
    source="Hare 1857, Droop 1869",
    claims=("quota", "monotonic", "blank_ignored"),
)
