"""The assisted desk: an agent acts for a person who sits beside them, and every page says so."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wugong import Refusal, Refused
from wugong_server import sessions
from wugong_server.forms import read_form
from wugong_server.page import Page, page_of, url
from wugong_server.responding import respond
from wugong_server.site.act import members
from wugong_server.site.home import tasks


def show(request: Request) -> Response:
    """Ask for whom the agent acts today, or show what waits for that person."""
    page = page_of(request)
    page.section = "desk"
    require(page, "agent")
    community = request.path_params["community"]
    return respond(
        request,
        "desk.html",
        people=[one for one in members(page) if one[0] != page.member],
        tasks=_tasks_of(page, community) if page.principal else [],
        has_session=page.session is not None,
        minutes=sessions.HELPING_MINUTES,
    )


def _tasks_of(page: Page, community: str) -> list[object]:
    """Return what waits for the helped person, without what only they may know of."""
    own = page.viewer
    page.viewer = page.engine.viewer(community, page.principal)
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
    return await run_in_threadpool(_start, page_of(request), form.get("member"))


def _start(page: Page, member: str) -> Response:
    require(page, "agent")
    community = page.request.path_params["community"]
    if page.session is None or member not in dict(members(page)) or member == page.member:
        raise Refused(Refusal("wugong.member_unknown", details={"member": member}))
    sessions.act_for(page, community, member)
    return RedirectResponse(url(page.request, "desk", community=community), 303)


async def stop(request: Request) -> Response:
    """Stop acting for somebody."""
    page = page_of(request)
    community = request.path_params["community"]
    if page.session is not None:
        await run_in_threadpool(sessions.act_for, page, community, "")
    return RedirectResponse(url(request, "desk", community=community), 303)
