"""Folds: a plugin's small state of one matter, made from its facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from wugong.events import Fact, name_of

T = TypeVar("T")
K = str | type[Any]


@dataclass(frozen=True, slots=True, init=False)
class Fold(Generic[T]):
    """A named state of each matter: ``initial``, then ``fold(value, fact)`` for each fact it hears.

    The value must be immutable (frozen dataclasses, tuples, frozensets, text, numbers, mapping
    proxies); ``fold`` is pure and returns the next one. Bulk facts never come here.
    """

    name: str
    initial: T
    fold: Callable[[T, Fact], T]
    hears: frozenset[str]

    def __init__(
        self, name: str, *, initial: T, fold: Callable[[T, Fact], T], hears: tuple[K, ...]
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "initial", initial)
        object.__setattr__(self, "fold", fold)
        object.__setattr__(self, "hears", frozenset(map(name_of, hears)))
