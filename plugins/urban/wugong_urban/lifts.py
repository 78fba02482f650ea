"""Adding a lift: what the steps of its flow ask by the rules of one city or another.

They bind where the community lies in that city and the article was read in its own text (V);
elsewhere they are a model, and pages say what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wugong import (
    JURISDICTION,
    PLAN,
    Act,
    Fact,
    Fold,
    Matter,
    PollOpened,
    Refusal,
    StepRecorded,
    law_of,
    lies_in,
)
from wugong.procedures import Step
from wugong.statutes import national_sources
from wugong_urban.affected import LIFT, NEIGHBOURS, Neighbour
from wugong_urban.concerned import asked_last, left_out
from wugong_urban.events import CHARTER, PlanStated, PrivatePartAgreed, StatementTaken

FLOW = "owners.lift"
# its steps
BODY, SCHEME, PRIVATE, OBJECTION, APPLICATION = "body", "plan", "private_part", "objection", "apply"


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan in force: the fact that states it, whom it compensates, whose part it takes up."""

    seq: int
    compensated: frozenset[str]
    occupied: frozenset[str] = frozenset()


def _fold(_known: Plan | None, fact: Fact) -> Plan:
    stated: PlanStated = fact.event
    compensated = frozenset(one.unit for one in stated.compensated)
    return Plan(fact.seq, compensated, frozenset(stated.occupies))


STATED: Fold[Plan | None] = Fold("urban.plan", initial=None, fold=_fold, hears=(PlanStated,))


def _signed(known: Mapping[str, str], fact: Fact) -> Mapping[str, str]:
    agreed: PrivatePartAgreed = fact.event
    return MappingProxyType({**known, agreed.unit: agreed.answer})


SIGNED: Fold[Mapping[str, str]] = Fold(
    "urban.private_parts",
    initial=MappingProxyType({}),
    fold=_signed,
    hears=(PrivatePartAgreed,),
)
"""What the owner of each unit signed last on its private part."""


def rule_of(matter: Matter, step: str) -> Step:
    """Return the step of the flow that says what is asked, and by which article."""
    return next(one for one in matter.procedures[FLOW].steps if one.id == step)


def binds(matter: Matter, step: str) -> bool:
    """Tell whether the rule of a step holds where the community lies, and was read itself (V)."""
    rule = rule_of(matter, step)
    name, _, number = rule.source.rpartition(" ")
    statute = national_sources()[name]
    article = statute.article(number)
    read = rule.confidence == "V" and article is not None and article.confidence == "V"
    place = matter.setting(JURISDICTION, "")
    return read and bool(place) and lies_in(place, statute.jurisdiction)


def _law_of(matter: Matter, step: str) -> str:
    return law_of(matter, rule_of(matter, step).source) or CHARTER


def gaps(matter: Matter) -> list[Refusal]:
    """Return what the plan of a lift still lacks, wherever it lies, as a rule of one city asks."""
    plan, source = matter.state(STATED), rule_of(matter, SCHEME).source
    if plan is None:
        return [Refusal("urban.plan_missing", source)]
    losing = [one.unit for one in matter.state(NEIGHBOURS).losing()]
    bare = [unit for unit in losing if unit not in plan.compensated]
    return [Refusal("urban.compensation_missing", source, _named(bare))] if bare else []


def owed(matter: Matter) -> list[Refusal]:
    """Return what the plan lacks where the rule binds: without it no vote opens."""
    return gaps(matter) if matter.category == LIFT and binds(matter, SCHEME) else []


def open_objections(matter: Matter) -> list[Neighbour]:
    """Return whose signed objection is not settled: they have said nothing else since."""
    known = matter.state(NEIGHBOURS).units.values()
    return [one for one in known if one.stance == "object" and one.form == "signed"]


def occupied(matter: Matter) -> frozenset[str]:
    """Return the units of which the plan in force takes up a private part."""
    plan = matter.state(STATED)
    return plan.occupied if plan else frozenset()


def may_be_signed(matter: Matter, seq: int) -> bool:
    """Tell whether a plan is the one in force, and takes up a private part."""
    plan = matter.state(STATED)
    return plan is not None and plan.seq == seq and bool(plan.occupied)


def unsigned(matter: Matter) -> list[Refusal]:
    """Return what is missing of the owners whose private part is taken up: each agrees alone."""
    signed = matter.state(SIGNED)
    left = sorted(unit for unit in occupied(matter) if signed.get(unit) != "agrees")
    source = rule_of(matter, PRIVATE).source
    return [Refusal("urban.private_part_unsigned", source, _named(left))] if left else []


