"""Pages of a draw: announced, sealed, said and drawn without script, and told step by step."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from recount import main as recount
from tests.plugins.voting.test_batch_pages import fields
from tests.plugins.voting.test_draws import (
    WORDS,
    announce,
    commit,
    decline,
    drawn,
    its,
    people,
    reveal,
)
from wugong_server.testing import browse
from wugong_voting import lots
from wugong_voting.draws import draws_of

Answer = Any


def send(client: TestClient, path: str, button: str = "", **more: Any) -> Answer:
    """Fill in and send the form of the page that has ``button``."""
    page = client.get(path).text
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if button in f)
    action = re.search(r'action="([^"]*)"', form)
    assert action
    return client.post(action[1], data={**fields(page, button), **more})


def announced(client: TestClient, matter: str, **more: Any) -> Answer:
    sent = {
        "purpose": "抽两名观察员",
        "seats": "2",
        "least": "2",
        "commits_until": "2026-03-05T09:00",
        "reveals_until": "2026-03-07T09:00",
        **more,
    }
    return send(client, f"/m/{matter}/draws/new", "公告这次抽签", **sent)


def test_each_act_of_a_draw_is_offered_in_its_time() -> None:
    r, matter = people()
    draw, li = announce(r, matter, least=2), browse(r, "li")

    def offered() -> set[str]:
        page = li.get(f"/m/{matter}").text
        return {act for act in ("part", "words") if f"draws/{act}" in page}

    assert offered() == {"part"}
    one, two = commit(r, matter, draw, "li"), commit(r, matter, draw, "sun")
    r.wait(days=3)
    assert offered() == {"words"}
    reveal(r, matter, draw, one, WORDS["li"])
    reveal(r, matter, draw, two, WORDS["sun"])
    assert offered() == set()


def test_a_draw_goes_from_the_form_to_its_result_without_script() -> None:
    r, matter = people()
    officer, li, sun = (browse(r, who) for who in ("wang", "li", "sun"))
    done = announced(officer, matter)
    assert done.status_code == 303, done.text
    path = done.headers["location"].partition("?")[0]
    page = li.get(path).text
    assert "名单已固定：名册<code>owners</code>，共6人" in page and "封存暗语" in page
    for client, who in ((li, "li"), (sun, "sun")):
        slip = send(client, path, "继续", words=WORDS[who])
        assert slip.status_code == 200 and WORDS[who] in slip.text
        head = r.engine.head(r.community)
        form = fields(slip.text, "封存")
        assert r.engine.head(r.community) == head, "showing the slip records nothing"
        done = client.post(f"/m/{matter}/draws/part", data={**form, "step": "commit"})
        assert done.status_code == 303, done.text
    assert "您已封存" in li.get(path).text
    assert WORDS["li"] not in json.dumps(list(r.engine.export(r.community)), ensure_ascii=False)
    r.wait(days=4)
    (draw,) = draws_of(r.matter(matter)).values()
    one, two = (str(part.id) for part in draw.parts)
    wrong = send(li, path, "公开暗语", part=one, words="not these")
    assert wrong.status_code == 409 and f"这不是第{one}号封存的暗语" in wrong.text
    assert send(li, path, "公开暗语", part=one, words=WORDS["li"]).status_code == 303
    assert send(li, path, "公开暗语", part=two, words=WORDS["sun"]).status_code == 303
    page = li.get(path).text
    assert "谁抽中了" in page and its(r, matter, draw.id).seed in page
    assert WORDS["li"] in page and WORDS["sun"] in page
    assert "抽中2人" in li.get(f"/m/{matter}").text


def test_the_result_shows_the_order_of_the_tickets_to_members_alone() -> None:
    r, matter = people()
    draw = drawn(r, matter)
    path = f"/m/{matter}/draws/{draw.id}"
    page, outside = browse(r, "li").get(path).text, browse(r, None).get(path).text
    order = sorted(("li", "qian", "sun", "wu", "zhao", "zhou"), key=lambda one: ticket(draw, one))
    shown = re.findall(r'<tr><th scope="row">(\d)</th><td>(\w+)</td><td><code>(\w{8})', page)
    assert shown == [(str(n), one, ticket(draw, one)[:8]) for n, one in enumerate(order[:5], 1)]
    assert 'width="100.0%"' in page
    assert draw.seed in outside and draw.digest in outside and "社区成员可以看到是谁" in outside
    assert not any(ticket(draw, one)[:8] in outside for one in order)
    assert browse(r, None).get(f"{path}/draw.json").status_code == 404


def ticket(draw: Any, who: str) -> str:
    return lots.ticket(draw.seed, who)


def test_the_file_of_the_page_is_drawn_again(tmp_path: Path) -> None:
    r, matter = people()
    draw = drawn(r, matter, strata=[{"group": "1", "seats": 1}, {"group": "2", "seats": 1}])
    decline(r, matter, draw, draw.sitting[0])
    found = browse(r, "li").get(f"/m/{matter}/draws/{draw.id}/draw.json")
    path = tmp_path / "draw.json"
    path.write_text(found.text, encoding="utf-8")
    assert recount([str(path)]) == 0
    assert found.json()["sitting"] == list(its(r, matter, draw.id).sitting)


def test_a_seat_is_declined_on_the_page_and_an_empty_one_is_said() -> None:
    r, matter = people()
    draw = drawn(r, matter, groups=["2"], seats=3)
    path, one = f"/m/{matter}/draws/{draw.id}", draw.sitting[0]
    client = browse(r, one)
    assert "放弃抽中的名额" in client.get(path).text
    assert "放弃抽中的名额" not in browse(r, "li").get(path).text
    assert send(client, path, "放弃，由下一位递补", reason="去医院").status_code == 303
    page = client.get(path).text
    assert "有1个名额空缺" in page and "已放弃" in page
    assert "去医院" not in page
    officer = browse(r, "wang")
    two = its(r, matter, draw.id).sitting[0]
    assert send(officer, path, "放弃，由下一位递补", member=two).status_code == 303
    assert "有2个名额空缺" in officer.get(path).text


def test_the_form_has_the_seats_of_groups_and_keeps_what_was_typed() -> None:
    r, matter = people()
    officer = browse(r, "wang")
    more = {"together": "stated", "seats-0": "4", "seats-1": "1", "seats": "5"}
    refused = announced(officer, matter, **more)
    assert refused.status_code == 409
    assert "1：4个名额，名单上只有3人。" in refused.text and "抽两名观察员" in refused.text
    assert 'name="seats-0" value="4"' in refused.text
    done = announced(officer, matter, **{**more, "seats-0": "3", "seats": "4"})
    assert done.status_code == 303
    (draw,) = draws_of(r.matter(matter)).values()
    assert [(one.group, one.seats) for one in draw.announced.strata] == [("1", 3), ("2", 1)]
    assert "各组" in officer.get(done.headers["location"]).text


def test_only_who_may_announce_sees_the_form() -> None:
    r, matter = people()
    assert browse(r, "li").get(f"/m/{matter}/draws/new").status_code == 403
    assert announced(browse(r, "wang"), matter, seats="many").status_code == 422


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param("x" * 15, 409, id="one short"),
        pytest.param("x" * 16, 200, id="exactly enough"),
    ],
)
def test_words_that_could_be_guessed_are_not_sealed(words: str, code: int) -> None:
    r, matter = people()
    path = f"/m/{matter}/draws/{announce(r, matter)}"
    assert send(browse(r, "li"), path, "继续", words=words).status_code == code


def test_a_fingerprint_made_elsewhere_is_taken_as_it_is() -> None:
    r, matter = people()
    draw = announce(r, matter)
    path, client = f"/m/{matter}/draws/{draw}", browse(r, "li")
    assert send(client, path, "继续", words="", commitment="12").status_code == 409
    done = send(client, path, "继续", words="", commitment="A" * 64)
    assert done.status_code == 303
    assert [part.commitment for part in its(r, matter, draw).parts] == ["a" * 64]


def test_words_are_suggested_anew_each_time() -> None:
    r, matter = people()
    path, client = f"/m/{matter}/draws/{announce(r, matter)}", browse(r, "li")
    suggested = {re.search(r'name="words" value="([^"]+)"', client.get(path).text) for _ in "ab"}
    found = {match[1] for match in suggested if match}
    assert len(found) == 2 and all(len(one) == 24 for one in found)


def test_a_draw_that_came_to_nothing_names_whose_words_stayed_hidden() -> None:
    r, matter = people()
    draw = announce(r, matter)
    for who in WORDS:
        commit(r, matter, draw, who)
    r.wait(days=5)
    page = browse(r, "wu").get(f"/m/{matter}/draws/{draw}").text
    assert "没有抽成" in page and "tenant没有公开自己的暗语" in page
    assert "没有抽成" in browse(r, "wu").get(f"/m/{matter}").text
    few = announce(r, matter)
    r.wait(days=3)
    assert "封存暗语的人太少" in browse(r, "wu").get(f"/m/{matter}/draws/{few}").text


def test_who_is_asked_for_words_is_led_to_the_draw_and_others_find_the_last_one() -> None:
    r, matter = people()
    client = browse(r, "li")
    assert client.get(f"/m/{matter}/draws").headers["location"].endswith(f"/m/{matter}")
    assert client.get(f"/m/{matter}/draws/part").status_code == 404
    assert client.get(f"/m/{matter}/draws/7").status_code == 404
    draw = announce(r, matter)
    commit(r, matter, draw, "li")
    assert f"/m/{matter}/draws/words?draw={draw}" in client.get(f"/m/{matter}").text
    assert client.get(f"/m/{matter}/draws/words?draw={draw}").status_code == 200
    assert client.get(f"/m/{matter}/draws").headers["location"].endswith(f"/draws/{draw}")


def test_a_draw_is_on_the_notice_board_without_names() -> None:
    r, matter = people()
    draw = drawn(r, matter, purpose="抽两名观察员")
    client = browse(r, None)
    assert "抽签：抽两名观察员" in client.get(f"/c/{r.community}/notices").text
    sheet = client.get(f"/m/{matter}/notices/{draw.id}").text
    assert draw.seed in sheet and "名单上6人" in sheet
    assert not any(f">{one}<" in sheet for one in draw.sitting)
