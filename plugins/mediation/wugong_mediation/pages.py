"""Pages of mediation: for the people of one case alone. To everybody else there is no such page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wugong import N_, Engine, Matter, Ref, Refused, Unreadable, Viewer, Words, seal
from wugong_mediation.cases import CASES, Case
from wugong_mediation.events import (
    GROUNDS,
    READERS,
    REASONS,
    Agreed,
    Answered,
    ConfirmationSought,
    ConflictDeclared,
    Ended,
    MediatorAccepted,
    MediatorProposed,
    NoteFiled,
    OfferMade,
    Requested,
    Signed,
)
from wugong_mediation.rules import CONFIRMATION, END, MAY_END_AS, NEUTRALITY, recusal
from wugong_mediation.settings import ANSWER_DAYS, days, term_source
from wugong_mediation.showing import (
    ROLES,
    STEPS,
    Shown,
    agreement_text,
    cases_of,
    role_in,
    shown,
    statements,
)
from wugong_mediation.texts import REMEDIES
from wugong_server import Form, Panel, hookimpl, read_form, record, respond, url

MOST_PEOPLE = 2000


@hookimpl
def register_routes() -> list[Route]:
    at = "/m/{matter}/mediation"
    routes = [
        Route(f"{at}/new", ask_request, methods=["GET"], name="act:mediation.requested"),
        Route(f"{at}/new", send_request, methods=["POST"], name="act:mediation.requested"),
        Route(f"{at}/{{case:int}}", show_case, name="mediation.case"),
        Route(f"{at}/{{case:int}}/signed", show_text, methods=["GET"], name="act:mediation.signed"),
    ]
    for verb in EVENTS:
        path, name = f"{at}/{{case:int}}/{verb}", f"act:mediation.{verb}"
        routes.append(Route(path, act, methods=["POST"], name=name))
        if verb != "signed":
            routes.append(Route(path, to_case, methods=["GET"], name=name))
    return routes


@hookimpl
def can_name(matter: Matter, act: str, seq: int, viewer: Viewer) -> bool | None:
    plugin, _, verb = act.partition(".")
    case = matter.state(CASES).by_id.get(seq)
    return None if plugin != "mediation" or case is None else case.waits_for(verb, viewer.member)


@hookimpl
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    if not viewer.signed_in or page not in ("mine", "matter"):
        return []
    if page == "mine":
        found = cases_of(engine, matter.community, viewer, viewer.member)
        return [_panel(words(N_("Mediation")), found, 10, "main")] if found else []
    mine = matter.state(CASES).of(viewer.member)
    listed = [shown(matter, case, viewer.member, engine.now()) for case in mine]
    return [_panel(words(N_("Mediation")), listed, 10, "aside", matter)]


def _panel(
    title: str, found: list[Shown], order: int, place: Any, matter: Matter | None = None
) -> Panel:
    context = {"found": found, "of": matter, "roles": ROLES, "steps": STEPS, "reasons": REASONS}
    return Panel(order, title, "mediation/panel.html", context, place)


# Who is asking, and about which case


def _member(request: Request) -> str:
    page = request.state.page
    return str(page.principal or request.state.viewer.member)


def _viewer(request: Request) -> Viewer:
    """Return the eyes of this page: at the desk, those of the person who is helped."""
    found: Viewer = request.state.page.acting_viewer(request.state.matter)
    return found


def _case(request: Request) -> Case:
    """Return the case of the path; for a stranger there is none."""
    matter: Matter = request.state.matter
    case = matter.state(CASES).by_id.get(request.path_params["case"])
    if case is None or _member(request) not in case.people:
        raise HTTPException(404)
    return case


# Asking for mediation


def _request_form(request: Request, **more: Any) -> Response:
    engine, matter = request.app.state.engine, request.state.matter
    me = _member(request)
    people = engine.directory(matter.community, request.state.viewer) if me else []
    named = [
        (one.member, f"{one.name} {one.group}".strip())
        for one in people
        if one.name and one.member != me
    ]
    return respond(
        request,
        "mediation/request.html",
        people=sorted(named, key=lambda one: one[1])[:MOST_PEOPLE],
        answer_days=days(matter, ANSWER_DAYS),
        source=END,
        **more,
    )


def ask_request(request: Request) -> Response:
    page = request.state.page
    engine = request.app.state.engine
    kind = engine.registry.kinds["mediation.requested"]
    reasons = engine.may(request.state.matter, _viewer(request), kind)
    if reasons and not request.state.viewer.signed_in and page.sign_in_address:
        return RedirectResponse(page.sign_in_address, 303)
    refused = Refused(*reasons) if reasons else None
    return _request_form(request, refused=refused, typed=request.query_params)


async def send_request(request: Request) -> Response:
    form = await read_form(request)
    try:
        receipt = await record(request, form.event(Requested), key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_request_form, request, refused=refused, typed=form)
    to = url(request, "mediation.case", matter=request.state.matter.id, case=receipt.seq)
    return respond(request, "mediation/recorded.html", to=to, receipt=receipt)


# One case


def show_case(request: Request) -> Response:
    return _show(request, "mediation/case.html")


def show_text(request: Request) -> Response:
    return _show(request, "mediation/sign.html")


def to_case(request: Request) -> Response:
    case = _case(request)
    to = url(request, "mediation.case", matter=request.state.matter.id, case=case.id)
    return RedirectResponse(to, 303)


def _show(
    request: Request,
    template: str,
    refused: Refused | Unreadable | None = None,
    typed: Any = None,
) -> Response:
    case = _case(request)
    engine, matter, words = request.app.state.engine, request.state.matter, request.state.words
    me = _member(request)
    said = statements(engine, matter, _viewer(request), case)
    request.state.page.learn_names([*case.people, *(one.by for one in said)])
    role = role_in(case, me)
    ends = MAY_END_AS["mediator" if role == "mediator" else "party"]
    return respond(
        request,
        template,
        refused=refused,
        typed=typed or {},
        shown=shown(matter, case, me, engine.now()),
        case=case,
        me=me,
        role=role,
        party=role in ("requester", "other"),
        opposite=case.opposite(me) if me in case.parties else "",
        said=said,
        text=agreement_text(said, case),
        step_names=[words(step) for step in STEPS],
        role_words=words(ROLES[role]),
        mediators=_mediators(request, matter, case),
        grounds=[(key, words(title), "") for key, title in GROUNDS.items()],
        readers=[(key, words(title), "") for key, title in READERS.items()],
        ends=[(key, words(REASONS[key]), "") for key in ends],
        reason=words(REASONS[case.reason]) if case.reason else "",
        remedies=words(REMEDIES),
        sources={
            "end": END,
            "term": term_source(matter),
            "confirm": CONFIRMATION,
            "neutral": f"{NEUTRALITY}; {recusal(matter)}",
        },
    )


def _mediators(request: Request, matter: Matter, case: Case) -> list[tuple[str, str]]:
    page = request.state.page
    listed = [m for m in matter.standing.holders("mediator", matter.id) if m not in case.parties]
    page.learn_names(listed)
    return [(member, page.name(member)) for member in listed]


# Acting in it

Made = Callable[[Form, Ref], Any]


def _sealed(form: Form, name: str) -> Any:
    return seal(form[name]) if form.get(name) else None


EVENTS: dict[str, Made] = {
    "answered": lambda form, case: Answered(
        case=case, agree=form["agree"] == "yes", text=_sealed(form, "text")
    ),
    "mediator_proposed": lambda form, case: MediatorProposed(case=case, mediator=form["mediator"]),
    "mediator_accepted": lambda form, case: MediatorAccepted(
        case=case,
        accept=form["accept"] == "yes",
        despite_conflict=form.get("despite_conflict") == "yes",
    ),
    "conflict_declared": lambda form, case: form.event(ConflictDeclared, case=case),
    "note_filed": lambda form, case: form.event(NoteFiled, case=case),
    "offer_made": lambda form, case: form.event(OfferMade, case=case),
    "agreed": lambda form, case: form.event(Agreed, case=case),
    "signed": lambda form, case: Signed(case=case, agreement=form.ref("agreement")),
    "ended": lambda form, case: form.event(Ended, case=case),
    "confirmation_sought": lambda form, case: ConfirmationSought(case=case),
}


async def act(request: Request) -> Response:
    form = await read_form(request)
    case = await run_in_threadpool(_case, request)
    verb = request.url.path.rpartition("/")[2]
    try:
        event = EVENTS[verb](form, Ref(case.id))
        receipt = await record(request, event, key=form["key"])
    except (Refused, Unreadable) as refused:
        page = "mediation/sign.html" if verb == "signed" else "mediation/case.html"
        return await run_in_threadpool(_show, request, page, refused, form)
    to = url(request, "mediation.case", matter=request.state.matter.id, case=case.id)
    return respond(request, "mediation/recorded.html", to=to, receipt=receipt)
