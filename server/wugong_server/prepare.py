"""What every page needs before it starts: the matter, who asks, in which language and type size."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from wugong import LANGUAGES, NOBODY, Matter, community_of
from wugong_server import sessions
from wugong_server.hookspecs import Actor
from wugong_server.limits import ACTS_OF_A_NETWORK, ACTS_OF_ONE, Buckets, network
from wugong_server.page import Page
from wugong_server.responding import done_of
from wugong_server.security import SAFE

LANGUAGE, ELDER, THEME = "wg-lang", "wg-elder", "wg-theme"
_BY_TAG = {
    "zh-hant": "zh_Hant",
    "zh-tw": "zh_Hant",
    "zh-hk": "zh_Hant",
    "zh-mo": "zh_Hant",
    "zh": "zh_Hans",
    "zh-hans": "zh_Hans",
    "zh-cn": "zh_Hans",
    "zh-sg": "zh_Hans",
    "en": "en",
}


class Prepared:
    """Wraps the app of one route: makes its :class:`Page` in a worker thread, then goes on.

    ``light`` leaves the matter and the viewer out: for a route whose only work is the engine's,
    which looks at both itself. ``plugin`` is whose route it is: its own words are asked first.
    ``draw`` is the route's own function where that is no coroutine: what is only read is made and
    drawn in one turn of a thread, for while ballots are cast each turn is waited for.
    """

    def __init__(
        self,
        app: ASGIApp,
        light: bool = False,
        plugin: str = "",
        draw: Callable[[Request], Response] | None = None,
    ) -> None:
        self.app = app
        self.plugin = plugin
        self.draw = draw
        self.light = light
        self.make = make_light_page if light else make_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if self.draw is not None and request.method in SAFE:
            response = await run_in_threadpool(self._drawn, request, self.draw)
            return await response(scope, receive, send)
        page = remembered_page(request) if self.light else None
        if page is None:
            page = await run_in_threadpool(self._made, request)
        if request.method not in SAFE:
            await limit_acts(page)
        try:
            await self.app(scope, receive, send)
        finally:
            form = getattr(request.state, "form", None)
            if form is not None:
                await form.data.close()  # uploaded files wait in temporary ones

    def _made(self, request: Request) -> Page:
        page = self.make(request)
        request.state.words = page.words_of(self.plugin)
        return page

    def _drawn(self, request: Request, draw: Callable[[Request], Response]) -> Response:
        with request.app.state.engine.together():
            self._made(request)
            return draw(request)


def make_page(request: Request) -> Page:
    """Return the page of a request and put it, the viewer and the matter into its state.

    404 for a matter that does not exist or of which this reader may not know.
    """
    page = bare_page(request)
    wanted = _place(request)
    if wanted:
        matter = _matter(page, wanted)
        if matter is None or ("community" in request.path_params and not matter.is_standing):
            raise HTTPException(404)
        page.matter = matter
        _identify(page, matter)
        if not page.engine.may_read_matter(matter, page.viewer):
            page.matter = _matter(page, matter.community)
            raise HTTPException(404)
        page.done = done_of(page)
        if page.principal and request.method not in SAFE:
            sessions.keep_acting(page, matter.community)
    request.state.matter = page.matter
    request.state.viewer = page.viewer
    request.state.words = page.words
    return page


def make_light_page(request: Request) -> Page:
    """Return a page that knows who asks and nothing of the matter."""
    page = bare_page(request)
    page.member = _member(page, community_of(_place(request)))
    return page


def _place(request: Request) -> str:
    """Return the matter or community that the path names."""
    params = request.path_params
    return str(params.get("matter") or params.get("community") or "")


def remembered_page(request: Request) -> Page | None:
    """Return a light page without a thread and without the database, for who was known before.

    Only for a route that hands ``page.token`` and ``page.session`` to the engine, whose writer
    looks at them once more.
    """
    if request.app.state.pages.has("actor_from_request"):
        return None
    community, page = community_of(str(request.path_params["matter"])), bare_page(request)
    if sent := bearer(request):
        token = page.engine.tokens.seen(sent, page.now)
        if token and token.community == community:
            page.member, page.token = token.member, token.id
    else:
        page.member = sessions.remembered(page, community)
    return page if page.member else None


def bearer(request: Request) -> str:
    """Return the token that a request carries, or nothing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _matter(page: Page, wanted: str) -> Matter | None:
    try:
        return page.engine.matter(wanted)
    except LookupError:
        return None


