"""Days of a notice, counted as people on the spot count them.

The day of posting is not counted (民法典 201). Two readings of "N days" follow from that: a poll
N days after the posting may open on the Nth day; a sheet that must hang for N days may come down
on the morning after the Nth day, when that day is over (民法典 203).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from wugong import after_days, local_day, start_of


def opens_from(posted_at: datetime, days: int) -> datetime:
    """Return when a poll may open at the earliest: the morning of the last counted day.

    >>> from datetime import UTC
    >>> local_day(opens_from(datetime(2026, 11, 12, 1, tzinfo=UTC), 15)).isoformat()
    '2026-11-27'
    """
    return start_of(local_day(posted_at) + timedelta(days=days))


def down_from(posted_at: datetime, days: int) -> datetime:
    """Return when the sheet may come down: the morning after the last counted day.

    >>> from datetime import UTC
    >>> local_day(down_from(datetime(2026, 11, 20, 1, tzinfo=UTC), 15)).isoformat()
    '2026-12-06'
    """
    return after_days(posted_at, days)


def days_run(posted_at: datetime, now: datetime, days: int) -> int:
    """Return the number of the day that a notice has reached, from 0 to ``days``.

    >>> from datetime import UTC
    >>> days_run(datetime(2026, 11, 12, 1, tzinfo=UTC), datetime(2026, 11, 23, 4, tzinfo=UTC), 15)
    11
    """
    return max(0, min((local_day(now) - local_day(posted_at)).days, days))
