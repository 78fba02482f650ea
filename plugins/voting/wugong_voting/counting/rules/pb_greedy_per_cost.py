"""Greedy by votes per cost: what has most votes for its money is funded, while the money lasts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from wugong_voting.counting.greedy import PART, SKIP, fund
from wugong_voting.counting.result import Exact, Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.spending import (
    INCOMPATIBLE,
    MIN_SCORE,
    TIE_BREAK,
    Offer,
    Votes,
    votes,
)
from wugong_voting.counting.words import N_


def decide(summary: Votes, settings: Mapping[str, Any]) -> Result:
    """Fund by votes for each unit of money; free projects come first."""
    return fund("pb_greedy_per_cost", summary, settings, _score, _votes_for)


def _score(offer: Offer, project: int) -> Exact:
    cost = offer.costs[project]
    return Fraction(offer.votes[project] * offer.unit, cost) if cost else offer.votes[project]


def _votes_for(offer: Offer, project: int, score: Exact) -> int:
    return int(score * offer.money(offer.costs[project])) + 1


RULE = CountingRule(
    id="pb_greedy_per_cost",
    title=N_("Most votes for the money first"),
    asks="projects",
    partial=votes,
    decide=decide,
    picks="projects",
    settings=(SKIP, PART, MIN_SCORE, INCOMPATIBLE, TIE_BREAK),
    claims=("exhaustive", "monotonic", "blank_ignored"),
)
