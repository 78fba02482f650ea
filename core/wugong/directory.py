"""The directory's technical side: identities, accounts, sessions and rate limits.

Who a person *is* stands in facts (:mod:`wugong.people`). What is here proves that a request comes
from them; it is no part of the record, can be ended at any time and never enters the journal.
"""

from __future__ import annotations

import builtins
import hashlib
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlmodel import col

from wugong.shelf import upsert
from wugong.storage import Storage
from wugong.tables import BucketRow, IdentityRow, SessionRow, TokenRow

LOCAL = "local"
IDLE_MS = 30 * 60 * 1000
ABSOLUTE_MS = 12 * 60 * 60 * 1000
MOST_SEEN = 10_000  # tokens, and sessions, that a process remembers
SEEN_MS = 5_000  # for which a session is remembered
IDENTITY = ("community", "issuer", "subject")


def ms(at: datetime) -> int:
    """Return a time in milliseconds since 1970."""
    return int(at.timestamp() * 1000)


class Identities:
    """Maps a host's users (issuer, subject) and our own accounts to members."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def link(self, community: str, issuer: str, subject: str, member: str) -> None:
        """Say that ``subject`` of ``issuer`` is ``member``; sessions of a former link end."""
        row = {
            "community": community,
            "issuer": issuer,
            "subject": subject,
            "member": member,
            "secret": None,
            "generation": secrets.randbits(31),
        }
        with self._storage.write() as connection:
            upsert(self._storage, connection, IdentityRow, [row], IDENTITY)

    def find(self, community: str, issuer: str, subject: str) -> str:
        """Return the member, or ``""``."""
        with self._storage.read() as connection:
            found = connection.execute(
                select(col(IdentityRow.member)).where(
                    col(IdentityRow.community) == community,
                    col(IdentityRow.issuer) == issuer,
                    col(IdentityRow.subject) == subject,
                )
            ).scalar()
        return found or ""

    def unlink_member(self, community: str, member: str) -> None:
        """Remove every identity and session of an erased member."""
        with self._storage.write() as connection:
            for model in (IdentityRow, SessionRow, TokenRow):
                connection.execute(
                    delete(model).where(
                        col(model.community) == community, col(model.member) == member
                    )
                )


@dataclass(frozen=True, slots=True)
class Account:
    """A local account: its name, its password hash, and the member it is in each community."""

    name: str
    password_hash: str
    members: Mapping[str, str]


class Accounts:
    """Local accounts of the bundled server; hashing passwords is the server's."""

    def __init__(self, storage: Storage, identities: Identities) -> None:
        self._storage, self._identities = storage, identities

    def create(self, name: str, password_hash: str, members: Mapping[str, str]) -> None:
        """Make an account; ``ValueError`` where the name is taken."""
        if self.find(name) is not None:
            raise ValueError(f"the account {name} exists")
        for community, member in members.items():
            self._identities.link(community, LOCAL, name, member)
        self.set_password(name, password_hash)

    def find(self, name: str) -> Account | None:
        """Return an account, or ``None``."""
        with self._storage.read() as connection:
            rows = connection.execute(
                select(
                    col(IdentityRow.community), col(IdentityRow.member), col(IdentityRow.secret)
                ).where(col(IdentityRow.issuer) == LOCAL, col(IdentityRow.subject) == name)
            ).all()
        if not rows:
            return None
        return Account(name, rows[0].secret or "", {row.community: row.member for row in rows})

    def set_password(self, name: str, password_hash: str) -> None:
        """Change the password hash; the caller ends the sessions."""
        with self._storage.write() as connection:
            connection.execute(
                update(IdentityRow)
                .where(col(IdentityRow.issuer) == LOCAL, col(IdentityRow.subject) == name)
                .values(secret=password_hash)
            )

    def link(self, name: str, community: str, member: str) -> None:
        """Add a community to an account."""
        account = self.find(name)
        self._identities.link(community, LOCAL, name, member)
        if account:
            self.set_password(name, account.password_hash)


