"""Every procedure on a page of its own, with its calculator (試算): change a figure, see why."""

from __future__ import annotations

from datetime import date

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wugong import Procedure
from wugong.describing import class_titles, describe, stricter
from wugong.figures import Undecidable
from wugong_server import laws
from wugong_server.calculating import (
    answered,
    blamed,
    composition_fields,
    fields_of,
    read_request,
)
from wugong_server.page import Page, page_of
from wugong_server.responding import respond

CHECK = "check"  # which of the two forms was sent: the vote's or the composition's


def listed(request: Request) -> Response:
    """Show the procedures by the kind of community that uses them."""
    page = page_of(request)
    registry = page.engine.registry
    titles = {name: page.words_of("")(one.title) for name, one in registry.settings.items()}
    by_setting: dict[str, list[Procedure]] = {}
    for _, procedure in sorted(registry.procedures.items()):
        by_setting.setdefault(procedure.setting, []).append(procedure)
    return respond(
        request,
        "procedures.html",
        by_setting=by_setting,
        titles=titles,
        places=page.places,
        stricter={name: _packs(page, name) for name in registry.procedures},
    )


def show(request: Request) -> Response:
    """Show one procedure, and what the figures in the address come to."""
    page = page_of(request)
    known = page.engine.registry.procedures
    procedure = known.get(request.path_params["procedure"])
    if procedure is None:
        raise HTTPException(404)
    given = dict(request.query_params)
    today = page.now.astimezone(page.zone).date()
    check = given.get(CHECK, "")
    result, field, error = None, "", ""
    if check:
        asked = read_request(procedure, given)
        if check == "composition":
            asked = {"check": "composition", **asked}
        asked.setdefault("on", today.isoformat())
        try:
            result = answered(asked, known, page.words)
        except Undecidable as wrong:
            field, error = blamed(
                wrong,
                page.words,
                class_titles(procedure, page.words),
                _names(page) | page.places,
            )
    names = _names(page)
    parent = known.get(procedure.parent) if procedure.parent else None
    sections = describe(procedure, page.words, names)
    day = min(today, procedure.effective_to or today).isoformat()
    where, bound = _where(page, procedure.id), _statutory(page, procedure, today)
    groups = fields_of(procedure, given, page.words, day, where, bound)
    return respond(
        request,
        "procedure.html",
        procedure=procedure,
        current=procedure.in_force(today),
        sections=sections,
        unverified=any(line.confidence == "M" for one in sections for line in one.lines),
        first_day=_first_day(page, procedure),
        names=names,
        changes=stricter(procedure, parent, page.words, names) if parent else (),
        own_basis=procedure.basis[: -len(parent.basis)] if parent else (),
        stricter_here=_packs(page, procedure.id),
        places=page.places,
        asked=[group for group in groups if group.asked],
        further=[group for group in groups if not group.asked],
        composition=composition_fields(procedure, given, page.words),
        check=check,
        result=result,
        wrong_field=field,
        error=error,
    )


def _first_day(page: Page, procedure: Procedure) -> str:
    """Say how sure we are of its first day: as of that of a statute it rests on; else nothing.

    A local pack that states a day of its own is taken at its word.
    """
    known = page.engine.registry
    parent = known.procedures[procedure.parent] if procedure.parent else procedure
    if procedure.effective_from != parent.effective_from:
        return "V"
    named = (laws.find(one.article, known.sources) for one in procedure.basis)
    since = {
        one[0].confidence for one in named if one and one[0].in_force == procedure.effective_from
    }
    return next((sure for sure in "VSMI" if sure in since), "")


def _packs(page: Page, name: str) -> list[Procedure]:
    """Return the local packs that make a procedure stricter, in order of id."""
    known = page.engine.registry.procedures
    return [one for _, one in sorted(known.items()) if one.parent == name]


def _where(page: Page, name: str) -> list[tuple[str, str]]:
    """Return the places in which a local pack is stricter, with their names."""
    places = {one.jurisdiction for one in _packs(page, name)}
    return [(one, page.places.get(one, one)) for one in sorted(places)]


def _statutory(page: Page, custom: Procedure, today: date) -> list[tuple[str, str]]:
    """Return what a custom cannot take the place of, with titles; nothing for a statute's own."""
    return [
        (name, one.title.get(page.language, name))
        for name, one in sorted(page.engine.registry.procedures.items())
        if custom.customary and one.decides and one.consent and not one.ancestors
        if one.in_force(today)
    ]


def _names(page: Page) -> dict[str, str]:
    """Return the titles of all procedures by id."""
    found = page.engine.registry.procedures
    return {name: one.title.get(page.language, name) for name, one in found.items()}
