"""Each thing that goes in wrong is answered in words: what it is, with its figures and article."""

from __future__ import annotations

from typing import Any

import pytest

from tests.law.lawbook import LAW, ask, owners
from tests.law.test_bad_input import FULL, MEMBERS
from wugong import Words
from wugong.figures import Undecidable
from wugong.packs import read_packs
from wugong.roster_files import read_roster

LANGUAGES = ("zh_Hans", "zh_Hant", "en")
MODES = {"all": {"persons": 1203, "households": 402}, "present": {"persons": 400}}


def answer(procedure: str, **request: Any) -> dict[str, str]:
    """Return what is said, by language: why nothing is decided, or why it is void."""
    try:
        made = ask(procedure, **request)
    except Undecidable as error:
        return dict(error.text)
    assert made["outcome"] == "void"
    (reason,) = made["reasons"]
    return dict(reason["text"])


@pytest.mark.parametrize(
    ("procedure", "change", "said"),
    [
        pytest.param(
            "owners.unusual",
            {},
            ("没有程序owners.unusual。", "There is no procedure owners.unusual."),
            id="an unknown procedure",
        ),
        pytest.param(
            "owners.special",
            {"on": "2020-12-31"},
            ("有效期自2021-01-01起。", "on 2020-12-31; it is from 2021-01-01."),
            id="not in force on the day",
        ),
        pytest.param(
            "owners.special",
            {"part": {"heads": 8}},
            ("缺少part.area", "part.area is missing: a test needs it."),
            id="a figure missing",
        ),
        pytest.param(
            "owners.special",
            {"part": owners(13, "600.00")},
            ("part为13，超过了all的12", "part is 13, more than all with 12."),
            id="part greater than all",
        ),
        pytest.param(
            "owners.special",
            {"no": owners(2, "100.00"), "abstain": owners(1, "10.00")},
            ("赞成、反对、弃权合计9，超过了投出的8", "are 9 together, more than the 8 cast."),
            id="the sides greater than part",
        ),
        pytest.param(
            "owners.special",
            {"all": owners(12, "66.67%")},
            ("是比例，请填面积本身", "a percentage. Write the area itself"),
            id="a percentage for an area",
        ),
        pytest.param(
            "owners.special",
            {"options": {"item": [5, 6]}},
            ("要分两项表决", "are two questions, not one."),
            id="use and raise in one item",
        ),
        pytest.param(
            "owners.special",
            {"notice_on": "2026-06-16"},
            ("提前14天通知，至少要提前15天〔物業管理條例", "14 days before, at least 15 are"),
            id="a notice shorter than the floor",
        ),
    ],
)
def test_what_goes_in_wrong_is_told_with_its_figures(
    procedure: str, change: dict[str, Any], said: tuple[str, str]
) -> None:
    told = answer(procedure, **{**FULL, **change})
    assert said[0] in told["zh_Hans"] and said[1] in told["en"]
    assert told.keys() == set(LANGUAGES) and all(told.values())


def test_three_sides_that_fit_exactly_are_no_error() -> None:
    even = {"no": owners(1, "100.00"), "abstain": owners(1, "50.00")}
    assert ask("owners.special", **{**FULL, **even})["outcome"] == "passed"


def test_mixed_modes_and_a_matter_that_is_not_delegable_are_told() -> None:
    assert "两种不能相加" in answer("villagers.assembly", **MODES)["zh_Hans"]
    land = answer("collective.delegates", **MEMBERS, options={"item": 10})
    assert "不能由代表会议决定〔集體組織法 28〕" in land["zh_Hans"]
    assert "cannot be decided by delegates" in land["en"]


def test_a_household_with_two_representatives_is_told_with_what_to_do() -> None:
    file = "户,姓名\n1组5号,张三\n1组5号,李四\n".encode()
    (problem,) = read_roster(file, "households").problems
    for language in LANGUAGES:
        words = Words(language, ["wugong"])
        assert "1组5号" in problem.say(words) and problem.mend(words)
    assert "keep one row" in problem.mend(Words("en", ["wugong"]))


PACK = """
id = "town.assembly"
parent = "villagers.assembly.adults"
jurisdiction = "example"
basis = [{ article = "例 1", text_year = 2026, confidence = "I" }]
title = { zh_Hans = "例镇", zh_Hant = "例鎮", en = "Town" }
"""
SHARE = (
    'consent = [{ id = "yes", measure = "persons", base = "present", op = ">=", share = "7/5", '
    'source = "例 2" }]\n'
)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param("notice_days = 9\n", r"notice_days: 9 is laxer than the 10 days", id="laxer"),
        pytest.param("colour = 1\n", r"unknown key colour", id="an unknown key"),
        pytest.param(SHARE, r"share must be text such as 2/3, at most 1/1, got '7/5'", id="7/5"),
    ],
)
def test_a_local_pack_is_refused_with_file_and_reason(more: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        read_packs([("town.toml", PACK + more)], LAW)
    assert str(refused.value).startswith("town.toml: ")


def test_packs_in_a_cycle_are_refused_with_their_names() -> None:
    other = PACK.replace("town.assembly", "lane.assembly")
    texts = (
        PACK.replace("villagers.assembly.adults", "lane.assembly"),
        other.replace("villagers.assembly.adults", "town.assembly"),
    )
    with pytest.raises(ValueError, match=r"a cycle of parents") as refused:
        read_packs([("a.toml", texts[0]), ("b.toml", texts[1])], LAW)
    assert "a.toml" in str(refused.value) or "b.toml" in str(refused.value)
