"""The officers' page of paper ballots: how many are out and back, and the log of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wugong import Engine, Matter, Ref, Refusal, Refused, Unreadable, Words
from wugong_server import Form, paged, read_form, record, respond, url
from wugong_voting import showing
from wugong_voting.ballots import under
from wugong_voting.batches import batches_of
from wugong_voting.events import WAYS, BatchRegistered, PaperDelivered, PaperReturned
from wugong_voting.papers import PAPERS, Paper, Papers, counted
from wugong_voting.registering import Registered, unfinished
from wugong_voting.state import Poll, polls_of

DELIVERED, RETURNED = "voting.paper_delivered", "voting.paper_returned"
REGISTERED = "voting.batch_registered"
ON_A_PAGE = 60
MOST_HELPERS = 100


@dataclass(frozen=True, slots=True)
class Line:
    """An entitlement in the log: its units, who holds it, and what became of its paper."""

    entitlement: str
    units: str
    member: str
    by: str = ""
    how: str = ""  # message id
    on: date | None = None
    back_on: date | None = None
    back_by: str = ""


def poll_of(request: Request) -> Poll:
    """Return the poll of the address; 404 where there is none."""
    poll = polls_of(request.state.matter).get(request.path_params["poll"])
    if poll is None:
        raise HTTPException(404)
    return poll


def standing_in_the_way(request: Request, kind: str) -> list[Refusal]:
    """Return why the reader may not do such an act in this matter."""
    engine: Engine = request.app.state.engine
    matter: Matter = request.state.matter
    viewer = request.state.page.acting_viewer(matter)
    return engine.may(matter, viewer, engine.registry.kinds[kind])


def retold(
    refused: Refused | Unreadable | None, poll: Poll, words: Words
) -> Refused | Unreadable | None:
    """Return what was refused with the option that it names in the reader's language."""
    if not isinstance(refused, Refused):
        return refused
    told = showing.titles_of(poll, words)
    known = {one.title: told[one.id] for one in poll.opened.options}
    return Refused(*(_renamed(reason, known) for reason in refused.reasons))


def _renamed(reason: Refusal, known: Mapping[str, str]) -> Refusal:
    option = str(reason.details.get("option", ""))
    named = {"option": known[option]} if option in known else {}
    return replace(reason, details={**reason.details, **named})


def guarded(request: Request, kind: str) -> Response | None:
    """Lead who is signed out to the signing in; ``Refused`` for who may not do such an act."""
    reasons = standing_in_the_way(request, kind)
    if reasons and not request.state.viewer.signed_in and request.state.page.sign_in_address:
        return RedirectResponse(request.state.page.sign_in_address, 303)
    if reasons:
        raise Refused(*reasons)
    return None


def counted_for(request: Request, poll: Poll) -> Papers | None:
    """Return how many papers are out and back, for officers; ``None`` for everybody else."""
    if "paper" not in poll.opened.channels or standing_in_the_way(request, DELIVERED):
        return None
    return counted(paper_log(request, poll).values())


def waiting_for(request: Request, poll: Poll) -> int:
    """Return how many batches of a poll wait for a second person."""
    return sum(not batch.counted for batch in batches_of(request.state.matter, poll.id))


def paper_log(request: Request, poll: Poll) -> Mapping[str, Paper]:
    """Return what was logged of the papers of a poll, by ballot key."""
    engine: Engine = request.app.state.engine
    return engine.book(PAPERS, request.state.matter.community, prefix=under(poll.id))


def show_papers(request: Request) -> Response:
    """Show the log of a poll, an entitlement a line."""
    return guarded(request, DELIVERED) or _papers_page(request, {})


