"""Rules for several seats and for budgets, counted by the engine and by the program that recounts.

Real files are counted with the tie break «paper», so that both follow one way; generated polls are
also counted without any, where every member of a tie must be the same.
"""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from recount import SEVERAL, main, ordered, recount
from recounting.polls import read
from recounting.seats import APPORTIONED
from wugong_voting.counting.budget import BudgetProfile, budget_profile
from wugong_voting.counting.profile import Profile, from_orders
from wugong_voting.counting.registry import COUNTING
from wugong_voting.counting.result import plain
from wugong_voting.counting.tally import SETS, open_file

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FILES = sorted(p.relative_to(DATA) for p in DATA.glob("*/*.*")) if DATA.is_dir() else []
POLLS = 200  # a rule; the full ten thousand run with `make soak`
SEATS = sorted(rule for rule in SEVERAL if COUNTING[rule].picks == "several")
BUDGETS = sorted(rule for rule in SEVERAL if COUNTING[rule].picks == "projects")
COMPLETIONS = ("none", "add1", "add1u")


def ranked(rng: random.Random) -> dict[str, Any]:
    """Make a small poll over seats, with ties, truncation, blanks and weights."""
    names = ["a", "b", "c", "d", "e"][: rng.randint(1, 5)]
    ballots = []
    for _ in range(rng.randint(0, 9)):
        groups: list[list[str]] = []
        for name in rng.sample(names, rng.randint(0, len(names))):
            if groups and rng.random() < 0.3:
                groups[-1].append(name)
            else:
                groups.append([name])
        ballots.append({"weight": rng.choice([1, 1, 2, 3]), "groups": groups})
    options = {"seats": str(rng.randint(1, 4))}
    return {"candidates": names, "levels": None, "ballots": ballots, "options": options}


def budget(rng: random.Random) -> dict[str, Any]:
    """Make a small poll over money, with free projects, parts of a unit, blanks and weights."""
    names = ["p1", "p2", "p3", "p4", "10"][: rng.randint(1, 5)]
    parts = rng.choice([1, 1, 2, 100])
    costs = {name: str(Fraction(rng.randint(0, 9 * parts), parts)) for name in names}
    ballots = [
        {"weight": rng.choice([1, 1, 2, 3]), "groups": [chosen] if chosen else []}
        for chosen in (
            sorted(rng.sample(names, rng.randint(0, len(names)))) for _ in range(rng.randint(0, 8))
        )
    ]
    options: dict[str, str] = {}
    if rng.random() < 0.2:
        options["min_score"] = str(rng.randint(0, 3))
    if rng.random() < 0.25 and len(names) > 2:
        options["incompatible"] = ",".join(rng.sample(names, 2))
    return {
        "candidates": names,
        "costs": costs,
        "budget": str(Fraction(rng.randint(0, 20 * parts), parts)),
        "ballots": ballots,
        "options": options,
    }


def generated(rule: str, rng: random.Random) -> dict[str, Any]:
    """Make a poll with the settings that a rule has."""
    made = budget(rng) if rule in BUDGETS else ranked(rng)
    options: dict[str, str] = made["options"]
    for setting in COUNTING[rule].settings:
        if setting.values and setting.name != "count":
            options[setting.name] = rng.choice(setting.values)
    if rule.startswith("pb_") and rng.random() < 0.3:
        options["part_funding"] = rng.choice(["0", "1/2", "0.8", "1"])
    if rng.random() < 0.3:
        more = ["cheapest", "dearest", "natural", "text"] if rule in BUDGETS else []
        mixed = ">".join(rng.sample(made["candidates"], len(made["candidates"])))
        options["tie_break"] = rng.choice(["paper", mixed, *more])
    return {"form": "wugong-poll/1", "rule": rule, **made}


def profile_of(poll: dict[str, Any]) -> Profile | BudgetProfile:
    """Return the ballots of a poll as the engine's rule counts them."""
    weights = [b["weight"] for b in poll["ballots"]]
    if "costs" in poll:
        listed = [[name for group in b["groups"] for name in group] for b in poll["ballots"]]
        return budget_profile(poll["costs"], poll["budget"], listed, weights)
    place = {name: i for i, name in enumerate(poll["candidates"])}
    orders = [[[place[n] for n in g] for g in b["groups"]] for b in poll["ballots"]]
    return from_orders(poll["candidates"], orders, weights, poll["levels"])


def check(rule: str, count: int, seed: str) -> None:
    """Compare both on ``count`` generated polls; nearly all of them must be counted by both."""
    rng = random.Random(seed)
    passed_over = 0
    for number in range(count):
        poll = generated(rule, rng)
        try:
            found = COUNTING[rule].count(profile_of(poll), poll["options"])
        except ValueError as error:
            assert "too many ties" in str(error), (number, poll)
            passed_over += 1
            continue
        winners, tied = recount(poll)
        assert (set(winners), set(tied)) == (set(found.winners), set(found.tied)), (number, poll)
        if rule in APPORTIONED:
            seats, _ = APPORTIONED[rule](read(poll), ordered(read(poll)))
            assert seats == found.scores, (number, poll)
    assert passed_over <= count // 20


@pytest.mark.parametrize("rule", sorted(SEVERAL))
def test_recount_agrees_with_the_engine(rule: str) -> None:
    check(rule, POLLS, rule)


@pytest.mark.soak
@pytest.mark.parametrize("rule", sorted(SEVERAL))
def test_recount_agrees_on_ten_thousand_polls(rule: str) -> None:
    check(rule, 10_000, f"soak {rule}")