@dataclass(frozen=True, slots=True)
class Session:
    """A session: whose it is, what the server keeps in it, when it began.

    ``id`` names it to :meth:`Engine.arecord`, whose writer looks at it once more; where it comes
    from memory, at what is kept in it, too.
    """

    issuer: str
    subject: str
    created_at: int  # ms since 1970
    data: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    from_memory: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """A session that a process has looked up, and the member whom it is in a community."""

    session: Session
    member: str
    at: int  # ms since 1970


class Sessions:
    """Server-side sessions; ids of 256 bits, stored as SHA-256, ended by idling and by age."""

    def __init__(
        self, storage: Storage, idle_ms: int = IDLE_MS, absolute_ms: int = ABSOLUTE_MS
    ) -> None:
        self._storage, self.idle_ms, self.absolute_ms = storage, idle_ms, absolute_ms
        self._seen: OrderedDict[tuple[str, str], _Seen] = OrderedDict()  # by id and community

    def create(
        self, subject: str, at: datetime, issuer: str = LOCAL, data: Mapping[str, Any] | None = None
    ) -> str:
        """Begin a session and return its token, which is stored nowhere."""
        token = secrets.token_urlsafe(32)
        row = {
            "id": _hash(token),
            "community": issuer,
            "member": subject,
            "data": json.dumps(dict(data or {})),
            "made": ms(at),
            "seen": ms(at),
        }
        with self._storage.write() as connection:
            upsert(self._storage, connection, SessionRow, [row], ("id",))
        return token

    def find(self, token: str, at: datetime) -> Session | None:
        """Return the session of a token; ``None`` when it idled, aged or never was."""
        place, now = _hash(token), ms(at)
        with self._storage.read() as connection:
            row = connection.execute(
                select(*SessionRow.__table__.columns).where(  # type: ignore[attr-defined]
                    col(SessionRow.id) == place
                )
            ).first()
        if row is None:
            return None
        if now - row.seen > self.idle_ms or now - row.made > self.absolute_ms:
            self.end(token)
            return None
        if now - row.seen > 60_000:  # to the minute: a page view is not a write
            with self._storage.write() as connection:
                connection.execute(
                    update(SessionRow).where(col(SessionRow.id) == place).values(seen=now)
                )
        return Session(row.community, row.member, row.made, json.loads(row.data), place)

    def remember(self, session: Session, community: str, member: str, at: datetime) -> None:
        """Keep for seconds what was just looked up: the session, and the member whom it is."""
        kept = replace(session, from_memory=True)
        self._seen[session.id, community] = _Seen(kept, member, ms(at))
        while len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)

    def seen(self, token: str, community: str, at: datetime) -> tuple[Session, str] | None:
        """Return a session that was remembered and its member, without asking the database.

        Another process may have ended it: who acts on it says so with ``Engine.arecord(session=)``,
        and the writer looks before it records.
        """
        found = self._seen.get((_hash(token), community))
        if found is None or not 0 <= ms(at) - found.at <= SEEN_MS:
            return None
        too_old = ms(at) - found.session.created_at > self.absolute_ms
        return None if too_old else (found.session, found.member)

    def forget(self, fits: Callable[[Session], bool]) -> None:
        """Ask the database again about sessions before they are taken from memory."""
        for place, one in list(self._seen.items()):
            if fits(one.session):
                self._seen.pop(place, None)

    def update(self, token: str, data: Mapping[str, Any]) -> None:
        """Replace what the server keeps in a session."""
        self.forget(lambda session: session.id == _hash(token))
        with self._storage.write() as connection:
            connection.execute(
                update(SessionRow)
                .where(col(SessionRow.id) == _hash(token))
                .values(data=json.dumps(dict(data)))
            )

    def end(self, token: str) -> None:
        """End a session."""
        self.forget(lambda session: session.id == _hash(token))
        with self._storage.write() as connection:
            connection.execute(delete(SessionRow).where(col(SessionRow.id) == _hash(token)))

    def end_all(self, subject: str, issuer: str = LOCAL) -> None:
        """End all sessions of a subject: password changed, account closed."""
        self.forget(lambda session: (session.subject, session.issuer) == (subject, issuer))
        with self._storage.write() as connection:
            connection.execute(
                delete(SessionRow).where(
                    col(SessionRow.member) == subject, col(SessionRow.community) == issuer
                )
            )


