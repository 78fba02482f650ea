"""The pages of a show of hands, without script: who is there, both counts, and what is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.plugins.voting.neighbourhood import cast, charter, decided, heads, opened
from tests.plugins.voting.test_hands import AREA, met
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting.state import polls_of


def send(client: TestClient, place: str, **typed: Any) -> Any:
    hidden = dict(re.findall(r'name="(csrf|key)" value="(.*?)"', client.get(place).text))
    return client.post(place, data={**hidden, **typed})


def counted(yes: int, no: int, people: Any = 3, **more: Any) -> dict[str, Any]:
    totals = {"total-0": yes, "total-1": no, "total-2": 0}
    return {"what": "count", "number": 1, "people": people, **totals, **more}


def at_the_meeting(*named: str, **more: Any) -> tuple[Rehearsal, str, int, str]:
    r, matter, poll = met(**more)
    place = f"/m/{matter}/polls/{poll}/hands"
    there = {"what": "here", "entitlements": list(named or ("101", "102", "301"))}
    assert send(browse(r, "wang"), place, **there).status_code == 303
    return r, matter, poll, place


def test_two_officers_count_raised_hands_with_the_browser_alone() -> None:
    r, matter, poll, place = at_the_meeting()
    first, second = browse(r, "wang"), browse(r, "zhou")
    assert "举手表决" in first.get(f"/m/{matter}/polls/{poll}").text
    assert send(first, place, **counted(2, 1)).status_code == 303
    assert "等另一名计票人" in first.get(place).text
    assert "复核第1次举手" in second.get("/c/example").text, "it waits for the second teller"
    assert "复核第1次举手" not in first.get("/c/example").text
    shown = second.get(f"{place}/1").text
    assert 'value="2"' not in shown, "the second teller reads nothing of the first count"
    wrong = send(second, f"{place}/1", step="confirm", **counted(1, 1))
    assert wrong.status_code == 409 and "相差−1" in wrong.text
    assert "同意：" in wrong.text and "For：" not in wrong.text, "in the words of who reads it"
    assert wrong.text.index("<h1") < wrong.text.index("<h2"), "the heading stands before it"
    assert send(second, f"{place}/1", step="confirm", **counted(2, 1)).status_code == 303
    mine = browse(r, "li").get(f"/m/{matter}/polls/{poll}").text
    assert "已在会上举手计入（第1次）" in mine and 'name="choice"' not in mine
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert heads(made) == {"yes": 2, "no": 1, "abstain": 0}
    for page in (f"/m/{matter}/polls/{poll}", f"/m/{matter}/notices/{_result(r, matter)}"):
        said = re.sub(r"<.*?>", "", first.get(page).text)
        assert "第1次举手：3张选票，由wang和zhou分别清点、结果一致" in said, page


def _result(r: Rehearsal, matter: str) -> int:
    (its,) = polls_of(r.matter(matter)).values()
    return its.decided_by


def test_who_has_another_ballot_is_named_and_not_counted() -> None:
    r, matter, poll, place = at_the_meeting()
    cast(r, matter, poll, "sun", "no")
    client = browse(r, "wang")
    said = re.sub(r"<.*?>", "", client.get(place).text)
    assert "不举手：301 sun" in said
    assert send(client, place, **counted(2, 1)).status_code == 409, "three are one too many"
    assert send(client, place, **counted(2, 0, people=2)).status_code == 303


def test_what_was_typed_stays_when_it_is_refused() -> None:
    r, _matter, _poll, place = at_the_meeting()
    said = send(browse(r, "wang"), place, **counted(3, 1))
    assert said.status_code == 409
    assert "举手4只" in said.text and 'value="3"' in said.text
    said = send(browse(r, "wang"), place, **counted(2, 1, people="many"))
    assert said.status_code == 409 and "请填整数" in said.text


def test_who_entered_a_count_can_take_it_out_but_not_confirm_it() -> None:
    r, _matter, _poll, place = at_the_meeting()
    client = browse(r, "wang")
    send(client, place, **counted(2, 1))
    assert 'value="confirm"' not in client.get(f"{place}/1").text
    out = send(client, f"{place}/1", step="withdraw", reason="miscounted")
    assert out.status_code == 303
    assert client.get(f"{place}/1").status_code == 404
    left = {"what": "left", "entitlements": ["301"]}
    assert send(client, place, **left).status_code == 303
    assert send(client, place, **counted(1, 1, people=2)).status_code == 303


def test_who_is_there_is_noted_group_by_group() -> None:
    r, matter, poll = met()
    client, place = browse(r, "wang"), f"/m/{matter}/polls/{poll}/hands"
    assert "group=3" in client.get(place).text
    page = client.get(f"{place}?group=3").text
    assert re.findall(r'name="entitlements" value="(\d+)"', page) == ["401", "402", "501", "502"]
    there = {"what": "here", "entitlements": ["401", "402"]}
    sent = send(client, f"{place}?group=3", **there)
    assert (sent.status_code, "group=3" in sent.headers["location"]) == (303, True)
    assert "现在可以举手" in client.get(place).text


@pytest.mark.parametrize("member", ["li", "desk"])
def test_only_tellers_come_to_the_pages(member: str) -> None:
    r, matter, poll, place = at_the_meeting()
    client = browse(r, member)
    assert "/hands" not in client.get(f"/m/{matter}/polls/{poll}").text
    assert client.get(place).status_code == 403
    assert client.post(place, data=counted(2, 1)).status_code == 403
    assert client.post(f"{place}/1", data=counted(2, 1)).status_code == 403


@pytest.mark.parametrize("why", ["no meeting", "area"])
def test_a_poll_that_hands_cannot_decide_offers_none(why: str) -> None:
    by_area = charter(quorum=f'[{{ id = "take_part", {AREA} }}]')
    r, matter, poll = met(by_area) if why == "area" else met(channels=["web"])
    client, place = browse(r, "wang"), f"/m/{matter}/polls/{poll}"
    assert "/hands" not in client.get(place).text
    assert client.get(f"{place}/hands").status_code == 404
    assert "登记到会" not in client.get(f"/m/{matter}").text, "nor is it offered there"


def test_a_count_waits_for_nobody_after_the_end() -> None:
    r, matter, _poll, place = at_the_meeting(counting_hours=5)
    assert "登记到会" in browse(r, "zhou").get(f"/m/{matter}").text
    send(browse(r, "wang"), place, **counted(2, 1))
    assert "复核第1次举手" in browse(r, "zhou").get("/c/example").text
    r.clock.move(days=7)
    assert "复核第1次举手" not in browse(r, "zhou").get("/c/example").text


@pytest.mark.parametrize(
    ("yes", "row"), [pytest.param(2, False, id="all raised"), pytest.param(1, True, id="one idle")]
)
def test_the_table_of_the_result_adds_up_to_who_took_part(yes: int, row: bool) -> None:
    r, matter, poll, place = at_the_meeting()
    send(browse(r, "wang"), place, **counted(yes, 1))
    send(browse(r, "zhou"), f"{place}/1", step="confirm", **counted(yes, 1))
    r.wait(days=7)
    for page in (f"/m/{matter}/polls/{poll}", f"/m/{matter}/notices/{_result(r, matter)}"):
        table = browse(r, "wang").get(page).text.partition("<tbody>")[2].partition("</table>")[0]
        *listed, part = map(int, re.findall(r'<td class="r">(\d+)</td>', table))
        assert ("空白、废票或没有举手" in table, sum(listed), part) == (row, 3, 3), page


def test_who_is_counted_already_is_not_asked_to_come_again() -> None:
    r, _matter, _poll, place = at_the_meeting()
    client = browse(r, "wang")
    assert "已计入前面的举手" not in client.get(place).text
    send(client, place, **counted(2, 1))
    assert "已计入前面的举手" in client.get(place).text


def test_the_only_poll_that_takes_hands_opens_its_page_and_of_two_one_is_named() -> None:
    r, matter, poll, place = at_the_meeting()
    client, general = browse(r, "wang"), f"/m/{matter}/do/voting.hands_entered"
    answer = client.get(general, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, place)
    another = opened(r, matter, channels=["web", "meeting"])
    page = client.get(general, follow_redirects=False)
    assert page.status_code == 200 and "继续" in page.text
    assert re.findall(r'name="poll" value="(\d+)"', page.text) == [str(another), str(poll)]
    answer = client.get(general, params={"poll": poll}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, place)
