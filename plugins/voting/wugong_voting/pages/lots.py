"""Pages of a draw by lot: announced, its seed brought and revealed, and how it was drawn."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from wugong import N_, Engine, Matter, Ref, Refusal, Refused, Unreadable, Viewer, Words
from wugong_server import Form, Notice, Panel, read_form, record, respond, url
from wugong_voting import lots
from wugong_voting.draw_events import (
    OWN_LOTS,
    WHY,
    PublicValueNoted,
    SeatDeclined,
    SeedPartCommitted,
    SeedPartRevealed,
)
from wugong_voting.draw_export import exported
from wugong_voting.draws import LISTS, Draw, Part, draws_of, list_of, settling
from wugong_voting.lots import Person
from wugong_voting.state import Poll, polls_of, tied_in

COMMIT, REVEAL = "voting.seed_part_committed", "voting.seed_part_revealed"
VALUE, DECLINE = "voting.public_value_noted", "voting.seat_declined"
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is mistaken for another on paper
FOLLOW = 3  # how many of those who follow are shown
WIDE = 12  # digits of a ticket that its bar is as long as


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody in the order of the tickets, and whether they sit."""

    place: int
    member: str
    ticket: str
    width: str
    state: str  # "sits", "steps_in", "declined", "follows"


@dataclass(frozen=True, slots=True)
class Figure:
    """The order of the tickets in one group, or of everybody, as far as it is shown."""

    group: str
    seats: int
    people: int
    lines: tuple[Line, ...]
    empty: int  # seats that nobody is left for


def figures(draw: Draw, people: list[Person]) -> list[Figure]:
    """Return the lowest tickets of each group that has seats: who was called, and who follows."""
    order = sorted(people, key=lambda one: (lots.ticket(draw.seed, one.id), one.id))
    found = []
    for group, seats in (draw.quotas or {"": draw.announced.seats}).items():
        its = [one for one in order if not draw.quotas or one.group == group]
        held = [seat for seat in draw.seats if not draw.quotas or seat.group == group]
        called = sum(one.id in draw.called for one in its)
        shown = its[: called + FOLLOW]
        empty = sum(seat.empty for seat in held)
        found.append(Figure(group, seats, len(its), _lines(draw, shown), empty))
    return [one for one in found if one.seats]


def _lines(draw: Draw, shown: list[Person]) -> tuple[Line, ...]:
    tickets = [lots.ticket(draw.seed, one.id) for one in shown]
    longest = max((int(one[:WIDE], 16) for one in tickets), default=0) or 1
    after = {seat.member for seat in draw.seats if seat.before and not seat.empty}
    lines = []
    for place, (one, ticket) in enumerate(zip(shown, tickets, strict=True), 1):
        state = "sits" if one.id in draw.sitting else "declined"
        if one.id not in draw.called:
            state = "follows"
        elif one.id in after:
            state = "steps_in"
        thousandths = int(ticket[:WIDE], 16) * 1000 // longest
        width = f"{thousandths // 10}.{thousandths % 10}%"
        lines.append(Line(place, one.id, ticket, width, state))
    return tuple(lines)


# The draw


def show(request: Request) -> Response:
    """Show a draw as it stands."""
    return _page(request, _draw(request, request.path_params["draw"]))


def _draw(request: Request, number: int) -> Draw:
    draw = draws_of(request.state.matter).get(number)
    if draw is None:
        raise HTTPException(404)
    return draw


def _page(
    request: Request, draw: Draw, typed: Any = None, refused: Refused | Unreadable | None = None
) -> Response:
    page, matter, engine = request.state.page, request.state.matter, request.app.state.engine
    now, me = engine.now(), str(page.principal or page.member)
    people = _people(engine, matter, draw, page.viewer)
    drawn = figures(draw, people) if people else []
    named = [line.member for one in drawn for line in one.lines]
    page.learn_names([*named, *(part.by for part in draw.parts), *draw.sitting])
    titles = _titles(matter, draw)
    return respond(
        request,
        "voting/draw.html",
        refused=refused,
        typed=typed or {},
        draw=draw,
        step=_step(draw, now),
        why=WHY.get(draw.failed, ""),
        taking=draw.takes_parts(now),
        revealing=draw.takes_words(now),
        noting=draw.takes_value(now),
        mine=next((part for part in draw.parts if part.by == me), None),
        hidden=[(str(part.id), _of(request, part)) for part in draw.hidden],
        suggested=_suggested(),
        figures=drawn,
        labels=titles or {one: page.name(one) for one in (*named, *draw.sitting)},
        may_decline=[(one, page.name(one)) for one in _decliners(request, draw, me)],
        me=me,
        source=OWN_LOTS,
    )


