"""The law that decisions rest on: every statute that is cited, told article by article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wugong import Article, Procedure, Statute
from wugong_server import laws
from wugong_server.page import Page, page_of
from wugong_server.responding import respond


@dataclass(frozen=True, slots=True)
class Told:
    """An article as its page tells it, with the procedures that cite it."""

    anchor: str
    title: str
    says: str
    confidence: str
    procedures: tuple[Procedure, ...]


def listed(request: Request) -> Response:
    """Show the statutes that are told here, by how binding they are."""
    page = page_of(request)
    statutes = sorted(page.engine.registry.statutes.values(), key=lambda one: one.id)
    by_binding = {kind: [s for s in statutes if s.binding == kind] for kind in laws.MARKS}
    return respond(request, "statutes.html", by_binding=by_binding, marks=laws.MARKS)


def show(request: Request) -> Response:
    """Show one statute."""
    page = page_of(request)
    statute = page.engine.registry.statutes.get(request.path_params["statute"])
    if statute is None:
        raise HTTPException(404)
    citing = _citing(page, statute)
    articles = [_told(page, statute, article, citing) for article in statute.articles]
    mark = laws.MARKS[statute.binding][page.words.language]
    return respond(request, "statute.html", statute=statute, articles=articles, mark=mark)


def _told(
    page: Page, statute: Statute, article: Article, citing: dict[str, list[Procedure]]
) -> Told:
    language = page.words.language
    return Told(
        anchor=laws.anchor_of(statute, article),
        title=laws.title_of(statute, article, language),
        says=article.says[language],
        confidence=article.confidence,
        procedures=tuple(citing.get(article.number, ())),
    )


def _citing(page: Page, statute: Statute) -> dict[str, list[Procedure]]:
    """Return the procedures that cite the statute, by article."""
    registry = page.engine.registry
    found: dict[str, list[Procedure]] = {}
    for _, procedure in sorted(registry.procedures.items()):
        for number in sorted(_cited(procedure, statute, registry.sources)):
            found.setdefault(number, []).append(procedure)
    return found


def _cited(procedure: Procedure, statute: Statute, sources: dict[str, Statute]) -> set[str]:
    cited = set()
    for source in sources_of(procedure):
        named = laws.find(source, sources)
        if named is not None and named[0] is statute:
            articles = map(statute.article, named[1])
            cited |= {article.number for article in articles if article is not None}
    return cited


def sources_of(declared: Any) -> Iterator[str]:
    """Yield every source in a declaration and its parts: ``source``, ``article``, ``…_source``."""
    for name in [one.name for one in fields(declared)]:
        value = getattr(declared, name)
        if isinstance(value, str) and (name in ("source", "article") or name.endswith("_source")):
            yield from laws.split(value)
        parts: Iterable[Any] = value if isinstance(value, tuple) else (value,)
        for part in parts:
            if is_dataclass(part) and not isinstance(part, type):
                yield from sources_of(part)
