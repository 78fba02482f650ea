"""What stands before and beside the API: body limit, forged origins, health."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import Message

from tests.support.api import V1, Program
from wugong.testing import Rehearsal

NEED = {"text": "三組的路燈不亮", "place": "三組", "channel": "web"}
KIND = "planning.need_filed"


@pytest.fixture
def r() -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(members={"li": ()}, community="wutong")
    yield rehearsal
    rehearsal.engine.close()


@pytest.fixture
def matter(r: Rehearsal) -> str:
    return r.open("路燈", by="li")


def test_too_large_a_body_is_refused_as_a_problem_document(r: Rehearsal, matter: str) -> None:
    body = {**NEED, "text": "x" * 300_000}
    problem = Program(r, "li").act(matter, KIND, body, 413)
    assert problem["type"] == "urn:wugong:problem:too-large"


def test_a_forged_form_of_another_site_is_refused(r: Rehearsal, matter: str) -> None:
    program = Program(r, "li")
    answer = program.client.post(
        f"{V1}/matters/{matter}/events",
        json={"kind": KIND, "body": NEED},
        headers={
            "Idempotency-Key": "k",
            "Cookie": "wg-sid-wutong=x",
            "Sec-Fetch-Site": "cross-site",
        },
    )
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/matters/{matter}/events", "/c/wutong/sign-in"])
def test_who_goes_away_while_sending_is_no_fault_of_ours(
    r: Rehearsal, matter: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    client, before = Program(r, "li").client, r.engine.head("wutong")
    whole = path.format(matter=matter)
    named = {**client.headers, "host": "testserver", "idempotency-key": "k"}
    kind = "application/json" if "api" in path else "application/x-www-form-urlencoded"
    headers = [(k.encode(), v.encode()) for k, v in {**named, "content-type": kind}.items()]
    scope = {
        **{"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http"},
        **{"path": whole, "raw_path": whole.encode(), "query_string": b"", "root_path": ""},
        **{"headers": headers, "client": ("127.0.0.1", 1), "server": ("testserver", 80)},
    }
    came = iter([{"type": "http.request", "body": b"{", "more_body": True}])
    sent: list[Message] = []

    async def receive() -> Message:
        return next(came, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    async def answered() -> None:
        await client.app(scope, receive, send)

    asyncio.run(answered())
    assert sent[0]["status"] == 400
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert r.engine.head("wutong") == before


def test_the_process_is_healthy_without_its_database(
    r: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Program(r)
    assert program.get("/healthz") == {"status": "ok"}
    assert program.get("/readyz") == {"status": "ok"}

    def gone() -> None:
        raise ConnectionError("the database is gone")

    monkeypatch.setattr(r.engine.storage, "read", gone)
    monkeypatch.setattr(r.engine.storage, "version", gone)
    assert program.get("/healthz") == {"status": "ok"}
    assert program.get("/readyz", 503) == {"status": "unavailable"}


@pytest.mark.parametrize("path", ["matters/wutong.%00", "communities/wutong%00", "matters/%F0%9F"])
def test_an_impossible_name_is_not_found_on_either_database(
    database: str, tmp_path: Path, path: str
) -> None:
    keys = str(tmp_path / "keys")
    rehearsal = Rehearsal({}, community="wutong", database=database, keys=keys)
    program = Program(rehearsal)
    program.get(f"{V1}/{path}", 404)
    page = program.client.get(f"/m/{path.partition('/')[2]}")
    assert page.status_code == 404
    rehearsal.engine.close()
