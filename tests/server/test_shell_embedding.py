"""Embedding: mounted under a prefix in an ASGI host and in a WSGI host, each with its own users."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
from a2wsgi import ASGIMiddleware
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from wugong import Misconfigured
from wugong.testing import Rehearsal
from wugong_server import Actor, Reading, Settings, create_app, hookimpl

ORIGIN = {"origin": "http://testserver"}


@pytest.fixture
def rehearsal() -> Rehearsal:
    made = Rehearsal({}, members={"m-li": (), "m-wang": ("officer",)}, writer="inline")
    made.engine.link("example", "portal", "li@portal", "m-li")
    return made


class StarlettePortal:
    """The portal signs its users in itself; we read its session."""

    @hookimpl
    def actor_from_request(self, request: Request) -> Actor | None:
        user = request.scope.get("session", {}).get("user")
        return Actor(subject=user, issuer="portal") if user else None


def sign_in_at_portal(request: Request) -> PlainTextResponse:
    request.session["user"] = request.query_params["as"]
    return PlainTextResponse("signed in")


@pytest.fixture
def portal(rehearsal: Rehearsal) -> TestClient:
    ours = create_app(
        rehearsal.engine, Settings(local_accounts=False), {"portal": StarlettePortal()}
    )
    host = Starlette(
        routes=[Route("/login", sign_in_at_portal), Mount("/gov/wugong", ours)],
        middleware=[Middleware(SessionMiddleware, secret_key="of the portal")],
    )
    return TestClient(host, follow_redirects=False, headers=ORIGIN)


def test_all_addresses_stay_under_the_prefix(portal: TestClient) -> None:
    assert portal.get("/gov/wugong/").headers["location"] == "/gov/wugong/c/example"
    page = portal.get("/gov/wugong/c/example")
    assert page.status_code == 200
    for part in page.text.split('href="')[1:]:
        address = part.partition('"')[0]
        # The icon stands in the page itself, so that a first view asks for it nowhere.
        assert address.startswith(("/gov/wugong/", "#", "?", "data:image/svg+xml,")), address
    sheet = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert portal.get(sheet).headers["content-type"].startswith("text/css")


def test_the_hosts_user_is_our_member(portal: TestClient, rehearsal: Rehearsal) -> None:
    assert "m-li" not in portal.get("/gov/wugong/c/example").text
    portal.get("/login?as=li@portal")
    assert "m-li" in portal.get("/gov/wugong/c/example").text
    form = {"title": "Street lights", "audience": "public", "key": "k"}
    made = portal.post("/gov/wugong/m/example/do/wugong.matter_opened", data=form)
    assert made.status_code == 303
    assert made.headers["location"].startswith("/gov/wugong/m/example.")
    matter = made.headers["location"].removeprefix("/gov/wugong/m/").partition("?")[0]
    assert rehearsal.matter(matter).opened_by == "m-li"


def test_a_user_of_the_host_whom_the_directory_does_not_know_is_a_guest(
    portal: TestClient,
) -> None:
    portal.get("/login?as=stranger@portal")
    page = portal.get("/gov/wugong/c/example")
    assert page.status_code == 200 and "stranger" not in page.text
    form = {"title": "x", "audience": "public", "key": "k"}
    answer = portal.post("/gov/wugong/m/example/do/wugong.matter_opened", data=form)
    assert answer.status_code == 403


def test_where_the_host_signs_people_in_our_links_go_there(rehearsal: Rehearsal) -> None:
    settings = Settings(local_accounts=False, sign_in_url="/login?then={next}")
    ours = create_app(rehearsal.engine, settings, {})
    host = TestClient(Starlette(routes=[Mount("/w", ours)]), follow_redirects=False)
    asked = host.get("/w/m/example/do/wugong.matter_opened")
    assert asked.headers["location"] == "/login?then=/w/m/example/do/wugong.matter_opened"
    assert host.get("/w/c/example/sign-in").status_code == 404


def test_the_mounted_app_needs_no_lifespan(rehearsal: Rehearsal) -> None:
    ours = create_app(rehearsal.engine, Settings(), {})
    host = Starlette(routes=[Mount("/w", ours)])
    assert TestClient(host).get("/w/healthz").json() == {
        "status": "ok"
    }  # no `with`: no lifespan was run


def test_a_proxy_that_strips_the_prefix_and_one_that_keeps_it(rehearsal: Rehearsal) -> None:
    ours = create_app(rehearsal.engine, Settings(), {})
    stripped = TestClient(ours, root_path="/w", follow_redirects=False)
    assert stripped.get("/").headers["location"] == "/w/c/example"
    assert stripped.get("/w/").headers["location"] == "/w/c/example"


@pytest.fixture
def flask_host(rehearsal: Rehearsal) -> Iterator[Any]:
    host = flask.Flask("portal")
    host.secret_key = "of the portal"

    @host.get("/login")
    def login() -> str:
        flask.session["user"] = flask.request.args["as"]
        return "signed in"

    class FlaskPortal:
        """Reads Flask's own session from the request's cookie."""

        @hookimpl
        def actor_from_request(self, request: Request) -> Actor | None:
            environ = {"HTTP_COOKIE": request.headers.get("cookie", "")}
            with host.request_context({**_EMPTY, **environ}):
                user = flask.session.get("user")
            return Actor(subject=user, issuer="portal") if user else None

    ours = create_app(rehearsal.engine, Settings(local_accounts=False), {"portal": FlaskPortal()})
    application: Any = ours
    bridge: Any = ASGIMiddleware(application)
    host.wsgi_app = DispatcherMiddleware(host.wsgi_app, {"/wugong": bridge})  # type: ignore[method-assign]
    yield host.test_client()


_EMPTY: dict[str, Any] = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "wsgi.url_scheme": "http",
}


def test_a_flask_host_mounts_us_through_a_bridge(flask_host: Any, rehearsal: Rehearsal) -> None:
    page = flask_host.get("/wugong/c/example")
    assert page.status_code == 200 and "m-li" not in page.text
    assert 'href="/wugong/c/example/matters"' in page.text
    flask_host.get("/login?as=li@portal")
    assert "m-li" in flask_host.get("/wugong/c/example").text
    form = {"title": "A bench", "audience": "public", "key": "k"}
    address = "/wugong/m/example/do/wugong.matter_opened"
    refused = flask_host.post(address, data=form, headers={"Origin": "http://evil.example"})
    assert refused.status_code == 403
    made = flask_host.post(address, data=form, headers={"Origin": "http://localhost"})
    assert made.status_code == 303
    assert made.headers["location"].startswith("/wugong/m/example.")


def test_a_host_may_override_a_template(rehearsal: Rehearsal, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("the portal's own list of {{ communities|length }}")
    rehearsal.engine.found("other", title="Other", setting="urban")
    client = TestClient(create_app(rehearsal.engine, Settings(templates=tmp_path), {}))
    assert client.get("/").text == "the portal's own list of 2"


class Misspelt:
    @hookimpl
    def render_panel(self) -> None: ...


class WrongPlace:
    @hookimpl
    def register_routes(self) -> list[Route]:
        return [Route("/admin", sign_in_at_portal, name="wrong.admin")]


class WrongName:
    @hookimpl
    def register_routes(self) -> list[Route]:
        return [Route("/c/{community}/x", sign_in_at_portal, name="home")]


class Read:
    """Reads once for each name and path."""

    def __init__(self, *places: tuple[str, str]) -> None:
        self.places = places

    @hookimpl
    def register_readings(self) -> list[Reading]:
        return [Reading(name, path, lambda page: {}, {}) for name, path in self.places]


MATTERS = "/api/v1/matters/{matter}/"


@pytest.mark.parametrize(
    ("module", "named"),
    [
        pytest.param(Read(("wrong.x", "/api/v1/x")), "/api/v1/x", id="read outside a matter"),
        pytest.param(Read(("right.x", f"{MATTERS}x")), "'right.x'", id="read by another's name"),
        pytest.param(
            Read(("wrong.x", f"{MATTERS}x"), ("wrong.y", f"{MATTERS}x")), r"wrong\.y", id="twice"
        ),
        pytest.param(Misspelt(), "render_panel", id="misspelt hook"),
        pytest.param(WrongPlace(), "/admin", id="path outside a matter"),
        pytest.param(WrongName(), "home", id="another's name"),
    ],
)
def test_a_wrong_pages_module_stops_the_start(
    rehearsal: Rehearsal, module: Any, named: str
) -> None:
    with pytest.raises(Misconfigured, match=named):
        create_app(rehearsal.engine, Settings(), {"wrong": module})
