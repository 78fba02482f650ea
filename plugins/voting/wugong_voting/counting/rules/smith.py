"""Smith set: the smallest group whose members beat everybody outside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong_voting.counting.pairwise import Pairwise, dominant, pairwise
from wugong_voting.counting.result import Result, Sentence
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.words import N_


def decide(summary: Pairwise, settings: Mapping[str, Any]) -> Result:
    """Return every member of the set."""
    members = tuple(summary.options[i] for i in dominant(summary.margins))
    said = Sentence(N_("Each of {winners} beats everybody outside."), {"winners": members})
    tied = members if len(members) > 1 else ()
    return Result(
        "smith", members, tied, matrix=summary.table(), options=settings, certificate=(said,)
    )


RULE = CountingRule(
    id="smith",
    title=N_("The group that beats all others (Smith set)"),
    asks="ranked",
    partial=pairwise,
    decide=decide,
    source="Smith 1973",
    claims=("condorcet", "monotonic"),
)
