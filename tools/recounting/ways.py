"""Every way that ties leave open. A rule for several answers who surely wins and who is tied.

With an order of all options every tie is settled by whoever comes first in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from recounting.polls import Poll

Found = tuple[list[str], list[str]]


def every_end(start: Any, step: Callable[[Any], list[Any]], key: Callable[[Any], Any]) -> list[Any]:
    """Follow every way that ties leave open; ``step`` answers the next states, none at an end."""
    seen, left, ends = {key(start)}, [start], []
    while left:
        state = left.pop()
        following = step(state)
        while len(following) == 1:
            state = following[0]
            following = step(state)
        if not following:
            ends.append(state)
        for one in following:
            if key(one) not in seen:
                seen.add(key(one))
                left.append(one)
        if len(seen) > 20_000:
            raise ValueError("too many ways to follow; name a tie break")
    return ends


def agreed(ends: Sequence[Sequence[str]]) -> Found:
    """Return who wins on every way, and who on some only."""
    certain = [name for name in ends[0] if all(name in end for end in ends)] if ends else []
    return certain, sorted({name for end in ends for name in end} - set(certain))


def first(tied: list[str], order: Sequence[str]) -> list[str]:
    """Return whom an order puts first; everybody where there is none."""
    return [min(tied, key=order.index)] if order else tied


def fill(scores: Mapping[str, Any], seats: int, order: Sequence[str]) -> Found:
    """Give seats by score; equal ones at the edge are tied."""
    places = {name: order.index(name) if order else 0 for name in scores}
    ranked = sorted(scores, key=lambda name: (-scores[name], places[name]))
    if order or len(ranked) <= seats or seats == 0:
        return ranked[:seats], []
    edge = scores[ranked[seats - 1]]
    if scores[ranked[seats]] != edge:
        return ranked[:seats], []
    return [n for n in ranked if scores[n] > edge], [n for n in ranked if scores[n] == edge]


def seats_of(poll: Poll) -> int:
    """Return the number of seats."""
    return int(poll.options.get("seats", 1))


def sets(poll: Poll) -> list[tuple[int, frozenset[str]]]:
    """Return each ballot's first group as a set, none of them empty; equal ones together."""
    found: dict[frozenset[str], int] = {}
    for weight, groups in poll.ballots:
        if groups and groups[0]:
            found[frozenset(groups[0])] = found.get(frozenset(groups[0]), 0) + weight
    return [(weight, chosen) for chosen, weight in found.items()]


def supporters(poll: Poll) -> dict[str, int]:
    """Count for each candidate or project the ballots that have it in the first group."""
    votes = dict.fromkeys(poll.names, 0)
    for weight, chosen in sets(poll):
        for name in chosen:
            votes[name] += weight
    return votes
