"""Sessions of browsers are remembered for seconds; one that ended elsewhere records nothing.

Two engines on one database are two processes: neither is told what the other does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.core.conftest import people
from wugong import Engine, MatterOpened, RoleRevoked
from wugong.directory import Sessions
from wugong_server.accounts import set_password
from wugong_server.app import create_app
from wugong_server.settings import Settings

PASSWORD = "a long enough secret"
SETTINGS = Settings(secret=b"shared by both", rate_limits=False)
ORIGIN = {"origin": "http://testserver", "accept-language": "zh-Hans"}


@dataclass
class Process:
    """An engine with its pages, and a browser that speaks to it."""

    engine: Engine
    client: TestClient

    def record(self, matter: str, stage: str) -> int:
        """Open a stage through the API, by the cookie alone."""
        answer = self.client.post(
            f"/api/v1/matters/{matter}/events",
            json={"kind": "wugong.stage_opened", "body": {"stage": stage}},
            headers={"idempotency-key": stage},
        )
        return answer.status_code

    def send(self, matter: str, stage: str) -> int:
        """Open a stage through the form."""
        form = {"stage": stage, "key": stage, "act-step": "checked"}
        answer = self.client.post(f"/m/{matter}/do/wugong.stage_opened", data=form)
        return answer.status_code


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[list[Process]]:
    made = []
    for _ in range(2):
        engine = Engine(f"sqlite:///{tmp_path / 'a.db'}", {})
        client = TestClient(create_app(engine, SETTINGS, pages={}), follow_redirects=False)
        client.headers.update(ORIGIN)
        made.append(Process(engine, client))
    people(made[0].engine)
    set_password(made[0].engine, "wang@x", PASSWORD, {"wutong": "wang"})
    yield made
    for one in made:
        one.engine.close()


@pytest.fixture
def matter(processes: list[Process]) -> str:
    opened = MatterOpened(title="Lights")
    return processes[0].engine.record("wutong", opened, by="li").matter


def sign_in(process: Process) -> None:
    form = {"account": "wang@x", "password": PASSWORD, "next": ""}
    assert process.client.post("/c/wutong/sign-in", data=form).status_code == 303


def sign_out(process: Process) -> None:
    assert process.client.post("/c/wutong/sign-out").status_code == 303


def new_password(process: Process) -> None:
    set_password(process.engine, "wang@x", "another long secret")


def end_role(process: Process) -> None:
    ended = RoleRevoked(member="wang", role="officer")
    process.engine.record("wutong", ended, by="operator")


@pytest.mark.parametrize("ended_by", [0, 1], ids=["here", "in another process"])
@pytest.mark.parametrize(("end", "status"), [(sign_out, 401), (new_password, 401), (end_role, 403)])
def test_who_was_signed_out_or_lost_the_role_records_nothing(
    processes: list[Process],
    matter: str,
    end: Callable[[Process], None],
    status: int,
    ended_by: int,
) -> None:
    one, ending = processes[0], processes[ended_by]
    sign_in(one)
    cookies = dict(one.client.cookies)
    ending.client.cookies.update(cookies)
    assert one.record(matter, "build") == 201
    end(ending)
    one.client.cookies.update(cookies)  # as whoever stole them would
    before = one.engine.head("wutong")
    assert one.record(matter, "manage") == status
    assert one.record(matter, "manage") == status
    assert one.send(matter, "manage") == 403
    assert one.engine.head("wutong") == before


def test_who_was_seen_just_now_is_not_looked_up_again(
    processes: list[Process], matter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = processes[0]
    sign_in(one)
    asked: list[str] = []
    find = Sessions.find

    def counted(self: Sessions, token: str, at: Any) -> Any:
        asked.append(token)
        return find(self, token, at)

    monkeypatch.setattr(Sessions, "find", counted)
    assert one.record(matter, "build") == 201
    assert one.record(matter, "manage") == 201
    assert len(asked) == 1


def test_a_session_that_ends_between_the_page_and_the_batch_records_nothing(
    processes: list[Process], matter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = processes
    sign_in(one)
    arecord = Engine.arecord

    async def late(self: Engine, *given: Any, **more: Any) -> Any:
        new_password(other)
        return await arecord(self, *given, **more)

    monkeypatch.setattr(Engine, "arecord", late)
    before = one.engine.head("wutong")
    answer = one.client.post(
        f"/m/{matter}/do/wugong.stage_opened",
        data={"stage": "build", "key": "k", "act-step": "checked"},
    )
    assert answer.status_code == 403 and "退出登录" not in answer.text
    assert one.engine.head("wutong") == before


def test_whom_the_desk_helps_is_what_stands_in_the_database(
    processes: list[Process], matter: str
) -> None:
    """Started in another process, within the seconds in which this one remembers the session."""
    one, other = processes
    set_password(one.engine, "wang@x", PASSWORD, {"wutong": "zhou"})  # an agent
    sign_in(one)
    other.client.cookies.update(dict(one.client.cookies))
    assert one.record(matter, "build") == 201
    helping = {"member": "li", "channel": "assisted"}
    assert other.client.post("/c/wutong/desk/start", data=helping).status_code == 303
    before = one.engine.head("wutong")
    assert one.record(matter, "manage") == 401  # whose act would it be?
    assert one.engine.head("wutong") == before
    assert one.record(matter, "manage") == 403  # li's, who may not do it
