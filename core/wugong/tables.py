"""The core tables. They have a registry and metadata of their own, apart from any host's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import registry
from sqlmodel import Column, Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


NEWEST = "ix_wugong_journal_newest"
NOT_BULK: dict[str, Any] = {
    "sqlite_where": text("bulk IS 0"),
    "postgresql_where": text("bulk IS false"),
}


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """What all our tables share; a host's own SQLModel tables live in another registry."""


def _ordered(primary: bool = False) -> Column[str]:
    """Text compared by code point on every database, so that ranges of keys mean the same."""
    kind = String().with_variant(String(collation="C"), "postgresql")
    return Column(kind, primary_key=primary, nullable=False)


def _big(primary: bool = False) -> Column[int]:
    kind = BigInteger()
    return Column(kind, primary_key=primary, autoincrement=False, nullable=False)


class CommunityRow(Base, table=True):
    """A community as the list of communities shows it."""

    __tablename__ = "wugong_community"
    id: str = Field(primary_key=True)
    title: str
    setting: str


class JournalRow(Base, table=True):
    """One fact; ``body`` is canonical JSON, the two chains cover every column."""

    __tablename__ = "wugong_journal"
    __table_args__ = (
        UniqueConstraint("community", "prev"),
        UniqueConstraint("community", "digest"),
        Index(None, "community", "matter", "seq"),
        Index(None, "community", "kind", "seq"),
        # What folds hear: opening a matter steps over none of its ballots. With "bulk" in it
        # SQLite prefers it to the index before, whichever was made first.
        Index(
            "ix_wugong_journal_folded",
            *("community", "matter", "bulk", "seq"),
            **NOT_BULK,
        ),
        Index(NEWEST, "community", "bulk", "seq", **NOT_BULK),
    )
    community: str = Field(primary_key=True)
    seq: int = Field(sa_column=_big(primary=True))
    matter: str
    kind: str
    version: int
    by: str
    principal: str | None = None
    channel: str
    at: str
    cause: int | None = Field(default=None, sa_type=BigInteger)
    body: str = Field(sa_type=Text)
    prev: str
    digest: str
    sm3: str
    alg: str
    v: int
    bulk: bool


class KeyRow(Base, table=True):
    """An idempotency key: whose, for which request, and what it was answered."""

    __tablename__ = "wugong_key"
    community: str = Field(primary_key=True)
    actor: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request: str
    answer: str = Field(sa_type=Text)


class MatterRow(Base, table=True):
    """A matter as lists show it; ``last`` tells a process whether its folded copy is current.

    ``stood``: the fact that last changed what matters share when this row and what is awaited in
    the matter were made.
    """

    __tablename__ = "wugong_matter"
    __table_args__ = (
        Index(None, "community", "opened"),
        Index(None, "community", "stood"),
        Index(None, "due"),
    )
    id: str = Field(primary_key=True)
    community: str
    title: str
    category: str
    audience: str
    stages: int
    done: int
    skipped: int
    held: int
    opened: int = Field(sa_type=BigInteger)
    last: int = Field(sa_type=BigInteger)
    changed: str
    stood: int = Field(default=0, sa_type=BigInteger)
    due: str | None = None  # when the clock next owes it something


class WaitingRow(Base, table=True):
    """What is awaited, for the home page."""

    __tablename__ = "wugong_waiting"
    __table_args__ = (Index(None, "community", "who"),)
    matter: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    community: str
    what: str
    who: str
    by: str | None = None
    act: str
    about: int | None = Field(default=None, sa_type=BigInteger)
    source: str
    details: str = Field(sa_type=Text)


class BookRow(Base, table=True):
    """A value of a book under its key, as JSON."""

    __tablename__ = "wugong_book"
    community: str = Field(primary_key=True)
    book: str = Field(primary_key=True)
    key: str = Field(sa_column=_ordered(primary=True))
    value: str = Field(sa_type=Text)


class ViewRow(Base, table=True):
    """A row of a view: its columns as JSON."""

    __tablename__ = "wugong_view"
    __table_args__ = (Index(None, "community", "name", "matter", "seq"),)
    community: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    key: str = Field(sa_column=_ordered(primary=True))
    matter: str
    seq: int = Field(sa_type=BigInteger)
    row: str = Field(sa_type=Text)


