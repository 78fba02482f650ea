"""Ranked pairs: majorities are locked from the strongest down, unless they would make a circle.

Majorities of equal strength have no order of their own. All that fit together are locked together;
where they do not, every order is followed and every option that some order puts first is a
co-winner. Source: T. N. Tideman (1987).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wugong import N_
from wugong_voting.counting.pairwise import Pairwise, pairwise
from wugong_voting.counting.result import Result, Sentence
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import STRENGTH, TIE_BREAK, order

MOST_ORDERS = 20_000
Edge = tuple[int, int]
Reach = tuple[int, ...]  # for each option a bit set of those that it reaches


def decide(summary: Pairwise, settings: Mapping[str, Any]) -> Result:
    """Lock majorities; whoever nobody is locked above wins."""
    options, margins = summary.options, summary.margins
    by = summary.wins if settings["strength"] == "winning_votes" else margins
    groups = _groups(by, margins)
    breaker = order(settings, options)
    winners = tied = _winners(groups, options) if not breaker else ()
    if breaker:
        place = {options.index(option): n for n, option in enumerate(breaker)}
        ordered = [[edge] for group in groups for edge in sorted(group, key=_by(place))]
        tied = _tied(groups, options)
        first = _winners(ordered, options)
        winners = (min(first, key=breaker.index),) if first else ()
    said = Sentence(N_("No majority that was locked stands above {winners}."), {"winners": winners})
    return Result(
        "ranked_pairs",
        winners,
        tied=tied if len(tied) > 1 else (),
        matrix=summary.table(),
        rounds=tuple(_told(group, options, by) for group in groups),
        options=settings,
        certificate=(said,),
    )


def _winners(groups: Sequence[Sequence[Edge]], options: Sequence[str]) -> tuple[str, ...]:
    ends = _lock(groups, len(options))
    return tuple(o for i, o in enumerate(options) if any(_top(i, end) for end in ends))


def _tied(groups: Sequence[Sequence[Edge]], options: Sequence[str]) -> tuple[str, ...]:
    """Return the co-winners of all orders, which a tie break hides; none if there are too many."""
    try:
        return _winners(groups, options)
    except ValueError:
        return ()


def _by(place: Mapping[int, int]) -> Any:
    return lambda edge: (place[edge[0]], -place[edge[1]])


def _groups(by: Any, margins: Any) -> list[list[Edge]]:
    """Return the majorities in groups of equal strength, strongest first."""
    found: dict[int, list[Edge]] = {}
    for a, b in np.argwhere(margins > 0).tolist():
        found.setdefault(int(by[a, b]), []).append((a, b))
    return [found[strength] for strength in sorted(found, reverse=True)]


def _lock(groups: Sequence[Sequence[Edge]], count: int) -> set[Reach]:
    """Return every end that some order of equal majorities leads to."""
    ends: set[Reach] = {tuple(1 << i for i in range(count))}
    for group in groups:
        ends = {end for start in ends for end in _follow(start, tuple(group))}
        if len(ends) > MOST_ORDERS:
            raise ValueError(
                "ranked_pairs: too many majorities of equal strength; name a tie break"
            )
    return ends


def _follow(start: Reach, group: tuple[Edge, ...]) -> set[Reach]:
    together = start
    for edge in group:
        together = _add(together, edge)
    if not _circle(together):
        return {together}
    ends, seen, left = set(), {(start, group)}, [(start, group)]
    while left:
        reach, edges = left.pop()
        open_edges = tuple(e for e in edges if not reach[e[1]] >> e[0] & 1 and not _known(reach, e))
        if not open_edges:
            ends.add(reach)
        for edge in open_edges:
            following = (_add(reach, edge), tuple(e for e in open_edges if e != edge))
            if following not in seen:
                seen.add(following)
                left.append(following)
        if len(seen) > MOST_ORDERS:
            raise ValueError(
                "ranked_pairs: too many majorities of equal strength; name a tie break"
            )
    return ends


def _known(reach: Reach, edge: Edge) -> bool:
    return bool(reach[edge[0]] >> edge[1] & 1)


def _add(reach: Reach, edge: Edge) -> Reach:
    above, below = edge
    gained = reach[below]
    return tuple(bits | gained if bits >> above & 1 else bits for bits in reach)


def _circle(reach: Reach) -> bool:
    return any(
        reach[a] >> b & 1 and reach[b] >> a & 1
        for a in range(len(reach))
        for b in range(a + 1, len(reach))
    )


def _top(option: int, reach: Reach) -> bool:
    return not any(bits >> option & 1 for i, bits in enumerate(reach) if i != option)


def _told(group: Sequence[Edge], options: Sequence[str], by: Any) -> dict[str, Any]:
    first = group[0]
    pairs = [[options[a], options[b]] for a, b in group]
    return {"strength": int(by[first]), "majorities": pairs}


RULE = CountingRule(
    id="ranked_pairs",
    title=N_("Strongest majorities first (ranked pairs)"),
    asks="ranked",
    partial=pairwise,
    decide=decide,
    settings=(STRENGTH, TIE_BREAK),
    source="Tideman 1987",
    claims=("condorcet", "monotonic", "clone_independent", "majority"),
)
