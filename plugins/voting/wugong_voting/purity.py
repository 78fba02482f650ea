"""Time and chance, out of reach: how the property kit sees that a rule asks for neither."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wugong_voting.counting.rule import CountingRule

_REACH: tuple[tuple[Any, str], ...] = (
    *((time, name) for name in ("time", "time_ns", "monotonic", "perf_counter")),
    *((random, name) for name in ("random", "randint", "choice", "shuffle", "sample")),
    *((secrets, name) for name in ("token_bytes", "randbelow", "choice")),
)


class Impure(Exception):
    """A rule asked for the time or for chance."""


def _refuse(*_args: Any, **_named: Any) -> Any:
    raise Impure("a rule may not ask for the time or for chance")


@contextmanager
def sealed_off() -> Iterator[None]:
    """Make the clock and chance raise :class:`Impure` while a rule counts."""
    kept = [(module, name, getattr(module, name)) for module, name in _REACH]
    try:
        for module, name, _ in kept:
            setattr(module, name, _refuse)
        yield
    finally:
        for module, name, known in kept:
            setattr(module, name, known)


def reaches_for_chance(rule: CountingRule) -> bool:
    """Tell whether the rule's own module has the clock or chance at hand under any name."""
    forbidden = {id(module) for module in (time, random, secrets)}
    forbidden |= {id(getattr(module, name)) for module, name in _REACH}
    functions = (rule.partial, rule.decide)
    spaces = [getattr(function, "__globals__", {}) for function in functions]
    return any(id(value) in forbidden for space in spaces for value in space.values())
