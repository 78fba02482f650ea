from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plugins.voting.counting import naive
from wugong_voting.counting import add_one, rough
from wugong_voting.counting.budget import BudgetProfile, budget_profile
from wugong_voting.counting.equal_shares import Goods, buy_all
from wugong_voting.counting.registry import COUNTING
from wugong_voting.counting.ways import Order

RULES = ("pb_greedy", "pb_greedy_per_cost", "mes_cost", "mes_cardinality", "phragmen_pb")


def count(rule: str, profile: BudgetProfile, **more: str) -> Any:
    return COUNTING[rule].count(profile, more)


# --- the traps


def test_a_free_project_with_a_supporter_is_funded_by_every_rule() -> None:
    profile = budget_profile(
        {"free": 0, "lonely": 0, "lamp": 4}, 4, [["free", "lamp"], ["lamp"], []]
    )
    for rule in RULES:
        winners = count(rule, profile, tie_break="paper").winners
        assert "free" in winners, rule
        assert "lonely" not in winners, rule


def test_ids_are_never_sorted_silently_as_text() -> None:
    profile = budget_profile({"A": 2, "10": 2, "9": 2}, 2, [["A", "10", "9"]])
    for rule in RULES:
        result = count(rule, profile)
        assert (result.winners, set(result.tied)) == ((), {"A", "10", "9"}), rule
        assert count(rule, profile, tie_break="natural").winners == ("9",)
        assert count(rule, profile, tie_break="text").winners == ("10",)
        assert count(rule, profile, tie_break="paper").winners == ("A",)
        assert count(rule, profile, tie_break="A>9>10").winners == ("A",)


def test_greedy_by_votes_and_by_votes_per_cost_differ() -> None:
    ballots = [["big", "s1"]] * 3 + [["big", "s2"]] * 3 + [["s1", "s2"]] * 2
    profile = budget_profile({"big": 10, "s1": 5, "s2": 5}, 10, ballots)
    assert count("pb_greedy", profile).winners == ("big",)
    assert count("pb_greedy_per_cost", profile).winners == ("s1", "s2")


def test_greedy_can_stop_at_the_first_project_that_does_not_fit() -> None:
    profile = budget_profile({"a": 6, "b": 6, "c": 1}, 10, [["a"]] * 3 + [["b"]] * 2 + [["c"]])
    assert count("pb_greedy", profile).winners == ("a", "c")
    assert count("pb_greedy", profile, skip="no").winners == ("a",)


def test_a_project_can_be_funded_in_part() -> None:
    profile = budget_profile({"a": 6, "b": 5, "c": 1}, 10, [["a"]] * 3 + [["b"]] * 2 + [["c"]])
    result = count("pb_greedy", profile, part_funding="0.8")
    assert result.winners == ("a",)
    assert result.rounds[-1] == {"part": "b", "given": 4}
    assert count("pb_greedy", profile, part_funding="0.81").winners == ("a", "c")


def test_the_fewest_votes_are_asked_before_counting() -> None:
    profile = budget_profile({"a": 1, "b": 1}, 10, [["a"], ["a"], ["b"]])
    for rule in RULES:
        assert count(rule, profile, min_score="2").winners == ("a",), rule


def test_projects_dearer_than_the_whole_budget_are_out_first() -> None:
    profile = budget_profile({"dear": 11, "a": 10}, 10, [["dear", "a"]] * 3)
    for rule in RULES:
        result = count(rule, profile)
        assert result.winners == ("a",), rule
    # With shares raised it could be bought; it stays out.
    assert count("mes_cost", profile, completion="add1").winners == ("a",)


def test_phragmen_stops_at_the_first_project_that_does_not_fit() -> None:
    ballots = [["a"]] * 5 + [["b"]] * 4 + [["c"]]
    profile = budget_profile({"a": 5, "b": 6, "c": 2}, 10, ballots)
    result = count("phragmen_pb", profile)
    assert result.winners == ("a",)
    assert result.rounds[-1]["stopped_at"] == "b"


