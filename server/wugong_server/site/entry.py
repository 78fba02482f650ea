"""The way in: the list of communities, signing in and out, language and type size, health."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wugong import LANGUAGES, N_
from wugong_server import sessions
from wugong_server.accounts import check_password
from wugong_server.forms import read_form
from wugong_server.limits import SIGN_INS_OF_A_NETWORK, SIGN_INS_OF_ONE, network
from wugong_server.page import Page, page_of, url
from wugong_server.prepare import ELDER, LANGUAGE, THEME, too_many
from wugong_server.responding import respond

YEAR = 365 * 24 * 3600
TOPICS = ("accessibility", "privacy")


def index(request: Request) -> Response:
    """Show the communities; where there is one, go there."""
    page = page_of(request)
    listed = page.engine.communities()
    if len(listed) == 1:
        return RedirectResponse(url(request, "home", community=listed[0][0]), 303)
    return respond(request, "index.html", communities=listed)


def safe_next(request: Request, wanted: str, otherwise: str) -> str:
    """Return where to go next: only a path of this app, never another site."""
    parts = urlsplit(wanted)
    plain = not (parts.scheme or parts.netloc) and re.fullmatch(r"/[^\\\x00-\x20]*", wanted)
    root = str(request.scope.get("root_path", ""))
    inside = plain and not wanted.startswith("//") and (wanted + "/").startswith(root + "/")
    return wanted if inside else otherwise


def preferences(request: Request) -> Response:
    """Remember language, type size or colours in this browser, and go back."""
    page, asked = page_of(request), request.query_params
    response = RedirectResponse(
        safe_next(request, asked.get("next", ""), url(request, "index")), 303
    )
    if (language := asked.get("language")) in LANGUAGES:
        sessions.set_cookie(page, response, LANGUAGE, str(language), YEAR)
    if (elder := asked.get("elder")) in ("on", "max", "off"):
        sessions.set_cookie(page, response, ELDER, str(elder), YEAR)
    if (theme := asked.get("theme")) in ("light", "device"):
        sessions.set_cookie(page, response, THEME, str(theme), YEAR)
    return response


def about(request: Request) -> Response:
    """Show what is said about accessibility and privacy."""
    topic = request.path_params["topic"]
    if topic not in TOPICS:
        raise HTTPException(404)
    return respond(request, f"about/{topic}.html")


def sign_in(request: Request) -> Response:
    """Show the sign-in form."""
    wanted = request.query_params.get("next", "")
    return respond(request, "sign-in.html", next=wanted, account="", error="")


async def check_in(request: Request) -> Response:
    """Check name and password and begin a session."""
    form = await read_form(request)
    page = page_of(request)
    account, password = form.get("account"), str(form.data.get("password", ""))
    await run_in_threadpool(_limit, page, account)
    right = await run_in_threadpool(check_password, page.engine, account, password)
    community = page.community.community if page.community else ""
    otherwise = url(request, "home", community=community)
    if not right:
        error = page.words(N_("Name or password is not right. Nothing was changed."))
        return await run_in_threadpool(
            lambda: respond(
                request,
                "sign-in.html",
                status=422,
                next=form.get("next"),
                account=account,
                error=error,
            )
        )
    response = RedirectResponse(safe_next(request, form.get("next"), otherwise), 303)
    await run_in_threadpool(sessions.begin, page, account, response)
    return response


def _limit(page: Page, account: str) -> None:
    """Count attempts in the database, for all processes: by account and by network."""
    if not page.settings.rate_limits:
        return
    where = network(page.request, page.settings.trusted_proxies)
    for key, rate in (
        (f"sign-in/account/{account[:80].lower()}", SIGN_INS_OF_ONE),
        (f"sign-in/network/{where}", SIGN_INS_OF_A_NETWORK),
    ):
        wait = page.engine.take(key, rate.burst, rate.per_minute)
        if wait > 0:
            raise too_many(wait)


def sign_out(request: Request) -> Response:
    """End the session and go home."""
    page = page_of(request)
    community = page.community.community if page.community else ""
    response = RedirectResponse(url(request, "home", community=community), 303)
    sessions.end(page, response)
    return response
