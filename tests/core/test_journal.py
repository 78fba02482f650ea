"""The chain: its bytes, its digests, its receipts, and every change seen and named."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.core.shop import Asked, Counted
from wugong import Engine, Fact
from wugong.journal import (
    CODE_LETTERS,
    COLUMNS,
    ChainHead,
    append,
    canonical,
    check_chain,
    digest_prefix,
    genesis,
    receipt_code,
    record_bytes,
    sm3,
)

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        {"b": 1, "a": [1, 2, {"d": None, "c": True}]},
        {"text": 'quote " slash \\ line\n tab\t'},
        {"text": "鄉賢議事會 𠮷 é"},
        [0, -1, 2**53 - 1, False, None, ""],
        {},
    ],
)
def test_canonical_json_is_plain_json_dumps(value: Any) -> None:
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(value) == plain


def fact(seq: int, number: int = 1) -> Fact:
    event = Counted(number=number)
    return Fact(seq, "wutong.1", event, "shop.counted", 1, "li", None, "web", AT)


def test_a_record_is_hashed_as_canonical_json_of_all_its_fields() -> None:
    row, _head = append(genesis("wutong"), fact(1), "wutong", bulk=True)
    record = {name: row[name] for name in COLUMNS} | {"body": json.loads(row["body"])}
    data = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert record_bytes(row) == data
    assert list(COLUMNS) == sorted(COLUMNS)
    assert row["digest"] == hashlib.sha256(b"wugong/fact/v1\0" + data).hexdigest()
    assert row["sm3"] == sm3(b"wugong/fact/v1\0" + genesis("wutong").sm3.encode() + data)


def test_a_chain_starts_at_the_digest_of_its_community() -> None:
    start = genesis("wutong")
    assert start.seq == 0
    assert start.digest == hashlib.sha256(b"wugong/genesis/v1\0wutong").hexdigest()
    assert start.sm3 == sm3(b"wugong/genesis/v1\0wutong")
    assert start.digest != genesis("wutong2").digest


def test_sm3_gives_the_digest_of_the_standard() -> None:
    """GB/T 32905-2016, example 1."""
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_each_record_follows_the_digest_before_it() -> None:
    head, rows = genesis("wutong"), []
    for seq in (1, 2, 3):
        row, head = append(head, fact(seq), "wutong", bulk=True)
        rows.append(SimpleNamespace(**row))
    assert [r.prev for r in rows] == [genesis("wutong").digest, rows[0].digest, rows[1].digest]
    assert check_chain(rows, "wutong") == (head, None)
    assert head == ChainHead(3, rows[2].digest, rows[2].sm3, "2026-03-02T01:00:00.000Z")


def test_equal_acts_have_different_digests() -> None:
    first, head = append(genesis("wutong"), fact(1), "wutong", bulk=True)
    second, _ = append(head, fact(2), "wutong", bulk=True)
    assert first["digest"] != second["digest"]


# Receipts


@pytest.mark.parametrize("digest", ["0" * 64, "f" * 64, hashlib.sha256(b"x").hexdigest()])
def test_a_receipt_code_leads_back_to_its_digest(digest: str) -> None:
    code = receipt_code(digest)
    assert len(code) == 19 and code.count("-") == 3
    assert set(code) <= {*CODE_LETTERS, "-"}
    assert digest_prefix(code) == digest[:20]
    assert digest_prefix(code.lower().replace("-", " ")) == digest[:20]


@pytest.mark.parametrize("code", ["", "ABCD", "O" * 16, "1" * 16, "A" * 17, "A" * 15, "邻" * 16])
def test_a_misspelt_code_is_refused_before_any_search(code: str) -> None:
    with pytest.raises(ValueError, match="a receipt code has 16 letters and digits"):
        digest_prefix(code)


def test_a_receipt_proves_that_the_act_is_in_the_journal(engine: Engine, matter: str) -> None:
    receipt = engine.record(matter, Asked(question="When?", days=3), by="li", channel="web")
    proof = engine.receipt("wutong", receipt.code)
    assert proof is not None
    assert (proof.seq, proof.matter, proof.kind) == (receipt.seq, matter, "shop.asked")
    assert (proof.channel, proof.digest) == ("web", receipt.digest)
    assert engine.receipt("wutong", "2222-2222-2222-2222") is None
    assert engine.receipt("another", receipt.code) is None
