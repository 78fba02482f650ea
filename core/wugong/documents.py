"""Documents: pictures and papers that facts name by the hash of their stored bytes.

The journal holds only hashes. What is confidential is stored as ciphertext under the key of the
person it belongs to and named by the hash of that ciphertext: erasing the person makes it
unreadable, backups included, and the chain stays whole.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from wugong.audience import Viewer
from wugong.errors import Overloaded, Refusal, Refused
from wugong.events import Act, Kind, documents_named
from wugong.schema import Sealed, write_time
from wugong.tables import CommunityRow, DocumentLinkRow, DocumentRow

if TYPE_CHECKING:
    from wugong.jobs import Means
    from wugong.reading import Reader

MOST_BYTES = 10_000_000
MOST_UNNAMED = 100_000_000  # bytes of one member that no act names yet
KEPT_UNNAMED = timedelta(days=1)  # as long as a form may stay open before it is sent
TAG = b"wugong/document/v1\0"
HASH = re.compile(r"[0-9a-f]{64}")
MEDIA = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,60}")


@dataclass(frozen=True, slots=True)
class Document:
    """A document in clear; ``width`` and ``height`` are those of a picture, else 0."""

    hash: str
    media: str
    size: int
    width: int
    height: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Described:
    """What a page needs to point to a document, without its bytes."""

    hash: str
    media: str
    size: int
    width: int
    height: int


def is_sealed_in(kind: Kind) -> bool:
    """Tell whether documents of such facts are confidential or personal, and so encrypted."""
    if kind.shown_to != "public":
        return True
    shapes = kind.fields.values()
    return any(Sealed in (its.type, its.inner.type if its.inner else None) for its in shapes)


class Documents:
    """The documents of one engine: put before the act that names them, read through its facts."""

    def __init__(self, means: Means, reader: Reader) -> None:
        self._means, self._reader = means, reader

    def put(
        self,
        community: str,
        data: bytes,
        media: str,
        *,
        by: str,
        sealed_for: str = "",
        width: int = 0,
        height: int = 0,
    ) -> str:
        """Store a document that ``by`` is about to attach to an act, and return its hash.

        ``sealed_for``: the member whose key seals it. The same bytes are stored once. What no fact
        names after a day is removed. Raises ``Refused`` when it is too large, too much of ``by``
        waits to be named, or the member was erased.
        """
        if not MEDIA.fullmatch(media):
            raise ValueError(f"a media type looks like image/jpeg, got {media[:80]!r}")
        if not data:
            raise ValueError("an empty document")
        if len(data) > MOST_BYTES:
            details: dict[str, int | str] = {"size": len(data), "most": MOST_BYTES}
            raise Refused(Refusal("wugong.document_too_large", details=details))
        stored = self._close(community, data, media, sealed_for) if sealed_for else data
        made = hashlib.sha256(stored).hexdigest()
        row = {
            "community": community,
            "hash": made,
            "media": media,
            "size": len(data),
            "width": width,
            "height": height,
            "subject": sealed_for,
            "at": write_time(self._means.clock()),
            "stored": stored,
        }
        link = {"community": community, "hash": made, "seq": 0, "member": by}
        storage = self._means.storage
        try:
            with storage.write() as connection:
                storage.lock(connection, community)  # a batch may be about to name what is swept
                if not connection.execute(
                    select(col(CommunityRow.id)).where(col(CommunityRow.id) == community)
                ).first():
                    raise LookupError(f"no community {community}")
                self._sweep(connection, community)
                self._refuse_hoards(connection, community, by)
                for model, values in ((DocumentRow, row), (DocumentLinkRow, link)):
                    insert = storage.insert(model).values(values)
                    connection.execute(insert.on_conflict_do_nothing())
        except OperationalError as error:
            raise Overloaded("the database cannot write now") from error
        return made

    def get(self, community: str, document: str) -> Document | None:
        """Return a document whoever asks; ``None`` when there is none or its owner was erased."""
        if not HASH.fullmatch(document):
            return None
        table = DocumentRow
        with self._means.storage.read() as connection:
            row = connection.execute(
                select(*table.__table__.columns).where(  # type: ignore[attr-defined]
                    col(table.community) == community, col(table.hash) == document
                )
            ).first()
        if row is None:
            return None
        if hashlib.sha256(row.stored).hexdigest() != document:
            raise ValueError(f"the document {document} was changed in the database")
        data = self._open(row) if row.subject else bytes(row.stored)
        if data is None:
            return None
        return Document(row.hash, row.media, row.size, row.width, row.height, data)

    def read(self, community: str, document: str, viewer: Viewer) -> Document | None:
        """Return a document for ``viewer``: who may read a fact that names it may read it."""
        if not HASH.fullmatch(document):
            return None
        table = DocumentLinkRow
        with self._means.storage.read() as connection:
            naming = connection.execute(
                select(col(table.seq)).where(
                    col(table.community) == community,
                    col(table.hash) == document,
                    col(table.seq) > 0,
                )
            ).scalars()
            numbers = sorted(naming)
        if any(self._reader.may_read_document(community, n, document, viewer) for n in numbers):
            return self.get(community, document)
        return None

    def describe(self, community: str, documents: Iterable[str]) -> dict[str, Described]:
        """Describe documents by hash; those that are gone or unreadable are left out."""
        wanted = sorted(set(documents))
        if not wanted:
            return {}
        table = DocumentRow
        names = ("hash", "media", "size", "width", "height", "subject")
        with self._means.storage.read() as connection:
            rows = connection.execute(
                select(*(col(getattr(table, name)) for name in names)).where(
                    col(table.community) == community, col(table.hash).in_(wanted)
                )
            ).all()
        keys = self._means.keys.get({(community, row.subject) for row in rows if row.subject})
        return {
            row.hash: Described(row.hash, row.media, row.size, row.width, row.height)
            for row in rows
            if not row.subject or keys.get((community, row.subject))
        }

    def _close(self, community: str, data: bytes, media: str, subject: str) -> bytes:
        key = self._means.keys.ensure([(community, subject)]).get((community, subject))
        if not key:
            raise Refused(Refusal("wugong.member_erased", details={"member": subject}))
        nonce = os.urandom(12)
        return nonce + AESGCM(key).encrypt(nonce, data, TAG + media.encode())

    def _open(self, row: Any) -> bytes | None:
        key = self._means.keys.get([(row.community, row.subject)]).get((row.community, row.subject))
        if not key:
            return None
        try:
            return AESGCM(key).decrypt(row.stored[:12], row.stored[12:], TAG + row.media.encode())
        except InvalidTag:
            raise ValueError(f"the document {row.hash} was changed in the database") from None

    def _refuse_hoards(self, connection: Connection, community: str, by: str) -> None:
        """Refuse more from somebody who puts and puts but records nothing: the disk is shared."""
        link, table = DocumentLinkRow, DocumentRow
        named = select(col(link.hash)).where(col(link.community) == community, col(link.seq) > 0)
        own = select(col(link.hash)).where(
            col(link.community) == community, col(link.seq) == 0, col(link.member) == by
        )
        waiting = connection.execute(
            select(func.sum(col(table.size))).where(
                col(table.community) == community,
                col(table.hash).in_(own),
                col(table.hash).not_in(named),
            )
        ).scalar()
        if int(waiting or 0) > MOST_UNNAMED:
            raise Refused(Refusal("wugong.documents_unsent"))

    def _sweep(self, connection: Connection, community: str) -> None:
        """Remove what was put for an act that nobody recorded."""
        link, table = DocumentLinkRow, DocumentRow
        named = select(col(link.hash)).where(col(link.community) == community, col(link.seq) > 0)
        old = write_time(self._means.clock() - KEPT_UNNAMED)
        kept = select(col(table.hash)).where(col(table.community) == community)
        connection.execute(
            delete(table).where(
                col(table.community) == community,
                col(table.at) < old,
                col(table.hash).not_in(named),
            )
        )
        connection.execute(
            delete(link).where(col(link.community) == community, col(link.hash).not_in(kept))
        )


def unknown_documents(
    connection: Connection, community: str, act: Act, subject: str = ""
) -> list[Refusal]:
    """Refuse documents that are not in the store, or that somebody else put there.

    A hash may be known to many; naming it in a fact of one's own would open it to that fact's
    readers. ``subject``: the member whose key must seal them, so that erasing that person makes
    them unreadable.
    """
    named = documents_named(act.event)
    if not named:
        return []
    link, table = DocumentLinkRow, DocumentRow
    query = (
        select(col(link.hash), col(table.subject))
        .join(table, (col(table.community) == col(link.community)) & (col(table.hash) == link.hash))
        .where(
            col(link.community) == community,
            col(link.hash).in_([document for _field, document in named]),
            col(link.seq) == 0,
        )
    )
    if act.by != "operator" and not act.by.startswith("plugin:"):
        query = query.where(col(link.member).in_([act.by, act.who]))
    known = {row.hash: row.subject for row in connection.execute(query)}
    reasons = [
        Refusal("wugong.document_unknown", details={"field": name, "document": document})
        for name, document in named
        if document not in known
    ]
    reasons += [
        Refusal("wugong.document_of_another", details={"field": name, "member": subject})
        for name, document in named
        if subject and known.get(document, subject) != subject
    ]
    return reasons


def document_rows(community: str, seq: int, event: Any) -> list[dict[str, Any]]:
    """Return the rows that say which documents a fact names."""
    named: Sequence[str] = dict.fromkeys(one for _field, one in documents_named(event))  # type: ignore[assignment]
    return [{"community": community, "hash": one, "seq": seq, "member": ""} for one in named]