def _people(engine: Engine, matter: Matter, draw: Draw, viewer: Viewer) -> list[Person]:
    """Return the list for whoever may read who was drawn; nothing for others, or before.

    Options are for everybody, as their poll is.
    """
    if draw.announced.poll is not None:
        return [Person(option) for option in _titles(matter, draw)] if draw.seed else []
    if not draw.seed or engine.fact(matter.community, draw.drawn_by, viewer) is None:
        return []
    key = str(draw.id)
    return list_of(engine.book(LISTS, matter.community, keys=[key]).get(key))


def _titles(matter: Matter, draw: Draw) -> dict[str, str]:
    """Return the titles of the options that are drawn from; nothing where people are drawn."""
    poll = polls_of(matter).get(draw.announced.poll or 0)
    if poll is None:
        return {}
    titles = {option.id: option.title for option in poll.opened.options}
    return {option: titles[option] for option in tied_in(poll)}


@dataclass(frozen=True, slots=True)
class Tie:
    """The tie of a poll that a lot settles: its draw, if any, and the title of what was drawn."""

    draw: Draw | None
    title: str = ""


def tie_of(matter: Matter, poll: Poll) -> Tie | None:
    """Return how the tie of a poll stands that said it is settled by lot; ``None``: no such tie."""
    if poll.opened.ties != "lot" or not tied_in(poll):
        return None
    draw = settling(matter, poll.id)
    found = [_titles(matter, draw)[option] for option in draw.sitting] if draw else []
    return Tie(draw, found[0] if found else "")


def _step(draw: Draw, now: Any) -> int:
    if draw.is_over:
        return 5 if draw.seed else 0
    return 2 if draw.takes_parts(now) else 3


def _of(request: Request, part: Part) -> str:
    return f"{request.state.page.name(part.by)} · {part.commitment[:8]}"


