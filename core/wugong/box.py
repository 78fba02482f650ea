"""The box of a secret poll: who voted, and what was voted, with no thread between them.

Casting leaves no fact, key, time or order. ``voted`` holds a mark of the entitlement; ``box`` holds
a sealed ballot under a mark of its receipt, which is ``H(poll, entitlement, key)``: only the
voter's own key of 128 bits leads to it. What a mark stands for tells only a key that is kept apart
from the database (:class:`Marks`) and destroyed when the box is opened: no table, file or log of
the database tells who voted or in which order, while the poll runs and after it. At the opening one
fact states the receipts sorted, the ballots sorted apart from them, and the totals.

What it holds against (level A): members, staff, readers of exports, a stolen database and its
write-ahead log. Not against an administrator who watches the live process or takes the database and
the keys while the poll runs, a back-up of both included. At level B the ballots are sealed to the
scrutineers' key (:mod:`wugong.ceremony`) the moment they are cast: until enough of them meet,
nobody opens one, whatever part of the database they hold.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, func, insert, select
from sqlmodel import col

from wugong import ceremony
from wugong.answers import Receipt
from wugong.errors import Refusal, Refused
from wugong.events import Act, body_of, kind_of
from wugong.journal import canonical, receipt_code
from wugong.permission import BOX, MARKS
from wugong.polls import BoxOpened, Chosen
from wugong.rosters import Entitlement, Measure
from wugong.schema import Ref
from wugong.tables import BoxRow, CommunityRow, JournalRow, LinkRow, VotedRow
from wugong.vault import Keys, Whose

TAG = b"wugong/box/v1\0"
MARK = b"wugong/mark/v1\0"
RECEIPT = 20  # hexadecimal digits of a receipt that its code tells
KEY = re.compile(r"[0-9a-f]{32}")
PAD = 256  # sealed ballots are as long as the next multiple, so that length tells nothing
FEW = 5  # fewer ballots than this, weighed or all alike, and the result says what that gives away


def box_id(community: str, poll: int, entitlement: str, key: str) -> str:
    """Return the id of a ballot: 160 bits that only poll, entitlement and key together lead to."""
    told = f"{community}\0{poll}\0{entitlement}\0{key}".encode()
    return hashlib.sha256(TAG + told).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands in the tables of one poll for names and receipts; nobody undoes it."""

    key: bytes

    def voter(self, entitlement: str) -> str:
        """Return the mark of an entitlement that voted; of ``""`` nobody's."""
        return self._of("voter", entitlement)

    def ballot(self, receipt: str) -> str:
        """Return the mark of a ballot by its receipt, or by the 20 digits that its code has."""
        return self._of("ballot", receipt[:RECEIPT])

    def _of(self, what: str, name: str) -> str:
        told = MARK + f"{what}\0{name}".encode()
        return hmac.new(self.key, told, "sha256").hexdigest()[:40]


def keys_of(community: str, poll: int) -> tuple[Whose, Whose]:
    """Return under which names the keys of a poll are kept: that of its marks, that of its box.

    They stand among those of people, of whom nobody may have such an id.
    """
    return (community, f"{MARKS}{poll}"), (community, f"{BOX}{poll}")


@dataclass(frozen=True, slots=True)
class OperatorsKey:
    """Level A: one key that the server keeps, apart from the database."""

    secret: bytes

    def seal(self, mark: str, plain: bytes) -> bytes:
        """Encrypt a padded ballot."""
        nonce = os.urandom(12)
        return nonce + AESGCM(self.secret).encrypt(nonce, plain, mark.encode())

    def open(self, mark: str, sealed: bytes) -> bytes:
        """Decrypt a ballot; ``InvalidTag`` where the box was changed."""
        return AESGCM(self.secret).decrypt(sealed[:12], sealed[12:], mark.encode())


@dataclass(frozen=True, slots=True)
class ScrutineersKey:
    """Level B: the public half seals; the private half is there only while the box is opened."""

    public: ceremony.BoxKey
    secret: bytes = b""

    def seal(self, mark: str, plain: bytes) -> bytes:
        """Seal a padded ballot to the scrutineers."""
        return ceremony.seal_to(self.public, mark, plain)

    def open(self, mark: str, sealed: bytes) -> bytes:
        """Open a ballot; ``ValueError`` where the box was changed."""
        return ceremony.open_with(self.secret, mark, sealed)


def padded(ballot: Mapping[str, Any]) -> bytes:
    """Write a ballot as long as the next multiple of ``PAD``."""
    plain = canonical(ballot).encode()
    return plain + b" " * (-len(plain) % PAD)


