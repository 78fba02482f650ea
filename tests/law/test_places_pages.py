"""Where a community lies, on its pages, in its forms and for programs."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from tests.law.polls import HEAD, PLUGINS, THREE_FIFTHS, write
from tests.support.api import V1
from wugong.testing import Rehearsal
from wugong_server.testing import browse

SETTING = "wugong.jurisdiction"
TOWN = HEAD.replace('"example"', '"CN-SC-Chengdu"').replace("例鎮", "例鎮大會") + THREE_FIFTHS


@pytest.fixture
def place(tmp_path: Path) -> Rehearsal:
    folder = write(tmp_path / "packs", town=TOWN)
    members = {"wang": ("officer", "admin"), "li": ()}
    r = Rehearsal(PLUGINS, members=members, packs=folder)
    r.roster("owners", [("u1", "li", "1", 80_00)])
    return r


def lie(r: Rehearsal, where: str) -> None:
    r.act("operator", "example", "wugong.setting_changed", {"name": SETTING, "value": where})


def said(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def card(page: str, name: str) -> str:
    found = re.search(rf'<li id="{name}">.*?</li>', page, re.S)
    assert found is not None
    return said(found[0])


@pytest.mark.parametrize(
    ("where", "offered"),
    [
        pytest.param("", {"owners.ordinary", "town.ordinary"}, id="not said"),
        pytest.param("CN-SC", {"owners.ordinary"}, id="the province around it"),
        pytest.param("CN-SC-Chengdu", {"town.ordinary"}, id="the city"),
        pytest.param("CN-SD", {"owners.ordinary"}, id="another province"),
    ],
)
def test_forms_and_programs_offer_what_is_offered_there(
    place: Rehearsal, where: str, offered: set[str]
) -> None:
    both = {"owners.ordinary", "town.ordinary"}
    if where:
        lie(place, where)
    matter = place.open("What owners decide", by="wang")
    client = browse(place, "wang")
    form = client.get(f"/m/{matter}/polls/new").text
    assert {name for name in both if f'value="{name}"' in form} == offered
    listed = client.get(f"{V1}/communities/example/procedures").json()["procedures"]
    found = {one["id"]: one for one in listed if one["id"] in both}
    assert {name for name, one in found.items() if one["offered"]} == offered
    instead = ["town.ordinary"] if where == "CN-SC-Chengdu" else []
    assert found["owners.ordinary"]["instead"] == instead


def test_the_list_of_a_community_marks_what_is_not_for_it(place: Rehearsal) -> None:
    client = browse(place, "li")
    page = client.get("/c/example/procedures").text
    assert "还没有写明所在地区" in said(page)
    assert not re.search(r"(?<!\d)0年|的1以上", said(page)), "no year and no share of one"
    lie(place, "CN-SC-Chengdu")
    page = client.get("/c/example/procedures").text
    assert "本社区在四川省成都市。" in said(page)
    assert "本地不用：当地规定更严： 例镇" in card(page, "f-owners-ordinary")
    assert "本地不用" not in card(page, "f-town-ordinary")
    lie(place, "CN-SD")
    page = client.get("/c/example/procedures").text
    assert "本地不用：适用于别的地方：四川省成都市" in card(page, "f-town-ordinary")


def test_a_refusal_says_in_words_which_procedure_takes_its_place(place: Rehearsal) -> None:
    lie(place, "CN-SC-Chengdu")
    matter = place.open("What owners decide", by="wang")
    body = {
        "question": "?",
        "options": [{"id": one, "title": one} for one in ("yes", "no", "abstain")],
        "procedure": "owners.ordinary",
        "roster": "owners",
        "closes_at": "2026-03-20T01:00:00Z",
    }
    answer = browse(place, "wang").post(
        f"{V1}/matters/{matter}/events",
        json={"kind": "voting.poll_opened", "body": body},
        headers={"Idempotency-Key": "1"},
    )
    assert answer.status_code == 409
    reason = next(
        one for one in answer.json()["reasons"] if one["code"] == "wugong.procedure_stricter_here"
    )
    assert reason["text"] == "四川省成都市有比“业主大会：一般事项”更严的地方规定，请用“例镇”。"
    assert reason["source"] == "例 1"


def test_the_calculator_says_where_a_procedure_is_not_used(place: Rehearsal) -> None:
    client = browse(place)
    assert "在四川省成都市不用：当地规定更严" in said(client.get("/procedures").text)
    page = client.get("/procedures/owners.ordinary").text
    assert '<option value="CN-SC-Chengdu">四川省成都市</option>' in page
    asked: dict[str, Any] = {"check": "vote", "on": "2026-06-30", "place": "CN-SC-Chengdu"}
    for group in ("all", "part", "yes"):
        asked |= {f"{group}.heads": 9, f"{group}.area": "900.00"}
    refused = said(client.get("/procedures/owners.ordinary", params=asked).text)
    assert "有更严的地方规定，应用“例镇”，不用“业主大会：一般事项”〔例 1〕" in refused
    assert 'id="result"' in client.get("/procedures/town.ordinary", params=asked).text
    answer = client.post(f"{V1}/decide", json={"procedure": "owners.ordinary", "on": "2026-06-30", "place": "CN-SC-Chengdu"})  # fmt: skip # noqa: E501
    assert answer.status_code == 422 and answer.json()["problems"][0]["place"] == "body.place"


def test_an_administrator_chooses_the_place_from_those_that_are_known(place: Rehearsal) -> None:
    client = browse(place, "wang")
    page = client.get("/c/example/admin/settings").text
    assert "社区所在地区" in page
    href = re.search(rf'href="([^"]*name={SETTING}[^"]*)"', page)
    assert href is not None
    form = client.get(html.unescape(href[1])).text
    assert '<option value="CN-SC-Chengdu">四川省成都市</option>' in form
    assert '<option value="CN-SD">' in form


def test_the_procedures_stand_by_kind_with_an_index_that_leads_to_each() -> None:
    r = Rehearsal(PLUGINS, setting="rural", members={"li": ()})
    page = browse(r, "li").get("/c/example/procedures").text
    index = re.search(r'<nav class="sec".*?</nav>', page, re.S)
    assert index is not None
    led = dict(re.findall(r'href="#(kind-[a-z_]+)">([^<]+)<', index[0]))
    assert led == dict(re.findall(r'<h2 id="(kind-[a-z_]+)">([^<]+)<', page))
    kinds = dict(re.findall(r'<h2 id="kind-([a-z_]+)">(.*?)</section>', page, re.S))
    listed = {kind: re.findall(r'<li id="f-([^"]+)"', part) for kind, part in kinds.items()}
    assert listed["recall"] == ["villagers-recall"]
    assert "elders-council" in listed["opinion"] and "villagers-rules" in listed["no_vote"]
    assert "villagers-representatives" in listed["decision"]
    assert "villagers-representatives-2018" in listed["elsewhere"], "of 2025 and before"
    assert all(part.count("<article") == len(listed[kind]) for kind, part in kinds.items())
    assert "<details open" not in page, "what they say of each is folded, by kind"
