"""A database that goes away during a commit: nobody is told what is not known, all count once."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import pytest

from tests.core.conftest import people
from tests.core.shop import POINTS, SHOP, Given
from tests.core.test_batch import do, job
from tests.support.commits import ending_commit, lost_commit, said_by_sqlite
from wugong import Engine, Overloaded, Uncertain

GIFT = Given(to=("li",), points=1)


@pytest.mark.parametrize("written", [True, False])
def test_what_is_sent_again_under_its_key_counts_once(engine: Engine, written: bool) -> None:
    before = engine.head("wutong").seq
    with lost_commit(engine, written=written), pytest.raises(Uncertain, match="not known"):
        engine.record("wutong", GIFT, by="wang", key="k")
    assert engine.head("wutong").seq == before + written
    assert engine.record("wutong", GIFT, by="wang", key="k").seq == before + 1
    assert engine.book(POINTS, "wutong") == {"li": 1}
    assert engine.verify("wutong")[1] is None


def test_a_batch_whose_end_is_not_known_is_not_tried_again(engine: Engine) -> None:
    with lost_commit(engine, written=True):
        results = do(engine, *(job("wang", "wutong", GIFT) for _ in range(3)))
    assert [type(one) for one in results] == [Uncertain] * 3
    assert engine.book(POINTS, "wutong") == {"li": 3}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, Overloaded),
        (sqlite3.SQLITE_BUSY, Overloaded),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Overloaded),
        (sqlite3.SQLITE_IOERR_WRITE, Uncertain),
        (sqlite3.SQLITE_CORRUPT, Uncertain),
    ],
)
def test_sqlite_says_whether_a_commit_that_failed_left_nothing(
    tmp_path: Any, code: int, kind: type[Overloaded]
) -> None:
    with Engine(f"sqlite:///{tmp_path / 'a.db'}", {}) as engine:
        with ending_commit(engine, said_by_sqlite(code)), pytest.raises(Overloaded) as raised:
            engine.found("wutong", title="Wutong Lane", setting="urban")
        assert type(raised.value) is kind
        assert ("nothing was recorded" in str(raised.value)) is (kind is Overloaded)


def test_a_postgresql_that_refuses_a_commit_has_left_nothing(
    postgres_url: str, tmp_path: Any
) -> None:
    with Engine(postgres_url, {}, keys=tmp_path / "k") as engine:
        refusal = psycopg.errors.SerializationFailure("could not serialize access")
        with ending_commit(engine, refusal), pytest.raises(Overloaded) as raised:
            engine.found("wutong", title="Wutong Lane", setting="urban")
        assert type(raised.value) is Overloaded
        engine.found("wutong", title="Wutong Lane", setting="urban")


def test_a_session_that_postgresql_ends_at_the_commit_leaves_it_open(
    postgres_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real thing: the server's side of the connection is gone when COMMIT arrives."""
    with Engine(postgres_url, {"shop": SHOP}, keys=tmp_path / "k") as engine:
        people(engine)
        before, commit = engine.head("wutong").seq, engine.storage.pool.dialect.do_commit

        def end(connection: Any) -> None:
            with psycopg.connect(postgres_url.replace("+psycopg", "")) as other:
                its = connection.driver_connection.info.backend_pid
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [its])
            commit(connection)

        with monkeypatch.context() as patched:
            patched.setattr(engine.storage.pool.dialect, "do_commit", end)
            with pytest.raises(Uncertain):
                engine.record("wutong", GIFT, by="wang", key="k")
        assert engine.record("wutong", GIFT, by="wang", key="k").seq == before + 1