@dataclass(slots=True)
class Slots:
    """What a batch puts into both boxes; written once, ordered by what says nothing of order."""

    community: str
    keys: dict[int, OperatorsKey | ScrutineersKey] = field(default_factory=dict)
    marks: dict[int, Marks] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)  # those that hold a ballot already
    voted: list[tuple[int, str]] = field(default_factory=list)  # poll, mark
    box: list[tuple[int, str, bytes]] = field(default_factory=list)  # poll, mark, sealed
    emptied: list[int] = field(default_factory=list)

    def mark(self) -> tuple[int, int, int]:
        """Return a place to come back to."""
        return len(self.voted), len(self.box), len(self.emptied)

    def back(self, mark: tuple[int, int, int]) -> None:
        """Undo everything since ``mark``."""
        voted, box, emptied = mark
        del self.voted[voted:], self.box[box:], self.emptied[emptied:]
        # The number of a refused poll is that of the next one, whose box may be another kind.
        for known in (self.keys, self.marks, self.begun):
            known.clear()

    def take(
        self, connection: Connection, poll: int, marks: Marks, key: OperatorsKey | ScrutineersKey
    ) -> None:
        """Take the keys of a poll; refuse where its marks are those of another key.

        Under another key whoever voted would not be known, and could vote again.
        """
        nobodys = marks.voter("")
        if (poll, nobodys) in self.voted or _stands(connection, self.community, poll, nobodys):
            self.begun.add(poll)
        elif _count(connection, self.community, poll):
            raise Refused(Refusal("wugong.box_of_another_key"))
        self.marks[poll] = marks
        self.keys.setdefault(poll, key)

    def deposit(
        self,
        connection: Connection,
        act: Act,
        poll: int,
        key: str | None,
        right: Entitlement,
        tested: Collection[Measure],
    ) -> Receipt:
        """Put one ballot in; the same ballot with the same key again gets the same receipt."""
        if key is None or KEY.fullmatch(key) is None:
            raise Refused(Refusal("wugong.ballot_key_missing"))
        identity = box_id(self.community, poll, right.id, key)
        mark = self.marks[poll].ballot(identity)
        receipt = Receipt(0, act.matter, act.kind, identity, receipt_code(identity), "")
        if self._has_voted(connection, poll, right.id):
            if self._holds(connection, mark):
                return receipt
            raise Refused(Refusal("wugong.already_voted"))
        ballot = {
            "ballot": {k: v for k, v in body_of(act.event).items() if k not in OUTSIDE},
            "heads": right.heads,
            # No weight that nothing tests: shares outlive the box, and copies of it.
            **{name: getattr(right, name) for name in weights_in(tested)},
            "receipt": identity,
        }
        if poll not in self.begun:
            self.voted.append((poll, self.marks[poll].voter("")))
            self.begun.add(poll)
        self.voted.append((poll, self.marks[poll].voter(right.id)))
        self.box.append((poll, mark, self.keys[poll].seal(mark, padded(ballot))))
        return receipt

    def _has_voted(self, connection: Connection, poll: int, entitlement: str) -> bool:
        mark = self.marks[poll].voter(entitlement)
        return (poll, mark) in self.voted or _stands(connection, self.community, poll, mark)

    def _holds(self, connection: Connection, mark: str) -> bool:
        if any(one[1] == mark for one in self.box):
            return True
        query = select(func.count()).where(
            col(BoxRow.community) == self.community, col(BoxRow.id) == mark
        )
        return bool(connection.execute(query).scalar())

    def write(self, connection: Connection) -> None:
        """Write both boxes, each in an order of its own, and take opened ballots out."""
        if self.emptied:
            gone = col(BoxRow.poll).in_(self.emptied)
            connection.execute(delete(BoxRow).where(col(BoxRow.community) == self.community, gone))
        if self.voted:
            rows = [
                {"community": self.community, "poll": poll, "mark": mark}
                for poll, mark in sorted(self.voted)
            ]
            connection.execute(insert(VotedRow), rows)
        if self.box:
            ballots = [
                {"community": self.community, "poll": poll, "id": mark, "sealed": sealed}
                for poll, mark, sealed in sorted(self.box, key=lambda one: one[1])
                if poll not in self.emptied
            ]
            if ballots:
                connection.execute(insert(BoxRow), ballots)

    def _turnout(self, connection: Connection, poll: int) -> int:
        mine = sum(1 for its, _mark in self.voted if its == poll)
        return max(0, _count(connection, self.community, poll) + mine - 1)

    def is_empty(self, connection: Connection, poll: int) -> bool:
        """Tell whether nobody put a ballot into the box of a poll."""
        return self._turnout(connection, poll) == 0

    def empty(self, connection: Connection, poll: int, tested: Collection[Measure]) -> BoxOpened:
        """Open every ballot of a poll; they are gone when the batch is written.

        What its ballots weigh is stated in the ``tested`` measures alone. Refused where more or
        fewer voted than there are ballots, or one does not open: the store was changed.
        """
        here = (col(BoxRow.community) == self.community, col(BoxRow.poll) == poll)
        kept = connection.execute(select(col(BoxRow.id), col(BoxRow.sealed)).where(*here)).all()
        rows = [(one[0], one[1]) for one in kept]
        rows += [(mark, sealed) for its, mark, sealed in self.box if its == poll]
        key = self.keys[poll]
        try:
            opened = [json.loads(key.open(mark, sealed)) for mark, sealed in rows]
        except (InvalidTag, ValueError):
            opened = []
        voted = self._turnout(connection, poll)
        if not voted == len(rows) == len(opened):
            told: dict[str, int | str] = {"voted": voted, "ballots": len(rows)}
            raise Refused(Refusal("wugong.box_changed", details=told))
        self.emptied.append(poll)
        return _told(poll, opened, tested)


