"""Errors of the JSON API as problem documents (RFC 9457): what, why, and what to do next."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wugong import N_, Overloaded, Refusal, Refused, Uncertain, Unreadable, Words
from wugong_server import speech, telling
from wugong_server.page import Page
from wugong_server.prepare import bare_page
from wugong_server.security import API, inside

log = logging.getLogger("wugong.server")

MEDIA_TYPE = "application/problem+json"
RETRY = {"Retry-After": "2"}  # seconds, in which a full queue has usually emptied
TYPE = "urn:wugong:problem:"

TITLES = {
    400: N_("The request cannot be read"),
    401: N_("Please sign in first"),
    403: N_("This is for others to do"),
    404: N_("There is nothing here for you"),
    405: N_("This cannot be done here"),
    406: N_("Only JSON is spoken here"),
    409: N_("Not possible yet. Nothing was recorded"),
    413: N_("The request is too large"),
    415: N_("Please send JSON"),
    422: N_("Some fields cannot be read. Nothing was recorded"),
    429: N_("Too many requests; please wait a moment"),
    500: N_("Something broke on our side. The record shows what was recorded"),
    503: N_("Too much is waiting. Nothing was recorded; please try again"),
}
UNCERTAIN = N_("It is not known whether this was recorded. Send the same again with the same key")
KINDS = {
    401: "sign-in",
    403: "not-your-role",
    404: "not-found",
    409: "refused",
    413: "too-large",
    415: "not-json",
    422: "unreadable",
    429: "too-many",
    500: "broken",
    503: "overloaded",
}
# Refusals that HTTP has its own word for; they are told with their reasons all the same.
STATUS_OF = {
    "wugong.not_your_role": 403,
    "wugong.not_a_member": 403,
    "wugong.not_agent": 403,
    "wugong.office_not_lent": 403,
    "wugong.matter_unknown": 404,
    "wugong.community_unknown": 404,
    "wugong.kind_unknown": 422,
}


class Malformed(HTTPException):
    """A request that cannot be understood before any rule is asked; it names the places."""

    def __init__(self, status: int, *problems: tuple[str, str]) -> None:
        super().__init__(status, "; ".join(f"{place}: {what}" for place, what in problems))
        self.problems = problems


class WrongRows(HTTPException):
    """A file of which rows cannot be taken; each is named by its number."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], wrong: int) -> None:
        super().__init__(422)
        self.rows, self.wrong = rows, wrong


async def problem_response(request: Request, error: Exception) -> Response:
    """Answer an error under ``/api/``; nothing of the program's inside is ever told."""
    return await run_in_threadpool(_respond, request, error)


def _respond(request: Request, error: Exception) -> Response:
    match error:
        case Refused():
            return _document(request, _status_of(error.reasons), reasons=_reasons(request, error))
        case Unreadable():
            return _document(request, 422, problems=_places(request, error.problems))
        case Malformed():
            return _document(request, error.status_code, problems=_places(request, error.problems))
        case WrongRows():
            return _document(request, 422, problems=error.rows, wrong=error.wrong)
        case Uncertain():
            said = {"type": f"{TYPE}uncertain", "title": _page(request).words(UNCERTAIN)}
            return _document(request, 503, headers=RETRY, **said)
        case Overloaded():
            return _document(request, 503, headers=RETRY)
        case HTTPException():
            return _document(request, error.status_code, headers=error.headers)
    if type(error) is LookupError:  # the engine's word for a matter that is not there
        return _document(request, 404)
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _document(request, 500)


def _status_of(reasons: Iterable[Refusal]) -> int:
    found = {STATUS_OF.get(reason.code, 409) for reason in reasons}
    return found.pop() if len(found) == 1 else 409


def _reasons(request: Request, refused: Refused) -> list[dict[str, Any]]:
    page = _page(request)
    return [reason_json(page, reason) for reason in refused.reasons]


def reason_json(page: Page, reason: Refusal) -> dict[str, Any]:
    """Write a refusal: its code, what is missing in words, the article, and what to do next."""
    return {
        "code": reason.code,
        "text": telling.refusal_words(page, reason),
        "source": reason.source,
        "remedy": telling.remedy_words(page, reason),
        "details": dict(reason.details),
    }


def _places(request: Request, problems: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    words = _page(request).words
    return [
        {"place": place, "what": what, "text": speech.problem(what, words)}
        for place, what in problems
    ]


def _document(
    request: Request,
    status: int,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    body = document(status, _page(request).words, request.url.path) | more
    return Response(
        json.dumps(body, ensure_ascii=False),
        status,
        headers={**(headers or {}), "Vary": "Accept-Language"},
        media_type=MEDIA_TYPE,
    )


def document(status: int, words: Words, instance: str) -> dict[str, Any]:
    """Return the members that every problem document has."""
    kind = KINDS.get(status)
    phrase = next((known.phrase for known in HTTPStatus if known == status), "Error")
    return {
        "type": f"{TYPE}{kind}" if kind else "about:blank",
        "title": words(TITLES[status]) if status in TITLES else phrase,
        "status": status,
        "instance": instance,
    }


def _page(request: Request) -> Page:
    found = getattr(request.state, "page", None)
    return found if isinstance(found, Page) else bare_page(request)


class ProblemDocuments:
    """Turns the plain refusals of outer defences (body limit, forged origin, unknown host) under
    ``/api/`` into problem documents, so that a program meets one form of error only."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not inside(scope).startswith(API):
            return await self.app(scope, receive, send)
        swallowed = False

        async def documented(message: Message) -> None:
            nonlocal swallowed
            if message["type"] == "http.response.start" and message["status"] >= 400:
                kind = Headers(raw=message["headers"]).get("content-type", "")
                if not kind.startswith((MEDIA_TYPE, "application/json")):
                    swallowed = True
                    await _send_document(scope, receive, send, message)
                    return
            if not swallowed:
                await send(message)

        await self.app(scope, receive, documented)


async def _send_document(scope: Scope, receive: Receive, send: Send, given: Message) -> None:
    status = given["status"]
    words = Words("en", ["wugong_server"])
    dropped = {b"content-type", b"content-length"}
    kept = {
        k.decode("latin-1"): v.decode("latin-1") for k, v in given["headers"] if k not in dropped
    }
    body = document(status, words, scope["path"])
    response = Response(
        json.dumps(body, ensure_ascii=False), status, headers=kept, media_type=MEDIA_TYPE
    )
    await response(scope, receive, send)
