"""What happens in an evaluation: two tracks that do not see each other, then both results."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Annotated, Literal

from wugong import (
    ANY,
    EVALUATE,
    N_,
    Between,
    Choice,
    Label,
    Many,
    Member,
    Most,
    Ref,
    Sealed,
    To,
    event,
)

Evaluation = Annotated[Ref, Label(N_("Evaluation")), To("evaluation.opened")]
Score = Annotated[int, Label(N_("Score")), Between(1, 100)]
MemberId = Annotated[str, Most(80), Member()]
Unit = Literal["household", "member"]
Track = Literal["expert", "residents"]
TRACKS = {"expert": N_("Independent evaluation"), "residents": N_("Residents' rating")}


@event(
    "evaluation.opened",
    may={"officer": EVALUATE, "convenor": EVALUATE},
    title=N_("Open an evaluation"),
    says=N_("Evaluation opened: {question}"),
)
class EvaluationOpened:
    """Two tracks begin: an independent evaluator assesses, residents answer until a stated time."""

    evaluator: Annotated[
        MemberId,
        Label(
            N_("Independent evaluator"),
            N_("Somebody who neither built, supervised nor paid for the work."),
        ),
    ]
    closes_at: Annotated[datetime, Label(N_("Residents may answer until"))]
    question: Annotated[str, Label(N_("Question")), Most(200)]
    invited: Annotated[int, Label(N_("How many are asked")), Between(1, 10**7)]
    scale: Annotated[int, Label(N_("Best score (the worst is 1)")), Between(2, 100)] = 5
    unit: Annotated[
        Unit,
        Label(N_("One answer for each")),
        Choice({"household": N_("Household"), "member": N_("Person")}),
    ] = "household"
    about: Annotated[
        tuple[Ref, ...],
        Label(N_("What is evaluated")),
        To(
            *("building.task_accepted", "oversight.inspected", "funds.payment_made"),
            *("voting.poll_decided", "planning.scheme_published"),
        ),
        Many(50),
    ] = ()


@event(
    "evaluation.evaluator_replaced",
    may={"officer": EVALUATE, "convenor": EVALUATE},
    title=N_("Name another evaluator"),
    says=N_("Another evaluator was named. {reason}"),
)
class EvaluatorReplaced:
    """The evaluator could not go on; another one begins anew."""

    evaluation: Evaluation
    evaluator: Annotated[MemberId, Label(N_("Independent evaluator"))]
    reason: Annotated[str, Label(N_("Reason")), Most(500)]


@event(
    "evaluation.independence_declared",
    may={"evaluation.evaluator": EVALUATE},
    title=N_("Declare independence"),
    says=N_("The evaluator declared to be independent"),
)
class IndependenceDeclared:
    """The evaluator states: no part in planning, building, supervising or paying, nor any tie."""

    evaluation: Evaluation


@event(
    "evaluation.assessed",
    may={"evaluation.evaluator": EVALUATE},
    shown_to="author",
    title=N_("Hand in the assessment"),
    says=N_("The independent assessment was handed in"),
)
class Assessed:
    """The evaluator's score and report; nobody else sees it before both tracks are closed."""

    evaluation: Evaluation
    score: Score
    report: Annotated[Sealed[str], Label(N_("Report")), Most(20_000)]


@event(
    "evaluation.answered",
    may={"resident": EVALUATE},
    shown_to="author",
    bulk=True,
    title=N_("Send my rating"),
    says=N_("A rating was sent"),
)
class Answered:
    """One rating a household or person: seen by nobody else, counted at the end."""

    evaluation: Evaluation
    score: Score
    remark: Annotated[Sealed[str] | None, Label(N_("Remark (may stay empty)")), Most(1000)] = None
    household: Annotated[str, Label(N_("Household")), Most(40)] = ""


@event(
    "evaluation.track_closed",
    may={"clock": ANY, "plugin:evaluation": ANY},
    despite_hold=True,
    title=N_("Close a track"),
    says=N_("Closed: {track}"),
)
class TrackClosed:
    """A track takes nothing more: the evaluator handed in, or the residents' time is over."""

    evaluation: Evaluation
    track: Annotated[Track, Label(N_("Track")), Choice(TRACKS)]


@event(
    "evaluation.published",
    may={"plugin:evaluation": ANY},
    despite_hold=True,
    title=N_("Publish the evaluation"),
    says=N_(
        "Evaluation published: independent {expert}, residents {residents}, {answers} of {invited}"
        " answered"
    ),
)
class Published:
    """Both results at once, as exact fractions, with how many answered and how far they differ."""

    evaluation: Evaluation
    scale: Annotated[int, Between(2, 100)]
    expert: Annotated[int, Label(N_("Independent evaluation")), Between(1, 100)]
    residents: Annotated[Fraction | None, Label(N_("Residents' rating (mean)"))]
    answers: Annotated[int, Label(N_("Answers")), Between(0)]
    invited: Annotated[int, Label(N_("Asked")), Between(1)]
    counts: Annotated[tuple[int, ...], Label(N_("Answers for each score")), Many(100)]
    response: Annotated[Fraction, Label(N_("Response"))]
    representative: Annotated[bool, Label(N_("Enough answers to speak for all"))]
    gap: Annotated[Fraction | None, Label(N_("Gap between the tracks"))]
    flagged: Annotated[bool, Label(N_("The gap is remarkable"))]


@event(
    "evaluation.report_released",
    may={"evaluation.evaluator": EVALUATE},
    title=N_("Release the report"),
    says=N_("The evaluator's report was released"),
)
class ReportReleased:
    """After publication the evaluator gives the report to everybody, in full or abridged."""

    evaluation: Evaluation
    report: Annotated[Sealed[str], Label(N_("Report")), Most(20_000)]