OUTSIDE = frozenset({"poll", "entitlement"})
WEIGHTS = {"households": "households", "area": "area_dm2"}


def weights_in(tested: Collection[Measure]) -> list[str]:
    """Return the weights that are stated where these measures are tested."""
    return [name for measure, name in WEIGHTS.items() if measure in tested]


def turnout(connection: Connection, community: str, poll: int) -> int:
    """Return how many entitlements voted in a secret poll."""
    return max(0, _count(connection, community, poll) - 1)


def _count(connection: Connection, community: str, poll: int) -> int:
    query = select(func.count()).where(
        col(VotedRow.community) == community, col(VotedRow.poll) == poll
    )
    return int(connection.execute(query).scalar() or 0)


def _stands(connection: Connection, community: str, poll: int, mark: str) -> bool:
    query = select(func.count()).where(
        col(VotedRow.community) == community,
        col(VotedRow.poll) == poll,
        col(VotedRow.mark) == mark,
    )
    return bool(connection.execute(query).scalar())


def has_voted(
    connection: Connection, keys: Keys, community: str, poll: int, entitlement: str
) -> bool:
    """Tell whether an entitlement has voted; once the box is open nobody can tell."""
    marks = _marks(keys, community, poll)
    return marks is not None and _stands(connection, community, poll, marks.voter(entitlement))


def is_in_a_box(connection: Connection, keys: Keys, community: str, receipt: str) -> bool:
    """Tell whether a box that is not open yet holds the ballot of a receipt, or of its code.

    Refused where the keys at hand are not those of every such box.
    """
    polls = select(col(VotedRow.poll)).where(col(VotedRow.community) == community).distinct()
    opened = {poll for its, poll in opened_boxes(connection) if its == community}
    found = []
    for poll in {*connection.execute(polls).scalars()} - opened:
        marks = _marks(keys, community, poll)
        if marks is None or not _stands(connection, community, poll, marks.voter("")):
            raise Refused(Refusal("wugong.box_of_another_key"))
        found.append(marks.ballot(receipt))
    query = select(func.count()).where(
        col(BoxRow.community) == community, col(BoxRow.id).in_(found)
    )
    return bool(found and connection.execute(query).scalar())


def opened_boxes(connection: Connection) -> set[tuple[str, int]]:
    """Return communities and polls whose box is open."""
    table, link = JournalRow, LinkRow
    query = (
        select(col(link.community), col(link.target))
        .join(
            table,
            (col(table.community) == col(link.community)) & (col(table.seq) == col(link.source)),
        )
        .where(
            col(table.community).in_(select(col(CommunityRow.id))),
            col(table.kind) == kind_of(BoxOpened).name,
            col(link.field) == "poll",
        )
    )
    return {(row[0], row[1]) for row in connection.execute(query)}


def _marks(keys: Keys, community: str, poll: int) -> Marks | None:
    place, _box = keys_of(community, poll)
    key = keys.get([place]).get(place)
    return Marks(key) if key else None


def _told(poll: int, opened: Sequence[Mapping[str, Any]], tested: Collection[Measure]) -> BoxOpened:
    stated = weights_in(tested)
    sums: dict[str, dict[str, int]] = {}
    choices = []
    for one in opened:
        choice = str(one["ballot"]["choice"])
        choices.append(choice)
        row = sums.setdefault(choice, dict.fromkeys(("ballots", "heads", *WEIGHTS.values()), 0))
        row["ballots"] += 1
        for name in ("heads", *stated):
            row[name] += one[name]
    counts = tuple(Chosen(choice=choice, **row) for choice, row in sorted(sums.items()))
    alike = len(sums) <= 1 or len(choices) < FEW
    few = bool(stated) and any(row["ballots"] < FEW for row in sums.values())
    return BoxOpened(
        poll=Ref(poll),
        ids=tuple(sorted(one["receipt"] for one in opened)),
        choices=tuple(sorted(choices)),
        counts=counts,
        small=alike or few,
    )
