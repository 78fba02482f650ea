"""What people see of a village's steps: figures, what is short, the sheet for the board."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import wugong_rural
import wugong_voting
from wugong import Option, PollOpened, Ref
from wugong.testing import Rehearsal
from wugong_rural.events import (
    CommitteesConsulted,
    DecisionPosted,
    EldersHeard,
    PartyMembersReviewed,
    PartyProposed,
)
from wugong_server.testing import browse
from wugong_voting.events import BallotCast

MEMBERS = {
    "chen": ("officer",),
    "shen": ("convenor",),
    "fang": ("party_member",),
    "gu": ("elder",),
    "mei": ("elder",),
    "rep1": ("representative",),
    "li": (),
}


@pytest.fixture
def village() -> Rehearsal:
    plugins = {"rural": wugong_rural, "voting": wugong_voting}
    r = Rehearsal(plugins, members=MEMBERS, setting="rural")
    r.roster("representatives", [("D1", "rep1", "1", 0)])
    return r


def seen(html: str) -> str:
    """Return the words of a page, as read aloud."""
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", html))


def reviewed(r: Rehearsal, present: int) -> str:
    m = r.open("巷道装路灯（示例）", by="li", category="four_two")
    r.act("fang", m, PartyProposed(proposal="装路灯"))
    r.act("chen", m, CommitteesConsulted(due=7, present=7, yes=6))
    r.act("fang", m, PartyMembersReviewed(due=30, present=present, yes=16))
    return m


def test_the_matter_page_shows_the_steps_and_offers_the_next_one(village: Rehearsal) -> None:
    m = reviewed(village, present=24)
    page = browse(village, "chen").get(f"/m/{m}")
    assert page.status_code == 200
    assert "四议两公开" in seen(page.text)
    assert "应到30人，同意16人" in seen(page.text)
    assert f'href="/m/{m}/four-two"' in page.text


def test_the_page_of_the_steps_says_how_many_are_missing(village: Rehearsal) -> None:
    m = reviewed(village, present=19)
    page = browse(village, "fang", language="en").get(f"/m/{m}/four-two")
    assert page.status_code == 200
    words = seen(page.text)
    assert "Review:Fellshort" in words
    assert "Memberspresent19" in words
    assert "1short:20needed" in words
    assert f'href="/m/{m}/sheets/four_two.review"' in page.text
    assert f'href="/m/{m}/sheets/four_two.proposal"' not in page.text  # it is done
    again = browse(village, "li").get(f"/m/{m}/four-two").text
    assert "/sheets/four_two." not in again
    assert "rural.party_members_reviewed" in page.text  # whose step it is may file it again
    assert "rural.party_members_reviewed" not in again


def test_the_elders_opinion_stands_beside_the_matter_and_names_nobody(village: Rehearsal) -> None:
    m = reviewed(village, present=24)
    client = browse(village, "li")
    assert "村民表决前先听它的意见" in seen(client.get(f"/m/{m}").text)
    filed = EldersHeard(opinion="先装桥头", stance="support", recused=("gu",))
    village.act("mei", m, filed)
    words = seen(client.get(f"/m/{m}").text)
    assert "议事会赞成：先装桥头" in words
    assert "1位有利害关系的乡贤回避" in words


def test_a_matter_that_does_not_run_the_steps_shows_none(village: Rehearsal) -> None:
    m = village.open("修水塘（示例）", by="li")
    page = browse(village, "chen").get(f"/m/{m}")
    assert page.status_code == 200
    assert "四议两公开" not in seen(page.text.partition("<main")[2].partition("rural.")[0])
    assert f"/m/{m}/four-two" not in page.text


def resolved(r: Rehearsal) -> str:
    m = reviewed(r, present=24)
    r.act("mei", m, EldersHeard(opinion="先装桥头"))
    options = tuple(Option(id=one, title=one) for one in ("yes", "no", "abstain"))
    poll = PollOpened(
        question="装路灯？",
        options=options,
        procedure="villagers.representatives",
        roster="representatives",
        closes_at=r.engine.now() + timedelta(days=1),
    )
    number = r.act("shen", m, poll).seq
    r.act("rep1", m, BallotCast(poll=Ref(number), entitlement="D1", choice="yes"))
    r.wait(days=1)
    return m


def test_the_posted_resolution_is_a_sheet_on_the_notice_board(village: Rehearsal) -> None:
    m = resolved(village)
    posted = DecisionPosted(days=15, text="同意装25盏路灯。", place="村务公开栏")
    number = village.act("chen", m, posted).seq
    client = browse(village)
    assert "村民决议：巷道装路灯（示例）" in seen(
        client.get(f"/c/{village.community}/notices").text
    )
    sheet = client.get(f"/m/{m}/notices/{number}")
    assert sheet.status_code == 200
    assert "同意装25盏路灯" in seen(sheet.text)
    village.wait(days=17)
    assert client.get(f"/m/{m}/notices/{number}").status_code == 200


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_every_page_reads_in_three_languages(village: Rehearsal, language: str) -> None:
    m = resolved(village)
    village.act("chen", m, DecisionPosted(days=15, text="同意。"))
    client = browse(village, "chen", language=language)
    for address in (f"/m/{m}", f"/m/{m}/four-two"):
        page = client.get(address)
        assert page.status_code == 200
        words = seen(page.text)
        wanted = {"zh-Hans": "四议两公开", "zh-Hant": "四議兩公開", "en": "Fourdeliberations"}
        assert wanted[language] in words


def test_the_form_of_a_step_takes_the_figures_of_its_sheet(village: Rehearsal) -> None:
    m = village.open("巷道装路灯（示例）", by="li", category="four_two")
    page = browse(village, "fang").get(f"/m/{m}/do/rural.party_members_reviewed").text
    for name in ("due", "present", "yes", "no", "abstain", "held_on", "place"):
        assert f'name="{name}"' in page, name
    assert 'name="documents-files"' in page
