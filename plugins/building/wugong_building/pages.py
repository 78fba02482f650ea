"""Pages of building: the catalogue of a community, projects and campaigns of a matter."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wugong import N_, Engine, Matter, Refused, Unreadable, Viewer, Words, kind_of
from wugong_building.campaigns import GIVEN, withdrawal_refusals
from wugong_building.events import GIFTS, Pledged
from wugong_building.projects import (
    CATALOGUE,
    acceptance_refusals,
    claim_refusals,
    own_claim_refusals,
    return_refusals,
    settlement_refusals,
)
from wugong_building.showing import (
    STATES,
    WHATS,
    listings,
    own_pledges,
    progress,
    row_of,
    rows_of,
    saved,
)
from wugong_server import Form, Panel, hookimpl, paged, read_form, record, respond

UNITS = {
    "money": N_("Amount in yuan, such as 500"),
    "labour": N_("Amount in days"),
    "materials": N_("Amount in pieces; say in the remark of what"),
}


@hookimpl
def register_routes() -> list[Route]:
    pledge = "act:building.pledged"
    return [
        Route("/c/{community}/projects", show_catalogue, name="building.projects"),
        Route("/m/{matter}/pledges/new", ask_pledge, methods=["GET"], name=pledge),
        Route("/m/{matter}/pledges/new", send_pledge, methods=["POST"], name=pledge),
    ]


@hookimpl
def can_name(matter: Matter, act: str, seq: int, viewer: Viewer, engine: Engine) -> bool | None:
    catalogue, who = matter.state(CATALOGUE), viewer.member
    match act:
        case "building.claimed":
            return not claim_refusals(catalogue, seq, viewer.roles)
        case "building.delivered" | "building.claim_given_up":
            return not own_claim_refusals(catalogue, seq, who)
        case "building.delivery_returned":
            return not return_refusals(catalogue, seq)
        case "building.task_accepted" if seq in catalogue.projects:
            return not acceptance_refusals(catalogue, seq, None)
        case "building.cost_settled":
            return not settlement_refusals(catalogue, seq)
        case "building.pledge_withdrawn":
            return not withdrawal_refusals(matter.state(GIVEN), seq, who, engine.now())
    return None


@hookimpl
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    if page == "home":
        return _home(matter, viewer, engine, words)
    if page != "matter":
        return []
    return [*_projects(matter, viewer, engine, words), *_campaigns(matter, viewer, words)]


def _home(matter: Matter, viewer: Viewer, engine: Engine, words: Words) -> list[Panel]:
    free = [one for one in listings(engine, matter.id, viewer) if one.state == "free"]
    if not free:
        return []
    context = {"of": matter, "free": free[:3], "count": len(free)}
    return [Panel(40, words(N_("Projects to take on")), "building/home.html", context)]


def _projects(matter: Matter, viewer: Viewer, engine: Engine, words: Words) -> list[Panel]:
    if not matter.state(CATALOGUE).projects:
        return []
    context = {
        "of": matter,
        "rows": rows_of(engine, matter, viewer),
        "states": STATES,
        "labour": matter.state(GIVEN).labour_days,
    }
    return [Panel(40, words(N_("Micro-projects")), "building/projects.html", context)]


def _campaigns(matter: Matter, viewer: Viewer, words: Words) -> list[Panel]:
    given = matter.state(GIVEN)
    own = own_pledges(matter, viewer.member) if viewer.member else []
    if not given.campaigns and not own:
        return []
    context = {"of": matter, "campaigns": progress(given), "own": own, "whats": WHATS}
    return [Panel(41, words(N_("Pledges")), "building/campaigns.html", context)]


def show_catalogue(request: Request) -> Response:
    engine, community = request.app.state.engine, request.state.matter.id
    listed = listings(engine, community, request.state.viewer)
    shown = paged(listed, request)
    places = {name: engine.matter(name) for name in {one.matter for one in shown.items}}
    return respond(
        request,
        "building/catalogue.html",
        listed=shown,
        rows=[row_of(places[one.matter], one.project) for one in shown.items],
        free=sum(one.state == "free" for one in listed),
        states=STATES,
        saved=saved(listed),
    )


# Pledging has a form of its own: money is typed in yuan, labour in days, materials in pieces


def ask_pledge(request: Request) -> Response:
    page, matter = request.state.page, request.state.matter
    viewer = page.acting_viewer(matter)
    reasons = request.app.state.engine.may(matter, viewer, kind_of(Pledged))
    if reasons and not viewer.signed_in and page.sign_in_address:
        return RedirectResponse(page.sign_in_address, 303)
    return _pledge_form(request, request.query_params, Refused(*reasons) if reasons else None)


async def send_pledge(request: Request) -> Response:
    form = await read_form(request)
    try:
        receipt = await record(request, _pledged(form), key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_pledge_form, request, form, refused)
    return respond(request, "building/pledge-form.html", receipt=receipt)


def _pledged(form: Form) -> Pledged:
    what, campaign = form["what"], form.get("campaign")
    pledge: Pledged = form.event(
        Pledged,
        what=what,
        amount=form.money("amount") if what == "money" else form.whole("amount"),
        campaign=form.ref("campaign") if campaign else None,
    )
    return pledge


def _pledge_form(request: Request, typed: Any, refused: Refused | Unreadable | None) -> Response:
    words, given = request.state.words, request.state.matter.state(GIVEN)
    asked = typed.get("campaign", "")
    campaign = given.campaigns.get(int(asked)) if asked.isdecimal() else None
    return respond(
        request,
        "building/pledge-form.html",
        campaign=campaign,
        gifts=[(key, words(title), words(UNITS[key])) for key, title in GIFTS.items()],
        typed=typed,
        refused=refused,
    )
