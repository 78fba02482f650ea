"""Work that lasts shows a bar where somebody looks on, and a busy or full database ends with 6."""

from __future__ import annotations

import io
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, redirect_stderr
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.server.commanding import CASE, ROSTER, run
from wugong import Engine, MatterOpened, MemberEnrolled, RoleGranted, seal
from wugong.clock import ScriptedClock
from wugong_server import cli
from wugong_server.commands import console

pytestmark = pytest.mark.usefixtures("surroundings")


class Terminal(io.StringIO):
    """A stream that somebody looks at, or not."""

    def __init__(self, looked_at: bool = True) -> None:
        super().__init__()
        self._looked_at = looked_at

    def isatty(self) -> bool:
        """Tell whether somebody looks at it."""
        return self._looked_at


class AtOnce:
    """A timer that does not wait: all work is long."""

    ident = None

    def __init__(self, _seconds: float, function: Callable[[], None]) -> None:
        self.start = function

    def cancel(self) -> None:
        """Come too late."""


def drawn(looked_at: bool, seconds: float, steps: int) -> str:
    """Return what is drawn beside work of so many seconds."""
    with redirect_stderr(Terminal(looked_at)) as terminal:
        with console.progress("counting", steps or None) as advance:
            for step in range(steps):
                time.sleep(seconds / steps)
                advance(step + 1)
            time.sleep(0 if steps else seconds)
        return terminal.getvalue()


@pytest.mark.parametrize("steps", [0, 4], ids=["in one step", "in four steps"])
def test_a_bar_shows_on_long_work_where_somebody_looks_on(
    monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(console, "LATER", 0.1)
    text = drawn(looked_at=True, seconds=0.6, steps=steps)
    assert "counting" in text and ("100%" in text) is (steps == 4)


@pytest.mark.parametrize(
    ("looked_at", "seconds"),
    [pytest.param(False, 0.4, id="nobody looks on"), pytest.param(True, 0.0, id="quick work")],
)
def test_no_bar_shows(monkeypatch: pytest.MonkeyPatch, looked_at: bool, seconds: float) -> None:
    monkeypatch.setattr(console, "LATER", 0.1 if seconds else 60.0)
    assert drawn(looked_at, seconds, steps=4) == ""


def test_work_is_long_after_two_seconds() -> None:
    assert console.LATER == 2.0


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        (("verify",), ["verifying wutong"]),
        (("backup", "copy"), ["backing up"]),
        (
            ("restore", "kept", "--database", "sqlite:///new.sqlite3"),
            ["looking through the files", "restoring", "verifying wutong"],
        ),
        (("tick",), ["recording what is due"]),
        (("import-roster", "wutong", "owners", "owners.csv"), ["reading owners.csv", "checking"]),
        (("import-roster", "wutong", "owners", "owners.csv", "--write"), ["importing owners"]),
        (("migrate", "--database", "sqlite:///empty.sqlite3"), ["migrating"]),
        (("rebuild",), ["rebuilding"]),
        (("play", "-q", "case.toml"), ["Lamps (sample)"]),
        (("play", "--json", "case.toml"), ["Lamps (sample)"]),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_every_long_command_shows_a_bar(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], titles: list[str]
) -> None:
    assert run("found", "wutong", "--title", "x").code == 0
    assert run("backup", "kept").code == 0
    Path("owners.csv").write_text(ROSTER, encoding="utf-8")
    Path("case.toml").write_text(CASE, encoding="utf-8")
    monkeypatch.setattr(console, "Timer", AtOnce)
    with redirect_stderr(Terminal()) as terminal:
        assert cli.run(list(arguments)) == 0
    for title in titles:
        assert title in terminal.getvalue()


def test_a_story_that_is_told_aloud_needs_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("case.toml").write_text(CASE, encoding="utf-8")
    monkeypatch.setattr(console, "Timer", AtOnce)
    with redirect_stderr(Terminal()) as terminal:
        assert cli.run(["play", "case.toml"]) == 0
    assert terminal.getvalue() == ""


def test_a_database_that_is_busy_ends_a_command_with_6() -> None:
    assert run("found", "wutong", "--title", "x").code == 0
    with closing(sqlite3.connect("wugong.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ended = run("createadmin", "wutong", "anna")
        other.execute("ROLLBACK")
    assert ended.code == console.BUSY and "nothing was recorded" in ended.err
    with Engine("sqlite:///wugong.sqlite3") as engine:
        assert engine.head("wutong").seq == 1
    assert run("createadmin", "wutong", "anna").code == 0


def test_a_tick_records_what_is_due_and_nothing_more() -> None:
    now = datetime.now(UTC)
    clock = ScriptedClock(now - timedelta(days=10))
    with Engine("sqlite:///wugong.sqlite3", clock=clock) as engine:
        engine.found("wutong", title="x", setting="urban")
        engine.record("wutong", MemberEnrolled(member="wang", name=seal("Wang")), by="operator")
        engine.record("wutong", RoleGranted(member="wang", role="officer"), by="operator")
        for days in (3, 30):
            opened = MatterOpened(title=f"Lamps {days}")
            matter = engine.record("wutong", opened, by="wang").matter
            notice = {"title": "Lamps", "days": days}
            engine.record(matter, engine.read("planning.notice_posted", notice), by="wang")
        before = engine.head("wutong").seq
    assert run("tick").out == "1 facts recorded\n"
    with Engine("sqlite:///wugong.sqlite3") as engine:
        (made,) = engine.export("wutong", after=before)
        assert (made["kind"], made["by"]) == ("planning.notice_ended", "clock")
    assert run("tick", "--json").json() == {"facts": 0}
