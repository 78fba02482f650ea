"""Was the notice posted long enough before the poll? The days are the procedure's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import zip_longest

from wugong import (
    Fact,
    Fold,
    Matter,
    PollOpened,
    Procedure,
    Reads,
    Ref,
    Refusal,
    SheetHung,
    counted_from,
    local_day,
)
from wugong_voting.ballot_forms import ABSTAIN
from wugong_voting.state import Poll, Polls, polls_of

NOTICE_POSTED = Reads("planning.notice_posted", about=tuple[Ref, ...], options=tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as far as a poll depends on it: from when it counts and what it is about."""

    id: int
    posted_at: datetime
    about: frozenset[int]
    options: tuple[str, ...] = ()  # word for word; empty where it lists none


def _fold(notices: tuple[Notice, ...], fact: Fact) -> tuple[Notice, ...]:
    its = fact.event
    if isinstance(its, SheetHung):
        return tuple(_hung(one, its) for one in notices)
    made = Notice(fact.seq, fact.at, frozenset(map(int, its.about)), tuple(its.options))
    return (*notices, made)


def _hung(notice: Notice, sheet: SheetHung) -> Notice:
    if notice.id != sheet.notice:
        return notice
    return replace(notice, posted_at=counted_from(notice.posted_at, sheet.hung_on))


NOTICES: Fold[tuple[Notice, ...]] = Fold(
    "voting.notices", initial=(), fold=_fold, hears=(NOTICE_POSTED.kind, SheetHung)
)


def announcing(notices: tuple[Notice, ...], polls: Polls, opened: PollOpened) -> Notice | None:
    """Return the first notice that announced all that the poll puts to the vote.

    What was not announced is not voted on, and a vote that is repeated is announced again. A poll
    that names nothing is announced by the newest notice of the matter alone, so that a notice of
    something older cannot serve for it.
    """
    about = frozenset(map(int, opened.about))
    since = max((p.id for p in polls.values() if _repeats(opened, p)), default=0)
    fresh = [notice for notice in notices if notice.id > since]
    if not about:
        return fresh[-1] if fresh else None
    return next((n for n in fresh if about <= n.about | {n.id}), None)


def _repeats(opened: PollOpened, earlier: Poll) -> bool:
    its = earlier.opened
    return (its.procedure, set(its.about)) == (opened.procedure, set(opened.about))


def earliest(posted_at: datetime, days: int) -> date:
    """Return the first day that is ``days`` days after a posting; its own day is not counted.

    Source: 民法典 201 (2020): the day on which a period starts is not counted.

    >>> from datetime import UTC
    >>> earliest(datetime(2026, 11, 8, 15, 30, tzinfo=UTC), 15)  # 23:30 on 8 November in China
    datetime.date(2026, 11, 23)
    """
    return local_day(posted_at) + timedelta(days=days)


def refusals(
    matter: Matter, opened: PollOpened, procedure: Procedure, at: datetime
) -> list[Refusal]:
    """Say whether the notice that the procedure asks for is missing or too short.

    ``at`` is when the first ballot may be cast.
    """
    days = procedure.notice_days
    if not days:
        return []
    notice = announcing(matter.state(NOTICES), polls_of(matter), opened)
    if notice is None:
        return [Refusal("voting.notice_missing", procedure.notice_source, {"days": days})]
    reasons = _as_announced(notice, opened, procedure.notice_source)
    first = earliest(notice.posted_at, days)
    missing = (first - local_day(at)).days
    if missing <= 0:
        return reasons
    details: dict[str, int | str] = {
        "days": days,
        "missing": missing,
        "earliest": first.isoformat(),
    }
    return [*reasons, Refusal("voting.notice_too_short", procedure.notice_source, details)]


def _as_announced(notice: Notice, opened: PollOpened, source: str) -> list[Refusal]:
    """Say which option does not read as in the notice that lists them; to abstain needs no line."""
    listed = notice.options
    given = tuple(o.title for o in opened.options if o.id != ABSTAIN or o.title in listed)
    if not listed or given == listed:
        return []
    other = next(
        ((a, g) for a, g in zip_longest(listed, given, fillvalue="–") if a != g), ("–", "–")
    )
    details: dict[str, int | str] = {"announced": other[0], "given": other[1]}
    return [Refusal("voting.options_not_as_announced", source, details)]
