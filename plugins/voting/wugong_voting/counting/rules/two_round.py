"""Two rounds: whoever has more than half of the first places wins; else the two leaders meet.

Both rounds are read off the same rankings. A tie for the two places is not broken silently: every
pair that it allows is played, and whoever wins one of the duels is a co-winner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from wugong_voting.counting.pairwise import Pairwise, pairwise
from wugong_voting.counting.points import Points, first_places
from wugong_voting.counting.profile import Profile
from wugong_voting.counting.result import Result, Sentence, one_winner
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order
from wugong_voting.counting.words import N_


@dataclass(frozen=True, slots=True, eq=False)
class FirstsAndDuels:
    """Both summaries that the rule needs."""

    firsts: Points
    duels: Pairwise

    def merge(self, other: FirstsAndDuels) -> FirstsAndDuels:
        """Return the summaries of both shards."""
        return FirstsAndDuels(self.firsts.merge(other.firsts), self.duels.merge(other.duels))


def summarise(profile: Profile) -> FirstsAndDuels:
    """Count first places and duels."""
    return FirstsAndDuels(first_places(profile), pairwise(profile))


def decide(summary: FirstsAndDuels, settings: Mapping[str, Any]) -> Result:
    """Look for a majority, else play the second round."""
    options = summary.firsts.options
    votes = summary.firsts.points.tolist()
    scores = dict(zip(options, votes, strict=True))
    rounds: list[dict[str, Any]] = [{"round": 1, "votes": scores}]
    won = {i for i, number in enumerate(votes) if 2 * number > summary.firsts.valid}
    if not won and len(options) > 1 and any(votes):
        for one, other in _pairs(votes):
            margin = int(summary.duels.margins[one, other])
            won |= {one} if margin > 0 else {other} if margin < 0 else {one, other}
            rounds.append({"round": 2, "duel": [options[one], options[other]], "margin": margin})
    winners = [option for i, option in enumerate(options) if i in won]
    said = Sentence(N_("{winners} wins in round {round}."), {"winners": winners, "round": 1})
    if len(rounds) > 1:
        said = Sentence(said.says, {"winners": winners, "round": 2})
    return one_winner(
        "two_round",
        winners,
        tie_break=order(settings, options),
        scores=scores,
        rounds=tuple(rounds),
        options=settings,
        certificate=(said,),
    )


def _pairs(votes: list[int]) -> list[tuple[int, int]]:
    ranked = sorted(range(len(votes)), key=lambda i: -votes[i])
    leaders = [i for i in ranked if votes[i] == votes[ranked[0]]]
    if len(leaders) > 1:
        return list(combinations(leaders, 2))
    seconds = [i for i in ranked[1:] if votes[i] == votes[ranked[1]]]
    return [(ranked[0], i) for i in seconds]


RULE = CountingRule(
    id="two_round",
    title=N_("Two rounds"),
    asks="ranked",
    partial=summarise,
    decide=decide,
    settings=(TIE_BREAK,),
    claims=("majority",),
)
