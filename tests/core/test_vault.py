"""Sealed texts: in clear nowhere, gone for good when their owner is erased, the chain whole."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.core.conftest import Make
from tests.core.shop import Noted
from wugong import (
    OPERATOR,
    Engine,
    Erased,
    MemberEnrolled,
    Misconfigured,
    Refused,
    RoleGranted,
    seal,
)
from wugong.schema import Sealed
from wugong.tables import metadata
from wugong.vault import FileKeys, Keys, MemoryKeys, close, commitment, unseal

CANARY = "canary 金絲雀 13800000000"


def tables(engine: Engine) -> str:
    """Return everything that the database holds, as one text."""
    found = []
    with engine.storage.read() as connection:
        for table in metadata.sorted_tables:
            found += [repr(row) for row in connection.execute(table.select())]
    return "\n".join(found)


def read(engine: Engine, matter: str, seq: int, who: str) -> dict[str, str | None]:
    viewer = engine.viewer(matter, who)
    [fact] = [one for one in engine.facts(matter, viewer) if one.seq == seq]
    return engine.open(fact, viewer)


def test_a_sealed_text_stands_in_no_table_and_opens_for_its_audience(
    engine: Engine, matter: str
) -> None:
    noted = Noted(text=seal(CANARY), asides=(seal("first " + CANARY), seal("second")))
    seq = engine.record(matter, noted, by="li", key="form-1").seq
    assert read(engine, matter, seq, "zhao") == {
        "text": CANARY,
        "asides[0]": "first " + CANARY,
        "asides[1]": "second",
    }
    assert "13800000000" not in tables(engine)
    assert "金絲雀" not in repr(engine.facts(matter, engine.viewer(matter, "li")))
    body = next(engine.export("wutong", seq - 1))["body"]
    assert set(body["text"]) == {"id", "commitment"}


def test_equal_texts_have_different_commitments(engine: Engine, matter: str) -> None:
    both = [engine.record(matter, Noted(text=seal("yes")), by="li").seq for _ in range(2)]
    bodies = [next(engine.export("wutong", seq - 1))["body"]["text"] for seq in both]
    assert bodies[0]["commitment"] != bodies[1]["commitment"]
    assert bodies[0]["id"] != bodies[1]["id"]


def test_erasing_a_member_makes_every_text_of_theirs_unreadable(
    make: Make, engine: Engine, matter: str
) -> None:
    contact = MemberEnrolled(member="m-7", name=seal("Ms Lin"), contact=seal(CANARY))
    engine.record("wutong", contact, by="operator")
    engine.link("wutong", "portal", "lin@example.org", "m-7")
    engine.record("wutong", RoleGranted(member="m-7", role="officer"), by="operator")
    own = engine.record(matter, Noted(text=seal("I live there")), by="m-7").seq
    through = engine.record(
        matter, Noted(text=seal("I, too")), by="zhou", principal="m-7", channel="assisted"
    ).seq
    others = engine.record(matter, Noted(text=seal("so do we")), by="li").seq
    viewer = engine.viewer("wutong", "wang")
    assert engine.names("wutong", ["m-7", "li"], viewer) == {"m-7": "Ms Lin", "li": "Li"}

    engine.record("wutong", Erased(member="m-7", reason="moved away"), by="operator")

    assert engine.verify("wutong")[1] is None
    for one in (engine, make()):
        assert read(one, matter, own, "wang")["text"] is None
        assert read(one, matter, through, "wang")["text"] is None
        assert read(one, matter, others, "wang")["text"] == "so do we"
        assert one.names("wutong", ["m-7", "li"], viewer) == {"m-7": "", "li": "Li"}
        assert one.identify("wutong", "portal", "lin@example.org") == ""
        [gone] = [p for p in one.directory("wutong", OPERATOR) if p.member == "m-7"]
        assert (gone.name, gone.contact, gone.household) == ("", "", "")
    engine.rebuild()
    assert engine.verify("wutong")[1] is None
    assert read(engine, matter, own, "wang")["text"] is None


def test_who_was_erased_acts_no_more_and_is_not_enrolled_again(
    make: Make, engine: Engine, matter: str
) -> None:
    other = make()  # knows li's key
    other.record(matter, Noted(text=seal("hello")), by="li")
    engine.record("wutong", Erased(member="li", reason="asked for it"), by="operator")
    for one in (engine, other):
        with pytest.raises(Refused, match=r"wugong\.not_a_member"):
            one.record(matter, Noted(text=seal("again")), by="li")
        with pytest.raises(Refused, match=r"wugong\.not_a_member"):
            one.record(
                matter, Noted(text=seal("again")), by="zhou", principal="li", channel="assisted"
            )
        with pytest.raises(Refused, match=r"wugong\.member_erased"):
            one.record("wutong", MemberEnrolled(member="li", name=seal("Li")), by="operator")
        with pytest.raises(Refused, match=r"wugong\.member_unknown"):
            one.record("wutong", RoleGranted(member="li", role="officer"), by="operator")
        with pytest.raises(Refused, match=r"wugong\.member_unknown"):
            one.record("wutong", Erased(member="li", reason="again"), by="operator")


def test_an_erasure_that_a_crash_cut_short_is_finished_at_the_next_start(
    make: Make, engine: Engine, matter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq = engine.record(matter, Noted(text=seal(CANARY)), by="li").seq
    engine.link("wutong", "portal", "li@example.org", "li")
    monkeypatch.setattr(FileKeys, "drop", lambda *_: None)
    monkeypatch.setattr(type(engine.identities), "unlink_member", lambda *_: None)
    engine.record("wutong", Erased(member="li", reason="asked for it"), by="operator")
    monkeypatch.undo()
    assert read(engine, matter, seq, "wang")["text"] == CANARY
    later = make()
    assert read(later, matter, seq, "wang")["text"] is None
    assert later.identify("wutong", "portal", "li@example.org") == ""


def test_what_the_database_keeps_of_a_request_cannot_be_guessed_once_the_key_is_gone(
    engine: Engine, matter: str
) -> None:
    """Two people who send the same words under the same key leave different hashes."""
    for who in ("li", "zhao"):
        engine.record(matter, Noted(text=seal("13800000000")), by=who, key="form-1")
    name = "wugong.wugong_key" if engine.storage.is_postgres else "wugong_key"
    with engine.storage.read() as connection:
        hashes = list(connection.execute(text(f"SELECT request FROM {name}")).scalars())
    assert len(set(hashes)) == 2


def test_the_keys_are_in_a_file_of_their_own_that_only_we_may_read(
    engine: Engine, matter: str, tmp_path: Path
) -> None:
    engine.record(matter, Noted(text=seal("a")), by="li")
    assert engine.keys_path == tmp_path / "wugong.keys"
    assert engine.keys_path.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(engine.keys_path) as keys:
        rows = keys.execute("SELECT community, member, length(key) FROM person_key").fetchall()
    assert ("wutong", "li", 32) in rows
    assert "person_key" not in tables(engine)


def test_postgresql_needs_to_be_told_where_the_keys_are(postgres_url: str) -> None:
    with pytest.raises(Misconfigured, match="say where people's keys are kept"):
        Engine(postgres_url, {})


def test_sqlite_keeps_the_keys_beside_its_file(tmp_path: Path) -> None:
    with Engine(f"sqlite:///{tmp_path / 'town.db'}", {}) as engine:
        assert engine.keys_path == tmp_path / "town.db.keys"
    with Engine("sqlite://", {}) as engine:
        assert engine.keys_path is None


# Keys


@pytest.fixture(params=["memory", "file"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> Keys:
    """Give a store of keys of either kind."""
    return MemoryKeys() if request.param == "memory" else FileKeys(tmp_path / "k")


def test_a_key_is_made_once_and_never_again_after_it_was_dropped(keys: Keys) -> None:
    li, sun = ("wutong", "li"), ("wutong", "sun")
    first = keys.ensure([li, sun])
    assert len(first[li]) == 32
    assert first[li] != first[sun]
    assert keys.ensure([li]) == {li: first[li]} == keys.get([li, ("other", "li")])
    keys.drop(li)
    assert keys.get([li, sun]) == {sun: first[sun]}
    assert keys.ensure([li, sun]) == {sun: first[sun]}
    never_made = ("wutong", "nobody")
    keys.drop(never_made)
    assert keys.ensure([never_made]) == {}


def test_a_key_dropped_by_another_process_is_not_read_from_memory(tmp_path: Path) -> None:
    li = ("wutong", "li")
    here, there = FileKeys(tmp_path / "k"), FileKeys(tmp_path / "k")
    assert here.ensure([li]) == there.ensure([li])
    there.drop(li)
    assert here.ensure([li]) == {}
    assert here.get([li]) == {}


def test_a_dropped_key_leaves_no_trace_in_its_file(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "k")
    [key] = keys.ensure([("wutong", "li")]).values()
    assert key in (tmp_path / "k").read_bytes()
    keys.drop(("wutong", "li"))
    assert key not in (tmp_path / "k").read_bytes()
    assert not list(tmp_path.glob("k-*"))


# Sealing


class Row:
    """A row of the vault."""

    def __init__(self, sealed: Sealed[str], cipher: bytes) -> None:
        self.id, self.cipher = sealed.id, cipher


def test_what_was_sealed_opens_under_its_key_alone() -> None:
    key, other = os.urandom(32), os.urandom(32)
    sealed, cipher = close("hello 你好", key, os.urandom)
    row = Row(sealed, cipher)
    assert unseal(row, key, sealed.commitment) == "hello 你好"
    assert unseal(row, None, sealed.commitment) is None
    assert unseal(row, b"", sealed.commitment) is None
    with pytest.raises(ValueError, match="was changed in the database"):
        unseal(row, other, sealed.commitment)
    assert sealed.clear is None


@pytest.mark.parametrize("place", [0, 11, 12, 20, -1])
def test_a_tampered_cipher_raises(place: int) -> None:
    key = os.urandom(32)
    sealed, cipher = close("hello", key, os.urandom)
    changed = bytearray(cipher)
    changed[place] ^= 1
    with pytest.raises(ValueError, match=f"the sealed text {sealed.id} was changed"):
        unseal(Row(sealed, bytes(changed)), key, sealed.commitment)


def test_a_text_put_in_the_place_of_another_raises() -> None:
    key = os.urandom(32)
    yes, cipher_yes = close("yes", key, os.urandom)
    no, cipher_no = close("no", key, os.urandom)
    with pytest.raises(ValueError, match="was changed in the database"):
        unseal(Row(yes, cipher_no), key, yes.commitment)
    with pytest.raises(ValueError, match="is not the one that was recorded"):
        unseal(Row(yes, cipher_yes), key, no.commitment)


def test_a_commitment_binds_salt_and_text() -> None:
    assert commitment(b"s" * 32, "a") != commitment(b"t" * 32, "a")
    assert commitment(b"s" * 32, "a") != commitment(b"s" * 32, "b")


def test_a_text_changed_in_the_database_is_not_shown(engine: Engine, matter: str) -> None:
    seq = engine.record(matter, Noted(text=seal("hello")), by="li").seq
    name = "wugong.wugong_vault" if engine.storage.is_postgres else "wugong_vault"
    with engine.storage.write() as connection:
        values: dict[str, Any] = {"cipher": b"x" * 80, "seq": seq}
        connection.execute(text(f"UPDATE {name} SET cipher = :cipher WHERE seq = :seq"), values)
    with pytest.raises(ValueError, match="was changed in the database"):
        read(engine, matter, seq, "li")


def test_an_id_and_a_commitment_from_a_request_are_no_text(engine: Engine, matter: str) -> None:
    """Else anybody could claim somebody else's text and read it as its author."""
    seq = engine.record(matter, Noted(text=seal("mine")), by="li").seq
    body = next(engine.export("wutong", seq - 1))["body"]
    stolen = engine.read("shop.noted", {"text": body["text"]})
    with pytest.raises(Refused, match=r"wugong\.sealed_without_text"):
        engine.record(matter, stolen, by="sun")
