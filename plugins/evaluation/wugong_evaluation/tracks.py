"""The two tracks of a matter's evaluation: who may see and do what, and when both are closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from wugong import (
    Book,
    Books,
    Fact,
    Fold,
    Matter,
    Ref,
)
from wugong_evaluation.events import (
    Answered,
    Assessed,
    EvaluationOpened,
    EvaluatorReplaced,
    IndependenceDeclared,
    Published,
    ReportReleased,
    Track,
    TrackClosed,
    Unit,
)
from wugong_evaluation.scores import Result

LEAST_RESPONSE, DEFAULT_RESPONSE = "evaluation.least_response", "3/10"
GAP_ALARM, DEFAULT_GAP = "evaluation.gap_alarm", "1/5"
SEALED = "evaluation.nobody"  # an audience without members: not even staff sees running totals
EMPTY: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation: what is asked, who evaluates, which tracks are closed."""

    seq: int
    evaluator: str
    question: str
    closes_at: datetime
    invited: int
    scale: int
    unit: Unit
    declared: bool = False
    score: int | None = None  # the evaluator's; shown to nobody before publication
    closed: frozenset[Track] = frozenset()
    result: Published | None = None
    report: int | None = None  # the fact that released it

    @property
    def running(self) -> bool:
        """Whether its results are not published yet."""
        return self.result is None


@dataclass(frozen=True, slots=True)
class Evaluations:
    """The evaluations of a matter, by number; one runs at a time."""

    all: Mapping[int, Evaluation] = field(default_factory=lambda: EMPTY)

    @property
    def running(self) -> Evaluation | None:
        """The one under way."""
        return next((one for one in self.all.values() if one.running), None)

    @property
    def last(self) -> Evaluation | None:
        """The newest."""
        return self.all[max(self.all)] if self.all else None


def fold(state: Evaluations, fact: Fact) -> Evaluations:
    """Return the evaluations after ``fact``."""
    event = fact.event
    if isinstance(event, EvaluationOpened):
        opened = Evaluation(
            fact.seq,
            event.evaluator,
            event.question,
            event.closes_at,
            event.invited,
            event.scale,
            event.unit,
        )
        return Evaluations(MappingProxyType({**state.all, fact.seq: opened}))
    number = int(event.evaluation)
    changed = _changed(state.all[number], fact)
    return Evaluations(MappingProxyType({**state.all, number: changed}))


def _changed(one: Evaluation, fact: Fact) -> Evaluation:
    match fact.event:
        case EvaluatorReplaced(evaluator=evaluator):
            return replace(one, evaluator=evaluator, declared=False)
        case IndependenceDeclared():
            return replace(one, declared=True)
        case Assessed(score=score):
            return replace(one, score=score)
        case TrackClosed(track=track):
            return replace(one, closed=one.closed | {track})
        case Published() as published:
            return replace(one, result=published)
        case ReportReleased():
            return replace(one, report=fact.seq)
    return one


EVALUATIONS: Fold[Evaluations] = Fold(
    "evaluation.tracks",
    initial=Evaluations(),
    fold=fold,
    hears=(
        EvaluationOpened,
        EvaluatorReplaced,
        IndependenceDeclared,
        Assessed,
        TrackClosed,
        Published,
        ReportReleased,
    ),
)


def evaluators(matter: Matter) -> frozenset[str]:
    """Return who evaluates in this matter: the relation ``evaluation.evaluator``."""
    last = matter.state(EVALUATIONS).last
    return frozenset({last.evaluator}) if last else frozenset()


# The answers: one a household or member, and how many gave each score


def answer_key(evaluation: int, household: str, member: str) -> str:
    """Return the key of an answer: the household's, or the member's own where none is named."""
    unit = f"household/{household}" if household else f"member/{member}"
    return f"{int(evaluation)}/{unit}"


ANSWERED: Book[int] = Book(
    "evaluation.answered",
    keys=lambda act: (answer_key(act.event.evaluation, act.event.household, act.who),),
    fold=lambda value, key, fact: 1,
    hears=(Answered,),
    shown_to=SEALED,
)


def total_key(evaluation: int) -> str:
    """Return the key of an evaluation's totals."""
    return str(int(evaluation))


def _count(value: dict[str, int] | None, key: str, fact: Fact) -> dict[str, int] | None:
    if not isinstance(fact.event, Answered):
        return value
    score = str(fact.event.score)
    return {**(value or {}), score: (value or {}).get(score, 0) + 1}


TOTALS: Book[dict[str, int]] = Book(
    "evaluation.totals",
    keys=lambda act: (total_key(act.event.evaluation),),
    fold=_count,
    hears=(Answered, TrackClosed),
    shown_to=SEALED,
)


# Publication


def read_share(text: str) -> Fraction | None:
    """Read a share from 0 to 1 as settings write it (``3/10``), or ``None`` if it is not one."""
    try:
        share = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        return None
    return share if 0 <= share <= 1 else None


def share_setting(matter: Matter, name: str, default: str) -> Fraction:
    """Return a share that the community has set."""
    share = read_share(matter.setting(name, default))
    return Fraction(default) if share is None else share


def publication(matter: Matter, evaluation: int, books: Books) -> Published | None:
    """Return both results once both tracks are closed, else ``None``."""
    one = matter.state(EVALUATIONS).all[evaluation]
    if one.closed != {"expert", "residents"} or one.score is None or not one.running:
        return None
    counts = books.get(TOTALS, total_key(evaluation)) or {}
    result = Result(
        scale=one.scale,
        expert=one.score,
        counts=tuple(counts.get(str(score), 0) for score in range(1, one.scale + 1)),
        invited=one.invited,
    )
    return Published(
        evaluation=Ref(evaluation),
        scale=one.scale,
        expert=result.expert,
        residents=result.residents,
        answers=result.answers,
        invited=result.asked,
        counts=result.counts,
        response=result.response,
        representative=result.representative(
            share_setting(matter, LEAST_RESPONSE, DEFAULT_RESPONSE)
        ),
        gap=result.gap,
        flagged=result.flagged(share_setting(matter, GAP_ALARM, DEFAULT_GAP)),
    )
