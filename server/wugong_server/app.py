"""The app: routes, defences in their order, and the one place where errors become pages."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, request_response
from starlette.staticfiles import StaticFiles
from starlette.types import ExceptionHandler

from wugong import Engine, Misconfigured, Overloaded, Refused, Unreadable
from wugong_server.calendars import CalendarFile
from wugong_server.compressing import Compression
from wugong_server.forms import read_unanswered
from wugong_server.hookspecs import Reading
from wugong_server.limits import Buckets
from wugong_server.plugins import Pages, installed_pages
from wugong_server.prepare import Prepared
from wugong_server.problem import ProblemDocuments
from wugong_server.rehearsing import Trials
from wugong_server.security import API, CrossSiteGuard, SecurityHeaders, inside
from wugong_server.settings import Settings
from wugong_server.site import routes as site_routes
from wugong_server.site.errors import answer_error
from wugong_server.templating import environment

_ALONE = request_response(lambda _request: Response()).__code__
HOST = "host"  # what the pages of a host are called, and how the names of its routes begin
RECORD = "api.record"  # the route that records: all it needs is who asks


def create_app(
    engine: Engine,
    settings: Settings | None = None,
    pages: Mapping[str, Any] | None = None,
    *,
    host: Any = None,
) -> Starlette:
    """Return the pages and the JSON API of ``engine`` as one ASGI app.

    Mount it under any prefix; it needs no lifespan. ``host`` is a module or object of the host's
    own with ``actor_from_request``, beside the pages of the plugins. ``pages`` takes the place of
    those that are installed, by name; without the others a test is sooner done.
    """
    settings = settings or Settings()
    if settings.calendar is not None:
        engine.registry.calendar = CalendarFile(settings.calendar).now
    modules = _modules(engine, settings, pages, host)
    web = Pages(modules)
    # The one that records stands first: a ballot is not held against every other path.
    routes = [*_api_routes(settings, web.readings()), *site_routes(settings), *web.routes()]
    for route in routes:
        plugin = route.name.removeprefix("act:").partition(".")[0]
        route.app = Prepared(route.app, route.name == RECORD, plugin, _drawn_by(route))
    whole: list[BaseRoute] = [
        *routes,
        Mount("/static", Files(packages=[("wugong_server", "static")]), name="static"),
    ]
    trials = None
    if not settings.rehearsal:
        trials = Trials(create_app, settings, modules, engine.packs)
        whole.append(Mount("/rehearsals/{token}", app=trials, name="rehearsing"))
    app = Starlette(
        routes=whole,
        middleware=[
            Middleware(SecurityHeaders, settings),
            Middleware(Compression),
            Middleware(ProblemDocuments),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts)),
            Middleware(RequestBodyLimitMiddleware, max_body_size=settings.body_limit),
            Middleware(CrossSiteGuard, settings),
        ],
        exception_handlers=_handlers(),
    )
    app.state.engine = engine
    app.state.settings = settings
    engine.sessions.idle_ms = settings.idle_minutes * 60_000
    engine.sessions.absolute_ms = settings.session_hours * 3_600_000
    app.state.pages = web
    app.state.trials = trials
    app.state.buckets = Buckets()
    app.state.route_params = _route_params(routes)
    app.state.named = _by_name(whole)
    app.state.fingerprints = fingerprints()
    app.state.member_of_token = _token_reader()
    app.state.templates = environment(engine.registry, settings)
    return app


def _modules(
    engine: Engine, settings: Settings, pages: Mapping[str, Any] | None, host: Any
) -> dict[str, Any]:
    plugins = {name: None for name in engine.registry.packages if name not in settings.disabled}
    modules = installed_pages(plugins) if pages is None else dict(pages)
    if host is None:
        return modules
    if HOST in modules:
        raise Misconfigured(f"the host's own pages are called {HOST!r}; a plugin is, too")
    return {**modules, HOST: host}


class Files(StaticFiles):
    """Our own files: named with their fingerprint, they may be kept for a year."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Say how long the file may be kept, compressed or not: one weak ETag names both."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["ETag"] = f"W/{response.headers['ETag']}"
        if response.status_code == 304:  # others get it where they are compressed
            response.headers["Vary"] = "Accept-Encoding"
        return response


def fingerprints() -> dict[str, str]:
    """Return the beginning of the SHA-256 of each static file, for its address."""
    folder = Path(__file__).parent / "static"
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:10] for file in folder.iterdir()
    }


def _route_params(routes: list[Route]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for route in routes:
        params = frozenset(route.param_convertors)
        if found.setdefault(route.name, params) != params:
            raise Misconfigured(f"two routes are called {route.name}")
    found["static"] = frozenset({"path"})
    return found


def _drawn_by(route: Route) -> Callable[[Request], Response] | None:
    """Return the function of a route that draws in a thread, with nothing else around it."""
    alone = getattr(route.app, "__code__", None) is _ALONE
    return route.endpoint if alone and not iscoroutinefunction(route.endpoint) else None


def _by_name(routes: Iterable[BaseRoute]) -> dict[str, Route | Mount]:
    """Return the first route of each name: a page draws many addresses of many routes."""
    named: dict[str, Route | Mount] = {}
    for route in routes:
        if isinstance(route, Route | Mount) and route.name:
            named.setdefault(route.name, route)
    return named


def _api_routes(settings: Settings, readings: list[Reading]) -> list[Route]:
    try:
        from wugong_server.api import api_routes
    except ModuleNotFoundError as error:
        if error.name != "wugong_server.api":
            raise
        return []
    return cast("list[Route]", list(api_routes(settings, readings)))


def _token_reader() -> Any:
    try:
        from wugong_server import api
    except ModuleNotFoundError:
        return None
    return getattr(api, "member_of_token", None)


def _handlers() -> Mapping[Any, ExceptionHandler]:
    handle = cast("ExceptionHandler", _answer)
    return {
        Refused: handle,
        Unreadable: handle,
        Overloaded: handle,
        HTTPException: handle,
        ClientDisconnect: _gone,
        Exception: handle,
    }


def _gone(_request: Request, _error: Exception) -> Response:
    """Somebody went away before the request had come whole: nothing was done, no fault of ours."""
    return Response(status_code=400)


async def _answer(request: Request, error: Exception) -> Response:
    """Turn an error into a page, or into a problem document for the API."""
    if inside(request.scope).startswith(API):
        from wugong_server.problem import problem_response

        answer: Callable[[Request, Exception], Response | Awaitable[Response]] = problem_response
        made = answer(request, error)
        return await made if isinstance(made, Awaitable) else made
    if isinstance(error, HTTPException) and error.status_code == 429:
        await read_unanswered(request)
    return await run_in_threadpool(answer_error, request, error)
