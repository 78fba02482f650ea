"""Ballots that did not come back: which of them take part, and on which side.

Only papers that whoever is entitled signed for can: that is the proof of their delivery. The
ballot itself says beforehand what silence counts as.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from wugong import Count, Entitlement, Measure, PollOpened, Procedure, Refusal, reaches
from wugong_voting.papers import Paper
from wugong_voting.rules.yes_no_abstain import RULE as YES_OR_NO
from wugong_voting.summaries import ALL, count, summed
from wugong_voting.tallies import Tally

STRICT = "strict_returned"
FOLLOWING = ("follow_majority_if_rules_say", "follow_majority_above_half")
AN_ABSTENTION = "abstain"


def refusals(opened: PollOpened, procedure: Procedure, source: str) -> list[Refusal]:
    """Say why silence cannot count for anything in this poll."""
    policy = opened.nonresponse
    if policy == STRICT:
        return (
            [Refusal("voting.silence_clause_unused", source)] if opened.nonresponse_clause else []
        )
    its = next((one for one in procedure.silence if one.policy == policy), None)
    if its is None:
        return [Refusal("voting.silence_not_allowed", source, {"procedure": procedure.id})]
    reasons = []
    if opened.secret or opened.rule != YES_OR_NO.id or "paper" not in opened.channels:
        reasons.append(Refusal("voting.silence_of_open_papers", its.source))
    if policy in FOLLOWING and not opened.nonresponse_clause.strip():
        reasons.append(Refusal("voting.silence_clause_missing", its.source))
    return reasons


def silent(
    roll: Mapping[str, Entitlement], cast: Collection[str], log: Mapping[str, Paper]
) -> Count:
    """Return what was signed for, did not come back and was not cast in another way, by weight.

    All three are by ballot key. What came back and could not be counted is no silence.
    """
    weights = (
        (ALL, (1, right.heads, right.households, right.area_dm2))
        for place, right in roll.items()
        if place not in cast and _is_silent(log.get(place, {}))
    )
    return count(ALL, summed(weights).of(ALL))


def _is_silent(paper: Paper) -> bool:
    return bool(paper.get("signed")) and "returned" not in paper


def side_of(
    opened: PollOpened,
    procedure: Procedure,
    counted: Tally,
    measures: Collection[Measure],
    whole: Mapping[Measure, int],
) -> str:
    """Return the option that the silent ballots are counted with.

    They follow a majority only where it is the same in every measure, and by itself reaches the
    share of all that the text asks for, where it asks for one; else they abstain.
    """
    policy = opened.nonresponse
    if policy not in FOLLOWING:
        return AN_ABSTENTION
    yes, no = counted.received("yes"), counted.received("no")
    weighs = {"heads": "heads", "households": "households", "area": "area_dm2"}
    floor = next((one.threshold for one in procedure.silence if one.policy == policy), None)
    leads = set()
    for measure in measures:
        here, there = getattr(yes, weighs[measure]), getattr(no, weighs[measure])
        enough = floor is None or reaches(max(here, there), whole[measure], floor)
        lead = "yes" if here > there else "no" if there > here else AN_ABSTENTION
        leads.add(lead if enough else AN_ABSTENTION)
    return leads.pop() if len(leads) == 1 else AN_ABSTENTION


def together(one: Count, other: Count | None) -> Count:
    """Return what two counts weigh together, under the name of the first."""
    if other is None:
        return one
    return Count(
        option=one.option,
        ballots=one.ballots + other.ballots,
        heads=one.heads + other.heads,
        households=one.households + other.households,
        area_dm2=one.area_dm2 + other.area_dm2,
    )
