"""Polls counted by the rules: one winner or several seats, by heads, by area, blank or spoilt."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plugins.voting.neighbourhood import (
    AGREE,
    HEADS,
    cast,
    charter,
    decided,
    opened,
    rehearsal,
)
from wugong import Ballot, PollDecided
from wugong.testing import Rehearsal
from wugong_voting.chosen import chosen
from wugong_voting.counted import CountedRule, Sale, counted
from wugong_voting.rules import BY_ID, RULES
from wugong_voting.tallies import Tally

DESIGNS = [{"id": name, "title": name.title()} for name in ("lamp", "bench", "tree")]
NAMES = ("a", "b", "c")
SALE = Sale((("a", 300_00), ("b", 450_50), ("c", 200_00)), 750_50)
COUNTED = [
    counted(rule.counting, rule.settings, SALE) for rule in RULES if isinstance(rule, CountedRule)
]
weights = st.integers(0, 10**6)
TEXTS = {
    "choose": st.sampled_from(["a", "b", "c", "-"]),
    "approval": st.sampled_from(["a", "a,c", "b,c", "a,b,c", "-", "!damaged"]),
    "ranked": st.sampled_from(["a>b>c", "c>b", "b=c>a", "b", "-", "!illegible"]),
    "grades": st.sampled_from(["a:5,b:1", "c:3", "a:0,b:2,c:4", "-", "!marked"]),
    "projects": st.sampled_from(["a", "b", "c,a", "a,b", "-", "!damaged"]),
    "points": st.sampled_from(["a:5", "c:4,b:3", "a:0,b:2", "a:0", "-", "!marked"]),
}


def conclude(rule: CountedRule, ballots: list[Ballot], shards: int = 1, *measures: str) -> Tally:
    parts = [rule.partial(ballots[i::shards], NAMES) for i in range(shards)]
    merged = parts[0]
    for part in parts[1:]:
        merged = merged.merge(part)
    made = rule.decide(merged, NAMES, {"measures": measures or ("heads", "area")})
    assert isinstance(made, Tally)
    return made


@pytest.mark.parametrize("rule", COUNTED, ids=lambda rule: rule.id)
@settings(max_examples=25)
@given(data=st.data(), shards=st.integers(1, 4), seed=st.integers(0, 2**32))
def test_the_count_is_the_same_in_any_order_and_over_any_shards(
    rule: CountedRule, data: Any, shards: int, seed: int
) -> None:
    one = st.builds(Ballot, TEXTS[rule.form.kind], weights, weights, weights)
    ballots = data.draw(st.lists(one, max_size=12))
    mixed = random.Random(seed).sample(ballots, len(ballots))
    tally = conclude(rule, ballots)
    assert conclude(rule, mixed, shards) == tally
    assert tally.taken_part.heads == sum(ballot.heads for ballot in ballots)
    for told in json.loads(tally.count)["counts"]:
        assert told["rule"] == rule.id
        everything = told["valid"] + told["blank"] + sum(told["spoilt"].values())
        place = "heads" if told["measure"] == "heads" else "area_dm2"
        assert everything == getattr(tally.taken_part, place)


def test_what_an_option_receives_are_the_ballots_that_agree_to_it() -> None:
    texts = ["a>b", "b", "c>b>a", "-", "!damaged"]
    tally = conclude(BY_ID["schulze"], [Ballot(text, 1, 1, 10) for text in texts])  # type: ignore[arg-type]
    assert {one.option: one.ballots for one in tally.counts} == {"a": 2, "b": 3, "c": 1}
    assert tally.taken_part.ballots == 5
    (heads, area) = json.loads(tally.count)["counts"]
    assert (heads["valid"], heads["blank"], heads["spoilt"]) == (3, 1, {"damaged": 1})
    assert (area["valid"], area["blank"], area["spoilt"]) == (30, 10, {"damaged": 10})


def test_ties_that_cannot_be_followed_are_a_tie_of_everybody() -> None:
    names = [f"o{n}" for n in range(24)]
    around = [Ballot(">".join(names[i:] + names[:i]), 1, 1, 1) for i in range(24)]
    rule = BY_ID["ranked_pairs"]
    tally = rule.decide(rule.partial(around, names), names, {"measures": ("heads",)})
    assert tally.leaders == tuple(names)


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("schulze", {"strength": "margins", "tie_break": ""}),
        ("schulze(strength=winning_votes)", {"strength": "winning_votes", "tie_break": ""}),
        ("score(levels=11)", {"levels": "11", "tie_break": ""}),
        ("approval( most = 2 )", {"most": "2", "tie_break": ""}),
    ],
)
def test_a_poll_names_its_rule_with_its_settings(text: str, settings: dict[str, str]) -> None:
    rule = chosen(BY_ID, text)
    assert isinstance(rule, CountedRule)
    assert rule.settings == settings


@pytest.mark.parametrize(
    "text",
    [
        *("dice", "dice(levels=2)", "score(levels=1)", "score(levels=22)", "score(levels=x)"),
        *("schulze(strength=luck)", "schulze(luck=1)", "yes_no_abstain(most=1)", "score(", "irv()"),
        "score(levels=3,levels=4)",
    ],
)
def test_an_unknown_rule_or_setting_is_none(text: str) -> None:
    assert chosen(BY_ID, text) is None


# Polls


AREAS = [
    ("101", "li", "1", 80_00),
    ("102", "zhao", "1", 70_00),
    ("201", "qian", "1", 60_00),
    ("301", "sun", "2", 400_00),
]


def poll_of(rule: str, *charters: Any, **more: Any) -> tuple[Rehearsal, str, int]:
    r = rehearsal(*charters)
    r.roster("owners", AREAS)
    matter = r.open("What goes into the yard?", by="li")
    return r, matter, opened(r, matter, rule=rule, options=DESIGNS, **more)


def result(r: Rehearsal, matter: str, poll: int, **choices: str) -> PollDecided:
    units = {member: unit for unit, member, _, _ in AREAS}
    for who, choice in choices.items():
        paper = choice.startswith("!")
        channel, helper = ("paper", "wang") if paper else ("web", "")
        cast(r, matter, poll, who, choice, units[who], channel, helper)
    r.wait(days=7)
    return decided(r, matter, poll)


def counts(made: PollDecided) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(made.count)["counts"]
    return found


def test_ranked_ballots_by_heads() -> None:
    made = result(
        *poll_of("schulze"),
        li="bench>lamp",
        zhao="bench>tree",
        qian="tree>bench",
        sun="lamp>bench>tree",
    )
    assert (made.verdict, made.winners) == ("passed", ("bench",))
    assert {one.option: one.heads for one in made.counts} == {"lamp": 2, "bench": 4, "tree": 3}
    (told,) = counts(made)
    assert told["measure"] == "heads"
    assert told["matrix"] == [[0, 1, 2], [3, 0, 3], [2, 1, 0]]
    assert [(t.id, t.have, t.of, t.met) for t in made.tests] == [
        ("take_part", 4, 4, True),
        ("agree", 4, 4, True),
    ]


AREA = 'measure = "area", base = "part", op = ">", share = "1/2", source = "章程 5"'
BY_AREA = charter(consent=f'[{{ id = "agree", {AREA} }}]', quorum="[]")
BY_BOTH = charter(
    quorum=f'[{{ id = "take_part", {HEADS} }}]',
    consent=f'[{{ id = "area", {AREA} }}, {{ id = "heads", {AGREE} }}]',
)


def test_ranked_ballots_by_area() -> None:
    made = result(*poll_of("irv", BY_AREA), li="bench", zhao="bench", qian="bench", sun="tree>lamp")
    assert (made.verdict, made.winners) == ("passed", ("tree",))
    (told,) = counts(made)
    assert (told["measure"], told["valid"]) == ("area", 610_00)
    assert told["rounds"][0]["votes"] == {"lamp": 0, "bench": 210_00, "tree": 400_00}


def test_where_heads_and_area_choose_differently_it_is_a_tie() -> None:
    made = result(*poll_of("irv", BY_BOTH), li="bench", zhao="bench", qian="bench", sun="tree>lamp")
    assert (made.verdict, made.winners) == ("tied", ("bench", "tree"))
    assert [told["winners"] for told in counts(made)] == [["bench"], ["tree"]]


def test_who_wins_must_still_be_agreed_to() -> None:
    made = result(*poll_of("plurality"), li="bench", zhao="bench", qian="tree", sun="lamp")
    assert (made.verdict, made.winners) == ("rejected", ())
    assert counts(made)[0]["winners"] == ["bench"]


def test_blank_and_spoilt_ballots_take_part_and_agree_to_nothing() -> None:
    made = result(*poll_of("approval(most=2)"), li="lamp", zhao="-", sun="!illegible")
    assert made.taken_part.heads == 3
    assert (made.verdict, made.rule) == ("rejected", "approval(most=2)")
    (told,) = counts(made)
    assert (told["valid"], told["blank"], told["spoilt"]) == (1, 1, {"illegible": 1})


@pytest.mark.parametrize(
    ("rule", "li", "zhao", "winner"),
    [
        # exactly what a voter has: 10 points, or 25 in squares
        ("cumulative", "lamp:10", "bench:6,tree:4", "lamp"),
        ("quadratic", "lamp:5", "bench:4,tree:3", "lamp"),
        ("quadratic", "lamp:3,bench:4", "lamp:3,tree:4", "lamp"),
        ("cumulative(points=100)", "lamp:40,bench:60", "lamp:40,tree:60", "lamp"),
    ],
)
def test_points_are_spread_and_summed(rule: str, li: str, zhao: str, winner: str) -> None:
    made = result(*poll_of(rule), li=li, zhao=zhao, qian="-")
    (told,) = counts(made)
    assert (told["winners"], told["blank"]) == ([winner], 1)


@pytest.mark.parametrize(
    ("rule", "ballots", "winners", "tied"),
    [
        pytest.param(
            "block_approval(seats=2)",
            {"li": "lamp,bench", "zhao": "lamp,bench", "qian": "lamp", "sun": "tree"},
            ("lamp", "bench"),
            [],
            id="marks",
        ),
        pytest.param(
            "block_approval(seats=2)",
            {"li": "lamp,bench", "zhao": "lamp,tree", "qian": "lamp"},
            ("lamp",),
            ["bench", "tree"],
            id="a tie for the second seat stays open",
        ),
        pytest.param(
            "seq_pav(seats=2)",
            {"li": "lamp,bench", "zhao": "lamp,bench", "qian": "lamp,bench", "sun": "tree"},
            ("lamp", "bench"),
            [],
            id="in proportion",
        ),
        pytest.param(
            "stv(seats=2)",
            {"li": "lamp>bench", "zhao": "lamp>bench", "qian": "bench", "sun": "tree"},
            ("lamp",),
            ["bench", "tree"],
            id="two votes are a seat, and nothing is left to pass on",
        ),
        pytest.param(
            "stv(seats=2)",
            {"li": "lamp>bench", "zhao": "lamp>bench", "qian": "lamp>bench", "sun": "bench"},
            ("lamp", "bench"),
            [],
            id="one vote of three passes on",
        ),
    ],
)
def test_several_seats_are_filled_and_each_needs_consent(
    rule: str, ballots: dict[str, Any], winners: tuple[str, ...], tied: list[str]
) -> None:
    lenient = charter(consent=f'[{{ id = "agree", {AGREE.replace("1/2", "1/4")} }}]')
    made = result(*poll_of(rule, lenient), **ballots)
    (told,) = counts(made)
    assert told["options"]["seats"] == "2"
    assert (made.verdict, made.winners, told["tied"]) == ("passed", winners, tied)


def test_a_seat_without_enough_consent_stays_empty() -> None:
    strict = charter(consent=f'[{{ id = "agree", {AGREE} }}]')
    ballots: dict[str, Any] = {
        "li": "lamp,bench",
        "zhao": "lamp,bench",
        "qian": "lamp",
        "sun": "lamp",
    }
    made = result(*poll_of("block_approval(seats=2)", strict), **ballots)
    # 2 of 4 is not more than half
    assert (made.verdict, made.winners) == ("passed", ("lamp",))
    assert [(test.id, test.met) for test in made.tests] == [
        ("take_part", True),
        ("agree.lamp", True),
        ("agree.bench", False),
    ]
    none = result(
        *poll_of("block_approval(seats=1)", strict), li="lamp", zhao="bench,lamp", sun="-", qian="-"
    )
    assert (none.verdict, none.winners) == ("rejected", ())


def test_nothing_spent_is_a_blank_ballot() -> None:
    (told,) = counts(result(*poll_of("quadratic"), li="lamp:0", zhao="lamp:1"))
    assert (told["valid"], told["blank"], told["winners"]) == (1, 1, ["lamp"])


@pytest.mark.parametrize(
    ("rule", "choice", "code"),
    [
        ("schulze", "bench>swing", "voting.unknown_option"),
        ("schulze", "bench>lamp=bench", "voting.named_twice"),
        ("approval(most=1)", "bench,lamp", "voting.too_many"),
        ("score(levels=3)", "bench:3", "voting.out_of_scale"),
        ("score", "bench", "voting.grade_missing"),
        ("cumulative", "bench:6,lamp:5", "voting.too_many_points"),
        ("cumulative(points=5)", "bench:6", "voting.out_of_scale"),
        ("quadratic", "bench:5,lamp:1", "voting.too_many_points"),
        ("quadratic(points=24)", "bench:5", "voting.out_of_scale"),
        ("irv", "!damaged", "voting.spoilt_on_paper_only"),
        ("irv", "!ugly", "voting.spoilt_why"),
    ],
)
def test_a_ballot_of_the_wrong_form_is_refused_in_words(rule: str, choice: str, code: str) -> None:
    r, matter, poll = poll_of(rule)
    with r.refuses(code):
        cast(r, matter, poll, "li", choice)


@pytest.mark.parametrize(
    ("rule", "options", "code"),
    [
        ("irv", ["a>b", "c"], "voting.option_id"),
        ("irv", ["a", "abstain"], "voting.too_few_options"),
        ("kemeny", [f"o{n}" for n in range(30)], "voting.rule_cannot_count"),
        ("irv", [f"o{n}" for n in range(11)], "voting.rule_cannot_count"),
        ("irv(tie_break=b>a>z)", ["a", "b"], "voting.rule_cannot_count"),
        ("irv(luck=1)", ["a", "b"], "voting.rule_unknown"),
        ("cumulative(points=0)", ["a", "b"], "voting.rule_unknown"),
        ("stv(seats=3)", ["a", "b"], "voting.rule_cannot_count"),
        ("stv(seats=0)", ["a", "b"], "voting.rule_cannot_count"),
        ("stv(seats=x)", ["a", "b"], "voting.rule_cannot_count"),
        ("cumulative(points=101)", ["a", "b"], "voting.rule_unknown"),
    ],
)
def test_a_question_that_the_rule_cannot_count_is_not_put(
    rule: str, options: list[str], code: str
) -> None:
    r = rehearsal()
    matter = r.open("Yard", by="li")
    with r.refuses(code):
        opened(r, matter, rule=rule, options=[{"id": o, "title": o} for o in options])


@pytest.mark.parametrize("rule", [r.id for r in COUNTED if r.counting.picks != "projects"])
def test_every_rule_decides_a_poll(rule: str) -> None:
    kind = BY_ID[rule].form.kind  # type: ignore[attr-defined]
    texts = {"choose": "tree", "approval": "tree", "ranked": "tree>lamp", "grades": "tree:5,lamp:2"}
    texts["points"] = "tree:4,lamp:2"
    made = result(*poll_of(rule), li=texts[kind], zhao=texts[kind], qian=texts[kind])
    assert (made.verdict, made.winners) == ("passed", ("tree",))
    assert counts(made)[0]["certificate"]
