"""``python -m benchmarks.counting``: our rules, other libraries and the limit, in one table.

Every ratio comes from one process and one input (``benchmarks.contest``); the goals are those that
the issue of the voting rules names. ``--only G1,G9`` measures these parts alone, ``--quick`` counts
a tenth of the ballots where there are many. Each row is printed as soon as it is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import climit, memory, peers, several, shards
from benchmarks.contest import ENDLESS, Peer, Times, alone, contest
from benchmarks.goals import Goal, verdict
from wugong_voting.counting.pairwise import pairwise
from wugong_voting.counting.profile import from_rankings
from wugong_voting.counting.registry import COUNTING

PAIRWISE = ("schulze", "ranked_pairs", "copeland", "minimax")
CONTESTED = ("plurality", "borda", "bucklin", *PAIRWISE, "irv")
ALL = (
    "approval",
    "two_round",
    "score",
    "star",
    "majority_judgment",
    "condorcet",
    "smith",
    "kemeny",
)
# How many ballots a peer is given at most; its time is projected from there on.
MOST = {"pref_voting": 20_000, "votekit": 1_000}
MOST_TWENTY = {"pref_voting": 5_000, "votelib": 5_000}
MOST_WIDE = {"pref_voting": 2_000, "votelib": 500}  # with a hundred options
SOON = 10.0  # seconds after which a peer is stopped that counts a village
Row = dict[str, Any]
Part = Callable[[], list[Row]]


def rankings(ballots: int, options: int, seed: int) -> Any:
    """Return random complete rankings, one byte an option, a row a ballot."""
    rng = np.random.default_rng(seed)
    rows = np.tile(np.arange(options, dtype=np.uint8), (ballots, 1))
    return rng.permuted(rows, axis=1, out=rows)


def decided(ballots: int, options: int, rules: Iterable[str]) -> Any:
    """Return rankings without a tie under any of the rules, so that answers can be compared."""
    for seed in range(1, 500):
        rows = rankings(ballots, options, seed)
        profile = from_rankings(names(options), rows)
        if all(len(COUNTING[rule].count(profile).winners) == 1 for rule in rules):
            return rows
    raise RuntimeError("no rankings without ties found")


def names(options: int) -> tuple[str, ...]:
    return tuple(str(i) for i in range(options))


def _count(rule: str, rows: Any) -> Any:
    return COUNTING[rule].count(from_rankings(names(rows.shape[1]), rows))


def case(
    goal: str,
    rule: str,
    size: str,
    rows: Any,
    there: dict[str, Any],
    weights: Any = None,
    endless: float = ENDLESS,
) -> list[Row]:
    """Count the same rankings with our rule and with every peer that has it."""
    options = names(rows.shape[1])

    def ours() -> Any:
        return COUNTING[rule].count(from_rankings(options, rows, weights)).winners

    called: dict[str, Peer] = {}
    most_of = MOST_WIDE if rows.shape[1] >= 100 else MOST_TWENTY if rows.shape[1] >= 20 else MOST
    for name, rules in there.items():
        if rule in rules and not (name == "pyrankvote" and weights is not None):
            most = min(len(rows), most_of.get(name, len(rows)))
            count, part = rules[rule], rows[:most]
            called[name] = Peer(partial(count, part, weights), len(rows) / most)
    own, found = contest(ours, called, endless=endless)
    base = {"goal": goal, "rule": rule, "size": size, "ours_ms": own.ms, "first_ms": own.first}
    made: list[Row] = [] if found else [{**base, "peer": "", "ratio": None}]
    winners = {int(winner) for winner in own.answer}
    for name, times in found.items():
        row: Row = {**base, "peer": name, "version": peers.version(name)}
        if isinstance(times, Times):
            whole = called[name].share == 1
            row |= {"peer_ms": times.ms, "calls": times.calls, "ratio": times.ms / own.ms}
            row |= {"projected": not whole, "stopped": times.stopped}
            row["same"] = times.answer == winners if whole and not times.stopped else None
        else:
            row |= {"ratio": None, "failed": times}
        made.append(row)
    return made


def _without(there: dict[str, Any], name: str) -> dict[str, Any]:
    return {peer: rules for peer, rules in there.items() if peer != name}


def village(there: dict[str, Any]) -> list[Row]:
    """G1: what one village counts, 300 to 1,000 ballots."""
    made: list[Row] = []
    for ballots, options in ((300, 5), (1000, 5), (300, 20)):
        rows = decided(ballots, options, CONTESTED)
        size = f"{ballots:,}×{options}"
        wanted = [r for r in (*CONTESTED, *ALL) if r != "kemeny" or options < 8]
        less = there if size == "300×5" else _without(there, "votekit")
        for rule in wanted:
            made += told(case("G1", rule, size, rows, less, endless=SOON))
    return made


LARGE = {
    "G2": (10**6, 5, ("borda", *PAIRWISE, "irv")),
    "G3": (10**5, 20, (*PAIRWISE, "irv")),
    "G4b": (10**5, 100, ("schulze", "copeland")),
}


def large(goal: str, there: dict[str, Any], quick: bool) -> list[Row]:
    """G2, G3, G4b: a city's raw rows."""
    made: list[Row] = []
    less = _without(there, "votekit")
    ballots, options, rules = LARGE[goal]
    ballots = ballots // 10 if quick else ballots
    rows = rankings(ballots, options, 7)
    for rule in rules:
        # pyrankvote holds an object a ballot: at a million it does not fit beside the others.
        those = less if ballots <= 10**5 else _without(less, "pyrankvote")
        made += told(case(goal, rule, f"{ballots:,}×{options}", rows, those))
    return made


