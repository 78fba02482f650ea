"""Pages of building: the catalogue of a community, projects and campaigns of a matter."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wugong import N_, Engine, Matter, Refused, Viewer, Words, kind_of
from wugong_building.campaigns import GIVEN
from wugong_building.catalogue import PROJECTS
from wugong_building.events import GIFTS, Pledged
from wugong_building.projects import CATALOGUE, Saving
from wugong_building.showing import STATES, WHATS, Row, in_order, own_pledges, progress, rows_of
from wugong_server import Panel, hookimpl, paged, read_form, record, respond

MOST_PROJECTS = 1000
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
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    if page == "home":
        return _home(matter, viewer, engine, words)
    if page != "matter":
        return []
    return [*_projects(matter, viewer, engine, words), *_campaigns(matter, viewer, words)]


def _home(matter: Matter, viewer: Viewer, engine: Engine, words: Words) -> list[Panel]:
    free = [row for row in _community(engine, matter, viewer) if row.state == "free"]
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


def _community(engine: Engine, standing: Matter, viewer: Viewer) -> list[Row]:
    """Return the projects of every matter that the reader may know of, free ones first."""
    listed = engine.view(PROJECTS, standing.id, viewer, newest=True, limit=MOST_PROJECTS)
    places = {name: engine.matter(name) for name in dict.fromkeys(row["matter"] for row in listed)}
    rows = []
    for one in listed:
        matter = places[one["matter"]]
        if engine.may_read_matter(matter, viewer):
            catalogue, number = matter.state(CATALOGUE), int(one["key"])
            project = catalogue.projects[number]
            rows.append(Row(matter, project, catalogue.claim_of(number)))
    return in_order(rows)


def _saved(rows: list[Row]) -> Saving:
    settled = [row.project for row in rows if row.project.public_cost_fen is not None]
    return Saving(
        len(settled),
        sum(project.estimate_fen for project in settled),
        sum(project.public_cost_fen or 0 for project in settled),
    )


def show_catalogue(request: Request) -> Response:
    engine, matter = request.app.state.engine, request.state.matter
    rows = _community(engine, matter, request.state.viewer)
    return respond(
        request,
        "building/catalogue.html",
        listed=paged(rows, request),
        free=sum(row.state == "free" for row in rows),
        states=STATES,
        saved=_saved(rows),
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
    what, campaign = form["what"], form.get("campaign")
    pledge = form.event(
        Pledged,
        what=what,
        amount=form.money("amount") if what == "money" else form.whole("amount"),
        campaign=form.ref("campaign") if campaign else None,
    )
    try:
        receipt = await record(request, pledge, key=form["key"])
    except Refused as refused:
        return await run_in_threadpool(_pledge_form, request, form, refused)
    return respond(request, "building/pledge-form.html", receipt=receipt)


def _pledge_form(request: Request, typed: Any, refused: Refused | None) -> Response:
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
