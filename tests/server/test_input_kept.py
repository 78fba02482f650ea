"""What somebody typed is still there when it could not be recorded: no room, or too often."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.support.commits import ending_commit, said_by_sqlite
from tests.support.forms import sent_again
from wugong.testing import Rehearsal
from wugong_server.accounts import set_password
from wugong_server.app import create_app
from wugong_server.limits import ACTS_OF_ONE
from wugong_server.plugins import installed_pages
from wugong_server.settings import Settings
from wugong_server.testing import Signed, browse

OPEN = "/m/example/do/wugong.matter_opened"
ENROL = "/m/example/do/wugong.member_enrolled"
TYPED = "北门的路灯不亮，“晚上”看不见路 & 有台阶"
FULL = said_by_sqlite(sqlite3.SQLITE_FULL)
SAID = {
    "zh-Hans": "没有记入",
    "zh-Hant": "沒有記入",
    "en": "Not recorded",
}


@pytest.fixture
def rehearsal() -> Rehearsal:
    return Rehearsal(members={"li": (), "wang": ("officer", "admin")})


def app(rehearsal: Rehearsal) -> Starlette:
    """Return the pages as they stand on the network: with their rate limits."""
    pages = installed_pages(rehearsal.engine.registry.packages)
    return create_app(rehearsal.engine, Settings(secret=b"limits"), {**pages, "zz": Signed()})


def too_often(client: TestClient, *members: str) -> None:
    """Use up what these may do at once, here."""
    for member in members:
        for _ in range(ACTS_OF_ONE.burst):
            client.app.state.buckets.take(member, ACTS_OF_ONE)  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", SAID)
def test_a_full_disk_leaves_the_filled_form_and_says_when_to_come_back(
    rehearsal: Rehearsal, language: str
) -> None:
    client = browse(rehearsal, "li", language=language)
    before = rehearsal.engine.head("example").seq
    form = {"title": "北门的灯", "summary": TYPED, "audience": "public", "key": "k1"}
    with ending_commit(rehearsal.engine, FULL):
        answer = client.post(OPEN, data=form)
    assert answer.status_code == 503 and answer.headers["retry-after"] == "600"
    head, _, body = answer.text.partition("</title>")
    assert SAID[language] in head and 'id="stopped"' in body and SAID[language] in body
    assert rehearsal.engine.head("example").seq == before
    again = sent_again(answer.text, OPEN)
    assert form.items() <= again.items()
    assert client.post(OPEN, data=again).status_code == 303
    assert rehearsal.engine.head("example").seq == before + 1


def test_a_sealed_text_is_still_in_its_field_too(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, "wang")
    form = {"member": "m-12", "name": "赵“小”禾", "contact": "13800000000", "key": "k1"}
    with ending_commit(rehearsal.engine, FULL):
        answer = client.post(ENROL, data={**form, "act-step": "checked"})
    assert answer.status_code == 503
    assert form.items() <= sent_again(answer.text, ENROL).items()
    assert "m-12" not in rehearsal.matter("example").standing.erased
    assert client.post(ENROL, data={**form, "act-step": "checked"}).status_code == 303


@pytest.mark.parametrize("path", [OPEN, "/m/example.2/needs/new"])
def test_whoever_acts_too_often_can_send_the_same_again(rehearsal: Rehearsal, path: str) -> None:
    matter = rehearsal.open("北门的灯", by="li")
    path = path.replace("example.2", matter)
    client = browse(rehearsal, "li", app=app(rehearsal))
    too_often(client, "acts/example/li")
    form = {"title": "灯", "text": TYPED, "summary": TYPED, "audience": "public", "key": "k1"}
    form = {**form, "channel": "web"}
    answer = client.post(path, data=form)
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
    assert "一下子太多了" in answer.text
    again = sent_again(answer.text, path)
    assert form.items() <= again.items()
    client.app.state.buckets._held.clear()  # type: ignore[attr-defined]
    before = rehearsal.engine.head("example").seq
    assert client.post(path, data=again).status_code == 303
    assert rehearsal.engine.head("example").seq > before


def test_with_script_the_form_stays_and_the_word_comes_alone(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, "li", app=app(rehearsal))
    client.headers["hx-request"] = "true"
    form = {"title": "灯", "summary": TYPED, "audience": "public", "key": "k1"}
    with ending_commit(rehearsal.engine, FULL):
        full = client.post(OPEN, data=form)
    too_often(client, "acts/example/li")
    often = client.post(OPEN, data=form)
    assert (full.status_code, often.status_code) == (503, 429)
    for answer in (full, often):
        assert answer.text.startswith("<section") and "<form" not in answer.text


def test_a_form_that_is_no_act_or_cannot_be_read_is_not_offered(rehearsal: Rehearsal) -> None:
    """It may hold a password, or a file that would be missing the second time."""
    set_password(rehearsal.engine, "li", "a long enough secret", {"example": "li"})
    client = browse(rehearsal, "li", app=app(rehearsal))
    too_often(client, "acts/example/li")
    form = {"account": "li", "password": "a long enough secret", "next": ""}
    signing = client.post("/c/example/sign-in", data=form)
    files = {"documents-files": ("a.png", b"png", "image/png")}
    sending = client.post(OPEN, data={"key": "k", "title": TYPED}, files=files)
    wide = client.post(OPEN, data={"key": "k"} | {str(n): "" for n in range(500)})
    for answer in (signing, sending, wide):
        assert answer.status_code == 429 and 'name="key"' not in answer.text
        assert "a long enough secret" not in answer.text


def test_people_of_two_communities_share_no_limit_though_their_ids_are_equal(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.engine.found("other", title="Other", setting="urban")
    client = browse(rehearsal, "li", app=app(rehearsal))
    too_often(client, "acts/other/li")
    form: dict[str, Any] = {"title": "灯", "audience": "public", "key": "k1"}
    assert client.post(OPEN, data=form).status_code == 303
    too_often(client, "acts/example/li")
    assert client.post(OPEN, data={**form, "key": "k2"}).status_code == 429
