"""Needs, opinions and schemes with their words, as a reader of a page may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wugong import N_, Engine, Fact, Matter, Viewer, Words
from wugong_planning import coverage
from wugong_planning.days import days_run
from wugong_planning.events import CHANNELS, DECISIONS, STANCES
from wugong_planning.rules import earliest
from wugong_planning.settings import notice_wanted
from wugong_planning.state import PLANNING, Opinion, Planning, Scheme

MOST_FACTS = 2000
GLYPHS = {None: "wait", "adopted": "yes", "partly": "partly", "not_adopted": "no"}
AWAITING = N_("Awaiting reply")


@dataclass(frozen=True, slots=True)
class Said:
    """An opinion with its words, as a row shows it."""

    opinion: Opinion
    version: int
    glyph: str
    word: str
    stance: str
    text: str
    contest: str
    answerable: bool
    contestable: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """A need with its words, where the reader may read them."""

    id: int
    text: str
    channel: str
    place: str
    at: datetime
    answered: bool


def facts_of(engine: Engine, matter: Matter, viewer: Viewer, *kinds: str) -> list[Fact]:
    return engine.facts(matter.id, viewer, kinds=list(kinds), newest=True, limit=MOST_FACTS)


def _texts(engine: Engine, facts: Sequence[Fact], viewer: Viewer) -> dict[int, str]:
    opened = engine.texts(facts, viewer)
    return {seq: fields.get("text") or "" for seq, fields in opened.items()}


def opinions_said(
    engine: Engine, matter: Matter, viewer: Viewer, words: Words, who: str
) -> list[Said]:
    """Return the opinions with their words: those that wait longest first, then the newest."""
    state = matter.state(PLANNING)
    kinds = ("planning.opinion_given", "planning.opinion_contested")
    texts = _texts(engine, facts_of(engine, matter, viewer, *kinds), viewer)
    may_answer = not in_the_way(engine, matter, viewer, "planning.opinion_answered")
    may_contest = not in_the_way(engine, matter, viewer, "planning.opinion_contested")
    rows = [
        Said(
            opinion=one,
            version=state.version(one.scheme),
            glyph=GLYPHS[one.decision],
            word=words(DECISIONS[one.decision]) if one.decision else words(AWAITING),
            stance=words(STANCES[one.stance]),
            text=texts.get(one.id, ""),
            contest=texts.get(one.contest or 0, ""),
            answerable=one.waits and may_answer and one.by != who,
            contestable=may_contest and one.by == who and not one.waits and one.contest is None,
        )
        for one in state.opinions.values()
    ]
    waiting = sorted(
        (row for row in rows if row.opinion.waits),
        key=lambda row: (row.opinion.waits_since, row.opinion.id),
    )
    return waiting + [row for row in reversed(rows) if not row.opinion.waits]


def needs_heard(engine: Engine, matter: Matter, viewer: Viewer, words: Words) -> list[Heard]:
    """Return the needs with their words, for readers who may read them; newest first."""
    state = matter.state(PLANNING)
    facts = facts_of(engine, matter, viewer, "planning.need_filed")
    texts = _texts(engine, facts, viewer)
    answered = coverage.answered_needs(state)
    found = [state.needs[fact.seq] for fact in facts if fact.seq in state.needs]
    return [
        Heard(n.id, texts[n.id], words(CHANNELS[n.channel]), n.place, n.at, n.id in answered)
        for n in found
    ]


def in_the_way(engine: Engine, matter: Matter, viewer: Viewer, kind: str) -> list[Any]:
    return list(engine.may(matter, viewer, engine.registry.kinds[kind]))


def channels(state: Planning, words: Words) -> list[tuple[str, int]]:
    return [(words(CHANNELS[key]), n) for key, n in coverage.by_channel(state).items()]


def about_scheme(matter: Matter, state: Planning, scheme: Scheme | None) -> dict[str, Any]:
    """Return what a page says of one version: its notice, what changed, what answers what."""
    if scheme is None:
        return {"scheme": None}
    wanted = notice_wanted(matter)
    before = next((s for s in state.schemes.values() if s.version == scheme.version - 1), None)
    changes = coverage.compare(before, scheme) if before else ()
    posted = min(state.notices_of(scheme.id), key=lambda n: earliest(n, wanted.days), default=None)
    return {
        "scheme": scheme,
        "current": state.scheme is not None and state.scheme.id == scheme.id,
        "notice": posted,
        "needed": max(wanted.days, posted.days) if posted else wanted.days,
        "opens": earliest(posted, wanted.days) if posted else None,
        "days_run": days_run,
        "before": before,
        "changes": changes,
        "changed": sum(1 for change in changes if change.what != "kept"),
        "orphans": coverage.orphan_clauses(scheme),
        "source": wanted.source,
    }
