"""Folding facts into matters, and the folded matters that a process keeps."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from wugong import calls
from wugong.among import among, listed
from wugong.deadlines import Calendar
from wugong.events import Fact, Unknown
from wugong.journal import read_fact
from wugong.lists import waiting_of
from wugong.matter import Matter, Standing, community_of
from wugong.plugins import Registry
from wugong.tables import JournalRow, MatterRow
from wugong.vocabulary import advance, advance_standing
from wugong.waiting import Waiting

MOST_KEPT = 2000

_LAST = select(col(MatterRow.id), col(MatterRow.last)).where(among("wanted", col(MatterRow.id)))


def fold_fact(registry: Registry, matter: Matter, fact: Fact) -> Matter:
    """Return ``matter`` after ``fact``: core vocabulary and every fold that hears it."""
    matter = advance(matter, fact)
    if matter.is_standing:
        matter = replace(matter, standing=advance_standing(matter.standing, fact))
    changed: dict[str, Any] = {}
    for plugin, fold in registry.folds.values():
        if fact.kind in fold.hears and not isinstance(fact.event, Unknown):
            seen = calls.heard(registry, plugin, fact)
            value = matter.state(fold)
            changed[fold.name] = calls.trust(plugin, fold.name, fold.fold, value, seen)
    if changed:
        matter = replace(matter, states=MappingProxyType({**matter.states, **changed}))
    return matter


def with_relations(registry: Registry, matter: Matter) -> Matter:
    """Return ``matter`` with the relations that plugins derive from their folds."""
    related = {
        name: calls.trust(plugin, name, _members, relation.members, matter)
        for name, (plugin, relation) in registry.relations.items()
    }
    return replace(matter, relations=MappingProxyType(related)) if related else matter


def in_standing(registry: Registry, matter: Matter, standing: Standing) -> Matter:
    """Return ``matter`` as what its community shares now makes it: relations may rest on roles."""
    if matter.standing is standing:
        return matter
    matter = replace(matter, standing=standing)
    return with_relations(registry, matter) if matter.exists else matter


def _members(function: Any, matter: Matter) -> frozenset[str]:
    members = frozenset(function(matter))
    if not all(isinstance(member, str) for member in members):
        raise TypeError("a relation answers the ids of members")
    return members


class Matters:
    """The folded matters of a process; compared with the database at every use."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._kept: dict[str, Matter] = {}
        self._awaited: dict[str, tuple[Matter, Calendar, list[Waiting]]] = {}
        self._lock = threading.Lock()

    def copy(self) -> Matters:
        """Return a copy that learns what this one does not."""
        made = Matters(self.registry)
        with self._lock:
            made._kept = dict(self._kept)
        return made

    def keep(self, matters: Iterable[Matter]) -> None:
        """Keep matters that are committed."""
        with self._lock:
            for matter in matters:
                known = self._kept.pop(matter.id, None)
                self._kept[matter.id] = known if known and known.last > matter.last else matter
            while len(self._kept) > MOST_KEPT:
                oldest = next(iter(self._kept))
                self._kept.pop(oldest)
                self._awaited.pop(oldest, None)

    def kept(self, name: str) -> Matter | None:
        """Return a matter as this process last saw it, without asking the database."""
        return self._kept.get(name)

    def forget(self) -> None:
        """Drop everything kept: the database was replaced, or a rebuild is under way."""
        with self._lock:
            self._kept.clear()
            self._awaited.clear()

    def awaited(self, matter: Matter) -> list[Waiting]:
        """Return what is awaited in a matter; of one that is kept its plugins are asked once.

        Asked again where working days are others now: the calendar is read while a server runs.
        """
        calendar = matter.calendar
        known = self._awaited.get(matter.id)
        if known and known[0] is matter and known[1] == calendar:
            return known[2]
        found = waiting_of(self.registry, matter)
        if self._kept.get(matter.id) is matter:
            self._awaited[matter.id] = matter, calendar, found
        return found

    def load(self, connection: Connection, community: str, ids: Iterable[str]) -> dict[str, Matter]:
        """Return the matters as the database has them now; unknown ones come without a fact."""
        wanted = {community, *ids}
        last = dict(connection.execute(_LAST, {"wanted": listed(wanted)}).all())
        kept = {name: self._kept[name] for name in wanted if name in self._kept}
        stale = [name for name in wanted if name in last and _last(kept.get(name)) != last[name]]
        fresh = self._fold(connection, community, stale, kept) if stale else {}
        standing = (
            fresh.get(community) or kept.get(community) or _none(self.registry, community)
        ).standing
        found: dict[str, Matter] = {}
        for name in wanted:
            one = fresh.get(name) or (kept.get(name) if name in last else None)
            one = one or Matter(id=name, standing=standing)
            found[name] = in_standing(self.registry, one, standing)
        self.keep(one for one in found.values() if one.exists and one is not kept.get(one.id))
        return found

    def _fold(
        self,
        connection: Connection,
        community: str,
        stale: Sequence[str],
        kept: Mapping[str, Matter],
    ) -> dict[str, Matter]:
        folded: dict[str, Matter] = {}
        for name in stale:
            matter = kept.get(name) or _none(self.registry, name)
            rows = connection.execute(
                select(*JournalRow.__table__.columns)  # type: ignore[attr-defined]
                .where(
                    col(JournalRow.community) == community,
                    col(JournalRow.matter) == name,
                    col(JournalRow.seq) > matter.last,
                    col(JournalRow.bulk).is_(False),
                )
                .order_by(col(JournalRow.seq))
            )
            for row in rows:
                for fact in read_fact(row, self.registry.kind):
                    matter = fold_fact(self.registry, matter, fact)
            folded[name] = matter
        if community in folded:
            folded[community] = with_relations(self.registry, folded[community])
        return folded


def _last(matter: Matter | None) -> int:
    return matter.last if matter else -1


def _none(registry: Registry, name: str) -> Matter:
    procedures, rules = MappingProxyType(registry.procedures), MappingProxyType(registry.rules)
    standing = Standing(
        community_of(name), procedures=procedures, rules=rules, calendar=registry.days_off
    )
    return Matter(id=name, standing=standing)
