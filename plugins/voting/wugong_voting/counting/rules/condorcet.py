"""Condorcet's test: the option that beats every other one in a duel, if there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wugong_voting.counting.pairwise import Pairwise, pairwise
from wugong_voting.counting.result import Result, Sentence
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.words import N_


def decide(summary: Pairwise, settings: Mapping[str, Any]) -> Result:
    """Return the winner of all duels, or nobody."""
    margins, options = summary.margins, summary.options
    wins_all = np.count_nonzero(margins > 0, axis=1) == len(options) - 1
    winners = tuple(options[i] for i in np.flatnonzero(wins_all))
    said = N_("{winners} wins every duel.") if winners else N_("Nobody wins every duel.")
    return Result(
        "condorcet",
        winners,
        matrix=summary.table(),
        options=settings,
        certificate=(Sentence(said, {"winners": winners}),),
    )


RULE = CountingRule(
    id="condorcet",
    title=N_("Wins every duel (Condorcet)"),
    asks="ranked",
    partial=pairwise,
    decide=decide,
    source="Condorcet 1785",
    claims=("condorcet", "monotonic"),
)
