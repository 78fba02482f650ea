"""Peak memory of one count and the time of one import, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Row = dict[str, Any]
Show = Callable[[list[Row]], list[Row]]
ROOT = Path(__file__).resolve().parents[1]


def peak_mb() -> float:
    """Return the most memory that this process ever had, in MB of 10⁶ bytes (Linux)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("this system does not say how much memory a process had")


def _child(peer: str, rule: str, rows: Any) -> float:
    with tempfile.TemporaryDirectory(prefix="wugong-bench-") as folder:
        path = Path(folder) / "rows.npy"
        np.save(path, rows)
        command = [sys.executable, "-m", "benchmarks.memory", peer, rule, str(path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout))


def ours(rule: str, rows: Any) -> float:
    """Return what our count adds to the process, the input itself included, in MB."""
    return _child("", rule, rows)


def rows(show: Show, quick: bool) -> list[Row]:
    """G10: our rules at every size, peers at a million ballots; and the import."""
    from benchmarks import peers
    from benchmarks.counting import rankings

    made: list[Row] = []
    sizes = [(10**6, 5), (10**5, 20), (10**5, 100)] + ([] if quick else [(10**7, 5)])
    for ballots, options in sizes:
        rows = rankings(ballots, options, 7)
        base: Row = {"goal": "G10", "size": f"{ballots:,}×{options}"}
        for rule in ("borda", "schulze", "bucklin", "irv"):
            if rule == "irv" and options > 20:
                continue
            peak = ours(rule, rows)
            limit = 2 * rows.nbytes / 1e6 + 64
            row = {**base, "rule": rule, "peer": "", "peak_mb": peak, "of_limit": peak / limit}
            made += show([row])
        if (ballots, options) == (10**6, 5):
            for name, rule in (("votelib", "borda"), ("votelib", "schulze"), ("pyrankvote", "irv")):
                if version := peers.version(name):
                    peak = _child(name, rule, rows)
                    row = {**base, "rule": rule, "peer": name, "version": version, "peak_mb": peak}
                    made += show([row])
    return [*made, *show(imports())]


def imports() -> list[Row]:
    """Time the import of numpy alone, of the counting with it, and of every rule, in turns.

    A rule's file is loaded when the rule is first asked for; the goal is about the import itself.
    """
    alone = "import numpy"
    counting = f"{alone}, wugong_voting.counting.registry as r"
    codes = {alone: alone, "import": counting, "import, all rules": f"{counting}; dict(r.COUNTING)"}
    spent: dict[str, list[float]] = {rule: [] for rule in codes}
    for _ in range(5):
        for rule, code in codes.items():
            spent[rule].append(_import(code))
    made: list[Row] = []
    for rule, its in spent.items():
        seconds = sorted(its)[2]
        row: Row = {"goal": "G10", "rule": rule, "size": "", "peer": "", "ours_ms": seconds * 1e3}
        made.append({**row, "calls": 5, "import_s": seconds if rule == "import" else None})
    return made


def _import(code: str) -> float:
    """Return the seconds of one import; an error names what must not be there."""
    said = "print(time.perf_counter() - s, *({'numba', 'scipy', 'pandas'} & set(sys.modules)))"
    command = [sys.executable, "-c", f"import time, sys; s = time.perf_counter(); {code}; {said}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    first, *heavy = done.stdout.split()
    if heavy:
        raise RuntimeError(f"the counting rules import {', '.join(heavy)}")
    return float(first)


def main() -> int:
    peer, rule, path = sys.argv[1:]
    if peer:
        from benchmarks import peers

        count = peers.PEERS[peer]()[rule]
        before = peak_mb()
        count(np.load(path), None)
    else:
        from wugong_voting.counting.profile import from_rankings
        from wugong_voting.counting.registry import COUNTING

        before = peak_mb()
        rows = np.load(path)
        COUNTING[rule].count(from_rankings(tuple(map(str, range(rows.shape[1]))), rows))
    print(json.dumps(peak_mb() - before))
    return 0


if __name__ == "__main__":
    sys.exit(main())
