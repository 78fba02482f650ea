"""The desk: staff act for a person who sits there, or enter their paper; every page says so."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wugong import N_, Refusal, Refused, Unreadable
from wugong_server import sessions
from wugong_server.forms import read_form
from wugong_server.page import Page, page_of, url
from wugong_server.responding import respond
from wugong_server.site.act import members
from wugong_server.site.home import tasks

# Which role enters what for another person; the engine checks the same.
CHANNELS_OF = {"agent": ("assisted",), "officer": ("paper", "meeting")}
WAYS = {
    "assisted": N_("The person sits here"),
    "paper": N_("From a signed paper"),
    "meeting": N_("From the minutes of a meeting"),
}


def channels_for(page: Page) -> list[str]:
    """Return how the reader may act for others."""
    return [one for role, ways in CHANNELS_OF.items() if role in page.viewer.roles for one in ways]


def show(request: Request) -> Response:
    """Ask for whom the agent acts today, or show what waits for that person."""
    page = page_of(request)
    page.section = "desk"
    require(page, *CHANNELS_OF)
    community = request.path_params["community"]
    if page.principal:
        sessions.keep_acting(page, community)
    return respond(
        request,
        "desk.html",
        people=[one for one in members(page) if one[0] != page.member],
        tasks=_tasks_of(page, community) if page.principal else [],
        has_session=page.session is not None,
        minutes=sessions.HELPING_MINUTES,
        channels=[(key, page.words(WAYS[key])) for key in channels_for(page)],
    )


def _tasks_of(page: Page, community: str) -> list[object]:
    """Return what waits for the helped person, without what only they may know of."""
    own = page.viewer
    page.viewer = page.engine.viewer(community, page.principal, helped=True)
    try:
        return list(tasks(page, community))
    finally:
        page.viewer = own


def require(page: Page, *roles: str) -> None:
    """Refuse who has none of ``roles``, in words that name them."""
    if not page.viewer.roles & set(roles):
        raise Refused(Refusal("wugong.not_your_role", details={"roles": ", ".join(roles)}))


async def start(request: Request) -> Response:
    """Begin to act for a member; the banner stays on every page until it is stopped."""
    form = await read_form(request)
    return await run_in_threadpool(
        _start, page_of(request), form.get("member"), form.get("channel")
    )


def _start(page: Page, member: str, channel: str) -> Response:
    require(page, *CHANNELS_OF)
    if channel not in channels_for(page):
        raise Unreadable([("channel", "must be one of the ways")])
    community = page.request.path_params["community"]
    if page.session is None or member not in dict(members(page)) or member == page.member:
        raise Refused(Refusal("wugong.member_unknown", details={"member": member}))
    sessions.act_for(page, community, member, channel)
    return RedirectResponse(url(page.request, "desk", community=community), 303)


async def stop(request: Request) -> Response:
    """Stop acting for somebody."""
    page = page_of(request)
    community = request.path_params["community"]
    if page.session is not None:
        await run_in_threadpool(sessions.act_for, page, community, "")
    return RedirectResponse(url(request, "desk", community=community), 303)
