"""Rules see integer summaries that merge exactly in any order, and name ties as ties."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugong import Ballot, VotingRule
from wugong_voting.counted import CountedRule
from wugong_voting.rules import BY_ID, RULES
from wugong_voting.summaries import Sums, in_measure, sums
from wugong_voting.tallies import Tally, leaders

OPTIONS = ("yes", "no", "abstain")
CHOOSING = [r for r in RULES if not isinstance(r, CountedRule) or r.form.kind == "choose"]
weights = st.integers(min_value=0, max_value=10**9)
ballots = st.builds(Ballot, st.sampled_from(OPTIONS), weights, weights, weights)
shards = st.lists(st.lists(ballots, max_size=20), min_size=1, max_size=6)


def counted(rule: VotingRule, votes: Sequence[Ballot], *measures: str) -> Tally:
    summary = rule.partial(votes, OPTIONS)
    tally = rule.decide(summary, OPTIONS, {"measures": measures or ("heads",)})
    assert isinstance(tally, Tally)
    return tally


@pytest.mark.parametrize("rule", CHOOSING, ids=lambda rule: rule.id)
@given(shards=shards, seed=st.integers(0, 2**32))
def test_shards_merge_to_the_same_tally_in_any_order(
    rule: VotingRule, shards: list[list[Ballot]], seed: int
) -> None:
    partials = [rule.partial(shard, OPTIONS) for shard in shards]
    random.Random(seed).shuffle(partials)
    merged = partials[0]
    for partial in partials[1:]:
        merged = merged.merge(partial)
    everything = [ballot for shard in shards for ballot in shard]
    settings = {"measures": ("heads", "area")}
    assert rule.decide(merged, OPTIONS, settings) == counted(rule, everything, "heads", "area")


@pytest.mark.parametrize("rule", CHOOSING, ids=lambda rule: rule.id)
@given(votes=st.lists(ballots, max_size=30))
def test_what_the_options_received_adds_up_to_who_took_part(
    rule: VotingRule, votes: list[Ballot]
) -> None:
    tally = counted(rule, votes)
    for name in ("ballots", "heads", "households", "area_dm2"):
        received = sum(getattr(count, name) for count in tally.counts)
        assert received == getattr(tally.taken_part, name)
    assert tally.taken_part.ballots == len(votes)
    assert tally.taken_part.area_dm2 == sum(ballot.area_dm2 for ballot in votes)


@given(votes=st.lists(ballots, min_size=1, max_size=30))
def test_nobody_leads_whom_another_surpasses_in_every_measure(votes: list[Ballot]) -> None:
    summary = sums(votes, OPTIONS)
    for leader in leaders(summary, OPTIONS, ("heads", "area")):
        for other in ("yes", "no"):
            assert not all(
                in_measure(summary.of(other), measure) > in_measure(summary.of(leader), measure)
                for measure in ("heads", "area")
            )


def test_a_summary_says_nothing_of_the_order_of_ballots() -> None:
    votes = [Ballot("yes", 1, 1, 80), Ballot("no", 1, 1, 70), Ballot("yes", 2, 1, 30)]
    assert sums(votes, OPTIONS) == sums(votes[::-1], OPTIONS)
    assert sums(votes, OPTIONS).rows == (("no", (1, 1, 1, 70)), ("yes", (2, 3, 2, 110)))
    assert Sums().total == (0, 0, 0, 0)


def test_a_ballot_for_no_option_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="no option: maybe"):
        sums([Ballot("maybe", 1, 1, 1)], OPTIONS)


def test_an_abstention_takes_part_and_never_leads() -> None:
    votes = [Ballot("abstain", 9, 9, 900), Ballot("no", 1, 1, 80)]
    tally = counted(BY_ID["plurality"], votes)
    assert tally.leaders == ("no",)
    assert tally.taken_part.heads == 10
    assert counted(BY_ID["plurality"], votes[:1]).leaders == ()


def test_plurality_names_every_option_of_a_tie() -> None:
    votes = [Ballot("no", 2, 2, 100), Ballot("yes", 2, 2, 100)]
    tally = counted(BY_ID["plurality"], votes, "heads", "area")
    assert tally.leaders == tally.tested == ("yes", "no")


def test_where_heads_and_area_disagree_each_leads_in_its_own() -> None:
    votes = [Ballot("yes", 3, 3, 100), Ballot("no", 2, 2, 400)]
    assert counted(BY_ID["plurality"], votes, "heads", "area").leaders == ("yes", "no")
    assert counted(BY_ID["plurality"], votes, "heads").leaders == ("yes",)
    assert counted(BY_ID["plurality"], votes, "area").leaders == ("no",)


def test_consent_is_asked_of_the_yes_side_even_when_it_is_behind() -> None:
    tally = counted(BY_ID["yes_no_abstain"], [Ballot("no", 3, 3, 300), Ballot("yes", 1, 1, 100)])
    assert tally.tested == ("yes",)
    assert tally.leaders == ("no",)
    assert tally.received("yes").heads == 1
