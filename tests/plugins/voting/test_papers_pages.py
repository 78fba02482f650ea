"""The officers' page of paper ballots, without script; what residents see of it: nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.plugins.voting.test_pages import polling
from wugong_server.testing import browse


def send(client: TestClient, path: str, **typed: Any) -> Any:
    page = client.get(f"{path}/paper").text
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if "entitlements" in f)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return client.post(f"{path}/paper", data={**hidden, "how": "door", **typed})


def figures(page: str) -> list[str]:
    """Return what is stated of the papers: handed over, back, outstanding."""
    found = re.search(
        r"<dt>已发出</dt><dd>(\d+)</dd><dt>已收回</dt><dd>(\d+)</dd>.*?<dd>(\d+)<", page
    )
    assert found is not None, page
    return list(found.groups())


def test_an_officer_logs_papers_and_reads_how_many_are_out() -> None:
    r, matter, poll = polling()
    path, client = f"/m/{matter}/polls/{poll}", browse(r, "wang")
    assert figures(client.get(path).text) == ["0", "0", "0"]
    done = send(client, path, entitlements=["101", "102"], what="delivered", handed_by="desk")
    assert done.status_code == 303, done.text
    page = client.get(done.headers["location"]).text
    assert "已记入实录" in page and figures(page) == ["2", "0", "2"]
    assert re.search(r"<b>101</b>li，<time [^>]*>2026年3月2日</time>由desk发出（送上门）", page)
    assert send(client, path, entitlements=["102"], what="returned").status_code == 303
    assert figures(client.get(path).text) == ["2", "1", "1"]
    assert "收回" in client.get(f"{path}/paper?group=1").text


def test_what_is_refused_keeps_the_ticks_and_logs_nothing() -> None:
    r, matter, poll = polling()
    path, client = f"/m/{matter}/polls/{poll}", browse(r, "wang")
    answer = send(client, path, entitlements=["101", "201"], what="returned", on="2026-03-01")
    assert answer.status_code == 409 and "101的纸质选票还没有发出" in answer.text
    assert re.findall(r'value="(\d+)" checked', answer.text) == ["101", "201"]
    assert 'value="2026-03-01"' in answer.text
    assert figures(client.get(path).text) == ["0", "0", "0"]


def test_nothing_ticked_is_said() -> None:
    r, matter, poll = polling()
    answer = send(browse(r, "wang"), f"/m/{matter}/polls/{poll}", what="delivered")
    assert answer.status_code == 422


def test_a_long_roll_comes_in_pages_and_lists_helpers_by_their_roles() -> None:
    r, matter, _ = polling()
    r.roster(
        "owners", [(f"{n:03d}", "li" if n == 1 else f"m{n}", "1", 80_00) for n in range(1, 62)]
    )
    body = {
        "question": "凳子？",
        "options": [{"id": o, "title": o} for o in ("yes", "no", "abstain")],
        "procedure": "charter",
        "roster": "owners",
        "closes_at": (r.clock.now + timedelta(days=7)).isoformat(),
    }
    poll = r.act("wang", matter, "voting.poll_opened", body).seq
    client, path = browse(r, "wang"), f"/m/{matter}/polls/{poll}/paper"
    first, second = client.get(path).text, client.get(f"{path}?page=2").text
    assert [p.count('name="entitlements"') for p in (first, second)] == [60, 1]
    chosen = re.search(r'<select[^>]*name="handed_by".*?</select>', first, re.S)
    assert chosen is not None
    assert re.findall(r'<option value="(\w+)"', chosen[0]) == ["desk", "wang"]


def test_the_list_is_cut_down_to_a_group() -> None:
    r, matter, poll = polling()
    client = browse(r, "wang")
    units = r'name="entitlements" value="(\d+)"'
    path = f"/m/{matter}/polls/{poll}/paper"
    assert re.findall(units, client.get(path).text) == ["101", "102", "201"]
    assert re.findall(units, client.get(f"{path}?group=2").text) == ["201"]


@pytest.mark.parametrize("member", ["li", "desk", None])
def test_nobody_but_officers_reads_the_log(member: str | None) -> None:
    r, matter, poll = polling()
    path = f"/m/{matter}/polls/{poll}"
    send(browse(r, "wang"), path, entitlements=["101"], what="delivered")
    client = browse(r, member)
    page = client.get(path).text
    assert "已发出" not in page and "/paper" not in page
    answer = client.get(f"{path}/paper")
    assert answer.status_code in (303, 403) and "发出（" not in answer.text
    data = {"entitlements": ["101"], "how": "door", "what": "delivered", "key": "k" * 22}
    answer = client.post(f"{path}/paper", data=data)
    assert answer.status_code in (403, 409) and "发出（" not in answer.text


def test_after_the_closing_the_log_can_be_read_and_not_changed() -> None:
    r, matter, poll = polling()
    path, client = f"/m/{matter}/polls/{poll}", browse(r, "wang")
    send(client, path, entitlements=["101"], what="delivered")
    r.wait(days=7)
    page = client.get(f"{path}/paper").text
    assert figures(page) == ["1", "0", "1"] and 'name="entitlements"' not in page


def test_a_poll_without_papers_shows_none() -> None:
    r, matter, poll = polling(channels=["web"])
    assert "已发出" not in browse(r, "wang").get(f"/m/{matter}/polls/{poll}").text


@pytest.mark.parametrize(("language", "said"), [("zh-Hant", "已發出"), ("en", "Handed over")])
def test_the_log_speaks_the_reader_s_language(language: str, said: str) -> None:
    r, matter, poll = polling()
    client = browse(r, "wang", language=language)
    assert said in client.get(f"/m/{matter}/polls/{poll}/paper").text
