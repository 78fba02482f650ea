"""Schulze: an option wins when no other has a stronger chain of majorities against it.

Source: M. Schulze, «A new monotonic, clone-independent … single-winner election method» (2011).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wugong_voting.counting.pairwise import Pairwise, pairwise, strongest_paths
from wugong_voting.counting.result import Result, Sentence, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import STRENGTH, TIE_BREAK, order
from wugong_voting.counting.words import N_


def decide(summary: Pairwise, settings: Mapping[str, Any]) -> Result:
    """Compare the strongest chains of every two options; unbeaten ones win."""
    wins, options = summary.wins, summary.options
    margins = summary.margins
    by = wins if settings["strength"] == "winning_votes" else margins
    paths = strongest_paths(np.where(margins > 0, by, 0))
    unbeaten = (paths >= paths.T).all(axis=1)
    winners = [options[i] for i in np.flatnonzero(unbeaten)]
    told = Sentence(N_("No other option has a stronger chain of majorities against {winners}."))
    return one_winner(
        "schulze",
        winners,
        tie_break=order(settings, options),
        matrix=summary.table(),
        rounds=({"strongest_paths": paths.tolist()},),
        options=settings,
        certificate=(Sentence(told.says, {"winners": winners}),),
    )


RULE = CountingRule(
    id="schulze",
    title=N_("Strongest chains of majorities (Schulze)"),
    asks="ranked",
    partial=pairwise,
    decide=decide,
    settings=(STRENGTH, TIE_BREAK),
    source="Schulze 2011",
    claims=("condorcet", "monotonic", "clone_independent", "majority"),
)