def test_every_ballot_counts_among_the_voters_an_empty_one_too() -> None:
    with_blank = budget_profile({"a": 5}, 10, [["a"], []])
    result = count("mes_cost", with_blank)
    assert result.options["endowment"] == 5
    assert result.winners == ("a",)
    assert count("mes_cost", budget_profile({"a": 5}, 10, [["a"], [], []])).winners == ()


def test_a_ballot_is_a_set() -> None:
    profile = budget_profile({"a": 1, "b": 1}, 2, [["a", "a", "b"], ["b"]])
    assert profile.votes.tolist() == [1, 2]


def test_fractional_budgets_are_exact() -> None:
    third = Fraction(1, 3)
    profile = budget_profile({"a": third, "b": third, "c": third}, 1, [["a", "b", "c"]])
    for rule in RULES:
        assert set(count(rule, profile).winners) == {"a", "b", "c"}, rule
    short = budget_profile({"a": third, "b": third, "c": "0.34"}, 1, [["a", "b", "c"]] * 2)
    assert "c" not in count("pb_greedy", short, tie_break="paper").winners


def test_incompatible_projects_are_not_both_funded() -> None:
    ballots = [["a", "b"]] * 3 + [["a"]]
    profile = budget_profile({"a": 2, "b": 2}, 10, ballots)
    for rule in RULES:
        result = count(rule, profile, incompatible="a,b")
        assert result.winners == ("a",), rule
        assert any(s.details.get("other") == "a" for s in result.certificate), rule


def test_completions_are_named_and_differ() -> None:
    # The core buys nothing but «a»; raised shares buy «b», votes then add «c».
    ballots = [["a"]] * 6 + [["b"]] * 3 + [["c"]]
    profile = budget_profile({"a": 6, "b": 4, "c": 2}, 12, ballots)
    assert count("mes_cost", profile).winners == ("a",)
    assert count("mes_cost", profile, completion="add1").winners == ("a", "b", "c")
    far = budget_profile({"a": 6, "b": 4, "c": 2}, 11, ballots)
    assert count("mes_cost", far, completion="add1").winners == ("a",)
    assert count("mes_cost", far, completion="add1u").winners == ("a", "b")


def test_add1u_fills_by_votes_what_add1_leaves() -> None:
    # One more step would buy both dear projects at once, so that the cheap one is never bought.
    ballots = [["a"]] * 4 + [["b"]] * 4 + [["c"]] * 1
    profile = budget_profile({"a": 8, "b": 8, "c": 5}, 15, ballots)
    core = count("mes_cost", profile, completion="add1")
    assert core.winners == ()
    filled = count("mes_cost", profile, completion="add1u")
    assert filled.winners == ("c",)
    assert set(filled.tied) == {"a", "b"}


def test_the_core_may_be_empty() -> None:
    profile = budget_profile({"a": 10}, 10, [["a"], []])
    result = count("mes_cost", profile)
    assert result.winners == ()
    (said,) = (s for s in result.certificate if s.details.get("project") == "a")
    assert said.details["money"] == "5"


def test_each_project_is_explained() -> None:
    ballots = [["lamp"]] * 4 + [["tree"]] * 2
    profile = budget_profile({"lamp": 50, "tree": 60}, 90, ballots)
    result = count("mes_cost", profile)
    details = {s.details["project"]: s.details for s in result.certificate}
    assert (details["lamp"]["round"], details["lamp"]["price"]) == ("1", "12.50")
    assert (details["tree"]["money"], details["tree"]["supporters"]) == ("30", "2")
    greedy = count("pb_greedy", profile)
    told = {s.details["project"]: s.details for s in greedy.certificate}
    assert (told["tree"]["money"], told["tree"]["supporters"]) == ("20", "3")


def test_knapsack_ballots_beyond_the_budget_are_spoilt() -> None:
    profile = budget_profile({"a": 6, "b": 5}, 10, [["a", "b"]] * 5 + [["b"]])
    assert count("pb_greedy", profile).scores == {"a": 5, "b": 6}
    assert count("pb_knapsack", profile).scores == {"b": 1}
    assert count("pb_knapsack", profile).winners == ("b",)


