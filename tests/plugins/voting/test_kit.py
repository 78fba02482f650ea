"""The property kit keeps every rule to its word, and catches one that does not keep it."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from click.testing import CliRunner

from wugong_server.cli import cli
from wugong_voting import kit_seats
from wugong_voting.counting.profile import Profile
from wugong_voting.counting.registry import COUNTING
from wugong_voting.counting.result import Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.seats import SEATS
from wugong_voting.counting.settings import TIE_BREAK
from wugong_voting.kit import ALWAYS, examine

ONE = [rule for rule in COUNTING.values() if rule.picks == "one"]
MANY = [rule for rule in COUNTING.values() if rule.picks != "one"]


@pytest.mark.parametrize("rule", ONE, ids=lambda rule: rule.id)
def test_every_rule_keeps_what_it_promises(rule: CountingRule) -> None:
    findings = examine(rule, elections=30)
    assert [f"{f.property}: {f.example}" for f in findings if not f.held] == []
    assert {f.property for f in findings} == {*ALWAYS, *rule.claims}


@pytest.mark.parametrize("rule", MANY, ids=lambda rule: rule.id)
def test_every_rule_for_seats_or_a_budget_keeps_what_it_promises(rule: CountingRule) -> None:
    findings = examine(rule, elections=25)
    assert [f"{f.property}: {f.example}" for f in findings if not f.held] == []
    assert {f.property for f in findings} == {*kit_seats.ALWAYS, *rule.claims}


@pytest.mark.soak
@pytest.mark.parametrize("rule", MANY, ids=lambda rule: rule.id)
def test_rules_for_seats_and_budgets_keep_their_word_in_many_elections(rule: CountingRule) -> None:
    findings = examine(rule, elections=3_000, seed=7)
    assert [f"{f.property}: {f.example}" for f in findings if not f.held] == []


@pytest.mark.parametrize(
    ("rule", "claim"),
    [
        ("block_approval", "pjr"),
        ("mes_committee", "blank_ignored"),
        ("largest_remainder", "house_monotonic"),
        ("highest_averages", "quota"),
        ("mes_cost", "exhaustive"),
        ("phragmen_pb", "exhaustive"),
        ("pb_greedy", "pjr"),
    ],
)
def test_a_claim_about_seats_that_is_too_much_is_found(rule: str, claim: str) -> None:
    findings = examine(replace(COUNTING[rule], claims=(claim,)), elections=120)
    (found,) = [finding for finding in findings if finding.property == claim]
    assert not found.held
    assert found.example


def odd_seats(choose: Callable[[Profile], list[str]]) -> CountingRule:
    """Make a rule for several seats that breaks its word."""

    def decide(summary: Ballots, settings: Mapping[str, Any]) -> Result:
        return Result("odd", tuple(choose(summary.profile)), options=settings)

    return CountingRule("odd", "Odd", "approval", Ballots, decide, "several", (SEATS, TIE_BREAK))


@pytest.mark.parametrize(
    ("choose", "broken"),
    [
        (lambda profile: list(profile.options), {"within seats and budget", "unanimous"}),
        (lambda profile: list(profile.options[:1]), {"neutral", "unanimous"}),
        (lambda profile: [random.choice(profile.options)], {"no clock, no chance"}),
        (lambda profile: [sorted(profile.options)[profile.rows % 2]], {"weights honoured"}),
    ],
    ids=["everybody", "first option", "chance", "rows"],
)
def test_a_rule_for_seats_that_breaks_its_word_is_caught(
    choose: Callable[[Profile], list[str]], broken: set[str]
) -> None:
    findings = examine(odd_seats(choose), elections=60)
    assert broken <= {finding.property for finding in findings if not finding.held}


@pytest.mark.parametrize(
    ("rule", "claim"),
    [
        ("irv", "condorcet"),
        ("irv", "monotonic"),
        ("irv", "clone_independent"),
        ("plurality", "clone_independent"),
        ("borda", "majority"),
        ("borda", "clone_independent"),
        ("score", "majority"),
        ("bucklin", "condorcet"),
    ],
)
def test_a_claim_that_is_too_much_is_found_with_an_example(rule: str, claim: str) -> None:
    findings = examine(replace(COUNTING[rule], claims=(claim,)), elections=400)
    (found,) = [finding for finding in findings if finding.property == claim]
    assert not found.held
    assert found.example


# Rules that break their word, each in one way


@dataclass(frozen=True)
class Ballots:
    """The ballots themselves, in the order in which they came."""

    profile: Profile
    more: tuple[Profile, ...] = ()

    def merge(self, other: Ballots) -> Ballots:
        return Ballots(self.profile, (*self.more, other.profile, *other.more))


def winning(choose: Callable[[Profile], list[str]]) -> CountingRule:
    def decide(summary: Ballots, settings: Mapping[str, Any]) -> Result:
        return Result("odd", tuple(choose(summary.profile)), options=settings)

    return CountingRule("odd", "Odd", "ranked", Ballots, decide)


def first_ballot(profile: Profile) -> list[str]:
    return [profile.options[int(profile.ranks[:, 0].argmin())]] if profile.rows else []


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        (winning(first_ballot), {"anonymous", "merges in any order"}),
        (winning(lambda profile: list(profile.options[:1])), {"neutral", "unanimous"}),
        (winning(lambda profile: [random.choice(profile.options)]), {"no clock, no chance"}),
        (winning(lambda p: [p.options[time.time_ns() % 2]]), {"no clock, no chance"}),
        (winning(lambda p: [p.options[p.rows % len(p.options)]]), {"weights honoured"}),
        (winning(lambda p: [p.options[p.blank % 2]]), {"blank ballots decide nothing"}),
    ],
    ids=["first ballot", "first option", "chance", "clock", "rows", "blanks"],
)
def test_a_rule_that_breaks_its_word_is_caught(rule: CountingRule, broken: set[str]) -> None:
    findings = examine(rule, elections=100)
    assert broken <= {finding.property for finding in findings if not finding.held}


def test_a_claim_that_nobody_can_try_is_refused() -> None:
    with pytest.raises(ValueError, match="fair"):
        examine(replace(COUNTING["irv"], claims=("fair",)))


def test_the_command_prints_findings_and_fails_where_one_is_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = CliRunner().invoke(cli, ["check-rule", "approval", "--elections", "20"])
    assert run.exit_code == 0, run.output
    assert "kept    monotonic (20 elections)" in run.output
    monkeypatch.setitem(COUNTING, "odd", winning(lambda profile: list(profile.options[:1])))
    run = CliRunner().invoke(cli, ["check-rule", "odd", "--json"])
    assert run.exit_code == 1
    assert not all(finding["held"] for finding in json.loads(run.output)["findings"])
    run = CliRunner().invoke(cli, ["check-rule", "dice"])
    assert run.exit_code == 2 and "there are:" in run.output
