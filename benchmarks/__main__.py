"""``python -m benchmarks`` (or ``make bench``): a ballot ÷ a POST without the engine.

Then, unless ``--only writing``, the counting rules beside other libraries (``counting.py``).

Both run in one process behind one middleware, in turns, so that a busy machine slows both alike:
only the ratios mean something. All plugins are registered; SQLite is FULL, PostgreSQL durable.
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
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import estate
from benchmarks.load import Requests, Round, post, run
from tests.support import postgres

GATES = {"sqlite": 0.40, "postgresql": 0.30}
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
    """Build the estate, start the server, and load it in turns."""
    votes = estate.build(address, keys)
    command = [sys.executable, "-m", "benchmarks.site", address, keys]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        bare, ballots = loads(votes)
        rounds: list[tuple[Round, Round]] = []
        for number in range(given.rounds + 1):  # the first one warms up and is not counted
            seconds = given.seconds if number else min(1.0, given.seconds)
            pair = [
                asyncio.run(run(port, process.pid, given.connections, seconds, requests))
                for requests in (bare, ballots)
            ]
            if number:
                rounds.append((pair[0], pair[1]))
    finally:
        process.terminate()
        process.wait(timeout=30)
    return figures_of(kind, given.connections, rounds)


def loads(votes: dict[str, Any]) -> tuple[Requests, Requests]:
    """Return the requests without the engine and the ballots, with bodies of the same size."""
    tokens, matter, poll = votes["tokens"], votes["matter"], votes["poll"]

    def ballot(number: int) -> dict[str, Any]:
        unit = f"m-{number}/{next(_keys) % estate.UNITS}"
        return {
            "kind": "voting.ballot_cast",
            "body": {"poll": poll, "entitlement": unit, "choice": "yes"},
        }

    def bare(number: int) -> Iterator[bytes]:
        while True:
            path = f"/bare/{estate.COMMUNITY}"
            yield post(path, tokens[number], f"k{next(_keys)}", ballot(number))

    def ballots(number: int) -> Iterator[bytes]:
        while True:
            path = f"/api/v1/matters/{matter}/events"
            yield post(path, tokens[number], f"k{next(_keys)}", ballot(number))

    return bare, ballots


def figures_of(kind: str, connections: int, rounds: list[tuple[Round, Round]]) -> dict[str, Any]:
    """Return the middle of all rounds, and the ratios of each."""
    ratios = [ballot.per_second / bare.per_second for bare, ballot in rounds]
    return {
        "database": kind,
        "connections": connections,
        "rounds": len(rounds),
        "bare_per_second": round(median(bare.per_second for bare, _ in rounds)),
        "ballots_per_second": round(median(ballot.per_second for _, ballot in rounds)),
        "ratio": round(median(ratios), 3),
        "ratio_least": round(min(ratios), 3),
        "ratio_most": round(max(ratios), 3),
        "gate": GATES[kind],
        "bare_cpu_us": round(median(bare.cpu_micros for bare, _ in rounds)),
        "ballot_cpu_us": round(median(ballot.cpu_micros for _, ballot in rounds)),
        "bare_p50_ms": round(median(bare.p50 for bare, _ in rounds), 1),
        "ballot_p50_ms": round(median(ballot.p50 for _, ballot in rounds), 1),
        "ballot_p99_ms": round(median(ballot.p99 for _, ballot in rounds), 1),
        "syncs_per_ballot": round(median(b.commits / max(1, b.answers) for _, b in rounds), 3),
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
    print("  ".join(f"{title:>10}" for title, _ in heads))
    for row in figures:
        print("  ".join(f"{row[key]:>10}" for _, key in heads))


if __name__ == "__main__":
    sys.exit(main())
