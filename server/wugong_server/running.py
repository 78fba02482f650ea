"""The terms that run in a matter, as its page says them: what, by when, by whom, which article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from wugong import N_, Fact, Matter, StepRecorded, Viewer, kind_of
from wugong.deadlines import Deadline, deadline
from wugong.describing import CONFIDENCE
from wugong.procedures import Step
from wugong.running import Result, Running, running
from wugong.steps import placed_of
from wugong_server.page import Page
from wugong_server.paper import DECIDED, MOST_FACTS, body_words

RECORDED = kind_of(StepRecorded).name


@dataclass(frozen=True, slots=True)
class Owed:
    """What a term asks for: ``act`` and ``step`` record it; neither where days alone must run."""

    of: Running
    over: Deadline
    title: str
    body: str  # who is to do it, by the id of the procedure files; ``who`` in words
    who: str
    by: datetime
    note: str
    source: str
    act: str = ""
    step: str = ""


def owed(page: Page, matter: Matter, viewer: Viewer) -> list[Owed]:
    """Return the terms that run in a matter, the nearest first."""
    today = page.now.astimezone(page.zone).date()
    calendar = page.engine.registry.days_off()
    results, records = _results(page, matter, viewer), _records(page, matter, viewer, today)
    found = (
        _owed(page, one, deadline(one.term, one.since, calendar))
        for one in running(matter, today, results, records)
    )
    left = (one for one in found if one.act or one.by > page.now)
    return sorted(left, key=lambda one: one.by)


def _results(page: Page, matter: Matter, viewer: Viewer) -> dict[str, tuple[Result, ...]]:
    """Return how the polls of a matter ended, by the origin of their procedure."""
    found: dict[str, tuple[Result, ...]] = {}
    for fact in page.engine.facts(matter.id, viewer, kinds=(DECIDED,), limit=MOST_FACTS):
        known = matter.procedures.get(fact.event.procedure)
        origin = known.origin if known else fact.event.procedure
        result = Result(_day(page, fact), fact.event.verdict)
        found[origin] = (*found.get(origin, ()), result)
    return found


def _records(page: Page, matter: Matter, viewer: Viewer, today: date) -> dict[str, date]:
    """Return the days of the steps that are on record, by the name of each."""
    placed = [one for one in placed_of(matter, today) if not one.step.under]
    acts = {one.step.act for one in placed} - {""}
    kinds = (RECORDED, *sorted(acts))
    newest: dict[str, Fact] = {}
    for fact in page.engine.facts(matter.id, viewer, kinds=kinds, limit=MOST_FACTS):
        newest[fact.event.step if fact.kind == RECORDED else fact.kind] = fact
    return {
        one.id: _day(page, newest[name])
        for one in placed
        if (name := one.step.act or one.id) in newest
    }


def _day(page: Page, fact: Fact) -> date:
    """Return the day of a fact: that on which a step was done, else that of its record."""
    held: date | None = getattr(fact.event, "held_on", None)
    return held or fact.at.astimezone(page.zone).date()


def _owed(page: Page, one: Running, over: Deadline) -> Owed:
    term, steps = one.term, {step.id: step for step in one.procedure.steps}
    step = steps.get(term.ends) or steps.get(term.starts)
    title = term.title.get(page.language, term.id)
    note = (" " if page.language == "en" else "").join(_notes(page, over))
    body = _actor(one, step)
    act = (steps[term.ends].act or RECORDED) if term.ends else ""
    who = body_words(page, body)
    return Owed(one, over, title, body, who, over.over, note, over.source, act, one.ends)


def _actor(one: Running, step: Step | None) -> str:
    return (step.actor if step else "") or one.procedure.convenor or one.procedure.body


def _notes(page: Page, over: Deadline) -> Iterator[str]:
    """Say how sure the number is, that its last day moved, and which holidays are not known."""
    if over.term.confidence != "V":
        sure = page.words(CONFIDENCE[over.term.confidence])
        yield page.words(N_("{sure}."), sure=sure[0].upper() + sure[1:])
    if over.moved:
        yield page.words(N_("Its last day is no working day, so it ends on the next one."))
    if over.unknown_years:
        years = page.words(N_(", ")).join(map(str, over.unknown_years))
        yield page.words(
            N_("The calendar has no holidays of {years}: it may end later."), years=years
        )
