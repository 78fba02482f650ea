"""Kemeny: the ranking that contradicts the fewest comparisons on the ballots; its first wins.

Exact, by the best way to finish from every set of options; refused above ``MOST`` options, where
the work would no longer be bounded. Source: J. Kemeny (1959).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wugong_voting.counting.pairwise import Pairwise, pairwise
from wugong_voting.counting.profile import Whole
from wugong_voting.counting.result import Result, Sentence, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order
from wugong_voting.counting.words import N_

MOST = 12


def against(wins: Whole) -> list[list[int]]:
    """Count for each set and option the comparisons that put a member of the set above it.

    That is what putting the option above the whole set contradicts. A set is a number whose bits
    are its members.
    """
    table = np.zeros((1 << len(wins), len(wins)), dtype=np.int64)
    for member, above in enumerate(wins):
        table[1 << member : 2 << member] = table[: 1 << member] + above
    made: list[list[int]] = table.tolist()
    return made


def costs(count: int, contradicted: list[list[int]]) -> list[int]:
    """Return for each set of options the fewest contradictions of any order of that set."""
    cost = [0] * (1 << count)
    bits = [(option, 1 << option) for option in range(count)]
    for members in range(1, 1 << count):
        row = contradicted[members]
        cost[members] = min(
            [cost[members ^ bit] + row[option] for option, bit in bits if members & bit]
        )
    return cost


def decide(summary: Pairwise, settings: Mapping[str, Any]) -> Result:
    """Find the first places of all best rankings."""
    options = summary.options
    if len(options) > MOST:
        raise ValueError(f"kemeny counts up to {MOST} options exactly, here are {len(options)}")
    contradicted = against(summary.wins)
    cost = costs(len(options), contradicted)
    full = (1 << len(options)) - 1
    ranking = _ranking(contradicted, cost, full)
    firsts = [options[i] for i in _firsts(contradicted, cost, full)]
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


def _firsts(contradicted: list[list[int]], cost: list[int], members: int) -> list[int]:
    """Return who comes first in some best order of a set."""
    row, best = contradicted[members], cost[members]
    listed = [i for i in range(len(row)) if members >> i & 1]
    return [i for i in listed if cost[members ^ 1 << i] + row[i] == best]


def _ranking(contradicted: list[list[int]], cost: list[int], members: int) -> list[int]:
    made = []
    while members:
        made.append(_firsts(contradicted, cost, members)[0])
        members ^= 1 << made[-1]
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
