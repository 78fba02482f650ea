"""Equal shares with cardinality utility: each project is worth one to those who support it.

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
    return fund("mes_cardinality", summary, settings, use_is_cost=False)


RULE = CountingRule(
    id="mes_cardinality",
    title=N_("Equal shares, each project worth the same"),
    asks="projects",
    partial=ballots,
    decide=decide,
    picks="projects",
    settings=(COMPLETION, MIN_SCORE, INCOMPATIBLE, TIE_BREAK),
    source="Peters, Pierczyński and Skowron 2021",
    claims=("ejr",),
)
