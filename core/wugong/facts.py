"""Matters and facts, as far as a viewer may know of them: the one audience function asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select
from sqlmodel import col

from wugong.audience import Viewer, may_read
from wugong.events import Fact
from wugong.jobs import Means
from wugong.journal import read_fact, read_stamp
from wugong.matter import Matter, community_of, is_id
from wugong.proving import Proofs
from wugong.schema import MOST_INT
from wugong.stages import Stage
from wugong.tables import JournalRow, MatterRow

HOLDS = ("wugong.hold_placed", "wugong.hold_lifted")
LARGE = 50_000  # characters
MOST_LARGE = 4
ANYBODY = frozenset({"operator"})


@dataclass(frozen=True, slots=True)
class MatterLine:
    """A matter as lists show it."""

    id: str
    title: str
    category: str
    stages: Stage
    done: Stage
    skipped: Stage
    held: Stage
    opened: int
    last: int
    changed: datetime

    def status(self, stage: Stage) -> str:
        """Say how one stage stands, as :meth:`wugong.Matter.status` does."""
        if self.stages & stage:
            return "held" if self.held & stage else "open"
        return "skipped" if self.skipped & stage else "done" if self.done & stage else "todo"


class Facts(Proofs):
    """Finds matters and facts for a viewer."""

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._large: Mapping[tuple[str, str], list[Fact]] = {}

    def matter(self, matter_id: str) -> Matter:
        """Return a matter as folded now; ``LookupError`` for one that is not there."""
        if not is_id(matter_id):
            raise LookupError("no matter has such an id")
        with self.means.storage.read() as connection:
            found = self._matters(connection, community_of(matter_id), [matter_id])
        matter = found[matter_id]
        if not matter.exists:
            raise LookupError(f"no matter {matter_id}")
        return matter

    def _matters(
        self, connection: Connection, community: str, ids: Collection[str]
    ) -> dict[str, Matter]:
        load = partial(self.means.matters.load, connection, community, ids)
        return self.means.storage.once(("matters", community, frozenset(ids)), load)

    def matters(
        self,
        community: str,
        viewer: Viewer,
        *,
        search: str = "",
        stage: Stage | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> tuple[list[MatterLine], int]:
        """Return the matters that ``viewer`` may read, newest first, and how many there are."""
        table = MatterRow
        where = [col(table.community) == community, col(table.id) != community]
        if not may_read(viewer, "members"):
            where.append(col(table.audience) == "public")
        if search.strip():
            where.append(col(table.title).contains(search.strip(), autoescape=True))
        if stage is not None:
            where.append(col(table.stages).op("&")(stage.value) != 0)
        with self.means.storage.read() as connection:
            total = connection.execute(select(func.count()).select_from(table).where(*where))
            rows = connection.execute(
                select(*table.__table__.columns)  # type: ignore[attr-defined]
                .where(*where)
                .order_by(col(table.opened).desc())
                .offset(offset)
                .limit(limit)
            )
            return [_line(row) for row in rows], int(total.scalar() or 0)

    def may_read_matter(self, matter: Matter, viewer: Viewer) -> bool:
        """Tell whether ``viewer`` may know of a matter."""
        return may_read(viewer, matter.audience)

    def facts(
        self,
        place: str,
        viewer: Viewer,
        *,
        after: int = 0,
        before: int | None = None,
        limit: int = 50,
        newest: bool = False,
        kinds: Sequence[str] = (),
        whole: bool = False,
        bulk: bool = True,
    ) -> list[Fact]:
        """Return the facts of a matter, or of a ``whole`` community, that ``viewer`` may read."""
        table, community = JournalRow, community_of(place)
        where = [col(table.community) == community]
        if not bulk:
            where.append(col(table.bulk).is_(False))
        names = self._all_names(kinds)
        found: list[Fact] = []
        low, high = after, before
        while len(found) < limit:
            bounds = [col(table.seq) > low] + ([col(table.seq) < high] if high else [])
            listed = self._listed(
                [*where, *bounds], "" if whole else place, names, newest, max(limit, 20)
            )
            with self.means.storage.read() as connection:
                rows = connection.execute(listed).all()
                found += self._readable(connection, rows, viewer)
            if len(rows) < max(limit, 20):
                break
            low, high = (low, rows[-1].seq) if newest else (rows[-1].seq, high)
        return found[:limit]

    def _listed(
        self,
        where: Sequence[ColumnElement[bool]],
        matter: str,
        names: Sequence[str],
        newest: bool,
        limit: int,
    ) -> Select[Any]:
        """Return the query for records of some kinds, in a matter or in all.

        Those of a matter are looked up in the index of kinds. Left to choose, a database may read
        all facts of the matter for a few of them, every ballot too.
        """
        table = JournalRow
        its: Any = col(table.matter)
        order: Any = col(table.seq)
        query = select(*table.__table__.columns)  # type: ignore[attr-defined]
        if names:
            query = query.where(col(table.kind).in_(names))
            kinds = [self.registry.kind(name) for name in names]
            if matter and not any(kind and kind.bulk for kind in kinds):
                # No other index has the matter and the number with nothing added to them.
                its, order = its.concat(""), order + 0
        query = query.where(*where, its == matter) if matter else query.where(*where)
        return query.order_by(order.desc() if newest else order).limit(limit)

    def _all_names(self, kinds: Sequence[str]) -> list[str]:
        former = [old for old, new in self.registry.former.items() if new in kinds]
        return [*kinds, *former]

    def _readable(self, connection: Connection, rows: Sequence[Any], viewer: Viewer) -> list[Fact]:
        if not rows:
            return []
        community = rows[0].community
        ids = {row.matter for row in rows}
        matters = self._matters(connection, community, ids)
        seen = []
        for row in rows:
            for fact in self._read(row):
                if self.may_read_fact(matters[row.matter], fact, viewer):
                    seen.append(_discreet(fact, viewer))
        return seen

    def _read(self, row: Any) -> list[Fact]:
        """Read a record; the last large ones, such as rosters, are kept, as none ever changes."""
        if len(row.body) < LARGE:
            return read_fact(row, self.registry.kind)
        place, kept = (row.digest, row.body), self._large
        if place in kept:
            return kept[place]
        made = read_fact(row, self.registry.kind)
        # Never changed, another one takes its place: many threads read.
        self._large = dict([*list(kept.items())[1 - MOST_LARGE :], (place, made)])
        return made

    def may_read_fact(
        self, matter: Matter, fact: Fact, viewer: Viewer, shown_to: str | None = None
    ) -> bool:
        """Tell whether ``viewer`` belongs to the audience of a fact in ``matter``."""
        kind = self.registry.kind(fact.kind)
        if not matter.is_standing and not may_read(viewer, matter.audience):
            return False
        audience = shown_to or (kind.shown_to if kind else "officer")
        roles = self._relations_for(matter, fact, viewer)
        whom = str(getattr(fact.event, kind.sealed_for, "")) if kind and kind.sealed_for else ""
        return may_read(Viewer(viewer.member, roles), audience, fact.who, whom)

    def _relations_for(self, matter: Matter, fact: Fact, viewer: Viewer) -> frozenset[str]:
        """Return the viewer's roles, with relations as they are in this matter for this fact."""
        if not viewer.member:
            return viewer.roles
        roles = {role for role in viewer.roles if role not in self.registry.relations}
        for name, (_plugin, relation) in self.registry.relations.items():
            members = matter.relations.get(name, frozenset())
            if viewer.member in members and relation.readers is not None:
                members = relation.readers(matter, fact)
            if viewer.member in members and relation.among in ("", *viewer.roles):
                roles.add(name)
        return frozenset(roles)

    def fact(self, community: str, seq: int, viewer: Viewer) -> Fact | None:
        """Return one fact by its number, or ``None`` if it is not there for ``viewer``."""
        if not 0 < seq <= MOST_INT:
            return None

        def ask() -> list[Fact]:
            return self.facts(community, viewer, after=seq - 1, before=seq + 1, limit=1, whole=True)

        found = self.means.storage.once(("fact", community, seq, viewer), ask)
        return found[0] if found else None


def _discreet(fact: Fact, viewer: Viewer) -> Fact:
    """Hide who placed a hold and what caused it: the record must not say why a stage rests."""
    if fact.kind in HOLDS and not viewer.roles & ANYBODY:
        return replace(fact, by="", principal=None, cause=None)
    return fact


def _line(row: Any) -> MatterLine:
    return MatterLine(
        id=row.id,
        title=row.title,
        category=row.category,
        stages=Stage(row.stages),
        done=Stage(row.done),
        skipped=Stage(row.skipped),
        held=Stage(row.held),
        opened=row.opened,
        last=row.last,
        changed=read_stamp(row.changed),
    )
