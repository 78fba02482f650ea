"""The box of a secret poll: who voted, and what was voted, with no thread between them.

Casting leaves no fact, key, time or order. ``voted`` holds poll and entitlement; ``box`` holds a
sealed ballot under an id that only the voter's own key of 128 bits leads to:
``id = H(poll, entitlement, key)``. That id is primary key, idempotency and receipt at once. At the
closing one fact states the ids sorted, the opened ballots sorted apart from them, and the totals.

What it holds against (level A): members, staff, readers of exports, a stolen database or backup
after the closing. Not against an administrator who watches the live process, and on PostgreSQL not
against one who reads transaction numbers while the poll runs. The result says so. At level B the
ballots are sealed to the scrutineers' key (:mod:`wugong.ceremony`) the moment they are cast: until
enough of them meet, nobody opens one, whatever part of the database they hold.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, func, insert, select
from sqlmodel import col

from wugong import ceremony
from wugong.answers import Receipt
from wugong.errors import Refusal, Refused
from wugong.events import Act, body_of
from wugong.journal import canonical, receipt_code
from wugong.polls import BoxOpened, Chosen
from wugong.rosters import Entitlement, Measure
from wugong.schema import Ref
from wugong.tables import BoxRow, VotedRow

TAG = b"wugong/box/v1\0"
KEY = re.compile(r"[0-9a-f]{32}")
PAD = 256  # sealed ballots are as long as the next multiple, so that length tells nothing
FEW = 5  # fewer ballots than this, weighed or all alike, and the result says what that gives away


def box_id(community: str, poll: int, entitlement: str, key: str) -> str:
    """Return the id of a ballot: 160 bits that only poll, entitlement and key together lead to."""
    told = f"{community}\0{poll}\0{entitlement}\0{key}".encode()
    return hashlib.sha256(TAG + told).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class OperatorsKey:
    """Level A: one key that the server keeps, apart from the database."""

    secret: bytes

    def seal(self, identity: str, plain: bytes) -> bytes:
        """Encrypt a padded ballot."""
        nonce = os.urandom(12)
        return nonce + AESGCM(self.secret).encrypt(nonce, plain, identity.encode())

    def open(self, identity: str, sealed: bytes) -> bytes:
        """Decrypt a ballot; ``InvalidTag`` where the box was changed."""
        return AESGCM(self.secret).decrypt(sealed[:12], sealed[12:], identity.encode())


@dataclass(frozen=True, slots=True)
class ScrutineersKey:
    """Level B: the public half seals; the private half is there only while the box is opened."""

    public: ceremony.BoxKey
    secret: bytes = b""

    def seal(self, identity: str, plain: bytes) -> bytes:
        """Seal a padded ballot to the scrutineers."""
        return ceremony.seal_to(self.public, identity, plain)

    def open(self, identity: str, sealed: bytes) -> bytes:
        """Open a ballot; ``ValueError`` where the box was changed."""
        return ceremony.open_with(self.secret, identity, sealed)


def padded(ballot: Mapping[str, Any]) -> bytes:
    """Write a ballot as long as the next multiple of ``PAD``."""
    plain = canonical(ballot).encode()
    return plain + b" " * (-len(plain) % PAD)


@dataclass(slots=True)
class Slots:
    """What a batch puts into both boxes; written once, ordered by what says nothing of order."""

    community: str
    keys: dict[int, OperatorsKey | ScrutineersKey] = field(default_factory=dict)
    voted: list[tuple[int, str]] = field(default_factory=list)
    box: list[tuple[int, str, bytes]] = field(default_factory=list)
    emptied: list[int] = field(default_factory=list)

    def mark(self) -> tuple[int, int, int]:
        """Return a place to come back to."""
        return len(self.voted), len(self.box), len(self.emptied)

    def back(self, mark: tuple[int, int, int]) -> None:
        """Undo everything since ``mark``."""
        voted, box, emptied = mark
        del self.voted[voted:], self.box[box:], self.emptied[emptied:]

    def deposit(
        self, connection: Connection, act: Act, poll: int, key: str | None, right: Entitlement
    ) -> Receipt:
        """Put one ballot in; the same ballot with the same key again gets the same receipt."""
        if key is None or KEY.fullmatch(key) is None:
            raise Refused(Refusal("wugong.ballot_key_missing"))
        identity = box_id(self.community, poll, right.id, key)
        receipt = Receipt(0, act.matter, act.kind, identity, receipt_code(identity), "")
        if self._has_voted(connection, poll, right.id):
            if self._holds(connection, identity):
                return receipt
            raise Refused(Refusal("wugong.already_voted"))
        ballot = {
            "ballot": {k: v for k, v in body_of(act.event).items() if k not in OUTSIDE},
            "heads": right.heads,
            "households": right.households,
            "area_dm2": right.area_dm2,
        }
        self.voted.append((poll, right.id))
        self.box.append((poll, identity, self.keys[poll].seal(identity, padded(ballot))))
        return receipt

    def _has_voted(self, connection: Connection, poll: int, entitlement: str) -> bool:
        if (poll, entitlement) in self.voted:
            return True
        table = VotedRow
        query = select(func.count()).where(
            col(table.community) == self.community,
            col(table.poll) == poll,
            col(table.entitlement) == entitlement,
        )
        return bool(connection.execute(query).scalar())

    def _holds(self, connection: Connection, identity: str) -> bool:
        if any(one[1] == identity for one in self.box):
            return True
        query = select(func.count()).where(
            col(BoxRow.community) == self.community, col(BoxRow.id) == identity
        )
        return bool(connection.execute(query).scalar())

    def write(self, connection: Connection) -> None:
        """Write both boxes, each in an order of its own, and take opened ballots out."""
        if self.emptied:
            gone = col(BoxRow.poll).in_(self.emptied)
            connection.execute(delete(BoxRow).where(col(BoxRow.community) == self.community, gone))
            self._shuffle(connection)
        if self.voted:
            rows = [
                {"community": self.community, "poll": poll, "entitlement": entitlement}
                for poll, entitlement in sorted(self.voted)
            ]
            connection.execute(insert(VotedRow), rows)
        if self.box:
            ballots = [
                {"community": self.community, "poll": poll, "id": identity, "sealed": sealed}
                for poll, identity, sealed in sorted(self.box, key=lambda one: one[1])
                if poll not in self.emptied
            ]
            if ballots:
                connection.execute(insert(BoxRow), ballots)

    def _shuffle(self, connection: Connection) -> None:
        """Write who voted in opened polls anew: where their rows lay told in which order."""
        here = (
            col(VotedRow.community) == self.community,
            col(VotedRow.poll).in_(self.emptied),
        )
        rows = connection.execute(
            select(col(VotedRow.poll), col(VotedRow.entitlement)).where(*here)
        )
        self.voted += [(poll, entitlement) for poll, entitlement in rows]
        connection.execute(delete(VotedRow).where(*here))

    def is_empty(self, connection: Connection, poll: int) -> bool:
        """Tell whether nobody put a ballot into the box of a poll."""
        mine = any(its == poll for its, _entitlement in self.voted)
        return not mine and turnout(connection, self.community, poll) == 0

    def empty(self, connection: Connection, poll: int, tested: Collection[Measure]) -> BoxOpened:
        """Open every ballot of a poll; they are gone when the batch is written.

        What its ballots weigh is stated in the ``tested`` measures alone. ``ValueError`` where more
        or fewer voted than there are ballots: the store was changed.
        """
        here = (col(BoxRow.community) == self.community, col(BoxRow.poll) == poll)
        kept = connection.execute(select(col(BoxRow.id), col(BoxRow.sealed)).where(*here)).all()
        rows = [(one[0], one[1]) for one in kept]
        rows += [(identity, sealed) for its, identity, sealed in self.box if its == poll]
        key = self.keys[poll]
        opened = [json.loads(key.open(identity, sealed)) for identity, sealed in rows]
        voted = turnout(connection, self.community, poll)
        voted += sum(1 for its, _entitlement in self.voted if its == poll)
        if voted != len(rows):
            raise ValueError(f"{voted} voted and {len(rows)} ballots are in the box")
        self.emptied.append(poll)
        return _told(poll, [identity for identity, _sealed in rows], opened, tested)


OUTSIDE = frozenset({"poll", "entitlement"})


def turnout(connection: Connection, community: str, poll: int) -> int:
    """Return how many entitlements voted in a secret poll."""
    query = select(func.count()).where(
        col(VotedRow.community) == community, col(VotedRow.poll) == poll
    )
    return int(connection.execute(query).scalar() or 0)


def has_ballot(connection: Connection, community: str, prefix: str) -> str | None:
    """Return the id of the ballot in the box that begins with ``prefix``."""
    query = select(col(BoxRow.id)).where(
        col(BoxRow.community) == community, col(BoxRow.id) >= prefix, col(BoxRow.id) < prefix + "g"
    )
    found: str | None = connection.execute(query).scalar()
    return found


def _told(
    poll: int,
    ids: Sequence[str],
    opened: Iterable[Mapping[str, Any]],
    tested: Collection[Measure],
) -> BoxOpened:
    weights = {"households": "households", "area": "area_dm2"}
    stated = [name for measure, name in weights.items() if measure in tested]
    sums: dict[str, dict[str, int]] = {}
    choices = []
    for one in opened:
        choice = str(one["ballot"]["choice"])
        choices.append(choice)
        row = sums.setdefault(choice, dict.fromkeys(("ballots", "heads", *weights.values()), 0))
        row["ballots"] += 1
        for name in ("heads", *stated):
            row[name] += one[name]
    counts = tuple(Chosen(choice=choice, **row) for choice, row in sorted(sums.items()))
    alike = len(sums) <= 1 or len(choices) < FEW
    few = bool(stated) and any(row["ballots"] < FEW for row in sums.values())
    return BoxOpened(
        poll=Ref(poll),
        ids=tuple(sorted(ids)),
        choices=tuple(sorted(choices)),
        counts=counts,
        small=alike or few,
    )
