"""What people see of insight: questions with their records, and nothing where there are none."""

from __future__ import annotations

import re

import pytest

import wugong_insight
import wugong_planning
from wugong import Ref, seal
from wugong.testing import Rehearsal
from wugong_planning.events import (
    Clause,
    NeedFiled,
    OpinionAnswered,
    OpinionGiven,
    SchemePublished,
)
from wugong_server.testing import browse


@pytest.fixture
def r() -> Rehearsal:
    plugins = {"insight": wugong_insight, "planning": wugong_planning}
    return Rehearsal(plugins, members={"chen": ("officer",), "li": (), "wu": ()})


def seen(html: str) -> str:
    """Return the words of a page, as read aloud."""
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", html))


def sham(r: Rehearsal) -> tuple[str, int, list[int]]:
    """A scheme before any need, and five refusals with one reason."""
    m = r.open("广场（示例）", by="chen")
    scheme = r.act("chen", m, SchemePublished(title="广场", clauses=(Clause(text="修广场"),))).seq
    r.act("li", m, NeedFiled(text=seal("要路灯")))
    answers = []
    for _ in range(5):
        given = OpinionGiven(scheme=Ref(scheme), text=seal("不要广场"), stance="object")
        opinion = r.act("wu", m, given).seq
        answer = OpinionAnswered(opinion=Ref(opinion), decision="not_adopted", reason="已阅")
        answers.append(r.act("chen", m, answer).seq)
    return m, scheme, answers


def test_a_question_stands_with_its_figures_and_its_records(r: Rehearsal) -> None:
    m, scheme, answers = sham(r)
    page = browse(r, "li").get(f"/m/{m}")
    assert page.status_code == 200
    words = seen(page.text)
    assert "第一版方案早于第一条需求。方案回应的是谁的需求？" in words
    assert "希望修改的5条意见里，采纳和部分采纳0条。其余各条难在哪里？" in words
    assert "5条答复的理由一字不差，或者没写理由。每一条各是什么原因？" in words
    client = browse(r, "li")
    for number in (scheme, *answers):
        assert f"第{number}条" in words
        assert f'href="/m/{m}/records/{number}"' in page.text
        assert client.get(f"/m/{m}/records/{number}").status_code == 200


def test_the_thresholds_stand_beside_the_questions(r: Rehearsal) -> None:
    m, _scheme, _answers = sham(r)
    words = seen(browse(r, "li").get(f"/m/{m}").text)
    assert "征集需求少于多少天就提问7" in words


def test_somebody_signed_out_sees_no_record_that_is_not_theirs_to_read(r: Rehearsal) -> None:
    m, scheme, _answers = sham(r)
    need = scheme + 1  # needs are shown to members only
    assert f"第{need}条" in seen(browse(r, "li").get(f"/m/{m}").text)
    panel = seen(browse(r).get(f"/m/{m}").text)
    assert "还有1条" in panel
    assert f"第{need}条" not in panel


def test_a_matter_without_signals_has_no_panel(r: Rehearsal) -> None:
    m = r.open("路灯（示例）", by="li")
    r.act("li", m, NeedFiled(text=seal("要路灯")))
    page = browse(r, "li").get(f"/m/{m}")
    assert page.status_code == 200
    assert "从记录里看到的问题" not in seen(page.text)
