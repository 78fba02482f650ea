"""A roster file becomes facts: who is new, who changed, who leaves; one commit, or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wugong.audience import OPERATOR
from wugong.people import MEMBERS, ROSTER
from wugong.roster_rows import Holder, Reading
from wugong.rosters import Entitlement, read_entitlement, roll_hash
from wugong.schema import seal
from wugong.vocabulary import MemberEnrolled, imported

if TYPE_CHECKING:
    from wugong.engine import Engine


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do; ``acts`` is empty when the roster is the same already."""

    edition: str
    new: int
    changed: int
    same: int
    leaving: int
    enrolled: int  # people who are not in the directory yet
    acts: tuple[tuple[str, Any], ...]


def plan_import(engine: Engine, community: str, roster: str, reading: Reading) -> Plan:
    """Compare a readable file with the last edition and say what its import would record.

    A holder is the member who held the same entitlement under the same name, or the only member of
    that name and household; anybody else is enrolled under a new id. Names go to the directory.
    """
    edition = engine.matter(community).standing.rosters.get(roster, "")
    before = _entitlements(engine, community, edition)
    known = _Directory(engine, community)
    enrol: dict[str, MemberEnrolled] = {}

    def member_of(holder: Holder) -> str:
        member = known.find(holder, before)
        if member is None:
            member = f"m-{secrets.token_hex(8)}"
            enrol[member] = MemberEnrolled(
                member=member,
                name=seal(holder.name),
                household=holder.household,
                group=holder.group,
                contact=seal(holder.contact) if holder.contact else None,
            )
            known.add(member, holder)
        return member

    listed = reading.entitlements(member_of)
    after = {one.id: one for one in listed}
    made = roll_hash(listed)
    acts: list[tuple[str, Any]] = [(community, event) for event in enrol.values()]
    if made != edition:
        acts.append((community, imported(roster, listed)))
    return Plan(
        edition=made,
        new=len(after.keys() - before.keys()),
        changed=sum(1 for key, one in after.items() if key in before and before[key] != one),
        same=sum(1 for key, one in after.items() if before.get(key) == one),
        leaving=len(before.keys() - after.keys()),
        enrolled=len(enrol),
        acts=tuple(acts) if made != edition else (),
    )


def _entitlements(engine: Engine, community: str, edition: str) -> dict[str, Entitlement]:
    if not edition:
        return {}
    rows: Mapping[str, Any] = engine.book(ROSTER, community, prefix=f"{edition}/")
    listed = (read_entitlement(dict(row)) for row in rows.values())
    return {one.id: one for one in listed}


class _Directory:
    """Finds the member that a row of the file speaks of."""

    def __init__(self, engine: Engine, community: str) -> None:
        living = {m: dict(e) for m, e in engine.book(MEMBERS, community).items() if e["name"]}
        names = engine.names(community, living, OPERATOR)
        self._by_name: dict[str, list[tuple[str, str]]] = {}
        for member, entry in living.items():
            self._by_name.setdefault(names[member], []).append((member, entry["household"]))

    def add(self, member: str, holder: Holder) -> None:
        self._by_name.setdefault(holder.name, []).append((member, holder.household))

    def find(self, holder: Holder, before: Mapping[str, Entitlement]) -> str | None:
        named = self._by_name.get(holder.name, [])
        units = {(part.group, part.unit) for part in holder.parts}
        for one in before.values():
            mine = {(part.group, part.unit) for part in one.parts}
            if units & mine and any(member == one.member for member, _ in named):
                return one.member
        if holder.guardian == holder.name and len(named) == 1:
            return named[0][0]
        fitting = [m for m, household in named if household == holder.household]
        return fitting[0] if len(fitting) == 1 else None
