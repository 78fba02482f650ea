"""Matter: what is deliberated, as the facts so far leave it. A community is itself a matter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from wugong.audience import can_be_given
from wugong.deadlines import Calendar
from wugong.events import Fact
from wugong.folds import Fold
from wugong.procedures import Procedure
from wugong.stages import ANY, STAGES, Stage

T = TypeVar("T")
EMPTY: Mapping[Any, Any] = MappingProxyType({})
NO_STAGE = Stage(0)


@dataclass(frozen=True, slots=True)
class Hold:
    """A stage held by whoever mediates or inspects; pages say that and until when, never why."""

    id: int  # the fact that placed it
    stage: Stage
    by: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Head:
    """What a later fact may ask of an earlier one: its kind and who did it."""

    kind: str
    by: str
    principal: str | None
    at: datetime

    @property
    def who(self) -> str:
        """The person for whom the fact counts."""
        return self.principal or self.by


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody holds: everywhere in the community, or in one scope, until a time."""

    member: str
    role: str
    scope: str  # "" for the whole community, else a matter's id or a body's name
    until: datetime | None
    seq: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What every matter of a community shares: its setting, roles, settings and plugins."""

    community: str
    title: str = ""
    setting: str = "urban"
    plugins: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    # Plugins that came after the founding: the fact since which they are asked.
    adopted: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    grants: tuple[Grant, ...] = ()
    settings: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    rosters: Mapping[str, str] = field(default_factory=lambda: EMPTY)  # name → edition
    erased: frozenset[str] = frozenset()
    last: int = 0
    changed: int = 0  # the fact that last changed roles, settings, rosters or people
    procedures: Mapping[str, Procedure] = field(default_factory=lambda: EMPTY, compare=False)
    rules: Mapping[str, Any] = field(default_factory=lambda: EMPTY, compare=False)
    calendar: Callable[[], Calendar] = field(default=Calendar, compare=False)

    def roles(self, member: str, matter: str, at: datetime) -> frozenset[str]:
        """Return the roles that ``member`` holds in ``matter`` at that time."""
        held = frozenset(
            g.role
            for g in self.grants
            if g.member == member and g.scope in ("", matter) and (g.until is None or at < g.until)
        )
        return frozenset(filter(can_be_given, held))  # older journals may hold others

    def holders(self, role: str, scope: str = "") -> tuple[str, ...]:
        """Return who holds ``role`` community-wide or in ``scope``, each once."""
        held = (g.member for g in self.grants if g.role == role and g.scope in ("", scope))
        return tuple(dict.fromkeys(held))


@dataclass(frozen=True, slots=True)
class SecretPoll:
    """A poll with a box: the scrutineers' key, or empty, and the law that it is decided by."""

    box_key: str
    procedure: str
    texts: tuple[str, ...] = ()  # of the procedure, as the frozen roll keeps them


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter folded from its facts. Immutable: an act makes the next one."""

    id: str
    standing: Standing
    title: str = ""
    summary: str = ""
    category: str = ""
    audience: str = "public"
    opened_by: str = ""
    opened_at: datetime | None = None
    stages: Stage = NO_STAGE  # the set of open stages
    done: Stage = NO_STAGE  # closed at least once and not open now
    skipped: Stage = NO_STAGE
    holds: Mapping[int, Hold] = field(default_factory=lambda: EMPTY)
    plugins: frozenset[str] = frozenset()  # whose facts it holds
    states: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    heads: Mapping[int, Head] = field(default_factory=lambda: EMPTY)
    relations: Mapping[str, frozenset[str]] = field(default_factory=lambda: EMPTY)
    secret_polls: Mapping[int, SecretPoll] = field(default_factory=lambda: EMPTY)
    steps: Mapping[str, int] = field(default_factory=lambda: EMPTY)  # → its last record
    polled: frozenset[str] = frozenset()  # the procedures of its polls
    last: int = 0

    @property
    def community(self) -> str:
        """The id of its community."""
        return self.standing.community

    @property
    def procedures(self) -> Mapping[str, Procedure]:
        """Every procedure that the installed plugins bring, by id."""
        return self.standing.procedures

    @property
    def rules(self) -> Mapping[str, Any]:
        """Every counting rule that the installed plugins bring, by id."""
        return self.standing.rules

    @property
    def calendar(self) -> Calendar:
        """The holidays as this deployment knows them now; weekends alone where it knows none."""
        return self.standing.calendar()

    @property
    def is_standing(self) -> bool:
        """Whether this is the community itself."""
        return self.id == self.standing.community

    @property
    def exists(self) -> bool:
        """Whether any fact of it is recorded."""
        return self.last > 0

    def state(self, fold: Fold[T]) -> T:
        """Return a plugin's state of this matter."""
        value: T = self.states.get(fold.name, fold.initial)
        return value

    def open(self, stage: Stage) -> bool:
        """Whether any stage of the set is open."""
        return bool(self.stages & stage)

    def held(self, stage: Stage) -> Hold | None:
        """Return the hold on a stage of the set, or ``None``."""
        return next((hold for hold in self.holds.values() if hold.stage & stage), None)

    def status(self, stage: Stage) -> str:
        """Say how one stage stands: ``held``, ``open``, ``done``, ``skipped`` or ``todo``."""
        if self.stages & stage:
            return "held" if self.held(stage) else "open"
        return "skipped" if self.skipped & stage else "done" if self.done & stage else "todo"

    def of_kind(self, kind: str) -> Iterator[tuple[int, Head]]:
        """Yield number and head of the facts of a kind, in order."""
        return ((seq, head) for seq, head in self.heads.items() if head.kind == kind)

    def setting(self, name: str, default: str) -> str:
        """Return a setting of the community, or ``default``."""
        return self.standing.settings.get(name, default)


_ID = re.compile(r"[a-z0-9-]{2,40}(\.[1-9][0-9]{0,14})?")


def is_id(matter: str) -> bool:
    """Tell whether a text can be the id of a matter or community at all."""
    return _ID.fullmatch(matter) is not None


def community_of(matter: str) -> str:
    """Return the community that a matter's id names: ``"linli"`` of ``"linli.17"``."""
    return matter.partition(".")[0]


def with_stage(matter: Matter, stage: Stage, status: str) -> Matter:
    """Return ``matter`` with one stage ``open``, ``done`` or ``skipped``."""
    off = ~stage & ANY
    return replace(
        matter,
        stages=matter.stages | stage if status == "open" else matter.stages & off,
        done=matter.done | stage if status == "done" else matter.done & off,
        skipped=matter.skipped | stage if status == "skipped" else matter.skipped & off,
    )


def with_head(matter: Matter, fact: Fact) -> Matter:
    """Return ``matter`` with the fact counted: its number, its head and its plugin."""
    head = Head(fact.kind, fact.by, fact.principal, fact.at)
    plugin = fact.kind.partition(".")[0]
    known = matter.plugins if plugin in matter.plugins else matter.plugins | {plugin}
    heads = MappingProxyType({**matter.heads, fact.seq: head})
    return replace(matter, last=fact.seq, heads=heads, plugins=known)


def stage_keys(stages: Stage) -> list[str]:
    """Return the keys of a set of stages in their order."""
    return [known.key for known in STAGES if known & stages]
