"""Versions of books and views side by side: each program on a database keeps its own current.

A version that no running program writes falls behind, and the first fact that it lacks is noted
once. Whoever needs it next brings it up to date from the journal, under the community's lock. A new
version is built the same way, a thousand facts a transaction, while the others go on being used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlmodel import col

from wugong.events import Fact
from wugong.jobs import Means
from wugong.journal import read_fact
from wugong.petitions import PetitionOpened
from wugong.polls import PollOpened, RollFrozen
from wugong.shelf import Shelf, upsert
from wugong.tables import BookRow, BuiltRow, JournalRow, ViewRow

AT_ONCE = 1000

_BUILT = select(col(BuiltRow.name), col(BuiltRow.behind)).where(
    col(BuiltRow.community) == bindparam("its")
)


def built(connection: Connection, community: str) -> dict[str, int]:
    """Return the versions that are kept: name → the first fact that it lacks, 0 for none."""
    return dict(connection.execute(_BUILT, {"its": community}).all())


def is_current(connection: Connection, community: str, name: str) -> bool:
    """Tell whether a book or view holds every fact; one of a community without facts does."""
    here = col(BuiltRow.community) == community
    query = select(col(BuiltRow.behind)).where(here, col(BuiltRow.name) == name)
    behind = connection.execute(query).scalar()
    if behind is not None:
        return not behind
    anything = select(col(BuiltRow.name)).where(here).limit(1)
    return connection.execute(anything).first() is None


def fall_behind(connection: Connection, community: str, names: Sequence[str], seq: int) -> None:
    """Note that versions kept by other programs lack what is recorded from fact ``seq`` on."""
    if names:
        here = (col(BuiltRow.community) == community, col(BuiltRow.name).in_(names))
        connection.execute(update(BuiltRow).where(*here).values(behind=seq))


def catch_up(means: Means, community: str, names: Sequence[str]) -> None:
    """Bring versions up to date, a thousand facts a transaction.

    Between two transactions others record; the last transaction catches up with all of it.
    """
    while True:
        with means.storage.write() as connection:
            means.storage.lock(connection, community)
            behind = lacking(connection, community, names)
            if not behind:
                return
            first = min(behind)
            advance(means, connection, community, behind[first], first, most=AT_ONCE)


def lacking(connection: Connection, community: str, names: Sequence[str]) -> dict[int, list[str]]:
    """Return which of ``names`` lack facts, by the first that they lack."""
    known = built(connection, community)
    found: dict[int, list[str]] = {}
    for name in names:
        if behind := known.get(name, 1):
            found.setdefault(behind, []).append(name)
    return found


def advance(
    means: Means,
    connection: Connection,
    community: str,
    names: Sequence[str],
    first: int,
    most: int | None = None,
) -> None:
    """Fold into versions what they lack from fact ``first`` on, at most ``most`` facts.

    The caller holds the community's lock. Versions that lack fact 1 are begun anew.
    """
    if first == 1:
        for model, column in ((BookRow, BookRow.book), (ViewRow, ViewRow.name)):
            here = (col(model.community) == community, col(column).in_(names))
            connection.execute(delete(model).where(*here))
    shelf = Shelf(means.storage, connection, means.registry, community, only=names)
    behind = 0
    for rows in pages(connection, community, first - 1):
        for row in rows:
            for fact in read_fact(row, means.registry.kind):
                shelf.fold(fact, opening(connection, community, fact, means))
        shelf.write()
        if most is not None and len(rows) >= most:
            behind = rows[-1].seq + 1
            break
    kept = [{"community": community, "name": name, "behind": behind} for name in names]
    upsert(means.storage, connection, BuiltRow, kept, ("community", "name"))


def opening(
    connection: Connection, community: str, fact: Fact, means: Means
) -> PollOpened | PetitionOpened | None:
    """Return the opening of the poll or petition whose roll ``fact`` freezes."""
    if not isinstance(fact.event, RollFrozen):
        return None
    table = JournalRow
    row = connection.execute(
        select(*table.__table__.columns).where(  # type: ignore[attr-defined]
            col(table.community) == community, col(table.seq) == int(fact.event.poll)
        )
    ).one()
    event: PollOpened | PetitionOpened = read_fact(row, means.registry.kind)[0].event
    return event


def pages(connection: Connection, community: str, after: int) -> Iterator[Sequence[Any]]:
    """Yield the records of a journal after a fact, a thousand at a time."""
    table, last = JournalRow, after
    while True:
        rows = connection.execute(
            select(*table.__table__.columns)  # type: ignore[attr-defined]
            .where(col(table.community) == community, col(table.seq) > last)
            .order_by(col(table.seq))
            .limit(AT_ONCE)
        ).all()
        if not rows:
            return
        yield rows
        last = rows[-1].seq
