"""A poll that scrutineers open, by pages alone: opened, voted in, closed, unlocked, posted."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient

from tests.plugins.voting.test_pages import polling, vote
from wugong.ceremony import hold
from wugong.testing import Rehearsal
from wugong_server.testing import browse

Opened = tuple[Rehearsal, str, int, tuple[str, ...]]


@pytest.fixture
def sealed() -> Opened:
    key, shares = hold(2, 3)
    r, matter, poll = polling(secrecy="scrutineers", box_key=str(key))
    for member in ("li", "zhao", "qian"):
        vote(browse(r, member), matter, poll, "yes")
    return r, matter, poll, shares


def unlock(client: TestClient, matter: str, poll: int, *shares: str) -> tuple[int, str]:
    """Follow the link on the page of the poll and send the form with these shares."""
    page = client.get(f"/m/{matter}/polls/{poll}").text
    link = re.search(r'href="([^"]*/do/voting\.box_unlocked[^"]*)"[^>]*>', page)
    assert link is not None, page
    path = html.unescape(link[1])
    form = client.get(path).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    sent = {**hidden, "poll": str(poll), "shares": "\r\n".join(shares)}
    answer = client.post(path.partition("?")[0], data=sent)
    if answer.status_code == 200 and 'name="step"' in answer.text:
        again = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', answer.text))
        answer = client.post(path.partition("?")[0], data={**sent, **again, "step": "record"})
    return answer.status_code, answer.text


def test_the_page_says_who_opens_the_box_and_offers_it_after_the_closing(sealed: Opened) -> None:
    r, matter, poll, shares = sealed
    officer = browse(r, "wang")
    page = officer.get(f"/m/{matter}/polls/{poll}").text
    assert "选票密封给3位监票人：截止后其中2位一起才能开箱" in page
    assert "voting.box_unlocked" not in page
    r.wait(days=8)
    page = officer.get(f"/m/{matter}/polls/{poll}").text
    assert "等足够的监票人一起开箱后计票" in page
    code, said = unlock(officer, matter, poll, shares[0])
    assert (code, "只给了1份密钥" in said) == (409, True), said
    code, said = unlock(officer, matter, poll, shares[0], shares[1][:-5])
    assert (code, "输入的第2份读错了" in said) == (409, True)
    code, said = unlock(officer, matter, poll, shares[0], shares[2])
    assert code == 303, said
    certificate = browse(r, "li").get(f"/m/{matter}/polls/{poll}").text
    assert "表决结果" in certificate and "3项检验" in certificate
    assert "通过" in certificate


def test_what_was_typed_can_be_mended_and_no_share_stays_in_the_record(sealed: Opened) -> None:
    r, matter, poll, shares = sealed
    r.wait(days=8)
    officer = browse(r, "wang")
    _code, said = unlock(officer, matter, poll, shares[0])
    assert shares[0] in said  # 33 groups are not typed twice for one missing sheet
    unlock(officer, matter, poll, *shares[:2])
    told = repr([record["body"] for record in r.engine.export("example")])
    assert not [share for share in shares if share[:19] in told]


def test_a_resident_is_not_offered_the_box(sealed: Opened) -> None:
    r, matter, poll, _shares = sealed
    r.wait(days=8)
    page = browse(r, "li").get(f"/m/{matter}/polls/{poll}").text
    assert "voting.box_unlocked" not in page


def key_folded(page: str) -> bool:
    """Tell whether the field of the key stands in a closed ``details``."""
    found = re.search(
        r'<details( open)?><summary>[^<]*</summary>\s*<div class="field">'
        r'<label for="f-box_key">',
        page,
    )
    assert found is not None
    return not found[1]


def test_a_poll_is_opened_on_the_page_with_the_key_of_a_ceremony() -> None:
    key, _shares = hold(2, 3)
    r, matter, _poll = polling()
    officer = browse(r, "wang")
    path = f"/m/{matter}/polls/new"
    form = officer.get(path).text
    assert key_folded(form), "few polls need a key"
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    asked = {
        "question": "选监事",
        "procedure": "charter",
        "channels": "web",
        "rule": "yes_no_abstain",
        "closes_at": "2027-12-01T10:00",
        "secrecy": "scrutineers",
    }
    wrong = officer.post(path, data={**hidden, **asked, "box_key": str(key)[:-1]})
    assert (wrong.status_code, "没有抄全" in wrong.text) == (409, True)
    missing = officer.post(path, data={**hidden, **asked})
    assert not (key_folded(wrong.text) or key_folded(missing.text)), "it is to be mended"
    opened = officer.post(path, data={**hidden, **asked, "box_key": str(key)})
    assert opened.status_code == 303, opened.text
    page = officer.get(opened.headers["location"]).text
    assert "选票密封给3位监票人" in page
