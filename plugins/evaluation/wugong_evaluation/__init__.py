"""Evaluating together (共評)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wugong import (
    N_,
    Act,
    Books,
    Contribution,
    Fact,
    Matter,
    Ref,
    Refusal,
    SettingChanged,
    StageClosed,
    StageSkipped,
    Waiting,
    hookimpl,
    on,
)
from wugong_evaluation import rules, tracks
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
from wugong_evaluation.texts import CONTRIBUTED
from wugong_evaluation.tracks import EVALUATIONS

__version__ = "0.1.0"
TITLE = N_("Evaluation")


@hookimpl
def register() -> Iterable[Contribution]:
    """Contribute the facts of an evaluation, its two tracks and the answers as sealed totals."""
    return (
        EvaluationOpened,
        EvaluatorReplaced,
        IndependenceDeclared,
        Assessed,
        Answered,
        TrackClosed,
        Published,
        ReportReleased,
        EVALUATIONS,
        tracks.ANSWERED,
        tracks.TOTALS,
        *CONTRIBUTED,
    )


@hookimpl
@on(
    EvaluationOpened,
    EvaluatorReplaced,
    IndependenceDeclared,
    Assessed,
    Answered,
    TrackClosed,
    ReportReleased,
    StageClosed,
    StageSkipped,
    SettingChanged,
)
def guard_event(matter: Matter, act: Act, books: Books) -> list[Refusal] | None:
    """Two tracks, each by those who may, each once, and nothing ends before both are published."""
    match act.event:
        case EvaluationOpened() as opened:
            return rules.opening_refusals(matter, act, opened)
        case EvaluatorReplaced() | IndependenceDeclared() | Assessed() as expert:
            return rules.expert_refusals(matter, act, expert)
        case Answered() as answer:
            return rules.answer_refusals(matter, act, answer, books)
        case TrackClosed() as closing:
            return rules.closing_refusals(matter, act, closing)
        case ReportReleased() as released:
            return rules.release_refusals(matter, act, released)
        case StageClosed() | StageSkipped() as ending:
            return rules.stage_refusals(matter, ending)
        case SettingChanged() as changed:
            return rules.setting_refusals(changed)
    return None


@hookimpl
@on(Assessed, TrackClosed)
def co_evaluate(matter: Matter, fact: Fact, books: Books) -> list[Any] | None:
    """Close the expert track when it was handed in; publish when the second track closes."""
    if isinstance(fact.event, Assessed):
        return [TrackClosed(evaluation=fact.event.evaluation, track="expert")]
    published = tracks.publication(matter, fact.event.evaluation, books)
    return [published] if published else None


@hookimpl
def waiting(matter: Matter) -> list[Waiting] | None:
    """The evaluator is awaited, and the residents until the clock closes their track."""
    one = matter.state(EVALUATIONS).running
    if one is None:
        return None
    number = Ref(one.seq)
    awaited = []
    if "expert" not in one.closed:
        act = "evaluation.assessed" if one.declared else "evaluation.independence_declared"
        what = N_("Hand in your assessment") if one.declared else N_("Declare your independence")
        awaited.append(Waiting(what, who=f"member:{one.evaluator}", act=act, about=one.seq))
    if "residents" not in one.closed:
        awaited.append(
            Waiting(
                N_("Rate what was done: {question}"),
                who="resident",
                by=one.closes_at,
                act="evaluation.answered",
                then=TrackClosed(evaluation=number, track="residents"),
                about=one.seq,
                details={"question": one.question},
            )
        )
    return awaited
