"""Views: tables for pages, filled in the commit from facts. A guard never reads one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wugong.events import Fact, name_of

Row = tuple[str, Mapping[str, Any] | None]
"""A key and the columns to set under it; ``None`` removes the row."""


@dataclass(frozen=True, slots=True, init=False)
class View:
    """A table with one row a key: ``fill(fact)`` returns the rows that a fact sets.

    ``columns`` maps a name to ``str`` or ``int``. Columns not named in a row keep their value.
    Every row also carries ``community``, ``matter`` and ``seq`` of the fact that last set it.
    """

    name: str
    version: int
    columns: Mapping[str, type]
    hears: frozenset[str]
    fill: Callable[[Fact], Iterable[Row]]
    shown_to: str

    def __init__(
        self,
        name: str,
        *,
        columns: Mapping[str, type],
        fill: Callable[[Fact], Iterable[Row]],
        hears: tuple[str | type[Any], ...],
        version: int = 1,
        shown_to: str = "public",
    ) -> None:
        wrong = [c for c, t in columns.items() if t not in (str, int) or not c.isidentifier()]
        if wrong or {"community", "matter", "seq", "key"} & columns.keys():
            raise TypeError(f"view {name}: columns must be str or int and not reserved: {wrong}")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "version", version)
        object.__setattr__(self, "columns", dict(columns))
        object.__setattr__(self, "hears", frozenset(map(name_of, hears)))
        object.__setattr__(self, "fill", fill)
        object.__setattr__(self, "shown_to", shown_to)