def agreement_refusals(matter: Matter, owners: Mapping[str, str], act: Act) -> list[Refusal]:
    """Say why a signature does not count: nothing is taken up, not the owner's, or unwitnessed."""
    agreed: PrivatePartAgreed = act.event
    source, unit = _law_of(matter, PRIVATE), {"unit": agreed.unit}
    if not may_be_signed(matter, int(agreed.plan)):
        return [Refusal("urban.plan_not_to_sign", source, {"plan": int(agreed.plan)})]
    if agreed.unit not in occupied(matter):
        return [Refusal("urban.private_part_kept", source, unit)]
    neighbour = matter.state(NEIGHBOURS).units.get(agreed.unit)
    known = neighbour.member if neighbour else ""
    if act.who != owners.get(agreed.unit, known):
        return [Refusal("urban.owner_signs_in_person", source, unit)]
    alone = agreed.witness in ("", act.by, act.who)
    if act.principal is not None and alone:
        return [Refusal("urban.signature_unwitnessed", source, unit)]
    return []


def plan_refusals(matter: Matter, stated: PlanStated) -> list[Refusal]:
    """Say what a plan cannot say: a unit twice or not listed, or compensation that is nothing."""
    units = [one.unit for one in stated.compensated]
    listed = {unit for unit, one in matter.state(NEIGHBOURS).units.items() if one.effect}
    reasons, source = [], _law_of(matter, SCHEME)
    if twice := sorted({unit for unit in units if units.count(unit) > 1}):
        reasons.append(Refusal("urban.unit_listed_twice", source, _named(twice)))
    if strangers := sorted(set(units) - listed):
        reasons.append(Refusal("urban.compensated_not_listed", source, _named(strangers)))
    if outside := sorted(set(stated.occupies) - listed):
        reasons.append(Refusal("urban.occupied_not_listed", source, _named(outside)))
    if empty := [one.unit for one in stated.compensated if not (one.amount_fen or one.how)]:
        reasons.append(Refusal("urban.compensation_empty", source, _named(empty)))
    return reasons


def statement_refusals(matter: Matter, taken: StatementTaken) -> list[Refusal]:
    """Refuse an objection in writing that nobody signed, where the rule asks for one in writing."""
    bare = taken.stance == "object" and taken.form == "unsigned"
    if not bare or matter.category != LIFT or not binds(matter, OBJECTION):
        return []
    source = rule_of(matter, OBJECTION).source
    return [Refusal("urban.objection_unsigned", source, {"unit": taken.unit})]


def poll_refusals(matter: Matter, roster: Mapping[str, str], opened: PollOpened) -> list[Refusal]:
    """Say what keeps a lift from the vote where its city's rule binds."""
    if matter.category != LIFT:
        return []
    return owed(matter) + (_left_out(matter, roster, opened.groups) if binds(matter, BODY) else [])


def warnings(matter: Matter, roster: Mapping[str, str]) -> list[tuple[Refusal, bool]]:
    """Return what a page warns of while a lift is planned, and whether the rule binds here."""
    if matter.category != LIFT or not matter.open(PLAN):
        return []
    left = _left_out(matter, roster, asked_last(matter) or ())
    found = ((SCHEME, gaps(matter)), (BODY, left), (PRIVATE, unsigned(matter)))
    return [(one, binds(matter, step)) for step, reasons in found for one in reasons]


def _left_out(matter: Matter, roster: Mapping[str, str], groups: tuple[str, ...]) -> list[Refusal]:
    out = left_out(matter, roster, groups)
    return (
        [Refusal("urban.affected_left_out", rule_of(matter, BODY).source, _named(out))]
        if out
        else []
    )


def step_refusals(matter: Matter, recorded: StepRecorded) -> list[Refusal]:
    """Refuse the application while an objection or a private part is open, where rules say so."""
    if recorded.step != f"{FLOW}.{APPLICATION}":
        return []
    reasons = unsigned(matter) if binds(matter, PRIVATE) else []
    waits = [one.unit for one in open_objections(matter)]
    if waits and binds(matter, APPLICATION):
        source = rule_of(matter, APPLICATION).source
        reasons.append(Refusal("urban.objection_open", source, _named(waits)))
    return reasons


def _named(units: list[str]) -> dict[str, int | str]:
    return {"units": ", ".join(units)[:200], "count": len(units)}
