"""The roll call at a meeting, without script: who may call it, what it enters, what it refuses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.plugins.voting.neighbourhood import YES_NO
from tests.plugins.voting.test_pages import polling
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting import showing
from wugong_voting.state import polls_of


def called(**more: Any) -> tuple[Rehearsal, str, int]:
    """Give a poll that takes ballots at a meeting, too."""
    return polling(channels=["web", "meeting"], **more)


def answer(client: TestClient, place: str, **answers: str) -> Any:
    form = client.get(f"{place}/roll-call").text
    hidden = dict(re.findall(r'name="(csrf|key)" value="(.*?)"', form))
    ticked = {f"answer-{unit}": choice for unit, choice in answers.items()}
    return client.post(f"{place}/roll-call", data={**hidden, **ticked})


def test_each_answer_is_a_ballot_of_its_own() -> None:
    r, matter, poll = called()
    client, place = browse(r, "wang"), f"/m/{matter}/polls/{poll}"
    assert "点名表决" in client.get(place).text
    assert answer(client, place, **{"101": "yes", "102": "no"}).status_code == 303
    page = client.get(f"{place}/roll-call").text
    assert page.count("已有选票") == 2
    assert "checked" not in page, "what was answered is not shown again"
    r.wait(days=7)
    its = polls_of(r.matter(matter))[poll]
    assert its.decided is not None
    assert {c.option: c.heads for c in its.decided.counts}["yes"] == 1
    assert showing.ways_of(r.engine, r.matter(matter), its) == [("at a meeting", 2)]


def test_one_who_cannot_vote_costs_nobody_else_their_answer() -> None:
    r, matter, poll = called()
    client, place = browse(r, "wang"), f"/m/{matter}/polls/{poll}"
    said = answer(client, place, **{"101": "yes", "999": "yes", "102": "perhaps"})
    assert said.status_code == 409
    assert "<b>999</b>" in said.text and "<b>102</b>" in said.text
    assert "<b>101</b>" not in said.text
    assert client.get(f"{place}/roll-call").text.count("已有选票") == 1


def test_the_same_form_twice_is_one_answer() -> None:
    r, matter, poll = called()
    client, place = browse(r, "wang"), f"/m/{matter}/polls/{poll}"
    form = client.get(f"{place}/roll-call").text
    data = {**dict(re.findall(r'name="(csrf|key)" value="(.*?)"', form)), "answer-101": "yes"}
    assert client.post(f"{place}/roll-call", data=data).status_code == 303
    head = r.engine.head("example")
    assert client.post(f"{place}/roll-call", data=data).status_code == 303
    assert r.engine.head("example") == head


@pytest.mark.parametrize("member", ["li", "desk"])
def test_only_officers_call_the_roll(member: str) -> None:
    r, matter, poll = called()
    client, place = browse(r, member), f"/m/{matter}/polls/{poll}"
    assert "roll-call" not in client.get(place).text
    assert client.get(f"{place}/roll-call").status_code == 403
    assert client.post(f"{place}/roll-call", data={"answer-101": "yes"}).status_code == 403


def test_a_poll_without_a_meeting_has_no_roll_call() -> None:
    r, matter, poll = polling()
    client, place = browse(r, "wang"), f"/m/{matter}/polls/{poll}"
    assert "roll-call" not in client.get(place).text
    assert client.get(f"{place}/roll-call").status_code == 404


@pytest.mark.parametrize(
    ("channels", "secrecy", "code"),
    [
        ([], "open", "voting.no_channel"),
        (["web", "meeting"], "secret", "voting.roll_call_not_secret"),
    ],
)
def test_a_poll_is_opened_with_ways_that_fit(channels: list[str], secrecy: str, code: str) -> None:
    r, matter, poll = polling()
    body = {
        "question": "Again?",
        "options": YES_NO,
        "procedure": "charter",
        "roster": "owners",
        "closes_at": polls_of(r.matter(matter))[poll].opened.closes_at.isoformat(),
        "channels": channels,
        "secrecy": secrecy,
    }
    with r.refuses(code):
        r.act("wang", matter, "voting.poll_opened", body)
