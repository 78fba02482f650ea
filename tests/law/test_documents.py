"""The document of a procedure says every number of its data, with its article."""

from __future__ import annotations

import pytest

from tests.law.lawbook import LAW
from wugong import Words
from wugong.describing import PARTS, describe, document
from wugong.steps import placed_in


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
@pytest.mark.parametrize("name", sorted(LAW))
def test_every_number_stands_in_the_document_with_its_article(name: str, language: str) -> None:
    procedure, words = LAW[name], Words(language, ["wugong"])
    text = document(procedure, words)
    for test in (*procedure.quorum, *procedure.consent):
        share = f"{test.threshold.share.numerator}/{test.threshold.share.denominator}"
        assert share in text or test.threshold.share == 1
        assert f"[{test.threshold.source}]" in text
    numbers = [procedure.notice_days, procedure.publish_days, *(t.days for t in procedure.terms)]
    assert all(str(number) in text for number in numbers if number)
    assert all(item.title[language] in text for item in procedure.items)
    assert all(step.title[language] in text for step in procedure.steps)
    assert all(basis.article in text for basis in procedure.basis)


def test_what_is_from_memory_is_marked() -> None:
    lines = [
        line
        for section in describe(LAW["villagers.representatives.levy"], Words("en", ["wugong"]))
        for line in section.lines
    ]
    assert [line.source for line in lines if line.confidence == "M"] == ["國辦發〔2007〕4號"] * 2
    text = document(LAW["villagers.representatives.levy"], Words("en", ["wugong"]))
    assert "(from memory, unverified)" in text


def test_more_than_and_or_more_are_told_apart() -> None:
    words = Words("en", ["wugong"])
    assert "more than 2/3" in document(LAW["residents.election.representatives"], words)
    assert "2/3 or more" in document(LAW["residents.representatives"], words)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        pytest.param("zh_Hans", "成员：超过到会的1/2", id="简体"),
        pytest.param("zh_Hant", "成員：超過到會的1/2", id="繁體"),
        pytest.param("en", "members: more than 1/2 of those present", id="English"),
    ],
)
def test_a_condition_is_a_sentence_in_each_language(language: str, line: str) -> None:
    text = document(LAW["residents.representatives"], Words(language, ["wugong"]))
    assert line in text


def test_chinese_keeps_its_own_marks() -> None:
    text = document(LAW["villagers.election"], Words("zh_Hans", ["wugong"]))
    assert "：至少提前20天" in text
    assert "（2025）" in text


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
def test_what_one_person_cannot_be_at_once_is_said_in_words(language: str) -> None:
    words = Words(language, ["wugong"])
    apart = {name: its for name, its in LAW.items() if its.incompatible}
    assert len(apart) > 5
    for its in apart.values():
        lines = [line for section in describe(its, words) for line in section.lines]
        for rule in its.incompatible:
            assert any(line.source == rule.source for line in lines)
        told = " ".join(line.text for line in lines)
        for part in {part for rule in its.incompatible for part in (rule.one, rule.other)}:
            assert words(PARTS[part]) in told and (part == "candidate" or part not in told)


def test_a_step_posts_for_every_term_that_something_must_hang() -> None:
    for procedure in LAW.values():
        posted = {term.id for term in procedure.terms if term.kind == "posted"}
        steps = {step.posts for step in procedure.steps} - {""}
        if procedure.kind == "no_vote":
            assert posted <= steps, procedure.id
        else:  # the days of one place or another stand beside the step that posts anywhere
            assert bool(steps) or not posted, procedure.id


@pytest.mark.parametrize(
    ("procedure", "step", "days"),
    [
        pytest.param("owners.lift", "post", 15, id="the plan of a lift"),
        pytest.param("homestead.application", "discuss", 5, id="a homestead"),
        pytest.param("owners.fund_emergency", "publish", 5, id="a bill"),
        pytest.param("villagers.publication", "ordinary", 15, id="village affairs"),
        pytest.param("villagers.rules", "publish", None, id="village rules, no days named"),
    ],
)
def test_how_long_what_a_step_posts_must_hang(procedure: str, step: str, days: int | None) -> None:
    placed = next(one for one in placed_in(LAW[procedure]) if one.step.id == step)
    assert placed.step.posts
    assert (placed.term.days if placed.term else None) == days


def test_every_danger_that_allows_it_without_a_vote_stands_under_its_article() -> None:
    procedure = LAW["owners.fund_emergency"]
    sections = describe(procedure, Words("zh_Hant", ["wugong"]))
    lines = [
        line for one in sections for line in one.lines if line.source == "四川省物業管理條例 90, 91"
    ]
    assert len([line for line in lines if not line.confidence]) == len(procedure.causes) == 7
