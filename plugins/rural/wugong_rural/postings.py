"""Postings on the village board: how long a sheet must hang, and when it may come down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wugong import Matter, Refusal, after_days, local_day
from wugong_rural.events import POSTING_LAW

DAYS = "rural.posting_days"
LEAST_DAYS = 15  # 村組法 (2025) 35


@dataclass(frozen=True, slots=True)
class Posting:
    """A sheet on the board: the fact that put it there and when it may come down."""

    seq: int
    days: int
    until: datetime
    ended: bool = False


def posted(seq: int, at: datetime, days: int) -> Posting:
    """Return the posting made at ``at``: the day of posting is not counted (民法典 201)."""
    return Posting(seq, days, after_days(at, days))


def ended(posting: Posting | None, seq: int) -> Posting | None:
    """Return ``posting`` with its days over if it is the one called ``seq``."""
    return replace(posting, ended=True) if posting and posting.seq == seq else posting


def days_of(posting: Posting) -> dict[str, int | str]:
    """Return the last day of a posting and the day after it, as refusals and tasks name them.

    >>> from datetime import UTC
    >>> days_of(posted(7, datetime(2026, 4, 1, 9, tzinfo=UTC), 15))
    {'until': '2026-04-16', 'day': '2026-04-17'}
    """
    day = local_day(posting.until)
    return {"until": (day - timedelta(days=1)).isoformat(), "day": day.isoformat()}


def refuse_short(matter: Matter, days: int) -> list[Refusal]:
    """Refuse a posting shorter than the law and the community ask."""
    least = max(LEAST_DAYS, int(matter.setting(DAYS, str(LEAST_DAYS))))
    if days >= least:
        return []
    return [Refusal("rural.posting_too_short", POSTING_LAW, {"days": days, "least": least})]
