"""Committees and budgets beside independent libraries, each with the convention that it shares.

A library that is not installed skips its own tests only; the extras «dev» and «bench» bring them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugong_voting.counting.budget import BudgetProfile, budget_profile
from wugong_voting.counting.pabulib import PabulibFile, write
from wugong_voting.counting.profile import from_orders
from wugong_voting.counting.registry import COUNTING

DATA = Path(__file__).parents[5] / "shared" / "data" / "pabulib"

budgets = st.tuples(
    st.lists(st.integers(1, 9), min_size=1, max_size=5),
    st.integers(1, 25),
    st.lists(st.sets(st.integers(0, 4)), min_size=1, max_size=7),
)


def made(drawn: Any) -> BudgetProfile:
    costs, budget, ballots = drawn
    ids = [f"p{n}" for n in range(len(costs))]
    within = {name: cost for name, cost in zip(ids, costs, strict=True) if cost <= budget}
    listed = [[ids[i] for i in b if i < len(ids) and ids[i] in within] for b in ballots]
    return budget_profile(within, budget, listed)


def theirs(path: Path, rule: str, completion: str = "none") -> set[str]:
    """Count a file with pabutools, ties by the names as text."""
    election = pytest.importorskip("pabutools.election")
    rules = pytest.importorskip("pabutools.rules")
    instance, profile = election.parse_pabulib(str(path))
    if rule == "phragmen_pb":
        found = rules.sequential_phragmen(instance, profile)
    elif rule.startswith("pb_greedy"):
        use = election.Cardinality_Sat if rule.endswith("cost") else election.Cost_Sat
        found = rules.greedy_utilitarian_welfare(instance, profile, sat_class=use)
    else:
        use = election.Cost_Sat if rule == "mes_cost" else election.Cardinality_Sat
        step = {} if completion == "none" else {"voter_budget_increment": 1}
        found = rules.method_of_equal_shares(instance, profile, sat_class=use, **step)
    return {project.name for project in found}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rule", ["pb_greedy", "pb_greedy_per_cost", "mes_cost", "mes_cardinality"])
@given(budgets)
@settings(deadline=None, max_examples=60)
def test_budgets_agree_with_pabutools(
    tmp_path_factory: pytest.TempPathFactory, rule: str, drawn: Any
) -> None:
    pytest.importorskip("pabutools")
    profile = made(drawn)
    if not profile.valid or 0 in profile.votes.tolist():
        return  # it funds projects without supporters, too
    path = tmp_path_factory.mktemp("pb") / "x.pb"
    write(path, PabulibFile(profile, profile.ballots))
    found = COUNTING[rule].count(profile, {"tie_break": "text"})
    assert set(found.winners) == theirs(path, rule)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rule", ["mes_cost", "mes_cardinality"])
@given(budgets)
@settings(deadline=None, max_examples=60)
def test_completions_agree_with_pabutools(
    tmp_path_factory: pytest.TempPathFactory, rule: str, drawn: Any
) -> None:
    pytest.importorskip("pabutools")
    profile = made(drawn)
    if not profile.valid:
        return
    path = tmp_path_factory.mktemp("pb") / "x.pb"
    write(path, PabulibFile(profile, profile.ballots))
    found = COUNTING[rule].count(profile, {"tie_break": "text", "completion": "add1"})
    assert set(found.winners) == theirs(path, rule, "add1")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real elections is not here")
@pytest.mark.parametrize("rule", ["pb_greedy", "mes_cost", "phragmen_pb", "mes_cardinality"])
@pytest.mark.parametrize(
    "name",
    ["Netherlands_Assen_2024", "Hungary_Budapest_2025_XI_Ujbuda", "Netherlands_Amsterdam_604"],
)
def test_real_budgets_agree_with_pabutools(rule: str, name: str) -> None:
    from wugong_voting.counting.pabulib import read

    path = DATA / f"{name}.pb"
    found = COUNTING[rule].count(read(path).profile, {"tie_break": "text"})
    assert set(found.winners) == theirs(path, rule)


committees = st.lists(st.sets(st.integers(0, 4), min_size=1), min_size=2, max_size=7)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("rule", "named", "algorithm"),
    [
        ("seq_pav", "seqpav", "standard"),
        ("seq_phragmen", "seqphragmen", "standard-fractions"),
    ],
)
@given(committees, st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_committees_agree_with_abcvoting(
    rule: str, named: str, algorithm: str, ballots: list[set[int]], seats: int
) -> None:
    abcrules = pytest.importorskip("abcvoting.abcrules")
    preferences = pytest.importorskip("abcvoting.preferences")
    if len(set().union(*ballots)) < seats:
        return  # it fills seats with options that nobody approves of
    profile = preferences.Profile(5)
    for ballot in ballots:
        profile.add_voter(ballot)
    ends = abcrules.compute(named, profile, seats, algorithm=algorithm, resolute=False)
    sets: list[set[int]] = [{int(c) for c in end} for end in ends]
    ours = from_orders([str(n) for n in range(5)], [[sorted(ballot)] for ballot in ballots])
    found = COUNTING[rule].count(ours, {"seats": str(seats)})
    certain: set[int] = set.intersection(*sets)
    some: set[int] = set.union(*sets)
    assert {int(c) for c in found.winners} == certain
    assert {int(c) for c in found.tied} == some - certain
