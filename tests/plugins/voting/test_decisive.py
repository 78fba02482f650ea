"""What would have changed a count is said of every rule, and beside a picture stands a table."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import cast, charter, opened, rehearsal
from wugong import Ballot, PollDecided, Ref, Words
from wugong_server.testing import browse
from wugong_voting.counted import CountedRule, counted
from wugong_voting.decisive import decisive
from wugong_voting.explained import Explained, explained
from wugong_voting.outcome import NONE
from wugong_voting.rules import RULES

OPTIONS = ("a", "b", "c", "d")
TITLES = {name: name.upper() for name in OPTIONS}
COUNTED = [rule for rule in RULES if isinstance(rule, CountedRule)]
CHOOSING = [rule for rule in COUNTED if rule.form.kind != "projects"]


def seats(rule: CountedRule) -> CountedRule:
    several = rule.counting.picks == "several"
    return counted(rule.counting, {"seats": "2"}) if several else rule


def shown(rule: CountedRule, choices: Sequence[str]) -> tuple[dict[str, Any], Explained]:
    """Count ballots in heads and return the result with what its page shows."""
    its = seats(rule)
    ballots = [Ballot(choice, 1, 1, 100) for choice in choices]
    tally = its.decide(its.partial(ballots, OPTIONS), OPTIONS, {"measures": ("heads",)})
    decided = PollDecided(
        poll=Ref(1),
        verdict="advisory",
        winners=(),
        counts=(),
        tests=(),
        rule=rule.id,
        procedure="p",
        basis=(),
        roll="",
        taken_part=NONE,
        count=tally.count,
    )
    (page,) = explained(decided, TITLES, Words("en", ("wugong_voting",)))
    return json.loads(tally.count)["counts"][0], page


def written(rule: CountedRule, chance: random.Random) -> str:
    order = list(OPTIONS)
    chance.shuffle(order)
    match rule.form.kind:
        case "choose":
            return chance.choices(OPTIONS, weights=(5, 4, 2, 1))[0]
        case "approval":
            return ",".join(sorted(order[: chance.randint(1, 3)]))
        case "ranked":
            return ">".join(order[: chance.randint(2, 4)])
        case "points":
            return f"{order[0]}:2,{order[1]}:1"
    return ",".join(f"{one}:{chance.randrange(rule.form.levels)}" for one in OPTIONS)


@pytest.mark.parametrize("rule", CHOOSING, ids=lambda rule: rule.id)
def test_every_rule_has_a_picture_and_says_what_would_have_changed_it(rule: CountedRule) -> None:
    chance = random.Random(rule.id)
    for _ in range(25):
        told, page = shown(rule, [written(rule, chance) for _ in range(31)])
        assert page.cells or any(one.bars for one in page.rounds) or not told["winners"]
        assert page.changed


def of(rule: str, *choices: str) -> str:
    return shown(next(one for one in COUNTED if one.id == rule), choices)[1].changed


def test_of_transferred_votes_the_last_exclusion_or_seat_is_compared() -> None:
    votes = ["a>b"] * 8 + ["b"] * 5 + ["c"] * 4 + ["d"] * 2
    assert of("stv", *votes) == "In round 3 C dropped out, 2 behind B."
    level = ["a"] * 8 + ["b"] * 4 + ["c"] * 4
    assert of("stv", *level) == "B, C are level, and this rule does not break ties."


def test_where_nobody_wins_every_duel_the_nearest_is_named() -> None:
    circle = ["a>b>c>d"] * 4 + ["b>c>a>d"] * 3 + ["c>a>b>d"] * 2
    assert of("condorcet", *circle) == "Nearest to it was A, who lost to C, 4 to 5."


def test_of_several_duels_for_the_last_round_the_closest_is_named() -> None:
    votes = ["a>b>c"] * 4 + ["b>c>a"] * 3 + ["c>a>b"] * 3 + ["d>a>b>c"] * 3
    assert of("two_round", *votes) == "Closest was the duel with C: A was 1 ahead."


def test_seats_filled_one_by_one_stand_in_one_picture() -> None:
    rule = next(one for one in COUNTED if one.id == "seq_pav")
    _, page = shown(rule, ["a,b"] * 3 + ["a"] * 2 + ["c"] * 2)
    (picture,) = page.rounds
    assert [(bar.title, bar.figure, bar.width) for bar in picture.bars] == [
        *[("A", "5", "100.0%"), ("C", "2", "40.0%")]
    ]
    assert picture.counts == "Number"


def test_of_seats_filled_one_by_one_the_nearest_is_named_and_said_once() -> None:
    rule = next(one for one in COUNTED if one.id == "seq_pav")
    told, page = shown(rule, ["a"] * 5 + ["a,b"] * 4 + ["c"] * 4 + ["d"])
    says = (
        "Of those without a seat, B came nearest: 2 more approvals on the ballots cast could have"
        " drawn at least level, fewer could not."
    )
    assert page.changed == says and says not in page.sentences
    assert {"options": ["b"], "votes": 2}.items() <= told["certificate"][-1].items()


def test_a_result_without_rounds_says_nothing() -> None:
    told = {"rule": "x", "winners": ["a"], "tied": [], "options": {}, "certificate": []}
    assert decisive(told, OPTIONS) is None


def test_projects_are_drawn_beside_their_table_and_an_opinion_is_no_refusal() -> None:
    r = rehearsal(charter(decides="false", consent="[]", quorum="[]"))
    matter = r.open("Projects", by="li")
    projects = [{"id": n, "title": n, "cost": c} for n, c in (("lamp", 6000_00), ("tree", 300_00))]
    poll = opened(r, matter, rule="pb_greedy", options=projects, budget=6000_00)
    for who, choice in (("li", "lamp,tree"), ("zhao", "lamp")):
        cast(r, matter, poll, who, choice)
    r.wait(days=7)
    page = browse(r, "li").get(f"/m/{matter}/polls/{poll}").text
    assert page.count("<rect") >= 2 and 'width="50.000%"' in page
    assert ">否<" not in page and ">否<" not in browse(r, "li").get(f"/m/{matter}").text
