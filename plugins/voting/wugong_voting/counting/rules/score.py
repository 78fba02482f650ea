"""Score: each ballot gives points to each option; the highest sum wins.

On graded ballots a grade is worth the number of grades below it; an option without a grade has the
worst. A ranking is read as grades by place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wugong_voting.counting.points import Places, Points, places
from wugong_voting.counting.profile import Profile
from wugong_voting.counting.result import Result, Sentence, best, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order
from wugong_voting.counting.words import N_


def sums(profile: Profile) -> Points:
    """Sum each option's points."""
    found: Places = places(profile)
    width = found.counts.shape[1] - 1
    worth = np.array([width - 1 - place for place in range(width)] + [0], dtype=np.int64)
    return Points(profile.options, found.counts @ worth, profile.voters, profile.valid)


def decide(summary: Points, settings: Mapping[str, Any]) -> Result:
    """The highest sum wins."""
    scores = dict(zip(summary.options, summary.points.tolist(), strict=True))
    winners = best(scores)
    details = {"winners": winners, "points": max(scores.values(), default=0)}
    said = Sentence(N_("{winners} has most points: {points}."), details)
    return one_winner(
        "score",
        winners,
        tie_break=order(settings, summary.options),
        scores=scores,
        rounds=({"points": scores},),
        options=settings,
        certificate=(said,),
    )


RULE = CountingRule(
    id="score",
    title=N_("Highest sum of points (score)"),
    asks="score",
    partial=sums,
    decide=decide,
    settings=(TIE_BREAK,),
    claims=("monotonic", "participation"),
)
