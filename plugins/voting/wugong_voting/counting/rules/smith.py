"""Smith set: the smallest group whose members beat everybody outside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wugong import N_
from wugong_voting.counting.pairwise import Pairwise, pairwise
from wugong_voting.counting.profile import Whole
from wugong_voting.counting.result import Result, Sentence
from wugong_voting.counting.rule import CountingRule


def smith_set(margins: Whole) -> list[int]:
    """Return the members: options sorted by duels won, cut where everyone above beats the rest."""
    beaten_or_tied = np.count_nonzero(margins >= 0, axis=1)
    ranked = sorted(range(len(margins)), key=lambda i: -int(beaten_or_tied[i]))
    for size in range(1, len(ranked) + 1):
        inside, outside = ranked[:size], ranked[size:]
        if bool((margins[np.ix_(inside, outside)] > 0).all()):
            return sorted(inside)
    return sorted(ranked)


def decide(summary: Pairwise, settings: Mapping[str, Any]) -> Result:
    """Return every member of the set."""
    members = tuple(summary.options[i] for i in smith_set(summary.margins))
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
