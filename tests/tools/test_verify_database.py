"""Every change of one row of a stored journal is found, by the engine and by the lone verifier."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import verify_journal
from wugong import Engine
from wugong.testing import Rehearsal
from wugong_server.commands.export import lines

TABLE = "wugong_journal"


@pytest.fixture
def r(tmp_path: Path) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(
        members={"wang": ("officer",), "li": ()},
        community="wutong",
        database=f"sqlite:///{tmp_path}/journal.sqlite3",
        writer="inline",
    )
    matter = rehearsal.open("路燈", by="li")
    need = {"text": "三組的路燈不亮", "place": "三組", "channel": "web"}
    rehearsal.act("li", matter, "planning.need_filed", need)
    yield rehearsal
    rehearsal.engine.close()


def lone(engine: Engine, *heads: verify_journal.Head) -> verify_journal.Bad | None:
    """What the stand-alone verifier says of an export."""
    try:
        verify_journal.verify(map(json.dumps, lines(engine, "wutong")), heads)
    except verify_journal.Bad as bad:
        return bad
    return None


def other(value: Any) -> Iterator[Any]:
    match value:
        case int():
            yield from (value + 1, -value - 1)
        case None:
            yield from (1, "x")
        case str():
            yield value + " "
            if value.startswith("{") and len(value) > 2:
                body = json.loads(value)
                for name in body:
                    yield json.dumps({**body, name: "forged"}, sort_keys=True)
                yield json.dumps({k: body[k] for k in sorted(body)[1:]}, sort_keys=True)


def everything(database: Path) -> tuple[list[str], list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(f"SELECT * FROM {TABLE} ORDER BY seq")
        return [column[0] for column in found.description], found.fetchall()


def write(database: Path, rows: list[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"DELETE FROM {TABLE}")
        connection.executemany(f"INSERT INTO {TABLE} VALUES ({marks})", rows)


def both_find(r: Rehearsal, genuine: list[Any], *heads: verify_journal.Head) -> bool:
    """Whether both verifiers object; the lone one only where an export shows a difference."""
    _head, fault = r.engine.verify("wutong")
    if fault is None:
        return False
    try:
        same = list(lines(r.engine, "wutong")) == genuine
    except (ValueError, TypeError, KeyError):
        return True  # what cannot even be exported is found
    return same or lone(r.engine, *heads) is not None


def test_every_column_of_every_row(r: Rehearsal, tmp_path: Path) -> None:
    database = tmp_path / "journal.sqlite3"
    columns, rows = everything(database)
    assert lone(r.engine) is None and len(rows) >= 6
    genuine = list(lines(r.engine, "wutong"))
    missed, tried = [], 0
    for at, row in enumerate(rows):
        for place, column in enumerate(columns):
            for changed in [1 - row[place]] if column == "bulk" else other(row[place]):
                forged = [*rows]
                forged[at] = (*row[:place], changed, *row[place + 1 :])
                try:
                    write(database, forged)
                except sqlite3.IntegrityError:
                    continue  # the database itself refuses
                tried += 1
                last = (rows[-1][columns.index("seq")], rows[-1][columns.index("digest")])
                if not both_find(r, genuine, last) and not _tail_lost(r, columns, column, at, rows):
                    missed.append((at, column, changed))
    write(database, rows)
    assert lone(r.engine) is None
    assert missed == []
    assert tried > 100


def _tail_lost(r: Rehearsal, columns: list[str], column: str, at: int, rows: list[Any]) -> bool:
    """A last row moved to another community is a cut tail: only an older head shows it."""
    if column != "community" or at != len(rows) - 1:
        return False
    bad = lone(r.engine, (rows[-1][columns.index("seq")], rows[-1][columns.index("digest")]))
    return bad is not None and "cut off" in bad.what


def test_rows_deleted_inserted_swapped_and_cut(r: Rehearsal, tmp_path: Path) -> None:
    database = tmp_path / "journal.sqlite3"
    columns, rows = everything(database)
    seq, digest = columns.index("seq"), columns.index("digest")
    last = (rows[-1][seq], rows[-1][digest])
    genuine = list(lines(r.engine, "wutong"))
    for at in range(len(rows) - 1):
        write(database, rows[:at] + rows[at + 1 :])
        assert both_find(r, genuine)
        one, two = list(rows[at]), list(rows[at + 1])
        one[seq], two[seq] = two[seq], one[seq]
        write(database, [*rows[:at], tuple(two), tuple(one), *rows[at + 2 :]])
        assert both_find(r, genuine)
    made_up = list(rows[-1])
    made_up[seq] += 1
    made_up[columns.index("prev")] = rows[-1][digest]
    made_up[digest] = "0" * 64
    write(database, [*rows, tuple(made_up)])
    assert both_find(r, genuine)
    write(database, rows[:-1])
    assert lone(r.engine) is None
    bad = lone(r.engine, last)
    assert bad is not None and "cut off" in bad.what
    write(database, rows)
