"""Whoever opens a matter chooses its kind in words, or writes one that nobody foresaw."""

from __future__ import annotations

import re
from typing import Any

import pytest

import wugong_rural
import wugong_urban
from tests.law.lawbook import LAW
from tests.server.test_documents_pages import form_of
from wugong import JURISDICTION
from wugong.testing import Rehearsal
from wugong_rural.settings import RURAL
from wugong_server.testing import browse
from wugong_urban.texts import URBAN

OPEN = "/m/example/do/wugong.matter_opened"


def community(setting: str, **more: Any) -> Rehearsal:
    plugins = {"urban": wugong_urban, "rural": wugong_rural}
    return Rehearsal(plugins, members={"li": ()}, setting=setting, **more)


def offered(r: Rehearsal, language: str = "zh-Hans") -> dict[str, str]:
    page = browse(r, "li", language=language).get(OPEN).text
    found = re.search(r'<select id="f-category" name="category">(.*?)</select>', page, re.S)
    assert found is not None
    return dict(re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)', found[1]))


def opened(r: Rehearsal, **typed: str) -> Any:
    client = browse(r, "li")
    return client.post(OPEN, data={**form_of(client.get(OPEN).text), "title": "一件事", **typed})


@pytest.mark.parametrize("setting", [URBAN, RURAL], ids=["urban", "rural"])
def test_every_kind_that_a_procedure_names_has_words(setting: Any) -> None:
    named = {kind for one in LAW.values() if one.setting == setting.name for kind in one.matters}
    assert named and named <= setting.matters.keys()
    shown = offered(community(setting.name))
    assert shown.keys() == named
    assert not any(re.search(r"[a-z]", words) for words in shown.values())


def test_a_village_is_not_offered_the_kinds_of_a_town() -> None:
    assert offered(community("rural"))["homestead"] == "宅基地申请"
    assert "lift" not in offered(community("rural"))
    assert offered(community("urban"), "zh-Hant")["lift"] == "加裝電梯"


def test_procedures_of_another_place_offer_no_kind_here() -> None:
    everywhere = offered(community("rural"))
    assert offered(community("rural", settings={JURISDICTION: "CN-SC"})) == everywhere


@pytest.mark.parametrize(
    ("typed", "category"),
    [
        ({"category": "lift"}, "lift"),
        ({"category-other": "路灯"}, "路灯"),
        ({"category": "lift", "category-other": "lift"}, "lift"),
        ({}, ""),
    ],
)
def test_the_kind_is_chosen_written_or_left_out(typed: dict[str, str], category: str) -> None:
    r = community("urban")
    assert opened(r, **typed).status_code == 303
    (line,) = r.engine.matters("example", r.viewer("example", "li"))[0]
    assert line.category == category


def test_two_kinds_are_refused_and_both_stay_on_the_form() -> None:
    r = community("urban")
    before = r.engine.head("example")
    answer = opened(r, **{"category": "lift", "category-other": "路灯"})
    assert answer.status_code == 422
    assert "不要两处都填" in answer.text
    assert '<option value="lift" selected>' in answer.text and 'value="路灯"' in answer.text
    assert r.engine.head("example") == before


def test_a_kind_that_is_too_long_is_refused() -> None:
    r = community("urban")
    assert opened(r, **{"category-other": "灯" * 40}).status_code == 303
    assert opened(r, **{"category-other": "灯" * 41}).status_code == 422


def test_what_a_link_names_and_no_choice_has_stands_in_the_other_field() -> None:
    page = browse(community("urban"), "li").get(f"{OPEN}?category=light").text
    assert re.search(r'name="category-other"[^>]* value="light"', page)
    page = browse(community("urban"), "li").get(f"{OPEN}?category=lift").text
    assert '<option value="lift" selected>' in page


def test_the_record_says_the_kind_in_words() -> None:
    r = community("urban")
    opened(r, category="lift")
    (line,) = r.engine.matters("example", r.viewer("example", "li"))[0]
    page = browse(r, "li").get(f"/m/{line.id}/records/{line.id.partition('.')[2]}").text
    assert "加装电梯" in page
