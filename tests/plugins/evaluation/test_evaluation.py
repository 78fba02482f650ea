"""Two tracks that see nothing of each other, and what is published when both are closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest

import wugong_building
import wugong_evaluation
from wugong import (
    BUILD,
    EVALUATE,
    MANAGE,
    NOBODY,
    PLAN,
    Ref,
    Refused,
    RoleGranted,
    SettingChanged,
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
    EvaluatorReplaced,
    IndependenceDeclared,
    Published,
    ReportReleased,
    TrackClosed,
)
from wugong_evaluation.tracks import ANSWERED, EVALUATIONS, TOTALS, Evaluation

FLATS = ("101", "102", "201", "202", "301")


@pytest.fixture
def estate() -> Rehearsal:
    """Officers Wang and Zhao, an outside evaluator Chen, a resident of each flat, two in 101."""
    r = Rehearsal(
        {"evaluation": wugong_evaluation, "building": wugong_building},
        members={"wang": ("officer",), "zhao": ("officer",), "chen": (), "liu": ()},
    )
    for flat in FLATS:
        r.enrol(f"m{flat}", household=flat)
    r.enrol("m101b", household="101")
    return r


@pytest.fixture
def lifts(estate: Rehearsal) -> str:
    """A matter that is being evaluated."""
    matter = estate.open("Lifts", by="m101")
    estate.act("wang", matter, StageClosed(stage=PLAN))
    for stage in (BUILD, MANAGE):
        estate.act("wang", matter, StageSkipped(stage=stage, reason="done by the district"))
    estate.act("wang", matter, StageOpened(stage=EVALUATE))
    return matter


def later(r: Rehearsal, days: int = 7) -> datetime:
    return r.clock() + timedelta(days=days)


def opening(r: Rehearsal, evaluator: str = "chen", **more: object) -> EvaluationOpened:
    fields = {"invited": 10, "closes_at": later(r), "question": "How are the lifts?", **more}
    return EvaluationOpened(evaluator=evaluator, **fields)  # type: ignore[arg-type]


def opened(r: Rehearsal, matter: str, **more: object) -> Ref:
    return Ref(r.act("wang", matter, opening(r, **more)).seq)  # type: ignore[arg-type]


def answer(r: Rehearsal, matter: str, number: Ref, flat: str, score: int) -> None:
    said = Answered(evaluation=number, score=score, household=flat)
    r.act(f"m{flat}", matter, said)


def assess(r: Rehearsal, matter: str, number: Ref, score: int = 4) -> None:
    r.act("chen", matter, IndependenceDeclared(evaluation=number))
    r.act("chen", matter, Assessed(evaluation=number, score=score, report=seal("Sound work")))


def state(r: Rehearsal, matter: str) -> Evaluation:
    last = r.matter(matter).state(EVALUATIONS).last
    assert last is not None
    return last


# Publication


def test_both_results_are_published_when_the_second_track_closes(
    estate: Rehearsal, lifts: str
) -> None:
    number = opened(estate, lifts, invited=10)
    for flat, score in zip(FLATS, (2, 4, 4, 4, 5), strict=True):
        answer(estate, lifts, number, flat, score)
    assess(estate, lifts, number, score=4)
    assert state(estate, lifts).running

    estate.wait(days=7)

    assert state(estate, lifts).result == Published(
        evaluation=number,
        scale=5,
        expert=4,
        residents=Fraction(19, 5),
        answers=5,
        invited=10,
        counts=(0, 1, 0, 3, 1),
        response=Fraction(1, 2),
        representative=True,
        gap=Fraction(1, 5),
        flagged=False,
    )


def test_a_late_assessment_publishes_too(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    answer(estate, lifts, number, "101", 1)
    estate.wait(days=30)
    assert state(estate, lifts).running

    assess(estate, lifts, number, score=5)

    result = state(estate, lifts).result
    assert result is not None
    assert (result.residents, result.gap, result.flagged) == (Fraction(1), Fraction(4), True)
    assert (result.response, result.representative) == (Fraction(1, 10), False)


def test_an_evaluation_that_nobody_answered_says_so(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    assess(estate, lifts, number)
    estate.wait(days=7)

    result = state(estate, lifts).result
    assert result is not None
    assert (result.residents, result.answers, result.representative) == (None, 0, False)


def test_the_settings_of_the_community_decide_what_is_flagged(
    estate: Rehearsal, lifts: str
) -> None:
    for name, value in (("least_response", "1/10"), ("gap_alarm", "1/100")):
        changed = SettingChanged(name=f"evaluation.{name}", value=value)
        estate.act("operator", estate.community, changed)
    number = opened(estate, lifts, invited=10)
    answer(estate, lifts, number, "101", 3)
    assess(estate, lifts, number, score=4)
    estate.wait(days=7)

    result = state(estate, lifts).result
    assert result is not None and result.representative and result.flagged


@pytest.mark.parametrize("name", ["evaluation.least_response", "evaluation.gap_alarm"])
@pytest.mark.parametrize("value", ["30%", "2", "-1/2", "1/0"])
def test_a_setting_is_a_share(estate: Rehearsal, name: str, value: str) -> None:
    with estate.refuses("evaluation.not_a_share"):
        estate.act("operator", estate.community, SettingChanged(name=name, value=value))


def test_nothing_is_visible_before_both_tracks_are_closed(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    answer(estate, lifts, number, "101", 1)
    assess(estate, lifts, number, score=5)

    private = {"evaluation.answered", "evaluation.assessed"}
    for member in ("wang", "m102", "operator"):
        seen = estate.engine.facts(lifts, estate.viewer(lifts, member))
        assert not private & {fact.kind for fact in seen}
    assert not private & {f.kind for f in estate.engine.facts(lifts, NOBODY)}
    own = estate.engine.facts(lifts, estate.viewer(lifts, "m101"), kinds=tuple(private))
    assert [fact.kind for fact in own] == ["evaluation.answered"]
    for book in (ANSWERED, TOTALS):
        assert book.shown_to == "evaluation.nobody"


def test_the_report_is_released_after_publication(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    report = ReportReleased(evaluation=number, report=seal("Sound work, one squeaking door"))
    assess(estate, lifts, number)
    with estate.refuses("evaluation.not_published"):
        estate.act("chen", lifts, report)
    estate.wait(days=7)
    with estate.refuses("wugong.not_your_role"):
        estate.act("liu", lifts, report)

    released = estate.act("chen", lifts, report)

    fact = estate.engine.fact(estate.community, released.seq, NOBODY)
    assert fact is not None
    assert estate.engine.open(fact, NOBODY)["report"] == "Sound work, one squeaking door"
    with estate.refuses("evaluation.report_is_out"):
        estate.act("chen", lifts, report)


# The independent track


def test_only_the_named_evaluator_assesses_and_declares_independence_first(
    estate: Rehearsal, lifts: str
) -> None:
    number = opened(estate, lifts)
    assessed = Assessed(evaluation=number, score=4, report=seal("Good"))

    with estate.refuses("wugong.not_your_role"):
        estate.act("liu", lifts, assessed)
    with estate.refuses("evaluation.not_declared"):
        estate.act("chen", lifts, assessed)
    estate.act("chen", lifts, IndependenceDeclared(evaluation=number))
    estate.act("chen", lifts, assessed)
    with estate.refuses("evaluation.track_is_closed"):
        estate.act("chen", lifts, assessed)


@pytest.mark.parametrize("role", ["officer", "supervisor", "steward", "treasurer", "convenor"])
def test_who_has_a_part_in_the_work_does_not_evaluate(
    estate: Rehearsal, lifts: str, role: str
) -> None:
    estate.act("operator", estate.community, RoleGranted(member="liu", role=role, scope=lifts))

    with estate.refuses("evaluation.evaluator_linked"):
        estate.act("wang", lifts, opening(estate, evaluator="liu"))


def test_a_tie_that_comes_later_counts_too(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    granted = RoleGranted(member="chen", role="supervisor", scope=lifts)
    estate.act("operator", estate.community, granted)

    with estate.refuses("evaluation.evaluator_linked"):
        estate.act("chen", lifts, IndependenceDeclared(evaluation=number))


def test_whoever_took_the_work_on_does_not_evaluate_even_after_giving_it_back(
    estate: Rehearsal, lifts: str
) -> None:
    estate.act("wang", lifts, StageOpened(stage=BUILD, reason="the garden is left"))
    project = estate.act(
        "wang",
        lifts,
        "building.project_listed",
        {"title": "Garden", "description": "Ten beds", "estimate_fen": 1},
    ).seq
    claim = estate.act("liu", lifts, "building.claimed", {"project": project, "plan": "we"}).seq
    with estate.refuses("evaluation.evaluator_linked"):
        estate.act("wang", lifts, opening(estate, evaluator="liu"))

    estate.act("liu", lifts, "building.claim_given_up", {"claim": claim})
    with estate.refuses("evaluation.evaluator_linked"):
        estate.act("wang", lifts, opening(estate, evaluator="liu"))


def test_another_evaluator_may_be_named_and_begins_anew(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    estate.act("chen", lifts, IndependenceDeclared(evaluation=number))
    replaced = EvaluatorReplaced(evaluation=number, evaluator="liu", reason="ill")
    estate.act("wang", lifts, replaced)

    assessed = Assessed(evaluation=number, score=4, report=seal("Good"))
    with estate.refuses("wugong.not_your_role"):
        estate.act("chen", lifts, assessed)
    with estate.refuses("evaluation.not_declared"):
        estate.act("liu", lifts, assessed)
    with estate.refuses("evaluation.evaluator_linked"):
        by_zhao = EvaluatorReplaced(evaluation=number, evaluator="zhao", reason="ill")
        estate.act("wang", lifts, by_zhao)


# The residents' track


def test_one_answer_a_household(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    answer(estate, lifts, number, "101", 4)

    with estate.refuses("evaluation.already_answered"):
        answer(estate, lifts, number, "101", 5)
    with estate.refuses("evaluation.already_answered"):
        estate.act("m101b", lifts, Answered(evaluation=number, score=1, household="101"))


def test_two_answers_of_one_household_in_one_batch_are_refused(
    estate: Rehearsal, lifts: str
) -> None:
    number = opened(estate, lifts)
    twice = [(lifts, Answered(evaluation=number, score=s, household="101")) for s in (1, 2)]

    with estate.refuses("evaluation.already_answered"):
        estate.engine.record_many(twice, by="m101")


def test_one_answer_a_person(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts, unit="member")
    estate.act("m101", lifts, Answered(evaluation=number, score=4))
    estate.act("m101b", lifts, Answered(evaluation=number, score=5))

    with estate.refuses("evaluation.already_answered"):
        estate.act("m101", lifts, Answered(evaluation=number, score=4))
    assert estate.engine.book(TOTALS, estate.community) == {str(int(number)): {"4": 1, "5": 1}}


def test_nobody_answers_for_another_household(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)

    for household in ("102", ""):
        with estate.refuses("evaluation.other_household"):
            said = Answered(evaluation=number, score=1, household=household)
            estate.act("m101", lifts, said)


@pytest.mark.parametrize("score", [pytest.param(1, id="the worst"), pytest.param(5, id="the best")])
def test_a_score_at_the_end_of_the_scale_counts(estate: Rehearsal, lifts: str, score: int) -> None:
    number = opened(estate, lifts)
    answer(estate, lifts, number, "101", score)

    assert estate.engine.book(TOTALS, estate.community) == {str(int(number)): {str(score): 1}}


def test_a_score_outside_the_scale_is_refused(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)

    with estate.refuses("evaluation.off_scale"):
        answer(estate, lifts, number, "101", 6)
    estate.act("chen", lifts, IndependenceDeclared(evaluation=number))
    with estate.refuses("evaluation.off_scale"):
        estate.act("chen", lifts, Assessed(evaluation=number, score=6, report=seal("!")))


def test_the_evaluator_does_not_answer_as_a_resident(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)

    with estate.refuses("evaluation.evaluator_answers"):
        estate.act("chen", lifts, Answered(evaluation=number, score=5))


def test_no_answer_after_the_hour(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    end = state(estate, lifts).closes_at
    estate.clock.move(to=end - timedelta(milliseconds=1))
    answer(estate, lifts, number, "101", 4)
    estate.clock.move(to=end)

    with pytest.raises(Refused, match=r"evaluation\.track_is_closed"):
        answer(estate, lifts, number, "102", 4)


def test_nobody_closes_a_track_by_hand_or_early(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    early = TrackClosed(evaluation=number, track="residents")

    with estate.refuses("wugong.not_your_role"):
        estate.act("wang", lifts, early)
    with estate.refuses("evaluation.track_stays"):
        estate.act("clock", lifts, early)
    with estate.refuses("evaluation.track_stays"):
        expert = TrackClosed(evaluation=number, track="expert")
        estate.act("plugin:evaluation", lifts, expert)


# One at a time, and the end of the stage


def test_one_evaluation_runs_at_a_time(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    with estate.refuses("evaluation.already_running"):
        estate.act("wang", lifts, opening(estate))
    assess(estate, lifts, number)
    estate.wait(days=7)

    second = opened(estate, lifts)
    answer(estate, lifts, second, "101", 4)
    with estate.refuses("evaluation.already_published"):
        answer(estate, lifts, number, "102", 4)


@pytest.mark.parametrize(
    ("minutes", "refused"),
    [pytest.param(0, True, id="closes as it opens"), pytest.param(1, False, id="a minute later")],
)
def test_there_is_time_to_answer(
    estate: Rehearsal, lifts: str, minutes: int, refused: bool
) -> None:
    closes_at = estate.clock() + timedelta(minutes=minutes)
    if refused:
        with estate.refuses("evaluation.closes_in_the_past"):
            opened(estate, lifts, closes_at=closes_at)
    else:
        opened(estate, lifts, closes_at=closes_at)


def test_an_answer_belongs_to_an_evaluation_of_its_matter(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)
    other = estate.open("Benches", by="m101")
    estate.act("wang", other, StageSkipped(stage=PLAN, reason="small"))
    for stage in (BUILD, MANAGE):
        estate.act("wang", other, StageSkipped(stage=stage, reason="small"))
    estate.act("wang", other, StageOpened(stage=EVALUATE))

    with estate.refuses("evaluation.elsewhere"):
        estate.act("m101", other, Answered(evaluation=number, score=3, household="101"))


def test_the_stage_closes_after_publication_only(estate: Rehearsal, lifts: str) -> None:
    with estate.refuses("evaluation.not_published"):
        estate.act("wang", lifts, StageClosed(stage=EVALUATE))
    number = opened(estate, lifts)
    for event in (StageClosed(stage=EVALUATE), StageSkipped(stage=EVALUATE, reason="no time")):
        with estate.refuses("evaluation.not_published"):
            estate.act("wang", lifts, event)
    assess(estate, lifts, number)
    estate.wait(days=7)

    estate.act("wang", lifts, StageClosed(stage=EVALUATE))


def test_a_stage_without_an_evaluation_may_be_skipped_filed(estate: Rehearsal, lifts: str) -> None:
    estate.act("wang", lifts, StageSkipped(stage=EVALUATE, reason="the district evaluates"))

    assert estate.matter(lifts).status(EVALUATE) == "skipped"


def test_the_evaluator_and_the_residents_are_awaited(estate: Rehearsal, lifts: str) -> None:
    number = opened(estate, lifts)

    waiting = [(w.who, w.act) for w in estate.engine.waiting(lifts)]
    assert waiting == [
        ("member:chen", "evaluation.independence_declared"),
        ("resident", "evaluation.answered"),
    ]
    assess(estate, lifts, number)
    assert [w.who for w in estate.engine.waiting(lifts)] == ["resident"]
