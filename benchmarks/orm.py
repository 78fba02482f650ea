"""The obvious design, to compare with: one ORM transaction a request, in a worker thread.

``cast`` stores two rows and promises nothing; on SQLite each transaction waits for the lock of the
file. ``cast_in_turn`` is the same where all go through our one connection for writes, and wait for
each other there. ``cast_kept`` goes through it, too, and promises of a ballot what the engine does:
a retry under the same key gets the same answer, only a member who stands on the roll votes, only in
an open poll and for one of its options, and each act is chained to the one before it, twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine import Engine as Pool
from sqlmodel import Field, Session, SQLModel, col, select

from benchmarks import estate
from wugong import Engine
from wugong.journal import sm3
from wugong.storage import Storage

POLL = 1


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


class Voter(SQLModel, table=True):
    """Who is enrolled, and as what."""

    __tablename__ = "bench_voter"
    member: str = Field(primary_key=True)
    role: str


class Poll(SQLModel, table=True):
    """A question, its options and its hour."""

    __tablename__ = "bench_poll"
    id: int = Field(primary_key=True)
    options: str
    closes_at: str


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
    sm3: str
    body: str


def prepare(engine: Engine, members: int = estate.VOTERS, units: int = estate.UNITS) -> None:
    """Make the tables and the roll, unless another server did."""
    models: list[Any] = [Ballot, Entry, Voter, Poll, Right, Link]
    with engine.storage.write() as connection:
        SQLModel.metadata.create_all(connection, tables=[one.__table__ for one in models])
        with Session(connection) as session:
            if session.exec(select(Right).limit(1)).first():
                return
            held = [(f"m-{n}", f"m-{n}/{unit}") for n in range(members) for unit in range(units)]
            session.add_all([Right(entitlement=unit, member=who) for who, unit in held])
            session.add_all([Voter(member=f"m-{n}", role="resident") for n in range(members)])
            session.add(Poll(id=POLL, options="yes no abstain", closes_at="9999-12-31"))
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
        _check(session, member, entitlement, choice)
        last = session.exec(select(Link).order_by(col(Link.seq).desc()).limit(1)).first()
        seq, prev, before = (last.seq + 1, last.digest, last.sm3) if last else (1, "", "")
        act = {"seq": seq, "prev": prev, "by": member, "unit": entitlement, "choice": choice}
        body = json.dumps(act, sort_keys=True)
        digest = hashlib.sha256(body.encode()).hexdigest()
        second = sm3(f"{before}{body}".encode())
        session.add(Link(seq=seq, prev=prev, digest=digest, sm3=second, body=body))
        return _store(session, member, key, entitlement, choice)


def _check(session: Session, member: str, entitlement: str, choice: str) -> None:
    """Refuse who is not enrolled or has no right, a poll that is over, an option that is none."""
    voter, right = session.get(Voter, member), session.get(Right, entitlement)
    poll = session.get(Poll, POLL)
    if voter is None or right is None or right.member != member:
        raise PermissionError(entitlement)
    if poll is None or poll.closes_at < datetime.now(UTC).isoformat():
        raise PermissionError("the poll is over")
    if choice not in poll.options.split():
        raise ValueError(choice)


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
