"""Bucklin: first places are counted, then second ones added, until an option has a majority.

Among those with a majority in that round the one with most votes wins; where nobody ever has one,
most votes of all places win. Each ballot is read up to its first tied group.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wugong_voting.counting.points import Places, places_until_tie
from wugong_voting.counting.result import Result, Sentence, best, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order
from wugong_voting.counting.words import N_


def decide(summary: Places, settings: Mapping[str, Any]) -> Result:
    """Add place after place until somebody has more than half of the ballots."""
    votes = np.cumsum(summary.counts[:, :-1], axis=1)
    rounds: list[dict[str, Any]] = []
    winners: tuple[str, ...] = ()
    for place in range(votes.shape[1]):
        scores = dict(zip(summary.options, votes[:, place].tolist(), strict=True))
        rounds.append({"round": place + 1, "votes": scores})
        if 2 * max(scores.values(), default=0) > summary.valid:
            winners = best(scores)
            break
    else:
        winners = best(rounds[-1]["votes"]) if summary.valid and rounds else ()
    details = {"winners": winners, "round": len(rounds), "majority": summary.valid // 2 + 1}
    said = Sentence(N_("After {round} rounds {winners} leads; {majority} is a majority."), details)
    return one_winner(
        "bucklin",
        winners,
        tie_break=order(settings, summary.options),
        rounds=tuple(rounds),
        options=settings,
        certificate=(said,),
    )


RULE = CountingRule(
    id="bucklin",
    title=N_("Places added until a majority (Bucklin)"),
    asks="ranked",
    partial=places_until_tie,
    decide=decide,
    settings=(TIE_BREAK,),
    claims=("monotonic", "majority"),
)
