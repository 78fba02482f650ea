"""Deadlines: when a number of days is over, counted as the law counts them.

The starting day is not counted; a last day on a holiday moves to the next working day (民法典 201,
203). Which days are holidays is published each year: an administrator keeps them in a JSON file,
``{"2026": {"holidays": ["2026-01-01"], "workdays": ["2026-01-04"]}}``; of a year that the file does
not have, weekends alone are known, and the answer warns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wugong.days import start_of
from wugong.procedures import Confidence, Procedure, Term

COUNTING = "民法典 201, 203"
DAYS_OFF = "民法典 203"  # a last day off moves
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """The holidays of the years that are known, and the weekend days that are worked."""

    years: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Tell whether ``day`` is a working day."""
        if day in self.workdays:
            return True
        return day.weekday() < SATURDAY and day not in self.holidays


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a term that starts on a day is over: ``day`` is what its kind says.

    ``before``: the earliest day of the meeting; ``posted``: the first day on which the sheet may
    come down; ``within``: the last day, ``moved`` when it fell on a holiday.
    """

    term: Term
    day: date
    moved: bool
    unknown_years: tuple[int, ...]

    @property
    def source(self) -> str:
        """What says so: the term's own source, and the Code where it moved."""
        return f"{self.term.source}; {DAYS_OFF}" if self.moved else self.term.source

    @property
    def over(self) -> datetime:
        """The first moment after it: what is to be done is in time until the end of its day."""
        return start_of(self.day if self.term.kind == "posted" else self.day + timedelta(days=1))


def read_calendar(text: str) -> Calendar:
    """Read a calendar; ``ValueError`` says what is wrong with it."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"the calendar is no JSON: {error}") from None
    if not isinstance(data, dict):
        raise ValueError("the calendar must be an object of years")
    days: dict[str, set[date]] = {"holidays": set(), "workdays": set()}
    for year, listed in data.items():
        if not (year.isascii() and year.isdecimal() and len(year) == 4):
            raise ValueError(f"the calendar has {year!r}, which is no year")
        if not isinstance(listed, dict) or listed.keys() - days.keys():
            raise ValueError(f"year {year} needs holidays and workdays, and nothing else")
        for kind, rows in listed.items():
            days[kind] |= {_day(row, year) for row in rows}
    years = frozenset(int(year) for year in data)
    return Calendar(years, frozenset(days["holidays"]), frozenset(days["workdays"]))


def _day(value: object, year: str) -> date:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"year {year} has {value!r}, which is no day") from None
    if day.year != int(year):
        raise ValueError(f"year {year} has {value}, a day of another year")
    return day


def terms_of(procedure: Procedure) -> dict[str, Term]:
    """Return the terms of a procedure by rule name, such as ``villagers.election.roll``."""
    own = list(procedure.terms)
    if procedure.notice_days:
        source = procedure.notice_source
        sure = _confidence(procedure, source)
        own.append(Term("notice", procedure.notice_days, "before", source, sure))
    if procedure.publish_days:
        source = procedure.publish_source
        sure = _confidence(procedure, source)
        own.append(Term("publish", procedure.publish_days, "posted", source, sure))
    return {f"{procedure.id}.{term.id}": term for term in own}


def _confidence(procedure: Procedure, source: str) -> Confidence:
    """Return how sure the basis is of an article; what it does not list was read itself."""
    return next((basis.confidence for basis in procedure.basis if basis.article == source), "V")


def rules(procedures: Mapping[str, Procedure]) -> dict[str, Term]:
    """Return every term of the procedures by rule name."""
    return {
        name: term for _, one in sorted(procedures.items()) for name, term in terms_of(one).items()
    }


def deadline(term: Term, start: date, calendar: Calendar, clear_days: bool = False) -> Deadline:
    """Return when ``term`` is over if it starts on ``start``.

    ``clear_days``: the day of the meeting is not counted either, the stricter reading.

    >>> posted = Term("publish", 15, "posted", "村組法 (2025) 35", "V")
    >>> deadline(posted, date(2026, 3, 1), Calendar()).day.isoformat()
    '2026-03-17'
    """
    asked: set[int] = set()
    if term.working:
        last = start
        for _ in range(term.days):
            last = _next_working(last + timedelta(days=1), calendar, asked)
    else:
        last = start + timedelta(days=term.days)
    if term.kind == "before":
        return Deadline(term, last + timedelta(days=1 if clear_days else 0), False, ())
    if term.kind == "posted":
        return Deadline(term, last + timedelta(days=1), False, _unknown(asked, calendar))
    moved = _next_working(last, calendar, asked)
    return Deadline(term, moved, moved != last, _unknown(asked, calendar))


def days_run(term: Term, start: date, today: date, calendar: Calendar) -> int:
    """Return how many of the days of ``term`` are over or run today, at most all of them.

    >>> checked = Term("posting", 5, "posted", "汕尾宅基地規定 19–20", "V", working=True)
    >>> days_run(checked, date(2026, 3, 6), date(2026, 3, 9), Calendar())  # Friday to Monday
    1
    """
    days = (start + timedelta(days=n) for n in range(1, (today - start).days + 1))
    return min(term.days, sum(1 for day in days if not term.working or calendar.works(day)))


def _next_working(day: date, calendar: Calendar, asked: set[int]) -> date:
    asked.add(day.year)
    while not calendar.works(day):
        day += timedelta(days=1)
        asked.add(day.year)
    return day


def _unknown(asked: set[int], calendar: Calendar) -> tuple[int, ...]:
    return tuple(sorted(asked - calendar.years))
