"""Reading together: one connection for a page, and nothing stale in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.core.conftest import Make
from tests.core.shop import POINTS, Given, Stocked
from wugong import Engine, MatterOpened


@contextmanager
def counted(engine: Engine, what: str) -> Iterator[list[None]]:
    """Count what happens to connections meanwhile: ``begin`` or ``before_cursor_execute``."""
    seen: list[None] = []

    def note(*_whatever: Any) -> None:
        seen.append(None)

    sqlalchemy_event.listen(engine.storage.pool, what, note)
    yield seen
    sqlalchemy_event.remove(engine.storage.pool, what, note)


def test_one_transaction_serves_many_questions(engine: Engine, matter: str) -> None:
    def read() -> None:
        for _ in range(3):
            engine.matter(matter)
            engine.book(POINTS, "wutong")
            engine.head("wutong")

    def read_together() -> None:
        with engine.together(), engine.together():
            read()

    with counted(engine, "begin") as apart, counted(engine, "before_cursor_execute") as asked:
        read()
    with counted(engine, "begin") as once, counted(engine, "before_cursor_execute") as fewer:
        read_together()
    assert len(once) == 1 < len(apart)
    assert len(fewer) < len(asked)
    with counted(engine, "begin") as after:
        engine.head("wutong")
    assert len(after) == 1


def test_what_this_thread_writes_is_read(make: Make, engine: Engine) -> None:
    with engine.together():
        assert engine.book(POINTS, "wutong") == {}
        place = engine.record("wutong", MatterOpened(title="Lights"), by="li").matter
        assert engine.matter(place).title == "Lights"
        engine.record("wutong", Given(to=("li",), points=1), by="wang")
        assert engine.book(POINTS, "wutong") == {"li": 1}
        before = engine.matter("wutong").last
        seq = engine.record("wutong", Stocked(title="Lamp", stock=1), by="wang").seq
        assert engine.matter("wutong").last == seq > before
        token = engine.tokens.create("wutong", "li", "a phone")
        assert engine.tokens.find(token, engine.now())


def test_a_question_that_fails_does_not_spoil_the_next(engine: Engine, matter: str) -> None:
    with engine.together():
        with pytest.raises(DBAPIError), engine.storage.read() as connection:
            connection.execute(text("SELECT no_such_column FROM no_such_table"))
        assert engine.matter(matter).title == "Street lights"


def test_another_thread_or_a_later_page_sees_what_is_new(make: Make, engine: Engine) -> None:
    other = make()
    with engine.together():
        before = engine.matter("wutong").last
        seq = other.record("wutong", Stocked(title="Lamp", stock=1), by="wang").seq
        assert engine.matter("wutong").last in (before, seq)
    with engine.together():
        assert engine.matter("wutong").last == seq
