"""Case files: what is wrong in one is named with its place; what is right is played."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.core.shop import SHOP
from wugong.cases import Blurb, CaseError, Played, Story, engine_for, read_case

CASE = """
title = "A small shop"
community = "shopstreet"
name = "Shop Street"
setting = "urban"
plugins = ["shop"]
starts = 2026-03-02T09:00:00+08:00

[members.wang]
name = "Wang (invented)"
roles = ["officer"]

[members.li]
household = "1-101"

[[roster]]
name = "owners"
units = [["101", "li", "stair-1", "80.5"], ["102", "li", "stair-1", "7"]]

[[step]]
by = "li"
do = "wugong.matter_opened"
with = {title = "Street lights"}
as = "lights"

[[step]]
by = "li"
do = "shop.asked"
with = {question = "When?", days = 3}
as = "asked"

[[step]]
by = "li"
do = "shop.answered"
with = {question = "$asked"}
refused = ["wugong.needs_another_person"]
source = "rules, 4"

[[step]]
in = "community"
by = "wang"
do = "shop.given"
with = {to = ["li"], points = 4}

[[step]]
after = "3d"
note = "Nobody answers"

[[step]]
expect = {stages = {plan = "open", build = "todo"}, held = "", verified = true}

[[step]]
expect = {facts = {"shop.lapsed" = 1, "shop.answered" = 0}}

