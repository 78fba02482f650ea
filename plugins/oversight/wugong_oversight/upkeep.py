"""Upkeep: who looks after the result once it is shared, in which turns and from which money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wugong import MANAGE, Fact, Fold, Matter, Refusal, RoleGranted, RoleRevoked, at
from wugong_oversight.events import UPKEEP, UpkeepPlanned
from wugong_oversight.group import holds

ROLE = "steward"


@dataclass(frozen=True, slots=True)
class Plan:
    """The upkeep plan in force; ``id`` is the fact that set it, 0 for none."""

    id: int = 0
    steward: str = ""
    rota: tuple[str, ...] = ()
    yearly_cost_fen: int = 0
    source: str = ""
    earlier_stewards: tuple[str, ...] = ()


def fold(plan: Plan, fact: Fact) -> Plan:
    """Return the plan after a fact."""
    match fact.event:
        case UpkeepPlanned() as new:
            earlier = tuple(dict.fromkeys((*plan.earlier_stewards, plan.steward)))
            left = tuple(one for one in earlier if one and one != new.steward)
            return Plan(fact.seq, new.steward, new.rota, new.yearly_cost_fen, new.source, left)
    return plan


PLAN_OF_UPKEEP = Fold("oversight.upkeep", initial=Plan(), fold=fold, hears=(UpkeepPlanned,))


def refusal(code: str, **details: int | str) -> Refusal:
    """Return a refusal of this plugin about upkeep."""
    return Refusal(f"oversight.{code}", source=UPKEEP, details=details)


def planning_refusals(planned: UpkeepPlanned) -> list[Refusal]:
    """Say what a plan lacks: a steward, turns, or where its money comes from."""
    reasons = []
    if not planned.steward.strip():
        reasons.append(refusal("no_steward"))
    if not any(turn.strip() for turn in planned.rota):
        reasons.append(refusal("no_rota"))
    if planned.yearly_cost_fen and not planned.source.strip():
        reasons.append(refusal("cost_without_source", yearly_cost_fen=planned.yearly_cost_fen))
    return reasons


def sharing_refusals(matter: Matter) -> list[Refusal]:
    """Say why sharing cannot begin: nobody would look after the result.

    A matter whose managing was skipped, with a filed reason, has nothing to look after.
    """
    if matter.is_standing or matter.skipped & MANAGE or matter.state(PLAN_OF_UPKEEP).id:
        return []
    return [refusal("no_upkeep")]


def appoint(matter: Matter) -> list[tuple[str, Any]]:
    """Give the steward's role to the one planned, and take it from an earlier one."""
    plan, scope = matter.state(PLAN_OF_UPKEEP), matter.id
    left = [one for one in plan.earlier_stewards if holds(matter.standing, one, ROLE, scope)]
    joined = [one for one in (plan.steward,) if not holds(matter.standing, one, ROLE, scope)]
    return [
        *(at(matter.community, RoleRevoked(member=one, role=ROLE, scope=scope)) for one in left),
        *(at(matter.community, RoleGranted(member=one, role=ROLE, scope=scope)) for one in joined),
    ]
