"""The tellers' pages of a show of hands (舉手表決): who is there, what each of two counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import N_, Engine, Matter, Ref, Refusal, Refused, Unreadable, Waiting
from wugong_server import Form, paged, read_form, record, respond, url
from wugong_voting import showing
from wugong_voting.ballots import BALLOTS, under
from wugong_voting.chosen import rule_of
from wugong_voting.hand_events import HandsConfirmed, HandsEntered, HandsWithdrawn, PresenceNoted
from wugong_voting.hands import (
    PRESENT,
    Shows,
    shows_of,
    standing_for,
    tested_in,
    uneven,
    unfit,
    waiting_in,
)
from wugong_voting.pages.batching import whole_number
from wugong_voting.pages.papering import guarded, paper_log, poll_of, retold, standing_in_the_way
from wugong_voting.state import Poll

NOTED, ENTERED = "voting.presence_noted", "voting.hands_entered"
CONFIRMED, WITHDRAWN = "voting.hands_confirmed", "voting.hands_withdrawn"
ACTS = (NOTED, ENTERED, CONFIRMED, WITHDRAWN)
ON_A_PAGE = 60
NUMBER, PEOPLE = N_("Number of the count"), N_("People in the room who can raise a hand")
TOTAL = "total-"  # and the place of an option: the name of a field


@dataclass(frozen=True, slots=True)
class Seat:
    """An entitlement in the list of who is there: its units, who holds it, how it stands."""

    entitlement: str
    units: str
    member: str
    present: bool
    other: bool = False  # has another ballot, on paper too
    show: int = 0  # the count that stands for it

    @property
    def raises(self) -> bool:
        """Whether the next count stands for it."""
        return self.present and not (self.other or self.show)


def can_tell(request: Request, poll: Poll) -> bool:
    """Tell whether the reader may count raised hands in a poll."""
    matter: Matter = request.state.matter
    may = not standing_in_the_way(request, ENTERED)
    return may and takes_hands(request.app.state.engine, matter, poll)


def takes_hands(engine: Engine, matter: Matter, poll: Poll) -> bool:
    """Tell whether raised hands can be counted in a poll: at a meeting, all of equal weight."""
    if unfit(poll, rule_of(matter.standing.rules, poll.opened)):
        return False
    roll = showing.roll_of(engine, matter.community, poll.id)
    return not uneven(roll.values(), tested_in(matter, poll))


def awaits(engine: Engine, matter: Matter, poll: Poll, waiting: Waiting, member: str) -> bool:
    """Tell whether a count waits for ``member``: not for who entered it, nor after the end."""
    number = int(waiting.details.get("number") or 0)
    show = waiting_in(shows_of(matter, poll.id), number)
    return show is not None and member not in show.people and not poll.is_over(engine.now())


def seats_of(request: Request, poll: Poll) -> list[Seat]:
    """Return every entitlement of the roll with how it stands at the meeting."""
    engine: Engine = request.app.state.engine
    matter: Matter = request.state.matter
    community, its = matter.community, under(poll.id)
    here = engine.book(PRESENT, community, prefix=its)
    cast = set(engine.keys(BALLOTS, community, its))
    back = {place for place, paper in paper_log(request, poll).items() if "returned" in paper}
    shows = shows_of(matter, poll.id)
    return [
        _seat(showing.Right(right), shows, place in here, place in cast or place in back)
        for place, right in showing.roll_in_turn(engine, community, poll.id).items()
    ]


def _seat(right: showing.Right, shows: Shows, present: bool, other: bool) -> Seat:
    its = right.entitlement
    show = standing_for(shows, its.id)
    number = show.number if show else 0
    return Seat(its.id, right.units, its.member, present, other and not number, number)


def show_hands(request: Request) -> Response:
    """Show who is there and what was counted so far."""
    return guarded(request, ENTERED) or _hands_page(request, {})


def _hands_page(
    request: Request, typed: Any, refused: Refused | Unreadable | None = None
) -> Response:
    poll, page = poll_of(request), request.state.page
    engine: Engine = request.app.state.engine
    if not can_tell(request, poll):
        raise HTTPException(404)
    matter: Matter = request.state.matter
    seats, shows = seats_of(request, poll), shows_of(matter, poll.id)
    roll = showing.roll_of(engine, matter.community, poll.id)
    group = request.query_params.get("group", "")
    mine = {right.id for right in roll.values() if showing.is_in(right, group)}
    listed = paged([one for one in seats if one.entitlement in mine], request, ON_A_PAGE)
    others = [one for one in seats if one.present and one.other]
    page.learn_names([*(one.member for one in (*listed.items, *others)), *(s.by for s in shows)])
    return respond(
        request,
        "voting/hands.html",
        refused=retold(refused, poll, request.state.words),
        poll=poll,
        running=poll.is_open(engine.now()),
        shows=shows,
        listed=listed,
        groups=showing.groups_on(roll),
        group=group,
        others=others,
        present=sum(one.present for one in seats),
        raising=sum(one.raises for one in seats),
        notes=not standing_in_the_way(request, NOTED),
        titles=showing.titles_of(poll, request.state.words),
        total=TOTAL,
        number=max((one.number for one in shows), default=0) + 1,
        typed=typed,
        ticked=typed.list("entitlements") if isinstance(typed, Form) else [],
    )


async def send_hands(request: Request) -> Response:
    """Note who is there or has left, or record what the first teller counted."""
    form = await read_form(request)
    if stopped := await run_in_threadpool(guarded, request, ENTERED):
        return stopped
    poll = poll_of(request)
    try:
        made = await run_in_threadpool(_entered, request, poll, form)
        receipt = await record(request, made, key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_hands_page, request, form, refused)
    kept = {name: request.query_params.get(name) for name in ("page", "group")}
    to = url(request, "voting.hands", matter=request.state.matter.id, poll=poll.id, **kept)
    return respond(request, "voting/hands.html", receipt=receipt, to=to)


def _entered(request: Request, poll: Poll, form: Form) -> Any:
    if form.get("what") != "count":
        named, left = tuple(form.list("entitlements")), form.get("what") == "left"
        return form.event(PresenceNoted, poll=Ref(poll.id), entitlements=named, left=left)
    number, counted = _number(request, form), _counted(request, poll, form)
    named = tuple(one.entitlement for one in seats_of(request, poll) if one.raises)
    its = {"poll": poll.id, "number": number, "entitlements": named, "counted": counted}
    return form.event(HandsEntered, **its)


def _number(request: Request, form: Form) -> int:
    reasons: list[Refusal] = []
    number = whole_number(form, "number", request.state.words(NUMBER), reasons, 1)
    if reasons:
        raise Refused(*reasons)
    return number


def _counted(request: Request, poll: Poll, form: Form) -> dict[str, Any]:
    words, reasons = request.state.words, list[Refusal]()
    titles = showing.titles_of(poll, words)
    what = words(PEOPLE)
    people = whole_number(form, "people", what, reasons)
    options = [
        {"option": one, "count": whole_number(form, f"{TOTAL}{n}", title, reasons)}
        for n, (one, title) in enumerate(titles.items())
    ]
    if reasons:
        raise Refused(*reasons)
    return {"people": people, "options": options}


# The second teller


def show_count(request: Request) -> Response:
    """Show a count to the second teller; nothing of what the first one counted."""
    return guarded(request, CONFIRMED) or _count_page(request, {})


def _count_page(
    request: Request, typed: Mapping[str, str], refused: Refused | Unreadable | None = None
) -> Response:
    poll, matter, page = poll_of(request), request.state.matter, request.state.page
    engine: Engine = request.app.state.engine
    number = request.path_params["number"]
    show = next((one for one in shows_of(matter, poll.id) if one.number == number), None)
    if show is None:
        raise HTTPException(404)
    page.learn_names([show.by, show.second])
    return respond(
        request,
        "voting/hands-count.html",
        stay=True,
        refused=retold(refused, poll, request.state.words),
        poll=poll,
        show=show,
        mine=page.member in show.people,
        running=poll.is_open(engine.now()),
        titles=showing.titles_of(poll, request.state.words),
        total=TOTAL,
        typed=typed,
    )


async def send_count(request: Request) -> Response:
    """Record that the second teller counted the same, or that the count is taken out."""
    form = await read_form(request)
    if stopped := await run_in_threadpool(guarded, request, CONFIRMED):
        return stopped
    poll = poll_of(request)
    its = {"poll": poll.id, "number": request.path_params["number"]}
    try:
        if form.get("step") == "withdraw":
            made: Any = form.event(HandsWithdrawn, **its)
        else:
            made = form.event(HandsConfirmed, **its, counted=_counted(request, poll, form))
        receipt = await record(request, made, key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_count_page, request, form, refused)
    to = url(request, "voting.hands", matter=request.state.matter.id, poll=poll.id)
    return respond(request, "voting/hands.html", receipt=receipt, to=to)


AT = "/m/{matter}/polls/{poll:int}/hands"
ROUTES = [
    Route(AT, show_hands, methods=["GET"], name="voting.hands"),
    Route(AT, send_hands, methods=["POST"], name="voting.hands"),
    *(Route(AT, show_hands, methods=["GET"], name=f"act:{kind}") for kind in ACTS),
    Route(f"{AT}/{{number:int}}", show_count, methods=["GET"], name="voting.hands_count"),
    Route(f"{AT}/{{number:int}}", send_count, methods=["POST"], name="voting.hands_count"),
]