def aggregated(there: dict[str, Any]) -> list[Row]:
    """G4: 120 kinds of ballot with their weights."""
    rows = decided(10**6, 5, ("borda", "irv"))
    kinds, weights = np.unique(rows, axis=0, return_counts=True)
    made: list[Row] = []
    for rule in ("plurality", "borda", "bucklin", *PAIRWISE, "irv"):
        made += told(case("G4", rule, f"{len(kinds)} kinds", kinds, there, weights))
    return made


def kernel(quick: bool) -> list[Row]:
    """G9: the pairwise matrix beside a plain loop in C."""
    made: list[Row] = []
    row: Row
    with tempfile.TemporaryDirectory(prefix="wugong-bench-") as folder:
        library = climit.compiled(Path(folder))
        if isinstance(library, str):
            row = {"goal": "G9", "rule": "pairwise", "size": "", "peer": "C", "failed": library}
            return told([row])
        for ballots, options in ((10**6, 5), (10**6, 20), (10**5, 100)):
            ballots = ballots // 10 if quick else ballots
            rows = rankings(ballots, options, 7)
            profile = from_rankings(names(options), rows)
            inputs = {"columns": profile.ranks, "rows": rows}
            for kind, ballots_as in inputs.items():

                def ours(kind: str = kind, profile: Any = profile, rows: Any = rows) -> Any:
                    made = profile if kind == "columns" else from_rankings(profile.options, rows)
                    return pairwise(made).wins

                peer = Peer(climit.loop(library, kind, ballots_as, options))
                own, found = contest(ours, {"C": peer})
                times = found["C"]
                assert isinstance(times, Times)
                row = {"goal": "G9", "rule": f"pairwise, {kind}", "peer": "C loop"}
                row |= {"size": f"{ballots:,}×{options}", "ours_ms": own.ms, "calls": times.calls}
                row |= {"peer_ms": times.ms, "first_ms": own.first, "ratio": own.ms / times.ms}
                made += told([{**row, "same": bool((own.answer == times.answer).all())}])
    return made


def growth(quick: bool) -> list[Row]:
    """Count 1e3 … 1e7 ballots: time, memory, and how fast the time grows."""
    made: list[Row] = []
    before: dict[str, float] = {}
    for power in range(3, 7 if quick else 8):
        ballots = 10**power
        rows = rankings(ballots, 5, 7)
        for rule in ("borda", "schulze", "irv"):
            times = alone(partial(_count, rule, rows))
            row: Row = {"goal": "growth", "rule": rule, "size": f"{ballots:,}×5", "peer": ""}
            row |= {"ours_ms": times.ms, "first_ms": times.first, "ballots": ballots}
            row |= {"calls": times.calls, "peak_mb": memory.ours(rule, rows)}
            if rule in before:
                row["slope"] = float(np.log10(times.ms / before[rule]))
            before[rule] = times.ms
            made += told([row])
    return made


