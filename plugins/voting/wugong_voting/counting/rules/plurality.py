"""Plurality: most first places. A ballot that ties its first place chooses nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong_voting.counting.points import Points, first_places
from wugong_voting.counting.result import Result, Sentence, best, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order
from wugong_voting.counting.words import N_


def decide(summary: Points, settings: Mapping[str, Any]) -> Result:
    """Most first places win; nobody wins where nobody has any."""
    scores = dict(zip(summary.options, summary.points.tolist(), strict=True))
    winners = best(scores) if any(scores.values()) else ()
    details = {"winners": winners, "votes": max(scores.values(), default=0)}
    said = Sentence(N_("{winners} has most first places: {votes}."), details)
    return one_winner(
        "plurality",
        winners,
        tie_break=order(settings, summary.options),
        scores=scores,
        rounds=({"votes": scores},),
        options=settings,
        certificate=(said,),
    )


RULE = CountingRule(
    id="plurality",
    title=N_("Most first places (plurality)"),
    asks="choose",
    partial=first_places,
    decide=decide,
    settings=(TIE_BREAK,),
    claims=("monotonic", "majority", "participation"),
)