def test_no_voters_and_only_blank_ones_fund_nothing() -> None:
    nobody = budget_profile({"a": 1, "b": 0}, 10, [])
    blank = budget_profile({"a": 1, "b": 0}, 10, [[], []])
    for rule in (*RULES, "pb_knapsack"):
        for completion in ("none", "add1", "add1u") if rule.startswith("mes") else ("",):
            more = {"completion": completion} if completion else {}
            assert count(rule, nobody, **more).winners == ()
            assert count(rule, blank, **more).winners == ()


def test_too_many_ways_ask_for_a_tie_break() -> None:
    costs = {str(n): 2 for n in range(24)}
    profile = budget_profile(costs, 25, [list(costs)])
    with pytest.raises(ValueError, match="name a tie break"):
        count("pb_greedy", profile)
    assert len(count("pb_greedy", profile, tie_break="paper").winners) == 12


# --- against the plain form of each rule

profiles = st.builds(
    lambda costs, budget, ballots: (costs, budget, ballots),
    st.lists(
        st.one_of(st.integers(1, 12), st.sampled_from([Fraction(5, 2), Fraction(1, 3)])),
        min_size=1,
        max_size=5,
    ),
    st.one_of(st.integers(0, 30), st.just(Fraction(25, 2))),
    st.lists(st.tuples(st.sets(st.integers(0, 4)), st.integers(1, 3)), max_size=6),
)


def made(drawn: Any) -> tuple[BudgetProfile, list[frozenset[int]], list[int]]:
    costs, budget, ballots = drawn
    ids = [f"p{n}" for n in range(len(costs))]
    listed = [[ids[i] for i in sorted(b) if i < len(ids)] for b, _ in ballots]
    profile = budget_profile(
        dict(zip(ids, costs, strict=True)), budget, listed, [w for _, w in ballots]
    )
    single = naive.ballots_of(profile)
    offered = [
        i
        for i, cost in enumerate(profile.costs)
        if cost <= profile.budget and any(i in ballot for ballot in single)
    ]
    return profile, single, offered


def plain(
    rule: str, profile: BudgetProfile, single: list[frozenset[int]], offered: list[int], order: Any
) -> list[int]:
    votes: dict[int, Any] = {p: sum(p in ballot for ballot in single) for p in offered}
    if rule == "phragmen_pb":
        return naive.phragmen(profile.costs, single, offered, profile.budget, order)
    if rule == "pb_greedy":
        return naive.greedy(profile.costs, votes, offered, profile.budget, order)
    if rule == "pb_greedy_per_cost":
        per = {p: votes[p] / profile.costs[p] for p in offered}
        return naive.greedy(profile.costs, per, offered, profile.budget, order)
    endowment = profile.budget / max(len(single), 1)
    return naive.equal_shares(profile.costs, single, offered, endowment, rule == "mes_cost", order)


@pytest.mark.parametrize("rule", RULES)
@given(profiles, st.randoms())
@settings(deadline=None, max_examples=150)
def test_every_rule_agrees_with_its_plain_form(rule: str, drawn: Any, chance: Any) -> None:
    profile, single, offered = made(drawn)
    order = list(range(len(profile.options)))
    chance.shuffle(order)
    text = ">".join(profile.options[i] for i in order)
    found = count(rule, profile, tie_break=text).winners
    assert list(found) == [profile.options[i] for i in plain(rule, profile, single, offered, order)]


@pytest.mark.parametrize("rule", RULES)
@given(profiles)
@settings(deadline=None, max_examples=60)
def test_ties_are_what_the_orders_of_the_projects_disagree_about(rule: str, drawn: Any) -> None:
    profile, single, offered = made(drawn)
    ends = [
        frozenset(plain(rule, profile, single, offered, order))
        for order in permutations(range(len(profile.options)))
    ]
    certain = frozenset.intersection(*ends)
    result = count(rule, profile)
    assert set(result.winners) == {profile.options[i] for i in certain}
    assert set(result.tied) == {profile.options[i] for i in frozenset.union(*ends) - certain}


