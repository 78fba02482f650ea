"""The settings of counting rules: named, with a default, stored with every result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting of a rule: its values (empty: free text or a number) and its default."""

    name: str
    default: str
    values: tuple[str, ...] = ()
    about: str = ""  # message id


def settled(choices: Sequence[Choice], given: Mapping[str, Any]) -> dict[str, str]:
    """Return every setting with its value; ``ValueError`` names an unknown one or a wrong value."""
    if not given:
        return {choice.name: choice.default for choice in choices}
    known = {choice.name: choice for choice in choices}
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"no setting {name!r}; known: {', '.join(known) or 'none'}")
        allowed = known[name].values
        if allowed and str(value) not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")
    return {name: str(given.get(name, choice.default)) for name, choice in known.items()}


TIE_BREAK = Choice("tie_break", "", about="")
STRENGTH = Choice("strength", "margins", ("margins", "winning_votes"))


def order(settings: Mapping[str, Any], options: Sequence[str]) -> tuple[str, ...]:
    """Return the tie break as an order of options: ``""`` none, ``"paper"``, or ``"b>a>c"``."""
    text = str(settings.get("tie_break", ""))
    if not text:
        return ()
    if text == "paper":
        return tuple(options)
    named = tuple(part.strip() for part in text.split(">"))
    if sorted(named) != sorted(options):
        raise ValueError("a tie break names every option once: a>b>c")
    return named
