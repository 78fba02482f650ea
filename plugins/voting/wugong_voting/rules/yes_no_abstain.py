"""Yes, no or abstain: one proposal, carried when the yes side passes the procedure's tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wugong import N_, VotingRule
from wugong_voting.ballot_forms import ABSTAIN
from wugong_voting.summaries import ALL, Sums, count, sums
from wugong_voting.tallies import Tally, counts, leaders

OPTIONS = ("yes", "no", ABSTAIN)


def decide(summary: Sums, options: Sequence[str], settings: Mapping[str, Any]) -> Tally:
    """Tally the three options; consent is asked of the yes side alone.

    An abstention takes part and is not a yes: it stays in the base of every test on those who
    took part (民法典 278, 2021). ``settings["measures"]``: what the procedure counts in.
    """
    return Tally(
        counts=counts(summary, options),
        taken_part=count(ALL, summary.total),
        leaders=leaders(summary, options, settings["measures"]),
        tested=("yes",),
    )


RULE = VotingRule(
    id="yes_no_abstain",
    title=N_("For, against or abstain"),
    partial=sums,
    decide=decide,
    source="民法典 278",
    fixed_options=OPTIONS,
)
