"""形式共謀 is asked about where the record shows it, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plugins.insight.conftest import YES_NO, Story
from wugong import BUILD, PLAN, Words, read_procedure
from wugong_insight.questions import QUESTIONS

ONE_THING = (("yes", "The plaza"), ("abstain", "Abstain"))
ADVISORY = """
id = "elders.council"
title = {en = "Elders"}
body = "elders_council"
setting = "rural"
roster = "elders"
effective_from = 2026-01-01
decides = false
quorum = []
consent = []
basis = []
"""


def planned(story: Story, days: int = 14) -> int:
    """A need, and after some days a scheme."""
    story.need()
    story.wait(days)
    return story.scheme("Lights along the lane")


def noticed(story: Story, scheme: int, days: int = 15) -> int:
    """A notice, and after some days a poll on the scheme."""
    story.notice(scheme)
    story.wait(days)
    return story.poll(scheme)


def test_an_honest_matter_raises_no_question(story: Story) -> None:
    planned(story)
    for number in range(6):
        decision = "adopted" if number < 4 else "not_adopted"
        story.answer(story.opinion(), decision, f"Reason {number}")
    scheme = story.scheme("Lights along the lane", "A switch at the bridge")
    story.decided(noticed(story, scheme), ballots=60)
    assert story.signals() == {}


def test_a_sham_raises_several_each_with_its_records(story: Story) -> None:
    scheme = story.scheme("A plaza")
    story.wait(1)
    need = story.need()
    opinions = [story.opinion() for _ in range(6)]
    answers = [story.answer(opinion, "not_adopted", "Noted.") for opinion in opinions]
    notice = story.notice(scheme)
    story.wait(2)
    poll = story.poll(scheme, options=ONE_THING)
    found = story.signals()
    assert {code: signal.records for code, signal in found.items()} == {
        "insight.scheme_first": (scheme, need),
        "insight.scheme_unchanged": (scheme, *opinions),
        "insight.adoption_low": tuple(answers),
        "insight.answers_unreasoned": tuple(answers),
        "insight.one_option": (poll,),
        "insight.notice_short": (notice, poll),
    }


@st.composite
def honest_stories(draw: st.DrawFn) -> Story:
    """Draw a matter in which people were asked, answered with reasons and told in time."""
    story = Story()
    for _ in range(draw(st.integers(1, 5))):
        story.need()
        story.wait(draw(st.integers(0, 3)))
    story.wait(draw(st.integers(7, 40)))
    clauses = ["Clause 1"]
    story.scheme(*clauses)
    critical = 0
    for number in range(draw(st.integers(0, 20))):
        stance = draw(st.sampled_from(["support", "object", "suggest"]))
        decision = draw(st.sampled_from(["adopted", "partly", "not_adopted"]))
        if stance != "support":
            # An office that listens adopts at least every second opinion that asks for a change.
            critical += 1
            decision = "partly" if critical % 2 and decision == "not_adopted" else decision
        story.answer(story.opinion(stance), decision, f"Reason {number}")
        clauses.append(f"Clause {number + 2}")
    scheme = story.scheme(*clauses)
    story.notice(scheme)
    story.wait(draw(st.integers(10, 60)))
    if draw(st.booleans()):
        story.notice(scheme)  # a reminder on the last day
    story.decided(story.poll(scheme), ballots=draw(st.integers(1, 500)))
    return story


@settings(max_examples=200, deadline=None)
@given(honest_stories())
def test_two_hundred_random_honest_matters_raise_no_question(story: Story) -> None:
    assert story.signals() == {}


@pytest.mark.parametrize(("days", "asks"), [(6, True), (7, False)])
def test_a_week_is_enough_to_gather_needs(story: Story, days: int, asks: bool) -> None:
    planned(story, days)
    assert ("insight.needs_short" in story.signals()) is asks


def test_a_late_first_need_does_not_hide_a_short_gathering(story: Story) -> None:
    story.wait(3)
    need = story.need()
    scheme = story.scheme("Lights")
    (signal,) = story.signals().values()
    assert (signal.code, signal.records) == ("insight.needs_short", (need, scheme))
    assert signal.details == {"days": 3, "least": 7}


def test_a_scheme_without_any_need_is_asked_about(story: Story) -> None:
    scheme = story.scheme("A plaza")
    (signal,) = story.signals().values()
    assert (signal.code, signal.records) == ("insight.scheme_without_need", (scheme,))


@pytest.mark.parametrize(("opinions", "asks"), [(4, False), (5, True)])
def test_five_opinions_and_no_change_are_asked_about(
    story: Story, opinions: int, asks: bool
) -> None:
    scheme = planned(story)
    for _ in range(opinions):
        story.opinion("suggest")
    assert "insight.scheme_unchanged" not in story.signals()  # the scheme may still change
    noticed(story, scheme)
    assert ("insight.scheme_unchanged" in story.signals()) is asks


def test_support_asks_for_no_change(story: Story) -> None:
    scheme = planned(story)
    for _ in range(20):
        story.opinion("support")
    noticed(story, scheme)
    assert story.signals() == {}


def test_a_matter_planned_to_the_end_without_a_poll_is_looked_at_too(story: Story) -> None:
    planned(story)
    for _ in range(5):
        story.opinion()
    story.matter = replace(story.matter, stages=BUILD, done=PLAN)
    assert set(story.signals()) == {"insight.scheme_unchanged"}


@pytest.mark.parametrize(
    ("adopted", "asks"),
    [pytest.param(4, False, id="exactly 40 of 100"), pytest.param(3, True, id="30 of 100")],
)
def test_adoption_is_asked_about_below_its_share(story: Story, adopted: int, asks: bool) -> None:
    planned(story)
    for number in range(10):
        decision = "partly" if number < adopted else "not_adopted"
        story.answer(story.opinion(), decision, f"Reason {number}")
    found = story.signals()
    assert ("insight.adoption_low" in found) is asks
    if asks:
        assert found["insight.adoption_low"].details == {"adopted": 3, "answered": 10}


def test_the_second_answer_to_an_opinion_counts(story: Story) -> None:
    planned(story)
    for number in range(5):
        opinion = story.opinion()
        story.answer(opinion, "not_adopted", f"Reason {number}")
        story.answer(opinion, "adopted", f"You are right {number}")
    assert story.signals() == {}


@pytest.mark.parametrize(("times", "asks"), [(2, False), (3, True)])
def test_a_reason_repeated_word_for_word_is_asked_about(
    story: Story, times: int, asks: bool
) -> None:
    planned(story)
    for _ in range(times):
        story.answer(story.opinion(), "not_adopted", "Noted. ")
    assert ("insight.answers_unreasoned" in story.signals()) is asks


def test_an_answer_without_a_reason_is_asked_about(story: Story) -> None:
    planned(story)
    answer = story.answer(story.opinion(), "not_adopted", "  ")
    assert story.signals()["insight.answers_unreasoned"].records == (answer,)


@pytest.mark.parametrize(
    ("options", "asks"),
    [
        pytest.param(YES_NO, False, id="for and against"),
        pytest.param(ONE_THING, True, id="one thing or nothing"),
        pytest.param((("a", "The plaza"), ("b", "The plaza ")), True, id="the same thing twice"),
        pytest.param((("a", "A plaza"), ("b", "A garden")), False, id="two things"),
    ],
)
def test_a_poll_with_nothing_to_choose_is_asked_about(
    story: Story, options: tuple[tuple[str, str], ...], asks: bool
) -> None:
    scheme = planned(story)
    story.notice(scheme)
    story.wait(15)
    story.poll(scheme, options=options)
    assert ("insight.one_option" in story.signals()) is asks


@pytest.mark.parametrize(("days", "asks"), [(9, True), (10, False)])
def test_ten_days_of_notice_are_enough(story: Story, days: int, asks: bool) -> None:
    noticed(story, planned(story), days)
    assert ("insight.notice_short" in story.signals()) is asks


def test_a_notice_of_something_else_is_no_notice(story: Story) -> None:
    scheme = planned(story)
    story.notice(scheme + 100)
    story.wait(15)
    poll = story.poll(scheme)
    assert story.signals()["insight.notice_missing"].records == (poll,)


def test_an_advisory_body_needs_no_notice(story: Story) -> None:
    council = read_procedure(ADVISORY)
    standing = replace(story.matter.standing, procedures={council.id: council})
    story.matter = replace(story.matter, standing=standing)
    poll = story.poll(planned(story), procedure=council.id)
    assert story.signals() == {}
    story.decided(poll, ballots=3, verdict="advisory")
    assert story.signals() == {}


@pytest.mark.parametrize(
    ("entered", "ballots", "asks"),
    [
        pytest.param(10, 50, False, id="exactly a fifth"),
        pytest.param(11, 50, True, id="more than a fifth"),
        pytest.param(4, 5, False, id="too few to ask"),
        pytest.param(5, 5, True, id="everybody"),
    ],
)
def test_one_helper_with_many_ballots_is_asked_about(
    story: Story, entered: int, ballots: int, asks: bool
) -> None:
    poll = noticed(story, planned(story))
    assisted = {poll: {"agent": entered, "other": 1}}
    assert story.signals(assisted) == {}  # nothing leaks while the poll is open
    story.decided(poll, ballots=ballots)
    found = story.signals(assisted)
    assert ("insight.one_helper" in found) is asks
    if asks:
        assert found["insight.one_helper"].details == {"count": entered, "of": ballots}
        assert "agent" not in str(found["insight.one_helper"])


def test_each_community_sets_its_own_thresholds(story: Story) -> None:
    planned(story, days=2)
    assert set(story.signals()) == {"insight.needs_short"}
    story.set("insight.needs_days", "2")
    assert story.signals() == {}


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
def test_every_signal_is_worded_as_a_question(language: str) -> None:
    words = Words(language, ["wugong_insight"])
    for question in QUESTIONS.values():
        assert words(question).endswith(("?", "？"))
