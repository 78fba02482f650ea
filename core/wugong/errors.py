"""What goes wrong, and for whom: a refusal for people, an exception for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the rules forbid an act, for the person who tried it."""

    code: str  # also the translation key; never reworded once released
    source: str = ""  # the article, charter or procedure that says so
    details: Mapping[str, int | str] = field(default_factory=dict)


class Refused(Exception):
    """At least one rule forbids the act; nothing was recorded."""

    def __init__(self, *reasons: Refusal) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons

    def __reduce__(self) -> tuple[type[Refused], tuple[Refusal, ...]]:
        """Say of what another process makes the same."""
        return type(self), self.reasons

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all reasons, in the order given."""
        return tuple(reason.code for reason in self.reasons)


class Revoked(Exception):
    """The token or session that an act rests on ended meanwhile; nothing was recorded."""


class Misconfigured(Exception):
    """The set-up is wrong; found when the program starts, never later.

    ``message`` has ``{named}`` places for ``details``: who shows it may put it into other words.
    """

    def __init__(self, message: str, /, **details: object) -> None:
        super().__init__(message.format_map(details) if details else message)
        self.message, self.details = message, details


class Overloaded(Exception):
    """Nothing was recorded: too much is waiting, or the disk is full. Try again later.

    Of the one kind :class:`Uncertain` that is not known.
    """


class Uncertain(Overloaded):
    """The database went away during the commit: perhaps it was recorded, perhaps not.

    Whoever sends the same again under the same key gets the one answer, and it counts once.
    """
