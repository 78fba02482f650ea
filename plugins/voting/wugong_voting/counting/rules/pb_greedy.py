"""Greedy by votes: the projects with most votes are funded, each while the money lasts.

A project that no longer fits is skipped, or ends the count (``skip``). With ``part_funding`` the
first that no longer fits gets what is left, if that is at least this share of its cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from wugong_voting.counting.greedy import PART, SKIP, fund
from wugong_voting.counting.result import Exact, Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import Choice
from wugong_voting.counting.spending import (
    INCOMPATIBLE,
    MIN_SCORE,
    TIE_BREAK,
    Offer,
    Votes,
    votes,
)
from wugong_voting.counting.words import N_

COUNT = Choice("count", "voters", ("voters", "points"))


def decide(summary: Votes, settings: Mapping[str, Any]) -> Result:
    """Fund by votes, or by points where ballots give points."""
    points = settings["count"] == "points"
    if points and not summary.points:
        raise ValueError("pb_greedy: these ballots give no points; count voters")

    def score(offer: Offer, project: int) -> Exact:
        return summary.points[project] if points else offer.votes[project]

    return fund("pb_greedy", summary, settings, score, _votes_for)


def _votes_for(_offer: Offer, _project: int, score: Exact) -> int:
    return int(Fraction(score)) + 1


RULE = CountingRule(
    id="pb_greedy",
    title=N_("Most votes first"),
    asks="projects",
    partial=votes,
    decide=decide,
    picks="projects",
    settings=(COUNT, SKIP, PART, MIN_SCORE, INCOMPATIBLE, TIE_BREAK),
    claims=("exhaustive", "monotonic", "blank_ignored"),
)
