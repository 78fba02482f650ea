"""Redeeming points, and the counter where what was redeemed is handed over by its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wugong import Engine, Matter, Ref, Refusal, Refused, Unreadable, kind_of, read_time
from wugong_points.accounts import STATEMENTS, STOCK, entry_key
from wugong_points.events import HandedOver, Redeemed, RedemptionBooked
from wugong_points.rules import OWN_RULE, POINTS, Points
from wugong_server import code_of, number_in, read_form, record, respond, url

REDEEM, HAND_OVER = kind_of(Redeemed).name, kind_of(HandedOver).name
REDEMPTION = "points.redemption"  # what a code of ours names
NOT_YOURS = ("wugong.not_your_role",)
SHOWN = 3  # newest; the code of the others stands in their line of the statement
MOST_TYPED = 40


@dataclass(frozen=True, slots=True)
class Due:
    """What somebody redeemed and has not been given yet, with the code that says which."""

    entry: int
    member: str
    item: str
    points: int
    at: datetime
    code: str


def routes() -> list[Route]:
    """Return the pages of redeeming and of the counter."""
    redeem, counter = "/m/{matter}/points/redeem", "/m/{matter}/points/counter"
    return [
        Route(redeem, ask_redeem, methods=["GET"], name=f"act:{REDEEM}"),
        Route(redeem, send_redeem, methods=["POST"], name=f"act:{REDEEM}"),
        Route(counter, ask_counter, methods=["GET"], name=f"act:{HAND_OVER}"),
        Route(counter, send_counter, methods=["POST"], name=f"act:{HAND_OVER}"),
    ]


def is_due(value: Mapping[str, Any]) -> bool:
    """Tell whether an entry of a statement is a redemption that waits at the counter."""
    return value["what"] == "redemption" and not (value["reversed"] or value.get("handed"))


def code_for(community: str, entry: int) -> str:
    """Return the code that names a redemption, and proves nothing."""
    return code_of(f"{community}.{entry}", REDEMPTION)


def due_of(state: Points, community: str, member: str, entry: int, value: Mapping[str, Any]) -> Due:
    """Return a redemption as the counter and its owner see it."""
    item = state.items.get(value["item"])
    return Due(
        entry=entry,
        member=member,
        item=item.title if item else "",
        points=-value["points"],
        at=read_time(value["at"]),
        code=code_for(community, entry),
    )


def barred(request: Request, kind: str) -> Refused | Response | None:
    """Return why the reader may not do this, or where who is signed out signs in."""
    page, engine = request.state.page, request.app.state.engine
    matter: Matter = request.state.matter
    reasons = engine.may(matter, page.acting_viewer(matter), engine.registry.kinds[kind])
    if reasons and not page.member and page.sign_in_address:
        return RedirectResponse(page.sign_in_address, 303)
    return Refused(*reasons) if reasons else None


def status_of(refused: Refused | Unreadable | None) -> int | None:
    """Return the status of a form that is not the reader's to fill in."""
    return 403 if isinstance(refused, Refused) and refused.codes == NOT_YOURS else None


# Redeeming


def ask_redeem(request: Request) -> Response:
    """Show what there is for points, to choose one."""
    stopped = barred(request, REDEEM)
    if isinstance(stopped, Response):
        return stopped
    return _redeem_form(request, request.query_params, stopped, bool(stopped))


async def send_redeem(request: Request) -> Response:
    """Redeem; the code for the counter stands on the points page."""
    form = await read_form(request)
    try:
        receipt = await record(request, form.event(Redeemed), key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_redeem_form, request, form, refused, False)
    to = url(request, "points.page", community=request.state.matter.community)
    return respond(request, "points/redeem.html", to=to, receipt=receipt)


def _redeem_form(
    request: Request, typed: Any, refused: Refused | Unreadable | None, blocked: bool
) -> Response:
    engine: Engine = request.app.state.engine
    community = request.state.matter.community
    items = engine.matter(community).state(POINTS).items.values()
    stock = engine.book(STOCK, community)
    chosen = str(typed.get("item", ""))
    return respond(
        request,
        "points/redeem.html",
        block="redeem",
        status=status_of(refused),
        items=[one for one in items if stock.get(str(one.seq)) or str(one.seq) == chosen],
        chosen=chosen,
        refused=refused,
        blocked=blocked,
    )


# The counter


def ask_counter(request: Request) -> Response:
    """Ask for a code, or show what the code of the address names."""
    stopped = barred(request, HAND_OVER)
    if isinstance(stopped, Response):
        return stopped
    code = request.query_params.get("code", "").strip()[:MOST_TYPED]
    if stopped or not code:
        return _counter(request, code, refused=stopped, blocked=bool(stopped))
    try:
        return _counter(request, code, due=find(request, code))
    except Refused as refused:
        return _counter(request, code, refused=refused)


async def send_counter(request: Request) -> Response:
    """Hand over what a code names."""
    form = await read_form(request)
    code = form["code"][:MOST_TYPED]
    try:
        due = await run_in_threadpool(find, request, code)
        handed = HandedOver(entry=Ref(due.entry), member=due.member)
        receipt = await record(request, handed, key=form["key"])
    except Refused as refused:
        return await run_in_threadpool(_counter, request, code, refused=refused)
    to = url(request, f"act:{HAND_OVER}", matter=request.state.matter.id)
    return respond(request, "points/counter.html", to=to, receipt=receipt)


def find(request: Request, code: str) -> Due:
    """Return the redemption that a code names, whatever became of it, or raise ``Refused``."""
    engine: Engine = request.app.state.engine
    standing = engine.matter(request.state.matter.community)
    try:
        entry = number_in(code, standing.community, REDEMPTION)
    except ValueError:
        raise Refused(Refusal("points.code_misspelt", OWN_RULE)) from None
    except LookupError:
        raise Refused(Refusal("points.code_unknown", OWN_RULE)) from None
    fact = engine.fact(standing.community, entry, request.state.viewer)
    if fact is None or not isinstance(fact.event, RedemptionBooked):
        raise Refused(Refusal("points.code_unknown", OWN_RULE))
    member = fact.event.member
    key = entry_key(member, entry)
    value = engine.book(STATEMENTS, standing.community, [key])[key]
    return due_of(standing.state(POINTS), standing.community, member, entry, value)


def _counter(
    request: Request,
    code: str,
    *,
    due: Due | None = None,
    refused: Refused | None = None,
    blocked: bool = False,
) -> Response:
    if due is not None:
        request.state.page.learn_names([due.member])
    return respond(
        request,
        "points/counter.html",
        block="counter",
        status=status_of(refused),
        code=code,
        due=due,
        refused=refused,
        blocked=blocked,
    )
