"""When an evaluation's acts are refused. Pure functions."""

from __future__ import annotations

from datetime import datetime

from wugong import (
    EVALUATE,
    MEMBERS,
    N_,
    Act,
    Books,
    Matter,
    Refusal,
    SettingChanged,
    StageClosed,
    StageSkipped,
)
from wugong_evaluation.events import (
    Answered,
    Assessed,
    EvaluationOpened,
    EvaluatorReplaced,
    IndependenceDeclared,
    ReportReleased,
    TrackClosed,
)
from wugong_evaluation.tracks import (
    ANSWERED,
    EVALUATIONS,
    GAP_ALARM,
    LEAST_RESPONSE,
    Evaluation,
    answer_key,
    read_share,
)

OWN_RULE = N_("Our own rules of evaluation")  # the community's own, no statute
# Who planned, built, supervised or paid does not evaluate: roles, and relations of these plugins.
LINKED_ROLES = frozenset({"officer", "admin", "convenor", "supervisor", "steward", "treasurer"})
LINKED_PLUGINS = ("building", "oversight")
WORKED = ("building.claimed", "building.delivered")  # a claim that ended ties its author, too
CLAIMANT = "building.claimant"


def linked(matter: Matter, member: str, at: datetime) -> str:
    """Return the role or relation that ties a member to the work, or ``""``."""
    roles = sorted(matter.standing.roles(member, matter.id, at) & LINKED_ROLES)
    relations = sorted(
        name
        for name, members in matter.relations.items()
        if name.partition(".")[0] in LINKED_PLUGINS and member in members
    )
    if any(head.who == member for kind in WORKED for _, head in matter.of_kind(kind)):
        relations.insert(0, CLAIMANT)
    return next(iter((*relations, *roles)), "")


def independence_refusals(matter: Matter, member: str, at: datetime) -> list[Refusal]:
    """The evaluator has no part in the work."""
    tie = linked(matter, member, at)
    return [Refusal("evaluation.evaluator_linked", OWN_RULE, {"role": tie})] if tie else []


def opening_refusals(matter: Matter, act: Act, event: EvaluationOpened) -> list[Refusal]:
    """One evaluation at a time, with time to answer, by somebody independent."""
    refusals = independence_refusals(matter, event.evaluator, act.at)
    if matter.state(EVALUATIONS).running:
        refusals.append(Refusal("evaluation.already_running", OWN_RULE))
    if event.closes_at <= act.at:
        refusals.append(Refusal("evaluation.closes_in_the_past", OWN_RULE))
    return refusals


def _running(matter: Matter, number: int) -> Evaluation | Refusal:
    one = matter.state(EVALUATIONS).all.get(number)
    if one is None:
        return Refusal("evaluation.elsewhere", OWN_RULE)
    return one if one.running else Refusal("evaluation.already_published", OWN_RULE)


def expert_refusals(
    matter: Matter, act: Act, event: EvaluatorReplaced | IndependenceDeclared | Assessed
) -> list[Refusal]:
    """The expert track: named, declared independent, handed in once."""
    one = _running(matter, event.evaluation)
    if isinstance(one, Refusal):
        return [one]
    if "expert" in one.closed:
        return [Refusal("evaluation.track_is_closed", OWN_RULE)]
    if isinstance(event, EvaluatorReplaced):
        return independence_refusals(matter, event.evaluator, act.at)
    refusals = independence_refusals(matter, act.who, act.at)
    if isinstance(event, Assessed):
        if not one.declared:
            refusals.append(Refusal("evaluation.not_declared", OWN_RULE))
        refusals += scale_refusals(event.score, one.scale)
    return refusals


def scale_refusals(score: int, scale: int) -> list[Refusal]:
    """A score lies on the scale."""
    details = {"score": score, "scale": scale}
    return [] if 1 <= score <= scale else [Refusal("evaluation.off_scale", OWN_RULE, details)]


def answer_refusals(matter: Matter, act: Act, event: Answered, books: Books) -> list[Refusal]:
    """One answer a household or member, in time, on the scale, not by the evaluator."""
    one = _running(matter, event.evaluation)
    if isinstance(one, Refusal):
        return [one]
    if "residents" in one.closed or act.at >= one.closes_at:
        return [Refusal("evaluation.track_is_closed", OWN_RULE)]
    refusals = scale_refusals(event.score, one.scale)
    if act.who == one.evaluator:
        refusals.append(Refusal("evaluation.evaluator_answers", OWN_RULE))
    enrolled = books.get(MEMBERS, act.who) or {}  # the engine loads whoever acts
    expected = str(enrolled.get("household", "")) if one.unit == "household" else ""
    if event.household != expected:
        refusals.append(Refusal("evaluation.other_household", OWN_RULE, {"household": expected}))
    elif books.get(ANSWERED, answer_key(event.evaluation, event.household, act.who)):
        refusals.append(Refusal("evaluation.already_answered", OWN_RULE))
    return refusals


def closing_refusals(matter: Matter, act: Act, event: TrackClosed) -> list[Refusal]:
    """A track closes once: the expert's when it was handed in, the residents' at its hour."""
    one = _running(matter, event.evaluation)
    if isinstance(one, Refusal):
        return [one]
    early = one.score is None if event.track == "expert" else act.at < one.closes_at
    if event.track in one.closed or early:
        return [Refusal("evaluation.track_stays", OWN_RULE)]
    return []


def release_refusals(matter: Matter, act: Act, event: ReportReleased) -> list[Refusal]:
    """The report is for everybody once both results are published, and once."""
    one = matter.state(EVALUATIONS).all.get(event.evaluation)
    if one is None:
        return [Refusal("evaluation.elsewhere", OWN_RULE)]
    if one.running:
        return [Refusal("evaluation.not_published", OWN_RULE)]
    if one.report is not None or act.who != one.evaluator:
        return [Refusal("evaluation.report_is_out", OWN_RULE)]
    return []


def stage_refusals(matter: Matter, event: StageClosed | StageSkipped) -> list[Refusal]:
    """Evaluating ends with a publication; a stage in which nothing runs may be skipped, filed."""
    state = matter.state(EVALUATIONS)
    done = any(not one.running for one in state.all.values())
    ends = done if isinstance(event, StageClosed) else True
    if event.stage == EVALUATE and (state.running or not ends):
        return [Refusal("evaluation.not_published", OWN_RULE)]
    return []


def setting_refusals(event: SettingChanged) -> list[Refusal]:
    """Our settings are shares from 0 to 1, written ``3/10``."""
    if event.name in (LEAST_RESPONSE, GAP_ALARM) and read_share(event.value) is None:
        return [Refusal("evaluation.not_a_share", OWN_RULE, {"value": event.value[:40]})]
    return []
