"""Power may fail at any moment: no act is acknowledged before its bytes were synced to the disk.

Killing a process cannot show this; a trace of its system calls does. The trace must also notice a
set-up that acknowledges too early, or it would prove nothing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core import synced
from tests.core.conftest import people
from tests.core.shop import SHOP
from wugong import Engine

CHECKOUT = Path(__file__).parents[2]
CALL = re.compile(r"^(?P<thread>\d+) +(?P<name>\w+)\((?P<rest>.*)$")
RESUMED = re.compile(r"^(?P<thread>\d+) +<\.\.\. (?P<name>\w+) resumed>(?P<rest>.*)$")


def traceable() -> bool:
    """Tell whether strace is here and may trace."""
    strace = shutil.which("strace")
    command = [strace or "strace", "-qq", "-e", "trace=none", "true"]
    return strace is not None and subprocess.run(command, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not traceable(), reason="strace is not here or may not trace")


def trace(tmp_path: Path, count: int, *more: str) -> list[str]:
    """Record some acts under strace; return its lines."""
    database, keys, out = f"sqlite:///{tmp_path}/wugong.sqlite3", tmp_path / "k", tmp_path / "trace"
    with Engine(database, {"shop": SHOP}, keys=keys) as engine:
        people(engine)
    traced = ["strace", "-f", "-y", "-qq", "-o", str(out), "-e", "trace=fsync,fdatasync,write"]
    command = [*traced, sys.executable, synced.__file__, database, str(keys), str(count), *more]
    environment = {"PYTHONPATH": str(CHECKOUT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=CHECKOUT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("acknowledged ") == count
    return out.read_text().splitlines()


def too_early(lines: list[str]) -> tuple[int, int]:
    """Return how many acts were acknowledged, and how many of them before a finished sync.

    A sync counts that was begun after the last acknowledgement and finished before the next, on
    the log in which SQLite commits.
    """
    acknowledged = early = 0
    synced_since, begun = False, dict[str, bool]()
    for line in lines:
        if (found := CALL.match(line)) and found["name"] in ("fsync", "fdatasync"):
            on_log = "-wal>" in found["rest"]
            if "<unfinished" in found["rest"]:
                begun[found["thread"]] = on_log
            else:
                synced_since |= on_log and found["rest"].endswith("= 0")
        elif (found := RESUMED.match(line)) and found["name"] in ("fsync", "fdatasync"):
            synced_since |= begun.pop(found["thread"], False) and found["rest"].endswith("= 0")
        elif "acknowledged " in line and "write(1" in line:
            acknowledged += 1
            early += not synced_since
            synced_since, begun = False, {}
    return acknowledged, early


@pytest.mark.slow
def test_no_act_is_acknowledged_before_a_finished_sync(tmp_path: Path) -> None:
    assert too_early(trace(tmp_path, 1000)) == (1000, 0)


@pytest.mark.soak
def test_none_of_ten_thousand_is_acknowledged_before_a_finished_sync(tmp_path: Path) -> None:
    assert too_early(trace(tmp_path, 10_000)) == (10_000, 0)


def test_the_trace_notices_a_set_up_that_acknowledges_too_early(tmp_path: Path) -> None:
    acknowledged, early = too_early(trace(tmp_path, 50, "loose"))
    assert acknowledged == 50 and early > 40


def test_a_sync_that_fails_or_began_before_is_none() -> None:
    lines = [
        "7 fdatasync(5</x/w.sqlite3-wal>) = 0",
        '8 write(1</dev/pts/0>, "acknowledged 0\\n", 15) = 15',
        "7 fdatasync(5</x/w.sqlite3-wal>) = -1 EIO",
        '8 write(1</dev/pts/0>, "acknowledged 1\\n", 15) = 15',
        "7 fdatasync(5</x/w.sqlite3-wal> <unfinished ...>",
        '8 write(1</dev/pts/0>, "acknowledged 2\\n", 15) = 15',
        "7 <... fdatasync resumed>) = 0",
        '8 write(1</dev/pts/0>, "acknowledged 3\\n", 15) = 15',
        "7 fsync(5</x/keys>) = 0",
        '8 write(1</dev/pts/0>, "acknowledged 4\\n", 15) = 15',
    ]
    assert too_early(lines) == (5, 4)
