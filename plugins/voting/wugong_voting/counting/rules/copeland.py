"""Copeland: one point for each option beaten by a majority, half a point for a pairwise tie.

Source: A. H. Copeland (1951); the half point is the common convention, and a setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from wugong_voting.counting.pairwise import Pairwise, pairwise
from wugong_voting.counting.result import Result, Sentence, best, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, Choice, order
from wugong_voting.counting.words import N_

POINTS = {text: Fraction(text) for text in ("0", "1/2", "1")}
HALF = Choice("tie_points", "1/2", tuple(POINTS))


def decide(summary: Pairwise, settings: Mapping[str, Any]) -> Result:
    """Count won and tied duels."""
    margins, options = summary.margins, summary.options
    won = np.add.reduce(margins > 0, axis=1, dtype=np.int64)
    tied = np.add.reduce(margins == 0, axis=1, dtype=np.int64) - 1  # not with itself
    share = POINTS[settings["tie_points"]]
    counted = zip(options, won.tolist(), tied.tolist(), strict=True)
    scores = {option: wins + share * ties if ties else wins for option, wins, ties in counted}
    winners = best(scores)
    said = Sentence(N_("{winners} wins most duels."), {"winners": winners})
    return one_winner(
        "copeland",
        winners,
        tie_break=order(settings, options),
        scores=scores,
        matrix=summary.table(),
        options=settings,
        certificate=(said,),
    )


RULE = CountingRule(
    id="copeland",
    title=N_("Most duels won (Copeland)"),
    asks="ranked",
    partial=pairwise,
    decide=decide,
    settings=(HALF, TIE_BREAK),
    source="Copeland 1951",
    claims=("condorcet", "monotonic", "majority"),
)
