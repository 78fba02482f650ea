"""The journal: append-only and hash-chained, one chain a community; nothing else is the truth.

A record is the JSON object of :data:`COLUMNS` with sorted ASCII keys and integers only, so that its
canonical form is plain ``json.dumps``. Its digest is SHA-256 over a domain tag and these bytes;
``prev`` is the digest before it. Beside it runs a second chain in SM3 over the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from wugong.events import Fact, Kind, Unknown, body_of
from wugong.schema import Unreadable, write_time
from wugong.tables import JournalRow
from wugong.words import N_

V = 1
ALG = "sha256"
TAG = b"wugong/fact/v1\0"
GENESIS = b"wugong/genesis/v1\0"
COLUMNS = (
    *("alg", "at", "body", "bulk", "by", "cause", "channel", "community", "kind", "matter"),
    *("prev", "principal", "seq", "v", "version"),
)
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I
NOW_AND_THEN = 256  # records
LEAST_PRINTED = 12  # hexadecimal digits of a digest by which it is known again


_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: Any) -> str:
    """Write JSON in its one canonical form."""
    return _encoder.encode(value)


def _sm3() -> Callable[[bytes], str]:
    if "sm3" in hashlib.algorithms_available:
        return lambda data: hashlib.new("sm3", data).hexdigest()
    from cryptography.hazmat.primitives.hashes import SM3, Hash

    def by_cryptography(data: bytes) -> str:
        made = Hash(SM3())
        made.update(data)
        return made.finalize().hex()

    return by_cryptography


sm3 = _sm3()


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where a community's chain stands: number of facts and both digests."""

    seq: int
    digest: str
    sm3: str
    at: str = ""


def genesis(community: str) -> ChainHead:
    """Return the head of an empty chain."""
    start = GENESIS + community.encode()
    return ChainHead(0, hashlib.sha256(start).hexdigest(), sm3(start))


def scalar(value: Any) -> str:
    """Write text, a number, a flag or nothing as :func:`canonical` does, without its set-up."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else int.__repr__(value)


_RECORD = "{" + ",".join(f'"{name}":%s' for name in COLUMNS) + "}"


def record_bytes(row: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of a record; ``body`` is canonical JSON text already."""
    parts = [row[name] if name == "body" else scalar(row[name]) for name in COLUMNS]
    return (_RECORD % tuple(parts)).encode()


def append(
    head: ChainHead, fact: Fact, community: str, bulk: bool
) -> tuple[dict[str, Any], ChainHead]:
    """Make the journal row of ``fact`` after ``head``, and the new head."""
    row: dict[str, Any] = {
        "community": community,
        "seq": fact.seq,
        "matter": fact.matter,
        "kind": fact.kind,
        "version": fact.version,
        "by": fact.by,
        "principal": fact.principal,
        "channel": fact.channel,
        "at": write_time(fact.at),
        "cause": fact.cause,
        "body": canonical(body_of(fact.event)),
        "prev": head.digest,
        "alg": ALG,
        "v": V,
        "bulk": bulk,  # hashed, too: it decides whether folds hear the fact
    }
    data = record_bytes(row)
    digest = hashlib.sha256(TAG + data).hexdigest()
    second = sm3(TAG + head.sm3.encode() + data)
    row |= {"digest": digest, "sm3": second}
    return row, ChainHead(fact.seq, digest, second, row["at"])


def receipt_code(digest: str) -> str:
    """Return the code that people keep: 80 bits of the digest in groups of four letters."""
    number = int(digest[:20], 16)
    letters = "".join(CODE_LETTERS[number >> shift & 31] for shift in range(75, -1, -5))
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def digest_prefix(code: str) -> str:
    """Return the first 20 hex digits of the digest that a code names, or raise ValueError."""
    letters = code.upper().replace("-", "").replace(" ", "")
    if len(letters) != 16 or any(letter not in CODE_LETTERS for letter in letters):
        raise ValueError("a receipt code has 16 letters and digits, without 0, O, 1 and I")
    number = 0
    for letter in letters:
        number = number << 5 | CODE_LETTERS.index(letter)
    return f"{number:020x}"


