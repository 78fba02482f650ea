"""The officers' roll call (點名表決): at a meeting each name is read, each answer entered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import Engine, Matter, Ref, Refused
from wugong_server import Form, paged, read_form, respond, url
from wugong_voting import showing
from wugong_voting.ballots import BALLOTS, under
from wugong_voting.chosen import rule_of
from wugong_voting.counted import form_of
from wugong_voting.events import BallotCast
from wugong_voting.pages.papering import DELIVERED, guarded, poll_of, standing_in_the_way
from wugong_voting.state import Poll

MEETING = "meeting"
ON_A_PAGE = 40
ANSWER = "answer-"  # and the entitlement: the name of a line of the form


@dataclass(frozen=True, slots=True)
class Call:
    """An entitlement as it is called: its units, who holds it, whether a ballot is there."""

    entitlement: str
    units: str
    member: str
    cast: bool


def can_call(request: Request, poll: Poll) -> bool:
    """Tell whether the reader may call the roll of a poll: open ballots, one choice, a meeting."""
    matter: Matter = request.state.matter
    offered = MEETING in poll.opened.channels and not poll.opened.secret
    one = form_of(rule_of(matter.standing.rules, poll.opened)).kind == "choose"
    return offered and one and not standing_in_the_way(request, DELIVERED)


def show_call(request: Request) -> Response:
    """Show who is on the roll, with the answers to tick."""
    return guarded(request, DELIVERED) or _call_page(request, {})


def _call_page(
    request: Request, typed: Any, troubles: Sequence[tuple[str, Refused]] = ()
) -> Response:
    poll, page = poll_of(request), request.state.page
    engine: Engine = request.app.state.engine
    if not can_call(request, poll):
        raise HTTPException(404)
    community = request.state.matter.community
    roll = showing.roll_in_turn(engine, community, poll.id)
    cast = engine.book(BALLOTS, community, prefix=under(poll.id))
    lines = [
        Call(right.id, showing.Right(right).units, right.member, place in cast)
        for place, right in roll.items()
    ]
    listed = paged(lines, request, ON_A_PAGE)
    page.learn_names([one.member for one in listed.items])
    return respond(
        request,
        "voting/roll-call.html",
        refused=troubles[0][1] if troubles else None,
        troubles=troubles,
        poll=poll,
        running=poll.is_open(engine.now()),
        titles=showing.titles_of(poll, request.state.words),
        listed=listed,
        left=sum(not one.cast for one in lines),
        prefix=ANSWER,
        typed=typed,
    )


async def send_call(request: Request) -> Response:
    """Enter every answer that was ticked, each as a ballot of its own; say which were refused."""
    form = await read_form(request)
    poll = poll_of(request)
    if await run_in_threadpool(guarded, request, DELIVERED):
        raise HTTPException(403)
    if not await run_in_threadpool(can_call, request, poll):
        raise HTTPException(404)
    engine: Engine = request.app.state.engine
    roll = await run_in_threadpool(showing.roll_of, engine, request.state.matter.community, poll.id)
    holders = {right.id: right.member for right in roll.values()}
    given = {name.removeprefix(ANSWER): form[name] for name in form if name.startswith(ANSWER)}
    found = await asyncio.gather(
        *(_enter(request, poll, form, one, holders.get(one, ""), given[one]) for one in given)
    )
    troubles = [one for one in found if one is not None]
    if troubles or not given:
        return await run_in_threadpool(_call_page, request, form, troubles)
    here = url(request, "voting.roll_call", matter=request.state.matter.id, poll=poll.id)
    return respond(request, "voting/roll-call.html", to=here)


async def _enter(
    request: Request, poll: Poll, form: Form, entitlement: str, member: str, choice: str
) -> tuple[str, Refused] | None:
    page = request.state.page
    ballot: BallotCast = BallotCast(poll=Ref(poll.id), entitlement=entitlement, choice=choice)
    try:
        await page.engine.arecord(
            page.matter.id,
            ballot,
            by=page.member,
            principal=member if member and member != page.member else None,
            channel=MEETING,
            key=f"{form['key']}-{entitlement}",
            session=page.session,
        )
    except Refused as refused:
        return entitlement, refused
    return None


AT = "/m/{matter}/polls/{poll:int}/roll-call"
ROUTES = [
    Route(AT, show_call, methods=["GET"], name="voting.roll_call"),
    Route(AT, send_call, methods=["POST"], name="voting.roll_call"),
]
