"""What never changes, kept in each process: a frozen roll, an edition of a roster."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from wugong import Engine

T = TypeVar("T")


class Kept(Generic[T]):
    """The last ``most`` of one kind that were asked for, by engine.

    What is kept is never changed, another one takes its place: many threads ask.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._of: WeakKeyDictionary[Engine, Mapping[Hashable, T]] = WeakKeyDictionary()

    def get(self, engine: Engine, place: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under ``place``, made where it is not."""
        kept = self._of.get(engine, {})
        if place in kept:
            return kept[place]
        made = make()
        left = list(kept.items())[max(0, len(kept) + 1 - self._most) :]
        self._of[engine] = dict([*left, (place, made)])
        return made