def readings(printed: str) -> list[tuple[str, str]]:
    """Return how a print of a digest may be meant: how it begins and how it ends, hexadecimal.

    It is printed whole, as its beginning, as ``3f9a 71c0 … 5be2`` or as a receipt code;
    ``ValueError`` for anything else, and for less than twelve digits of it.
    """
    found: list[tuple[str, str]] = []
    plain = re.sub(r"[\s-]", "", printed).lower().replace("...", "…")
    if whole := re.fullmatch(r"([0-9a-f]{8,64})(?:…([0-9a-f]{0,8}))?", plain):
        first, last = whole[1], whole[2] or ""
        found += [(first, last)] if len(first + last) >= LEAST_PRINTED else []
    with suppress(ValueError):
        found.append((digest_prefix(printed), ""))
    if not found:
        raise ValueError("a fingerprint has at least 12 of the digits 0-9 and a-f")
    return found


_HEAD = (
    select(col(JournalRow.seq), col(JournalRow.digest), col(JournalRow.sm3), col(JournalRow.at))
    .where(col(JournalRow.community) == bindparam("its"))
    .order_by(col(JournalRow.seq).desc())
    .limit(1)
)


def chain_head(connection: Connection, community: str) -> ChainHead:
    """Read where the chain stands; inside the lock this is what the next fact follows."""
    row = connection.execute(_HEAD, {"its": community}).first()
    return ChainHead(*row) if row else genesis(community)


def read_fact(row: Any, kinds: Callable[[str], Kind | None]) -> list[Fact]:
    """Make the facts of a journal row: one, or several where an old version was split."""
    body = json.loads(row.body)
    kind = kinds(row.kind)
    events: list[Any]
    name = row.kind
    if kind is None:
        events = [Unknown(row.kind, row.version, body)]
    else:
        name = kind.name
        events = _upcast(kind, row.version, body)
    return [
        Fact(
            seq=row.seq,
            matter=row.matter,
            event=event,
            kind=name,
            version=row.version,
            by=row.by,
            principal=row.principal,
            channel=row.channel,
            at=read_stamp(row.at),
            cause=row.cause,
        )
        for event in events
    ]


def read_stamp(text: str) -> datetime:
    """Read the time of a record."""
    return datetime.fromisoformat(text)  # "Z" and milliseconds as write_time makes them


def _upcast(kind: Kind, version: int, body: Any) -> list[Any]:
    if version == kind.version:
        return [kind.read(body)]
    upcast = getattr(kind.cls, "upcast", None)
    if upcast is None or version > kind.version:
        return [Unknown(kind.name, version, body)]
    bodies = upcast(version, body)
    try:
        return [kind.read(one) for one in (bodies if isinstance(bodies, list) else [bodies])]
    except Unreadable as error:
        raise ValueError(
            f"{kind.name}.upcast({version}, …) made an unreadable body: {error}"
        ) from error


@dataclass(frozen=True, slots=True)
class Fault:
    """The first record that does not fit its chain."""

    seq: int
    what: str


def watched(rows: Iterable[Any], progress: Callable[[int], None] | None) -> Iterator[Any]:
    """Pass rows on; tell ``progress`` now and then how many there were."""
    for count, row in enumerate(rows):
        if progress is not None and count % NOW_AND_THEN == 0:
            progress(count)
        yield row


def check_chain(
    rows: Iterator[Any] | Sequence[Any], community: str, known: Mapping[int, str] | None = None
) -> tuple[ChainHead, Fault | None]:
    """Recompute a chain from its rows in order; stop at the first record that does not fit.

    ``known``: digests by number that somebody kept (of a notice, a receipt). Only they show that
    the end was cut off, or that everything was written anew.
    """
    head, known = genesis(community), known or {}
    for row in rows:
        fields = {name: getattr(row, name) for name in COLUMNS}
        if row.seq != head.seq + 1:
            return head, Fault(head.seq + 1, f"record {head.seq + 1} is missing")
        if row.prev != head.digest:
            return head, Fault(row.seq, N_("does not follow the record before it"))
        if row.alg != ALG or row.v != V:
            return head, Fault(row.seq, f"has an unknown form ({row.alg}, v{row.v})")
        data = record_bytes(fields)
        if hashlib.sha256(TAG + data).hexdigest() != row.digest:
            return head, Fault(row.seq, N_("was changed: its digest does not fit"))
        second = sm3(TAG + head.sm3.encode() + data)
        if second != row.sm3:
            return head, Fault(row.seq, N_("was changed: its SM3 digest does not fit"))
        head = ChainHead(row.seq, row.digest, second, row.at)
        if not head.digest.startswith(known.get(head.seq, "")):
            return head, Fault(row.seq, N_("is not the record whose digest was kept"))
    if known and max(known) > head.seq:
        return head, Fault(head.seq + 1, f"record {head.seq + 1} is missing: the end was cut off")
    return head, None
