"""Objections on pages: filed, answered, and told on certificate and sheet."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.plugins.voting.objecting import (
    ANSWERED,
    BALLOT,
    ROLL,
    WORDS,
    answer,
    contest,
    objections,
)
from tests.plugins.voting.test_pages import OWNERS, polling
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting.state import polls_of


def paged() -> tuple[Rehearsal, str, int, str]:
    r, matter, poll = polling()
    r.enrol("zhou", ("officer",))
    return r, matter, poll, f"/m/{matter}/polls/{poll}"


def told(client: TestClient, path: str) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"<[^>]*>", "", str(client.get(path).text))


def file(client: TestClient, matter: str, kind: str, **typed: Any) -> str:
    """Fill in the form of an act, check it, record it, and return the page that follows."""
    path = f"/m/{matter}/do/{kind}"
    key = re.search(r'name="key" value="([^"]+)"', client.get(path).text)
    assert key
    data = {name: str(value) for name, value in typed.items()} | {"key": key[1]}
    checked = client.post(path, data=data)
    assert checked.status_code == 200, checked.text
    sent = client.post(path, data={**data, "act-step": "checked"})
    assert sent.status_code == 303, sent.text
    return str(client.get(sent.headers["location"]).text)


def test_a_resident_contests_the_roll_and_an_officer_answers_with_the_browser_alone() -> None:
    r, matter, poll, path = paged()
    tenant, wang = browse(r, "tenant"), browse(r, "wang")
    assert "可以在3月9日24:00之前对名册提出异议。最后一天不是工作日，顺延到下一个工作日。" in told(
        tenant, path
    )
    assert f"/m/{matter}/do/voting.roll_contested?poll={poll}" in tenant.get(path).text
    file(tenant, matter, ROLL, poll=poll, text=WORDS)
    (one,) = objections(r, matter, poll)
    page = told(wang, path)
    assert f"第{one.id}号异议待答复，期限：3月5日24:00。" in page and "已逾期" not in page
    assert f"第{one.id}号异议" in wang.get("/c/example").text
    assert "等您办的事1件" in wang.get("/c/example").text
    assert ANSWERED not in tenant.get(path).text
    record = f"/m/{matter}/records/{one.id}"
    assert record in wang.get(path).text and record not in browse(r, "li").get(path).text
    assert WORDS in wang.get(record).text and WORDS not in browse(r, "li").get(record).text
    form = wang.get(f"/m/{matter}/do/{ANSWERED}?poll={poll}&objection={one.id}").text
    assert WORDS in form
    asked = {"poll": poll, "objection": one.id, "finding": "upheld", "reason": "登记有误"}
    file(wang, matter, ANSWERED, **asked)
    for who in ("li", None):
        page = told(browse(r, who), path)
        assert "对名册的异议成立。" in page and "登记有误" in page and "请重新付诸表决。" in page
        assert WORDS not in page
    r.wait(days=7)
    for address in (path, f"/m/{matter}/notices/{polls_of(r.matter(matter))[poll].decided_by}"):
        page = told(browse(r), address)
        assert "对名册的异议成立。" in page and "请重新付诸表决。" in page
        assert "异议不改动已冻结的名册，也不改动计票。" in page


def test_what_is_overdue_is_shown_and_does_not_wait_for_who_wrote_it() -> None:
    r, matter, poll, path = paged()
    number = contest(r, matter, poll, ROLL, by="wang", left_out="tenant")
    assert ANSWERED not in browse(r, "wang").get(path).text
    assert "眼下没有等您办的事" in browse(r, "wang").get("/c/example").text
    assert f"答复第{number}号异议" in told(browse(r, "zhou"), "/c/example")
    r.until(datetime(2026, 3, 5, 16, tzinfo=UTC) - timedelta(seconds=1))
    assert "已逾期" not in browse(r, "zhou").get(path).text
    r.clock.move(seconds=1)
    page = browse(r, "zhou").get(path).text
    assert "已逾期" in page and ANSWERED in page


@pytest.mark.parametrize(
    ("units", "said", "again"),
    [
        pytest.param([], "", False, id="nothing was upheld"),
        pytest.param(["102"], "有异议的选票不会改变任何一项检验。", False, id="230 m² remain"),
        pytest.param(["101", "102"], "有异议的选票可能改变结论。", True, id="150 m² of 200"),
        pytest.param(["201"], "有异议的选票可能改变结论。", True, id="one of 150 m²"),
    ],
)
def test_the_certificate_and_the_sheet_say_whether_a_ballot_could_have_turned_it(
    units: list[str], said: str, again: bool
) -> None:
    r, matter, poll, path = paged()
    for who in ("li", "zhao", "qian"):
        unit = next(unit for unit, member, _, _ in OWNERS if member == who)
        r.act(
            who, matter, "voting.ballot_cast", {"poll": poll, "entitlement": unit, "choice": "yes"}
        )
    r.wait(days=7)
    for unit in ("101", "102", "201"):
        number = contest(r, matter, poll, BALLOT, by="tenant", entitlement=unit)
        answer(r, matter, poll, number, "upheld" if unit in units else "not_upheld")
    sheet = f"/m/{matter}/notices/{polls_of(r.matter(matter))[poll].decided_by}"
    for address in (path, sheet):
        page = told(browse(r), address)
        assert said in page
        assert ("请重新付诸表决。" in page) is again
    assert "号异议不成立。" in told(browse(r), path)


def test_an_upheld_objection_to_a_ballot_that_was_never_cast_changes_nothing() -> None:
    r, matter, poll, path = paged()
    number = contest(r, matter, poll, BALLOT, entitlement="101")
    answer(r, matter, poll, number)
    r.wait(days=7)
    page = told(browse(r), path)
    assert "对选票的异议成立。" in page and "有异议的选票不会改变任何一项检验。" in page
    assert "请重新付诸表决。" not in page


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_a_late_objection_is_refused_in_the_reader_s_language(language: str) -> None:
    r, matter, poll, path = paged()
    said = {
        "zh-Hans": "对名册的异议应在冻结后5天内提出，已于3月9日24:00到期。",
        "zh-Hant": "對名冊的異議應在凍結後5天內提出，已於3月9日24:00到期。",
        "en": "The roll could be contested until",
    }
    client = browse(r, "tenant")
    r.until(datetime(2026, 3, 9, 16, tzinfo=UTC))
    head = r.engine.head("example")
    data = {"poll": str(poll), "text": WORDS, "key": "k" * 22, "act-step": "checked"}
    headers = {"accept-language": language}
    refused = client.post(f"/m/{matter}/do/{ROLL}", data=data, headers=headers)
    assert refused.status_code == 409 and said[language] in refused.text
    assert WORDS in refused.text, "what was typed is kept"
    assert r.engine.head("example") == head
    assert "do/voting.roll_contested" not in client.get(path).text
