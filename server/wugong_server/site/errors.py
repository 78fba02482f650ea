"""Errors as pages: what happened, why, what next; what was typed is never lost silently."""

from __future__ import annotations

import logging
import secrets

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from wugong import N_, Overloaded, Refused, Uncertain, Unreadable
from wugong_server.page import Page
from wugong_server.prepare import bare_page
from wugong_server.responding import finished, is_fragment
from wugong_server.security import content_policy
from wugong_server.speech import MISREAD, problems
from wugong_server.templating import render

log = logging.getLogger("wugong.server")

ROLE = "wugong.not_your_role"
COME_BACK = {"Retry-After": "600"}  # seconds, in which a full disk is noticed
SAID = {
    400: (
        N_("This request cannot be read"),
        N_("Please open the page again and start from there."),
    ),
    403: (N_("This is not yours to do"), N_("Another role does this, or you are not signed in.")),
    404: (
        N_("There is no such page"),
        N_("The address may be misspelt, or the page is not for you. Sign in, or start at home."),
    ),
    405: (N_("This cannot be done here"), N_("Please open the page again and start from there.")),
    409: (N_("Not possible yet"), ""),
    413: (N_("This is too large"), N_("Please send a smaller file.")),
    422: (N_("Some answers need a change"), N_("Go back: what you typed is still there.")),
    429: (
        N_("Too many at once"),
        N_("Nothing was recorded. Please wait a moment, then try again."),
    ),
    500: (
        N_("Something broke on our side"),
        N_(
            "Nothing more was recorded than the journal shows. Please tell the desk the code below."
        ),
    ),
    503: (
        N_("Not recorded"),
        N_("Too much is waiting, or the disk is full. Please send it again in 10 minutes."),
    ),
}

UNCERTAIN = (
    N_("Perhaps recorded, perhaps not"),
    N_(
        "The database went away at that very moment. Please send the same form again: if it was"
        " recorded already, it counts once all the same."
    ),
)


def answer_error(request: Request, error: Exception) -> Response:
    """Return the page for an error."""
    status = _status(error)
    code = ""
    if status == 500:
        code = secrets.token_hex(4)
        log.error("error %s at %s", code, request.url.path, exc_info=error)
    page = getattr(request.state, "page", None) or bare_page(request)
    try:
        html = _draw(page, error, status, code)
    except Exception:
        log.exception("the error page itself failed")
        response: Response = PlainTextResponse(f"{status} {code}".strip(), status)
    else:
        response = finished(page, HTMLResponse(html, status))
    _protect(page, response)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    if isinstance(error, Overloaded):
        response.headers.update(COME_BACK)
    return response


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, Refused):
        return 403 if error.codes == (ROLE,) else 409
    if isinstance(error, Overloaded):
        return 503
    return 422 if isinstance(error, Unreadable) else 500


def said(error: Exception, status: int) -> tuple[str, str]:
    """Return the title and the text of an error."""
    if isinstance(error, Uncertain):
        return UNCERTAIN
    return SAID.get(status, SAID[500] if status >= 500 else SAID[400])


def _block(page: Page, error: Exception, status: int) -> str | None:
    """Return what htmx gets: the refusal, or the word that the form on its page was not taken."""
    if not is_fragment(page.request):
        return None
    if isinstance(error, Refused):
        return "refusal"
    return "stopped" if status >= 500 or status == 429 else None


def _again(page: Page, error: Exception) -> list[tuple[str, str]]:
    """Return the fields of an act that could not be recorded, to send it under the same key.

    Not where files came with it: without them it would be another act.
    """
    form = getattr(page.request.state, "form", None)
    if form is None or not form.get("key") or _status(error) not in (429, 503):
        return []
    if any(form.file(name) for name in form.data):
        return []
    return [(n, v) for n, v in form.data.multi_items() if isinstance(v, str) and n != "csrf"]


def _draw(page: Page, error: Exception, status: int, code: str) -> str:
    title, text = said(error, status)
    if isinstance(error, Unreadable):
        page.known[MISREAD] = problems(error, page.words)
    return render(
        "error.html",
        _block(page, error, status),
        {
            "status": status,
            "title": title,
            "text": text,
            "code": code,
            "again": _again(page, error),
            "refused": error if isinstance(error, Refused) else None,
        },
        page,
    )


def _protect(page: Page, response: Response) -> None:
    """Set what the middleware sets; the answer to a crash does not pass through it."""
    response.headers["Content-Security-Policy"] = content_policy(page.settings)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request"
    response.headers["X-Content-Type-Options"] = "nosniff"
