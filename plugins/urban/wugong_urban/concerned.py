"""Whom a scheme concerns: the owners who vote on it, and the units that it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from wugong import (
    Act,
    Book,
    Books,
    Fact,
    Fold,
    Matter,
    PollOpened,
    Prefix,
    Refusal,
    RosterImported,
)
from wugong_urban.affected import NEIGHBOURS
from wugong_urban.events import PrivatePartAgreed, SharesAdopted
from wugong_urban.shares import BY_AREA

if TYPE_CHECKING:
    from wugong import Engine  # it loads databases and ciphers

OWNERS = "owners"  # the roster
ASSEMBLY = "owners_assembly"  # the body


def _keys(act: Act | Fact) -> Iterable[str]:
    match act.event:
        case RosterImported(roster=roster):
            return (OWNERS,) if roster == OWNERS else ()
    return (Prefix(OWNERS),)


def _units(_value: Mapping[str, str] | None, _key: str, fact: Fact) -> dict[str, str]:
    imported: RosterImported = fact.event
    return {part.unit: part.group for e in imported.entitlements for part in e.parts}


UNITS: Book[Mapping[str, str]] = Book(
    "urban.units", keys=_keys, fold=_units, hears=(RosterImported, SharesAdopted, PollOpened)
)
"""The units of the owners' roster in force, each with its group: one value for them all."""


def _owners(_value: Mapping[str, str] | None, _key: str, fact: Fact) -> dict[str, str]:
    imported: RosterImported = fact.event
    return {part.unit: e.member for e in imported.entitlements for part in e.parts}


OWNER_OF: Book[Mapping[str, str]] = Book(
    "urban.owners", keys=_keys, fold=_owners, hears=(RosterImported, PrivatePartAgreed)
)
"""Who is entitled for each unit of the owners' roster in force."""


def _polled(
    known: tuple[tuple[str, tuple[str, ...]], ...], fact: Fact
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    opened: PollOpened = fact.event
    return (*known, (opened.procedure, opened.groups))


POLLS: Fold[tuple[tuple[str, tuple[str, ...]], ...]] = Fold(
    "urban.polls", initial=(), fold=_polled, hears=(PollOpened,)
)
"""Each poll of a matter: its procedure, and the groups that were asked."""


def units_of(books: Books) -> Mapping[str, str]:
    """Return the units of the owners' roster by name; none before one was imported."""
    return dict(books.scan(UNITS, OWNERS)).get(OWNERS, {})


def owners_of(books: Books) -> Mapping[str, str]:
    """Return who is entitled for each unit; nobody before a roster was imported."""
    return dict(books.scan(OWNER_OF, OWNERS)).get(OWNERS, {})


def roster_of(engine: Engine, matter: Matter) -> Mapping[str, str]:
    """Return the units of the owners' roster as pages read them."""
    return engine.book(UNITS, matter.community, keys=[OWNERS]).get(OWNERS, {})


def is_owners(matter: Matter, procedure: str) -> bool:
    """Tell whether a procedure is the owners' assembly's."""
    named = matter.procedures.get(procedure)
    return named is not None and named.body == ASSEMBLY


def outside(matter: Matter, roster: Mapping[str, str], units: Iterable[str]) -> list[str]:
    """Return which of ``units`` neither vote on the matter nor are listed as affected.

    Those vote whom the last poll of the owners asked; before one, the stairs of what is affected,
    or everybody. Without a roster nobody can tell, and none is outside.
    """
    if not roster:
        return []
    listed = {unit for unit, one in matter.state(NEIGHBOURS).units.items() if one.effect}
    groups = _groups(matter, roster, listed)
    voting = {unit for unit, group in roster.items() if not groups or group in groups}
    return [unit for unit in units if unit not in voting | listed]


def asked_last(matter: Matter) -> tuple[str, ...] | None:
    """Return the groups that the last poll of the owners asked; ``None`` before there was one."""
    asked = [groups for name, groups in matter.state(POLLS) if is_owners(matter, name)]
    return asked[-1] if asked else None


def _groups(matter: Matter, roster: Mapping[str, str], listed: set[str]) -> frozenset[str]:
    asked = asked_last(matter)
    if asked is not None:
        return frozenset(asked)
    return frozenset(roster[unit] for unit in listed if unit in roster)


def share_refusals(
    matter: Matter, roster: Mapping[str, str], adopted: SharesAdopted
) -> list[Refusal]:
    """Say whose share or relief cannot be adopted: of owners whom the scheme does not concern."""
    strangers = outside(matter, roster, (sharer.unit for sharer in adopted.units))
    if not strangers:
        return []
    details: dict[str, int | str] = {"units": ", ".join(strangers)[:200], "count": len(strangers)}
    return [Refusal("urban.unit_outside", BY_AREA, details)]


def left_out(matter: Matter, roster: Mapping[str, str], groups: tuple[str, ...]) -> list[str]:
    """Return the units that the scheme touches and a vote of some groups leaves out."""
    touched = (u for u, one in matter.state(NEIGHBOURS).units.items() if one.is_touched)
    voters = {unit for unit, group in roster.items() if not groups or group in groups}
    return sorted(unit for unit in touched if unit in roster and unit not in voters)
