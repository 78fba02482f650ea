"""Borda: a point for every option ranked below, half a point for every option tied with.

What a ballot does not rank counts as tied last, so unranked options share the average of the
places that are left. Points are kept doubled, so that they are whole.
Source: J.-C. de Borda (1784).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from wugong_voting.counting.pairwise import pairwise
from wugong_voting.counting.points import Points
from wugong_voting.counting.profile import BLOCK, EXACT, Profile, weights_of
from wugong_voting.counting.result import Result, Sentence, best, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order
from wugong_voting.counting.words import N_


def doubled_points(profile: Profile) -> Points:
    """Sum each option's doubled points."""
    count, valid = len(profile.options), profile.valid
    if profile.strict and valid < EXACT // max(count, 1):
        if profile.weights is None:
            sums = np.zeros(count, dtype=np.int64)
            for start in range(0, profile.rows, BLOCK):  # 32 bits hold the sum of a block
                sums += profile.ranks[:, start : start + BLOCK].sum(axis=1, dtype=np.uint32)
        else:
            sums = profile.ranks.astype(np.int64) @ weights_of(profile)
        points = 2 * ((count - 1) * valid - sums)
    else:
        wins = pairwise(profile).wins
        # above − below + all = 2·above + tied, summed over the other options
        points = wins.sum(axis=1) - wins.sum(axis=0) + (count - 1) * valid
    return Points(profile.options, points, profile.voters, valid)


def decide(summary: Points, settings: Mapping[str, Any]) -> Result:
    """Most points win."""
    halves = zip(summary.options, summary.points.tolist(), strict=True)
    scores = {o: Fraction(n, 2) if n % 2 else n // 2 for o, n in halves}
    winners = best(scores)
    details = {"winners": winners, "points": max(scores.values(), default=0)}
    said = Sentence(N_("{winners} has most points: {points}."), details)
    return one_winner(
        "borda",
        winners,
        tie_break=order(settings, summary.options),
        scores=scores,
        rounds=({"points": scores},),
        options={**settings, "unranked": "average"},
        certificate=(said,),
    )


RULE = CountingRule(
    id="borda",
    title=N_("Points by place (Borda)"),
    asks="ranked",
    partial=doubled_points,
    decide=decide,
    settings=(TIE_BREAK,),
    source="de Borda 1784",
    claims=("monotonic", "participation"),
)
