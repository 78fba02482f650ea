"""Folded matters: what opening one costs, and copies that are never out of date."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text

from tests.core.conftest import Make
from tests.core.shop import QUESTIONS, Asked, Noted
from wugong import Engine, seal

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


def steps_to_open(engine: Engine, matter: str) -> int:
    """Count what the database does to open a matter: SQLite's machine steps, PostgreSQL's rows."""
    return (
        _sqlite_steps(engine, matter) if not engine.storage.is_postgres else _rows(engine, matter)
    )


def _sqlite_steps(engine: Engine, matter: str) -> int:
    counted = [0]

    def count() -> None:
        counted[0] += 1

    def watch(raw: sqlite3.Connection, _record: Any, _proxy: Any = None) -> None:
        raw.set_progress_handler(count, 10)

    sqlalchemy_event.listen(engine.storage.pool, "checkout", watch)
    engine.matter(matter)
    sqlalchemy_event.remove(engine.storage.pool, "checkout", watch)
    return counted[0] * 10


def _rows(engine: Engine, matter: str) -> int:
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        asked.append((statement, values))

    sqlalchemy_event.listen(engine.storage.pool, "before_cursor_execute", note)
    engine.matter(matter)
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
    before = steps_to_open(make(), matter)
    add_bulk(engine, receipt.seq)
    after = steps_to_open(make(), matter)
    assert before > 0
    assert after <= before * 1.2


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
