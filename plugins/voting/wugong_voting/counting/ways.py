"""Ways: where a tie decides, every way of breaking it is followed; none is taken silently.

A way is what one order of the options would lead to. With a tie break there is one way.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

MOST_WAYS = 2_000

State = TypeVar("State")
Found = TypeVar("Found")


def follow(
    rule: str,
    start: State,
    step: Callable[[State], Sequence[State]],
    key: Callable[[State], Hashable],
) -> list[State]:
    """Return every end that ``step`` leads to; it answers the next states, none at an end.

    States of equal keys are one. ``ValueError`` asks for a tie break when there are too many.
    """
    ends: dict[Hashable, State] = {}
    seen: set[Hashable] = set()
    left = [start]
    while left:
        state = left.pop()
        following = step(state)
        while len(following) == 1:
            state = following[0]
            following = step(state)
        if not following:
            ends[key(state)] = state
        for one in reversed(following):
            if (place := key(one)) not in seen:
                seen.add(place)
                left.append(one)
        if len(seen) > MOST_WAYS:
            raise too_many(rule)
    return list(ends.values())


def too_many(rule: str) -> ValueError:
    """Return the fault of a count with more ways than can be followed."""
    return ValueError(f"{rule}: too many ties that decide; name a tie break")


class Fork(Exception):
    """A tie that the order does not settle: one way for each of ``tied``."""

    def __init__(self, tied: Sequence[int]) -> None:
        super().__init__(f"tie between {len(tied)} options")
        self.tied = tuple(tied)


class Order:
    """Which option goes before which: all of them, or what a way has settled so far."""

    def __init__(self, fixed: Sequence[int] = (), above: Iterable[tuple[int, int]] = ()) -> None:
        self.place = {option: n for n, option in enumerate(fixed)}
        self.above = frozenset(above)

    def first(self, tied: Sequence[int]) -> int:
        """Return who of ``tied`` goes first; :class:`Fork` where that is open."""
        if self.place:
            return min(tied, key=self.place.__getitem__)
        ahead = [one for one in tied if not any((other, one) in self.above for other in tied)]
        if len(ahead) > 1:
            raise Fork(tied)
        return ahead[0]

    def settled(self, first: int, tied: Sequence[int]) -> Order:
        """Return this order with ``first`` before all others of ``tied``."""
        pairs = set(self.above)
        over = {first} | {one for one, other in pairs if other == first}
        for other in tied:
            if other != first and (other, first) not in pairs:
                under = {other} | {below for one, below in pairs if one == other}
                pairs |= {(one, below) for one in over for below in under}
        return Order((), pairs)


def every_order(
    rule: str, run: Callable[[Order], Found], fixed: Sequence[int], most: int = 64
) -> list[Found]:
    """Run under every order that makes a difference; under ``fixed`` alone where it is given."""
    found: list[Found] = []
    left = [Order(fixed)]
    while left:
        order = left.pop()
        try:
            found.append(run(order))
        except Fork as fork:
            free = [o for o in fork.tied if not any((p, o) in order.above for p in fork.tied)]
            left += [order.settled(one, fork.tied) for one in reversed(free)]
        if len(found) + len(left) > most:
            raise too_many(rule)
    return found


def agreed(ends: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return who is on every way, in the order of the first, and who is on some ways only."""
    if not ends:
        return (), ()
    sets = [set(end) for end in ends]
    certain = set.intersection(*sets)
    winners = tuple(one for one in ends[0] if one in certain)
    return winners, tuple(sorted(set.union(*sets) - certain))
