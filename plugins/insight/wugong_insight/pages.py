"""The panel of insight: questions that the record raises, with the records behind them."""

from __future__ import annotations

from wugong import N_, Engine, Matter, Viewer, Words
from wugong_insight.evidence import ASSISTED, EVIDENCE, by_helper
from wugong_insight.questions import QUESTIONS
from wugong_insight.settings import DEFAULTS
from wugong_insight.signals import signals
from wugong_server import Panel, hookimpl

MOST_RECORDS = 12  # as links under a question; the others are counted


@hookimpl
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    if page != "matter" or matter.is_standing:
        return []
    entered = entered_by_helpers(engine, matter)
    found = [
        (words(QUESTIONS[signal.code], **signal.details), readable(engine, matter, viewer, records))
        for signal in signals(matter, entered)
        for records in [signal.records]
    ]
    if not found:
        return []
    context = {"questions": found, "thresholds": thresholds(matter, words), "matter": matter}
    return [Panel(90, words(N_("Questions from the record")), "insight/panel.html", context)]


def entered_by_helpers(engine: Engine, matter: Matter) -> dict[int, dict[str, int]]:
    """Count what helpers entered in the polls of this matter; nobody is named on the page."""
    entered: dict[int, dict[str, int]] = {}
    for poll in matter.state(EVIDENCE).polls:
        entered |= by_helper(engine.book(ASSISTED, matter.community, prefix=f"{poll.seq}/"))
    return entered


def readable(
    engine: Engine, matter: Matter, viewer: Viewer, records: tuple[int, ...]
) -> tuple[list[int], int]:
    """Return the records that ``viewer`` may read, the first few, and how many more there are."""
    seen = [seq for seq in records if engine.fact(matter.community, seq, viewer) is not None]
    return seen[:MOST_RECORDS], len(records) - len(seen[:MOST_RECORDS])


def thresholds(matter: Matter, words: Words) -> list[tuple[str, str]]:
    """Return every threshold with its value in this community: they are public."""
    return [(words(one.title), matter.setting(one.name, one.default)) for one in DEFAULTS]
