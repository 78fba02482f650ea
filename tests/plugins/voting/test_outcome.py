"""An outcome states every number and every test; ties, empty polls and opinions are explicit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from wugong import (
    Ballot,
    Option,
    PollDecided,
    PollOpened,
    Procedure,
    Ref,
    RollFrozen,
    Test,
    read_procedure,
)
from wugong_voting.outcome import conclude
from wugong_voting.rules import BY_ID

HEADS = 'measure = "heads"'
QUORUM = f'{{ id = "take_part", {HEADS}, base = "all", op = ">=", share = "2/3", source = "q" }}'
CONSENT = f'{{ id = "agree", {HEADS}, base = "part", op = ">", share = "1/2", source = "c" }}'


def procedure(*, quorum: str = QUORUM, consent: str = CONSENT, decides: bool = True) -> Procedure:
    return read_procedure(f"""
id = "example"
body = "example"
setting = "urban"
roster = "owners"
effective_from = 2021-01-01
decides = {str(decides).lower()}
quorum = [{quorum}]
consent = [{consent}]
basis = [{{ article = "章程 3", text_year = 2024, confidence = "I" }}]
[title]
en = "Example"
""")


def roll(heads: int) -> RollFrozen:
    return RollFrozen(
        poll=Ref(7),
        edition="e",
        roll="r" * 64,
        entitlements=heads,
        heads=heads,
        households=heads,
        area_dm2=heads * 100,
    )


def outcome(
    whole: int, its: Procedure, votes: Mapping[str, int], rule: str = "yes_no_abstain"
) -> PollDecided:
    names = ("yes", "no", "abstain") if rule == "yes_no_abstain" else ("a", "b", "c", "abstain")
    opened = PollOpened(
        question="?",
        options=tuple(Option(id=name, title=name) for name in names),
        procedure=its.id,
        roster="owners",
        closes_at=datetime(2026, 1, 1, tzinfo=UTC),
        rule=rule,
    )
    cast = [Ballot(choice, 1, 1, 100) for choice, n in votes.items() for _ in range(n)]
    return conclude(7, opened, roll(whole), its, BY_ID[rule], cast)


def test_every_number_stands_in_the_outcome() -> None:
    made = outcome(30, procedure(), {"yes": 11, "no": 7, "abstain": 2})
    assert made.verdict == "passed"
    assert made.winners == ("yes",)
    assert [(c.option, c.ballots, c.heads, c.area_dm2) for c in made.counts] == [
        ("yes", 11, 11, 1100),
        ("no", 7, 7, 700),
        ("abstain", 2, 2, 200),
    ]
    assert (made.taken_part.ballots, made.taken_part.heads) == (20, 20)
    assert [
        (t.id, t.have, t.of, t.op, str(t.share), t.needed, t.met, t.source) for t in made.tests
    ] == [
        ("take_part", 20, 30, ">=", "2/3", 20, True, "q"),
        ("agree", 11, 20, ">", "1/2", 11, True, "c"),
    ]
    assert made.basis == ("章程 3 (2024)",)
    assert made.roll == "r" * 64


@pytest.mark.parametrize(
    ("votes", "verdict"),
    [
        pytest.param({"yes": 19}, "no_quorum", id="one short of two thirds"),
        pytest.param({"yes": 20}, "passed", id="exactly two thirds"),
        pytest.param({"yes": 10, "no": 10}, "rejected", id="half is not more than half"),
        pytest.param({"yes": 11, "no": 9}, "passed", id="one more than half"),
        pytest.param({"yes": 10, "no": 1, "abstain": 9}, "rejected", id="abstentions are no yes"),
        pytest.param({}, "no_quorum", id="nobody"),
    ],
)
def test_the_verdict_at_each_limit(votes: dict[str, int], verdict: str) -> None:
    made = outcome(30, procedure(), votes)
    assert made.verdict == verdict
    assert made.winners == (("yes",) if verdict == "passed" else ())


def test_a_tie_names_who_tied_and_the_tests_of_each() -> None:
    made = outcome(12, procedure(), {"a": 4, "b": 4, "c": 2}, "plurality")
    assert made.verdict == "tied"
    assert made.winners == ("a", "b")
    assert [(test.id, test.have, test.met) for test in made.tests] == [
        ("take_part", 10, True),
        ("agree.a", 4, False),
        ("agree.b", 4, False),
    ]


def test_a_tie_without_quorum_decides_nothing() -> None:
    made = outcome(30, procedure(), {"a": 4, "b": 4}, "plurality")
    assert (made.verdict, made.winners) == ("no_quorum", ())


@pytest.mark.parametrize(
    ("votes", "verdict", "winners"),
    [
        pytest.param({"a": 6, "b": 4}, "passed", ("a",), id="more than half"),
        pytest.param({"a": 5, "b": 3, "c": 2}, "rejected", (), id="most, and only half"),
    ],
)
def test_who_leads_must_still_pass_the_tests(
    votes: dict[str, int], verdict: str, winners: tuple[str, ...]
) -> None:
    made = outcome(10, procedure(), votes, "plurality")
    assert (made.verdict, made.winners) == (verdict, winners)


def test_most_votes_suffice_where_the_procedure_asks_no_consent() -> None:
    made = outcome(10, procedure(consent=""), {"a": 3, "b": 2, "c": 2}, "plurality")
    assert (made.verdict, made.winners) == ("passed", ("a",))


def test_abstentions_alone_carry_nothing() -> None:
    made = outcome(10, procedure(quorum="", consent=""), {"abstain": 4}, "plurality")
    assert (made.verdict, made.winners) == ("rejected", ())


def test_an_empty_poll_carries_nothing_even_without_quorum() -> None:
    made = outcome(10, procedure(quorum="", consent=""), {}, "plurality")
    assert (made.verdict, made.winners) == ("no_quorum", ())


@pytest.mark.parametrize(
    ("votes", "winners"),
    [
        pytest.param({"yes": 1, "no": 9}, ("no",), id="the larger side"),
        pytest.param({"yes": 5, "no": 5}, ("yes", "no"), id="both sides of a tie"),
    ],
)
def test_an_opinion_decides_nothing_and_says_where_it_leans(
    votes: dict[str, int], winners: tuple[str, ...]
) -> None:
    made = outcome(10, procedure(quorum="", decides=False), votes)
    assert (made.verdict, made.winners) == ("advisory", winners)


def test_the_tests_are_recomputable_from_their_own_integers() -> None:
    for yes in range(21):
        made = outcome(30, procedure(), {"yes": yes, "no": 20 - yes})
        assert all(_holds(test) is test.met for test in made.tests)


def _holds(test: Test) -> bool:
    left, right = test.have * test.share.denominator, test.of * test.share.numerator
    return left >= right if test.op == ">=" else left > right
