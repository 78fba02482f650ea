"""Pages of oversight: the site at a glance, an inspection, a problem recorded in three taps."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wugong import N_, Engine, Matter, Refused, Unreadable, Viewer, Words, kind_of
from wugong_oversight.events import FindingFiled, Inspected
from wugong_oversight.findings import (
    FINDINGS,
    mending_refusals,
    rectification_rate,
    reinspection_refusals,
    rework_rate,
)
from wugong_oversight.group import CLAIMANT, SUPERVISION
from wugong_oversight.showing import (
    HINTS,
    SEVERITIES,
    STATES,
    Looked,
    in_order,
    inspections,
    looks_again,
    mended_by_finding,
)
from wugong_oversight.upkeep import PLAN_OF_UPKEEP
from wugong_server import Form, Panel, hookimpl, paged, read_form, record, respond, url

SHOWN = 5
MENDING = ("contractor", "steward", "officer")
MOST_FACTS = 1000


@hookimpl
def register_routes() -> list[Route]:
    at = "/m/{matter}/oversight"
    inspect, find = "act:oversight.inspected", "act:oversight.finding_filed"
    return [
        Route(at, show_site, name="oversight.site"),
        Route(f"{at}/new", ask_inspection, methods=["GET"], name=inspect),
        Route(f"{at}/new", send_inspection, methods=["POST"], name=inspect),
        Route(f"{at}/{{inspection:int}}", show_inspection, methods=["GET"], name=find),
        Route(f"{at}/{{inspection:int}}", send_finding, methods=["POST"], name=find),
    ]


@hookimpl
def can_name(matter: Matter, act: str, seq: int, viewer: Viewer) -> bool | None:
    state = matter.state(FINDINGS)
    match act:
        case "oversight.rectified":
            return not mending_refusals(state, seq, viewer.member)
        case "oversight.reinspected":
            return not reinspection_refusals(state, seq, viewer.member)
        case "oversight.finding_handed_over":
            return seq in state.findings and state.findings[seq].status != "closed"
    return None


@hookimpl
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    if page != "matter":
        return []
    panels = []
    if matter.state(FINDINGS).inspections or matter.state(SUPERVISION).everyone:
        context = _site(matter, viewer, engine)
        panels.append(Panel(50, words(N_("Supervision")), "oversight/panel.html", context))
    if matter.state(PLAN_OF_UPKEEP).id:
        context = {"of": matter, "plan": matter.state(PLAN_OF_UPKEEP)}
        panels.append(Panel(51, words(N_("Upkeep")), "oversight/upkeep.html", context, "aside"))
    return panels


def _site(matter: Matter, viewer: Viewer, engine: Engine) -> dict[str, Any]:
    """Return what both the panel and the page of a site tell."""
    state = matter.state(FINDINGS)
    ordered = in_order(state.findings.values())
    kinds = ("oversight.rectified",)
    told = engine.facts(matter.id, viewer, kinds=kinds, limit=MOST_FACTS)
    return {
        "of": matter,
        "group": matter.state(SUPERVISION),
        "inspected": len(state.inspections),
        "with_findings": len({f.inspection for f in ordered}),
        "rework": rework_rate(state),
        "rectified": rectification_rate(state),
        "findings": ordered[:SHOWN],
        "total": len(ordered),
        "closed": len(ordered) - len(state.unclosed),
        "stopping": state.stopping(None),
        "mended": mended_by_finding(told),
        "states": STATES,
        "severities": SEVERITIES,
        "mine": {f.id for f in ordered if looks_again(matter, f, viewer.member)},
    }


def _looked(request: Request, limit: int = MOST_FACTS) -> list[Looked]:
    engine, matter = request.app.state.engine, request.state.matter
    kinds = ("oversight.inspected",)
    facts = engine.facts(matter.id, request.state.viewer, kinds=kinds, limit=limit)
    return inspections(matter.state(FINDINGS), facts)


def show_site(request: Request) -> Response:
    matter, viewer = request.state.matter, request.state.viewer
    context = _site(matter, viewer, request.app.state.engine)
    context["findings"] = in_order(matter.state(FINDINGS).findings.values())
    listed = paged(_looked(request), request)
    return respond(request, "oversight/site.html", listed=listed, **context)


# Recording an inspection, and what it found


def _barred(request: Request, event: type[Any]) -> Refused | Response | None:
    """Say why this reader may not do it; who is signed out signs in first."""
    page, matter = request.state.page, request.state.matter
    viewer = page.acting_viewer(matter)
    reasons = request.app.state.engine.may(matter, viewer, kind_of(event))
    if reasons and not viewer.signed_in and page.sign_in_address:
        return RedirectResponse(page.sign_in_address, 303)
    return Refused(*reasons) if reasons else None


def ask_inspection(request: Request) -> Response:
    barred = _barred(request, Inspected)
    if isinstance(barred, Response):
        return barred
    return _inspection_form(request, request.query_params, barred)


async def send_inspection(request: Request) -> Response:
    form = await read_form(request)
    try:
        task = form.ref("task") if form.get("task") else None
        inspected = form.event(Inspected, task=task)
        receipt = await record(request, inspected, key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_inspection_form, request, form, refused)
    name, matter = "act:oversight.finding_filed", request.state.matter.id
    to = url(request, name, matter=matter, inspection=receipt.seq)
    return respond(request, "oversight/inspect.html", to=to, receipt=receipt)


def _inspection_form(
    request: Request, typed: Any, refused: Refused | Unreadable | None
) -> Response:
    matter = request.state.matter
    asked = typed.get("task", "")
    return respond(
        request,
        "oversight/inspect.html",
        unclosed=in_order(matter.state(FINDINGS).unclosed),
        states=STATES,
        severities=SEVERITIES,
        task=asked if asked.isdecimal() else "",
        typed=typed,
        refused=refused,
    )


def show_inspection(request: Request) -> Response:
    return _inspection(request, {}, None)


async def send_finding(request: Request) -> Response:
    form: Form = await read_form(request)
    number = request.path_params["inspection"]
    try:
        finding = form.event(FindingFiled, inspection=number, due_days=form.whole("due_days"))
        receipt = await record(request, finding, key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_inspection, request, form, refused)
    name, matter = "act:oversight.finding_filed", request.state.matter.id
    to = url(request, name, matter=matter, inspection=number)
    return respond(request, "oversight/inspection.html", to=to, receipt=receipt)


def _inspection(request: Request, typed: Any, refused: Refused | Unreadable | None) -> Response:
    number = request.path_params["inspection"]
    looked = next((one for one in _looked(request) if one.inspection.id == number), None)
    if looked is None:
        raise HTTPException(404)
    engine, matter, viewer = request.app.state.engine, request.state.matter, request.state.viewer
    words = request.state.words
    return respond(
        request,
        "oversight/inspection.html",
        **{**_site(matter, viewer, engine), "findings": looked.findings},
        looked=looked,
        degrees=[(key, words(title), words(HINTS[key])) for key, title in SEVERITIES.items()],
        people=_menders(matter, viewer, engine),
        typed=typed,
        refused=refused,
    )


def _menders(matter: Matter, viewer: Viewer, engine: Engine) -> list[tuple[str, str]]:
    """Return who may be named to mend a problem: those who build or look after it, not oneself."""
    held = [one for role in MENDING for one in matter.standing.holders(role, matter.id)]
    known = dict.fromkeys([*held, *sorted(matter.relations.get(CLAIMANT, ()))])
    names = engine.names(matter.community, known, viewer)
    return [(one, names[one] or one) for one in known if one != viewer.member]
