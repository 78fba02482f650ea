"""The engine's counting rules and the program that recounts agree on every kind of ballot."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from recount import main, recount
from recounting.one import RULES
from wugong_voting.counting.profile import from_orders
from wugong_voting.counting.registry import COUNTING

POLLS = 150  # a rule; the full ten thousand run with `make soak`


def generated(rng: random.Random) -> dict[str, Any]:
    """Make a small poll with ties, truncation, blanks and weights."""
    names = ["a", "b", "c", "d", "e"][: rng.randint(1, 5)]
    levels = rng.choice([None, None, 2, 3, 5])
    ballots = []
    for _ in range(rng.randint(0, 9)):
        named = rng.sample(names, rng.randint(0, len(names)))
        groups: list[list[str]] = [[] for _ in range(levels)] if levels else []
        for name in named:
            if levels:
                groups[rng.randrange(levels)].append(name)
            elif groups and rng.random() < 0.2:
                groups[-1].append(name)
            else:
                groups.append([name])
        ballots.append({"weight": rng.choice([1, 1, 2, 3]), "groups": groups})
    return {
        "form": "wugong-poll/1",
        "candidates": names,
        "levels": levels,
        "ballots": ballots,
        "options": {},
    }


def counted(poll: dict[str, Any], rule: str) -> tuple[list[str], list[str]]:
    """Count a poll with the engine's rule."""
    place = {name: i for i, name in enumerate(poll["candidates"])}
    orders = [[[place[n] for n in g] for g in b["groups"]] for b in poll["ballots"]]
    weights = [b["weight"] for b in poll["ballots"]]
    profile = from_orders(poll["candidates"], orders, weights, poll["levels"])
    result = COUNTING[rule].count(profile, poll["options"])
    return list(result.winners), list(result.tied)


def check(rule: str, count: int, seed: str) -> None:
    """Compare both on ``count`` generated polls."""
    rng = random.Random(seed)
    for number in range(count):
        poll = {**generated(rng), "rule": rule}
        if rule in ("minimax", "schulze", "ranked_pairs"):
            poll["options"] = {"strength": rng.choice(["margins", "winning_votes"])}
        if rule in ("cumulative", "quadratic"):
            poll["options"] = {"points": "100"}
        if rng.random() < 0.2 and rule not in ("condorcet", "smith"):
            poll["options"]["tie_break"] = "paper"
        try:
            expected = recount(poll)
        except ValueError as error:
            assert "too many" in str(error)
            continue
        winners, tied = counted(poll, rule)
        assert (winners, set(tied)) == (expected[0], set(expected[1])), (number, poll)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_recount_agrees_with_the_engine(rule: str) -> None:
    check(rule, POLLS, rule)


@pytest.mark.soak
@pytest.mark.parametrize("rule", sorted(RULES))
def test_recount_agrees_on_ten_thousand_polls(rule: str) -> None:
    check(rule, 10_000, f"soak {rule}")


@pytest.mark.parametrize(("rule", "points"), [("cumulative", 5), ("quadratic", 13)])
def test_a_ballot_that_spends_more_than_it_has_is_found(rule: str, points: int) -> None:
    poll = {
        "form": "wugong-poll/1",
        "rule": rule,
        "candidates": ["a", "b"],
        "levels": 6,
        "ballots": [{"weight": 1, "groups": [[], [], ["a"], ["b"], [], []]}],  # 3 and 2
    }
    assert recount({**poll, "options": {"points": str(points)}})[0] == ["a"]
    with pytest.raises(ValueError, match=f"spends {points} of {points - 1} points"):
        recount({**poll, "options": {"points": str(points - 1)}})


def test_a_file_that_says_otherwise_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    poll = {
        "form": "wugong-poll/1",
        "rule": "plurality",
        "candidates": ["a", "b"],
        "ballots": [{"weight": 2, "groups": [["a"]]}, {"weight": 1, "groups": [["b"]]}],
        "winners": ["a"],
        "tied": [],
    }
    path = tmp_path / "poll.json"
    path.write_text(json.dumps(poll), encoding="utf-8")
    assert main([str(path)]) == 0
    path.write_text(json.dumps({**poll, "winners": ["b"]}), encoding="utf-8")
    assert main([str(path)]) == 1
    assert "says otherwise" in capsys.readouterr().err
    path.write_text("{}", encoding="utf-8")
    assert main([str(path)]) == 2


def test_what_is_no_export_of_a_poll_is_said_to_be_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "openapi.json"
    path.write_text('{"openapi": "3.1.0"}', encoding="utf-8")
    assert main([str(path)]) == 2
    assert "this is no export of a poll or a draw" in capsys.readouterr().err
    assert main(["--help"]) == 2
    assert "usage: recount.py POLL.json" in capsys.readouterr().err
