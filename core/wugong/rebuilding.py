"""Rebuilding: books, views and lists are made anew from the journal, whole or where missing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import col

from wugong import calls, versions
from wugong.documents import document_rows
from wugong.events import refs
from wugong.jobs import Means
from wugong.journal import read_fact
from wugong.lists import last_shown, matter_row, waiting_of, waiting_rows
from wugong.matter import Matter
from wugong.schema import write_time
from wugong.shelf import Shelf, link_rows, upsert
from wugong.tables import (
    BookRow,
    BuiltRow,
    CommunityRow,
    DocumentLinkRow,
    LinkRow,
    MatterRow,
    ViewRow,
    WaitingRow,
)

RENEWED_AT_ONCE = 100
Progress = Callable[[int, int], None]
log = logging.getLogger("wugong")


def rebuild(means: Means, progress: Progress | None = None) -> None:
    """Make books, views and lists anew, each community in one transaction under its lock.

    Versions that this program does not keep are dropped; a program that needs one builds it again.
    """
    for community in _communities(means):
        _rebuild(means, community, progress)


def build_missing(means: Means) -> None:
    """Build the versions of books and views that are new here, while others go on recording."""
    for community in _communities(means):
        with means.storage.read() as connection:
            wanted = Shelf(means.storage, connection, means.registry, community).versions()
        versions.catch_up(means, community, wanted)


def _communities(means: Means) -> list[str]:
    with means.storage.read() as connection:
        return list(connection.execute(select(col(CommunityRow.id))).scalars())


def _rebuild(means: Means, community: str, progress: Progress | None) -> None:
    with means.storage.write() as connection:
        means.storage.lock(connection, community)
        for model in (BookRow, ViewRow, LinkRow, BuiltRow, WaitingRow):
            connection.execute(delete(model).where(col(model.community) == community))
        naming = DocumentLinkRow
        connection.execute(
            delete(naming).where(col(naming.community) == community, col(naming.seq) > 0)
        )
        shelf = Shelf(means.storage, connection, means.registry, community)
        total, matters = 0, set()
        for rows in versions.pages(connection, community, 0):
            links: list[dict[str, Any]] = []
            documents: list[dict[str, Any]] = []
            for row in rows:
                named: list[tuple[str, int]] = []
                for fact in read_fact(row, means.registry.kind):
                    shelf.fold(fact, versions.opening(connection, community, fact, means))
                    documents += document_rows(community, row.seq, fact.event)
                    named += [(name, number) for name, number, _kinds in refs(fact.event)]
                if not row.bulk:
                    links += link_rows(community, row.seq, named)
                matters.add(row.matter)
            if links:
                connection.execute(insert(LinkRow), links)
            if documents:
                connection.execute(insert(DocumentLinkRow), documents)
            shelf.write()
            total += len(rows)
            if progress:
                progress(total, rows[-1].seq)
        loaded = means.matters.load(connection, community, matters)
        for name in sorted(matters):
            _renew_list(means, connection, loaded[name])
        kept = [{"community": community, "name": name} for name in shelf.versions()]
        connection.execute(insert(BuiltRow), kept)


def renew_lists(means: Means, community: str) -> None:
    """Have what is awaited in every matter follow the roles, settings and rosters of now.

    A hundred matters a transaction; nothing is written where nothing of these changed.
    """
    while _outdated(means, community):
        with means.storage.write() as connection:
            means.storage.lock(connection, community)
            standing = means.matters.load(connection, community, [community])[community].standing
            stale = connection.execute(_stale(community, standing.changed)).scalars().all()
            for matter in means.matters.load(connection, community, stale).values():
                try:
                    _renew_list(means, connection, matter)
                except calls.PluginFault as fault:  # one matter must not keep the others back
                    log.error("what is awaited in %s cannot be told: %s", matter.id, fault)
                    told = update(MatterRow).where(col(MatterRow.id) == matter.id)
                    connection.execute(told.values(stood=standing.changed))


def _outdated(means: Means, community: str) -> bool:
    with means.storage.read() as connection:
        standing = means.matters.load(connection, community, [community])[community].standing
        return connection.execute(_stale(community, standing.changed)).first() is not None


def _stale(community: str, changed: int) -> Any:
    here = (col(MatterRow.community) == community, col(MatterRow.stood) < changed)
    return select(col(MatterRow.id)).where(*here).limit(RENEWED_AT_ONCE)


def _renew_list(means: Means, connection: Connection, matter: Matter) -> None:
    waits = waiting_of(means.registry, matter)
    shown = last_shown(means.registry, matter)
    row = matter_row(matter, waits, write_time(shown) if shown else "")
    upsert(means.storage, connection, MatterRow, [row], ("id",))
    connection.execute(delete(WaitingRow).where(col(WaitingRow.matter) == matter.id))
    if rows := waiting_rows(matter.community, matter.id, waits):
        connection.execute(insert(WaitingRow), rows)
