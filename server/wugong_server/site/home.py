"""Home: what waits for me, the five columns of matters, what happened, what is posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wugong import N_, STAGES, Fact, Kind, Matter, Ref, Stage, To, Waiting
from wugong_server.drawing import STATE_WORDS
from wugong_server.formats import greeting
from wugong_server.page import Page, act_url, page_of, url
from wugong_server.responding import PER_PAGE, Paged, page_number, respond
from wugong_server.site.notices import posted
from wugong_server.telling import details_words, tell

MOST_TASKS = 20
IN_A_COLUMN = 5
RECENT = 6
MINE_LOOKED_THROUGH = 2000


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for the reader."""

    title: str
    where: str  # the matter's title
    by: datetime | None
    href: str
    button: str
    source: str


@dataclass(frozen=True, slots=True)
class Card:
    """A matter in a column: its title and how it stands."""

    title: str
    href: str
    text: str
    by: datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """One of the five columns."""

    title: str
    key: str
    total: int
    cards: Sequence[Card]


def show(request: Request) -> Response:
    """Show the home page of a community."""
    page = page_of(request)
    page.section = "home"
    community = request.path_params["community"]
    return respond(
        request,
        "home.html",
        greeting=greeting(page.now, page.zone),
        tasks=tasks(page, community),
        columns=[column(page, community, stage) for stage in STAGES],
        recent=recent(page, community),
        notices=[one for one in posted(page, community) if one.current][:RECENT],
        panels=request.app.state.pages.panels(page, "home"),
        may_open=bool(page.member),
    )


def mine(request: Request) -> Response:
    """Show what the reader did, what waits for them, and what plugins keep for them."""
    page = page_of(request)
    page.section = "mine"
    community = request.path_params["community"]
    return respond(
        request,
        "mine.html",
        tasks=tasks(page, community),
        acts=own_acts(page, community) if page.member else None,
        panels=request.app.state.pages.panels(page, "mine") if page.member else [],
    )


def own_acts(page: Page, community: str) -> Paged[Any]:
    """Return what the reader did, newest first, a page of it."""
    facts = page.engine.facts(
        community, page.viewer, whole=True, newest=True, limit=MINE_LOOKED_THROUGH
    )
    own = [fact for fact in facts if page.member in (fact.by, fact.principal)]
    pages = max(1, -(-len(own) // PER_PAGE))
    number = page_number(page.request, pages)
    shown = own[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Paged(tell(page, shown, titles_of(page, shown)), number, pages, len(own))


def tasks(page: Page, community: str) -> list[Task]:
    """Return what waits for the reader, most urgent first."""
    pages = page.request.app.state.pages
    found = []
    for matter_id, waiting in page.engine.tasks(community, page.viewer):
        matter = page.engine.matter(matter_id)
        if pages.still_waits(page, matter, waiting, page.viewer):
            found.append(task(page, matter, waiting))
        if len(found) == MOST_TASKS:
            break
    return found


def task(page: Page, matter: Matter, waiting: Waiting) -> Task:
    """Say one thing awaited, with the button that goes to the act."""
    kind = page.engine.registry.kind(waiting.act)
    plugin = waiting.act.partition(".")[0]
    words = page.words_of(plugin)
    said = words(waiting.what, **details_words(page, words, waiting.details))
    if kind is not None:
        href = act_url(page.request, matter.id, kind.name, **preset(kind, waiting.about, matter))
    else:
        href = url(page.request, "matter", matter=matter.id)
    return Task(
        title=said,
        where="" if matter.is_standing else matter.title,
        by=waiting.by,
        href=href,
        button=words(kind.title) if kind is not None else page.words(N_("Look at it")),
        source=waiting.source,
    )


def preset(kind: Kind, about: int | None, matter: Any) -> dict[str, int]:
    """Return which field of an act names the fact that is waiting for it."""
    if about is None:
        return {}
    head = matter.heads.get(about)
    found: dict[str, int] = {}
    for name, its in kind.fields.items():
        if its.type is not Ref:
            continue
        to = its.mark(To)
        if head and to and head.kind in to.kinds:
            return {name: about}
        if to is None and not found:
            found = {name: about}
    return found


def column(page: Page, community: str, stage: Stage) -> Column:
    """Return the matters in which a stage is open, newest first."""
    lines, total = page.engine.matters(community, page.viewer, stage=stage, limit=IN_A_COLUMN)
    cards = []
    for line in lines:
        soonest = next_term(page, line.id)
        state = page.words(STATE_WORDS[line.status(stage)])
        cards.append(
            Card(
                title=line.title,
                href=url(page.request, "matter", matter=line.id),
                text=soonest[0] if soonest and line.status(stage) == "open" else state,
                by=soonest[1] if soonest else None,
            )
        )
    return Column(page.words(stage.title), stage.key, total, cards)


def next_term(page: Page, matter_id: str) -> tuple[str, datetime] | None:
    """Return what ends next in a matter and when, from what is awaited there."""
    waits = [w for w in page.engine.waiting(matter_id, page.viewer) if w.by is not None]
    if not waits:
        return None
    first = min(waits, key=lambda w: w.by or page.now)
    words = page.words_of(first.act.partition(".")[0])
    assert first.by is not None
    return words(first.what, **details_words(page, words, first.details)), first.by


def recent(page: Page, community: str) -> list[Any]:
    """Return what happened last in all matters, as far as the reader may know."""
    facts = page.engine.facts(
        community, page.viewer, whole=True, newest=True, limit=RECENT, bulk=False
    )
    return tell(page, facts, titles_of(page, facts))


def titles_of(page: Page, facts: Sequence[Fact]) -> dict[str, str]:
    """Return the titles of the matters that facts belong to; none for the community itself."""
    found: dict[str, str] = {}
    for matter_id in {fact.matter for fact in facts}:
        matter = page.engine.matter(matter_id)
        found[matter_id] = "" if matter.is_standing else matter.title
    return found
