"""Matters: the list to find one, and the page of one."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wugong import (
    N_,
    STAGES,
    Attached,
    Fact,
    Kind,
    Label,
    Matter,
    PetitionOpened,
    Ref,
    To,
    Viewer,
    Waiting,
)
from wugong.permission import missing
from wugong_server.drawing import STATE_WORDS
from wugong_server.fields import defaults_of
from wugong_server.page import Page, act_url, page_of, url
from wugong_server.paper import body_words
from wugong_server.refusals import CHANNELS
from wugong_server.responding import PER_PAGE, Paged, page_number, respond
from wugong_server.running import RECORDED, owed
from wugong_server.site.home import preset
from wugong_server.site.sheets import for_matter, may_enter
from wugong_server.telling import details_words, role_words, tell, values_words, who_may

MOST_TOLD = 2000
NOT_PEOPLE = frozenset({"plugin", "clock", "operator"})


@dataclass(frozen=True, slots=True)
class Row:
    """A matter in the list."""

    title: str
    href: str
    states: Sequence[tuple[str, str]]
    changed: datetime


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done in a matter now."""

    title: str
    who: str
    href: str = ""  # empty where it is not for this reader
    by: datetime | None = None
    note: str = ""
    source: str = ""


def listed(request: Request) -> Response:
    """Show the matters of a community: searched, filtered by stage, a page of 20."""
    page = page_of(request)
    page.section = "matters"
    asked = request.query_params
    search = asked.get("search", "").strip()[:80]
    stage = next((one for one in STAGES if one.key == asked.get("stage")), None)
    number = page_number(request)
    lines, total = page.engine.matters(
        request.path_params["community"],
        page.viewer,
        search=search,
        stage=stage,
        offset=(number - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    pages = max(1, -(-total // PER_PAGE))
    rows = [_row(page, line) for line in lines]
    return respond(
        request,
        "matters.html",
        block="found",
        listed=Paged(rows, min(number, pages), pages, total),
        search=search,
        stage=stage.key if stage else "",
        stages=[(one.key, page.words(one.title)) for one in STAGES],
    )


def _row(page: Page, line: Any) -> Row:
    states = [
        (page.words(one.title), page.words(STATE_WORDS[line.status(one)]))
        for one in STAGES
        if line.status(one) in ("open", "held")
    ]
    return Row(line.title, url(page.request, "matter", matter=line.id), states, line.changed)


def show(request: Request) -> Response:
    """Show one matter: how far it is, what can be done and by whom, what happened."""
    page = page_of(request)
    page.section = "matters"
    matter: Matter = request.state.matter
    if matter.is_standing:
        return RedirectResponse(url(request, "home", community=matter.id), 303)
    panels = request.app.state.pages.panels(page, "matter")
    papers = for_matter(page, matter)
    return respond(
        request,
        "matter.html",
        holds=holds(page, matter),
        missing=missing(matter, page.engine.registry.packages),
        deeds=deeds(page, matter),
        panels=[panel for panel in panels if panel.place == "main"],
        asides=[panel for panel in panels if panel.place == "aside"],
        trace=trace(page, matter),
        papers=papers,
        bodies={one.body: body_words(page, one.body) for one in papers},
        to_enter={one.step for one in papers if may_enter(page, matter, one)},
        told=told(page, matter, words := request.query_params.get("words", "").strip()[:80]),
        words=words,
    )


def holds(page: Page, matter: Matter) -> list[tuple[str, datetime | None]]:
    """Return which stages rest and until when; never by whom or why."""
    return [
        (page.words(one.title), hold.until)
        for one in STAGES
        if (hold := matter.held(one)) is not None and matter.open(one)
    ]


def deeds(page: Page, matter: Matter) -> dict[str, list[Deed]]:
    """Return what is awaited and from whom, what else the reader can do, and what others can."""
    viewer = page.acting_viewer(matter)
    waits = page.engine.waiting(matter.id, page.viewer)
    awaited = [w for w in waits if not w.act or page.engine.registry.kind(w.act)]
    mine = {kind.name: kind for kind in page.engine.offered(matter, viewer) if _offered(kind)}
    found: dict[str, list[Deed]] = {"waiting": [], "mine": [], "others": [], "steps": []}
    done: set[str] = set()
    for waiting in sorted(awaited, key=lambda w: (w.by is None, w.by or page.now)):
        kind = page.engine.registry.kind(waiting.act)
        if kind is None:  # nobody's act: days that must run, an end that comes by itself
            found["waiting"].append(_awaited(page, matter, waiting))
            continue
        own = (
            kind.name in mine
            and _concerns(waiting.who, matter, viewer)
            and page.request.app.state.pages.still_waits(page, matter, waiting, viewer)
        )
        found["waiting"].append(_awaited(page, matter, waiting, kind, own))
        done.add(kind.name)
    found["waiting"] += _owed(page, matter, mine)
    for name, kind in sorted(page.engine.registry.kinds.items()):
        if name in done or not _offered(kind) or not open_now(page, matter, kind):
            continue
        if not nameable(page, matter, kind):
            continue
        step = kind.plugin == "wugong"
        if name in mine:
            title = page.words_of(kind.plugin)(kind.title)
            href = act_url(page.request, matter.id, name)
            deed = Deed(title, who_may(page, kind), href, source=kind.source)
            found["steps" if step else "mine"].append(deed)
        elif not step:
            title = page.words_of(kind.plugin)(kind.title)
            found["others"].append(Deed(title, who_may(page, kind), source=kind.source))
    return found


def _owed(page: Page, matter: Matter, mine: Container[str]) -> Iterator[Deed]:
    """Yield what the terms of the law ask for after a result or a step, each with its day."""
    for one in owed(page, matter, page.viewer):
        href = ""
        if one.act in mine:
            named = {"step": one.step} if one.act == RECORDED else {}
            href = act_url(page.request, matter.id, one.act, **named)
        yield Deed(one.title, one.who, href, one.by, one.note, one.source)


def _offered(kind: Kind) -> bool:
    """Tell whether people do such acts from a page: it has a title and a role of people."""
    return bool(kind.title) and bool(kind.may.keys() - NOT_PEOPLE)


def open_now(page: Page, matter: Matter, kind: Kind) -> bool:
    """Tell whether anybody could do it in the matter's stages as they stand."""
    roles = Viewer("anybody", frozenset(kind.may))
    return not page.engine.may(matter, roles, kind)


def nameable(page: Page, matter: Matter, kind: Kind) -> bool:
    """Tell whether there is a fact of each kind that the act must name: a ballot needs a poll."""
    if kind.cls is PetitionOpened and not _recalls(matter):
        return False
    standing = page.standing(matter)
    viewer, pages = page.acting_viewer(matter), page.request.app.state.pages
    asked = {name for its in kind.fields.values() if (to := its.mark(To)) for name in to.kinds}
    known = {
        head.kind
        for its in (matter, standing)
        for seq, head in its.heads.items()
        if head.kind in asked and pages.can_name(page.engine, its, kind.name, seq, viewer)
    }
    known |= {name for name, one in page.engine.registry.kinds.items() if one.bulk}  # no heads
    given = defaults_of(kind.cls)
    return all(
        not known.isdisjoint(to.kinds)
        for name, its in kind.fields.items()
        if its.type is Ref and not its.optional and name not in given and (to := its.mark(To))
    )


def _recalls(matter: Matter) -> bool:
    """Tell whether the community has the roster of anybody who could recall somebody."""
    known = matter.procedures.values()
    return any(one.kind == "recall" and one.roster in matter.standing.rosters for one in known)


def _concerns(who: str, matter: Matter, viewer: Viewer) -> bool:
    if who.startswith("member:"):
        return who == f"member:{viewer.member}"
    return who in viewer.roles or viewer.member in matter.relations.get(who, frozenset())


def _awaited(
    page: Page, matter: Matter, waiting: Waiting, kind: Kind | None = None, own: bool = False
) -> Deed:
    words = page.words_of(kind.plugin) if kind else page.words
    said = words(waiting.what, **details_words(page, words, waiting.details))
    href = ""
    if kind is not None and own:
        more = preset(kind, waiting.about, matter)
        href = act_url(page.request, matter.id, kind.name, **more)
    return Deed(said, role_words(page, waiting.who), href, waiting.by, "", waiting.source)


def told(page: Page, matter: Matter, words: str = "") -> Paged[Any]:
    """Return a page of the timeline, newest first; of what ``words`` stand in, where any do."""
    if words:
        facts = page.engine.search(matter.id, words, page.viewer, MOST_TOLD)
    else:
        facts = page.engine.facts(matter.id, page.viewer, newest=True, limit=MOST_TOLD, bulk=False)
    pages = max(1, -(-len(facts) // PER_PAGE))
    number = page_number(page.request, pages)
    shown = facts[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Paged(tell(page, shown), number, pages, len(facts))


@dataclass(frozen=True, slots=True)
class Line:
    """A field of one record, as its page shows it."""

    label: str
    values: Sequence[str]
    refs: Sequence[tuple[str, str]] = ()


def show_record(request: Request) -> Response:
    """Show one record: what, who, when, through which channel, and what it hangs together with."""
    page = page_of(request)
    page.section = "matters"
    matter: Matter = request.state.matter
    seq = request.path_params["seq"]
    fact = page.engine.fact(matter.community, seq, page.viewer)
    if fact is None or fact.matter != matter.id:
        raise HTTPException(404)
    kind = page.engine.registry.kind(fact.kind)
    before, after = page.engine.links(matter.community, seq, page.viewer)
    return respond(
        request,
        "record.html",
        fact=fact,
        told=tell(page, [fact])[0],
        kind=kind,
        lines=_lines(page, matter, fact, kind) if kind else [],
        before=_linked(page, matter, before),
        after=_linked(page, matter, after),
        proof=page.engine.proof(matter.community, seq),
        channel=page.words(CHANNELS.get(fact.channel, fact.channel)),
    )


def _lines(page: Page, matter: Matter, fact: Fact, kind: Kind) -> list[Line]:
    words = page.words_of(kind.plugin)
    texts = page.engine.open(fact, page.viewer)
    found = []
    for name, its in kind.fields.items():
        label, value = its.mark(Label), getattr(fact.event, name, None)
        if label is None or its.mark(Attached) is not None:
            continue
        parts = value if isinstance(value, tuple) else (value,)
        numbers = [int(one) for one in parts if isinstance(one, Ref)]
        if numbers:
            found.append(Line(words(label.text), (), _linked(page, matter, numbers)))
            continue
        if each := values_words(page, words, name, its, value, texts):
            found.append(Line(words(label.text), each))
    return found


def _linked(page: Page, matter: Matter, numbers: Sequence[int]) -> list[tuple[str, str]]:
    facts = [page.engine.fact(matter.community, n, page.viewer) for n in numbers]
    known = [fact for fact in facts if fact is not None]
    return [
        (one.text, url(page.request, "record", matter=one.matter, seq=one.seq))
        for one in tell(page, known)
    ]


# The seven links from a need to its evaluation. The kinds are names in the journal, not imports:
# where a plugin is missing its link stays dashed.
LINKS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (N_("glyph:need"), N_("Need"), ("planning.need_filed",)),
    (N_("glyph:scheme"), N_("Scheme"), ("planning.scheme_published",)),
    (N_("glyph:poll"), N_("Vote"), ("voting.poll_decided", "voting.poll_opened")),
    (
        N_("glyph:work"),
        N_("Work"),
        ("building.delivered", "building.claimed", "building.project_listed"),
    ),
    (N_("glyph:money"), N_("Payment"), ("funds.payment_made", "funds.budget_adopted")),
    (N_("glyph:inspect"), N_("Acceptance"), ("building.task_accepted", "oversight.inspected")),
    (N_("glyph:rate"), N_("Evaluation"), ("evaluation.published", "evaluation.opened")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """One link of the trace: what stands there, or that it is still missing."""

    glyph: str
    look: str
    title: str
    text: str
    href: str = ""


def trace(page: Page, matter: Matter) -> list[Node]:
    """Return the seven links of a matter, newest fact of each; missing ones stay visible."""
    newest: dict[str, int] = {head.kind: seq for seq, head in matter.heads.items()}
    wanted = {k: newest[k] for _, _, kinds in LINKS for k in kinds if k in newest}
    facts = _facts(page, matter, list(wanted))
    found = []
    for glyph, title, kinds in LINKS:
        fact = next((facts[k] for k in kinds if k in facts), None)
        words = page.words
        if fact is None and any(k in newest for k in kinds):
            found.append(Node(words(glyph), "", words(title), words(N_("Not for you to read"))))
            continue
        if fact is None:
            found.append(Node(words(glyph), "wait", words(title), words(N_("Not yet"))))
            continue
        said = tell(page, [fact])[0]
        look = "on" if fact.kind == kinds[0] else ""
        found.append(
            Node(
                words(glyph),
                look,
                words(title),
                said.text,
                url(page.request, "record", matter=matter.id, seq=fact.seq),
            )
        )
    return found


def _facts(page: Page, matter: Matter, kinds: list[str]) -> dict[str, Fact]:
    if not kinds:
        return {}
    listed = page.engine.facts(matter.id, page.viewer, kinds=kinds, newest=True, limit=100)
    return {fact.kind: fact for fact in reversed(listed)}
