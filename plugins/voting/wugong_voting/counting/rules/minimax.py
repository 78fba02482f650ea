"""Minimax: the option whose worst defeat is smallest.

Source: P. B. Simpson (1969), G. H. Kramer (1977). ``margins`` and ``winning_votes`` measure a
defeat; ``opposition`` counts the votes against, defeat or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wugong_voting.counting.pairwise import Pairwise, pairwise
from wugong_voting.counting.result import Result, Sentence, best, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, Choice, order
from wugong_voting.counting.words import N_

STRENGTH = Choice("strength", "margins", ("margins", "winning_votes", "opposition"))


def decide(summary: Pairwise, settings: Mapping[str, Any]) -> Result:
    """Find each option's worst defeat; the smallest wins."""
    wins, margins, options = summary.wins, summary.margins, summary.options
    kind = settings["strength"]
    if kind == "margins":
        against = margins.T.copy()
    else:
        against = wins.T.copy() if kind == "opposition" else np.where(margins.T > 0, wins.T, 0)
    lowest = -summary.voters - 1
    np.fill_diagonal(against, lowest)
    worst = against.max(axis=1) if len(options) > 1 else np.zeros(1, dtype=np.int64)
    scores = {option: -int(value) for option, value in zip(options, worst, strict=True)}
    winners = best(scores)
    said = Sentence(N_("The worst defeat of {winners} is the smallest."), {"winners": winners})
    return one_winner(
        "minimax",
        winners,
        tie_break=order(settings, options),
        scores=scores,
        matrix=summary.table(),
        options=settings,
        certificate=(said,),
    )


RULE = CountingRule(
    id="minimax",
    title=N_("Smallest worst defeat (minimax)"),
    asks="ranked",
    partial=pairwise,
    decide=decide,
    settings=(STRENGTH, TIE_BREAK),
    source="Simpson 1969, Kramer 1977",
    claims=("monotonic", "majority"),
)
