"""A page that is only read is made and drawn in one turn of a thread; nothing is passed by."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
import pytest
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from wugong.testing import Rehearsal
from wugong_server import hookimpl
from wugong_server.testing import app_of, browse


@pytest.fixture
def rehearsal() -> Rehearsal:
    return Rehearsal({}, members={"li": ()})


class Closed:
    """Middleware that lets nobody in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Response("closed", 418)(scope, receive, send)


class Guarded:
    """Pages of a plugin: one behind middleware of its own, one that is a coroutine."""

    @hookimpl
    def register_routes(self) -> list[Route]:
        around = [Middleware(Closed)]
        return [
            Route("/m/{matter}/guarded", self.show, middleware=around, name="guarded.closed"),
            Route("/m/{matter}/later", self.later, name="guarded.later"),
        ]

    @staticmethod
    def show(request: Request) -> Response:
        return Response("open")

    @staticmethod
    async def later(request: Request) -> Response:
        return Response(request.state.viewer.member)


def test_what_is_only_read_is_made_and_drawn_in_one_turn_of_a_thread(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []
    run = anyio.to_thread.run_sync

    async def counted(call: Any, *given: Any, **more: Any) -> Any:
        turns.append(repr(call))
        return await run(call, *given, **more)

    client, matter = browse(rehearsal, "li"), rehearsal.open("Lights", by="li")
    monkeypatch.setattr(anyio.to_thread, "run_sync", counted)
    assert client.get(f"/m/{matter}").status_code == 200
    assert len(turns) == 1, turns


def test_middleware_and_coroutines_of_a_route_go_their_own_way(rehearsal: Rehearsal) -> None:
    matter = rehearsal.open("Lights", by="li")
    client = browse(rehearsal, "li", app=app_of(rehearsal, pages={"guarded": Guarded()}))
    assert client.get(f"/m/{matter}/guarded").status_code == 418
    assert client.get(f"/m/{matter}/later").text == "li"
