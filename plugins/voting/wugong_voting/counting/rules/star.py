"""STAR: the two options with the highest sums meet in a duel.

A tie for the two places is not broken silently: every pair that it allows is played, and whoever
wins one of the duels is a co-winner. Grades are worth the number of grades below them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from wugong_voting.counting.pairwise import Pairwise, pairwise
from wugong_voting.counting.points import Places, places
from wugong_voting.counting.profile import Profile
from wugong_voting.counting.result import Result, Sentence, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order
from wugong_voting.counting.words import N_


@dataclass(frozen=True, slots=True, eq=False)
class PlacesAndDuels:
    """Both summaries that the rule needs."""

    places: Places
    duels: Pairwise

    def merge(self, other: PlacesAndDuels) -> PlacesAndDuels:
        """Return the summaries of both shards."""
        return PlacesAndDuels(self.places.merge(other.places), self.duels.merge(other.duels))


def summarise(profile: Profile) -> PlacesAndDuels:
    """Count places and duels."""
    return PlacesAndDuels(places(profile), pairwise(profile))


def finals(scores: list[int]) -> Iterator[tuple[int, int]]:
    """Yield every pair that the two highest sums allow."""
    ranked = sorted(range(len(scores)), key=lambda i: -scores[i])
    first, second = scores[ranked[0]], scores[ranked[1]]
    leaders = [i for i in ranked if scores[i] == first]
    if len(leaders) > 1:
        yield from combinations(leaders, 2)
    else:
        yield from ((leaders[0], i) for i in ranked if i != leaders[0] and scores[i] == second)


def decide(summary: PlacesAndDuels, settings: Mapping[str, Any]) -> Result:
    """Play the duels of the two highest sums; a drawn duel is a tie between both."""
    options, margins = summary.duels.options, summary.duels.margins
    width = summary.places.counts.shape[1] - 1
    worth = np.array([width - 1 - place for place in range(width)] + [0], dtype=np.int64)
    points = (summary.places.counts @ worth).tolist()
    won: set[int] = set()
    pairs = list(finals(points)) if len(options) > 1 else []
    for one, other in pairs:
        # A drawn duel goes to the higher sum; equal in both, it stays a tie.
        lead = int(margins[one, other]) or points[one] - points[other]
        won |= {one} if lead > 0 else {other} if lead < 0 else {one, other}
    winners = [o for i, o in enumerate(options) if i in won or not pairs]
    told = [{"duel": [options[a], options[b]], "margin": int(margins[a, b])} for a, b in pairs]
    said = Sentence(N_("{winners} wins the duel of the two highest sums."), {"winners": winners})
    return one_winner(
        "star",
        winners,
        tie_break=order(settings, options),
        scores=dict(zip(options, points, strict=True)),
        rounds=tuple(told),
        matrix=summary.duels.table(),
        options=settings,
        certificate=(said,),
    )


RULE = CountingRule(
    id="star",
    title=N_("Highest sums, then a duel (STAR)"),
    asks="score",
    partial=summarise,
    decide=decide,
    settings=(TIE_BREAK,),
    source="Equal Vote Coalition 2014",
    claims=("monotonic",),
)
