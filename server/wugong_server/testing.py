"""For tests of pages: a client that is signed in to a rehearsal, without any password."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from wugong.testing import Rehearsal
from wugong_server.app import create_app
from wugong_server.hookspecs import Actor, hookimpl
from wugong_server.plugins import installed_pages
from wugong_server.settings import Settings

ORIGIN = "http://testserver"


class Signed:
    """A host whose user is whoever the test says, by a header that only tests send."""

    @hookimpl
    def actor_from_request(self, request: Request) -> Actor | None:
        """Return the member named in the header."""
        member = request.headers.get("x-rehearsal-member", "")
        return Actor(member=member) if member else None


def app_of(
    rehearsal: Rehearsal, settings: Settings | None = None, pages: Mapping[str, Any] | None = None
) -> Starlette:
    """Return the pages of a rehearsal's own plugins, open to ``x-rehearsal-member``."""
    settings = settings or Settings(secret=b"rehearsal", rate_limits=False)
    engine = rehearsal.engine
    own = _installed(frozenset(engine.registry.packages)) if pages is None else pages
    return create_app(engine, settings, {**own, "zz_rehearsal": Signed()})


@cache
def _installed(plugins: frozenset[str]) -> Mapping[str, Any]:
    """Return the pages of plugins; what is installed changes in no run of tests."""
    return installed_pages(dict.fromkeys(plugins))


def browse(
    rehearsal: Rehearsal,
    member: str | None = None,
    *,
    app: Starlette | None = None,
    language: str = "zh-Hans",
    **settings: Any,
) -> TestClient:
    """Return a client that reads the pages as ``member``; signed out when none is named."""
    made = Settings(secret=b"rehearsal", rate_limits=False, **settings)
    client = TestClient(app or app_of(rehearsal, made), follow_redirects=False)
    client.headers.update({"origin": ORIGIN, "accept-language": language})
    if member:
        client.headers["x-rehearsal-member"] = member
    return client
