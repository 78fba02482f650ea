"""Many rows at once: written as they are, found exactly, by the index, whatever the texts are."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.core.conftest import people
from wugong import Engine, batch, many, shelf
from wugong.among import listed
from wugong.journal import canonical
from wugong.many import put
from wugong.rosters import Entitlement
from wugong.storage import SCHEMA
from wugong.tables import BookRow, JournalRow, KeyRow
from wugong.testing import imported

ODD = [
    "k",
    "",
    "K",
    " k",
    "k'",
    'k"',
    "k\\",
    "甲\n乙",
    "k,k",
    "[k]",
    "{}",
    "null",
    "1",
    "𠮷",
    "%",
    "k_",
]


def answered(engine: Engine, pairs: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return for which of these a batch finds an answer."""
    its = {"its": "wutong", "keys": listed(pairs)}
    with engine.storage.read() as connection:
        return {(row.actor, row.key) for row in connection.execute(batch._ANSWERS, its)}


def test_only_the_pairs_that_are_wanted_are_found(engine: Engine) -> None:
    rows = [
        {"community": community, "actor": actor, "key": key, "request": "r", "answer": "[]"}
        for community in ("wutong", "other")
        for actor in ODD
        for key in ODD
    ]
    with engine.storage.write() as connection:
        put(connection, KeyRow, rows)
    wanted = list(zip(ODD, reversed(ODD), strict=True))
    assert answered(engine, wanted) == set(wanted)
    assert answered(engine, [("k", "no such key"), ("nobody", "k")]) == set()
    assert answered(engine, []) == set()


def test_only_the_keys_that_are_wanted_are_found(engine: Engine) -> None:
    rows = [
        {"community": "wutong", "book": book, "key": key, "value": f'"{n}"'}
        for book in ("shop.one/1", "shop.two/1")
        for n, key in enumerate(ODD)
    ]
    with engine.storage.write() as connection:
        put(connection, BookRow, rows)
    with engine.storage.read() as connection:
        for keys in (ODD[::2], ODD[1::2], ["no such key"], []):
            wanted = [("shop.two/1", key) for key in keys]
            its = {"its_community": "wutong", "wanted": listed(wanted)}
            found = connection.execute(shelf._UNDER_KEYS, its).scalar()
            assert {(book, key, value) for book, key, value in found or ()} == {
                (*one, f'"{ODD.index(one[1])}"') for one in wanted if one[1] in ODD
            }


def test_what_is_put_comes_back_as_it_was(engine: Engine) -> None:
    row = dict.fromkeys(("matter", "kind", "by", "channel", "at", "prev", "sm3", "alg"), "-")
    rows = [
        {
            **row,
            "community": "other",
            "seq": 2**62 + n,
            "version": n,
            "principal": odd if n % 2 else None,
            "cause": None if n % 2 else 2**63 - 1,
            "body": canonical({"odd": odd, "nul": "\0", "high": "\ue000\U0010ffff"}),
            "prev": odd,
            "digest": f"{n}",
            "v": 1,
            "bulk": bool(n % 3),
        }
        for n, odd in enumerate(ODD)
    ]
    with engine.storage.write() as connection:
        put(connection, JournalRow, rows)
        put(connection, JournalRow, [])
    table = JournalRow.__table__  # type: ignore[attr-defined]
    with engine.storage.read() as connection:
        found = connection.execute(
            select(table).where(table.c.community == "other").order_by(table.c.seq)
        )
        assert [dict(one._mapping) for one in found] == rows


def test_more_rows_and_text_than_one_statement_takes(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    its = {"community": "other", "book": "shop.one/1"}
    rows = [{**its, "key": f"{n:03}", "value": "x" * n * 40} for n in range(25)]
    monkeypatch.setattr(many, "MOST_ROWS", 4)
    monkeypatch.setattr(many, "MOST_TEXT", 2000)
    with engine.storage.write() as connection:
        put(connection, BookRow, rows)
        shelf.upsert(
            engine.storage,
            connection,
            BookRow,
            [{**row, "value": row["value"][1:]} for row in rows],
            ("community", "book", "key"),
        )
    table = BookRow.__table__  # type: ignore[attr-defined]
    with engine.storage.read() as connection:
        found = connection.execute(
            select(table.c.value).where(table.c.community == "other").order_by(table.c.key)
        )
        assert [value for (value,) in found] == [row["value"][1:] for row in rows]


@pytest.mark.parametrize("odd", ["\0", "a\0b", "\\\0"])
def test_a_nul_which_sqlite_would_cut_off_is_refused(engine: Engine, odd: str) -> None:
    row = {"community": "other", "book": "shop.one/1", "key": "k", "value": odd}
    with pytest.raises(ValueError, match="NUL"), engine.storage.write() as connection:
        put(connection, BookRow, [row])
    with engine.storage.write() as connection:
        put(connection, BookRow, [{**row, "value": canonical(odd)}])


def test_one_row_that_does_not_fit_keeps_the_others_out(engine: Engine) -> None:
    row = {"community": "wutong", "actor": "li", "request": "r", "answer": "[]"}
    with pytest.raises(IntegrityError), engine.storage.write() as connection:
        put(connection, KeyRow, [{**row, "key": key} for key in ("a", "b", "a")])
    assert answered(engine, [("li", "a"), ("li", "b")]) == set()
    with pytest.raises(KeyError, match="key"), engine.storage.write() as connection:
        put(connection, KeyRow, [row])


def test_sqlite_finds_each_by_the_whole_index(tmp_path: Any) -> None:
    with Engine(f"sqlite:///{tmp_path / 'a.db'}", {}) as engine:
        for query, by in (
            (batch._ANSWERS, "actor=? AND key=?"),
            (batch._TOKENS, "id=?"),
            (shelf._UNDER_KEYS, "book=? AND key=?"),
        ):
            with engine.storage.read() as connection:
                asked = str(query.compile(dialect=connection.dialect))
                plan = connection.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {asked}", ("x",) * asked.count("?")
                ).all()
            assert any(row[-1].startswith("SEARCH") and by in row[-1] for row in plan), plan


def test_postgresql_knows_at_once_that_a_table_has_grown(postgres_url: str, tmp_path: Any) -> None:
    with Engine(postgres_url, {}, keys=tmp_path / "keys") as engine:
        people(engine)
        engine.record("wutong", many_owners(), by="operator")
        assert known_to_postgresql(engine) >= shelf.MANY


def test_nobody_waits_for_postgresql_to_look_at_a_table(postgres_url: str, tmp_path: Any) -> None:
    with Engine(postgres_url, {}, keys=tmp_path / "keys") as engine:
        people(engine)
        with engine.storage.write() as another:
            another.execute(text(f"LOCK {SCHEMA}.wugong_book IN SHARE UPDATE EXCLUSIVE MODE"))
            engine.record("wutong", many_owners(), by="operator")  # else in vain, after 20 s
        assert known_to_postgresql(engine) < shelf.MANY


def many_owners() -> Any:
    return imported("owners", [Entitlement(f"u-{n}", "li") for n in range(shelf.MANY)])


def known_to_postgresql(engine: Engine) -> int:
    asked = text("SELECT reltuples FROM pg_class WHERE relname = 'wugong_book'")
    with engine.storage.read() as connection:
        return int(connection.execute(asked).scalar_one())
