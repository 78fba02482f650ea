"""Postings on the village board: how long a sheet must hang, and when it may come down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from wugong import Matter, Refusal, SheetHung, after_days, counted_from, local_day
from wugong_rural.events import POSTING_LAW

DAYS = "rural.posting_days"
LEAST_DAYS = 15  # 村組法 (2025) 35


@dataclass(frozen=True, slots=True)
class Posting:
    """A sheet on the board: the fact that put it there and from when its days count."""

    seq: int
    since: datetime
    days: int
    ended: bool = False

    @property
    def until(self) -> datetime:
        """When it may come down: the day of posting is not counted (民法典 201)."""
        return after_days(self.since, self.days)


def hung(posting: Posting | None, seq: int, day: date) -> Posting | None:
    """Return ``posting`` with its days counted from when its sheet hung, if it is ``seq``."""
    if posting is None or posting.seq != seq:
        return posting
    return replace(posting, since=counted_from(posting.since, day))


def refuse_sheet(posting: Posting | None, sheet: SheetHung) -> list[Refusal]:
    """Refuse to move days that have run by a sheet that went up later."""
    moved = hung(posting, sheet.notice, sheet.hung_on)
    if posting is None or not posting.ended or moved == posting:
        return []
    return [Refusal("rural.posting_over", POSTING_LAW, {"day": days_of(posting)["day"]})]


def ended(posting: Posting | None, seq: int) -> Posting | None:
    """Return ``posting`` with its days over if it is the one called ``seq``."""
    return replace(posting, ended=True) if posting and posting.seq == seq else posting


def days_of(posting: Posting) -> dict[str, int | str]:
    """Return the last day of a posting and the day after it, as refusals and tasks name them.

    >>> from datetime import UTC
    >>> days_of(Posting(7, datetime(2026, 4, 1, 9, tzinfo=UTC), 15))
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
