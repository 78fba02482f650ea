"""Time is injected: a clock is a callable that returns an aware time in UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the time of the machine."""
    return datetime.now(UTC)


class ScriptedClock:
    """A clock for rehearsals and tests: it stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a time needs its zone")
        self.now = start.astimezone(UTC)

    def __call__(self) -> datetime:
        """Return where the clock stands."""
        return self.now

    def move(self, *, to: datetime | None = None, **by: float) -> None:
        """Move to a time, or by ``days=``, ``hours=``, ``minutes=``, ``seconds=``."""
        self.now = to.astimezone(UTC) if to is not None else self.now + timedelta(**by)
