"""Kemeny: the ranking that contradicts the fewest comparisons on the ballots; its first wins.

Exact, by the best way to finish from every set of options; refused above ``MOST`` options, where
the work would no longer be bounded. Source: J. Kemeny (1959).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong import N_
from wugong_voting.counting.pairwise import Pairwise, pairwise
from wugong_voting.counting.result import Result, Sentence, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order

MOST = 12


def costs(wins: list[list[int]]) -> list[int]:
    """Return for each set of options the fewest contradictions of any order of that set."""
    count = len(wins)
    cost = [0] * (1 << count)
    for members in range(1, 1 << count):
        listed = [i for i in range(count) if members >> i & 1]
        cost[members] = min(
            cost[members & ~(1 << first)] + against(wins, first, listed) for first in listed
        )
    return cost


def against(wins: list[list[int]], first: int, others: list[int]) -> int:
    """Count the comparisons that putting ``first`` above ``others`` contradicts."""
    return sum(wins[other][first] for other in others if other != first)


def decide(summary: Pairwise, settings: Mapping[str, Any]) -> Result:
    """Find the first places of all best rankings."""
    options = summary.options
    if len(options) > MOST:
        raise ValueError(f"kemeny counts up to {MOST} options exactly, here are {len(options)}")
    wins = summary.wins.tolist()
    cost = costs(wins)
    ranking = _ranking(wins, cost, (1 << len(options)) - 1)
    everyone = list(range(len(options)))
    full = (1 << len(options)) - 1
    firsts = [
        options[i]
        for i in everyone
        if cost[full & ~(1 << i)] + against(wins, i, everyone) == cost[full]
    ]
    details = {"winners": firsts, "contradicted": cost[full]}
    return one_winner(
        "kemeny",
        firsts,
        tie_break=order(settings, options),
        matrix=summary.table(),
        rounds=({"ranking": [options[i] for i in ranking], "contradicted": cost[full]},),
        options=settings,
        certificate=(
            Sentence(N_("The best ranking contradicts {contradicted} comparisons."), details),
        ),
    )


def _ranking(wins: list[list[int]], cost: list[int], members: int) -> list[int]:
    made = []
    while members:
        listed = [i for i in range(len(wins)) if members >> i & 1]
        first = next(
            i
            for i in listed
            if cost[members & ~(1 << i)] + against(wins, i, listed) == cost[members]
        )
        made.append(first)
        members &= ~(1 << first)
    return made


RULE = CountingRule(
    id="kemeny",
    title=N_("Fewest contradictions (Kemeny)"),
    asks="ranked",
    partial=pairwise,
    decide=decide,
    settings=(TIE_BREAK,),
    source="Kemeny 1959",
    claims=("condorcet", "monotonic", "majority"),
)
