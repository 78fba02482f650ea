"""``python -m benchmarks`` (or ``make bench``): a ballot ÷ a POST without the engine.

Then, unless ``--only writing``, the counting rules beside other libraries (``counting.py``).

Both run in one process behind one middleware, in turns, so that a busy machine slows both alike:
only the ratios mean something. All plugins are registered; SQLite is FULL, PostgreSQL durable.
The second table: a POST that believes a token it has seen before, one ORM transaction a request
(``kept``: the same ballot with the same promises; ``orm``: two bare rows that promise nothing; ``in
turn``: the same where they wait for each other in the process), and how long a page takes alone and
while ballots are cast at full rate.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import estate
from benchmarks.load import Requests, Round, get, post, read, run
from tests.support import postgres

GATES = {"sqlite": 0.40, "postgresql": 0.30}
LEAST_OVER_ORM = 8
MOST_READ_RATIO = 3
READERS = 1  # more would wait for each other, casting or not
READING = 8  # times as long as a round: of a hundred pages the 99th would be the slowest
Rounds = dict[str, Round]
_keys = count()


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each half of a round")
    parser.add_argument("--connections", type=int, default=estate.VOTERS)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument(
        "--only", help="writing, counting, or parts of the counting, such as G1,G9", metavar="PARTS"
    )
    given = parser.parse_args()
    if not 1 <= given.connections <= estate.VOTERS:
        parser.error(f"--connections is 1 to {estate.VOTERS}")
    if given.only and given.only != "writing":
        return count_too([] if given.only == "counting" else ["--only", given.only])
    kinds = ["sqlite", "postgresql"] if given.database == "both" else [given.database]
    figures = []
    for kind in kinds:
        with database(kind) as place:
            if place is None:
                print(f"{kind}: not measured, no server found", file=sys.stderr)
                continue
            figures.append(measure(kind, *place, given))
    show(figures)
    answer = {"machine": machine(), "figures": figures}
    print(json.dumps(answer))
    if given.json:
        given.json.write_text(json.dumps(answer, indent=2) + "\n", encoding="utf-8")
    return 0 if given.only else count_too([])


def count_too(parts: list[str]) -> int:
    """Measure the counting in a process of its own, which no server has warmed up."""
    command = [sys.executable, "-m", "benchmarks.counting", *parts]
    return subprocess.run(command, check=False).returncode


@contextmanager
def database(kind: str) -> Iterator[tuple[str, str] | None]:
    """Give the address of an empty database and of a key file."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wugong-bench-")))
        keys = str(folder / "keys")
        if kind == "sqlite":
            yield f"sqlite:///{folder}/bench.sqlite3", keys
            return
        binaries = postgres.find_binaries()
        if binaries is None:
            yield None
            return
        cluster = stack.enter_context(postgres.running_cluster(binaries))
        yield stack.enter_context(cluster.new_database()), keys


def measure(kind: str, address: str, keys: str, given: argparse.Namespace) -> dict[str, Any]:
    """Build the estate, start the server, and load it in turns; then read beside it."""
    votes = estate.build(address, keys)
    with ExitStack() as stack:
        port, pid = stack.enter_context(site(address, keys))
        rounds: list[Rounds] = []
        for number in range(given.rounds + 1):  # the first one warms up and is not counted
            seconds = given.seconds if number else min(1.0, given.seconds)
            found = {
                name: asyncio.run(run(port, pid, given.connections, seconds, requests))
                for name, requests in loads(votes).items()
            }
            if number:
                rounds.append(found)
        # Where several processes may share the database, people read from another than cast.
        other = (port, pid) if kind == "sqlite" else stack.enter_context(site(address, keys))
        reading = read_beside((port, pid), other, votes, given)
    return figures_of(kind, given.connections, rounds) | reading


@contextmanager
def site(address: str, keys: str) -> Iterator[tuple[int, int]]:
    """Run a server; give its port and its process."""
    command = [sys.executable, "-m", "benchmarks.site", address, keys]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline()), process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def loads(votes: dict[str, Any]) -> dict[str, Requests]:
    """Return the kinds of request by name, all with bodies of the same size."""
    matter, community = votes["matter"], estate.COMMUNITY
    return {
        "bare": _posts(votes, f"/bare/{community}"),
        "remembered": _posts(votes, f"/remembered/{community}"),
        "orm": _posts(votes, f"/orm/{community}"),
        "orm_in_turn": _posts(votes, f"/orm-in-turn/{community}"),
        "orm_kept": _posts(votes, f"/orm-kept/{community}"),
        "ballot": _posts(votes, f"/api/v1/matters/{matter}/events"),
    }


def _posts(votes: dict[str, Any], path: str) -> Requests:
    tokens, poll = votes["tokens"], votes["poll"]

    def ballot(number: int) -> dict[str, Any]:
        unit = f"m-{number}/{next(_keys) % estate.UNITS}"
        return {
            "kind": "voting.ballot_cast",
            "body": {"poll": poll, "entitlement": unit, "choice": "yes"},
        }

    def requests(number: int) -> Iterator[bytes]:
        while True:
            yield post(path, tokens[number], f"k{next(_keys)}", ballot(number))

    return requests


