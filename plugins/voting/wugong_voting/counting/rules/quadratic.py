"""Quadratic: n votes for an option cost a voter n × n points; the most votes win.

Whoever cares much can say so, at a price that grows; votes are for an option, never against one.
Votes stand on ballots as grades do. That a ballot spends no more points than it has is looked at
where ballots are read.
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


def votes(profile: Profile) -> Points:
    """Sum the votes that each option was given."""
    found = places(profile)
    width = found.counts.shape[1] - 1
    each = np.array([*range(width - 1, -1, -1), 0], dtype=np.int64)
    return Points(profile.options, found.counts @ each, profile.voters, profile.valid)


def decide(summary: Points, settings: Mapping[str, Any]) -> Result:
    """The most votes win."""
    given = dict(zip(summary.options, summary.points.tolist(), strict=True))
    winners = best(given)
    details = {"winners": winners, "votes": max(given.values(), default=0)}
    said = Sentence(N_("{winners} has most votes: {votes}."), details)
    return one_winner(
        "quadratic",
        winners,
        tie_break=order(settings, summary.options),
        scores=given,
        rounds=({"points": given},),
        options=settings,
        certificate=(said,),
    )


RULE = CountingRule(
    id="quadratic",
    title=N_("Votes that cost their square (quadratic)"),
    asks="squares",
    partial=votes,
    decide=decide,
    settings=(TIE_BREAK, Choice("points", "25", about=N_("How many points a voter has"))),
    claims=("monotonic", "participation"),
    source="Lalley and Weyl 2018",
)
