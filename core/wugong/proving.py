"""What the record proves: heads, exports, receipts, and who voted in secret polls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from wugong.box import has_voted, is_in_a_box, turnout
from wugong.jobs import Means
from wugong.journal import (
    COLUMNS,
    ChainHead,
    chain_head,
    digest_prefix,
    read_stamp,
    readings,
    receipt_code,
)
from wugong.merkle import Tree
from wugong.schema import MOST_INT
from wugong.tables import JournalRow

BALLOT = "voting.ballot_cast"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a receipt code proves: an act is in the journal, where, and when.

    Of a secret ballot: that it is among those opened by fact ``seq`` (0: still in the box, as of
    ``at``; the ``digest`` is then known only as far as the code tells it). When it was cast is
    recorded nowhere.
    """

    seq: int
    matter: str
    kind: str
    at: datetime
    channel: str
    digest: str
    code: str


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A path from a receipt's digest to a root that everybody can compute from the export.

    ``box`` 0: the tree of the digests of the first ``size`` facts. Else: the tree of the sorted
    receipts in the fact of that number, by which a ballot box was opened.
    """

    box: int
    leaf: str  # hexadecimal, as are root and path
    index: int
    size: int
    root: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """A path that proves that a journal only grew since its tree had ``old_size`` records.

    Whoever kept that size and root from a notice holds them against it (RFC 9162, 2.1.4.2):
    nothing that stood then was changed, taken out or moved. Who kept the digest of its last
    record instead, the head of the chain then, is led by ``place`` to the root of today.
    """

    old_size: int
    old_root: str  # hexadecimal, as are root, path, digest and place
    size: int
    root: str
    path: tuple[str, ...]
    digest: str  # of record ``old_size``; it stands on all records before it
    place: tuple[str, ...]

    def fits(self, printed: str) -> bool:
        """Tell whether a print shows that record or that root; ``ValueError`` for no print."""
        kept = (self.digest, self.old_root)
        return any(
            one.startswith(first) and one.endswith(last)
            for first, last in readings(printed)
            for one in kept
        )


class Proofs:
    """Reads the journal itself: what everybody may check, and what the operator exports."""

    def __init__(self, means: Means) -> None:
        self.means, self.registry = means, means.registry
        self._trees: dict[str, Tree] = {}  # of the digests of each community's facts
        self._growing = Lock()

    def head(self, community: str) -> ChainHead:
        """Return where the chain of a community stands."""
        with self.means.storage.read() as connection:
            return chain_head(connection, community)

    def export(self, community: str, after: int) -> Iterator[dict[str, Any]]:
        """Yield the records of a chain as they are hashed, with their digests."""
        table, last = JournalRow, after
        while True:
            with self.means.storage.read() as connection:
                rows = connection.execute(
                    select(*table.__table__.columns)  # type: ignore[attr-defined]
                    .where(col(table.community) == community, col(table.seq) > last)
                    .order_by(col(table.seq))
                    .limit(1000)
                ).all()
            if not rows:
                return
            for row in rows:
                record = {name: getattr(row, name) for name in COLUMNS}
                record["body"] = json.loads(row.body)
                yield {**record, "digest": row.digest, "sm3": row.sm3}
            last = rows[-1].seq

    def receipt(self, community: str, code: str) -> Proof | None:
        """Return what a receipt code proves; ``ValueError`` for one that cannot be a code."""
        prefix = digest_prefix(code)
        table = JournalRow
        with self.means.storage.read() as connection:
            row = connection.execute(
                select(*table.__table__.columns).where(  # type: ignore[attr-defined]
                    col(table.community) == community,
                    col(table.digest) >= prefix,
                    col(table.digest) < prefix + "g",
                )
            ).first()
            if row is None:
                return self._ballot(connection, community, prefix)
        return self._proof(row)

    def _ballot(self, connection: Connection, community: str, prefix: str) -> Proof | None:
        """Return what the receipt of a secret ballot proves: that it is in the box, never more."""
        table = JournalRow
        opened = connection.execute(
            select(*table.__table__.columns)  # type: ignore[attr-defined]
            .where(col(table.community) == community, col(table.kind) == "voting.box_opened")
            .order_by(col(table.seq))
        )
        for row in opened:
            for identity in json.loads(row.body)["ids"]:
                if identity.startswith(prefix):
                    code, at = receipt_code(identity), read_stamp(row.at)
                    return Proof(row.seq, row.matter, BALLOT, at, "", identity, code)
        if not is_in_a_box(connection, self.means.keys, community, prefix):
            return None
        return Proof(0, "", BALLOT, self.means.clock(), "", prefix, receipt_code(prefix))

    def proof(self, community: str, seq: int) -> Proof | None:
        """Return the receipt of a fact by its number."""
        if not 0 < seq <= MOST_INT:
            return None
        table = JournalRow
        with self.means.storage.read() as connection:
            row = connection.execute(
                select(*table.__table__.columns).where(  # type: ignore[attr-defined]
                    col(table.community) == community, col(table.seq) == seq
                )
            ).first()
        return self._proof(row) if row is not None else None

    def _proof(self, row: Any) -> Proof:
        """Return what a record proves; of a confidential one only that it is there."""
        at, code = read_stamp(row.at), receipt_code(row.digest)
        kind = self.registry.kind(row.kind)
        if kind is not None and "." in kind.shown_to:
            return Proof(row.seq, "", "", at, "", row.digest, code)
        return Proof(row.seq, row.matter, row.kind, at, row.channel, row.digest, code)

    def root(self, community: str) -> tuple[int, str]:
        """Return size and root of the tree over the digests of all facts of a community."""
        with self._growing:
            tree = self._tree(community)
            return len(tree), tree.root().hex()

    def growth(self, community: str, old: int) -> Growth | None:
        """Return what proves that the first ``old`` records stand unchanged, if there are any."""
        with self._growing:
            tree = self._tree(community)
            if not 0 < old <= len(tree):
                return None
            proof = self.proof(community, old)
            if proof is None:
                return None
            path, place = tree.growth(old), tree.path(old - 1)
            return Growth(
                old,
                tree.root(old).hex(),
                len(tree),
                tree.root().hex(),
                tuple(one.hex() for one in path),
                proof.digest,
                tuple(one.hex() for one in place),
            )

    def inclusion(self, community: str, proof: Proof) -> Inclusion | None:
        """Return the path that proves a receipt; ``None`` while its ballot is still in the box."""
        if proof.seq == 0:
            return None
        with self._growing:
            tree, box, index = self._tree(community), 0, proof.seq - 1
            if proof.kind == BALLOT and (ids := self._opened(community, proof.seq)):
                tree, box = Tree(map(bytes.fromhex, ids)), proof.seq
                index = ids.index(proof.digest)
            path = tuple(one.hex() for one in tree.path(index))
            return Inclusion(box, proof.digest, index, len(tree), tree.root().hex(), path)

    def _tree(self, community: str) -> Tree:
        """Return the tree of a community with all that was recorded since it was last asked for."""
        table, tree = JournalRow, self._trees.setdefault(community, Tree())
        with self.means.storage.read() as connection:
            new = connection.execute(
                select(col(table.digest))
                .where(col(table.community) == community, col(table.seq) > len(tree))
                .order_by(col(table.seq))
            )
            for (digest,) in new:
                tree.append(bytes.fromhex(digest))
        return tree

    def _opened(self, community: str, seq: int) -> list[str]:
        """Return the receipts of the ballots that fact ``seq`` opened, or none."""
        table = JournalRow
        query = select(col(table.body)).where(
            col(table.community) == community,
            col(table.seq) == seq,
            col(table.kind) == "voting.box_opened",
        )
        with self.means.storage.read() as connection:
            body = connection.execute(query).scalar()
        return list(json.loads(body)["ids"]) if body is not None else []

    def turnout(self, community: str, poll: int, step: int) -> int:
        """Return how many voted in a secret poll, rounded down to ``step``."""
        with self.means.storage.read() as connection:
            return turnout(connection, community, poll) // step * step

    def has_voted(self, community: str, poll: int, entitlement: str) -> bool:
        """Tell whether an entitlement has voted in a secret poll whose box is not open yet."""
        with self.means.storage.read() as connection:
            return has_voted(connection, self.means.keys, community, poll, entitlement)
