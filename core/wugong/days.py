"""Days as the law counts them: in the place's own zone, the starting day not counted."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ZONE = timezone(timedelta(hours=8))  # China Standard Time has no summer time


def read_day(text: object) -> date:
    """Read a day as it is written here, and in no other way; ``ValueError`` where it is none.

    >>> read_day("2026-06-30")
    datetime.date(2026, 6, 30)
    """
    if not isinstance(text, str) or not DAY.fullmatch(text):
        raise ValueError(f"{text!r} is no day such as 2026-06-30")
    return date.fromisoformat(text)


def local_day(at: datetime, zone: timezone = ZONE) -> date:
    """Return the day of a time in the place's zone.

    >>> local_day(datetime(2026, 3, 1, 16, tzinfo=UTC)).isoformat()
    '2026-03-02'
    """
    return at.astimezone(zone).date()


def start_of(day: date, zone: timezone = ZONE) -> datetime:
    """Return the first moment of a day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def counted_from(recorded: datetime, hung_on: date) -> datetime:
    """Return when a notice counts from: when it was recorded, or its sheet's day if that is later.

    >>> counted_from(datetime(2026, 3, 1, 2, tzinfo=UTC), date(2026, 3, 3)).isoformat()
    '2026-03-02T16:00:00+00:00'
    >>> counted_from(datetime(2026, 3, 1, 2, tzinfo=UTC), date(2026, 2, 20)).isoformat()
    '2026-03-01T02:00:00+00:00'
    """
    return max(recorded, start_of(hung_on))


def after_days(at: datetime, days: int, zone: timezone = ZONE) -> datetime:
    """Return when ``days`` full days after the day of ``at`` are over: 00:00 of the next day.

    Posted on 1 March for 15 days: over at the first moment of 17 March (民法典 201, 203).

    >>> after_days(datetime(2026, 3, 1, 2, tzinfo=UTC), 15).isoformat()
    '2026-03-16T16:00:00+00:00'
    """
    return start_of(local_day(at, zone) + timedelta(days=days + 1), zone)
