"""What a batch has made so far, and one write of each table at its end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert
from sqlmodel import col

from wugong import calls, versions
from wugong.boxing import Boxes
from wugong.documents import document_rows
from wugong.errors import Refused
from wugong.jobs import Means
from wugong.lists import last_shown, matter_row, waiting_rows
from wugong.many import put
from wugong.schema import write_time
from wugong.shelf import upsert
from wugong.tables import (
    BuiltRow,
    CommunityRow,
    CursorRow,
    DocumentLinkRow,
    JournalRow,
    KeyRow,
    LinkRow,
    MatterRow,
    VaultRow,
    WaitingRow,
)
from wugong.vocabulary import CommunityFounded
from wugong.waiting import Waiting


class Written(Boxes):
    """The rows that a batch owes its tables; nothing is written before all jobs are done."""

    def __init__(self, means: Means, connection: Connection, community: str) -> None:
        super().__init__(means, connection, community)
        self.rows: list[dict[str, Any]] = []
        self.vault: list[dict[str, Any]] = []
        self.links: list[dict[str, Any]] = []
        self.changed: set[str] = set()
        self.new_answers: list[dict[str, Any]] = []
        self.cursors: dict[str, int] = {}
        self._due: dict[tuple[str, int, int], tuple[list[Waiting], list[Waiting]]] = {}
        self._others: list[str] = []  # what programs of other versions keep, and we do not

    def due(self, matter_id: str) -> list[Waiting]:
        """Return what is awaited in a matter and has a fact that the clock would record."""
        return self._awaited(matter_id)[1]

    def waiting(self, matter_id: str) -> list[Waiting]:
        """Return everything that is awaited in a matter."""
        return self._awaited(matter_id)[0]

    def _awaited(self, matter_id: str) -> tuple[list[Waiting], list[Waiting]]:
        matter = self._matter(matter_id)
        if not matter.exists:
            return [], []
        place = (matter.id, matter.last, matter.standing.last)
        if place not in self._due:
            try:
                found = self.means.matters.awaited(matter)
                self._due[place] = found, [item for item in found if item.then is not None]
            except calls.PluginFault as fault:
                raise Refused(fault.refusal) from fault
        return self._due[place]

    def write(self) -> None:
        """Write each table once."""
        execute = self.connection.execute
        if self.rows:
            put(self.connection, JournalRow, self.rows)
            versions.fall_behind(self.connection, self.community, self._others, self.rows[0]["seq"])
        if self.vault:
            execute(insert(VaultRow), self.vault)
        put(self.connection, LinkRow, self.links)
        documents = [
            row
            for fact in self.facts
            for row in document_rows(self.community, fact.seq, fact.event)
        ]
        put(self.connection, DocumentLinkRow, documents)
        put(self.connection, KeyRow, self.new_answers)
        self.shelf.write()
        self.slots.write(self.connection)
        self._write_matters()
        cursors = [
            {"community": self.community, "plugin": plugin, "seq": seq, "failures": 0}
            for plugin, seq in self.cursors.items()
        ]
        upsert(self.means.storage, self.connection, CursorRow, cursors, ("community", "plugin"))

    def _write_matters(self) -> None:
        changed = sorted(name for name in self.changed if self.matters[name].exists)
        if not changed:
            return
        storage, connection = self.means.storage, self.connection
        rows, awaited = [], []
        for name in changed:
            waits = self.waiting(name)
            matter = self._matter(name)
            shown = last_shown(self.registry, matter) or self.at
            rows.append(matter_row(matter, waits, write_time(shown)))
            awaited += waiting_rows(self.community, name, waits)
        upsert(storage, connection, MatterRow, rows, ("id",))
        connection.execute(delete(WaitingRow).where(col(WaitingRow.matter).in_(changed)))
        put(connection, WaitingRow, awaited)
        if any(isinstance(fact.event, CommunityFounded) for fact in self.facts):
            standing = self.matters[self.community].standing
            row = {
                "id": self.community,
                "title": standing.title,
                "setting": standing.setting,
            }
            upsert(storage, connection, CommunityRow, [row], ("id",))
            built = [
                {"community": self.community, "name": n, "behind": 0} for n in self.shelf.versions()
            ]
            put(connection, BuiltRow, built)

    def keep(self) -> None:
        """After the commit: keep the new matters for the next batch."""
        self.means.matters.keep(self.matters[name] for name in self.changed)
