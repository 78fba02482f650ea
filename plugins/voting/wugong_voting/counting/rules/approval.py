"""Approval: a voter names everything acceptable; most approvals win."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong_voting.counting.points import Points, approvals
from wugong_voting.counting.result import Result, Sentence, best, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order
from wugong_voting.counting.words import N_


def decide(summary: Points, settings: Mapping[str, Any]) -> Result:
    """Most approvals win; nobody wins where nobody has any."""
    scores = dict(zip(summary.options, summary.points.tolist(), strict=True))
    winners = best(scores) if any(scores.values()) else ()
    details = {"winners": winners, "votes": max(scores.values(), default=0)}
    said = Sentence(N_("{winners} is approved by most: {votes}."), details)
    return one_winner(
        "approval",
        winners,
        tie_break=order(settings, summary.options),
        scores=scores,
        rounds=({"votes": scores},),
        options=settings,
        certificate=(said,),
    )


RULE = CountingRule(
    id="approval",
    title=N_("Most approvals"),
    asks="approval",
    partial=approvals,
    decide=decide,
    settings=(TIE_BREAK,),
    source="Brams and Fishburn 1978",
    claims=("monotonic", "participation"),
)
