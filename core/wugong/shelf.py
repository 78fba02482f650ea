"""The books and views that one batch touches: read in few statements, written once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, text
from sqlmodel import col

from wugong import calls
from wugong.among import among, listed
from wugong.books import Book, Books, Prefix, copied
from wugong.events import Act, Fact, Unknown
from wugong.journal import canonical
from wugong.many import Insertion, execute, gathered, taking
from wugong.people import CORE_BOOKS, MEMBERS, ROLL, edition_prefix, freeze, roll_of
from wugong.petitions import PetitionOpened
from wugong.plugins import CORE, Registry
from wugong.polls import PollOpened, RollFrozen, law_of
from wugong.rosters import Entitlement, write_entitlement
from wugong.storage import SCHEMA, Storage
from wugong.tables import BookRow, ViewRow
from wugong.views import View

Opened = PollOpened | PetitionOpened  # what freezes a roll
MANY = 1000
LAST = "\U0010ffff"


# Statements are made once: that costs more than to run them.
_VALUES = select(col(BookRow.book), col(BookRow.key), col(BookRow.value)).where(
    col(BookRow.community) == bindparam("its_community")
)
_UNDER_KEYS = gathered(_VALUES.where(among("wanted", col(BookRow.book), col(BookRow.key))))
_UNDER_PREFIX = _VALUES.where(
    col(BookRow.book) == bindparam("its_book"),
    col(BookRow.key) >= bindparam("first"),
    col(BookRow.key) < bindparam("beyond"),
)


class Shelf:
    """The values under the keys at hand; ``mark`` and ``back`` undo what a refused act did."""

    def __init__(
        self,
        storage: Storage,
        connection: Connection,
        registry: Registry,
        community: str,
        only: Collection[str] | None = None,
    ) -> None:
        self.storage, self.connection = storage, connection
        self.registry, self.community = registry, community
        self._its = {"its_community": community}
        self.by_table: dict[str, tuple[str, Book[Any]]] = {b.table: (CORE, b) for b in CORE_BOOKS}
        self.by_table |= {b.table: (p, b) for p, b in registry.books.values()}
        self.views = {view_name(view): (p, view) for p, view in registry.views.values()}
        if only is not None:  # the versions that are brought up to date, beside the others
            self.by_table = {name: its for name, its in self.by_table.items() if name in only}
            self.views = {name: its for name, its in self.views.items() if name in only}
        self.values: dict[str, dict[str, Any]] = {}
        self.rows: dict[tuple[str, str], dict[str, Any] | None] = {}
        self._dirty: set[tuple[str, str]] = set()
        self._dirty_rows: dict[tuple[str, str], Fact] = {}
        self._undo: list[tuple[Any, ...]] = []
        self._prefixes: set[tuple[str, str]] = set()
        self._hearing: dict[str, list[tuple[str, Book[Any]]]] = {}
        self._viewing: dict[str, list[tuple[str, View]]] = {}
        self.books = Books(self.values)

    def hearing(self, kind: str) -> list[tuple[str, Book[Any]]]:
        """Return the books that hear ``kind``."""
        if kind not in self._hearing:
            found = [(p, b) for p, b in self.by_table.values() if kind in b.hears]
            self._hearing[kind] = found
            self._viewing[kind] = [(p, v) for p, v in self.views.values() if kind in v.hears]
        return self._hearing[kind]

    def versions(self) -> list[str]:
        """Return the names, with their versions, of all books and views."""
        return sorted([*self.by_table, *self.views])

    # Reading

    def keys(self, thing: Act | Fact) -> list[tuple[Book[Any], list[str]]]:
        """Return the keys that every book declares for an act or fact."""
        found = []
        for plugin, book in self.hearing(thing.kind):
            seen = calls.heard(self.registry, plugin, thing)
            keys = calls.trust(plugin, f"{book.name}.keys", _listed, book.keys, seen)
            found.append((book, keys))
        return found

    def load_for(self, things: Iterable[Act | Fact], members: Iterable[str] = ()) -> None:
        """Load what the books declare for these, and some members, in one statement."""
        wanted: dict[str, dict[str, None]] = {MEMBERS.table: dict.fromkeys(members)}
        for thing in things:
            for book, keys in self.keys(thing):
                wanted.setdefault(book.table, {}).update(dict.fromkeys(keys))
        self._fetch(
            [(table, key) for table, keys in wanted.items() for key in self._lacking(table, keys)]
        )

    def load(self, book: Book[Any], keys: Iterable[str]) -> None:
        """Load the values under ``keys`` that are not at hand."""
        self._fetch([(book.table, key) for key in self._lacking(book.table, keys)])

    def _lacking(self, table: str, keys: Iterable[str]) -> list[str]:
        """Return the keys to be read; read prefixes at once, whose keys are then at hand."""
        held = self.values.setdefault(table, {})
        lacking = []
        for key in keys:
            if isinstance(key, Prefix):
                self._load_prefix(table, str(key))
            elif key not in held and not self._covered(table, key):
                lacking.append(key)
            else:
                held.setdefault(key, None)
        return lacking

    def _covered(self, table: str, key: str) -> bool:
        return any(key.startswith(p) for t, p in self._prefixes if t == table)

    def _load_prefix(self, table: str, prefix: str) -> None:
        if (table, prefix) not in self._prefixes:
            its = {"its_book": table, "first": prefix, "beyond": prefix + LAST}
            self._hold(self.connection.execute(_UNDER_PREFIX, {**self._its, **its}))
            self._prefixes.add((table, prefix))

    def _fetch(self, wanted: list[tuple[str, str]]) -> None:
        if wanted:
            its = {**self._its, "wanted": listed(wanted)}
            self._hold(self.connection.execute(_UNDER_KEYS, its).scalar() or ())
            for table, key in wanted:
                self.values[table].setdefault(key, None)

    def _hold(self, rows: Iterable[Any]) -> None:
        for table, key, value in rows:
            self.values[table].setdefault(key, json.loads(value))

    # Advancing

    def fold(self, fact: Fact, opened: Opened | None = None) -> None:
        """Advance every book and view that hears ``fact``."""
        if isinstance(fact.event, Unknown):
            return
        for plugin, book in self.hearing(fact.kind):
            seen = calls.heard(self.registry, plugin, fact)
            keys = calls.trust(plugin, f"{book.name}.keys", _listed, book.keys, seen)
            self.load(book, keys)
            for key in keys:
                if not isinstance(key, Prefix):
                    old = self.values[book.table][key]
                    new = calls.trust(plugin, book.name, _advanced, book.fold, old, key, seen)
                    self.put(book, key, new)
        freezes = isinstance(fact.event, RollFrozen) and ROLL.table in self.by_table
        if freezes and opened is not None:
            self._put_roll(fact.event, opened)
        for plugin, view in self._viewing[fact.kind]:
            seen = calls.heard(self.registry, plugin, fact)
            for key, row in calls.trust(plugin, view.name, _filled, view, seen):
                self._put_row(view, key, row, fact)

    def put(self, book: Book[Any], key: str, value: Any) -> None:
        """Set one value, remembering the old one."""
        held = self.values.setdefault(book.table, {})
        old = held.get(key)
        if value != old:
            self._undo.append(("book", book.table, key, old, (book.table, key) in self._dirty))
            held[key] = value
            self._dirty.add((book.table, key))

    def roll(self, opened: Opened, edition: str) -> list[Entitlement]:
        """Return who may vote in a poll, or sign a petition, on one edition of its roster."""
        prefix = edition_prefix(edition)
        book = CORE_BOOKS[1]
        self.load(book, [prefix])
        entries = (value for _key, value in self.books.scan(book, prefix))
        return roll_of(entries, opened.groups)

    def freeze(self, poll: int, opened: Opened, edition: str) -> RollFrozen:
        """Return the fact that freezes the roll of a poll and keeps the text of its procedure."""
        procedure = self.registry.procedures[opened.procedure]
        return freeze(poll, edition, self.roll(opened, edition), law_of(procedure))

    def _put_roll(self, frozen: RollFrozen, opened: Opened) -> None:
        for entitlement in self.roll(opened, frozen.edition):
            key = f"{int(frozen.poll)}/{entitlement.id}"
            self.put(ROLL, key, write_entitlement(entitlement))

    def _put_row(self, view: View, key: str, row: Mapping[str, Any] | None, fact: Fact) -> None:
        name = view_name(view)
        place = (name, key)
        if place not in self.rows:
            query = select(col(ViewRow.row)).where(
                col(ViewRow.community) == self.community,
                col(ViewRow.name) == name,
                col(ViewRow.key) == key,
            )
            text = self.connection.execute(query).scalar()
            self.rows[place] = json.loads(text) if text else None
        old = self.rows[place]
        self._undo.append(("view", place, old, self._dirty_rows.get(place)))
        if row is None:
            self.rows[place] = None
        else:
            empty = {column: "" if kind is str else 0 for column, kind in view.columns.items()}
            self.rows[place] = {**(old or empty), **row}
        self._dirty_rows[place] = fact

    # Undoing and writing

    def mark(self) -> int:
        """Return a place to come back to."""
        return len(self._undo)

    def back(self, mark: int) -> None:
        """Undo everything since ``mark``."""
        while len(self._undo) > mark:
            kind, *rest = self._undo.pop()
            if kind == "book":
                table, key, old, was_dirty = rest
                self.values[table][key] = old
                if not was_dirty:
                    self._dirty.discard((table, key))
            else:
                place, old, fact = rest
                self.rows[place] = old
                if fact is None:
                    self._dirty_rows.pop(place, None)
                else:
                    self._dirty_rows[place] = fact

    def write(self) -> None:
        """Write what changed, each table in one statement."""
        upserts, gone = [], []
        for table, key in sorted(self._dirty):
            value = self.values[table][key]
            if value is None:
                gone.append((table, key))
            else:
                upserts.append(
                    {
                        "community": self.community,
                        "book": table,
                        "key": key,
                        "value": canonical(value),
                    }
                )
        self._upsert(BookRow, upserts, ("community", "book", "key"))
        for table, key in gone:
            self.connection.execute(
                delete(BookRow).where(
                    col(BookRow.community) == self.community,
                    col(BookRow.book) == table,
                    col(BookRow.key) == key,
                )
            )
        self._write_rows()
        self._dirty.clear()
        self._dirty_rows.clear()
        self._undo.clear()

    def _write_rows(self) -> None:
        upserts = []
        for (name, key), fact in sorted(self._dirty_rows.items(), key=lambda item: item[0]):
            row = self.rows[name, key]
            if row is None:
                self.connection.execute(
                    delete(ViewRow).where(
                        col(ViewRow.community) == self.community,
                        col(ViewRow.name) == name,
                        col(ViewRow.key) == key,
                    )
                )
                continue
            upserts.append(
                {
                    "community": self.community,
                    "name": name,
                    "key": key,
                    "matter": fact.matter,
                    "seq": fact.seq,
                    "row": canonical(row),
                }
            )
        self._upsert(ViewRow, upserts, ("community", "name", "key"))

    def _upsert(self, model: Any, rows: Sequence[dict[str, Any]], key: tuple[str, ...]) -> None:
        upsert(self.storage, self.connection, model, rows, key)


def upsert(
    storage: Storage,
    connection: Connection,
    model: Any,
    rows: Sequence[Mapping[str, Any]],
    key: tuple[str, ...],
) -> None:
    """Insert rows, or set the other columns where the key is there."""
    if not rows:
        return
    execute(connection, model, _upsertion(storage.insert, model, key), rows)
    if storage.is_postgres and len(rows) >= MANY:
        # It plans by what it last saw of a table: else it reads a whole book for a few of its keys.
        # Where another community's act or a vacuum looks at it just now, nobody waits.
        connection.execute(text(f"ANALYZE (SKIP_LOCKED) {SCHEMA}.{model.__tablename__}"))


@cache
def _upsertion(insert: Any, model: Any, key: tuple[str, ...]) -> Insertion:
    """Return the statements, which are made once: that costs more than a row."""
    plain = insert(model.__table__)
    others = {c.name: plain.excluded[c.name] for c in model.__table__.columns if c.name not in key}
    where = {"index_elements": list(key), "set_": others}
    many = taking(plain, model)
    return Insertion(many.on_conflict_do_update(**where), plain.on_conflict_do_update(**where))


def link_rows(community: str, seq: int, named: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    """Return the rows that tie fact ``seq`` to those it names."""
    return [
        {"community": community, "source": seq, "field": field, "target": target}
        for field, target in dict.fromkeys(named)
    ]


def _listed(function: Any, thing: Any) -> list[Any]:
    keys = list(dict.fromkeys(function(thing) or ()))  # a fact changes a value once
    for key in keys:
        if not isinstance(key, str):
            raise TypeError(f"a key is text, got {key!r}")
    return keys


def _advanced(fold: Any, old: Any, key: str, fact: Fact) -> Any:
    return copied(fold(copied(old), key, fact))


def _filled(view: View, fact: Fact) -> list[tuple[str, Mapping[str, Any] | None]]:
    rows: list[tuple[str, Mapping[str, Any] | None]] = []
    for key, row in view.fill(fact) or ():
        if not isinstance(key, str):
            raise TypeError(f"a key is text, got {key!r}")
        for name, value in (row or {}).items():
            if type(value) is not view.columns.get(name):
                raise TypeError(f"column {name!r} was set to {value!r}")
        rows.append((key, None if row is None else dict(row)))
    return rows


def view_name(view: View) -> str:
    """Return the name under which the rows of a view are stored, its version included."""
    return f"{view.name}/{view.version}"
