"""The obvious design, to compare with: one ORM transaction a request, in a worker thread."""

from __future__ import annotations

from contextlib import nullcontext
from threading import Lock

from sqlmodel import Field, Session, SQLModel

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


_alone = Lock()  # writers of SQLite take turns here: waiting for its lock would cost them more


def prepare(engine: Engine) -> None:
    """Make the two tables."""
    tables = [Ballot.__table__, Entry.__table__]  # type: ignore[attr-defined]
    with engine.storage.write() as connection:
        SQLModel.metadata.create_all(connection, tables=tables)


def cast(storage: Storage, member: str, key: str, entitlement: str, choice: str) -> int:
    """Look the ballot up, change or add it, note the act, commit; return the act's number."""
    turn = nullcontext() if storage.is_postgres else _alone
    with turn, storage.write() as connection, Session(connection) as session:
        ballot = session.get(Ballot, entitlement) or Ballot(entitlement=entitlement, choice=choice)
        ballot.choice, ballot.times = choice, ballot.times + 1
        entry = Entry(key=key, member=member, entitlement=entitlement, choice=choice)
        session.add_all([ballot, entry])
        session.flush()
        number = entry.id or 0
        session.commit()
        return number
