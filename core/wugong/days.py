"""Days as the law counts them: in the place's own zone, the starting day not counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

ZONE = timezone(timedelta(hours=8))  # China Standard Time has no summer time


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
