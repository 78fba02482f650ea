"""What never changes, kept in each process: a frozen roll, an edition of a roster."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from wugong import Engine

T = TypeVar("T")


class Kept(Generic[T]):
    """The last ``most`` of one kind that were asked for, by engine."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._of: WeakKeyDictionary[Engine, dict[Hashable, T]] = WeakKeyDictionary()

    def get(self, engine: Engine, place: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under ``place``, made where it is not."""
        kept = self._of.setdefault(engine, {})
        if place not in kept:
            made = make()
            while len(kept) >= self._most:
                kept.pop(next(iter(kept)), None)
            kept[place] = made
            return made
        return kept[place]
