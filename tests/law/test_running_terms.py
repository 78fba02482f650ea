"""After a result or a step the matter page says what the law wants next, by when, and from whom."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pytest

import wugong_rural
import wugong_urban
from tests.law.polls import PLUGINS, announced, ask, closed, town
from wugong import StepRecorded
from wugong.testing import Rehearsal
from wugong_server.testing import browse

MONDAY = datetime.fromisoformat("2026-06-01T09:00:00+08:00")
FILING = "通过后向乡镇政府备案"
RESULT = "公告业主大会的决定（北京）"


def row(r: Rehearsal, matter: str, title: str) -> str:
    """Return the row that begins with a title, empty where there is none, as the API has none."""
    page = browse(r, "wang").get(f"/m/{matter}")
    rows = re.findall(r"<tr>.*?</tr>", page.text.partition('id="can"')[2], re.S)
    plain = (re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", one)) for one in rows)
    said = next((one for one in plain if one.startswith(title)), "")
    assert bool(said) is any(one["title"] == title for one in terms(r, matter))
    return said


def terms(r: Rehearsal, matter: str) -> list[dict[str, Any]]:
    """Return the terms that the API gives, the nearest first."""
    found: list[dict[str, Any]] = browse(r, "wang").get(f"/api/v1/matters/{matter}").json()["terms"]
    assert found == sorted(found, key=lambda one: str(one["by"]))
    return found


def lie(r: Rehearsal, where: str) -> None:
    r.act("operator", "example", "wugong.setting_changed", {"name": "wugong.jurisdiction", "value": where})  # fmt: skip # noqa: E501


def recorded(r: Rehearsal, matter: str, step: str, day: date) -> int:
    return r.act("wang", matter, StepRecorded(step=step, held_on=day, resolved="办了。")).seq


@pytest.fixture
def village() -> tuple[Rehearsal, str]:
    members: dict[str, tuple[str, ...]] = {"wang": ("officer", "convenor")}
    members |= {f"m{n}": () for n in range(10)}
    r = Rehearsal(PLUGINS, members=members, setting="rural", start=MONDAY)
    r.roster("villagers", [(f"u{n}", f"m{n}", "", 0) for n in range(10)])
    return r, r.open("村规民约", by="wang", category="village_rules")


def held(r: Rehearsal, matter: str, yes: int) -> None:
    """Hold a poll of villagers: ten days of notice, seven of voting; the result is of 18 June."""
    announced(r, matter, days=10)
    poll = ask(r, matter, "villagers.assembly.adults", "villagers")
    closed(r, matter, poll, yes, 10 - yes)


def test_village_rules_that_carried_are_filed_by_a_day_that_the_page_says(
    village: tuple[Rehearsal, str],
) -> None:
    r, matter = village
    assert row(r, matter, FILING) == ""
    held(r, matter, 6)
    said = row(r, matter, FILING)
    assert "6月29日24:00" in said  # ten days after the 18th is a Sunday: the Monday
    assert "村民委员会" in said and "村民委员会组织法" in said
    assert "凭记忆" in said  # nobody read the number of days
    assert "最后一天不是工作日" in said and "没有2026年的节假日" in said
    assert "民法典第203条" in said
    (one,) = terms(r, matter)
    assert (one["title"], one["who"], one["kind"]) == (FILING, "村民委员会", "within")
    assert (one["since"], one["day"], one["by"]) == (
        "2026-06-18",
        "2026-06-29",
        "2026-06-29T16:00:00.000Z",
    )
    assert (one["confidence"], one["moved"], one["unknown_years"]) == ("M", True, [2026])
    assert one["article"].endswith("; 民法典 203")
    assert (one["act"], one["step"]) == ("wugong.step_recorded", "villagers.rules.file")


def test_rules_that_did_not_carry_are_not_filed(village: tuple[Rehearsal, str]) -> None:
    r, matter = village
    held(r, matter, 5)
    assert row(r, matter, FILING) == ""


def test_what_is_late_is_said_to_be_late_until_it_is_on_record(
    village: tuple[Rehearsal, str],
) -> None:
    r, matter = village
    held(r, matter, 6)
    r.wait(days=10)
    assert "还剩" in row(r, matter, FILING)
    r.wait(days=4)
    assert "已逾期" in row(r, matter, FILING)
    recorded(r, matter, "villagers.rules.file", date(2026, 7, 2))
    assert row(r, matter, FILING) == ""


def test_the_officer_gets_to_the_form_of_the_step(village: tuple[Rehearsal, str]) -> None:
    r, matter = village
    held(r, matter, 6)
    page = browse(r, "wang").get(f"/m/{matter}").text
    assert "step=villagers.rules.file" in page.partition(FILING)[0].rpartition("<tr>")[2]
    page = browse(r, "m1").get(f"/m/{matter}").text
    assert "step=villagers.rules.file" not in page


@pytest.mark.parametrize(
    ("place", "there"),
    [
        pytest.param("", False, id="not said where it lies"),
        pytest.param("CN-BJ", True, id="Beijing"),
        pytest.param("CN-SC", False, id="elsewhere"),
    ],
)
def test_the_days_of_a_city_run_in_that_city_alone(place: str, there: bool) -> None:
    r, matter = town(None)
    if place:
        lie(r, place)
    announced(r, matter)
    closed(r, matter, ask(r, matter, "owners.ordinary"), 6, 3)
    assert bool(row(r, matter, RESULT)) is there


def test_a_result_of_chengdu_is_published_in_three_days_and_hangs_for_thirty() -> None:
    r, matter = town(None)
    lie(r, "CN-SC-Chengdu")
    announced(r, matter)
    closed(r, matter, ask(r, matter, "owners.ordinary"), 3, 6)  # one that did not carry, too
    assert "业主委员会" in row(r, matter, "公布表决结果（成都）")
    assert row(r, matter, "公示表决结果（成都）") == ""
    today = r.clock.now.date()
    recorded(r, matter, "owners.ordinary.publish_result", today)
    assert row(r, matter, "公布表决结果（成都）") == ""
    assert "还剩" in row(r, matter, "公示表决结果（成都）")
    r.wait(days=31)
    assert row(r, matter, "公示表决结果（成都）") == ""  # it may come down: nobody is late


def test_an_owners_committee_is_filed_in_thirty_days_and_nothing_else_is() -> None:
    r, other = town(None)
    matter = r.open("选举业主委员会", by="wang", category="owners_committee")
    for one in (matter, other):
        announced(r, one)
        closed(r, one, ask(r, one, "owners.ordinary"), 6, 3)
    assert "物业管理条例" in row(r, matter, "业主委员会选出后备案")
    assert row(r, other, "业主委员会选出后备案") == ""


def test_a_plan_hangs_as_long_as_the_place_says_and_elsewhere_no_days_are_named() -> None:
    for place, there in (("CN-SD-Jinan", True), ("CN-SC", False)):
        r = Rehearsal({"urban": wugong_urban}, members={"wang": ("officer",)}, start=MONDAY)
        lie(r, place)
        matter = r.open("加装电梯", by="wang", category="lift")
        seq = recorded(r, matter, "owners.lift.post", MONDAY.date())
        assert bool(row(r, matter, "方案公示（莱芜、钢城）")) is there
        notice = browse(r, "wang").get(f"/m/{matter}/notices/{seq}").text
        assert ("6月16日24:00" in notice) is there


def test_working_days_of_an_application_end_with_the_record_of_its_check() -> None:
    r = Rehearsal({"rural": wugong_rural}, members={"wang": ("officer",)}, setting="rural", start=MONDAY)  # fmt: skip # noqa: E501
    lie(r, "CN-GD-Shanwei")
    matter = r.open("宅基地", by="wang", category="homestead")
    recorded(r, matter, "homestead.application.discuss", date(2026, 6, 1))
    assert "6月8日24:00" in row(r, matter, "公示申请（汕尾）")
