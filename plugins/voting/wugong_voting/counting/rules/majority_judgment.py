"""Majority judgment: the best middle grade wins.

The middle grade is the lower median. Among equals one such grade after the other is taken away from
each until their middle grades differ. Source: M. Balinski, R. Laraki, «Majority Judgment» (2010).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wugong_voting.counting.points import Places, places
from wugong_voting.counting.result import Result, Sentence, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order
from wugong_voting.counting.words import N_


def middle(grades: Sequence[int]) -> int:
    """Return the lower median: the best grade (0) … that at least half find good enough or worse.

    ``grades`` counts ballots by grade, best first. Of an even number the worse of the two middle
    grades counts.

    >>> middle([1, 1, 0])
    1
    >>> middle([2, 1, 0])
    0
    """
    total, seen = sum(grades), 0
    for grade, number in enumerate(grades):
        seen += number
        if 2 * seen > total:
            return grade
    return len(grades) - 1


def decide(summary: Places, settings: Mapping[str, Any]) -> Result:
    """Compare middle grades, taking them away from equals step by step."""
    width = summary.counts.shape[1] - 1
    grades: dict[str, list[int]] = {}
    for option, row in zip(summary.options, summary.counts.tolist(), strict=True):
        row[width - 1] += row[width]  # what is not graded has the worst grade
        grades[option] = row[:width]
    middles = {option: middle(row) for option, row in grades.items()}
    winners = best_judged({option: list(row) for option, row in grades.items()})
    said = Sentence(N_("{winners} has the best middle grade."), {"winners": winners})
    return one_winner(
        "majority_judgment",
        winners,
        tie_break=order(settings, summary.options),
        rounds=({"middle_grades": middles, "grades": grades},),
        options={**settings, "median": "lower"},
        certificate=(said,),
    )


def best_judged(left: dict[str, list[int]]) -> list[str]:
    """Return who stays when middle grades are taken away until they differ."""
    if not any(sum(row) for row in left.values()):
        return list(left)
    while len(left) > 1 and any(sum(row) for row in left.values()):
        middles = {option: middle(row) for option, row in left.items()}
        best = min(middles.values())
        left = {option: row for option, row in left.items() if middles[option] == best}
        take = min(_unchanged(row, best) for row in left.values())
        for row in left.values():
            row[best] -= take
    return list(left)


def _unchanged(grades: Sequence[int], grade: int) -> int:
    """Return how many of the middle grade can be taken away at once before another is the middle.

    Taking ``k`` leaves it the middle while the better ones are at most half of what is left.
    """
    total, better = sum(grades), sum(grades[:grade])
    worse = total - better - grades[grade]
    # still the middle after k: 2·(better + here − k) > total − k and 2·better <= total − k
    most = min(2 * (better + grades[grade]) - total, total - 2 * better + 1)
    return max(1, min(grades[grade], most, total)) if worse or better else grades[grade]


RULE = CountingRule(
    id="majority_judgment",
    title=N_("Best middle grade (majority judgment)"),
    asks="grades",
    partial=places,
    decide=decide,
    settings=(TIE_BREAK,),
    source="Balinski and Laraki 2010",
    claims=("monotonic",),
)
