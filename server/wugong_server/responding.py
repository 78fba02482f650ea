"""How a page answers: one act recorded, one template drawn, whole or as a fragment."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from wugong import NOBODY, Revoked, Unreadable
from wugong_server.page import Page, page_of, url
from wugong_server.sessions import set_cookie
from wugong_server.speech import MISREAD, problems
from wugong_server.templating import render

T = TypeVar("T")
PER_PAGE = 20
VISITOR = "wg-visitor"
DONE = "done"  # the query field that says what was just recorded


async def record(request: Request, event: Any, *, key: str, matter: str | None = None) -> Any:
    """Record one act of the reader on the path's matter and return its receipt.

    At the assisted desk it counts for the person who is being assisted.
    """
    page = page_of(request)
    where = matter or (page.matter.id if page.matter else "")
    request.state.tried = event  # a refusal may name what stands now: pages show both
    try:
        return await page.engine.arecord(
            where,
            event,
            by=page.member,
            principal=page.principal or None,
            channel=page.channel,
            key=key,
            session=page.session,
        )
    except Revoked:  # signed out, or somebody else, since this page was begun
        page.member, page.viewer, page.session = "", NOBODY, None
        raise HTTPException(403) from None


def is_fragment(request: Request) -> bool:
    """Tell whether htmx asks for a part of a page."""
    return request.headers.get("hx-request") == "true"


def respond(
    request: Request,
    template: str,
    *,
    block: str | None = None,
    status: int | None = None,
    to: str | None = None,
    stay: bool = False,
    **context: Any,
) -> Response:
    """Answer with a template: htmx gets ``block``, others the page, or a 303 after a POST.

    After a POST htmx goes where the others go, unless a block is named for it.
    The 303 goes ``to`` an address, or to the matter; there a banner says what was recorded.
    ``stay`` answers a POST with the page itself: a step in between, in which nothing was recorded.
    ``refused`` in the context, a ``Refused`` or an ``Unreadable``, is told where the template has
    its refusal, and what cannot be read at each field, too.
    """
    page = page_of(request)
    refused = context.get("refused")
    if isinstance(refused, Unreadable):
        page.known[MISREAD] = problems(refused, page.words)
    if status is None:
        status = 422 if isinstance(refused, Unreadable) else 409 if refused else 200
    fragment = is_fragment(request)
    done = request.method == "POST" and status < 400 and not stay
    if done and not (fragment and block):
        return redirect(request, to or _home_of(page), context.get("receipt"))
    html = render(template, block if fragment else None, context, page)
    return finished(page, HTMLResponse(html, status, headers={"Vary": "HX-Request"}))


def finished(page: Page, response: Response) -> Response:
    """Give somebody without a session the cookie that the tokens of the forms are bound to."""
    if page.visitor:
        set_cookie(page, response, VISITOR, page.visitor)
    return response


def redirect(request: Request, to: str, receipt: Any = None) -> Response:
    """Answer a POST with 303, with word of what was recorded; htmx follows in its own way."""
    address = to
    if receipt is not None:
        mark = "&" if "?" in to else "?"
        address = f"{to}{mark}{DONE}={done_token(page_of(request), receipt)}"
    if is_fragment(request):
        return Response(status_code=200, headers={"HX-Redirect": address, "Vary": "HX-Request"})
    return RedirectResponse(address, 303, headers={"Vary": "HX-Request"})


def _home_of(page: Page) -> str:
    if page.matter is None:
        return url(page.request, "index")
    if page.matter.is_standing:
        return url(page.request, "home", community=page.matter.id)
    return url(page.request, "matter", matter=page.matter.id)


@dataclass(frozen=True, slots=True)
class Done:
    """What the reader has just recorded, as the banner on the next page says it."""

    seq: int | None
    code: str


def done_token(page: Page, receipt: Any) -> str:
    """Sign what was recorded, for the reader's next page: nobody can forge the banner in a link."""
    seq = getattr(receipt, "seq", None) or 0
    code = re.sub(r"[^0-9A-Za-z]", "", str(getattr(receipt, "code", "") or ""))
    return f"{seq}.{code}.{_sign(page, f'{seq}.{code}')}"


def done_of(page: Page) -> Done | None:
    """Return what the reader has just recorded, if the address says so and we signed it."""
    seq, _, rest = page.request.query_params.get(DONE, "").partition(".")
    code, _, mac = rest.partition(".")
    if not mac or not hmac.compare_digest(mac, _sign(page, f"{seq}.{code}")):
        return None
    return Done(int(seq) or None, code)


def _sign(page: Page, text: str) -> str:
    message = f"done/{page.member}/{text}".encode()
    return hmac.new(page.settings.secret, message, hashlib.sha256).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """One page of a list, with numbers to the others."""

    items: Sequence[T]
    number: int
    pages: int
    total: int


def paged(items: Sequence[T], request: Request, per_page: int = PER_PAGE) -> Paged[T]:
    """Return the page of ``items`` that the address asks for with ``page=``."""
    pages = max(1, -(-len(items) // per_page))
    number = page_number(request, pages)
    start = (number - 1) * per_page
    return Paged(items[start : start + per_page], number, pages, len(items))


def page_number(request: Request, pages: int | None = None) -> int:
    """Read ``page=`` from the address: from 1, and at most ``pages``."""
    text = request.query_params.get("page", "1")
    number = int(text) if re.fullmatch(r"[1-9]\d{0,6}", text) else 1
    return min(number, pages) if pages is not None else number
