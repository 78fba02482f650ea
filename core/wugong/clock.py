"""Time is injected: a clock is a callable that returns an aware time in UTC."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
Steady = Callable[[], float]

MOST_LEAP = timedelta(minutes=5)
# Where there is one that goes on while the machine sleeps: waking up is no leap.
_COUNTING = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def system_clock() -> datetime:
    """Return the time of the machine."""
    return datetime.now(UTC)


def system_steady() -> float:
    """Return seconds that only count on, whatever anybody does to the clock of the machine."""
    return time.monotonic() if _COUNTING is None else time.clock_gettime(_COUNTING)


class Watch:
    """A clock held against one that only counts seconds, from its making on.

    As long as they are apart by more than ``MOST_LEAP`` nobody knows what time it is: the watch
    goes on by the seconds that passed and says how far the clock leapt. It ends when the clock is
    set right, or with the process. Without ``steady`` the clock is believed: it may be a script.
    """

    def __init__(self, clock: Clock, steady: Steady | None = None) -> None:
        self._clock, self._steady = clock, steady
        self._began = clock(), steady() if steady else 0.0

    def look(self) -> tuple[datetime, timedelta]:
        """Return the time, and how far the clock leapt: nothing within the bound."""
        now = self._clock()
        if self._steady is None:
            return now, timedelta()
        at, seconds = self._began
        counted = at + timedelta(seconds=self._steady() - seconds)
        leapt = now - counted
        return (now, timedelta()) if abs(leapt) <= MOST_LEAP else (counted, leapt)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.look()[0]

    def leapt(self) -> timedelta:
        """Return how far the clock leapt: forward, or back where it is negative."""
        return self.look()[1]


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