class LinkRow(Base, table=True):
    """A fact names another that it answers; walked from either end."""

    __tablename__ = "wugong_link"
    __table_args__ = (Index(None, "community", "target"),)
    community: str = Field(primary_key=True)
    source: int = Field(sa_column=_big(primary=True))
    field: str = Field(primary_key=True)
    target: int = Field(sa_column=_big(primary=True))


class VaultRow(Base, table=True):
    """A sealed text: salt and text encrypted under the subject's key, kept in another file."""

    __tablename__ = "wugong_vault"
    __table_args__ = (Index(None, "community", "subject"),)
    id: str = Field(primary_key=True)
    community: str
    seq: int = Field(sa_type=BigInteger)
    subject: str
    field: str
    cipher: bytes = Field(sa_type=LargeBinary)


class DocumentRow(Base, table=True):
    """A picture or paper under the hash of ``stored``, which is encrypted for ``subject`` if any.

    ``size`` is that in clear; ``width`` and ``height`` are 0 where it is no picture.
    """

    __tablename__ = "wugong_document"
    __table_args__ = (Index(None, "community", "at"),)
    community: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    media: str
    size: int
    width: int
    height: int
    subject: str
    at: str
    stored: bytes = Field(sa_type=LargeBinary)


class DocumentLinkRow(Base, table=True):
    """Fact ``seq`` names a document; with ``seq`` 0: ``member`` put it, for an act to come."""

    __tablename__ = "wugong_document_link"
    community: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    seq: int = Field(sa_column=_big(primary=True))
    member: str = Field(primary_key=True)


class VotedRow(Base, table=True):
    """A mark of who voted in a secret poll: whose it is tells only a key kept apart from here.

    One more is nobody's: by it a program sees that it holds the key of the others.
    """

    __tablename__ = "wugong_voted"
    __table_args__ = {"sqlite_with_rowid": False}
    community: str = Field(primary_key=True)
    poll: int = Field(sa_column=_big(primary=True))
    mark: str = Field(sa_column=_ordered(primary=True))


class BoxRow(Base, table=True):
    """A sealed ballot of a secret poll under a mark of its receipt; no number, time or name."""

    __tablename__ = "wugong_box"
    __table_args__ = {"sqlite_with_rowid": False}
    community: str = Field(primary_key=True)
    id: str = Field(sa_column=_ordered(primary=True))
    poll: int = Field(sa_type=BigInteger)
    sealed: bytes = Field(sa_type=LargeBinary)


class CursorRow(Base, table=True):
    """How far a plugin's ``published`` has come."""

    __tablename__ = "wugong_cursor"
    community: str = Field(primary_key=True)
    plugin: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    failures: int = 0


class BuiltRow(Base, table=True):
    """A version of a book or view; ``behind``: the first fact that it lacks, 0 where it has all.

    Programs of two versions may run on one database. Each keeps its own versions current and says
    of the others that they fell behind.
    """

    __tablename__ = "wugong_built"
    community: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    behind: int = Field(default=0, sa_type=BigInteger)


class IdentityRow(Base, table=True):
    """A host's user, or an account of ours, mapped to a member."""

    __tablename__ = "wugong_identity"
    community: str = Field(primary_key=True)
    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    member: str
    secret: str | None = None  # a password hash, for issuer "local"
    generation: int = 0  # raised to end all sessions


class SessionRow(Base, table=True):
    """A session of the bundled server; the id is stored as its SHA-256."""

    __tablename__ = "wugong_session"
    __table_args__ = (Index(None, "community", "member"),)
    id: str = Field(primary_key=True)
    community: str
    member: str
    data: str = Field(sa_type=Text)
    made: int = Field(sa_type=BigInteger)  # ms since 1970
    seen: int = Field(sa_type=BigInteger)


class TokenRow(Base, table=True):
    """A bearer token of a program; the token is stored as its SHA-256."""

    __tablename__ = "wugong_token"
    id: str = Field(primary_key=True)
    community: str
    member: str
    label: str
    until: int | None = Field(default=None, sa_type=BigInteger)  # ms since 1970


class BucketRow(Base, table=True):
    """A token bucket of the rate limits."""

    __tablename__ = "wugong_bucket"
    key: str = Field(primary_key=True)
    tokens: int  # thousandths
    at: int = Field(sa_type=BigInteger)  # ms since 1970


metadata = Base.metadata