def read_beside(
    casting: tuple[int, int], reading: tuple[int, int], votes: dict[str, Any], given: Any
) -> dict[str, Any]:
    """Read the page of the matter, first alone, then while ballots are cast at full rate."""
    request = get(f"/m/{votes['matter']}", votes["tokens"][0])
    seconds = READING * given.seconds
    with ProcessPoolExecutor(1, get_context("spawn")) as readers:
        readers.submit(read, *reading, READERS, 1.0, request).result()
        idle = readers.submit(read, *reading, READERS, seconds, request).result()
        beside = readers.submit(read, *reading, READERS, seconds, request)
        cast = asyncio.run(run(*casting, given.connections, seconds, loads(votes)["ballot"]))
        busy = beside.result()
    return {
        "read_idle_p99_ms": round(idle.p99, 1),
        "read_casting_p99_ms": round(busy.p99, 1),
        "read_ratio": round(busy.p99 / idle.p99, 2),
        "read_gate": MOST_READ_RATIO,
        "reads": len(busy.milliseconds),
        "ballots_while_reading_per_second": round(cast.per_second),
    }


def figures_of(kind: str, connections: int, rounds: list[Rounds]) -> dict[str, Any]:
    """Return the middle of all rounds, and the ratios of each."""

    def rate(name: str) -> int:
        return round(median(one[name].per_second for one in rounds))

    def over(name: str) -> list[float]:
        return [one["ballot"].per_second / one[name].per_second for one in rounds]

    ratios, ballots = over("bare"), [one["ballot"] for one in rounds]
    bares = [one["bare"] for one in rounds]
    return {
        "database": kind,
        "connections": connections,
        "rounds": len(rounds),
        "bare_per_second": rate("bare"),
        "remembered_per_second": rate("remembered"),
        "orm_per_second": rate("orm"),
        "ballots_per_second": rate("ballot"),
        "ratio": round(median(ratios), 3),
        "ratio_least": round(min(ratios), 3),
        "ratio_most": round(max(ratios), 3),
        "gate": GATES[kind],
        "over_remembered": round(median(over("remembered")), 3),
        "over_orm": round(median(over("orm")), 1),
        "orm_gate": LEAST_OVER_ORM,
        "over_orm_in_turn": round(median(over("orm_in_turn")), 1),
        "over_orm_kept": round(median(over("orm_kept")), 1),
        "orm_kept_per_second": rate("orm_kept"),
        "orm_cpu_us": round(median(one["orm"].cpu_micros for one in rounds)),
        "bare_cpu_us": round(median(bare.cpu_micros for bare in bares)),
        "ballot_cpu_us": round(median(ballot.cpu_micros for ballot in ballots)),
        "bare_p50_ms": round(median(bare.p50 for bare in bares), 1),
        "ballot_p50_ms": round(median(ballot.p50 for ballot in ballots), 1),
        "ballot_p99_ms": round(median(ballot.p99 for ballot in ballots), 1),
        "syncs_per_ballot": round(median(b.commits / max(1, b.answers) for b in ballots), 3),
    }


def machine() -> dict[str, Any]:
    """Say what it ran on; absolute figures mean nothing elsewhere."""
    return {"python": platform.python_version(), "system": platform.system()}


def show(figures: list[dict[str, Any]]) -> None:
    """Print the table."""
    heads = (
        ("database", "database"),
        ("ballots/s", "ballots_per_second"),
        ("bare/s", "bare_per_second"),
        ("ratio", "ratio"),
        ("least", "ratio_least"),
        ("most", "ratio_most"),
        ("gate", "gate"),
        ("cpu µs", "ballot_cpu_us"),
        ("bare µs", "bare_cpu_us"),
        ("p50 ms", "ballot_p50_ms"),
        ("p99 ms", "ballot_p99_ms"),
        ("syncs each", "syncs_per_ballot"),
        ("bare p50", "bare_p50_ms"),
    )
    more = (
        ("database", "database"),
        ("remembered", "remembered_per_second"),
        ("÷ that", "over_remembered"),
        ("kept/s", "orm_kept_per_second"),
        ("÷ kept", "over_orm_kept"),
        ("gate", "orm_gate"),
        ("orm/s", "orm_per_second"),
        ("÷ orm", "over_orm"),
        ("÷ in turn", "over_orm_in_turn"),
        ("orm cpu µs", "orm_cpu_us"),
        ("read p99", "read_idle_p99_ms"),
        ("casting", "read_casting_p99_ms"),
        ("×", "read_ratio"),
        ("gate", "read_gate"),
        ("reads", "reads"),
        ("ballots/s", "ballots_while_reading_per_second"),
    )
    for columns in (heads, more):
        print("  ".join(f"{title:>10}" for title, _ in columns))
        for row in figures:
            print("  ".join(f"{row[key]:>10}" for _, key in columns))


if __name__ == "__main__":
    sys.exit(main())