[[step]]
expect = {book = {book = "shop.points", key = "li", value = 4}}
"""


HEAD = CASE.partition("[members.wang]")[0]


def played(text: str) -> list[Played]:
    case = read_case(text)
    engine, clock = engine_for(case, plugins={"shop": SHOP})
    with engine:
        return list(Story(case, engine, clock).play())


def test_a_story_is_played_on_a_fresh_community_with_its_own_clock() -> None:
    steps = played(CASE)
    assert [one.problem for one in steps] == [""] * 8
    assert [one.number for one in steps] == list(range(1, 9))
    assert steps[1].seq > steps[0].seq
    assert steps[2].refusals[0].code == "wugong.needs_another_person"
    assert (steps[4].at - steps[0].at).days == 3


def test_a_story_is_read_from_a_file_and_always_ends_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(CASE, encoding="utf-8")
    chains = []
    for _ in range(2):
        case = read_case(path)
        engine, clock = engine_for(case, plugins={"shop": SHOP})
        with engine:
            assert not [p for p in Story(case, engine, clock).play() if p.problem]
            chains.append(list(engine.export("shopstreet")))
    assert chains[0] == chains[1]


def without(line: str, replacement: str = "") -> str:
    assert line in CASE
    return CASE.replace(line, replacement, 1)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("title = ", "not readable as TOML", id="no TOML"),
        pytest.param(
            "colour = 1\n" + CASE, "the case: unknown key 'colour'; known: about", id="key"
        ),
        pytest.param(without('title = "A small shop"'), "the case has no 'title'", id="no title"),
        pytest.param(without('setting = "urban"'), "the case has no 'setting'", id="no setting"),
        pytest.param(
            without('household = "1-101"', 'house = "1"'),
            "member li: unknown key 'house'",
            id="member",
        ),
        pytest.param(
            without('name = "owners"\n', 'name = "owners"\nsize = 3\n'),
            "roster 1: unknown key 'size'",
            id="roster",
        ),
        pytest.param(
            without('as = "asked"', 'als = "asked"'), "step 2: unknown key 'als'", id="step"
        ),
        pytest.param(
            without('by = "li"\ndo = "shop.asked"', 'do = "shop.asked"'),
            "step 2: says what is done but not by whom",
            id="by nobody",
        ),
        pytest.param(
            without('after = "3d"', 'after = "3 days"'),
            "step 5: a span is written 3d, 2h or 30m, got '3 days'",
            id="span",
        ),
        pytest.param(
            without('after = "3d"', "after = -3"), "step 5: a span is written", id="a negative span"
        ),
        pytest.param(
            without('after = "3d"', "at = 2026-03-05T09:00:00"),
            "step 5: at must be a time with its zone",
            id="time",
        ),
        pytest.param(without("+08:00"), "starts must be a time with its zone, such as", id="start"),
        pytest.param(
            without("held = ", "help = "), "step 6, expect: unknown key 'help'", id="expectation"
        ),
        pytest.param(HEAD + "members = 3\nstep = []", "members must be tables, got '3'", id="3"),
        pytest.param(
            HEAD + 'members = {li = "Li"}\nstep = []',
            "member li must be a table, got 'Li'",
            id="a member that is text",
        ),
        pytest.param(
            HEAD + 'language = "fr"\nmembers = {}\nstep = []',
            "language must be one of zh_Hans, zh_Hant, en, got 'fr'",
            id="a language that no page is in",
        ),
        pytest.param(
            HEAD + "also = 3\nmembers = {}\nstep = []", "also must be a table, got '3'", id="also"
        ),
        pytest.param(
            HEAD + 'also.fr = {title = "a", about = "b"}\nmembers = {}\nstep = []',
            "also: unknown key 'fr'; known: en, zh_Hans, zh_Hant",
            id="told in a language that no page is in",
        ),
        pytest.param(
            HEAD + 'also.en = {title = "a"}\nmembers = {}\nstep = []',
            "also.en has no 'about'",
            id="half a blurb",
        ),
        pytest.param(
            HEAD + "also.en = {title = 1, about = 2}\nmembers = {}\nstep = []",
            "also.en has no 'about'",
            id="a blurb in numbers",
        ),
        pytest.param(
            HEAD + "members = {}\nstep = 1", "step must be a list of tables, got '1'", id="1"
        ),
        pytest.param(
            HEAD + "members = {}\nstep = [1]", "step 1 must be a table, got '1'", id="a step"
        ),
        pytest.param(
            HEAD + "members = {}\nstep = [{expect = 1}]",
            "step 1, expect must be a table, got '1'",
            id="an expectation that is a number",
        ),
    ],
)
def test_what_is_wrong_in_a_case_is_named_with_its_place(text: str, what: str) -> None:
    with pytest.raises(CaseError, match=re.escape(what)):
        read_case(text)


@pytest.mark.parametrize(
    ("text", "step", "problem"),
    [
        pytest.param(
            without('refused = ["wugong.needs_another_person"]', 'refused = ["shop.other"]'),
            3,
            "was refused for wugong.needs_another_person, expected shop.other",
            id="refused for something else",
        ),
        pytest.param(
            without('source = "rules, 4"', 'source = "rules, 5"'),
            3,
            "the refusal names our shop rules, 4, not rules, 5",
            id="another article",
        ),
        pytest.param(
            without('by = "li"\ndo = "shop.answered"', 'by = "wang"\ndo = "shop.answered"'),
            3,
            "expected a refusal (wugong.needs_another_person)",
            id="not refused",
        ),
        pytest.param(
            without('by = "wang"\ndo = "shop.given"', 'by = "li"\ndo = "shop.given"'),
            4,
            "was refused: wugong.not_your_role",
            id="refused",
        ),
        pytest.param(
            without('question = "$asked"', 'question = "$answer"'),
            3,
            "nothing was remembered as 'answer'",
            id="a name that nobody gave",
        ),
        pytest.param(
            without('with = {question = "When?", days = 3}', "with = {days = 99}"),
            2,
            "question: is missing; days: must be from 1 to 60, got 99",
            id="out of shape",
        ),
        pytest.param(without('plan = "open"', 'plan = "done"'), 6, "stages are", id="other stages"),
        pytest.param(without('held = ""', 'held = "plan"'), 6, "held: nothing", id="not held"),
        pytest.param(
            without('"shop.lapsed" = 1', '"shop.lapsed" = 2'),
            7,
            "shop.lapsed: 1 facts, expected 2",
            id="other facts",
        ),
        pytest.param(
            without('key = "li", value = 4', 'key = "li", value = 5'),
            8,
            "shop.points[li] is 4, not 5",
            id="another value",
        ),
    ],
)
def test_what_does_not_come_as_told_is_named_and_the_story_goes_on(
    text: str, step: int, problem: str
) -> None:
    steps = played(text)
    assert len(steps) == 8
    assert problem in steps[step - 1].problem
    assert all(one.problem == "" for one in steps[: step - 1])


def test_a_roster_of_a_case_adds_up_the_units_of_a_member() -> None:
    case = read_case(CASE)
    engine, clock = engine_for(case, plugins={"shop": SHOP})
    with engine:
        Story(case, engine, clock).set_up()
        imported: list[Any] = [
            one["body"]
            for one in engine.export("shopstreet")
            if one["kind"] == "wugong.roster_imported"
        ]
    assert [(b["count"], b["area_dm2"]) for b in imported] == [(1, 8750)]


def test_a_story_is_told_in_the_language_of_its_reader_if_it_can() -> None:
    told = 'also.zh_Hant = {title = "路燈", about = "巷道"}\nalso.en = {title = "a", about = "b"}\n'
    case = read_case(told + CASE)
    assert case.blurb("zh_Hant") == Blurb("zh_Hant", "路燈", "巷道")
    assert case.blurb("en") == Blurb("en", "a", "b")
    assert case.blurb("zh_Hans") == Blurb("zh_Hans", case.title, case.about)
    assert read_case(CASE).blurb("en").language == "zh_Hans"  # as it was written
