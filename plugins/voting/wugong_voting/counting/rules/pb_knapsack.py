"""Knapsack ballots: each voter spends the budget; what most voters bought is funded.

A ballot that costs more than the budget is spoilt. Projects are funded by votes until one no longer
fits. Source: A. Goel, A. K. Krishnaswamy, S. Sakshuwong, T. Aitamurto, «Knapsack Voting» (2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from wugong_voting.counting.budget import BudgetProfile
from wugong_voting.counting.greedy import PART, fund
from wugong_voting.counting.result import Exact, Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.sets import Sets, from_lists
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

SKIP = Choice("skip", "no", ("yes", "no"))


def within(profile: BudgetProfile) -> Votes:
    """Count the votes of the ballots that keep to the budget."""
    ballots = profile.ballots
    costs = [int(cost * profile.unit) for cost in profile.costs]
    budget = int(profile.budget * profile.unit)
    kind = np.int64 if sum(costs) < 2**62 else object  # money past 63 bits stays exact, too
    spent = np.zeros(ballots.rows, dtype=kind)
    np.add.at(spent, ballots.row_of, np.array(costs, dtype=kind)[ballots.members])
    kept = np.flatnonzero(spent <= budget)
    spoilt = ballots.total - int(ballots.weights[kept].sum())
    if not spoilt:
        return votes(profile)
    starts = ballots.starts.tolist()
    listed = [ballots.members[starts[i] : starts[i + 1]].tolist() for i in kept.tolist()]
    sets: Sets = from_lists(ballots.width, listed, ballots.weights[kept].tolist())[0]
    return votes(replace(profile, ballots=sets, spoilt=profile.spoilt + spoilt))


def decide(summary: Votes, settings: Mapping[str, Any]) -> Result:
    """Fund by votes until a project does not fit."""
    return fund("pb_knapsack", summary, settings, _score, _votes_for)


def _score(offer: Offer, project: int) -> Exact:
    return offer.votes[project]


def _votes_for(_offer: Offer, _project: int, score: Exact) -> int:
    return int(Fraction(score)) + 1


RULE = CountingRule(
    id="pb_knapsack",
    title=N_("Each voter spends the budget (knapsack)"),
    asks="knapsack",
    partial=within,
    decide=decide,
    picks="projects",
    settings=(SKIP, PART, MIN_SCORE, INCOMPATIBLE, TIE_BREAK),
    source="Goel, Krishnaswamy, Sakshuwong and Aitamurto 2019",
    claims=("monotonic", "blank_ignored"),
)
