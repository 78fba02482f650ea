"""Equal shares with cost utility: a project is worth its cost to those who support it.

Every voter has an equal share of the budget; supporters buy together what costs each of them least
for its worth. ``completion`` says what becomes of money left: nothing, or shares raised by one
step after the other (``add1``), or that and then projects by votes (``add1u``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong_voting.counting.budget import BudgetProfile
from wugong_voting.counting.result import Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.shares import COMPLETION, fund
from wugong_voting.counting.spending import INCOMPATIBLE, MIN_SCORE, TIE_BREAK, ballots
from wugong_voting.counting.words import N_


def decide(summary: BudgetProfile, settings: Mapping[str, Any]) -> Result:
    """Share the budget equally and let supporters buy."""
    return fund("mes_cost", summary, settings, use_is_cost=True)


RULE = CountingRule(
    id="mes_cost",
    title=N_("Equal shares, each project worth its cost"),
    asks="projects",
    partial=ballots,
    decide=decide,
    picks="projects",
    settings=(COMPLETION, MIN_SCORE, INCOMPATIBLE, TIE_BREAK),
    source="Peters, Pierczyński and Skowron 2021",
    claims=("ejr",),
)
