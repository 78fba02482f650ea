"""Rebuilding: books, views and lists are made anew from the journal, whole or where missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import col

from wugong.documents import document_rows
from wugong.events import refs
from wugong.jobs import Means
from wugong.journal import read_fact
from wugong.lists import last_shown, matter_row, waiting_of, waiting_rows
from wugong.polls import PollOpened
from wugong.schema import write_time
from wugong.shelf import Shelf, link_rows, upsert
from wugong.tables import (
    BookRow,
    BuiltRow,
    CommunityRow,
    DocumentLinkRow,
    JournalRow,
    LinkRow,
    MatterRow,
    ViewRow,
    WaitingRow,
)

AT_ONCE = 1000
Progress = Callable[[int, int], None]


def rebuild(
    means: Means, *, only_missing: bool = False, progress: Progress | None = None
) -> list[str]:
    """Make books, views and lists anew; ``only_missing``: where a new version of one came along.

    Each community is rebuilt in one transaction under its lock. Returns those rebuilt.
    """
    with means.storage.read() as connection:
        communities = list(connection.execute(select(col(CommunityRow.id))).scalars())
    done = []
    for community in communities:
        if not only_missing or _missing(means, community):
            _rebuild(means, community, progress)
            done.append(community)
    return done


def _missing(means: Means, community: str) -> set[str]:
    with means.storage.read() as connection:
        shelf = Shelf(means.storage, connection, means.registry, community)
        query = select(col(BuiltRow.name)).where(col(BuiltRow.community) == community)
        wanted, built = set(shelf.versions()), set(connection.execute(query).scalars())
    if gone := built - wanted:
        # Without their plugin they miss what is recorded from now on: should it come back,
        # they are made anew.
        with means.storage.write() as connection:
            connection.execute(
                delete(BuiltRow).where(
                    col(BuiltRow.community) == community, col(BuiltRow.name).in_(gone)
                )
            )
    return wanted - built


def _rebuild(means: Means, community: str, progress: Progress | None) -> None:
    table = JournalRow
    with means.storage.write() as connection:
        means.storage.lock(connection, community)
        for model in (BookRow, ViewRow, LinkRow):
            connection.execute(delete(model).where(col(model.community) == community))
        naming = DocumentLinkRow
        connection.execute(
            delete(naming).where(col(naming.community) == community, col(naming.seq) > 0)
        )
        shelf = Shelf(means.storage, connection, means.registry, community)
        last, total, matters = 0, 0, set()
        opened: dict[int, PollOpened] = {}
        while True:
            rows = connection.execute(
                select(*table.__table__.columns)  # type: ignore[attr-defined]
                .where(col(table.community) == community, col(table.seq) > last)
                .order_by(col(table.seq))
                .limit(AT_ONCE)
            ).all()
            if not rows:
                break
            links: list[dict[str, Any]] = []
            documents: list[dict[str, Any]] = []
            for row in rows:
                named: list[tuple[str, int]] = []
                for fact in read_fact(row, means.registry.kind):
                    if isinstance(fact.event, PollOpened):
                        opened[fact.seq] = fact.event
                    poll = getattr(fact.event, "poll", 0)
                    shelf.fold(fact, opened.get(poll))
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
            last, total = rows[-1].seq, total + len(rows)
            if progress:
                progress(total, last)
        _rebuild_lists(means, connection, community, matters)
        names = [{"community": community, "name": name} for name in shelf.versions()]
        connection.execute(delete(BuiltRow).where(col(BuiltRow.community) == community))
        connection.execute(insert(BuiltRow), names)


def _rebuild_lists(means: Means, connection: Any, community: str, ids: set[str]) -> None:
    connection.execute(delete(WaitingRow).where(col(WaitingRow.community) == community))
    loaded = means.matters.load(connection, community, ids)
    for name in sorted(ids):
        matter = loaded[name]
        waits = waiting_of(means.registry, matter)
        shown = last_shown(means.registry, matter)
        changed = write_time(shown) if shown else ""
        upsert(
            means.storage,
            connection,
            MatterRow,
            [matter_row(matter, waits, changed)],
            ("id",),
        )
        if rows := waiting_rows(community, name, waits):
            connection.execute(insert(WaitingRow), rows)


__all__ = ["rebuild"]
