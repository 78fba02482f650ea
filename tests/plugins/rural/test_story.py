"""The village of tests/cases/rural-lights.toml, played with every plugin that it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from wugong.cases import Case, Played, Story, engine_for, read_case
from wugong.plugins import installed
from wugong_insight.evidence import ASSISTED, by_helper
from wugong_insight.signals import signals

CASE = Path(__file__).parents[2] / "cases" / "rural-lights.toml"


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case(CASE)


@pytest.fixture(scope="module")
def played(case: Case) -> tuple[Story, list[Played]]:
    plugins = {name: module for name, module in installed().items() if name in (case.plugins or ())}
    engine, clock = engine_for(case, plugins=plugins)
    story = Story(case, engine, clock)
    return story, list(story.play())


def test_the_story_goes_as_it_says(played: tuple[Story, list[Played]]) -> None:
    assert [(one.number, one.problem) for one in played[1] if one.problem] == []


def test_at_least_five_refusals_name_their_article(case: Case) -> None:
    named = [step for step in case.steps if "refused" in step and "source" in step]
    assert len(named) >= 5


def test_every_step_of_the_flow_is_taken_or_refused(case: Case) -> None:
    told = {step["do"] for step in case.steps if "do" in step}
    refused = {code for step in case.steps for code in step.get("refused", ())}
    assert {
        "rural.party_proposed",
        "rural.committees_consulted",
        "rural.party_members_reviewed",
        "rural.elders_heard",
        "rural.levy_proposed",
        "rural.decision_posted",
        "rural.result_posted",
    } <= told
    assert {
        "rural.proposal_missing",
        "rural.review_no_quorum",
        "rural.levy_wrong_body",
        "rural.posting_too_short",
        "rural.result_still_posted",
    } <= refused


def test_an_honest_story_raises_no_question(played: tuple[Story, list[Played]]) -> None:
    story, _ = played
    matter = story.engine.matter(story.matters["lights"])
    entered = by_helper(story.engine.book(ASSISTED, story.case.community))
    assert entered  # one ballot was cast at the assisted desk
    assert signals(matter, entered) == ()
