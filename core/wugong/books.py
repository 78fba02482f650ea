"""Books: a plugin's large, keyed state of a community: balances by account, ballots by entitlement.

Values are JSON (text, integers, lists, objects). Books advance act by act inside a batch, so two
acts of one batch cannot spend the same points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from wugong.events import Act, Fact, name_of

T = TypeVar("T")


class Prefix(str):
    """Stands among the keys of a book for all keys that begin with it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, init=False)
class Book(Generic[T]):
    """Keyed state: which keys an act touches, and how a fact changes the value under a key.

    ``keys(act)`` names what guards will ask for and what ``fold`` will change; it is asked for the
    act (``seq`` is ``None``) and again for the fact. ``fold(value, key, fact)`` is pure, gets
    ``None`` for a key without a value and returns the next value, ``None`` to drop it.
    A key ``Prefix(p)`` loads everything under ``p`` for reading. Raise ``version`` when the
    meaning of the values changes: the book is then rebuilt from the journal.
    """

    name: str
    version: int
    table: str  # the name under which its values are stored: a new version stands beside the old
    hears: frozenset[str]
    keys: Callable[[Act | Fact], Iterable[str]]
    fold: Callable[[T | None, str, Fact], T | None]
    shown_to: str

    def __init__(
        self,
        name: str,
        *,
        keys: Callable[[Act | Fact], Iterable[str]],
        fold: Callable[[T | None, str, Fact], T | None],
        hears: tuple[str | type[Any], ...],
        version: int = 1,
        shown_to: str = "officer",
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "version", version)
        object.__setattr__(self, "table", f"{name}/{version}")
        object.__setattr__(self, "hears", frozenset(map(name_of, hears)))
        object.__setattr__(self, "keys", keys)
        object.__setattr__(self, "fold", fold)
        object.__setattr__(self, "shown_to", shown_to)


class Books:
    """What a guard may read: the values of the books under the keys that the act declared."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        self._values = values  # by book table, then key

    def __len__(self) -> int:
        """Return how many values are at hand."""
        return sum(map(len, list(self._values.values())))  # another thread may ask

    def __bool__(self) -> bool:
        return True

    def get(self, book: Book[T], key: str) -> T | None:
        """Return the value under ``key``, or ``None``; ``KeyError`` if it was not declared."""
        loaded = self._values.get(book.table, {})
        if key not in loaded:
            raise KeyError(f"book {book.name}: its keys() did not declare {key!r} for this act")
        value: T | None = copied(loaded[key])
        return value

    def scan(self, book: Book[T], prefix: str) -> Iterator[tuple[str, T]]:
        """Yield keys and values under a declared ``Prefix``, ordered by key."""
        loaded = self._values.get(book.table, {})
        for key in sorted(k for k in loaded if k.startswith(prefix)):
            if loaded[key] is not None:
                yield key, copied(loaded[key])


_TEXT = {str}
_PLAIN = frozenset({str, int, bool, type(None)})


def copied(value: Any) -> Any:
    """Return a copy of a JSON value, so that nobody changes what a book holds; else TypeError."""
    if type(value) in _PLAIN or isinstance(value, str | int):
        return value
    if isinstance(value, list | tuple):
        return [item if type(item) in _PLAIN else copied(item) for item in value]
    if isinstance(value, dict) and _has_text_keys(value):
        # Asked several times a ballot: most values are plain, and no call is made for those.
        return {key: item if type(item) in _PLAIN else copied(item) for key, item in value.items()}
    raise TypeError(f"a book holds text, integers, lists and objects, got {value!r:.80}")


def _has_text_keys(value: dict[Any, Any]) -> bool:
    return set(map(type, value)) <= _TEXT or all(isinstance(key, str) for key in value)
