"""``wugong serve`` as a process: the port, the storage, the demonstration, and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.api import V1
from wugong import Engine
from wugong.cases import read_case
from wugong_server import cli, demonstration, serve
from wugong_server.commands import console

COMMAND = (sys.executable, "-m", "wugong_server.cli", "serve")


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WUGONG_")}
    for name in ("DATABASE_URL", "PORT"):
        kept.pop(name, None)
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", **more}


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a free port; yields it with everything it printed up to its greeting."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("wugong is ready"), line + process.stderr.read()
        yield process, line
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def url_of(line: str) -> str:
    found = re.search(r"http://[\d.]+:\d+/", line)
    assert found is not None
    return found[0]


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as response:
        text: str = response.read().decode()
        return text


def signed_in(url: str, community: str, account: str, password: str) -> str:
    """Sign in on the page, as a browser would, and return the page that follows."""
    form = urllib.parse.urlencode({"account": account, "password": password, "next": ""})
    headers = {"Origin": url.rstrip("/"), "Accept-Language": "zh-Hans"}
    address = f"{url}c/{community}/sign-in"
    request = urllib.request.Request(address, form.encode(), headers)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(request, timeout=30) as response:
        text: str = response.read().decode()
        return text


@pytest.mark.slow
def test_a_new_database_is_served_and_closed_cleanly(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, line):
        assert json.loads(fetch(url_of(line) + "readyz")) == {"status": "ok"}
        assert process.stdout is not None
        places = f"data: {tmp_path}/wugong.sqlite3; people's keys: {tmp_path}/wugong.sqlite3.keys\n"
        assert process.stdout.readline() == places
        assert "no community yet" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    # Closed, not killed: the log is folded into the database.
    assert not (tmp_path / "wugong.sqlite3-wal").exists()


@pytest.mark.slow
def test_the_demonstration_fills_a_new_database_and_says_how_to_sign_in(
    tmp_path: Path, database: str
) -> None:
    if not demonstration.case_files():
        pytest.fail("the case files of the demonstration are missing")
    keys = tmp_path / "people.keys"
    where = ("--demonstration", "--database", database, "--keys", str(keys))
    with serving(tmp_path, *where) as (process, line):
        assert process.stdout is not None
        printed = [process.stdout.readline() for _ in range(7)]
        assert "示例" in printed[2]
        said = re.search(r"until the next start the password is (\S+)", printed[3])
        assert said is not None
        url = url_of(line)
        assert "示例" in fetch(url + V1.lstrip("/") + "/communities")
        assert "<html" in fetch(url)
        for row in printed[5:]:
            community, account, name = row.split()[:3]
            page = signed_in(url, community, account, said[1])
            assert f"{name}已登录" in page and f"/c/{community}/sign-out" in page
        with pytest.raises(urllib.error.HTTPError, match="422"):
            signed_in(url, community, account, "another password")
    with Engine(database, keys=keys, demonstration=True) as engine:
        known = engine.communities()
        assert {setting for _name, _title, setting in known} == {"urban", "rural"}
        heads = {name: engine.head(name) for name, _title, _setting in known}
        for name in heads:
            assert engine.verify(name)[1] is None
        _password, tried = demonstration.accounts(engine)
        assert {one.community for one in tried} == heads.keys()
    # A second start plays nothing again.
    with serving(tmp_path, *where):
        pass
    with Engine(database, keys=keys, demonstration=True) as engine:
        assert {name: engine.head(name) for name in heads} == heads


def test_a_port_in_use_is_told_and_nothing_is_touched(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = subprocess.run(
            [*COMMAND, "--port", str(port), "--demonstration"],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == console.TAKEN
    assert f"port {port} is in use" in ended.stderr and "--port" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "told"), [("203.0.113.77", "no address"), ("no.such.host.invalid", "no address")]
)
def test_an_address_that_is_not_ours_is_told(host: str, told: str) -> None:
    with pytest.raises(serve.PortTaken, match=told):
        serve.listen(host, 0)


def test_an_answer_in_two_parts_is_sent_at_once() -> None:
    async def delayed() -> int:
        found = asyncio.get_running_loop().create_future()

        def accepted(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            its = writer.get_extra_info("socket")
            found.set_result(its.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with serve.listen("127.0.0.1", 0) as taken:
            async with await asyncio.start_server(accepted, sock=taken):
                _, writer = await asyncio.open_connection(*taken.getsockname()[:2])
                at_once = await asyncio.wait_for(found, 10)
                writer.close()
        return int(at_once)

    assert asyncio.run(delayed()) == 1


def test_the_port_comes_from_the_option_then_the_environment(tmp_path: Path) -> None:
    from wugong_server.environment import read_environment

    before = dict(os.environ)
    try:
        os.environ["PORT"] = "8123"
        assert read_environment().port == 8123
        assert read_environment(port=8124).port == 8124
        os.environ["WUGONG_PORT"] = "8125"
        assert read_environment().port == 8125
        os.environ["DATABASE_URL"] = "postgres://u:p@h/d"
        assert read_environment().database_url == "postgresql+psycopg://u:p@h/d"
        assert read_environment(database_url="sqlite:///x").database_url == "sqlite:///x"
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_while_it_serves_threads_take_short_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, seen = sys.getswitchinterval(), list[float]()
    monkeypatch.setattr(
        serve._Server, "run", lambda *_, **_more: seen.append(sys.getswitchinterval())
    )
    with Engine(f"sqlite:///{tmp_path / 'a.db'}", {}) as engine:
        taken = serve.listen("127.0.0.1", 0)
        with taken:
            serve.run(None, engine, taken, ready=lambda: None)
    assert seen == [pytest.approx(serve.TURN_SECONDS)]
    assert sys.getswitchinterval() == usual > serve.TURN_SECONDS


def test_the_ticker_goes_on_after_a_failed_tick() -> None:
    class Flaky:
        ticks = 0

        def tick(self) -> int:
            self.ticks += 1
            if self.ticks == 1:
                raise ConnectionError("the database is away")
            return 0

    flaky = Flaky()
    ticker = serve.Ticker(flaky, seconds=0.01)  # type: ignore[arg-type]
    ticker.start()
    deadline = time.monotonic() + 10
    while flaky.ticks < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    ticker.stop()
    assert flaky.ticks >= 3


@pytest.mark.parametrize("until_today", [False, True])
def test_a_story_is_moved_by_whole_days_to_end_today(until_today: bool) -> None:
    now = datetime.now(UTC)
    text = """
        title = "Lamps (sample)"
        community = "lane"
        name = "Lane (sample)"
        setting = "urban"
        starts = 2031-03-02T09:00:00+08:00
        [members]
        li = { name = "Li (sample)" }
        [[step]]
        at = 2031-03-12T10:00:00+08:00
        by = "li"
        do = "wugong.matter_opened"
        with = { title = "Lamps" }
    """
    if until_today:
        text = text.replace("2031", "2021")
    case = demonstration._dated(read_case(text), until_today)
    ended = demonstration._end_of(case)
    assert timedelta() <= now - ended < timedelta(days=1)
    assert (ended.hour, ended.minute) == (2, 0)
    assert ended - case.starts == timedelta(days=10, hours=1)
    assert demonstration._dated(case, False) == case


@pytest.mark.slow
def test_a_back_up_of_a_running_server_holds_all_that_was_acknowledged(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/wugong.sqlite3"
    with Engine(database) as engine:
        from wugong import MemberEnrolled, seal

        engine.found("wutong", title="梧桐里（示例）", setting="urban", plugins=["planning"])
        engine.record("wutong", MemberEnrolled(member="li", name=seal("李")), by="operator")
        until = engine.now() + timedelta(days=1)
        token = engine.tokens.create("wutong", "li", "test", until)

    def post(url: str, number: int) -> int:
        body = {"kind": "wugong.matter_opened", "body": {"title": f"{number}"}}
        request = urllib.request.Request(
            url + "api/v1/matters/wutong/events",
            json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Idempotency-Key": f"k{number}",
            },
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            seq: int = json.load(response)["seq"]
            return seq

    with serving(tmp_path) as (_process, line):
        url = url_of(line)
        for n in range(3):
            last = post(url, n)
            copy, target = str(tmp_path / f"copy{n}"), f"sqlite:///{tmp_path}/restored{n}.sqlite3"
            # From this process: the server that goes on writing is another one.
            assert cli.run(["backup", copy, "--database", database]) == 0
            assert cli.run(["restore", copy, "--database", target]) == 0
            with Engine(target) as engine:
                assert engine.head("wutong").seq >= last
