"""Reading: facts, texts, names, books, views and lists, each through the one audience function."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from wugong import permission, versions
from wugong.audience import Viewer, may_read
from wugong.books import Book
from wugong.errors import Refusal
from wugong.events import Act, Fact, Kind, documents_named, kind_of, open_texts, sealed_fields
from wugong.journal import (
    read_stamp,
)
from wugong.links import Links
from wugong.lists import waiting_of
from wugong.matter import Matter
from wugong.people import MEMBERS
from wugong.rebuilding import renew_lists
from wugong.schema import Sealed, ShownTo
from wugong.shelf import LAST, view_name
from wugong.tables import (
    BookRow,
    CommunityRow,
    MatterRow,
    VaultRow,
    ViewRow,
    WaitingRow,
)
from wugong.vault import unseal
from wugong.views import View
from wugong.waiting import Waiting

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """A member as the directory shows them; texts are empty where they may not be read."""

    member: str
    name: str
    household: str
    group: str
    contact: str


class Reader(Links):
    """Reads one engine's database; every public method takes the viewer it reads for."""

    # Viewers and communities

    def viewer(self, matter_id: str, member: str, *, helped: bool = False) -> Viewer:
        """Return who ``member`` is in a matter or community: roles and relations.

        ``helped``: as whom somebody else acts for them, without their offices.
        """
        if not member:
            return Viewer()
        matter = self.matter(matter_id)
        enrolled = bool(self.book(MEMBERS, matter.community, [member]).get(member))
        act = Act(matter_id, None, "", member, None, "", self.means.clock())
        roles = permission.actor_roles(matter, member, enrolled, act)
        return Viewer(member, permission.without_offices(roles) if helped else roles, helped)

    def communities(self) -> list[tuple[str, str, str]]:
        """Return id, title and setting of every community."""
        with self.means.storage.read() as connection:
            table = CommunityRow
            query = select(col(table.id), col(table.title), col(table.setting))
            return [(a, b, c) for a, b, c in connection.execute(query.order_by(col(table.id)))]

    def may_read_document(self, community: str, seq: int, document: str, viewer: Viewer) -> bool:
        """Tell whether ``viewer`` may read the field of fact ``seq`` that names a document."""
        fact = self.fact(community, seq, viewer)
        if fact is None:
            return False
        matter = self.matter(fact.matter)
        return any(
            self.may_read_fact(matter, fact, viewer, self._field_audience(fact, name))
            for name, its in documents_named(fact.event)
            if its == document
        )

    # Sealed texts and names

    def texts(self, facts: Iterable[Fact], viewer: Viewer) -> dict[int, dict[str, str | None]]:
        """Open the sealed fields of facts: number → field → text, ``None`` where not shown."""
        wanted: dict[str, tuple[Fact, str, Sealed[str]]] = {}
        opened: dict[int, dict[str, str | None]] = {}
        cache: dict[str, Matter] = {}
        for fact in facts:
            opened[fact.seq] = {}
            fields = sealed_fields(fact.event) if hasattr(fact.event, "__wugong_kind__") else {}
            for name, value in fields.items():
                opened[fact.seq][name] = None
                if fact.matter not in cache:
                    cache[fact.matter] = self.matter(fact.matter)
                audience = self._field_audience(fact, name)
                if value.id and self.may_read_fact(cache[fact.matter], fact, viewer, audience):
                    wanted[value.id] = fact, name, value
        for identity, text in self._unseal({k: v[2] for k, v in wanted.items()}).items():
            fact, name, _value = wanted[identity]
            opened[fact.seq][name] = text
        return opened

    def open(self, fact: Fact, viewer: Viewer) -> dict[str, str | None]:
        """Open the sealed fields of one fact."""
        return self.texts([fact], viewer)[fact.seq]

    def search(self, place: str, words: str, viewer: Viewer, limit: int = 100) -> list[Fact]:
        """Return facts of one matter in whose texts ``words`` stand, the newest first.

        Sealed texts are opened for it where ``viewer`` may read them; no index keeps anything of
        them. Bulk facts are left out, as in the timeline.
        """
        wanted, found, before = words.strip().casefold(), list[Fact](), None
        while wanted and len(found) < limit:
            facts = self.facts(place, viewer, before=before, newest=True, limit=200, bulk=False)
            if not facts:
                break
            opened, before = self.texts(facts, viewer), facts[-1].seq
            for fact in facts:
                texts = (*open_texts(fact.event), *opened[fact.seq].values())
                if any(wanted in text.casefold() for text in texts if text):
                    found.append(fact)
        return found[:limit]

    def _field_audience(self, fact: Fact, name: str) -> str | None:
        kind = self.registry.kind(fact.kind)
        its = kind.fields.get(name.partition("[")[0]) if kind else None
        mark = its.mark(ShownTo) if its else None
        return mark.audience if mark else None

    def _unseal(self, sealed: Mapping[str, Sealed[str]]) -> dict[str, str | None]:
        if not sealed:
            return {}
        ids = list(sealed)
        rows: list[Any] = []
        columns = VaultRow.__table__.columns  # type: ignore[attr-defined]
        with self.means.storage.read() as connection:
            for i in range(0, len(ids), 500):
                query = select(*columns).where(col(VaultRow.id).in_(ids[i : i + 500]))
                rows += connection.execute(query).all()
        keys = self.means.keys.get({(row.community, row.subject) for row in rows})
        return {
            row.id: unseal(row, keys.get((row.community, row.subject)), sealed[row.id].commitment)
            for row in rows
        }

    def names(self, community: str, members: Iterable[str], viewer: Viewer) -> dict[str, str]:
        """Return the names of members for a viewer who may know them, ``""`` otherwise.

        Members know each other's names; who is signed out sees none.
        """
        wanted = list(dict.fromkeys(members))
        found = dict.fromkeys(wanted, "")
        if not may_read(viewer, "members"):
            return found
        entries = self.book(MEMBERS, community, wanted)
        sealed = {e["name"][0]: Sealed(*e["name"]) for e in entries.values() if e["name"]}
        texts = self._unseal(sealed)
        for member, entry in entries.items():
            if entry["name"]:
                found[member] = texts.get(entry["name"][0]) or ""
        return found

    def directory(self, community: str, viewer: Viewer) -> list[Person]:
        """Return the members as ``viewer`` may see them; contacts only for officers."""
        entries = self.book(MEMBERS, community)
        shown = ["name"] * may_read(viewer, "members") + ["contact"] * may_read(viewer, "officer")
        sealed = {
            entry[part][0]: Sealed(*entry[part])
            for entry in entries.values()
            for part in shown
            if entry[part]
        }
        texts = self._unseal(sealed)

        def text(entry: Mapping[str, Any], part: str) -> str:
            return (texts.get(entry[part][0]) or "") if part in shown and entry[part] else ""

        return [
            Person(m, text(e, "name"), e["household"], e["group"], text(e, "contact"))
            for m, e in entries.items()
        ]

    # Books, views, waiting

    def _bring_up_to_date(self, community: str, name: str) -> None:
        """Have a book or view hold every fact: a program of another version may have recorded."""
        storage = self.means.storage

        def look() -> None:
            with storage.read() as connection:
                fresh = versions.is_current(connection, community, name)
            if not fresh:
                versions.catch_up(self.means, community, [name])

        storage.once(("current", community, name), look)

    def book(
        self, book: Book[T], community: str, keys: Iterable[str] | None = None, prefix: str = ""
    ) -> dict[str, T]:
        """Return the values of a book under ``keys``, or all under ``prefix``, ordered by key."""
        table, storage = BookRow, self.means.storage
        where = [col(table.community) == community, col(table.book) == book.table]
        self._bring_up_to_date(community, book.table)
        if keys is not None:
            theirs = tuple(keys)
            rows = storage.once(
                ("book", community, book.table, theirs), lambda: self._at(where, theirs)
            )
            return {key: json.loads(value) for key, value in rows}
        query = select(col(table.key), col(table.value)).where(*where)
        if prefix:
            query = query.where(col(table.key) >= prefix, col(table.key) < prefix + LAST)
        with storage.read() as connection:
            all_of_it = connection.execute(query.order_by(col(table.key)))
            return {key: json.loads(value) for key, value in all_of_it}

    def _at(self, where: list[ColumnElement[bool]], keys: tuple[str, ...]) -> list[tuple[str, str]]:
        storage = self.means.storage
        both = [storage.in_one(col(BookRow.key)), storage.in_one(col(BookRow.value))]
        found: list[tuple[str, str]] = []
        with storage.read() as connection:
            for i in range(0, len(keys), 500):
                part = select(*both).where(*where, col(BookRow.key).in_(keys[i : i + 500]))
                listed = (json.loads(one or "[]") for one in connection.execute(part).one())
                found += zip(*listed, strict=True)
        return found

    def keys(self, book: Book[T], community: str, prefix: str) -> list[str]:
        """Return the keys of a book under ``prefix``, without what stands there."""
        table, its = BookRow, [col(BookRow.community) == community, col(BookRow.book) == book.table]
        self._bring_up_to_date(community, book.table)
        with self.means.storage.read() as connection:
            its += [col(table.key) >= prefix, col(table.key) < prefix + LAST]
            listed = select(self.means.storage.in_one(col(table.key))).where(*its)
            return cast(list[str], json.loads(connection.execute(listed).scalar() or "[]"))

    def view(
        self,
        view: View,
        community: str,
        viewer: Viewer,
        *,
        matter: str | None = None,
        after: int = 0,
        limit: int = 100,
        newest: bool = False,
    ) -> list[dict[str, Any]]:
        """Return rows of a view that ``viewer`` may read, by the fact that last set them.

        Both the view's audience and that of the matter that a row belongs to count.
        """
        if not may_read(viewer, view.shown_to):
            return []
        table = ViewRow
        name = view_name(view)
        where = [col(table.community) == community, col(table.name) == name]
        if matter is not None:
            where.append(col(table.matter) == matter)
        if not may_read(viewer, "members"):
            inner = select(col(MatterRow.id)).where(
                col(MatterRow.community) == community, col(MatterRow.audience) != "public"
            )
            where.append(col(table.matter).not_in(inner))
        order = col(table.seq).desc() if newest else col(table.seq)
        self._bring_up_to_date(community, name)
        with self.means.storage.read() as connection:
            rows = connection.execute(
                select(col(table.key), col(table.matter), col(table.seq), col(table.row))
                .where(*where, col(table.seq) > after)
                .order_by(order, col(table.key))
                .limit(limit)
            )
            return [
                {"key": key, "matter": its, "seq": seq, **json.loads(row)}
                for key, its, seq, row in rows
            ]

    def waiting(self, matter: Matter, viewer: Viewer) -> list[Waiting]:
        """Return what is awaited in ``matter``; a confidential act is awaited among its own.

        What only the clock ends (days that must run) is for whoever may read that it ended;
        where it has no words, for nobody.
        """
        items = waiting_of(self.registry, matter)
        return [item for item in items if self._may_know(matter, item, viewer)]

    def _may_know(self, matter: Matter, item: Waiting, viewer: Viewer) -> bool:
        if item.who == "clock":
            told = bool(item.what) and item.then is not None
            return told and may_read(viewer, kind_of(item.then).shown_to)
        if "operator" in viewer.roles:
            return True
        kind = self.registry.kind(item.act)
        if (kind is None or "." not in kind.shown_to) and "." not in item.who:
            return True
        if item.who.startswith("member:"):
            return item.who == f"member:{viewer.member}"
        return viewer.member in matter.relations.get(item.who, frozenset())

    def tasks(self, community: str, viewer: Viewer) -> list[tuple[str, Waiting]]:
        """Return what waits for ``viewer`` in all matters, by deadline."""
        if not viewer.member:
            return []
        renew_lists(self.means, community)
        table = WaitingRow
        plain = [role for role in viewer.roles if role not in self.registry.relations]
        wanted = [*plain, f"member:{viewer.member}", *self.registry.relations]
        with self.means.storage.read() as connection:
            rows = connection.execute(
                select(*table.__table__.columns).where(  # type: ignore[attr-defined]
                    col(table.community) == community, col(table.who).in_(wanted)
                )
            ).all()
            ids = {row.matter for row in rows}
            matters = self.means.matters.load(connection, community, ids)
        mine = [row for row in rows if self._concerns(matters[row.matter], row.who, viewer)]
        mine.sort(key=lambda row: (row.by or "9", row.matter, row.n))
        return [(row.matter, _waiting(row)) for row in mine]

    def _concerns(self, matter: Matter, who: str, viewer: Viewer) -> bool:
        if who in self.registry.relations:
            return viewer.member in matter.relations.get(who, frozenset())
        return True

    # What may be done

    def may(self, matter: Matter, viewer: Viewer, kind: Kind) -> list[Refusal]:
        """Say why ``viewer`` may not record ``kind`` in ``matter`` now; nothing when a page may
        offer it. Guards are asked only by the act itself."""
        reasons = permission.in_place(kind, matter)
        reasons = reasons or permission.lacking(kind, matter, self.registry.packages)
        return reasons or permission.permitted(kind, matter, viewer.roles)

    def offered(self, matter: Matter, viewer: Viewer) -> list[Kind]:
        """Return the kinds of act that ``viewer`` may record in ``matter`` now, by name."""
        kinds = (self.registry.kinds[name] for name in sorted(self.registry.kinds))
        return [kind for kind in kinds if not self.may(matter, viewer, kind)]


def _waiting(row: Any) -> Waiting:
    return Waiting(
        what=row.what,
        who=row.who,
        by=read_stamp(row.by) if row.by else None,
        act=row.act,
        about=row.about,
        source=row.source,
        details=json.loads(row.details),
    )
