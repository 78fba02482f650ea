"""The clocks of a case; the starting day is not counted (民法典 201, 203)."""

from __future__ import annotations

from datetime import datetime, timedelta

from wugong import Matter, after_days, local_day, start_of
from wugong_mediation.cases import Case
from wugong_mediation.settings import ANSWER_DAYS, CONFIRM_DAYS, REMIND_AFTER, TERM_DAYS, days


def answer_by(matter: Matter, case: Case) -> datetime:
    """Return until when the other side may answer the request."""
    return after_days(case.asked_at, days(matter, ANSWER_DAYS))


def term_ends(matter: Matter, case: Case) -> datetime | None:
    """Return when the time for mediation is over, counted from the other side's consent."""
    return after_days(case.accepted_at, days(matter, TERM_DAYS)) if case.accepted_at else None


def confirm_by(effective_at: datetime) -> datetime:
    """Return until when both may ask the court, counted from effect, not from a first signature.

    >>> from datetime import UTC
    >>> local_day(confirm_by(datetime(2026, 3, 1, 2, tzinfo=UTC))).isoformat()
    '2026-04-01'
    """
    return after_days(effective_at, CONFIRM_DAYS)


def remind_from(effective_at: datetime) -> datetime:
    """Return when both are reminded: the morning of the 25th day.

    >>> from datetime import UTC
    >>> local_day(remind_from(datetime(2026, 3, 1, 2, tzinfo=UTC))).isoformat()
    '2026-03-26'
    """
    return start_of(local_day(effective_at) + timedelta(days=REMIND_AFTER))
