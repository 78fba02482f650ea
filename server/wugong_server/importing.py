"""What is asked of a roster file beside its rows, and what an import says to programs."""

from __future__ import annotations

import re
from typing import Any

from wugong import Measure, Words
from wugong.importing import Plan
from wugong.roster_columns import Problem
from wugong.roster_rows import Reading

MEASURES: tuple[Measure, ...] = ("area", "heads", "households")
NAME = re.compile(r"[a-z][a-z0-9_.-]{1,39}")  # of a roster


def plan_json(plan: Plan, reading: Reading, words: Words, written: bool) -> dict[str, Any]:
    """Write what an import would do, or did, for programs."""
    return {
        "edition": plan.edition,
        "entitlements": len(reading.holders),
        "new": plan.new,
        "changed": plan.changed,
        "same": plan.same,
        "leaving": plan.leaving,
        "enrolled": plan.enrolled,
        "notes": [note.say(words) for note in reading.notes],
        "written": written,
    }


def problem_json(problem: Problem, words: Words) -> dict[str, Any]:
    """Write for programs what is wrong with a row: which, what, and how to mend it."""
    said, remedy = problem.say(words), problem.mend(words)
    return {"row": problem.row, "code": problem.code, "text": said, "remedy": remedy}
