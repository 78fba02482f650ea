"""Results: what a counting rule found, with everything that is needed to check it.

Numbers are whole or exact shares; in JSON shares are text such as ``"25/2"``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Exact = int | Fraction


class Shares(Mapping[str, Exact]):
    """Exact numbers of options: whole ones over one scale, reduced when they are read.

    >>> dict(Shares(("a", "b", "c"), {0: 6, 2: 9}, 6))
    {'a': 1, 'c': Fraction(3, 2)}
    """

    __slots__ = ("_numbers", "_options", "_scale")

    def __init__(self, options: Sequence[str], numbers: Mapping[int, int], scale: int) -> None:
        self._options, self._numbers, self._scale = options, numbers, scale

    def __getitem__(self, option: str) -> Exact:
        """Return the number of an option; ``KeyError`` where it has none."""
        if option not in self._options:
            raise KeyError(option)
        return share(self._numbers[self._options.index(option)], self._scale)

    def __iter__(self) -> Iterator[str]:
        return (self._options[n] for n in self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def __repr__(self) -> str:
        return repr(dict(self))


def share(number: int, scale: int) -> Exact:
    """Return a number over a scale, as a whole one where it is one."""
    return Fraction(number, scale) if number % scale else number // scale


@dataclass(frozen=True, slots=True)
class Sentence:
    """One step of the certificate in words: a message id and its details."""

    says: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one count.

    ``winners`` are ids of options in the order of the ballot paper (in the order of election for
    several seats); without a tie break all co-winners. ``tied`` names every member of a tie that
    decides; empty when none does. ``rounds`` or ``matrix`` are the count itself, ``options`` the
    settings it was made with.
    """

    rule: str
    winners: tuple[str, ...]
    tied: tuple[str, ...] = ()
    scores: Mapping[str, Exact] = field(default_factory=dict)
    rounds: Sequence[Mapping[str, Any]] = ()
    matrix: tuple[tuple[Exact, ...], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    certificate: tuple[Sentence, ...] = ()

    def json(self) -> dict[str, Any]:
        """Write the result as JSON, without the parts that the rule does not have."""
        made: dict[str, Any] = {
            "rule": self.rule,
            "winners": list(self.winners),
            "tied": list(self.tied),
            "options": plain(self.options),
            "certificate": [{"says": s.says, **plain(s.details)} for s in self.certificate],
        }
        for name in ("scores", "rounds", "matrix"):
            if value := getattr(self, name):
                made[name] = plain(value)
        return made


def plain(value: Any) -> Any:
    """Write a value as JSON: shares as ``"p/q"``, whole ones as numbers."""
    if isinstance(value, Fraction):
        whole = value.denominator == 1
        return value.numerator if whole else f"{value.numerator}/{value.denominator}"
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, str | int | type(None)):
        return value
    if isinstance(value, Sequence | frozenset | set):
        return [plain(one) for one in value]
    return int(value)


def best(scores: Mapping[str, Exact]) -> tuple[str, ...]:
    """Return every option that has the highest score, in order; none of none."""
    most = max(scores.values(), default=None)
    return tuple(option for option, score in scores.items() if score == most)


def one_winner(
    rule: str,
    winners: Sequence[str],
    *,
    tie_break: Sequence[str] = (),
    **more: Any,
) -> Result:
    """Make the result of a rule for one winner; ``tie_break`` orders options, the first one wins.

    Several winners are a tie: reported with all its members, and broken only by ``tie_break``.
    """
    tied = tuple(winners) if len(winners) > 1 else ()
    chosen = tuple(winners)
    if tied and tie_break:
        chosen = (min(tied, key=list(tie_break).index),)
    return Result(rule, chosen, tied, **more)
