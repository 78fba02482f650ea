"""A village officer enters a batch sheet by sheet and a colleague confirms it, without script."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.plugins.voting.test_batches import ballots
from tests.plugins.voting.test_pages import polling
from wugong.testing import Rehearsal
from wugong_server.testing import browse

Answer = Any
HAND = {"hand-sheets": "2", "total-0": "1", "total-1": "0", "total-2": "0"}
REST = {"hand-blank": "1", "hand-spoilt": "0"}


def village(**more: Any) -> tuple[Rehearsal, str, int, str]:
    r, matter, poll = polling(**more)
    r.enrol("zhou", ("officer",))
    return r, matter, poll, f"/m/{matter}/polls/{poll}"


def fields(page: str, where: str) -> dict[str, str]:
    """Return what a browser would send of the form that has ``where``, but for its buttons."""
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if where in f)
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        ticks = 'type="radio"' in tag or 'type="checkbox"' in tag
        if name and (not ticks or " checked" in tag):
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def add(client: TestClient, path: str, page: str, **sheet: Any) -> Answer:
    sent = {**fields(page, "carried"), **sheet, "step": "add"}
    return client.post(f"{path}/batches/new", data=sent)


def record(client: TestClient, path: str, page: str, **more: str) -> Answer:
    sent = {**fields(page, "carried"), **more, "step": "record"}
    return client.post(f"{path}/batches/new", data=sent)


def entered(client: TestClient, path: str) -> str:
    """Type two sheets, one of them blank, and return the page before they are recorded."""
    page = client.get(f"{path}/batches/new").text
    page = add(client, path, page, **HAND, **REST, unit="101", choice="yes").text
    return str(add(client, path, page, unit="102", choice="-").text)


def confirm(client: TestClient, path: str, **more: str) -> Answer:
    page = client.get(f"{path}/batches/1").text
    sent = {**fields(page, "hand-sheets"), **HAND, **REST, "step": "confirm", **more}
    return client.post(f"{path}/batches/1", data=sent)


def test_a_batch_goes_from_the_bundle_to_effect_by_two_people() -> None:
    r, _, poll, path = village()
    first, second = browse(r, "wang"), browse(r, "zhou")
    head = r.engine.head("example")
    page = entered(first, path)
    assert r.engine.head("example") == head, "typing sheets records nothing"
    assert "已录2张" in page and "同意" in page and "空白票" in page
    assert fields(page, "carried")["sheet"] == "", "no number stands where none was typed"
    done = record(first, path, page)
    assert done.status_code == 303, done.text
    page = first.get(done.headers["location"]).text
    assert "等另一个人复核" in page and "已记入实录" in page
    assert "有1批等另一个人复核" in first.get(path).text
    assert "第1批纸质选票：是否装路灯？" in second.get("/c/example").text
    assert "第1批纸质选票：是否装路灯？" not in first.get("/c/example").text
    assert ballots(r, poll) == {}
    done = confirm(second, path)
    assert done.status_code == 303, done.text
    assert "2张选票已生效" in second.get(done.headers["location"]).text
    assert {unit: one["choice"] for unit, one in ballots(r, poll).items()} == {
        "101": "yes",
        "102": "-",
    }
    assert "您已经投过票" in browse(r, "li").get(path).text


def test_a_total_that_differs_is_told_and_the_sheets_stay_typed() -> None:
    r, _, _, path = village()
    client = browse(r, "wang")
    head = r.engine.head("example")
    answer = record(client, path, entered(client, path), **{"total-0": "2", "hand-blank": "0"})
    assert answer.status_code == 409
    assert "同意：手工清点2，录入1，相差+1" in answer.text
    assert "空白票：手工清点0，录入1，相差−1" in answer.text
    assert r.engine.head("example") == head
    kept = fields(answer.text, "carried")
    assert '"101", "yes"' in kept["carried"] and kept["total-0"] == "2"
    assert record(client, path, answer.text, **HAND, **REST).status_code == 303


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        pytest.param({"unit": "999", "choice": "yes"}, "999不在这次表决冻结的名册上", id="unit"),
        pytest.param({"unit": "", "choice": "yes"}, "选票编号：请填整数", id="nothing typed"),
        pytest.param(
            {"unit": "", "choice": "yes", "sheet": "5"}, "5不在这次表决冻结的名册上", id="no paper"
        ),
        pytest.param({"unit": "101", "choice": "yes"}, "101在这一批里有两张票", id="unit twice"),
        pytest.param({"unit": "201"}, "请选票上写的选项", id="no choice"),
        pytest.param(
            {"unit": "201", "choice": "yes", "sheet": "1"}, "1号票在这一批里出现了两次", id="sheet"
        ),
        pytest.param(
            {"unit": "201", "choice": "yes", "sheet": "one"}, "选票编号：请填整数", id="no number"
        ),
        pytest.param(
            {"unit": "201", "choice": "yes", "sheet": "0"}, "选票编号：请填整数", id="number 0"
        ),
    ],
)
def test_what_is_wrong_with_a_sheet_is_said_at_once(sheet: dict[str, str], said: str) -> None:
    r, _, _, path = village()
    client = browse(r, "wang")
    page = entered(client, path)
    answer = add(client, path, page, **sheet)
    assert answer.status_code == 409 and said in answer.text, answer.text
    assert "已录2张" in answer.text
    again = fields(answer.text, "carried")
    assert again["unit"] == sheet["unit"] and again.get("choice") == sheet.get("choice")


@pytest.mark.parametrize("total", ["", "two", "-1", "1.5", "1234567"])
def test_a_total_that_is_no_number_is_said_with_its_name(total: str) -> None:
    r, _, _, path = village()
    client = browse(r, "wang")
    answer = record(client, path, entered(client, path), **{"total-1": total})
    assert answer.status_code == 409 and "反对：请填整数" in answer.text
    assert "已录2张" in answer.text


def test_a_sheet_is_taken_out_again_and_an_owner_is_found_by_any_of_their_flats() -> None:
    r, _, _, path = village()
    client = browse(r, "wang")
    page = add(client, path, entered(client, path), unit="202", choice="no").text
    assert "201, 202" in page and "已录3张" in page
    assert re.findall(r'value="remove-(\d)"', page) == ["2", "1", "0"]
    sent = {**fields(page, "carried"), "step": "remove-1"}
    page = client.post(f"{path}/batches/new", data=sent).text
    assert '[[1, "101", "yes"], [3, "201", "no"]]' in fields(page, "carried")["carried"]


def test_a_spoilt_sheet_keeps_its_reason_when_something_else_is_wrong() -> None:
    r, _, _, path = village()
    client = browse(r, "wang")
    page = client.get(f"{path}/batches/new").text
    answer = add(client, path, page, unit="999", spoilt="damaged")
    assert answer.status_code == 409 and fields(answer.text, "carried")["spoilt"] == "damaged"
    page = add(client, path, answer.text, unit="101").text
    assert "废票：破损" in page or '"!damaged"' in fields(page, "carried")["carried"]
    assert fields(page, "carried")["spoilt"] == ""


def test_who_entered_a_batch_is_told_that_another_confirms() -> None:
    r, _, poll, path = village()
    client = browse(r, "wang")
    record(client, path, entered(client, path))
    page = client.get(f"{path}/batches/1").text
    assert "由另一个人清点并复核" in page and "hand-sheets" not in page
    other = fields(browse(r, "zhou").get(f"{path}/batches/1").text, "hand-sheets")
    answer = client.post(
        f"{path}/batches/1", data={**other, "csrf": "", **HAND, **REST, "step": "confirm"}
    )
    assert answer.status_code == 409 and "要由另一个人清点并复核" in answer.text
    assert ballots(r, poll) == {}


def test_the_second_person_reads_nothing_of_the_batch_before_counting() -> None:
    r, _, _, path = village()
    record(browse(r, "wang"), path, entered(browse(r, "wang"), path))
    page = browse(r, "zhou").get(f"{path}/batches/1").text
    main = page[page.index("<main") : page.index("</main>")]
    assert "101" not in main and 'value="2"' not in main and "2张" not in main
    answer = confirm(browse(r, "zhou"), path, **{"hand-sheets": "3"})
    assert answer.status_code == 409 and "张数：手工清点3，录入2，相差+1" in answer.text
    assert fields(answer.text, "hand-sheets")["hand-sheets"] == "3"


def test_a_batch_is_withdrawn_with_a_reason_and_entered_anew() -> None:
    r, _, _, path = village()
    client = browse(r, "wang")
    record(client, path, entered(client, path))
    hidden = fields(client.get(f"{path}/batches/1").text, "withdraw")
    sent = {**hidden, "reason": "两张弄混了", "step": "withdraw"}
    assert client.post(f"{path}/batches/1", data=sent).status_code == 303
    assert client.get(f"{path}/batches/1").status_code == 404
    assert record(client, path, entered(client, path)).status_code == 303


@pytest.mark.parametrize("member", ["li", "desk", None])
def test_nobody_but_officers_comes_near_a_batch(member: str | None) -> None:
    r, _, _, path = village()
    record(browse(r, "wang"), path, entered(browse(r, "wang"), path))
    client = browse(r, member)
    for address in ("new", "1"):
        assert client.get(f"{path}/batches/{address}").status_code in (303, 403)
        sent = {"carried": '[[1, "101", "yes"]]', "step": "add", "unit": "102", "key": "k" * 22}
        answer = client.post(f"{path}/batches/{address}", data=sent)
        assert answer.status_code in (303, 403) and "zhao" not in answer.text


def test_marks_places_and_grades_are_typed_as_on_the_ballot() -> None:
    designs = [{"id": "lamp", "title": "路灯"}, {"id": "bench", "title": "凳子"}]
    for rule, sheet, choice, said in (
        ("approval", {"choice": ["lamp", "bench"]}, "lamp,bench", "有几张票勾了"),
        ("schulze", {"mark-0": "2", "mark-1": "1"}, "bench>lamp", "有几张票排在第一"),
        ("score", {"mark-0": "5", "mark-1": "0"}, "lamp:5,bench:0", "分数相加"),
        ("quadratic", {"mark-0": "4"}, "lamp:4", "旁边写的数相加"),
        ("irv", {}, "-", "有几张票排在第一"),
    ):
        r, _, _, path = village(rule=rule, options=designs)
        client = browse(r, "wang")
        page = client.get(f"{path}/batches/new").text
        assert said in page
        page = add(client, path, page, unit="101", **sheet).text
        assert f'[[1, "101", "{choice}"]]' == fields(page, "carried")["carried"]


def test_a_number_beside_an_option_that_is_none_is_said_with_its_title() -> None:
    r, _, _, path = village(
        rule="quadratic", options=[{"id": "a", "title": "甲"}, {"id": "b", "title": "乙"}]
    )
    client = browse(r, "wang")
    page = client.get(f"{path}/batches/new").text
    answer = add(client, path, page, unit="101", **{"mark-0": "four"})
    assert answer.status_code == 409 and "甲：请填整数" in answer.text


def test_a_secret_poll_says_why_it_takes_no_batches() -> None:
    r, _, _, path = village(secrecy="secret")
    page = browse(r, "wang").get(f"{path}/paper").text
    assert "不记名投票不能成批录入" in page and "batches/new" not in page


def test_a_batch_that_nobody_confirmed_in_time_is_said_to_count_for_nothing() -> None:
    r, _, _, path = village()
    client = browse(r, "wang")
    record(client, path, entered(client, path))
    r.wait(days=7)
    assert "没有复核，不计票" in client.get(f"{path}/paper").text
    page = client.get(f"{path}/batches/1").text
    assert "没有人复核，不计票" in page and "hand-sheets" not in page


@pytest.mark.parametrize(("language", "said"), [("zh-Hant", "手工清點"), ("en", "Counted by hand")])
def test_the_pages_of_a_batch_speak_the_reader_s_language(language: str, said: str) -> None:
    r, _, _, path = village()
    assert said in browse(r, "wang", language=language).get(f"{path}/batches/new").text