def _papers_page(
    request: Request, typed: Any, refused: Refused | Unreadable | None = None
) -> Response:
    poll, page = poll_of(request), request.state.page
    engine: Engine = request.app.state.engine
    log = paper_log(request, poll)
    roll = showing.roll_in_turn(engine, request.state.matter.community, poll.id)
    group = request.query_params.get("group", "")
    lines = [
        _line(showing.Right(right), log.get(place))
        for place, right in roll.items()
        if showing.is_in(right, group)
    ]
    listed = paged(lines, request, ON_A_PAGE)
    helpers = _helpers(request)
    shown = (n for one in listed.items for n in (one.member, one.by, one.back_by))
    page.learn_names([*helpers, *shown])
    return respond(
        request,
        "voting/papers.html",
        refused=refused,
        poll=poll,
        papers=counted(log.values()),
        batches=batches_of(request.state.matter, poll.id),
        bundles=_bundles(request, poll),
        running=poll.is_open(engine.now()),
        counting=poll.is_counting(engine.now()),
        over=poll.is_over(engine.now()),
        listed=listed,
        groups=showing.groups_on(roll),
        group=group,
        ways=[(way, request.state.words(title)) for way, title in WAYS.items()],
        people=[(member, page.name(member)) for member in helpers],
        typed=typed,
        ticked=typed.list("entitlements") if isinstance(typed, Form) else [],
    )


def _bundles(request: Request, poll: Poll) -> list[Registered]:
    """Return the batches that are registered and that nobody has entered yet."""
    matter: Matter = request.state.matter
    entered = {batch.number for batch in batches_of(matter, poll.id)}
    return [one for one in unfinished(matter, poll.id) if one.number not in entered]


def _helpers(request: Request) -> list[str]:
    """Return who may have handed papers over: whoever holds a role."""
    standing, now = request.state.matter.standing, request.app.state.engine.now()
    holding = {g.member for g in standing.grants if g.until is None or now < g.until}
    return sorted(holding - standing.erased)[:MOST_HELPERS]


def _line(right: showing.Right, paper: Paper | None) -> Line:
    its, paper = right.entitlement, paper or {}
    on, back_on = (date.fromisoformat(d) if d else None for d in map(paper.get, ("on", "back_on")))
    how = WAYS.get(paper.get("how", ""), "")
    by, back_by = paper.get("by", ""), paper.get("back_by", "")
    return Line(its.id, right.units, its.member, by, how, on, back_on, back_by)


async def send_papers(request: Request) -> Response:
    """Log the ticked papers as handed over, or as returned."""
    form = await read_form(request)
    poll, named = poll_of(request), tuple(form.list("entitlements"))
    returned = form.get("what") == "returned"
    signed = form.get("signed") == "true"
    kind = PaperReturned if returned else PaperDelivered
    more = {"collected_by": form.get("handed_by")} if returned else {"signed": signed}
    try:
        event = form.event(kind, poll=Ref(poll.id), entitlements=named, **more)
        receipt = await record(request, event, key=form["key"])
    except (Refused, Unreadable) as refused:
        if await run_in_threadpool(standing_in_the_way, request, DELIVERED):
            raise  # the list is for officers
        return await run_in_threadpool(_papers_page, request, form, refused)
    group = request.query_params.get("group")
    here = url(request, "voting.papers", matter=request.state.matter.id, poll=poll.id, group=group)
    return respond(request, "voting/papers.html", receipt=receipt, to=here)


async def send_registration(request: Request) -> Response:
    """Register a bundle of collected papers: its number and how many sheets it has."""
    form = await read_form(request)
    poll = poll_of(request)
    try:
        receipt = await record(
            request, form.event(BatchRegistered, poll=Ref(poll.id)), key=form["key"]
        )
    except (Refused, Unreadable) as refused:
        if await run_in_threadpool(standing_in_the_way, request, DELIVERED):
            raise
        return await run_in_threadpool(_papers_page, request, form, refused)
    here = url(request, "voting.papers", matter=request.state.matter.id, poll=poll.id)
    return respond(request, "voting/papers.html", receipt=receipt, to=here)


PAPER = "/m/{matter}/polls/{poll:int}/paper"
ROUTES = [
    Route(PAPER, show_papers, methods=["GET"], name="voting.papers"),
    Route(PAPER, send_papers, methods=["POST"], name="voting.papers"),
    *(
        Route(PAPER, show_papers, methods=["GET"], name=f"act:{k}")
        for k in (DELIVERED, RETURNED, REGISTERED)
    ),
    Route(f"{PAPER}/batches", show_papers, methods=["GET"], name="voting.batches"),
    Route(f"{PAPER}/batches", send_registration, methods=["POST"], name="voting.batches"),
]
