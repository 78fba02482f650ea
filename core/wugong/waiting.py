"""Waiting: what is awaited, from whom, by when, and what the clock records if it does not come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something awaited in a matter; fills the home page and the due index.

    ``who`` is a role, a relation or ``member:<id>``. When ``by`` has passed and ``then`` is given,
    the clock records ``then`` before the next act on the matter (or at the next tick).
    ``act`` is the kind of event that answers it, ``what`` a message id with ``details``; what
    the clock owes without words is told to nobody.
    """

    what: str
    who: str
    by: datetime | None = None
    act: str = ""
    then: Any = None
    about: int | None = None  # the fact that it is about
    source: str = ""
    details: Mapping[str, int | str] = field(default_factory=dict)
