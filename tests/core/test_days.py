"""Days as the law counts them: the first not counted, the last one whole, in the place's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from wugong import ZONE, after_days, local_day, start_of


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 1, 15, 59, 59, 999999, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 16, 0, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2024, 2, 28, 16, 0, tzinfo=UTC), date(2024, 2, 29)),
        (datetime(2026, 3, 1, 23, 0, tzinfo=timezone(timedelta(hours=-5))), date(2026, 3, 2)),
    ],
)
def test_a_day_begins_at_midnight_in_china(at: datetime, day: date) -> None:
    assert local_day(at) == day
    assert start_of(day) <= at < start_of(day + timedelta(days=1))


def test_another_place_has_another_day() -> None:
    at = datetime(2026, 3, 1, 20, tzinfo=UTC)
    assert local_day(at) == date(2026, 3, 2)
    assert local_day(at, UTC) == date(2026, 3, 1)
    assert start_of(date(2026, 3, 2), UTC) == datetime(2026, 3, 2, tzinfo=UTC)
    assert start_of(date(2026, 3, 2)) == datetime(2026, 3, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize("hour", [0, 9, 23])
@pytest.mark.parametrize("days", [0, 1, 15, 365])
def test_a_term_ends_when_its_last_day_is_over_whatever_the_hour(hour: int, days: int) -> None:
    posted = datetime(2026, 3, 1, hour, 30, tzinfo=ZONE)
    over = after_days(posted, days)
    assert over == start_of(date(2026, 3, 1) + timedelta(days=days + 1))
    assert local_day(over - timedelta(microseconds=1)) == date(2026, 3, 1) + timedelta(days=days)


def test_a_term_over_a_leap_day_has_it() -> None:
    over = after_days(datetime(2024, 2, 27, 9, tzinfo=ZONE), 2)
    assert over == start_of(date(2024, 3, 1))
