"""Postings of working days are counted by the calendar file, which an administrator changes."""

from __future__ import annotations

import json
import logging
import os
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import wugong_rural
from wugong import Misconfigured, StepRecorded
from wugong.deadlines import Calendar
from wugong.testing import Rehearsal
from wugong_server import Settings
from wugong_server.calendars import CalendarFile
from wugong_server.testing import app_of, browse

POSTED = "homestead.application.discuss"  # five working days, by the rules of 汕尾
NO_HOLIDAYS = "日历里没有"
FRIDAY = datetime.fromisoformat("2026-03-06T09:00:00+08:00")


class Board:
    """A village where a homestead was posted on a Friday, with a calendar file or without one."""

    def __init__(self, calendar: Path | None = None, posted: datetime = FRIDAY) -> None:
        members = {"zhou": ("officer",)}
        self.r = Rehearsal({"rural": wugong_rural}, members=members, setting="rural", start=posted)
        self.matter = self.r.open("宅基地（示例）", by="zhou", category="homestead")
        step = StepRecorded(step=POSTED, held_on=posted.date(), resolved="名单如下。")
        self.seq = self.r.act("zhou", self.matter, step).seq
        settings = Settings(secret=b"calendar", rate_limits=False, calendar=calendar)
        self.client: TestClient = browse(self.r, "zhou", app=app_of(self.r, settings=settings))

    def notice(self) -> str:
        return self._words(f"/m/{self.matter}/notices/{self.seq}")

    def board(self) -> str:
        return self._words(f"/c/{self.r.community}/notices")

    def _words(self, address: str) -> str:
        page = self.client.get(address)
        assert page.status_code == 200
        return re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2]))


def write(path: Path, **years: Any) -> Path:
    listed = {year.removeprefix("y"): days for year, days in years.items()}
    path.write_text(json.dumps(listed), encoding="utf-8")
    now = path.stat().st_mtime_ns + 1_000_000_000
    os.utime(path, ns=(now, now))
    return path


def test_without_a_calendar_weekends_are_left_out_and_the_page_warns() -> None:
    board = Board()
    assert "3月14日" in board.notice()  # Monday to Friday, then the morning after
    assert NO_HOLIDAYS + "2026年的节假日" in board.notice()
    assert NO_HOLIDAYS + "2026年的节假日" in board.board()


def test_a_holiday_makes_it_hang_longer_and_a_worked_weekend_shorter(tmp_path: Path) -> None:
    path = write(tmp_path / "c.json", y2026={"holidays": ["2026-03-13"]})
    board = Board(path)
    assert "3月17日" in board.notice()  # the fifth is Monday the 16th
    assert NO_HOLIDAYS not in board.notice() + board.board()
    worked = write(tmp_path / "d.json", y2026={"workdays": ["2026-03-07"]})
    assert "3月13日" in Board(worked).notice()


def test_a_year_that_is_missing_is_named_and_crashes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "c.json", y2026={"holidays": []})
    late = datetime.fromisoformat("2026-12-28T09:00:00+08:00")
    inside = datetime.fromisoformat("2026-12-24T09:00:00+08:00")
    assert NO_HOLIDAYS + "2027年的节假日" in Board(path, posted=late).notice()
    assert NO_HOLIDAYS not in Board(path, posted=inside).notice()  # the fifth is 31 December


def test_the_year_that_an_administrator_adds_counts_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "c.json", y2025={})
    board = Board(path)
    assert NO_HOLIDAYS in board.notice()
    write(path, y2026={"holidays": ["2026-03-13"]})
    assert NO_HOLIDAYS not in board.notice()
    assert "3月17日" in board.notice()


@pytest.mark.parametrize("broken", ["{", '{"2026": {"holidays": ["2027-01-01"]}}', "[]", None])
def test_a_file_that_breaks_later_leaves_the_calendar_as_it_was(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: str | None
) -> None:
    path = write(tmp_path / "c.json", y2026={"holidays": ["2026-03-13"]})
    board = Board(path)
    if broken is None:
        path.unlink()
    else:
        path.write_text(broken, encoding="utf-8")
    with caplog.at_level(logging.ERROR, logger="wugong.server"):
        assert "3月17日" in board.notice()
        board.notice()
    assert [r.message for r in caplog.records if "stays as it was" in r.message] != []
    assert len(caplog.records) == 1  # told once, not for each page


def test_pages_count_by_the_calendar_of_the_engine_where_settings_name_none(tmp_path: Path) -> None:
    board = Board()
    board.r.engine.registry.calendar = lambda: Calendar(holidays=frozenset({date(2026, 3, 13)}))
    app = app_of(board.r, settings=Settings(secret=b"calendar", rate_limits=False))
    board.client = browse(board.r, "zhou", app=app)
    assert "3月17日" in board.notice()
    other = write(tmp_path / "c.json", y2026={"holidays": ["2026-03-13", "2026-03-16"]})
    app = app_of(board.r, settings=Settings(secret=b"calendar", rate_limits=False, calendar=other))
    board.client = browse(board.r, "zhou", app=app)
    assert "3月18日" in board.notice()


@pytest.mark.parametrize("text", ["{", '{"26": {}}'])
def test_a_broken_file_stops_the_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"c\.json"):
        CalendarFile(path)
    with pytest.raises(Misconfigured, match=r"gone\.json"):
        CalendarFile(tmp_path / "gone.json")


def test_the_board_counts_working_days(tmp_path: Path) -> None:
    path = write(tmp_path / "c.json", y2026={"holidays": ["2026-03-10"]})
    board = Board(path)
    assert "第0个工作日，共5个" in board.board()
    board.r.wait(days=3)  # Monday
    assert "第1个工作日，共5个" in board.board()
    board.r.wait(days=1)  # Tuesday is a holiday here
    assert "第1个工作日，共5个" in board.board()
    board.r.wait(days=30)
    assert "第5个工作日，共5个" in board.board()


def test_days_that_are_no_working_days_ask_no_calendar() -> None:
    board = Board()
    members = board.r.open("村规民约（示例）", by="zhou", category="village_rules")
    step = StepRecorded(step="villagers.rules.publish", held_on=date(2026, 3, 6), resolved="全文。")
    board.seq, board.matter = board.r.act("zhou", members, step).seq, members
    assert NO_HOLIDAYS not in board.notice()
