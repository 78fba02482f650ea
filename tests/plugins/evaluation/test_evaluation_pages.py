"""The evaluation as people meet it: rate, wait, and read both results side by side."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction

import pytest

import wugong_evaluation
from wugong import (
    BUILD,
    EVALUATE,
    MANAGE,
    PLAN,
    Ref,
    StageClosed,
    StageOpened,
    StageSkipped,
    seal,
)
from wugong.testing import Rehearsal
from wugong_evaluation.events import (
    Answered,
    Assessed,
    EvaluationOpened,
    IndependenceDeclared,
    ReportReleased,
)
from wugong_evaluation.pages import in_words
from wugong_evaluation.tracks import TOTALS
from wugong_server.testing import browse


@pytest.fixture
def estate() -> Rehearsal:
    r = Rehearsal(
        {"evaluation": wugong_evaluation},
        members={"wang": ("officer",), "chen": (), "desk": ("agent",)},
    )
    for flat in ("101", "102"):
        r.enrol(f"m{flat}", household=flat)
    return r


@pytest.fixture
def lifts(estate: Rehearsal) -> str:
    matter = estate.open("Lifts", by="m101")
    estate.act("wang", matter, StageClosed(stage=PLAN))
    for stage in (BUILD, MANAGE):
        estate.act("wang", matter, StageSkipped(stage=stage, reason="done by the district"))
    estate.act("wang", matter, StageOpened(stage=EVALUATE))
    return matter


def opened(r: Rehearsal, matter: str, scale: int = 5) -> Ref:
    event = EvaluationOpened(
        evaluator="chen",
        closes_at=r.clock() + timedelta(days=7),
        question="How are the lifts?",
        invited=4,
        scale=scale,
    )
    return Ref(r.act("wang", matter, event).seq)


def published(r: Rehearsal, matter: str, number: Ref, score: int = 5) -> None:
    r.act("m102", matter, Answered(evaluation=number, score=2, household="102"))
    r.act("chen", matter, IndependenceDeclared(evaluation=number))
    r.act("chen", matter, Assessed(evaluation=number, score=score, report=seal("Sound")))
    r.wait(days=7)


def shown(r: Rehearsal, path: str, member: str | None = None, language: str = "en") -> str:
    answer = browse(r, member, language=language).get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text))


def send(r: Rehearsal, member: str, path: str, **typed: str) -> int:
    client = browse(r, member)
    page = client.get(path)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    return client.post(path, data={**hidden, **typed}).status_code


def test_a_resident_rates_once_for_their_household(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    path = f"/m/{lifts}/evaluation/{number}/answer"
    assert "One answer for your household: 101" in shown(estate, path, "m101")

    assert send(estate, "m101", path, score="4", remark="The door squeaks") == 303
    assert estate.engine.book(TOTALS, "example") == {str(int(number)): {"4": 1}}
    assert send(estate, "m101", path, score="5") == 409
    assert send(estate, "m102", path, score="9") == 409
    assert send(estate, "m102", path, remark="no score") == 422
    assert estate.engine.book(TOTALS, "example") == {str(int(number)): {"4": 1}}


def test_who_is_signed_out_is_led_to_the_entrance(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)

    answer = browse(estate).get(f"/m/{lifts}/evaluation/{number}/answer")
    assert answer.status_code == 303 and "sign-in" in answer.headers["location"]


def test_no_figure_is_seen_before_both_are_published(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    estate.act("m102", lifts, Answered(evaluation=number, score=2, household="102"))
    estate.act("chen", lifts, IndependenceDeclared(evaluation=number))
    report = seal("A secret remark")
    estate.act("chen", lifts, Assessed(evaluation=number, score=5, report=report))

    for member in (None, "wang", "m101"):
        for path in (f"/m/{lifts}/evaluation", f"/m/{lifts}"):
            page = shown(estate, path, member)
            assert "of 5" not in page and "A secret remark" not in page
    assert "Independent evaluation: handed in" in shown(estate, f"/m/{lifts}/evaluation")


def test_both_results_stand_side_by_side_with_their_labels(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    published(estate, lifts, number)
    page = shown(estate, f"/m/{lifts}/evaluation")

    assert "5 of 5" in page and "2 of 5" in page and "1 of 4" in page
    assert "Not representative: fewer than 3/10 answered." in page
    assert "The two sides are 3 apart." in page
    assert "It stands here once the evaluator releases it." in page

    released = ReportReleased(evaluation=number, report=seal("Sound work"))
    estate.act("chen", lifts, released)
    assert "Sound work" in shown(estate, f"/m/{lifts}/evaluation")


def test_the_evaluator_is_led_through_their_own_track(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    page = browse(estate, "chen").get(f"/m/{lifts}/evaluation").text
    assert "evaluation.independence_declared" in page and f"/{number}/answer" not in page

    estate.act("chen", lifts, IndependenceDeclared(evaluation=number))
    page = browse(estate, "chen").get(f"/m/{lifts}/evaluation").text
    assert "evaluation.assessed" in page


def test_a_long_scale_is_typed(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts, scale=100)
    path = f"/m/{lifts}/evaluation/{number}/answer"

    assert "From 1 (very poor) to 100 (very good)" in shown(estate, path, "m101")
    assert send(estate, "m101", path, score="87") == 303


def test_a_matter_without_an_evaluation_says_so(estate: Rehearsal, lifts: str) -> None:
    assert "The evaluation has not begun yet." in shown(estate, f"/m/{lifts}/evaluation")
    assert browse(estate, "m101").get(f"/m/{lifts}/evaluation/1/answer").status_code == 404


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_the_pages_are_drawn_in_every_language(
    estate: Rehearsal, lifts: str, language: str
) -> None:
    number = opened(estate, lifts)
    for path in (f"/m/{lifts}", f"/m/{lifts}/evaluation", f"/m/{lifts}/evaluation/{number}/answer"):
        assert shown(estate, path, "m101", language)
    published(estate, lifts, number)
    for path in (f"/m/{lifts}", f"/m/{lifts}/evaluation"):
        assert shown(estate, path, "m101", language)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param(Fraction(77, 20), "3.85", id="two decimals"),
        pytest.param(Fraction(7, 2), "3.5", id="one decimal"),
        pytest.param(Fraction(4), "4", id="whole"),
        pytest.param(Fraction(11, 3), "3又2/3", id="a fraction that has no end"),
        pytest.param(Fraction(1, 3), "1/3", id="below one"),
        pytest.param(None, "", id="nobody answered"),
    ],
)
def test_a_mean_is_written_exactly(value: Fraction | None, written: str) -> None:
    assert in_words(value, "zh_Hant") == written
    assert in_words(value, "en") == written.replace("又", "\N{NO-BREAK SPACE}")


def test_a_setting_is_changed_by_its_title() -> None:
    r = Rehearsal({"evaluation": wugong_evaluation}, members={"root": ("admin",)})
    client = browse(r, "root")
    form = client.get("/m/example/do/wugong.setting_changed?name=evaluation.gap_alarm").text
    assert 'value="evaluation.gap_alarm" checked' in form
    assert "两边相差超过满分的多少时提示" in form
    assert 'value="planning.' not in form  # settings of plugins that are not used here


@pytest.mark.parametrize(
    ("language", "source"),
    [
        pytest.param("zh-Hans", "我们给的初始值，以本社区规则为准", id="简体"),
        pytest.param("zh-Hant", "我們給的初始值，以本社區規則為準", id="繁體"),
        pytest.param("en", "A starting figure of ours, the community&#39;s own rule", id="English"),
    ],
)
def test_the_source_of_a_setting_is_one_chip(estate: Rehearsal, language: str, source: str) -> None:
    page = browse(estate, "wang", language=language).get("/c/example/admin/settings").text
    assert source in page
    assert page.count('class="law"') == 2  # one for each of its settings
    assert "evaluation.gap_alarm" not in re.sub(r"<[^>]+>", "", page)  # titles, no ids
