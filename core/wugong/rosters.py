"""Rosters: who is entitled and in what measure; frozen and hashed when a poll opens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Measure = Literal["heads", "households", "area"]


@dataclass(frozen=True, slots=True)
class Part:
    """One unit of an entitlement: flat or homestead, its group (stair, village group), its area."""

    unit: str = ""  # empty for a person without one
    group: str = ""
    area_dm2: int = 0  # 0.01 m²
    source: str = ""  # of the area: register, survey or contract; empty where the file says none


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A right to one ballot: who holds it and what it weighs. It names no person but by id.

    ``member`` votes with it: the owner, or the guardian of an owner without full capacity; that
    somebody has none is in no record. Source: 民法典 19–22 (V); 指導規則 25 (M).
    """

    id: str
    member: str
    heads: int = 1
    households: int = 1
    parts: tuple[Part, ...] = ()

    @property
    def area_dm2(self) -> int:
        """The floor area of all its units, in 0.01 m²."""
        return sum(part.area_dm2 for part in self.parts)

    def within(self, groups: tuple[str, ...]) -> Entitlement | None:
        """Return what of it counts in ``groups`` (all of it for none named), or ``None``."""
        if not groups:
            return self
        parts = tuple(part for part in self.parts if part.group in groups)
        return replace(self, parts=parts) if parts else None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a set of entitlements weighs together."""

    entitlements: int
    heads: int
    households: int
    area_dm2: int

    def of(self, measure: Measure) -> int:
        """Return the total in one measure."""
        return {"heads": self.heads, "households": self.households, "area": self.area_dm2}[measure]


def totals(entitlements: Iterable[Entitlement]) -> Totals:
    """Add up entitlements.

    >>> totals([Entitlement("1", "m1", parts=(Part("101", "1", 8000),))])
    Totals(entitlements=1, heads=1, households=1, area_dm2=8000)
    """
    listed = list(entitlements)
    return Totals(
        len(listed),
        sum(e.heads for e in listed),
        sum(e.households for e in listed),
        sum(e.area_dm2 for e in listed),
    )


def write_entitlement(e: Entitlement) -> dict[str, object]:
    """Write an entitlement as JSON; what is not stated leaves no trace in it."""
    parts = [[p.unit, p.group, p.area_dm2, *([p.source] if p.source else [])] for p in e.parts]
    return {
        "id": e.id,
        "member": e.member,
        "heads": e.heads,
        "households": e.households,
        "parts": parts,
    }


def read_entitlement(value: object) -> Entitlement:
    """Read what :func:`write_entitlement` wrote."""
    if not isinstance(value, dict):
        raise TypeError(f"an entitlement is an object, got {value!r}")
    parts = tuple(Part(*part) for part in value["parts"])
    return Entitlement(value["id"], value["member"], value["heads"], value["households"], parts)


def roll_bytes(entitlements: Iterable[Entitlement]) -> bytes:
    """Return the canonical bytes of a roll: ordered by id, so that equal rolls have equal bytes."""
    listed = sorted(entitlements, key=lambda e: e.id)
    rows = [write_entitlement(e) for e in listed]
    return json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def roll_hash(entitlements: Iterable[Entitlement]) -> str:
    """Return the SHA-256 of a roll, as published beside the poll."""
    return hashlib.sha256(b"wugong/roll/v1\0" + roll_bytes(entitlements)).hexdigest()
