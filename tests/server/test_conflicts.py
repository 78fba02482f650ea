"""Two people at one text: a refusal shows what was typed beside what stands now, nothing lost."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest

import wugong_planning
import wugong_urban
from tests.server.test_documents_pages import form_of
from wugong import Ref, RoleGranted, SettingChanged, StepRecorded, seal
from wugong.testing import Rehearsal
from wugong_planning.events import Clause, OpinionAnswered, OpinionGiven, SchemePublished
from wugong_server.testing import browse

SCHEME, STEP = "planning.scheme_published", "wugong.step_recorded"
DAYS = "planning.answer_days"


@pytest.fixture
def town() -> Rehearsal:
    members = {"wang": ("officer",), "zhao": ("officer",), "li": ()}
    plugins = {"planning": wugong_planning, "urban": wugong_urban}
    return Rehearsal(plugins, members=members, community="wutong")


@pytest.fixture
def lift(town: Rehearsal) -> str:
    return town.open("3幢加装电梯（示例）", by="li", category="lift")


def scheme(text: str, replaces: int = 0) -> SchemePublished:
    named = Ref(replaces) if replaces else None
    return SchemePublished(title="方案", clauses=(Clause(text=text),), replaces=named)


def shown(answer: Any) -> str:
    """Return the two texts as a reader finds them, without the form below."""
    found = re.search(
        r'<section class="stack sec" aria-labelledby="stands-.*?</section>', answer.text, re.S
    )
    assert found is not None, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def test_a_version_of_the_scheme_is_opened_on_the_one_it_replaces(
    town: Rehearsal, lift: str
) -> None:
    wang = browse(town, "wang")
    assert wang.get(f"/m/{lift}/scheme/new").headers["location"] == f"/m/{lift}/do/{SCHEME}"
    stands = replace(scheme("栏杆刷漆"), changes="为了安全")
    first = town.act("wang", lift, stands).seq
    to = wang.get(f"/m/{lift}/scheme/new").headers["location"]
    assert to == f"/m/{lift}/do/{SCHEME}?replaces={first}"
    form = wang.get(to).text
    assert f'<option value="{first}" selected' in form
    assert ">栏杆刷漆</textarea>" in form and 'value="方案"' in form  # begins with what stands
    assert "为了安全" not in form  # what changed is said anew


def test_both_versions_stand_side_by_side_and_nothing_typed_is_lost(
    town: Rehearsal, lift: str
) -> None:
    first, wang = town.act("zhao", lift, scheme("栏杆刷漆")).seq, browse(town, "wang")
    form = form_of(wang.get(f"/m/{lift}/do/{SCHEME}?replaces={first}").text)
    second = town.act("zhao", lift, scheme("栏杆换新", replaces=first)).seq
    typed = {"title": "方案", "clauses-0-text": "栏杆加高", "replaces": str(first)}
    answer = wang.post(f"/m/{lift}/do/{SCHEME}", data={**form, **typed, "act-step": "checked"})
    assert answer.status_code == 409
    both = shown(answer)
    assert "您填的" in both and "现在的" in both
    assert "栏杆加高" in both and "栏杆换新" in both and "栏杆刷漆" not in both
    assert "栏杆加高</textarea>" in answer.text  # still in the form
    again = {**form_of(answer.text), **typed, "replaces": str(second), "act-step": "checked"}
    assert wang.post(f"/m/{lift}/do/{SCHEME}", data=again).status_code == 303


def test_a_step_that_a_colleague_entered_meanwhile(town: Rehearsal, lift: str) -> None:
    wang, plan = browse(town, "wang"), "owners.lift.plan"
    form = form_of(wang.get(f"/m/{lift}/do/{STEP}?step={plan}").text)
    day = date(2026, 3, 2)
    its = StepRecorded(step=plan, held_on=day, place="活动室", resolved="方案如图。")
    town.act("zhao", lift, its)
    typed = {"step": plan, "held_on": "2026-03-02", "place": "凉亭", "resolved": "方案如图。"}
    answer = wang.post(f"/m/{lift}/do/{STEP}", data={**form, **typed})
    assert answer.status_code == 409
    both = shown(answer)
    assert "活动室" in both and "凉亭" in both
    assert "方案如图" not in both  # the same in both
    assert 'value="凉亭"' in answer.text

    typed["place"] = "活动室"
    assert "两边完全一样" in shown(wang.post(f"/m/{lift}/do/{STEP}", data={**form, **typed}))


def test_an_opinion_that_a_colleague_answered_meanwhile(town: Rehearsal, lift: str) -> None:
    version = Ref(town.act("zhao", lift, scheme("栏杆刷漆")).seq)
    given = OpinionGiven(scheme=version, text=seal("太暗"))
    opinion = Ref(town.act("li", lift, given).seq)
    wang, path = browse(town, "wang"), f"/m/{lift}/opinions/{opinion}/answer"
    page = wang.get(path).text
    form = page[page.index('<form method="post" action="/m/') :]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    town.act("zhao", lift, OpinionAnswered(opinion=opinion, decision="partly", reason="第1条"))
    answer = wang.post(path, data={**hidden, "decision": "adopted", "reason": "照办"})
    both = shown(answer)
    assert "照办" in both and "第1条" in both and "采纳" in both
    assert "照办</textarea>" in answer.text


def test_a_setting_that_a_colleague_changed_meanwhile(town: Rehearsal) -> None:
    first, second = (SettingChanged(name=DAYS, value=value) for value in ("30", "40"))
    town.act("operator", "wutong", RoleGranted(member="wang", role="admin"))
    town.act("operator", "wutong", first)
    wang = browse(town, "wang")
    page = html.unescape(wang.get("/c/wutong/admin/settings").text)
    link = next(to for to in re.findall(r'href="([^"]+)"', page) if f"name={DAYS}" in to)
    form = wang.get(link).text
    assert "<textarea" not in form, "a number is one line"
    assert form.count('value="30"') == 2  # to be changed, and what it was
    town.act("operator", "wutong", second)
    typed = {**form_of(form), "name": DAYS, "value": "35", "was": "30"}
    answer = wang.post(urlsplit(link).path, data=typed)
    assert answer.status_code == 409
    assert "现在是40，已不是30" in answer.text and 'value="35"' in answer.text
    assert town.matter("wutong").standing.settings[DAYS] == "40"
    typed = {**form_of(answer.text), **typed, "was": "40"}
    assert wang.post(urlsplit(link).path, data=typed).is_redirect
    assert town.matter("wutong").standing.settings[DAYS] == "35"


def test_a_program_may_change_a_setting_whatever_it_was(town: Rehearsal) -> None:
    for value in ("30", "40", "40"):
        town.act("operator", "wutong", SettingChanged(name=DAYS, value=value))
    town.act("operator", "wutong", SettingChanged(name=DAYS, value="50", was="40"))
    with town.refuses("wugong.setting_changed_meanwhile"):
        town.act("operator", "wutong", SettingChanged(name=DAYS, value="60", was="40"))


def test_a_form_that_was_sent_already_shows_what_it_recorded(town: Rehearsal, lift: str) -> None:
    wang, path = browse(town, "wang"), f"/m/{lift}/do/wugong.stage_skipped"
    form = form_of(wang.get(path).text)
    first = {**form, "stage": "build", "reason": "不需要施工"}
    assert wang.post(path, data=first).status_code == 303
    answer = wang.post(path, data={**first, "reason": "写错了"})  # the back key, and a change
    assert answer.status_code == 409
    both = shown(answer)
    assert "写错了" in both and "不需要施工" in both
    assert form_of(answer.text)["key"] != form["key"]  # or it could never be sent again


def test_a_program_is_told_the_number_of_what_stands(town: Rehearsal, lift: str) -> None:
    client, path = browse(town, "wang"), f"/api/v1/matters/{lift}/events"
    first = town.act("zhao", lift, scheme("栏杆刷漆")).seq
    second = town.act("zhao", lift, scheme("栏杆换新", replaces=first)).seq
    body = {"title": "方案", "clauses": [{"text": "栏杆加高"}], "replaces": first}
    sent = {"kind": SCHEME, "body": body}
    (reason,) = client.post(path, json=sent, headers={"idempotency-key": "1"}).json()["reasons"]
    assert (reason["code"], reason["details"]["stands"]) == ("planning.scheme_outdated", second)
