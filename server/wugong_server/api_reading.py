"""What the API's reading routes answer, each by its noun and for one reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from starlette.exceptions import HTTPException

from wugong import (
    JURISDICTION,
    Entitlement,
    Kind,
    Procedure,
    local_day,
    may_read,
    not_offered,
)
from wugong.deciding import needed_figures
from wugong.people import ROSTER, edition_prefix
from wugong.rosters import read_entitlement
from wugong_server import nouns
from wugong_server.api_query import Query, paged
from wugong_server.page import Page, url
from wugong_server.problem import Malformed, reason_json
from wugong_server.running import owed

V1 = "/api/v1"
COMMUNITY, MATTER = V1 + "/communities/{community}", V1 + "/matters/{matter}"
MOST_A_PAGE, A_PAGE = 200, 50
SIGN_IN = {"WWW-Authenticate": 'Bearer realm="wugong"'}
SCAN = 2000  # facts looked through at once for one's own

Read = Callable[[Page], Any]


def communities(page: Page) -> Any:
    """Every community of this server."""
    Query(page).done()
    found = page.engine.communities()
    return {"communities": [{"id": a, "title": b, "setting": c} for a, b, c in found]}


def community(page: Page) -> Any:
    """One community, with the head of its journal."""
    Query(page).done()
    standing = _standing(page)
    made = nouns.community(standing, page.words, page.engine.registry.defaults)
    return made | {"head": _head(page)}


def head(page: Page) -> Any:
    """Where the journal stands: publish it, and nobody can rewrite what is before it unseen."""
    Query(page).done()
    return _head(page)


def growth(page: Page) -> Any:
    """What proves that the journal only grew since its tree had that many records."""
    Query(page).done()
    size = page.request.path_params["size"]
    found = None
    if re.fullmatch(r"[1-9]\d{0,14}", size):
        found = page.engine.growth(_standing(page).community, int(size))
    if found is None:
        raise HTTPException(404)
    return asdict(found)


def _head(page: Page) -> dict[str, Any]:
    community = _standing(page).community
    found, (size, root) = page.engine.head(community), page.engine.root(community)
    return {
        "seq": found.seq,
        "sha256": found.digest,
        "sm3": found.sm3,
        "at": found.at or None,
        "tree": {"size": size, "root": root},
    }


def matters(page: Page) -> Any:
    """The matters that the reader may know of, newest first."""
    query = Query(page, "search", "stage", "cursor", "limit")
    limit = query.number("limit", A_PAGE, 1, MOST_A_PAGE)
    offset = query.number("cursor", 0, 0, 10**9)
    search, stage = query.text("search"), query.stage("stage")
    query.done()
    rows, total = page.engine.matters(
        _standing(page).community,
        page.viewer,
        search=search,
        stage=stage,
        offset=offset,
        limit=limit,
    )
    more = offset + len(rows) if rows and offset + len(rows) < total else None
    listed = [nouns.line(row, page.words) for row in rows]
    return paged(page, "matters", listed, more) | {"total": total}


def matter(page: Page) -> Any:
    """One matter: how each stage stands, what the reader may do in it now, which terms run."""
    Query(page).done()
    found = _matter(page)
    terms = [nouns.term(one) for one in owed(page, found, page.viewer)]
    return nouns.matter(found, page.words) | {"acts": _acts(page), "terms": terms}


def acts(page: Page) -> Any:
    """What the reader may do in a matter now; ``refused`` says why each other act is not open."""
    query = Query(page, "all")
    every = query.flag("all")
    query.done()
    answer: dict[str, Any] = {"acts": _acts(page)}
    if every:
        answer["refused"] = [
            {
                "kind": kind.name,
                "title": page.words(kind.title or kind.name),
                "reasons": [reason_json(page, reason) for reason in reasons],
            }
            for kind in _kinds(page)
            if (reasons := page.engine.may(_matter(page), page.viewer, kind))
        ]
    return answer


def _acts(page: Page) -> list[dict[str, Any]]:
    offered = page.engine.offered(_matter(page), page.viewer)
    document = url(page.request, "api.document")
    return [
        {
            "kind": kind.name,
            "title": page.words(kind.title or kind.name),
            "schema": f"{document}#/components/schemas/{kind.name}",
        }
        for kind in offered
    ]


def facts_of_matter(page: Page) -> Any:
    """What happened in a matter."""
    return _facts(page, _matter(page).id, whole=False)


def facts(page: Page) -> Any:
    """What happened in a community, in all its matters."""
    return _facts(page, _standing(page).community, whole=True)


def _facts(page: Page, place: str, whole: bool) -> Any:
    query = Query(page, "cursor", "limit", "newest", "kind")
    limit = query.number("limit", A_PAGE, 1, MOST_A_PAGE)
    newest, kind = query.flag("newest"), query.text("kind")
    cursor = query.number("cursor", 0, 0, 2**53)
    query.done()
    start: Mapping[str, Any] = {"before": cursor or None} if newest else {"after": cursor}
    found = page.engine.facts(
        place,
        page.viewer,
        limit=limit + 1,
        newest=newest,
        kinds=(kind,) if kind else (),
        whole=whole,
        **start,
    )
    more = found[limit - 1].seq if len(found) > limit else None
    shown = found[:limit]
    page.learn_names(one for fact in shown for one in (fact.by, fact.principal) if one)
    listed = nouns.facts(page, shown)
    known = {member: name for member, name in sorted(page.names.items()) if name}
    return paged(page, "facts", listed, more) | {"names": known}


def fact(page: Page) -> Any:
    """One fact by its number, with the facts that it answers and those that answer it."""
    Query(page).done()
    place = _standing(page).community
    text = page.request.path_params["seq"]
    seq = int(text) if re.fullmatch(r"[1-9]\d{0,14}", text) else 0
    found = page.engine.fact(place, seq, page.viewer) if seq else None
    if found is None:
        raise HTTPException(404)
    answers, answered_by = page.engine.links(place, seq, page.viewer)
    return nouns.facts(page, [found])[0] | {"answers": answers, "answered_by": answered_by}


def waiting(page: Page) -> Any:
    """What is awaited in a matter, from whom and by when."""
    Query(page).done()
    found = _matter(page)
    items = [(found.id, item) for item in page.engine.waiting(found.id, page.viewer)]
    return {"waiting": nouns.waiting(page, items)}


def tasks(page: Page) -> Any:
    """What waits for the reader in all matters of a community, by deadline."""
    Query(page).done()
    _signed_in(page)
    found = page.engine.tasks(_standing(page).community, page.viewer)
    return {"waiting": nouns.waiting(page, found)}


def me(page: Page) -> Any:
    """The reader: name, roles, entitlements in every roster, and what waits."""
    Query(page).done()
    member = _signed_in(page)
    standing = _standing(page)
    name = page.engine.names(standing.community, [member], page.viewer).get(member, "")
    answer = nouns.reader(page)
    return answer | {
        "name": name,
        "entitlements": [
            nouns.entitlement(roster, one)
            for roster, edition in sorted(standing.rosters.items())
            for one in _entitlements(page, edition)
            if one.member == member
        ],
    }


def _entitlements(page: Page, edition: str) -> list[Entitlement]:
    place = _standing(page).community
    found = page.engine.book(ROSTER, place, prefix=edition_prefix(edition))
    return [read_entitlement(value) for value in found.values()]


def my_facts(page: Page) -> Any:
    """What the reader did, or had done for them, newest first; looks through a span at a time."""
    query = Query(page, "cursor", "limit")
    limit = query.number("limit", A_PAGE, 1, MOST_A_PAGE)
    before = query.number("cursor", 0, 0, 2**53)
    query.done()
    member = _signed_in(page)
    found = page.engine.facts(
        _standing(page).community,
        page.viewer,
        whole=True,
        newest=True,
        before=before or None,
        limit=SCAN,
    )
    mine = [one for one in found if member in (one.by, one.principal)]
    last = mine[limit - 1].seq if len(mine) > limit else None
    if last is None and len(found) == SCAN:
        last = found[-1].seq
    return paged(page, "facts", nouns.facts(page, mine[:limit]), last)


def receipt(page: Page) -> Any:
    """What a receipt code proves: that an act is in the journal, and when it was recorded."""
    Query(page).done()
    try:
        found = page.engine.receipt(_standing(page).community, page.request.path_params["code"])
    except ValueError as error:
        raise Malformed(422, ("code", str(error))) from None
    if found is None:
        raise HTTPException(404)
    proved = page.engine.inclusion(_standing(page).community, found)
    return {
        "inclusion": asdict(proved) if proved else None,
        "seq": found.seq,
        "matter": found.matter,
        "kind": found.kind,
        "at": nouns.time(found.at),
        "channel": found.channel,
        "digest": found.digest,
    }


def books(page: Page) -> Any:
    """The books that the reader may read."""
    Query(page).done()
    return {"books": [{"book": name, "shown_to": book.shown_to} for name, book in _books(page)]}


def book(page: Page) -> Any:
    """The values of a book, ordered by key."""
    query = Query(page, "prefix", "cursor", "limit")
    limit = query.number("limit", A_PAGE, 1, MOST_A_PAGE)
    prefix, after = query.text("prefix", 200), query.text("cursor", 400)
    query.done()
    found = dict(_books(page)).get(page.request.path_params["book"])
    if found is None:
        raise HTTPException(404)
    values = page.engine.book(found, _standing(page).community, prefix=prefix)
    keys = [key for key in values if key > after]
    rows = [{"key": key, "value": values[key]} for key in keys[:limit]]
    return paged(page, "values", rows, keys[limit - 1] if len(keys) > limit else None)


def _books(page: Page) -> list[tuple[str, Any]]:
    found = sorted(page.engine.registry.books.items())
    return [
        (name, book)
        for name, (plugin, book) in found
        if plugin in _standing(page).plugins and may_read(page.viewer, book.shown_to)
    ]


def views(page: Page) -> Any:
    """The views (tables) that the reader may read, with their columns."""
    Query(page).done()
    return {
        "views": [
            {
                "view": name,
                "shown_to": view.shown_to,
                "columns": [
                    {"name": column, "type": "integer" if of is int else "string"}
                    for column, of in view.columns.items()
                ],
            }
            for name, view in _views(page)
        ]
    }


def view(page: Page) -> Any:
    """The rows of a view, by the fact that last set them."""
    query = Query(page, "matter", "cursor", "limit")
    limit = query.number("limit", A_PAGE, 1, MOST_A_PAGE)
    after, wanted = query.number("cursor", 0, 0, 2**53), query.text("matter")
    query.done()
    found = dict(_views(page)).get(page.request.path_params["view"])
    if found is None:
        raise HTTPException(404)
    rows = _rows(page, found, wanted or None, after, limit)
    more = rows[-1]["seq"] if len(rows) >= limit else None
    return paged(page, "rows", rows, more)


def _rows(page: Page, view: Any, matter: str | None, after: int, limit: int) -> list[Any]:
    """Return at least ``limit`` rows where there are so many: all rows that one fact set stay
    together, as the cursor is the number of a fact."""
    asked = limit
    while True:
        rows = page.engine.view(
            view,
            _standing(page).community,
            page.viewer,
            matter=matter,
            after=after,
            limit=asked + 1,
        )
        if len(rows) <= asked:
            return rows
        whole = [row for row in rows if row["seq"] != rows[-1]["seq"]]
        if len(whole) >= limit:
            end = whole[limit - 1]["seq"]
            return [row for row in whole if row["seq"] <= end]
        asked *= 2


def _views(page: Page) -> list[tuple[str, Any]]:
    found = sorted(page.engine.registry.views.items())
    return [
        (name, view)
        for name, (plugin, view) in found
        if plugin in _standing(page).plugins and may_read(page.viewer, view.shown_to)
    ]


def procedures(page: Page) -> Any:
    """The procedures that this kind of community may use."""
    Query(page).done()
    found = sorted(page.engine.registry.procedures.items())
    setting = _standing(page).setting
    shown = [p for _, p in found if p.setting in ("", "any", setting)]
    return {"procedures": [_offered(page, one) for one in shown]}


def _offered(page: Page, found: Procedure) -> dict[str, Any]:
    """Write a procedure, whether it is offered where the community lies, and what is instead."""
    known = page.engine.registry.procedures
    place, today = _standing(page).settings.get(JURISDICTION, ""), local_day(page.now)
    why = not_offered(found, known, place, today)
    instead = [one.id for one in why.instead] if why else []
    made = nouns.procedure(found, page.language)
    return {**made, "offered": why is None and found.in_force(today), "instead": instead}


def all_procedures(page: Page) -> Any:
    """Every procedure that is installed, with the figures that ``/decide`` needs for it."""
    Query(page).done()
    found = sorted(page.engine.registry.procedures.items())
    return {"procedures": [_with_figures(one, page.language) for _, one in found]}


def _with_figures(found: Procedure, language: str) -> dict[str, Any]:
    figures = [f"{group}.{unit}" for group, unit in needed_figures(found)]
    return {**nouns.procedure(found, language), "kind": found.kind, "figures": figures}


def rules(page: Page) -> Any:
    """The counting rules."""
    Query(page).done()
    found = sorted(page.engine.registry.rules.items())
    return {"rules": [nouns.rule(one, page.words) for _, one in found]}


def duties(page: Page) -> Any:
    """The 權責清單: every kind of act, who may do it, in which stages, by which article."""
    Query(page).done()
    return {"duties": [nouns.duty(page, kind) for kind in _kinds(page)]}


def _kinds(page: Page) -> list[Kind]:
    spoken = {"wugong", "voting", "building", "funds", *_standing(page).plugins}
    found = sorted(page.engine.registry.kinds.items())
    return [kind for _, kind in found if kind.plugin in spoken]


def _matter(page: Page) -> Any:
    if page.matter is None:
        raise HTTPException(404)
    return page.matter


def _standing(page: Page) -> Any:
    return _matter(page).standing


def _signed_in(page: Page) -> str:
    if not page.member:
        raise HTTPException(401, headers=SIGN_IN)
    return page.member


READING: Mapping[str, Read] = {
    V1 + "/communities": communities,
    V1 + "/procedures": all_procedures,
    COMMUNITY: community,
    COMMUNITY + "/head": head,
    COMMUNITY + "/head/{size}": growth,
    COMMUNITY + "/matters": matters,
    COMMUNITY + "/facts": facts,
    COMMUNITY + "/facts/{seq}": fact,
    COMMUNITY + "/receipts/{code}": receipt,
    COMMUNITY + "/waiting": tasks,
    COMMUNITY + "/me": me,
    COMMUNITY + "/me/facts": my_facts,
    COMMUNITY + "/books": books,
    COMMUNITY + "/books/{book}": book,
    COMMUNITY + "/views": views,
    COMMUNITY + "/views/{view}": view,
    COMMUNITY + "/procedures": procedures,
    COMMUNITY + "/rules": rules,
    COMMUNITY + "/duties": duties,
    MATTER: matter,
    MATTER + "/acts": acts,
    MATTER + "/facts": facts_of_matter,
    MATTER + "/waiting": waiting,
}
