"""Ballots that lie apart: in files counted by several processes, and in PostgreSQL."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import permutations
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.contest import Peer, Times, contest, timed
from benchmarks.peers import version
from tests.support import postgres
from wugong_voting.counting.profile import Profile, from_rankings
from wugong_voting.counting.registry import COUNTING
from wugong_voting.counting.shards import counted, from_bytes, on_dask, to_bytes

OPTIONS = tuple("abcde")
FILES = 10
Row = dict[str, Any]
Show = Callable[[list[Row]], list[Row]]


def read(path: str) -> Profile:
    """Map the columns of one file."""
    return Profile(OPTIONS, np.load(path, mmap_mode="r"), strict=True)


def processes(show: Show, quick: bool) -> list[Row]:
    """G12: ten files of columns, counted by one process, by two, and by a Dask cluster."""
    from benchmarks.counting import rankings

    each = 10**6 if quick else 10**7
    with tempfile.TemporaryDirectory(prefix="wugong-bench-") as folder:
        ranks = from_rankings(OPTIONS, rankings(each, len(OPTIONS), 7)).ranks
        paths = [str(Path(folder) / f"{number}.npy") for number in range(FILES)]
        for path in paths:
            np.save(path, ranks)
        loads = [partial(read, path) for path in paths]
        made: list[Row] = []
        with get_context("spawn").Pool(2) as pool:
            pool.map(len, ["", ""])  # both processes are up
            for rule in ("schulze", "irv"):
                halves = partial(pool.imap, chunksize=FILES // 2)  # one trip for each process
                two = partial(counted, rule, loads, run=halves)
                called = {"one process": Peer(partial(counted, rule, loads))}
                own, found = contest(two, called, clock=time.perf_counter)
                one = found["one process"]
                if not isinstance(one, Times):
                    raise RuntimeError(one)
                row: Row = {"goal": "G12", "rule": f"two, {rule}", "peer": "one process"}
                row |= {"size": f"{each * FILES:,}×5", "ours_ms": own.ms, "peer_ms": one.ms}
                row |= {"ratio": one.ms / own.ms, "calls": own.calls, "seconds": own.ms / 1e3}
                same = own.answer.json() == one.answer.json()
                made += show([{**row, "first_ms": own.first, "same": same}])
                if rule == "irv":
                    made += show([{"goal": "G12", "size": row["size"], **dask(loads, one)}])
    return made


def dask(loads: Sequence[Callable[[], Profile]], one: Times) -> Row:
    """Count the same files on a Dask cluster of two workers."""
    row: Row = {"rule": "Dask, 2, irv", "peer": "one process", "version": version("dask")}
    try:
        from distributed import Client
    except ImportError:
        return {**row, "failed": "Dask is not installed (pip install -e '.[dask]')"}
    settings: dict[str, Any] = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    start: Any = Client
    with start(**settings, set_as_default=False) as client:
        run = on_dask(client)
        counted("irv", loads[:2], run=run)  # both workers have imported the rules
        again = partial(counted, "irv", loads, run=run)
        runs = [timed(again, clock=time.perf_counter) for _ in range(5)]
    ms = median(spent for spent, _ in runs)
    row |= {"ours_ms": ms, "first_ms": runs[0][0], "peer_ms": one.ms, "ratio": one.ms / ms}
    return {**row, "calls": 5, "same": runs[0][1].winners == one.answer.winners}


def database(show: Show, quick: bool) -> list[Row]:
    """G11: ballots in PostgreSQL, grouped there, decided here."""
    binaries = postgres.find_binaries()
    empty: Row = {"goal": "G11", "rule": "schulze", "size": "", "peer": ""}
    if binaries is None:
        return show([{**empty, "failed": "no PostgreSQL found"}])
    import psycopg

    made: list[Row] = []
    with ExitStack() as stack:
        cluster = stack.enter_context(postgres.running_cluster(binaries))
        address = stack.enter_context(cluster.new_database()).replace("+psycopg", "")
        connection = stack.enter_context(psycopg.connect(address, autocommit=True))
        for ballots in (10**5, 10**6) if quick else (10**6, 10**7):
            fill(connection, ballots)
            for name, query in (("ballots", GROUPED), ("totals", TOTALS)):
                for rule in RULES:
                    row = {**empty, "rule": rule, "size": f"{ballots:,} {name}"}
                    made += show([{**row, **from_database(connection, query, rule)}])
    return made


def from_database(connection: Any, query: bytes, rule: str) -> Row:
    """Time from the query to the result."""
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        profile = from_bytes(OPTIONS, connection.execute(query, binary=True).fetchall())
        winners = COUNTING[rule].count(profile).winners
        spent.append(time.perf_counter() - start)
    seconds = median(spent)
    row: Row = {"seconds": seconds, "ours_ms": seconds * 1e3, "first_ms": spent[0] * 1e3}
    return {**row, "calls": len(spent), "winners": winners}


RULES = ("borda", "schulze", "irv")
GROUPED = b"SELECT ballot, count(*) FROM ballots WHERE poll = 1 GROUP BY ballot"
TOTALS = b"SELECT ballot, number FROM totals WHERE poll = 1"


def fill(connection: Any, ballots: int) -> None:
    """Store random complete rankings, and the table of totals that a poll can keep beside them."""
    orders = np.array(list(permutations(range(len(OPTIONS)))), dtype=np.uint8)
    kinds = to_bytes(from_rankings(OPTIONS, orders))
    connection.execute("DROP TABLE IF EXISTS ballots, totals, kinds")
    connection.execute("CREATE TABLE ballots (poll integer NOT NULL, ballot bytea NOT NULL)")
    connection.execute("CREATE TABLE kinds (ballot bytea NOT NULL)")
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO kinds VALUES (%s)", [(kind,) for kind in kinds])
    connection.execute("SELECT setseed(0.5)")
    connection.execute(
        "INSERT INTO ballots SELECT 1, listed[1 + floor(random() * 120)::integer]"
        f" FROM (SELECT array_agg(ballot) AS listed FROM kinds) AS k, generate_series(1, {ballots})"
    )
    connection.execute(
        "CREATE TABLE totals AS"
        " SELECT poll, ballot, count(*) AS number FROM ballots GROUP BY poll, ballot"
    )
    connection.execute("VACUUM ANALYZE ballots")
    connection.execute("ANALYZE totals")
