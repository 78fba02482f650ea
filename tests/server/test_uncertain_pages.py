"""What a page says when the database goes away during a commit: not known, send the same again."""

from __future__ import annotations

import pytest

from tests.support.commits import lost_commit
from tests.support.forms import sent_again
from wugong.testing import Rehearsal
from wugong_server.accounts import set_password
from wugong_server.testing import browse

PASSWORD = "a long enough secret"
SAID = {
    "zh-Hans": "不清楚是否已经记入",
    "zh-Hant": "不清楚是否已經記入",
    "en": "Perhaps recorded, perhaps not",
}
FORM = {"title": "A bench", "audience": "public", "key": "k1", "act-step": "checked"}
ACT = "/m/example/do/wugong.matter_opened"


@pytest.fixture
def rehearsal() -> Rehearsal:
    return Rehearsal({}, members={"wang": ("officer",), "li": ()})


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("written", [True, False])
def test_the_same_form_is_offered_again_and_counts_once(
    rehearsal: Rehearsal, written: bool, language: str
) -> None:
    client = browse(rehearsal, "li", language=language)
    before = rehearsal.engine.head("example").seq
    with lost_commit(rehearsal.engine, written=written):
        answer = client.post(ACT, data=FORM)
    assert answer.status_code == 503 and SAID[language] in answer.text
    assert rehearsal.engine.head("example").seq == before + written
    fields = sent_again(answer.text, ACT)
    assert {"title": "A bench", "audience": "public", "key": "k1"}.items() <= fields.items()
    assert client.post(ACT, data=fields).status_code == 303
    assert rehearsal.engine.head("example").seq == before + 1


def test_htmx_gets_the_word_alone_and_keeps_the_form(rehearsal: Rehearsal) -> None:
    client = browse(rehearsal, "li")
    with lost_commit(rehearsal.engine, written=True):
        answer = client.post(ACT, data=FORM, headers={"hx-request": "true"})
    assert answer.status_code == 503 and answer.text.startswith("<section")
    assert SAID["zh-Hans"] in answer.text and "<form" not in answer.text


def test_a_form_without_a_key_is_not_offered_again(rehearsal: Rehearsal) -> None:
    """It may hold a password."""
    set_password(rehearsal.engine, "li", PASSWORD, {"example": "li"})
    form = {"account": "li", "password": PASSWORD, "next": ""}
    with lost_commit(rehearsal.engine, written=False):
        answer = browse(rehearsal).post("/c/example/sign-in", data=form)
    assert answer.status_code == 503 and SAID["zh-Hans"] in answer.text
    assert PASSWORD not in answer.text
