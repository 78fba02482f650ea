"""Block approval: a voter names everybody acceptable; those with most approvals have the seats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong_voting.counting.budget import BudgetProfile
from wugong_voting.counting.points import Points, approvals
from wugong_voting.counting.profile import Profile
from wugong_voting.counting.result import Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.seats import SEATS, places, seats_of, told
from wugong_voting.counting.settings import TIE_BREAK
from wugong_voting.counting.words import N_


def count(profile: Profile | BudgetProfile) -> Points:
    """Count each option's approvals."""
    if isinstance(profile, BudgetProfile):
        return Points(profile.options, profile.votes, profile.voters, profile.valid)
    return approvals(profile)


def decide(summary: Points, settings: Mapping[str, Any]) -> Result:
    """Give the seats to those with most approvals; nobody without any has one."""
    seats, options = seats_of(settings), summary.options
    votes: list[int] = summary.points.tolist()
    place = {option: n for n, option in enumerate(places(settings, options))}
    ranked = sorted(range(len(votes)), key=lambda i: (-votes[i], place.get(i, i)))
    ranked = [i for i in ranked if votes[i]]
    winners, tied = ranked[:seats], []
    if len(ranked) > seats and not place:
        last = votes[ranked[seats - 1]]
        if votes[ranked[seats]] == last:
            winners = [i for i in winners if votes[i] > last]
            tied = [i for i in ranked if votes[i] == last]
    return Result(
        "block_approval",
        tuple(options[i] for i in winners),
        tuple(options[i] for i in tied),
        scores=dict(zip(options, votes, strict=True)),
        rounds=({"votes": dict(zip(options, votes, strict=True))},),
        options=settings,
        certificate=told(lambda who: tuple(options[i] for i in who), seats, winners, tied),
    )


RULE = CountingRule(
    id="block_approval",
    title=N_("Most approvals have the seats"),
    asks="approval",
    partial=count,
    decide=decide,
    picks="several",
    settings=(SEATS, TIE_BREAK),
    claims=("monotonic", "house_monotonic", "blank_ignored"),
)
