"""What the counting must reach: each goal, what was measured, and whether that is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
PAIRWISE = ("schulze", "ranked_pairs", "copeland", "minimax")


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that must not be undercut (``most`` False) or exceeded (``most`` True).

    ``more`` says that a peer was stopped: more than ``reached`` would have been measured.
    """

    id: str
    what: str
    wanted: float
    most: bool
    reached: float | None
    more: bool = False

    @property
    def said(self) -> str:
        if self.reached is None:
            return "not measured here"
        good = self.reached <= self.wanted if self.most else self.reached >= self.wanted
        if good:
            return "reached"
        said = "not known: more than" if self.more else "not reached:"
        return f"{said} {self.reached:.3g} of {self.wanted:g}"

    def json(self) -> Row:
        made = {"goal": self.id, "what": self.what, "wanted": self.wanted}
        return {**made, "reached": self.reached, "more": self.more, "verdict": self.said}


def verdict(rows: Sequence[Row]) -> list[Goal]:
    """Judge every goal by its worst row."""

    def of(goal: str, key: str, fit: Callable[[Row], bool] = lambda _: True) -> list[float]:
        return [r[key] for r in rows if r["goal"] == goal and r.get(key) is not None and fit(r)]

    def least(goal: str, what: str, wanted: float, fit: Callable[[Row], bool]) -> Goal:
        known = of(goal, "ratio", lambda r: fit(r) and not r.get("stopped"))
        found = min(known, default=None)
        if found is None or found >= wanted:
            found = min(of(goal, "ratio", fit), default=None)
        more = found is not None and found not in known
        return Goal(goal, what, wanted, False, found, more)

    def most(goal: str, what: str, wanted: float, key: str, fit: Callable[[Row], bool]) -> Goal:
        return Goal(goal, what, wanted, True, max(of(goal, key, fit), default=None))

    def peer(name: str, rules: tuple[str, ...] = ()) -> Callable[[Row], bool]:
        return lambda r: r["peer"] == name and (not rules or r["rule"] in rules)

    def ruled(rule: str) -> Callable[[Row], bool]:
        return lambda r: r["rule"] == rule

    def small(name: str) -> Callable[[Row], bool]:
        return lambda r: r["peer"] == name and r["size"].endswith("×5")

    def wide(irv: bool) -> Callable[[Row], bool]:
        return lambda r: r["size"] == "300×20" and (r["rule"] == "irv") is irv

    either = ("votelib", "pref_voting")
    return [
        least("G1", "village: times votelib, worst rule", 4, small("votelib")),
        least("G1", "village: times pyrankvote, IRV", 8, small("pyrankvote")),
        least("G1", "village: times pref_voting, worst rule", 30, small("pref_voting")),
        most("G1", "ms at 300×20, slowest rule but IRV", 0.5, "ours_ms", wide(False)),
        most("G1", "ms at 300×20, IRV", 1.5, "ours_ms", wide(True)),
        least("G2", "10⁶×5: Borda, times votelib", 80, peer("votelib", ("borda",))),
        least("G2", "10⁶×5: pairwise rules, times votelib", 60, peer("votelib", PAIRWISE)),
        least("G2", "10⁶×5: IRV, times votelib", 40, peer("votelib", ("irv",))),
        least("G2", "10⁶×5: times pref_voting, worst rule", 1000, peer("pref_voting")),
        least(
            "G3",
            "10⁵×20: pairwise, times the faster peer",
            200,
            lambda r: r["peer"] in either and r["rule"] in PAIRWISE,
        ),
        least("G3", "10⁵×20: IRV, times pyrankvote", 40, peer("pyrankvote", ("irv",))),
        least("G4", "120 kinds: times the best peer, any rule", 1, lambda r: bool(r["peer"])),
        least(
            "G4",
            "120 kinds: Borda and pairwise, times the best",
            10,
            lambda r: bool(r["peer"]) and r["rule"] in ("borda", *PAIRWISE),
        ),
        least(
            "G4",
            "120 kinds: IRV, times the best peer",
            2.5,
            lambda r: bool(r["peer"]) and r["rule"] == "irv",
        ),
        least("G4b", "10⁵×100: pairwise, times pref_voting", 150, peer("pref_voting")),
        least("G5", "STV, real files: times pyrankvote", 6, peer("pyrankvote")),
        least("G5", "STV, real files: times votelib", 15, peer("votelib")),
        least("G5", "STV, real files: times pref_voting", 300, peer("pref_voting")),
        least("G5", "STV, real files: times votekit", 500, peer("votekit")),
        least("G6", "Łódź, exact: Equal Shares, times pabutools", 300, ruled("mes_cost")),
        least("G6", "Łódź: the same with reading the file", 50, ruled("mes_cost + file")),
        least("G6", "Łódź, exact: Phragmén, times pabutools", 100, ruled("phragmen_pb")),
        least("G6", "Łódź: greedy, times pabutools", 300, ruled("pb_greedy")),
        least("G7", "add1 on Łódź, times pabutools", 100, lambda r: r["size"] == "Łódź"),
        least("G7", "add1 on any file, times pabutools", 10, lambda r: True),
        least("G8", "sequential PAV, exact, times abcvoting", 20, ruled("seq_pav")),
        least("G8", "Equal Shares, exact, times abcvoting", 100, ruled("mes_committee")),
        most(
            "G9",
            "pairwise kernel: times a C loop, columns",
            3,
            "ratio",
            lambda r: r["rule"] == "pairwise, columns",
        ),
        most(
            "G9",
            "pairwise kernel: times a C loop, rows",
            6,
            "ratio",
            lambda r: r["rule"] == "pairwise, rows",
        ),
        most("G10", "peak memory over twice the input and 64 MB", 1, "of_limit", peer("")),
        most("G10", "seconds to import numpy and the counting", 0.12, "import_s", peer("")),
        most(
            "G11",
            "PostgreSQL, 10⁶ ballots: seconds to a result",
            0.5,
            "seconds",
            lambda r: r["size"].startswith("1,000,000 "),
        ),
        most(
            "G11",
            "PostgreSQL, 10⁷ ballots: seconds to a result",
            4,
            "seconds",
            lambda r: r["size"].startswith("10,000,000 "),
        ),
        least("G12", "two processes, times one", 1.6, lambda r: r["rule"].startswith("two")),
        most(
            "G12",
            "10⁸×5 from memory-mapped columns, seconds",
            5,
            "seconds",
            lambda r: r["size"].startswith("100,000,000") and r["rule"].startswith("two"),
        ),
    ]
