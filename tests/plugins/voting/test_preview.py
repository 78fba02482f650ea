"""Before a poll is opened: who is in, who is out, by which line, and what each outcome needs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plugins.voting.neighbourhood import AGREE, HEADS, cast, charter, opened, rehearsal
from wugong import judge
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting.needs import WhatIf, what_if
from wugong_voting.state import polls_of

AREA = HEADS.replace("heads", "area").replace("1/2", "2/3")
BOTH = charter(
    quorum=f'[{{ id = "heads", {HEADS} }}, {{ id = "area", {AREA} }}]',
    consent=f'[{{ id = "agree", {AGREE} }}, {{ id = "space", {AGREE.replace("heads", "area")} }}]',
)


def said(r: Rehearsal, matter: str, query: str = "", who: str = "wang") -> str:
    answer = browse(r, who).get(f"/m/{matter}/polls/preview?{query}")
    assert answer.status_code == 200, answer.text
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_what_it_would_need_in_each_measure() -> None:
    r = rehearsal(BOTH)
    page = said(r, r.open("Lights", by="li"))
    for line in (
        "全体 4 400.00平方米",
        "至少参加 2 266.67平方米",
        "刚好够参加时，至少赞成 2 133.34平方米",
        "全部参加时，至少赞成 3 200.01平方米",
    ):
        assert line in page


def test_an_owner_of_several_units_is_one_head_and_says_so() -> None:
    r = rehearsal(BOTH)
    matter = r.open("Lights", by="li")
    assert "能投票的：4" in said(r, matter)
    joined = said(r, matter, "show=joined")
    assert "一人有几处的：1" in joined
    assert "201, 202" in joined and "同一人有2处，算一个人" in joined and "101" not in joined


def test_who_is_out_is_named_with_the_reason() -> None:
    r = rehearsal(BOTH)
    matter = r.open("Lights", by="li")
    out = said(r, matter, "groups=1&show=out")
    assert "不能投票的：4" in out and "301" in out and "房号都不在所选的组里" in out
    assert "能投票的：3" in said(r, matter, "groups=1")


def test_a_member_whom_no_line_of_the_roster_names_is_out_and_named() -> None:
    r = rehearsal(BOTH)
    matter = r.open("Lights", by="li")
    out = said(r, matter, "show=out")
    assert "不能投票的：3" in out and out.count("名册上没有这个人") == 3
    assert "tenant" in out and "li " not in out
    r.roster("owners", [("101", "tenant", "1", 80_00)])
    out = said(r, matter, "show=out")
    assert "tenant" not in out and "li 名册上没有" in out


def test_the_preview_is_the_roll_that_the_poll_then_freezes() -> None:
    r = rehearsal(BOTH)
    matter = r.open("Lights", by="li")
    page = said(r, matter, "groups=1")
    poll = opened(r, matter, groups=["1"])
    roll = polls_of(r.matter(matter))[poll].roll
    assert roll is not None
    assert f"能投票的：{roll.entitlements} " in page
    assert f"全体 {roll.heads} 300.00平方米" in page and roll.area_dm2 == 300_00


def test_a_line_without_its_area_says_so() -> None:
    r = rehearsal(BOTH)
    r.roster("owners", [("101", "li", "1", 0), ("102", "zhao", "1", 70_00)])
    assert said(r, r.open("Lights", by="li")).count("名册上没有面积") == 1


@pytest.mark.parametrize("who", ["li", "desk"])
def test_the_roster_is_not_for_everybody(who: str) -> None:
    r = rehearsal(BOTH)
    matter = r.open("Lights", by="li")
    answer = browse(r, who).get(f"/m/{matter}/polls/preview")
    assert answer.status_code == 403 and "301" not in answer.text


def test_whoever_is_signed_out_is_led_to_the_signing_in_or_refused() -> None:
    r = rehearsal(BOTH)
    matter = r.open("Lights", by="li")
    answer = browse(r).get(f"/m/{matter}/polls/preview", follow_redirects=False)
    assert answer.status_code in (303, 403) and "301" not in answer.text


def test_an_unknown_procedure_falls_back_to_the_first() -> None:
    r = rehearsal(BOTH)
    assert "能投票的：4" in said(r, r.open("Lights", by="li"), "procedure=none&show=nonsense")


def test_without_a_roster_there_is_nothing_to_show() -> None:
    r = rehearsal(charter(roster='"nobody"'))
    assert "名册" in said(r, r.open("Lights", by="li"))


@given(st.integers(1, 5000), st.integers(1, 10**6))
def test_what_is_said_to_suffice_does_and_one_less_does_not(heads: int, area: int) -> None:
    whole = {"heads": heads, "households": heads, "area": area}
    rows: dict[str, WhatIf] = {one.measure: one for one in what_if(BOTH, whole)}  # type: ignore[arg-type]
    part = {name: rows[name].part or 0 if name in rows else heads for name in whole}
    for base, name in ((part, "yes_at_least"), (whole, "yes_of_all")):
        yes = {m: getattr(rows[m], name) if m in rows else 0 for m in whole}
        assert judge(BOTH, whole, base, yes)[0] == "passed"  # type: ignore[arg-type]
        for measure in rows:
            less = {**yes, measure: yes[measure] - 1}
            assert judge(BOTH, whole, base, less)[0] == "rejected"  # type: ignore[arg-type]
    for measure in rows:
        few = {**part, measure: part[measure] - 1}
        assert judge(BOTH, whole, few, dict.fromkeys(whole, 0))[0] == "no_quorum"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("who", "rows"),
    [
        ((), "刚好够参加时 2 133.34平方米 全部参加时 3 200.01平方米"),
        (("li",), "刚好够参加时 2 133.34平方米 全部参加时 3 200.01平方米"),
        (("li", "zhao", "qian"), "没有别人再参加时 2 150.01平方米 全部参加时 3 200.01平方米"),
    ],
)
def test_while_people_vote_the_page_says_how_many_must_be_in_favour(
    who: tuple[str, ...], rows: str
) -> None:
    r = rehearsal(BOTH)
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    for one in who:
        cast(r, matter, poll, one, "no")
    page = browse(r).get(f"/m/{matter}/polls/{poll}").text
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("至少赞成") :]))
    assert rows in said


def test_in_a_secret_poll_it_is_said_of_people_alone() -> None:
    r = rehearsal(BOTH)
    matter = r.open("Lights", by="li")
    poll = opened(r, matter, secrecy="secret")
    page = browse(r).get(f"/m/{matter}/polls/{poll}").text
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("至少赞成") :]))
    assert "刚好够参加时 2 全部参加时 3" in said
