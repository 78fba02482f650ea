"""The writer: who is refused by the database pays alone, and an overload is said as one."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.core.conftest import Make, people
from tests.core.shop import POINTS, Given, Noted
from tests.core.test_batch import do, job
from wugong import Engine, Overloaded, Refused, seal
from wugong import writer as writer_module
from wugong.jobs import Job
from wugong.vault import FileKeys

POISON = "poisoned"


@contextmanager
def poisoned(engine: Engine, error: type[Exception]) -> Iterator[None]:
    """Let the database refuse every statement that carries the poison."""

    def refuse(_c: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.startswith("INSERT") and POISON in repr(values):
            if issubclass(error, IntegrityError | OperationalError):
                raise error(statement, {}, Exception("refused"))
            raise error("refused")

    sqlalchemy_event.listen(engine.storage.writing, "before_cursor_execute", refuse)
    yield
    sqlalchemy_event.remove(engine.storage.writing, "before_cursor_execute", refuse)


@pytest.mark.parametrize("error", [IntegrityError, ValueError])
def test_an_act_that_the_database_refuses_costs_itself_alone(
    engine: Engine, error: type[Exception]
) -> None:
    everybody = ("a", "b", POISON, "d", "e", "f", "g")
    with poisoned(engine, error):
        results = do(
            engine,
            *(job("wang", "wutong", Given(to=(who,), points=1)) for who in everybody),
        )
    assert [isinstance(one, error) for one in results] == [who == POISON for who in everybody]
    assert engine.book(POINTS, "wutong") == {who: 1 for who in everybody if who != POISON}
    assert engine.verify("wutong")[1] is None


def test_in_a_batch_of_jobs_the_refused_one_leaves_no_book_and_no_key(engine: Engine) -> None:
    first = job("wang", "wutong", Given(to=("a",), points=1), key="k1")
    second = job("wang", "wutong", Given(to=("a", POISON), points=1), key="k2")
    third = job("wang", "wutong", Given(to=("a",), points=1), key="k3")
    with poisoned(engine, IntegrityError):
        results = do(engine, first, second, third)
    assert isinstance(results[1], IntegrityError)
    assert engine.book(POINTS, "wutong") == {"a": 2}
    engine.record("wutong", Given(to=("a", "b"), points=1), by="wang", key="k2")


def test_a_database_that_cannot_write_now_is_overload_for_everybody(engine: Engine) -> None:
    before = engine.head("wutong")
    with poisoned(engine, OperationalError):
        results = do(
            engine, *(job("wang", "wutong", Given(to=(w,), points=1)) for w in ("a", POISON))
        )
    assert [type(one) for one in results] == [Overloaded, Overloaded]
    assert engine.head("wutong") == before
    engine.record("wutong", Given(to=("a",), points=1), by="wang")


def test_a_key_file_that_cannot_be_written_is_overload(
    engine: Engine, matter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Any:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(FileKeys, "ensure", full)
        with pytest.raises(Overloaded):
            engine.record(matter, Noted(text=seal("a")), by="li")
    engine.record(matter, Noted(text=seal("a")), by="li")


def test_a_full_key_file_says_so_and_goes_on_when_there_is_room(tmp_path: Any) -> None:
    keys = FileKeys(tmp_path / "k")
    with sqlite3.connect(tmp_path / "k") as other:
        other.execute("CREATE TABLE filler (x)")
    keys._open().execute("PRAGMA max_page_count = 1")
    many = [("wutong", f"m-{n:0200d}") for n in range(100)]
    with pytest.raises(sqlite3.OperationalError, match="full"):
        keys.ensure(many)
    keys._open().execute("PRAGMA max_page_count = 10000")
    assert len(keys.ensure(many)) == 100


def test_what_fails_after_a_commit_does_not_end_the_writer(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> None:
        raise OSError("away")

    with monkeypatch.context() as patched:
        patched.setattr(engine._writer, "_idle", away)
        engine.record("wutong", Given(to=("li",), points=1), by="wang")
    engine.record("wutong", Given(to=("li",), points=1), by="wang")
    assert engine.book(POINTS, "wutong") == {"li": 2}
    assert "told to plugins later" in caplog.text


def test_while_acts_wait_plugins_are_told_of_several_commits_at_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []
    monkeypatch.setattr(engine._writer, "_idle", lambda: told.append(0.0))
    monkeypatch.setattr(writer_module, "MOST_IN_BATCH", 1)

    def give() -> None:
        engine.record("wutong", Given(to=("li",), points=1), by="wang")

    give()
    threads = [threading.Thread(target=give) for _ in range(10)]
    with engine.storage.write() as connection:
        engine.storage.lock(connection, "wutong")
        for thread in threads:
            thread.start()
        threading.Event().wait(0.3)
    for thread in threads:
        thread.join()
    assert engine.book(POINTS, "wutong") == {"li": 11}
    give()
    assert 2 <= len(told) < 12


def test_too_many_waiting_acts_are_refused_and_the_others_done(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "MOST_WAITING", 5)
    outcomes: list[str] = []

    def give() -> None:
        try:
            engine.record("wutong", Given(to=("li",), points=1), by="wang")
            outcomes.append("done")
        except Overloaded:
            outcomes.append("overloaded")

    threads = [threading.Thread(target=give) for _ in range(20)]
    with engine.storage.write() as connection:
        engine.storage.lock(connection, "wutong")
        for thread in threads:
            thread.start()
        threading.Event().wait(0.3)
    for thread in threads:
        thread.join()
    assert outcomes.count("overloaded") >= 10
    assert engine.book(POINTS, "wutong") == {"li": outcomes.count("done")}


def test_a_refused_act_in_the_queue_refuses_nobody_else(engine: Engine, matter: str) -> None:
    results = do(
        engine,
        job("li", "wutong", Given(to=("li",), points=1)),
        job("wang", "wutong", Given(to=("li",), points=1)),
        job("nobody", matter, Noted(text=seal("a"))),
        job("li", matter, Noted(text=seal("a"))),
    )
    assert [isinstance(one, Refused) for one in results] == [True, False, True, False]


def test_jobs_of_several_communities_go_into_a_batch_each(engine: Engine) -> None:
    people(engine, "huaishu")
    jobs = [
        Job(community, [(community, Given(to=("li",), points=1))], "wang")
        for community in ("wutong", "huaishu", "wutong")
    ]
    do(engine, *jobs)
    assert engine.book(POINTS, "wutong") == {"li": 2}
    assert engine.book(POINTS, "huaishu") == {"li": 1}


def test_what_is_queued_at_the_end_is_written(make: Make, engine: Engine) -> None:
    threads = [
        threading.Thread(
            target=engine.record,
            args=("wutong", Given(to=("li",), points=1)),
            kwargs={"by": "wang"},
        )
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.close()
    assert make().book(POINTS, "wutong") == {"li": 10}


def test_a_lock_that_is_held_too_long_is_overload(make: Make, engine: Engine) -> None:
    other = make()
    pragma = "SET lock_timeout = 200" if other.storage.is_postgres else "PRAGMA busy_timeout = 200"

    def impatient(raw: Any, _record: Any, _proxy: Any) -> None:
        with raw.cursor() if other.storage.is_postgres else _closing(raw) as cursor:
            cursor.execute(pragma)

    sqlalchemy_event.listen(other.storage.writing, "checkout", impatient)
    with engine.storage.write() as connection:
        engine.storage.lock(connection, "wutong")
        connection.execute(text("SELECT 1"))
        with pytest.raises(Overloaded, match="nothing was recorded"):
            other.record("wutong", Given(to=("li",), points=1), by="wang")
    other.record("wutong", Given(to=("li",), points=1), by="wang")


@contextmanager
def _closing(raw: sqlite3.Connection) -> Iterator[sqlite3.Cursor]:
    cursor = raw.cursor()
    yield cursor
    cursor.close()
