"""The hosts of ``docs/embedding.md`` work as they stand there: whole pages, their own users."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from wugong import Engine, MemberEnrolled, Misconfigured, seal
from wugong_server import Actor, Settings, create_app, hookimpl

PAGE = Path(__file__).parents[2] / "docs" / "embedding.md"
LIBRARY, ASGI, WSGI = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Run an example in a folder of its own; its engine is closed at the end."""
    monkeypatch.chdir(tmp_path)
    made: list[types.ModuleType] = []

    def it(example: str) -> types.ModuleType:
        module = types.ModuleType("host_example")
        monkeypatch.setitem(sys.modules, "host_example", module)
        exec(compile(example, str(PAGE), "exec"), module.__dict__)
        made.append(module)
        return module

    yield it
    for module in made:
        module.engine.close()


def lived_in(engine: Engine) -> None:
    engine.found("linli", title="邻里", setting="urban")
    li = MemberEnrolled(member="m-li", name=seal("李四"))
    engine.record("linli", li, by="operator")
    engine.link("linli", "portal", "u-17", "m-li")


def test_the_library_says_what_an_import_does_and_why_an_act_is_refused(
    run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    run(LIBRARY)
    said = capsys.readouterr().out
    assert "3 new, 0 changed, 3 people to enrol" in said
    assert "wugong.not_your_role" in said


def test_an_asgi_host_has_the_pages_of_the_plugins_and_its_own_users(run: Any) -> None:
    host = run(ASGI)
    lived_in(host.engine)
    client = TestClient(host.app, base_url="https://portal.example.cn")
    assert "李四" not in client.get("/gov/wugong/c/linli").text
    client.get("/login")
    assert "李四" in client.get("/gov/wugong/c/linli").text
    assert client.get("/gov/wugong/c/linli/ledger").status_code == 200, "a page of a plugin"
    acts = client.get("/gov/wugong/api/v1/matters/linli/acts").json()["acts"]
    assert all(one["schema"].startswith("/gov/wugong/openapi.json#") for one in acts)
    assert client.get(acts[0]["schema"].partition("#")[0]).status_code == 200


def test_a_wsgi_host_reads_its_own_session_and_no_forged_one(run: Any) -> None:
    host = run(WSGI)
    lived_in(host.engine)
    client = host.site.test_client()
    assert "李四" not in client.get("/wugong/c/linli").text
    client.get("/login")
    assert "李四" in client.get("/wugong/c/linli").text
    assert client.get("/wugong/c/linli/ledger").status_code == 200
    client.set_cookie("session", "eyJ1c2VyIjoidS0xNyJ9.forged.forged")
    page = client.get("/wugong/c/linli")
    assert page.status_code == 200 and "李四" not in page.text


class Host:
    @hookimpl
    def actor_from_request(self) -> Actor | None:
        return None


def test_a_plugin_cannot_be_called_as_the_host_is() -> None:
    with Engine("sqlite://", {}) as engine, pytest.raises(Misconfigured, match="'host'"):
        create_app(engine, Settings(), {"host": Host()}, host=Host())