@pytest.mark.parametrize("rule", ["mes_cost", "mes_cardinality"])
@given(profiles, st.randoms())
@settings(deadline=None, max_examples=150)
def test_jumping_over_steps_ends_where_counting_each_does(
    rule: str, drawn: Any, chance: Any
) -> None:
    profile, single, offered = made(drawn)
    if not single:
        return
    order = list(range(len(profile.options)))
    chance.shuffle(order)
    text = ">".join(profile.options[i] for i in order)
    found = count(rule, profile, tie_break=text, completion="add1")
    bought, steps = naive.add_one(
        profile.costs, single, offered, profile.budget, rule == "mes_cost", order
    )
    assert set(found.winners) == {profile.options[i] for i in bought}
    assert found.options["endowment"] == profile.budget / len(single) + steps


@pytest.mark.parametrize("rule", ["mes_cost", "mes_cardinality"])
@given(
    st.lists(st.integers(200, 2_000), min_size=2, max_size=6),
    st.integers(2_000, 6_000),
    st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=2, max_size=9),
)
@settings(deadline=None, max_examples=40)
def test_long_stretches_are_jumped_over_rightly(
    rule: str, costs: list[int], budget: int, ballots: list[set[int]]
) -> None:
    profile, single, offered = made((costs, budget, [(b, 1) for b in ballots]))
    order = list(range(len(costs)))
    found = count(rule, profile, tie_break="paper", completion="add1")
    bought, steps = naive.add_one(
        profile.costs, single, offered, profile.budget, rule == "mes_cost", order
    )
    assert set(found.winners) == {profile.options[i] for i in bought}
    assert found.options["endowment"] == profile.budget / len(single) + steps


@given(
    st.lists(st.integers(20, 300), min_size=2, max_size=4),
    st.integers(200, 600),
    st.lists(st.sets(st.integers(0, 3), min_size=1), min_size=2, max_size=6),
)
@settings(deadline=None, max_examples=30)
def test_every_way_of_a_tie_jumps_over_its_own_steps(
    costs: list[int], budget: int, ballots: list[set[int]]
) -> None:
    profile, single, offered = made((costs, budget, [(b, 1) for b in ballots]))
    if not single:
        return
    ends = [
        frozenset(naive.add_one(profile.costs, single, offered, profile.budget, True, order)[0])
        for order in permutations(range(len(costs)))
    ]
    found = count("mes_cost", profile, completion="add1")
    certain = frozenset.intersection(*ends)
    assert set(found.winners) == {profile.options[i] for i in certain}
    assert set(found.tied) == {profile.options[i] for i in frozenset.union(*ends) - certain}


@given(
    st.lists(st.integers(20, 300), min_size=2, max_size=5),
    st.integers(200, 600),
    st.lists(st.tuples(st.sets(st.integers(0, 4), min_size=1), st.integers(1, 3)), min_size=2),
)
@settings(deadline=None, max_examples=60)
def test_steps_counted_one_by_one_end_at_the_same(
    costs: list[int], budget: int, ballots: list[tuple[set[int], int]]
) -> None:
    profile, single, _ = made((costs, budget, ballots[:8]))
    if not single:
        return
    found = count("mes_cost", profile, tie_break="paper", completion="add1").json()
    with (
        patch.object(add_one, "_width", return_value=1),
        patch.object(add_one, "surely_bought", wraps=rough.surely_bought) as asked,
    ):
        assert count("mes_cost", profile, tie_break="paper", completion="add1").json() == found
    if Fraction(found["options"]["endowment"]) > profile.budget / len(single):
        assert asked.called


@given(profiles, st.integers(1, 60))
@settings(deadline=None, max_examples=200)
def test_a_rough_count_is_the_exact_one_or_none(drawn: Any, parts: int) -> None:
    profile, single, offered = made(drawn)
    costs = [int(cost * 6) for cost in profile.costs]
    goods = Goods(profile.ballots, costs, [p for p in offered if costs[p]], use_is_cost=True)
    if not single or not goods.offered:
        return
    endowment = Fraction(parts, 7)
    found = rough.surely_bought(goods, endowment)
    exact = buy_all(goods, endowment, Order(list(range(len(costs)))))
    assert found is None or found == [one.project for one in exact.bought]


