"""Receipts, and the answers kept under idempotency keys: the same request, the same answer."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wugong.events import body_of, kind_of, sealed_fields
from wugong.journal import canonical, scalar


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to an act: its number, its digest and the code that people keep."""

    seq: int
    matter: str
    kind: str
    digest: str
    code: str
    at: str
    facts: tuple[int, ...] = ()  # of the act and everything that happened together with it


def write_receipts(receipts: Iterable[Receipt]) -> str:
    """Write the answer to a request in canonical JSON."""
    return "[" + ",".join(map(_written, receipts)) + "]"


def _written(one: Receipt) -> str:
    texts = map(scalar, (one.at, one.code, one.digest))
    facts = ",".join(map(str, one.facts))
    return _RECEIPT % (*texts, facts, scalar(one.kind), scalar(one.matter), one.seq)


_RECEIPT = '{"at":%s,"code":%s,"digest":%s,"facts":[%s],"kind":%s,"matter":%s,"seq":%d}'


def read_receipts(answer: str) -> list[Receipt]:
    """Read what :func:`write_receipts` wrote."""
    return [Receipt(**{**one, "facts": tuple(one["facts"])}) for one in json.loads(answer)]


def request_hash(
    acts: Sequence[tuple[str, Any]],
    principal: str | None,
    channel: str,
    key_of: Callable[[Any], bytes],
) -> str:
    """Hash a request, so that the same idempotency key cannot carry another one.

    Sealed texts enter under ``key_of(event)``, the key of the person whose they are: once that is
    destroyed, nobody can guess a telephone number from the hash that is kept.
    """
    parts: list[Any] = [principal, channel]
    for matter, event in acts:
        sealed = {
            name: hmac.new(key_of(event), value.clear.encode(), "sha256").hexdigest()
            for name, value in sealed_fields(event).items()
            if value.clear is not None
        }
        parts.append([matter, kind_of(event).name, body_of(event), sealed])
    return hashlib.sha256(canonical(parts).encode()).hexdigest()