@dataclass(frozen=True, slots=True)
class Token:
    """A program's right to act as a member; ``id`` names it in lists and to revoke it."""

    id: str
    community: str
    member: str
    label: str
    until: int | None  # ms since 1970


class Tokens:
    """Bearer tokens for programs: 256 bits, stored as SHA-256, revocable."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._seen: OrderedDict[str, Token] = OrderedDict()  # by id

    def create(self, community: str, member: str, label: str, until: datetime | None = None) -> str:
        """Make a token and return it; it is shown once and stored nowhere."""
        token = "wg_" + secrets.token_urlsafe(32)
        row = {
            "id": _hash(token),
            "community": community,
            "member": member,
            "label": label[:80],
            "until": ms(until) if until else None,
        }
        with self._storage.write() as connection:
            upsert(self._storage, connection, TokenRow, [row], ("id",))
        return token

    def find(self, token: str, at: datetime) -> Token | None:
        """Return whose token it is; ``None`` when it is unknown, revoked or past its time."""
        found = self._select(col(TokenRow.id) == _hash(token))
        if not found or _is_over(found[0], at):
            self.forget(_hash(token))
            return None
        self._seen[found[0].id] = found[0]
        while len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)
        return found[0]

    def seen(self, token: str, at: datetime) -> Token | None:
        """Return a token that was found before, without asking the database.

        Another process may have revoked it: who acts on it says so with ``Engine.arecord(token=)``,
        and the writer looks before it records.
        """
        found = self._seen.get(_hash(token))
        return None if found is None or _is_over(found, at) else found

    def list(self, community: str) -> list[Token]:
        """Return the tokens of a community, by label."""
        return sorted(self._select(col(TokenRow.community) == community), key=lambda t: t.label)

    def forget(self, identity: str) -> None:
        """Ask the database again before a token is taken from memory."""
        self._seen.pop(identity, None)

    def revoke(self, identity: str) -> None:
        """End a token by the id that lists show."""
        self.forget(identity)
        with self._storage.write() as connection:
            connection.execute(delete(TokenRow).where(col(TokenRow.id) == identity))

    def _select(self, where: Any) -> builtins.list[Token]:
        columns = TokenRow.__table__.columns  # type: ignore[attr-defined]
        with self._storage.read() as connection:
            rows = connection.execute(select(*columns).where(where)).all()
        return [Token(r.id, r.community, r.member, r.label, r.until) for r in rows]


def _is_over(token: Token, at: datetime) -> bool:
    return token.until is not None and ms(at) >= token.until


class Buckets:
    """Token buckets in the database, so that all processes share them."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def take(self, key: str, burst: int, per_minute: int, at: datetime) -> float:
        """Take one token; return 0.0, or the seconds until there is one."""
        with self._storage.write() as connection:
            tokens = self._tokens(connection, key, burst, per_minute, at)
            missing = max(0, 1000 - tokens)
            self._keep(connection, key, tokens if missing else tokens - 1000, at)
        return missing * 60 / per_minute / 1000

    def spend(self, key: str, burst: int, per_minute: int, count: int, at: datetime) -> int:
        """Note that ``count`` tokens were taken; return how many whole ones are left."""
        with self._storage.write() as connection:
            tokens = self._tokens(connection, key, burst, per_minute, at)
            left = max(0, tokens - count * 1000)
            self._keep(connection, key, left, at)
        return left // 1000

    def _tokens(
        self, connection: Connection, key: str, burst: int, per_minute: int, at: datetime
    ) -> int:
        """Return the thousandths of tokens that a bucket holds now."""
        row = connection.execute(
            select(col(BucketRow.tokens), col(BucketRow.at)).where(col(BucketRow.key) == _hash(key))
        ).first()
        tokens, since = (row[0], row[1]) if row else (burst * 1000, ms(at))
        return min(burst * 1000, tokens + max(0, ms(at) - since) * per_minute // 60)

    def _keep(self, connection: Connection, key: str, tokens: int, at: datetime) -> None:
        made = {"key": _hash(key), "tokens": tokens, "at": ms(at)}
        upsert(self._storage, connection, BucketRow, [made], ("key",))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
