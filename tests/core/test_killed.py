"""Killed at any moment: nothing acknowledged is lost, nothing counts twice, the chain is whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.core import killed
from tests.core.conftest import people
from tests.core.shop import POINTS, SHOP, Given
from wugong import Engine

CHECKOUT = Path(__file__).parents[2]


def kill_and_look(database: str, keys: Path, first: int, rounds: int) -> int:
    """Kill a recording process some times; return how many acts were acknowledged."""
    command = [sys.executable, killed.__file__, database, str(keys), str(first), str(rounds)]
    environment = {"PYTHONPATH": str(CHECKOUT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=CHECKOUT
    )
    assert done.returncode == 0, done.stderr
    told = [line for one in done.stdout.splitlines() for line in json.loads(one)]
    sent = [line[1] for line in told if line[0] == "sent"]
    acknowledged = {line[1]: (int(line[2]), line[3]) for line in told if line[0] == "done"}
    assert len(done.stdout.splitlines()) == rounds
    with Engine(database, {"shop": SHOP}, keys=keys) as engine:
        head, fault = engine.verify("wutong")
        assert fault is None
        stored = {r["seq"]: r["digest"] for r in engine.export("wutong")}
        assert len(stored) == head.seq
        lost = [key for key, (seq, digest) in acknowledged.items() if stored.get(seq) != digest]
        assert lost == []
        points = engine.book(POINTS, "wutong")
        assert all(points[key] == 1 for key in acknowledged)
        # Whoever got no answer sends again under the same key, and everything counts once.
        for key in sent:
            receipt = engine.record("wutong", Given(to=(key,), points=1), by="wang", key=key)
            assert acknowledged.get(key, (receipt.seq, receipt.digest)) == (
                receipt.seq,
                receipt.digest,
            )
        points = engine.book(POINTS, "wutong")
        assert all(points[key] == 1 for key in sent)
        assert engine.verify("wutong")[1] is None
        if not engine.storage.is_postgres:
            with engine.storage.read() as connection:
                assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    return len(acknowledged)


def founded(database: str, keys: Path) -> None:
    with Engine(database, {"shop": SHOP}, keys=keys) as engine:
        people(engine)


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(
    database: str, tmp_path: Path
) -> None:
    keys = tmp_path / "k"
    founded(database, keys)
    assert kill_and_look(database, keys, first=0, rounds=10) >= 10


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_in_a_thousand_kills(database: str, tmp_path: Path) -> None:
    keys = tmp_path / "k"
    founded(database, keys)
    acknowledged = 0
    rounds = 1000 if database.startswith("sqlite") else 500
    for first in range(0, rounds, 50):
        acknowledged += kill_and_look(database, keys, first, rounds=50)
        print(f"{first + 50} killed: {acknowledged} acts acknowledged, 0 lost, 0 twice", flush=True)
    assert acknowledged > rounds