def bare_page(request: Request) -> Page:
    """Return a page that knows only the request: for errors, and before anything is looked up."""
    state = request.app.state
    page = Page(
        request=request,
        engine=state.engine,
        settings=state.settings,
        language=language_of(request, state.settings.language),
        now=state.engine.now(),
        elder={"on": "on", "max": "max"}.get(request.cookies.get(ELDER, ""), ""),
        theme="light" if request.cookies.get(THEME) == "light" else "",
    )
    request.state.page = page
    request.state.viewer = NOBODY
    request.state.matter = None
    request.state.words = page.words
    return page


def _identify(page: Page, matter: Matter) -> None:
    """Find out who asks: the host knows, or a token of the API, or a session of ours."""
    member = _member(page, matter.community)
    if not member:
        return
    viewer = page.engine.viewer(matter.id, member)
    if viewer.roles:  # else the directory does not know them: a guest, whatever the host says
        page.member, page.viewer = member, viewer
    else:
        page.principal, page.channel = "", "web"


def _member(page: Page, community: str) -> str:
    member = _host_member(page, community) or _token_member(page, community)
    return member or sessions.member_of(page, community)


def _host_member(page: Page, community: str) -> str:
    for plugin, hook in page.request.app.state.pages.hooks("actor_from_request"):
        actor: Actor | None = hook(request=page.request)
        if actor is None:
            continue
        if not isinstance(actor, Actor):
            raise TypeError(f"plugin {plugin}: actor_from_request returned {actor!r}")
        return actor.member or page.engine.identify(community, actor.issuer, actor.subject)
    return ""


def _token_member(page: Page, community: str) -> str:
    find = getattr(page.request.app.state, "member_of_token", None)
    return str(find(page.request, community) or "") if find else ""


def language_of(request: Request, otherwise: str) -> str:
    """Return the language a reader chose, or that their browser asks for.

    A table of our own: a negotiation that takes ``zh-TW`` for unknown answers in English.
    """
    chosen = request.cookies.get(LANGUAGE, "")
    if chosen in LANGUAGES:
        return chosen
    return _wanted(request.headers.get("accept-language", "")[:400], otherwise)


@lru_cache(256)
def _wanted(header: str, otherwise: str) -> str:
    for tag in _accepted(header):
        parts = tag.lower().split("-")
        for known in ("-".join(parts[:2]), parts[0]):
            if known in _BY_TAG:
                return _BY_TAG[known]
    return otherwise


def _accepted(header: str) -> list[str]:
    """Return the tags of an Accept-Language header, most wanted first."""
    wanted: list[tuple[int, int, str]] = []
    for place, item in enumerate(header.split(",")):
        tag, _, weight = item.strip().partition(";q=")
        digits = weight.strip().removeprefix("0.").ljust(3, "0")[:3] if weight else "1000"
        if tag and digits.isdecimal():
            wanted.append((-int(digits), place, tag))
    return [tag for _, _, tag in sorted(wanted)]


async def limit_acts(page: Page) -> None:
    """Raise 429 when this account or network has acted too often."""
    state: Any = page.request.app.state
    if not page.settings.rate_limits:
        return
    buckets: Buckets = state.buckets
    where = network(page.request, page.settings.trusted_proxies)
    counted = {f"net/{where}": ACTS_OF_A_NETWORK}
    if page.member:
        counted[f"acts/{community_of(_place(page.request))}/{page.member}"] = ACTS_OF_ONE
    wait = max([buckets.take(key, rate) for key, rate in counted.items()])
    for key, rate in counted.items():
        if buckets.owes(key, rate):  # seldom: it writes to the database
            await run_in_threadpool(buckets.settle, key, rate, page.engine.spend)
    if wait > 0:
        raise too_many(wait)


def too_many(wait: float) -> HTTPException:
    """Return the 429 that says when to come back."""
    return HTTPException(429, headers={"Retry-After": str(int(wait) + 1)})