def _suggested() -> str:
    """Return words that nobody guesses and that are copied by hand without mistakes."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(5))


def _decliners(request: Request, draw: Draw, me: str) -> list[str]:
    viewer = request.state.page.acting_viewer(request.state.matter)
    sitting = () if draw.announced.poll else draw.sitting
    return [one for one in sitting if one == me or "officer" in viewer.roles]


def show_file(request: Request) -> Response:
    """Send all that is needed to draw again, to whoever may read who was drawn."""
    draw, matter = _draw(request, request.path_params["draw"]), request.state.matter
    people = _people(request.app.state.engine, matter, draw, request.state.viewer)
    if not people:
        raise HTTPException(404)
    name = f'attachment; filename="draw-{draw.id}.json"'
    return JSONResponse(exported(draw, people), headers={"content-disposition": name})


# Acts


def show_act(request: Request) -> Response:
    """Show the draw that an act is about: the one named, else the last one."""
    known, named = draws_of(request.state.matter), request.query_params.get("draw", "")
    number = int(named) if named.isascii() and named.isdigit() else max(known, default=0)
    return _page(request, _draw(request, number))


async def send_part(request: Request) -> Response:
    """Show the slip to be copied, then commit to its words; only their hash is recorded."""
    form = await read_form(request)
    draw, words, made = _named(request, form), form.get("words"), form.get("commitment")
    if not made and len(words) < lots.SHORTEST_SEED:
        short = Refusal("voting.seed_words_short", OWN_LOTS, {"least": lots.SHORTEST_SEED})
        return await run_in_threadpool(_page, request, draw, form, Refused(short))
    if not made and form.get("step") != "commit":
        hashed = sha256(words.encode()).hexdigest()
        return respond(
            request, "voting/draw-slip.html", stay=True, draw=draw, words=words, commitment=hashed
        )
    commitment = made.lower() or sha256(words.encode()).hexdigest()
    return await _act(request, form, draw, SeedPartCommitted, commitment=commitment)


async def send_words(request: Request) -> Response:
    """Reveal a part of the seed."""
    form = await read_form(request)
    draw = _named(request, form)
    return await _act(request, form, draw, SeedPartRevealed, part=form.ref("part"))


async def send_value(request: Request) -> Response:
    """Note the public value; the lots are drawn with it."""
    form = await read_form(request)
    return await _act(request, form, _named(request, form), PublicValueNoted)


async def send_declined(request: Request) -> Response:
    """Decline a seat."""
    form = await read_form(request)
    return await _act(request, form, _named(request, form), SeatDeclined)


async def _act(request: Request, form: Form, draw: Draw, kind: type[Any], **more: Any) -> Response:
    try:
        event = form.event(kind, draw=Ref(draw.id), **more)
        receipt = await record(request, event, key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_page, request, draw, form, refused)
    here = url(request, "voting.draw", matter=request.state.matter.id, draw=draw.id)
    return respond(request, "voting/draw.html", receipt=receipt, to=here)


def _named(request: Request, form: Form) -> Draw:
    return _draw(request, form.whole("draw"))


def panels(matter: Matter, words: Words) -> list[Panel]:
    """Return the panel of a matter that has draws, the newest first."""
    listed: Mapping[int, Draw] = draws_of(matter)
    if not listed:
        return []
    context = {
        "of": matter,
        "draws": sorted(listed.values(), key=lambda draw: -draw.id),
        "why": WHY,
    }
    return [
        Panel(
            order=31, title=words(N_("Draws by lot")), template="voting/draws.html", context=context
        )
    ]


def notices(matter: Matter, words: Words) -> list[Notice]:
    """Return a notice for each draw: what is drawn from which list, until when, and the seed."""
    return [
        Notice(
            seq=draw.id,
            title=words(N_("Draw by lot: {purpose}"), purpose=draw.announced.purpose),
            posted_at=draw.at,
            until=None,
            days=0,
            about=tuple(map(int, draw.announced.about)),
            source=OWN_LOTS,
            template="voting/draw-notice.html",
            context={"draw": draw, "why": WHY},
        )
        for draw in draws_of(matter).values()
    ]


def show_all(request: Request) -> Response:
    """Lead to the newest draw of a matter, or to the matter."""
    matter = request.state.matter
    newest = max(draws_of(matter), default=0)
    place = ("voting.draw", {"draw": newest}) if newest else ("matter", {})
    return RedirectResponse(url(request, place[0], matter=matter.id, **place[1]), 303)


def can_name(matter: Matter, act: str, seq: int, at: datetime) -> bool | None:
    """Tell whether a draw takes an act of that kind at that time."""
    draw = draws_of(matter).get(seq)
    if draw is None:
        return None
    return {
        COMMIT: draw.takes_parts(at),
        REVEAL: draw.takes_words(at),
        VALUE: draw.takes_value(at),
        DECLINE: bool(draw.sitting),
    }.get(act)


AT = "/m/{matter}/draws"
ROUTES = [
    Route(AT, show_all, methods=["GET"], name="voting.draws"),
    Route(f"{AT}/{{draw:int}}", show, methods=["GET"], name="voting.draw"),
    Route(f"{AT}/{{draw:int}}/draw.json", show_file, methods=["GET"], name="voting.draw_file"),
    *(
        Route(f"{AT}/{path}", answer, methods=[method], name=f"act:{kind}")
        for path, kind, send in [
            ("part", COMMIT, send_part),
            ("words", REVEAL, send_words),
            ("value", VALUE, send_value),
            ("declined", DECLINE, send_declined),
        ]
        for method, answer in [("GET", show_act), ("POST", send)]
    ),
]
