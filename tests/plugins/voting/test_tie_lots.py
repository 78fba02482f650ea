"""A tie that a poll said a lot settles: drawn from the tied options, seen on the result."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from recount import main as recount
from tests.plugins.voting.neighbourhood import cast, charter, decided, opened, rehearsal
from tests.plugins.voting.test_draw_pages import send
from tests.plugins.voting.test_draws import ANNOUNCED, DECLINED, WORDS, commit, its, reveal
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting import lots

BENCHES = [{"id": name, "title": f"長椅{name}"} for name in ("a", "b", "c")]
CHOICES = {"li": "a", "zhao": "b", "qian": "a", "sun": "b"}


def village() -> tuple[Rehearsal, str]:
    r = rehearsal(charter(decides="false", consent="[]", quorum="[]"), charter("binding"))
    return r, r.open("Benches", by="li")


def polled(choices: dict[str, str] | None = None, **more: Any) -> tuple[Rehearsal, str, int]:
    r, matter = village()
    asked = {"rule": "plurality", "options": BENCHES, "ties": "lot", **more}
    poll = opened(r, matter, days=1, **asked)
    for who, choice in (choices or CHOICES).items():
        cast(r, matter, poll, who, choice)
    r.wait(days=1)
    return r, matter, poll


def announce(r: Rehearsal, matter: str, poll: int, **more: Any) -> int:
    body = {
        "purpose": "Which bench",
        "poll": poll,
        "commits_until": (r.clock.now + timedelta(days=3)).isoformat(),
        "reveals_until": (r.clock.now + timedelta(days=5)).isoformat(),
        **more,
    }
    return r.act("wang", matter, ANNOUNCED, body).seq


def drawn(r: Rehearsal, matter: str, poll: int) -> int:
    draw = announce(r, matter, poll)
    parts = {who: commit(r, matter, draw, who) for who in WORDS}
    r.wait(days=3)
    for who, part in parts.items():
        reveal(r, matter, draw, part, WORDS[who])
    return draw


def test_one_of_the_tied_options_is_drawn_and_the_result_stays_as_it_was_counted() -> None:
    r, matter, poll = polled()
    before = decided(r, matter, poll)
    assert before.winners == ("a", "b")
    draw = its(r, matter, drawn(r, matter, poll))
    assert draw.sitting == (min("ab", key=lambda one: lots.ticket(draw.seed, one)),)
    assert decided(r, matter, poll) == before
    assert "voting.drawn" not in r.engine.viewer(matter, draw.sitting[0]).roles
    with r.refuses("voting.no_seat_by_lot"):
        r.act("wang", matter, DECLINED, {"draw": draw.id, "member": draw.sitting[0]})


def test_a_lot_is_drawn_only_for_a_tie_of_a_poll_that_said_so() -> None:
    r, matter, poll = polled({"li": "a", "zhao": "a", "sun": "b"})
    with r.refuses("voting.lot_without_a_tie"):
        announce(r, matter, poll)
    r, matter, poll = polled(ties="told")
    with r.refuses("voting.lot_not_foreseen"):
        announce(r, matter, poll)
    r, matter, poll = polled()
    other = r.open("Another", by="li")
    with r.refuses("voting.poll_elsewhere"):
        announce(r, other, poll)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"seats": 2}, id="two options"),
        pytest.param({"roster": "owners", "edition": "x"}, id="a roster"),
        pytest.param({"in_proportion": True}, id="groups"),
    ],
)
def test_for_a_tie_one_option_is_drawn_from_nothing_else(more: dict[str, Any]) -> None:
    r, matter, poll = polled()
    with r.refuses("voting.lot_draws_one_option"):
        announce(r, matter, poll, **more)


def test_a_lot_is_drawn_once_and_again_only_after_it_came_to_nothing() -> None:
    r, matter, poll = polled()
    announce(r, matter, poll)
    with r.refuses("voting.lot_drawn_already"):
        announce(r, matter, poll, purpose="Once more")
    r.wait(days=3)  # nobody brought a part
    drawn(r, matter, poll)
    with r.refuses("voting.lot_drawn_already"):
        announce(r, matter, poll, purpose="Once more")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"procedure": "binding"}, "lot_decides_nothing", id="a body that decides"),
        pytest.param({"rule": "stv(seats=2)"}, "lot_for_one_option", id="several seats"),
    ],
)
def test_a_poll_that_decides_or_fills_seats_is_not_settled_by_lot(
    more: dict[str, Any], code: str
) -> None:
    r, matter = village()
    with r.refuses(f"voting.{code}"):
        opened(r, matter, **{"rule": "plurality", "options": BENCHES, "ties": "lot", **more})


def test_seats_that_several_options_fill_are_no_tie() -> None:
    r, matter, poll = polled(rule="block_approval(seats=2)", ties="told")
    assert decided(r, matter, poll).winners == ("a", "b")
    with r.refuses("voting.lot_without_a_tie"):
        announce(r, matter, poll)


def test_from_the_result_to_the_lot_and_back_on_pages(tmp_path: Path) -> None:
    r, matter, poll = polled()
    path, officer = f"/m/{matter}/polls/{poll}", browse(r, "wang")
    page = officer.get(path).text
    assert "由公开抽签决定是其中哪一个" in page
    found = re.search(r'href="([^"]+/draws/new\?poll=\d+)"', page)
    assert found
    times = {"commits_until": "2026-03-05T09:00", "reveals_until": "2026-03-07T09:00"}
    purpose = re.search(r'name="purpose"[^>]*>([^<]+)<', officer.get(found[1]).text)
    assert purpose
    done = send(officer, found[1], "公告这次抽签", purpose=purpose[1], **times)
    assert done.status_code == 303, done.text
    (draw,) = (int(n) for n in re.findall(r"/draws/(\d+)", done.headers["location"]))
    assert its(r, matter, draw).announced.purpose == "表决平票：Shall we?"
    parts = {who: commit(r, matter, draw, who) for who in WORDS}
    r.wait(days=3)
    for who, part in parts.items():
        reveal(r, matter, draw, part, WORDS[who])
    (chosen,) = its(r, matter, draw).sitting
    outside = browse(r, None)
    assert f"抽签结果：長椅{chosen}" in outside.get(path).text
    page = outside.get(f"/m/{matter}/draws/{draw}").text
    assert "抽中了什么" in page and "長椅a" in page and "長椅c" not in page
    assert "放弃抽中的名额" not in officer.get(f"/m/{matter}/draws/{draw}").text
    file = tmp_path / "draw.json"
    file.write_text(outside.get(f"/m/{matter}/draws/{draw}/draw.json").text, encoding="utf-8")
    assert recount([str(file)]) == 0
    assert json.loads(file.read_text(encoding="utf-8"))["drawn"] == [chosen]


def test_the_form_of_a_poll_asks_how_a_tie_ends() -> None:
    r, matter = village()
    sent = {
        "question": "哪种长椅？",
        "procedure": "charter",
        "channels": "web",
        "rule": "plurality",
        "options": "木头的\n石头的",
        "closes_at": "2026-03-05T09:00",
        "ties": "lot",
    }
    done = send(browse(r, "wang"), f"/m/{matter}/polls/new", "question", **sent)
    assert done.status_code == 303, done.text
    page = browse(r, "li").get(done.headers["location"]).text
    assert "如果几个选项并列第一，由公开抽签决定" in page
