"""Folded matters: what opening one costs, and copies that are never out of date."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text

from tests.core.conftest import Make
from tests.core.shop import QUESTIONS, Asked, Noted
from wugong import Engine, seal
from wugong.audience import OPERATOR

COPY = """
INSERT INTO JOURNAL (community, seq, matter, kind, version, "by", principal, channel, at, cause,
    body, prev, digest, sm3, alg, v, bulk)
SELECT community, 1000 + n, matter, 'shop.counted', 1, "by", principal, channel, at, cause,
    '{"number": 1}', 'p' || n, 'd' || n, sm3, alg, v, TRUE
FROM JOURNAL, (NUMBERS) AS numbers WHERE seq = :seq
"""
NUMBERS = {
    "sqlite": """WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 100000)
                 SELECT n FROM s""",
    "postgresql": "SELECT n FROM generate_series(1, 100000) AS s(n)",
}


def add_bulk(engine: Engine, seq: int) -> None:
    """Put 100,000 bulk facts beside fact ``seq`` of a matter, as quickly as the database can."""
    name = "wugong.wugong_journal" if engine.storage.is_postgres else "wugong_journal"
    statement = COPY.replace("JOURNAL", name).replace(
        "NUMBERS", NUMBERS[engine.storage.url.get_backend_name()]
    )
    with engine.storage.write() as connection:
        connection.execute(text(statement), {"seq": seq})
    with engine.storage.read() as connection:
        connection.execute(text("ANALYZE"))


def steps(engine: Engine, ask: Callable[[], Any]) -> int:
    """Count what the database does to answer: SQLite's machine steps, PostgreSQL's rows."""
    return (_rows if engine.storage.is_postgres else _sqlite_steps)(engine, ask)


def _sqlite_steps(engine: Engine, ask: Callable[[], Any]) -> int:
    counted = [0]

    def count() -> None:
        counted[0] += 1

    def watch(raw: sqlite3.Connection, _record: Any, _proxy: Any = None) -> None:
        raw.set_progress_handler(count, 10)

    sqlalchemy_event.listen(engine.storage.pool, "checkout", watch)
    ask()
    sqlalchemy_event.remove(engine.storage.pool, "checkout", watch)
    return counted[0] * 10


def _rows(engine: Engine, ask: Callable[[], Any]) -> int:
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        asked.append((statement, values))

    sqlalchemy_event.listen(engine.storage.pool, "before_cursor_execute", note)
    ask()
    sqlalchemy_event.remove(engine.storage.pool, "before_cursor_execute", note)
    seen = 0
    with engine.storage.read() as connection:
        for statement, values in asked:
            if statement.startswith("SELECT"):
                plan = connection.exec_driver_sql(
                    f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values
                )
                seen += _rows_of(plan.scalar()[0]["Plan"])  # type: ignore[index]
    return seen


def _rows_of(plan: dict[str, Any]) -> int:
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return int(own) + sum(_rows_of(part) for part in plan.get("Plans", ()))


def test_a_hundred_thousand_bulk_facts_do_not_slow_the_opening_of_their_matter(
    make: Make, engine: Engine, matter: str
) -> None:
    receipt = engine.record(matter, Asked(question="When?", days=3), by="li")
    first = make()
    before = steps(first, lambda: first.matter(matter))
    add_bulk(engine, receipt.seq)
    second = make()
    after = steps(second, lambda: second.matter(matter))
    assert before > 0
    assert after <= before * 1.2


@pytest.mark.parametrize("kinds", [("shop.asked",), ("shop.noted", "shop.asked")])
@pytest.mark.parametrize("newest", [False, True])
def test_a_hundred_thousand_bulk_facts_do_not_slow_the_search_for_a_few_others(
    engine: Engine, matter: str, newest: bool, kinds: tuple[str, ...]
) -> None:
    asked = engine.record(matter, Asked(question="When?", days=3), by="li")
    noted = engine.record(matter, Noted(text=seal("dark")), by="li")

    def ask() -> list[int]:
        return [one.seq for one in engine.facts(matter, OPERATOR, kinds=kinds, newest=newest)]

    before = steps(engine, ask)
    add_bulk(engine, asked.seq)
    assert before > 0
    assert steps(engine, ask) < before + 1000  # all facts are a hundred times as many
    its = [asked.seq, noted.seq][: len(kinds)]
    assert ask() == sorted(its, reverse=newest)


def test_a_hundred_thousand_bulk_facts_do_not_slow_the_news_of_a_community(
    engine: Engine, matter: str
) -> None:
    asked = engine.record(matter, Asked(question="When?", days=3), by="li")

    def ask() -> list[int]:
        newest = {"whole": True, "newest": True, "bulk": False}
        return [one.seq for one in engine.facts("wutong", OPERATOR, limit=100, **newest)]

    news, before = ask(), steps(engine, ask)
    add_bulk(engine, asked.seq)
    assert before > 0
    assert steps(engine, ask) < before + 1000  # all facts are a hundred times as many
    assert ask() == news and news[0] == asked.seq


@pytest.mark.parametrize("newest", [False, True])
@pytest.mark.parametrize("limit", [1, 3, 4, 25, 100])
def test_facts_of_several_kinds_come_in_one_order(
    engine: Engine, matter: str, newest: bool, limit: int
) -> None:
    for n in range(30):
        event = Noted(text=seal("dark")) if n % 3 else Asked(question="When?", days=3)
        engine.record(matter, event, by="li")
    kinds = ("shop.noted", "shop.asked")
    every = engine.facts(matter, OPERATOR, limit=1000, newest=newest)
    its = [one.seq for one in every if one.kind in kinds]
    assert len(its) == 30
    found = engine.facts(matter, OPERATOR, kinds=kinds, newest=newest, limit=limit)
    assert [one.seq for one in found] == its[:limit]
    rest = {"before" if newest else "after": its[4]}
    found = engine.facts(matter, OPERATOR, kinds=kinds, newest=newest, limit=limit, **rest)
    assert [one.seq for one in found] == its[5:][:limit]


def test_a_kept_matter_is_brought_up_to_date_by_what_another_process_recorded(
    make: Make, engine: Engine, matter: str
) -> None:
    other = make()
    assert not other.matter(matter).state(QUESTIONS)
    asked = engine.record(matter, Asked(question="When?", days=3), by="li")
    questions = other.matter(matter).state(QUESTIONS)
    assert list(questions) == [asked.seq]
    noted = other.record(matter, Noted(text=seal("dark")), by="li")
    assert engine.matter(matter).last == noted.seq
    assert engine.matter(matter) == other.matter(matter) == make().matter(matter)
