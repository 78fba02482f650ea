"""Sessions of our own: kept in the database, named by a cookie, ended by signing out or by time."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wugong_server.page import Page
from wugong_server.settings import Settings

NAME = "wg-sid"
ACTING_FOR = "acting_for"  # in a session's data: community → the member whom an agent helps
KEEP_SECONDS = 60  # a page view is not a write
HELPING_MINUTES = 15  # after which the desk forgets whom it was helping


def cookie_name(page: Page) -> str:
    """Return the name of the session cookie; ``__Host-`` ties it to this very host."""
    return f"__Host-{NAME}" if is_secure(page.request, page.settings) else NAME


def is_secure(request: Request, settings: Settings) -> bool:
    """Tell whether readers come by https."""
    if settings.secure_cookies is not None:
        return settings.secure_cookies
    return (settings.public_origin or request.url.scheme).startswith("https")


def token_of(page: Page) -> str:
    """Return the token that this browser holds, or nothing."""
    return page.request.cookies.get(cookie_name(page), "")


def member_of(page: Page, community: str) -> str:
    """Return who is signed in to ``community``, or nothing; keeps the session on the page."""
    token = token_of(page)
    session: Any = page.engine.sessions.find(token, page.now) if token else None
    if session is None:
        return ""
    page.session = session
    member = page.engine.identify(community, session.issuer, session.subject)
    if member:
        page.engine.sessions.remember(session, community, member, page.now)
        _recall(page, community)
    return member


def remembered(page: Page, community: str) -> str:
    """Return who signed in to ``community`` seconds ago, without the database; or nothing.

    Only for a page that hands its session to the engine, whose writer looks at it once more.
    """
    found = page.engine.sessions.seen(token_of(page), community, page.now)
    if found is None:
        return ""
    page.session, member = found
    _recall(page, community)
    return member


def _recall(page: Page, community: str) -> None:
    """Say on the page whom the desk acts for, unless it was left alone for a while."""
    entry = page.session.data.get(ACTING_FOR, {}).get(community)
    if entry and page.now.timestamp() - int(entry[1]) <= HELPING_MINUTES * 60:
        page.principal, page.channel = str(entry[0]), str(entry[2])


def act_for(page: Page, community: str, member: str, channel: str = "assisted") -> None:
    """Say whom the desk acts for from now on, and how; nobody for an empty ``member``."""
    data = dict(page.session.data)
    helping = dict(data.get(ACTING_FOR, {}))
    helping.pop(community, None)
    if member:
        helping[community] = [member, int(page.now.timestamp()), channel]
    data[ACTING_FOR] = helping
    page.engine.sessions.update(token_of(page), data)


def keep_acting(page: Page, community: str) -> None:
    """Start the minutes of the desk again: the agent is at work."""
    if page.session is not None and page.principal:
        since = int(page.session.data[ACTING_FOR][community][1])
        if page.now.timestamp() - since > KEEP_SECONDS:
            act_for(page, community, page.principal, page.channel)


def begin(page: Page, account: str, response: Response) -> None:
    """Start a session under a new id; an older one of this browser ends."""
    if old := token_of(page):
        page.engine.sessions.end(old)
    token = page.engine.sessions.create(account, page.now)
    set_cookie(page, response, cookie_name(page), token)


def end(page: Page, response: Response) -> None:
    """End the session of this browser."""
    if token := token_of(page):
        page.engine.sessions.end(token)
    secure = is_secure(page.request, page.settings)
    response.delete_cookie(cookie_name(page), path="/", secure=secure, httponly=True)


def set_cookie(
    page: Page, response: Response, name: str, value: str, max_age: int | None = None
) -> None:
    """Set a cookie that scripts cannot read and other sites do not send along.

    In a frame of another site browsers keep it apart for each portal (``Partitioned``).
    """
    framed = bool(page.settings.frame_ancestors)
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=is_secure(page.request, page.settings) or framed,
        httponly=True,
        samesite="none" if framed else "lax",
    )
    if framed:  # Python's own cookies learn this word in 3.14
        name_, text = response.raw_headers[-1]
        response.raw_headers[-1] = (name_, text + b"; Partitioned")