def parts(there: dict[str, Any], quick: bool) -> dict[str, tuple[str, Part]]:
    """Return what can be measured: the name, what it is, and the call."""
    return {
        "G1": ("a village", lambda: village(there)),
        "G2": ("a million ballots", partial(large, "G2", there, quick)),
        "G3": ("twenty options", partial(large, "G3", there, quick)),
        "G4": ("ballots that were added up", lambda: aggregated(there)),
        "G4b": ("a hundred options", partial(large, "G4b", there, quick)),
        "G5": ("STV of real files", lambda: several.transferable(told)),
        "G6": ("the budget of a city", lambda: several.budgets("G6", told)),
        "G7": ("budgets with add1", lambda: several.budgets("G7", told)),
        "G8": ("committees", lambda: several.committees(told)),
        "G9": ("the pairwise kernel", lambda: kernel(quick)),
        "G10": ("memory and import", lambda: memory.rows(told, quick)),
        "G11": ("PostgreSQL", lambda: shards.database(told, quick)),
        "G12": ("two processes", lambda: shards.processes(told, quick)),
        "growth": ("from a thousand ballots on", lambda: growth(quick)),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the ballots")
    parser.add_argument("--only", help="parts, such as G1,G9 or growth", metavar="PARTS")
    parser.add_argument("--json", type=Path, default=Path("build/counting.json"), metavar="FILE")
    given = parser.parse_args()
    names = list(parts({}, given.quick))
    only = given.only.split(",") if given.only else names
    if unknown := set(only) - set(names):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    there = peers.installed() if {*LARGE, "G1", "G4"} & set(only) else {}
    chosen = {n: part for n, part in parts(there, given.quick).items() if n in only}
    made: list[Row] = []
    seconds: dict[str, float] = {}
    start = time.perf_counter()
    print(HEAD)
    for number, (name, (what, call)) in enumerate(chosen.items(), 1):
        began = time.perf_counter()
        done = f"{number} of {len(chosen)}, {began - start:.0f} s so far"
        print(f"{name}: {what} ({done})", file=sys.stderr, flush=True)
        made += call()
        seconds[name] = round(time.perf_counter() - began, 1)
    verdicts = [goal for goal in verdict(made) if goal.id in chosen]
    show_verdicts(verdicts)
    for line in peers.missing():
        print(line)
    about = machine()
    print(f"{sum(seconds.values()):.0f} s; {about['processors']} processors, load {about['load']}")
    answer: Row = {"machine": about, "seconds": seconds, "rows": made}
    answer["goals"] = [goal.json() for goal in verdicts]
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(answer, indent=1, default=str) + "\n", encoding="utf-8")
    return 0


def machine() -> Row:
    """Say what it ran on; of a busy machine only the ratios mean something."""
    versions = {name: peers.version(name) for name in ("numpy", "dask", *peers.NAMES)}
    about: Row = {"python": platform.python_version(), "system": platform.system()}
    about |= {"processors": os.cpu_count(), "load": [round(n, 1) for n in os.getloadavg()]}
    return {**about, **versions}


def show(rows: Iterable[Row]) -> None:
    """Print rows as a table.

    ~ marks a projected time, > a peer that was stopped after so long, ! an answer that differs.
    """
    for row in rows:
        peer = " ".join(filter(None, (row.get("peer", ""), row.get("version") or "")))
        mark = "~" if row.get("projected") else "!" if row.get("same") is False else " "
        mark = ">" if row.get("stopped") else mark
        figures = [
            _number(row.get("ours_ms"), 10),
            _number(row.get("first_ms"), 10),
            f"{peer:>22}",
            _number(row.get("peer_ms"), 12),
            _number(row.get("ratio"), 8) + mark,
            f"{row.get('calls', '') or '':>5}",
            _number(row.get("peak_mb"), 8),
            _number(row.get("slope"), 6),
            str(row.get("failed", "")),
        ]
        print(f"{row['goal']:6} {row['rule']:18} {row['size']:>15} {' '.join(figures)}".rstrip())
    sys.stdout.flush()


def told(rows: list[Row]) -> list[Row]:
    """Print rows as soon as they are measured."""
    show(rows)
    return rows


HEAD = (
    f"{'goal':6} {'rule':18} {'size':>15} {'ours ms':>10} {'first':>10} "
    f"{'peer':>22} {'peer ms':>12} {'ratio':>9} {'calls':>5} {'peak MB':>8} {'slope':>6}"
)


def show_verdicts(goals: Iterable[Goal]) -> None:
    """Print each goal, what was reached, and whether that is enough."""
    print(f"\n{'goal':6} {'what':58} {'wanted':>10} {'reached':>10}  verdict")
    for goal in goals:
        figures = f"{goal.wanted:>10g} {_number(goal.reached, 10)}"
        print(f"{goal.id:6} {goal.what:58} {figures}  {goal.said}")


def _number(value: float | None, width: int) -> str:
    if value is None:
        return " " * width
    return f"{value:>{width},.0f}" if abs(value) >= 100 else f"{value:>{width}.3g}"


if __name__ == "__main__":
    sys.exit(main())
