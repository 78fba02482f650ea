"""A rehearsal: a community in memory with a scripted clock, for tests, case files and 模擬議事."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from wugong.answers import Receipt
from wugong.audience import Viewer
from wugong.clock import ScriptedClock
from wugong.engine import Engine
from wugong.errors import Refused
from wugong.matter import Matter
from wugong.rosters import Entitlement, Part
from wugong.schema import seal
from wugong.vocabulary import (
    MatterOpened,
    MemberEnrolled,
    RoleGranted,
    SettingChanged,
    imported,
)

__all__ = ["START", "Dice", "Rehearsal", "imported"]

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in China


class Dice:
    """Repeatable bytes in place of randomness."""

    def __init__(self, seed: str = "wugong") -> None:
        self._seed, self._count = seed.encode(), 0

    def __call__(self, size: int) -> bytes:
        """Return the next ``size`` bytes."""
        made = b""
        while len(made) < size:
            self._count += 1
            made += hashlib.sha256(self._seed + self._count.to_bytes(8, "big")).digest()
        return made[:size]


class Rehearsal:
    """A community that exists only here. ``members`` maps ids to their roles."""

    def __init__(
        self,
        plugins: Mapping[str, Any] | None = None,
        *,
        members: Mapping[str, Iterable[str]] | None = None,
        setting: str = "urban",
        settings: Mapping[str, str] | None = None,
        start: datetime = START,
        database: str | None = None,
        community: str = "example",
        title: str = "Example",
        **engine: Any,
    ) -> None:
        self.clock, self.community = ScriptedClock(start), community
        engine = {"clock": self.clock, "random": Dice(), "writer": "inline", **engine}
        kept = self.kept() if database is None else {"database": database}
        self.engine = Engine(plugins=plugins, **{**kept, **engine})
        every = sorted(self.engine.registry.packages)
        self.engine.found(community, title=title, setting=setting, plugins=every)
        acts = [act for name, roles in (members or {}).items() for act in self._joins(name, roles)]
        changed = (settings or {}).items()
        acts += [(community, SettingChanged(name=name, value=value)) for name, value in changed]
        self.engine.record_many(acts, by="operator")

    def kept(self) -> Mapping[str, Any]:
        """Return the options of the engine that say where it is kept: in memory.

        A test suite that rehearses on other databases, too, puts its own in this place.
        """
        return {"database": "sqlite://"}

    def enrol(self, member: str, roles: Iterable[str] = (), **more: Any) -> None:
        """Enrol a member, named like its id unless ``name=`` is given, and give it roles."""
        self.engine.record_many(self._joins(member, roles, **more), by="operator")

    def _joins(self, member: str, roles: Iterable[str], **more: Any) -> list[tuple[str, Any]]:
        name = seal(more.pop("name", member))
        enrolled = MemberEnrolled(member=member, name=name, **more)
        granted = (RoleGranted(member=member, role=role) for role in roles)
        return [(self.community, event) for event in (enrolled, *granted)]

    def roster(
        self, name: str, units: Sequence[tuple[str, str, str, int]], **weights: int
    ) -> Receipt:
        """Import a roster of (unit, member, group, area in 0.01 m²), one entitlement a member."""
        parts: dict[str, list[Part]] = {}
        for unit, member, group, area in units:
            parts.setdefault(member, []).append(Part(unit, group, area))
        listed = tuple(
            Entitlement(its[0].unit, member, parts=tuple(its), **weights)
            for member, its in parts.items()
        )
        return self.act("operator", self.community, imported(name, listed))

    def open(self, title: str, by: str = "operator", **more: Any) -> str:
        """Open a matter and return its id."""
        return self.act(by, self.community, MatterOpened(title=title, **more)).matter

    def act(
        self, by: str, matter: str, event: Any, body: Mapping[str, Any] | None = None, **more: Any
    ) -> Receipt:
        """Record an event, given as an instance or as a kind and its body."""
        if isinstance(event, str):
            event = self.engine.read(event, body or {})
        return self.engine.record(matter, event, by=by, **more)

    def wait(self, **by: float) -> int:
        """Move the clock (``days=``, ``hours=``, ``minutes=``) and record what it owes."""
        self.clock.move(to=None, **by)
        return self.engine.tick()

    def until(self, when: datetime) -> int:
        """Move the clock to a time and record what it owes."""
        self.clock.move(to=when)
        return self.engine.tick()

    @contextmanager
    def refuses(self, *codes: str) -> Iterator[None]:
        """Expect a refusal with every one of ``codes``, and that nothing is written."""
        before = self.engine.head(self.community)
        try:
            yield
        except Refused as refused:
            missing = set(codes) - set(refused.codes)
            if missing:
                raise AssertionError(f"refused for {refused}, not for {missing}") from refused
            if self.engine.head(self.community) != before:
                raise AssertionError("a refused act left something in the journal") from refused
        else:
            raise AssertionError(f"not refused; expected {', '.join(codes)}")

    def matter(self, matter: str) -> Matter:
        """Return a matter as it stands."""
        return self.engine.matter(matter)

    def viewer(self, matter: str, member: str = "") -> Viewer:
        """Return a reader of a matter."""
        return self.engine.viewer(matter, member)