@pytest.mark.parametrize(
    ("costs", "endowment", "expected"),
    [
        pytest.param([4, 3], Fraction(5), [0, 1], id="clear"),
        pytest.param([4, 3], Fraction(3), None, id="all that they have for the second"),
        pytest.param([4, 3], Fraction(19, 10), [], id="nothing can be paid"),
    ],
)
def test_what_needs_exact_numbers_is_not_told_roughly(
    costs: list[int], endowment: Fraction, expected: list[int] | None
) -> None:
    profile = budget_profile({"a": 4, "b": 3}, 10, [["a"], ["a"], ["b"]])
    goods = Goods(profile.ballots, costs, [0, 1], use_is_cost=True)
    assert rough.surely_bought(goods, endowment) == expected


def test_whoever_pays_with_all_there_is_does_not_stop_the_steps() -> None:
    costs = {"a": 1_800, "b": 1_200, "c": 1_200, "d": 1_200}
    ballots = [["d"], ["a"], ["d"], ["c"], ["b"], ["c", "a"]]
    profile = budget_profile(costs, 3_600, ballots)
    found = count("mes_cost", profile, completion="add1", tie_break="paper")
    assert found.winners == ("a", "d")
    assert found.options["endowment"] == 900


def test_a_tie_is_not_told_roughly() -> None:
    profile = budget_profile({"a": 4, "b": 4}, 10, [["a", "b"], ["a"], ["b"]])
    goods = Goods(profile.ballots, [4, 4], [0, 1], use_is_cost=True)
    assert rough.surely_bought(goods, Fraction(5)) is None


@pytest.mark.parametrize("wide", [24, 48])
def test_steps_are_looked_at_one_by_one_and_then_in_stretches(wide: int) -> None:
    offsets = add_one._offsets(wide)
    assert len(offsets) == wide + 1
    assert offsets[: add_one.NEXT + 1] == list(range(add_one.NEXT + 1))
    assert offsets[add_one.NEXT + 1] - offsets[add_one.NEXT] > 1


@pytest.mark.parametrize(
    ("holders", "at_once"),
    [pytest.param(416, 24, id="just few enough"), pytest.param(417, 1, id="too many")],
)
def test_large_polls_count_each_step_alone(holders: int, at_once: int) -> None:
    ballots = [["a"], *([f"x{n}", "a"] for n in range(holders - 1))]
    costs = {"a": 5, **{f"x{n}": 1 for n in range(holders - 1)}}
    profile = budget_profile(costs, 9, ballots)
    goods = Goods(profile.ballots, [5] + [1] * (holders - 1), [0], use_is_cost=True)
    assert add_one._width(goods) == at_once


def test_what_supporters_cannot_pay_together_is_never_looked_at() -> None:
    profile = budget_profile({"a": 6, "b": 6}, 6, [["a"], ["a"], ["b"]])
    goods = Goods(profile.ballots, [6, 6], [0, 1], use_is_cost=True)
    assert [project for _, project in goods.least()] == [0, 1]
    assert [project for _, project in goods.least(Fraction(2))] == []
    assert [project for _, project in goods.least(Fraction(3))] == [0]
    assert [project for _, project in goods.least(Fraction(6))] == [0, 1]


@given(profiles, st.integers(1, 4))
@settings(deadline=None, max_examples=60)
def test_shards_count_as_the_whole_in_any_order(drawn: Any, parts: int) -> None:
    costs, budget, ballots = drawn
    whole, _, _ = made(drawn)
    shards = [made((costs, budget, ballots[n::parts]))[0] for n in range(parts)]
    for rule in (*RULES, "pb_knapsack"):
        expected = count(rule, whole).json()
        assert COUNTING[rule].merged(shards).json() == expected
        assert COUNTING[rule].merged(shards[::-1]).json() == expected
