"""Cumulative: each voter spreads a number of points over the options; the highest sum wins.

Points stand on ballots as grades do: an option without any has none. That a ballot spends no more
than it has is looked at where ballots are read; the sums are the same either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wugong_voting.counting.points import Points, places
from wugong_voting.counting.profile import Profile
from wugong_voting.counting.result import Result, Sentence, best, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, Choice, order
from wugong_voting.counting.words import N_


def sums(profile: Profile) -> Points:
    """Sum the points that each option was given."""
    found = places(profile)
    width = found.counts.shape[1] - 1
    points = np.array([*range(width - 1, -1, -1), 0], dtype=np.int64)
    return Points(profile.options, found.counts @ points, profile.voters, profile.valid)


def decide(summary: Points, settings: Mapping[str, Any]) -> Result:
    """The highest sum wins."""
    points = dict(zip(summary.options, summary.points.tolist(), strict=True))
    winners = best(points)
    details = {"winners": winners, "points": max(points.values(), default=0)}
    said = Sentence(N_("{winners} was given most points: {points}."), details)
    return one_winner(
        "cumulative",
        winners,
        tie_break=order(settings, summary.options),
        scores=points,
        rounds=({"points": points},),
        options=settings,
        certificate=(said,),
    )


RULE = CountingRule(
    id="cumulative",
    title=N_("Points to spread (cumulative)"),
    asks="points",
    partial=sums,
    decide=decide,
    settings=(TIE_BREAK, Choice("points", "10", about=N_("How many points a voter has"))),
    claims=("monotonic", "participation"),
)
