"""The page that announces a draw by lot: from which list, how many, until when."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import Engine, Matter, Refused, Unreadable
from wugong_server import Form, read_form, record, respond, url
from wugong_voting import showing
from wugong_voting.draw_events import DrawAnnounced, GroupSeats
from wugong_voting.pages.papering import guarded
from wugong_voting.state import Poll, polls_of

ANNOUNCE = "voting.draw_announced"


def ask(request: Request) -> Response:
    """Show the form to whoever may announce a draw."""
    return guarded(request, ANNOUNCE) or _page(request, {}, None)


def _page(request: Request, typed: Any, refused: Refused | Unreadable | None) -> Response:
    matter: Matter = request.state.matter
    engine: Engine = request.app.state.engine
    return respond(
        request,
        "voting/draw-new.html",
        refused=refused,
        typed=typed,
        chosen=typed.list("groups") if isinstance(typed, Form) else (),
        rosters=[
            (f"{name} {edition}", name, len(showing.roster_of(engine, matter, name)))
            for name, edition in matter.standing.rosters.items()
        ],
        groups=_groups(engine, matter),
        pairs=[(group, group) for group in _groups(engine, matter)],
        poll=_poll(request, typed),
    )


def _poll(request: Request, typed: Any) -> Poll | None:
    """Return the poll whose tie is to be settled, where one is named."""
    named = typed.get("poll", "") or request.query_params.get("poll", "")
    number = int(named) if named.isascii() and named.isdigit() else 0
    return polls_of(request.state.matter).get(number)


def _groups(engine: Engine, matter: Matter) -> list[str]:
    """Return the stairs or village groups that any roster names."""
    named = {g for name in matter.standing.rosters for g in showing.groups_of(engine, matter, name)}
    return sorted(" ".join(group.split()) for group in named)


async def send(request: Request) -> Response:
    """Announce the draw; where it is refused, show the form as it was filled in."""
    form = await read_form(request)
    groups = await run_in_threadpool(_groups, request.app.state.engine, request.state.matter)
    try:
        receipt = await record(request, _announced(form, groups), key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_page, request, form, refused)
    to = url(request, "voting.draw", matter=request.state.matter.id, draw=receipt.seq)
    return respond(request, "voting/draw-new.html", receipt=receipt, to=to)


def _announced(form: Form, groups: list[str]) -> DrawAnnounced:
    if form.get("poll"):
        least = form.whole("least")
        settles: DrawAnnounced = form.event(DrawAnnounced, poll=form.ref("poll"), least=least)
        return settles
    roster, _, edition = form["roster"].partition(" ")
    strata = [
        GroupSeats(group=group, seats=form.whole(f"seats-{number}"))
        for number, group in enumerate(groups)
        if form["together"] == "stated" and form.get(f"seats-{number}")
    ]
    event: DrawAnnounced = DrawAnnounced(
        purpose=form["purpose"],
        roster=roster,
        edition=edition,
        seats=form.whole("seats"),
        commits_until=form.time("commits_until"),
        reveals_until=form.time("reveals_until"),
        groups=tuple(form.list("groups")),
        strata=tuple(strata),
        in_proportion=form["together"] == "shares",
        least=form.whole("least"),
        without_office=form.get("without_office") == "yes",
        public_value=form.get("public_value"),
        public_at=form.time("public_at") if form.get("public_at") else None,
    )
    return event


AT = "/m/{matter}/draws/new"
ROUTES = [
    Route(AT, ask, methods=["GET"], name=f"act:{ANNOUNCE}"),
    Route(AT, send, methods=["POST"], name=f"act:{ANNOUNCE}"),
]
