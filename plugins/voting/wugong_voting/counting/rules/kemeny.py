"""Kemeny: the ranking that contradicts the fewest comparisons on the ballots; its first wins.

Exact, by the best way to finish from every set of options that are not parted by duels anyway;
refused above ``MOST`` options, where the work would no longer be bounded. Source: J. Kemeny (1959).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import add
from typing import Any

from wugong_voting.counting.pairwise import Pairwise, pairwise
from wugong_voting.counting.result import Result, Sentence, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order
from wugong_voting.counting.words import N_

MOST = 12
Table = Sequence[Sequence[int]]


def blocks(wins: Table) -> list[list[int]]:
    """Part the options so that everybody in a block beats everybody in all later ones.

    Then every best ranking puts one block after the other: of two neighbours from different
    blocks the other order contradicts more.
    """
    against = zip(*wins, strict=True)
    unbeaten = [
        [b for b, (mine, its) in enumerate(zip(row, column, strict=True)) if mine <= its]
        for row, column in zip(wins, against, strict=True)
    ]
    ranked = sorted(range(len(wins)), key=lambda a: len(unbeaten[a]))
    place = {a: n for n, a in enumerate(ranked)}
    made: list[list[int]] = []
    start = reach = 0
    for n, a in enumerate(ranked):
        reach = max([reach, *(place[b] for b in unbeaten[a])])
        if reach == n:
            made.append(sorted(ranked[start : n + 1]))
            start = n + 1
    return made


def best_order(wins: Table, members: list[int]) -> tuple[list[int], list[int]]:
    """Return who comes first in some best order of a block, and one best order.

    In that one the first on the paper goes ahead where several may.
    """
    if len(members) == 1:
        return members, members
    contradicted = against([[wins[a][b] for b in members] for a in members])
    cost = costs(len(members), contradicted)
    left = len(cost) - 1
    firsts = _firsts(contradicted, cost, left)
    ranking = []
    while left:
        ranking.append(_firsts(contradicted, cost, left)[0])
        left ^= 1 << ranking[-1]
    return [members[i] for i in firsts], [members[i] for i in ranking]


def against(wins: Table) -> list[list[int]]:
    """Count for each set and option the comparisons that put a member of the set above it.

    That is what putting the option above the whole set contradicts. A set is a number whose bits
    are its members.
    """
    table = [[0] * len(wins)]
    for above in wins:
        table += [list(map(add, row, above)) for row in table]
    return table


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
    table = summary.table()
    ordered = [best_order(table, members) for members in blocks(table)]
    ranking = [option for _, block in ordered for option in block]
    cost = sum([table[b][a] for n, a in enumerate(ranking) for b in ranking[n + 1 :]])
    firsts = [options[i] for i in ordered[0][0]] if ordered else []
    details = {"winners": firsts, "contradicted": cost}
    return one_winner(
        "kemeny",
        firsts,
        tie_break=order(settings, options),
        matrix=table,
        rounds=({"ranking": [options[i] for i in ranking], "contradicted": cost},),
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
