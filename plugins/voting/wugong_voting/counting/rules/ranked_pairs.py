"""Ranked pairs: majorities are locked from the strongest down, unless they would make a circle.

Majorities of equal strength have no order of their own. All that fit together are locked together;
where they do not, every order is followed and every option that some order puts first is a
co-winner. Only the smallest group that beats everybody else is looked at: nobody outside is ever
locked above a member. Source: T. N. Tideman (1987).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wugong_voting.counting.pairwise import Pairwise, dominant, pairwise, strongest_paths
from wugong_voting.counting.result import Result, Sentence
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import STRENGTH, TIE_BREAK, order
from wugong_voting.counting.words import N_

MOST_ORDERS = 20_000
Edge = tuple[int, int]
Reach = tuple[int, ...]  # for each option a bit set of those that it reaches


def decide(summary: Pairwise, settings: Mapping[str, Any]) -> Result:
    """Lock majorities; whoever nobody is locked above wins."""
    members = dominant(summary.margins)
    options = [summary.options[i] for i in members]
    breaker = order(settings, summary.options)
    chosen, tied = {0}, {0}
    rounds: tuple[dict[str, Any], ...] = ()
    if len(members) != 1:
        chosen, tied, rounds = _locked(summary, members, settings, breaker)
    winners = tuple(option for i, option in enumerate(options) if i in chosen)
    said = Sentence(N_("No majority that was locked stands above {winners}."), {"winners": winners})
    return Result(
        "ranked_pairs",
        winners,
        tied=tuple(o for i, o in enumerate(options) if i in tied) if len(tied) > 1 else (),
        matrix=summary.table(),
        rounds=rounds,
        options=settings,
        certificate=(said,),
    )


def _locked(
    summary: Pairwise, members: list[int], settings: Mapping[str, Any], breaker: Sequence[str]
) -> tuple[set[int], set[int], tuple[dict[str, Any], ...]]:
    """Return who wins, who ties without a tie break, and the majorities between the members."""
    options = [summary.options[i] for i in members]
    wins = summary.wins.take(members, axis=0).take(members, axis=1)
    margins = wins - wins.T
    by = wins if settings["strength"] == "winning_votes" else margins
    strength = np.where(margins > 0, by, 0)
    ranked = _groups(strength)
    groups = list(ranked.values())
    rounds = tuple(
        {"strength": by, "majorities": [[options[a], options[b]] for a, b in group]}
        for by, group in ranked.items()
    )
    if not breaker or not options:
        found = _winners(groups, len(strength), _possible(strength))
        return found, found, rounds
    place = {options.index(o): n for n, o in enumerate(breaker) if o in options}
    ordered = [[edge] for group in groups for edge in sorted(group, key=_by(place))]
    first = min(_winners(ordered, len(place), set(place)), key=lambda i: place[i])
    return {first}, _tied(groups, strength), rounds


def _tied(groups: Sequence[Sequence[Edge]], strength: Any) -> set[int]:
    """Return the co-winners of all orders, which a tie break hides; none if there are too many."""
    try:
        return _winners(groups, len(strength), _possible(strength))
    except ValueError:
        return set()


def _by(place: Mapping[int, int]) -> Any:
    return lambda edge: (place[edge[0]], -place[edge[1]])


def _groups(strength: Any) -> dict[int, list[Edge]]:
    """Return the majorities by their strength, strongest first."""
    above, below = strength.nonzero()
    by = strength[above, below]
    order = (-by).argsort(kind="stable")
    edges = list(zip(above[order].tolist(), below[order].tolist(), strict=True))
    by = by[order]
    starts = [0, *((by[1:] != by[:-1]).nonzero()[0] + 1).tolist()] if edges else []
    ends = [*starts[1:], len(edges)]
    return {int(by[n]): edges[n:end] for n, end in zip(starts, ends, strict=False)}


def _possible(strength: Any) -> set[int]:
    """Return everybody who can win in some order.

    A majority against a winner was not locked, so a chain of majorities, each as strong or
    stronger, leads from the winner to whom it is for.
    """
    paths = strongest_paths(strength)
    return set(np.flatnonzero((paths >= strength.T).all(axis=1)).tolist())


def _winners(groups: Sequence[Sequence[Edge]], count: int, possible: set[int]) -> set[int]:
    """Return everybody above whom some order of equal majorities locks nobody.

    An order is followed as long as it can still add somebody to those who are known.
    """
    if len(possible) < 2:
        return possible
    won: set[int] = set()
    ways: list[tuple[int, Reach]] = [(0, tuple(1 << i for i in range(count)))]
    seen = set(ways)
    while ways:
        step, reach = ways.pop()
        free = _free(reach) & possible
        if free <= won:
            continue
        if step == len(groups) or len(free) == 1:
            won |= free
            continue
        for end in _lock(reach, groups[step]):
            if (step + 1, end) not in seen:
                seen.add((step + 1, end))
                ways.append((step + 1, end))
        if len(seen) > MOST_ORDERS:
            raise _too_many()
    return won


def _too_many() -> ValueError:
    return ValueError("ranked_pairs: too many majorities of equal strength; name a tie break")


def _free(reach: Reach) -> set[int]:
    """Return everybody above whom nobody is locked."""
    below = 0
    for option, bits in enumerate(reach):
        below |= bits & ~(1 << option)
    return {option for option in range(len(reach)) if not below >> option & 1}


def _lock(start: Reach, group: Sequence[Edge]) -> list[Reach]:
    """Return every end to which some order of equal majorities leads."""
    left = [(a, b) for a, b in group if not start[b] >> a & 1]
    together = start
    for a, b in left:
        if together[b] >> a & 1:
            break  # they make a circle with each other
        together = _add(together, (a, b))
    else:
        return [together]
    sure, doubtful = _split(start, left)
    for edge in sure:
        start = _add(start, edge)
    return _follow(start, doubtful)


def _split(start: Reach, group: Sequence[Edge]) -> tuple[list[Edge], list[Edge]]:
    """Part the majorities that no circle can stop from those that circles go through."""
    all_of_them = start
    for edge in group:
        all_of_them = _add(all_of_them, edge)
    # A chain may need an edge twice before every reach is known.
    while (again := _closed(all_of_them, group)) != all_of_them:
        all_of_them = again
    doubtful = [(a, b) for a, b in group if all_of_them[b] >> a & 1]
    return [edge for edge in group if edge not in set(doubtful)], doubtful


def _closed(reach: Reach, group: Sequence[Edge]) -> Reach:
    for edge in group:
        reach = _add(reach, edge)
    return reach


def _follow(start: Reach, group: Sequence[Edge]) -> list[Reach]:
    ends: list[Reach] = []
    seen, left = {start}, [start]
    while left:
        reach = left.pop()
        # Neither against what is locked nor said by it already.
        fits = [e for e in group if not reach[e[1]] >> e[0] & 1 and not reach[e[0]] >> e[1] & 1]
        if not fits:
            ends.append(reach)
        for edge in fits:
            following = _add(reach, edge)
            if following not in seen:
                seen.add(following)
                left.append(following)
        if len(seen) > MOST_ORDERS:
            raise _too_many()
    return ends


def _add(reach: Reach, edge: Edge) -> Reach:
    """Lock a majority: whoever reaches the one above now reaches what the one below does."""
    above, below = edge
    if reach[above] >> below & 1:
        return reach
    gained = reach[below]
    return tuple(bits | gained if bits >> above & 1 else bits for bits in reach)


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
