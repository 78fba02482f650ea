"""A probe for order over every table of a secret poll: rows, columns and where rows lie.

Ballots are cast in an order that nothing else has. Wherever rows name a voter or a receipt, the
order of the rows, and that of each of their columns, must not follow it: at most four sigma.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from tests.core.test_box import cast, close, key, secret_poll
from tests.support.postgres import Cluster
from wugong.box import box_id
from wugong.testing import Rehearsal

MANY = 40
SIGMA = 1 / (MANY - 1) ** 0.5  # of a rank correlation where there is none


def correlation(order: Sequence[int]) -> float:
    """Return Spearman's rho between places and what stands there, each a rank."""
    far = sum((place - rank) ** 2 for place, rank in enumerate(order))
    return 1 - 6 * far / (len(order) * (len(order) ** 2 - 1))


def tables(connection: Connection, *, postgres: bool) -> list[str]:
    if postgres:
        found = "SELECT tablename FROM pg_tables WHERE schemaname = 'wugong'"
        return [f"wugong.{name}" for (name,) in connection.execute(text(found))]
    found = "SELECT name FROM sqlite_master WHERE type = 'table'"
    return [name for (name,) in connection.execute(text(found))]


def rows_of(connection: Connection, table: str, *, postgres: bool) -> list[tuple[Any, ...]]:
    """Return the rows as they lie, on PostgreSQL with place and transaction."""
    where = "xmin::text, ctid::text, * " if postgres else "* "
    order = " ORDER BY ctid" if postgres else ""
    return [tuple(row) for row in connection.execute(text(f"SELECT {where}FROM {table}{order}"))]


def orders(rows: list[tuple[Any, ...]], names: dict[str, int]) -> Iterator[tuple[str, list[int]]]:
    """Yield the ranks of those whom rows name, as the rows lie and as each column sorts them."""
    named = []
    for row in rows:
        mine = {rank for name, rank in names.items() if name in map(str, row)}
        if len(mine) == 1:
            named.append((row, mine.pop()))
    if len({rank for _, rank in named}) < MANY:
        return
    yield "as they lie", [rank for _, rank in named]
    for place in range(len(rows[0])):
        column = sorted(named, key=lambda one: (len(str(one[0][place])), str(one[0][place])))
        if len({str(row[place]) for row, _ in column}) > 1:
            yield f"column {place}", [rank for _, rank in column]


def leaks(r: Rehearsal, names: dict[str, int]) -> list[str]:
    postgres, found = r.engine.storage.is_postgres, []
    with r.engine.storage.read() as connection:
        for table in tables(connection, postgres=postgres):
            rows = rows_of(connection, table, postgres=postgres)
            for what, order in orders(rows, names) if rows else ():
                if abs(correlation(order)) > 4 * SIGMA:
                    found.append(f"{table} {what}: {correlation(order):.2f}")
    return found


def voted(database: str, folder: Path) -> tuple[Rehearsal, str, int, dict[str, int]]:
    """Have forty vote, in an order by chance; return the rank of each voter and receipt in it."""
    r, matter, poll = secret_poll(database, folder, voters=MANY, unit=UNIT)
    return r, matter, poll, vote(r, matter, poll)


UNIT = "home-of-the-roll-"


def vote(r: Rehearsal, matter: str, poll: int) -> dict[str, int]:
    order = list(range(MANY))
    random.Random(4).shuffle(order)
    for voter in order:
        cast(r, matter, poll, voter, ("yes", "no")[voter % 2], unit=UNIT)
    names = {f"{UNIT}{voter}": rank for rank, voter in enumerate(order)}
    for rank, voter in enumerate(order):
        names[box_id("example", poll, f"{UNIT}{voter}", key(voter))] = rank
    return names


def test_after_closing_no_order_is_left_in_any_table(database: str, tmp_path: Path) -> None:
    r, matter, poll, names = voted(database, tmp_path)
    close(r, matter, poll)
    assert leaks(r, names) == []


def test_during_the_vote_no_order_is_in_any_table(database: str, tmp_path: Path) -> None:
    r, _matter, _poll, names = voted(database, tmp_path)
    assert leaks(r, names) == []


CANARY = "a title that the log holds"
SEGMENT = 16 << 20  # bytes


def test_no_byte_of_the_log_of_sqlite_names_who_voted(tmp_path: Path) -> None:
    path = tmp_path / "w.sqlite3"
    r, matter, poll = secret_poll(f"sqlite:///{path}", tmp_path, voters=MANY, unit=UNIT)
    r.engine.storage.leave_no_trace()  # what the roll left there
    names = vote(r, matter, poll)
    r.open(CANARY, by="wang")
    log = Path(f"{path}-wal").read_bytes()
    assert CANARY.encode() in log
    assert not [name for name in names if name.encode() in log]


def test_no_byte_of_the_log_of_postgresql_names_who_voted(
    postgres_cluster: Cluster, tmp_path: Path
) -> None:
    def place() -> int:
        with r.engine.storage.read() as connection:
            found = connection.execute(text("SELECT pg_current_wal_insert_lsn() - '0/0'"))
            return int(found.scalar_one())

    def between(first: int, last: int) -> bytes:
        """Read the log as it lies in files of 16 MiB, each named after its number."""
        made = b""
        for number in range(first // SEGMENT, last // SEGMENT + 1):
            high, low = divmod(number, 2**32 // SEGMENT)
            made += (folder / f"{1:08X}{high:08X}{low:08X}").read_bytes()
        return made[first % SEGMENT :][: last - first]

    folder = postgres_cluster.folder / "data" / "pg_wal"
    with postgres_cluster.new_database() as url:
        r, matter, poll = secret_poll(url, tmp_path, voters=MANY, unit=UNIT)
        before = place()
        names = vote(r, matter, poll)
        r.open(CANARY, by="wang")
        log = between(before, place())
        before = place()
        close(r, matter, poll)
        r.open(CANARY, by="wang")
        closing = between(before, place())
        r.engine.close()
    assert CANARY.encode() in log and CANARY.encode() in closing
    assert not [name for name in names if name.encode() in log]
    # By the fact that opened the box, sorted; a header of the log's pages may stand inside of one.
    told = sorted(name for name in names if name.encode() in closing)
    assert len(told) > MANY - 3 and not [name for name in told if name.startswith(UNIT)]
    assert sorted(told, key=lambda one: closing.index(one.encode())) == told


@pytest.mark.parametrize(("swapped", "seen"), [(0, True), (MANY, False)])
def test_the_probe_notices_rows_that_lie_in_the_order_of_voting(swapped: int, seen: bool) -> None:
    chance, order = random.Random(7), list(range(MANY))
    for _ in range(swapped):
        chance.shuffle(order)
    assert (abs(correlation(order)) > 4 * SIGMA) is seen
