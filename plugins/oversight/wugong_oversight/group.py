"""The supervision group: who sits in it, and who cannot because they decide, pay or build."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from wugong import (
    Act,
    Fact,
    Fold,
    Grant,
    Matter,
    Refusal,
    RoleGranted,
    RoleRevoked,
    Standing,
    at,
)
from wugong_oversight.events import GROUP, GroupFormed

# Whoever decides or carries out the work does not supervise it (村組法 37, 居組法 36: no
# committee members); a contractor is the one who is supervised.
DECIDING = frozenset({"officer", "admin", "convenor", "contractor"})
SUPERVISING = frozenset({"supervisor", "observer"})
ROLE = "supervisor"
CLAIMANT = "building.claimant"


@dataclass(frozen=True, slots=True)
class Group:
    """The group of one matter as it sits now, and who sat in it before."""

    members: tuple[str, ...] = ()
    professionals: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def everyone(self) -> tuple[str, ...]:
        """Residents and professionals, in order."""
        return (*self.members, *self.professionals)


def fold(group: Group, fact: Fact) -> Group:
    """Return the group after a fact."""
    if not isinstance(fact.event, GroupFormed):
        return group
    formed = Group(fact.event.members, fact.event.professionals)
    before = dict.fromkeys((*group.left, *group.everyone))
    return replace(formed, left=tuple(one for one in before if one not in formed.everyone))


SUPERVISION = Fold("oversight.group", initial=Group(), fold=fold, hears=(GroupFormed,))


def refusal(code: str, **details: int | str) -> Refusal:
    """Return a refusal of this plugin about who may supervise."""
    return Refusal(f"oversight.{code}", source=GROUP, details=details)


def forming_refusals(matter: Matter, formed: GroupFormed, now: datetime) -> list[Refusal]:
    """Say why a group cannot sit as proposed."""
    reasons = []
    if not formed.members:
        reasons.append(refusal("no_resident"))
    if not formed.professionals:
        reasons.append(refusal("no_professional"))
    seats = (*formed.members, *formed.professionals)
    if len(set(seats)) < len(seats):
        reasons.append(refusal("seated_twice"))
    roles = {one: matter.standing.roles(one, matter.id, now) for one in seats}
    unproved = [one for one in formed.professionals if "professional" not in roles[one]]
    if unproved:
        named = ", ".join(unproved)
        reasons.append(refusal("not_professional", count=len(unproved), members=named))
    building = matter.relations.get(CLAIMANT, frozenset())
    barred = [one for one in roles if roles[one] & DECIDING or one in building]
    if barred:
        reasons.append(refusal("cannot_sit", count=len(barred), members=", ".join(barred)))
    return reasons


def granting_refusals(standing: Standing, granted: RoleGranted, now: datetime) -> list[Refusal]:
    """Say why somebody cannot hold a role beside those they hold: who decides does not supervise.

    Both ways round, wherever the two would hold in one place.
    """
    against: frozenset[str] = frozenset()
    if granted.role in SUPERVISING:
        against = DECIDING
    elif granted.role in DECIDING:
        against = SUPERVISING
    held = sorted(
        {g.role for g in standing.grants if g.role in against and _meets(g, granted, now)}
    )
    return [refusal("both_roles", role=granted.role, held=held[0])] if held else []


def _meets(grant: Grant, granted: RoleGranted, now: datetime) -> bool:
    same_place = grant.scope == granted.scope or "" in (grant.scope, granted.scope)
    running = grant.until is None or now < grant.until
    return grant.member == granted.member and same_place and running


def seat(matter: Matter) -> list[tuple[str, Any]]:
    """Give the role of a supervisor to who sits now, and take it from who left.

    Roles are facts of the community's own matter, so the events are addressed there.
    """
    group, scope = matter.state(SUPERVISION), matter.id
    joined = [one for one in group.everyone if not holds(matter.standing, one, ROLE, scope)]
    left = [one for one in group.left if holds(matter.standing, one, ROLE, scope)]
    return [
        *(at(matter.community, RoleRevoked(member=one, role=ROLE, scope=scope)) for one in left),
        *(at(matter.community, RoleGranted(member=one, role=ROLE, scope=scope)) for one in joined),
    ]


def holds(standing: Standing, member: str, role: str, scope: str) -> bool:
    """Tell whether a member was given just this role in just this scope, without an end."""
    same = (member, role, scope, None)
    return any((g.member, g.role, g.scope, g.until) == same for g in standing.grants)


def guard(matter: Matter, act: Act) -> list[Refusal]:
    """Return what speaks against a group, or against a role that would undo its independence."""
    match act.event:
        case GroupFormed() as formed:
            return forming_refusals(matter, formed, act.at)
        case RoleGranted() as granted:
            return granting_refusals(matter.standing, granted, act.at)
    return []
