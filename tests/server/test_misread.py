"""A form that cannot be read comes back as it was filled, with each complaint at its field."""

from __future__ import annotations

import re
from typing import Any

import pytest

import wugong_planning
import wugong_points
import wugong_urban
from wugong import Ref, seal
from wugong.testing import Rehearsal
from wugong_planning.events import Clause, OpinionGiven, SchemePublished
from wugong_server.testing import browse


@pytest.fixture
def town() -> Rehearsal:
    plugins = {"planning": wugong_planning, "points": wugong_points, "urban": wugong_urban}
    members = {"wang": ("officer",), "zhao": ("officer",), "li": ()}
    return Rehearsal(plugins, members=members, community="wutong")


@pytest.fixture
def lift(town: Rehearsal) -> str:
    m = town.open("3幢加装电梯（示例）", by="li", category="lift")
    town.act("wang", m, SchemePublished(title="方案", clauses=(Clause(text="栏杆刷漆"),)))
    return m


def hidden(page: str) -> dict[str, str]:
    form = page[page.index('method="post" action="/m/') :]
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))


def seen(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<main")[2]))


@pytest.mark.parametrize("length", [2000, 2001])
def test_planning_shows_the_filled_form_again(town: Rehearsal, lift: str, length: int) -> None:
    li, path, text = browse(town, "li"), f"/m/{lift}/needs/new", "暗" * length
    answer = li.post(path, data={**hidden(li.get(path).text), "text": text, "place": "1单元"})
    if length == 2000:
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert f">{text}</textarea>" in answer.text and 'value="1单元"' in answer.text
    assert '<a href="#f-text">哪里不方便？</a>' in answer.text  # a summary that takes the focus
    assert 'id="f-text-err">有2,001个字，最多2,000个' in answer.text
    assert town.engine.head("wutong").seq == town.matter(lift).last


def test_a_choice_that_is_missing_is_named_beside_what_was_typed(
    town: Rehearsal, lift: str
) -> None:
    version = Ref(town.matter(lift).last)
    opinion = town.act("li", lift, OpinionGiven(scheme=version, text=seal("太暗"))).seq
    wang, path = browse(town, "wang"), f"/m/{lift}/opinions/{opinion}/answer"
    answer = wang.post(path, data={**hidden(wang.get(path).text), "reason": "按第1条"})
    assert answer.status_code == 422
    assert "按第1条</textarea>" in answer.text and "太暗" in answer.text
    assert 'aria-describedby="f-decision-err"' in answer.text


def test_a_fragment_is_the_filled_form_with_its_complaint(town: Rehearsal) -> None:
    wang, path = browse(town, "wang"), "/m/wutong/points/rule"
    sent = {**hidden(wang.get(path).text), "points": "many", "kind": "planning.need_filed"}
    answer = wang.post(path, data=sent, headers={"hx-request": "true"})
    assert answer.status_code == 422 and "<main" not in answer.text
    assert 'value="many"' in answer.text and 'id="f-points-err"' in answer.text


# Codes that lead nowhere


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param("4Q7M-2K9P-8C3T", "这不是核对码", id="a group short"),
        pytest.param("4Q7M-2K9P-8C3T-W6RO", "这不是核对码", id="with an O"),
        pytest.param("4Q7M-2K9P-8C3T-W6RX", "实录里没有这个核对码", id="of nothing"),
    ],
)
def test_a_receipt_that_leads_nowhere_is_told_in_words_that_fit(
    town: Rehearsal, code: str, words: str
) -> None:
    answer = browse(town).get("/c/wutong/verify", params={"code": code})
    page = seen(answer.text)
    assert answer.status_code == 404
    assert "查不到这个核对码" in page and words in page
    assert "现在还不能" not in page and "没有留下任何改动" not in page
    assert code.replace("-", " ") in answer.text  # still in the field


# Steps


def choices_of(client: Any, matter: str) -> str:
    page = client.get(f"/m/{matter}/do/wugong.step_recorded").text
    found = re.search(r'<select id="f-step".*?</select>', page, re.S)
    assert found is not None
    return found[0]


def test_the_steps_stand_under_their_procedure_which_is_named_once(
    town: Rehearsal, lift: str
) -> None:
    select = choices_of(browse(town, "wang"), lift)
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', select, re.S)
    assert len(groups) > 1 and len({label for label, _ in groups}) == len(groups)
    for label, options in groups:
        titles = re.findall(r"<option[^>]*>([^<]+)<", options)
        assert titles and not any(label in title for title in titles)
    assert select.count("<option") == 1 + sum(o.count("<option") for _, o in groups)
