"""The obvious design, to compare with: one ORM transaction a request, in a worker thread.

``cast`` stores two rows and promises nothing; on SQLite each transaction waits for the lock of the
file. ``cast_in_turn`` is the same where all go through our one connection for writes, and wait for
each other there. ``cast_kept`` goes through it, too, and promises what the engine does: a retry
under the same key gets the same answer, only who stands on the roll votes, and each act is chained
to the one before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine import Engine as Pool
from sqlmodel import Field, Session, SQLModel, col, select

from benchmarks import estate
from wugong import Engine
from wugong.storage import Storage


class Ballot(SQLModel, table=True):
    """One ballot an entitlement."""

    __tablename__ = "bench_ballot"
    entitlement: str = Field(primary_key=True)
    choice: str
    times: int = 0


class Entry(SQLModel, table=True):
    """What was done, one row an act."""

    __tablename__ = "bench_entry"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True, unique=True)
    member: str
    entitlement: str
    choice: str


class Right(SQLModel, table=True):
    """Who may vote with what."""

    __tablename__ = "bench_right"
    entitlement: str = Field(primary_key=True)
    member: str


class Link(SQLModel, table=True):
    """An act in its chain."""

    __tablename__ = "bench_link"
    seq: int = Field(primary_key=True)
    prev: str = Field(unique=True)
    digest: str
    body: str


def prepare(engine: Engine, members: int = estate.VOTERS, units: int = estate.UNITS) -> None:
    """Make the tables and the roll, unless another server did."""
    models: list[Any] = [Ballot, Entry, Right, Link]
    with engine.storage.write() as connection:
        SQLModel.metadata.create_all(connection, tables=[one.__table__ for one in models])
        with Session(connection) as session:
            if session.exec(select(Right).limit(1)).first():
                return
            held = [(f"m-{n}", f"m-{n}/{unit}") for n in range(members) for unit in range(units)]
            session.add_all([Right(entitlement=unit, member=who) for who, unit in held])
            session.commit()


def cast(storage: Storage, member: str, key: str, entitlement: str, choice: str) -> int:
    """Look the ballot up, change or add it, note the act, commit; return the act's number."""
    with _transaction(storage) as connection, Session(connection) as session:
        return _store(session, member, key, entitlement, choice)


def cast_in_turn(storage: Storage, member: str, key: str, entitlement: str, choice: str) -> int:
    """The same through our one connection for writes."""
    with storage.write() as connection, Session(connection) as session:
        return _store(session, member, key, entitlement, choice)


def cast_kept(storage: Storage, member: str, key: str, entitlement: str, choice: str) -> int:
    """The same with the promises of the engine; return the number of the act in the chain."""
    with storage.write() as connection, Session(connection) as session:
        storage.lock(connection, "benchmark")
        known = session.exec(select(Entry).where(Entry.key == key)).first()
        if known is not None:
            return known.id or 0
        right = session.get(Right, entitlement)
        if right is None or right.member != member:
            raise PermissionError(entitlement)
        last = session.exec(select(Link).order_by(col(Link.seq).desc()).limit(1)).first()
        seq, prev = (last.seq + 1, last.digest) if last else (1, "")
        act = {"seq": seq, "prev": prev, "by": member, "unit": entitlement, "choice": choice}
        body = json.dumps(act, sort_keys=True)
        digest = hashlib.sha256(body.encode()).hexdigest()
        session.add(Link(seq=seq, prev=prev, digest=digest, body=body))
        return _store(session, member, key, entitlement, choice)


@contextmanager
def _transaction(storage: Storage) -> Iterator[Connection]:
    if storage.is_postgres:
        with storage.write() as connection:
            yield connection
        return
    with _plain(storage.url).begin() as connection:
        yield connection


@cache
def _plain(url: URL) -> Pool:
    """Open SQLite as safe as we do and otherwise as SQLAlchemy does."""
    pool = create_engine(url)

    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(pool, "connect", prepare)
    # A deferred one, which reads before it writes, would fail most of the time.
    event.listen(pool, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return pool


def _store(session: Session, member: str, key: str, entitlement: str, choice: str) -> int:
    ballot = session.get(Ballot, entitlement) or Ballot(entitlement=entitlement, choice=choice)
    ballot.choice, ballot.times = choice, ballot.times + 1
    entry = Entry(key=key, member=member, entitlement=entitlement, choice=choice)
    session.add_all([ballot, entry])
    session.flush()
    number = entry.id or 0
    session.commit()
    return number