def test_ties_look_back_at_the_count_between_two_that_drop_out_for_certain() -> None:
    """b and c drop out in either order, and which count lies between them decides a against d."""
    ballots = {
        "a=e": 3,
        "b=c": 2,
        "d>a>b=e": 3,
        "c>d>a": 2,
        "b>a>c>d>e": 2,
        "d>b=c": 1,
        "e>a>c": 1,
        "a>b=c": 3,
        "e=d>b>c": 1,
    }
    poll = {
        "form": "wugong-poll/1",
        "rule": "stv_scottish",
        "candidates": list("abcde"),
        "levels": None,
        "ballots": [
            {"weight": weight, "groups": [group.split("=") for group in ballot.split(">")]}
            for ballot, weight in ballots.items()
        ],
        "options": {"seats": "1"},
    }
    found = COUNTING["stv_scottish"].count(profile_of(poll), {"seats": "1"})
    assert (found.winners, set(found.tied)) == ((), {"a", "d"})
    assert recount(poll) == ([], ["a", "d"])


def test_every_rule_for_several_seats_or_a_budget_is_recounted() -> None:
    assert {rule.id for rule in COUNTING.values() if rule.picks != "one"} == set(SEVERAL)


# Real files


def exported(
    profile: Profile | BudgetProfile, rule: str, options: dict[str, str]
) -> dict[str, Any]:
    """Write the ballots of a file as an exported poll."""
    made: dict[str, Any] = {"form": "wugong-poll/1", "rule": rule, "options": options}
    if isinstance(profile, BudgetProfile):
        starts, members = profile.ballots.starts.tolist(), profile.ballots.members.tolist()
        names = profile.options
        groups = [[[names[i] for i in members[start:end]]] for start, end in pairwise(starts)]
        weights = profile.ballots.weights.tolist()
        made |= {
            "costs": {n: plain(c) for n, c in zip(names, profile.costs, strict=True)},
            "budget": plain(profile.budget),
            "threshold": profile.threshold,
        }
    else:
        names, groups = profile.options, []
        columns = profile.ranks.T.tolist()
        weights = [1] * len(columns) if profile.weights is None else profile.weights.tolist()
        width = profile.unranked
        for column in columns:
            row: list[list[str]] = [[] for _ in range(width)]
            for name, rank in zip(names, column, strict=True):
                if rank < width:
                    row[rank].append(name)
            groups.append([group for group in row if group or profile.levels])
    told = [{"weight": w, "groups": g} for w, g in zip(weights, groups, strict=True)]
    told.append({"weight": profile.blank, "groups": []})
    return {**made, "candidates": list(names), "levels": None, "ballots": told}


def agree_on(name: Path, rule: str, **options: str) -> None:
    """Count a real file twice."""
    opened = open_file(DATA / name)
    profile = opened.asked_by(COUNTING[rule])
    settings = {"tie_break": "paper", **options}
    found = COUNTING[rule].count(profile, settings)
    winners, tied = recount(json.loads(json.dumps(exported(profile, rule, settings))))
    assert (set(winners), tied) == (set(found.winners), []), (name, rule)


needs_data = pytest.mark.skipif(not FILES, reason=f"no real elections in {DATA}")
SMALL = [name for name in FILES if (DATA / name).stat().st_size < 22_000]


def rules_for(name: Path) -> list[str]:
    """Return the rules that fit a file."""
    return [*BUDGETS, *SETS] if name.suffix == ".pb" else SEATS


@needs_data
@pytest.mark.parametrize("name", SMALL, ids=str)
def test_recount_agrees_on_small_real_files(name: Path) -> None:
    for rule in rules_for(name):
        agree_on(name, rule, **({"seats": "3"} if rule in SEATS else {}))


@needs_data
@pytest.mark.parametrize("name", [n for n in SMALL if n.suffix == ".pb"], ids=str)
def test_recount_agrees_on_completions_of_small_real_budgets(name: Path) -> None:
    agree_on(name, "mes_cost", completion="add1u")
    agree_on(name, "mes_cardinality", completion="add1")


@needs_data
@pytest.mark.soak
@pytest.mark.parametrize("name", FILES, ids=str)
def test_recount_agrees_on_every_real_file(name: Path) -> None:
    for rule in rules_for(name):
        for seats in ("1", "3", "5") if rule in SEATS else ("",):
            agree_on(name, rule, **({"seats": seats} if seats else {}))


# The program


def test_a_budget_that_says_otherwise_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    poll = {
        "form": "wugong-poll/1",
        "rule": "mes_cost",
        "candidates": ["lamp", "bench"],
        "costs": {"lamp": "2.50", "bench": "2"},
        "budget": "4",
        "ballots": [{"weight": 3, "groups": [["lamp"]]}, {"weight": 1, "groups": [["bench"]]}],
        "winners": ["lamp"],
        "tied": [],
    }
    path = tmp_path / "poll.json"
    path.write_text(json.dumps(poll), encoding="utf-8")
    assert main([str(path)]) == 0
    path.write_text(json.dumps({**poll, "winners": ["bench"]}), encoding="utf-8")
    assert main([str(path)]) == 1
    path.write_text(json.dumps({**poll, "costs": {"lamp": "2"}}), encoding="utf-8")
    capsys.readouterr()
    assert main([str(path)]) == 2
    assert "costs name other projects" in capsys.readouterr().err
