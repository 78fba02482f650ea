"""Plurality: one choice among several; most in every measure leads, and ties are named as ties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wugong import N_, VotingRule
from wugong_voting.summaries import ALL, Sums, count, sums
from wugong_voting.tallies import Tally, counts, leaders


def decide(summary: Sums, options: Sequence[str], settings: Mapping[str, Any]) -> Tally:
    """Tally the options; the one that leads must then pass the procedure's tests.

    An option ``abstain`` takes part and cannot win. ``settings["measures"]``: what the procedure
    counts in. Nothing is drawn by lot here: a tie is returned as a tie.
    """
    ahead = leaders(summary, options, settings["measures"])
    return Tally(
        counts=counts(summary, options),
        taken_part=count(ALL, summary.total),
        leaders=ahead,
        tested=ahead,
    )


RULE = VotingRule(id="plurality", title=N_("Choose one of several"), partial=sums, decide=decide)
