"""Documents: stored by the hash of their bytes, read through the facts that name them."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from tests.core.conftest import Make, people
from wugong import (
    ANY,
    N_,
    NOBODY,
    OPERATOR,
    Attachments,
    Engine,
    Erased,
    MatterOpened,
    Refused,
    Viewer,
    event,
    hookimpl,
)
from wugong.clock import ScriptedClock
from wugong.documents import MOST_BYTES

PICTURE = b"\xff\xd8\xff canary picture"


@event("gallery.shown", may={"resident": ANY}, title=N_("Show"))
class Shown:
    """Anybody may see these."""

    documents: Attachments = ()


@event("gallery.kept", may={"resident": ANY}, shown_to="members", title=N_("Keep"))
class Kept:
    """Only members may see these."""

    documents: Attachments = ()


@hookimpl
def register() -> tuple[type, ...]:
    return Shown, Kept


GALLERY = SimpleNamespace(register=register)


@pytest.fixture
def engine(make: Make) -> Engine:
    made = make({"gallery": GALLERY})
    people(made)
    made.record("wutong", MatterOpened(title="Street lights"), by="li")
    return made


@pytest.fixture
def matter(engine: Engine) -> str:
    [line], _total = engine.matters("wutong", OPERATOR)
    return line.id


def who(engine: Engine, member: str) -> Viewer:
    return engine.viewer("wutong", member)


def rows(engine: Engine) -> int:
    table = "wugong.wugong_document" if engine.storage.is_postgres else "wugong_document"
    with engine.storage.read() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() or 0)


def test_a_document_comes_back_and_its_hash_is_that_of_its_bytes(
    engine: Engine, matter: str
) -> None:
    made = engine.documents.put("wutong", PICTURE, "image/jpeg", by="li", width=4, height=3)
    assert made == hashlib.sha256(PICTURE).hexdigest()
    engine.record(matter, Shown(documents=(made,)), by="li")
    found = engine.documents.read("wutong", made, NOBODY)
    assert found is not None
    assert (found.data, found.media, found.width, found.height) == (PICTURE, "image/jpeg", 4, 3)
    assert next(engine.export("wutong", engine.head("wutong").seq - 1))["body"] == {
        "documents": [made]
    }


def test_the_same_bytes_are_stored_once(engine: Engine) -> None:
    both = {engine.documents.put("wutong", PICTURE, "image/jpeg", by=m) for m in ("li", "zhao")}
    assert len(both) == 1
    assert rows(engine) == 1


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_ten_megabytes_fit_and_no_more(engine: Engine, more: int, fits: bool) -> None:
    data = bytes(1) * (MOST_BYTES + more)
    if fits:
        assert engine.documents.put("wutong", data, "application/pdf", by="li")
        return
    with pytest.raises(Refused, match=r"wugong\.document_too_large"):
        engine.documents.put("wutong", data, "application/pdf", by="li")


def test_a_hash_that_is_not_in_the_store_is_refused(engine: Engine, matter: str) -> None:
    for strange in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(Refused, match=r"wugong\.document_unknown"):
            engine.record(matter, Shown(documents=(strange,)), by="li")


def test_who_knows_a_hash_cannot_open_it_by_naming_it(engine: Engine, matter: str) -> None:
    made = engine.documents.put("wutong", PICTURE, "image/jpeg", by="li", sealed_for="li")
    engine.record(matter, Kept(documents=(made,)), by="li")
    with pytest.raises(Refused, match=r"wugong\.document_unknown"):
        engine.record(matter, Shown(documents=(made,)), by="zhao")


def test_it_is_read_by_whoever_may_read_a_fact_that_names_it(engine: Engine, matter: str) -> None:
    made = engine.documents.put("wutong", PICTURE, "image/jpeg", by="li", sealed_for="li")
    assert engine.documents.read("wutong", made, who(engine, "li")) is None  # named by nothing yet
    engine.record(matter, Kept(documents=(made,)), by="li")
    assert engine.documents.read("wutong", made, who(engine, "zhao")) is not None
    assert engine.documents.read("wutong", made, NOBODY) is None
    assert engine.documents.read("wutong", made, who(engine, "stranger")) is None
    assert engine.documents.read("elsewhere", made, who(engine, "zhao")) is None


def test_erasing_its_owner_makes_it_unreadable_and_the_chain_stays_whole(
    engine: Engine, matter: str
) -> None:
    made = engine.documents.put("wutong", PICTURE, "image/jpeg", by="li", sealed_for="li")
    engine.record(matter, Kept(documents=(made,)), by="li")
    assert made in engine.documents.describe("wutong", [made])
    engine.record("wutong", Erased(member="li", reason="asked for it"), by="operator")
    assert engine.documents.get("wutong", made) is None
    assert engine.documents.describe("wutong", [made]) == {}
    assert engine.verify("wutong")[1] is None
    with pytest.raises(Refused, match=r"wugong\.member_erased"):
        engine.documents.put("wutong", PICTURE, "image/jpeg", by="zhao", sealed_for="li")


def test_changed_bytes_are_found_out(engine: Engine, matter: str) -> None:
    made = engine.documents.put("wutong", PICTURE, "image/jpeg", by="li")
    table = "wugong.wugong_document" if engine.storage.is_postgres else "wugong_document"
    with engine.storage.write() as connection:
        connection.execute(text(f"UPDATE {table} SET stored = :new"), {"new": b"other"})
    with pytest.raises(ValueError, match="was changed in the database"):
        engine.documents.get("wutong", made)


def test_what_nobody_attached_goes_after_a_day(
    engine: Engine, matter: str, clock: ScriptedClock
) -> None:
    named = engine.documents.put("wutong", PICTURE, "image/jpeg", by="li")
    engine.record(matter, Shown(documents=(named,)), by="li")
    left = engine.documents.put("wutong", b"left behind", "application/pdf", by="li")
    clock.now += timedelta(days=1)
    engine.documents.put("wutong", b"third", "application/pdf", by="li")
    assert engine.documents.get("wutong", left) is not None
    clock.now += timedelta(seconds=1)
    engine.documents.put("wutong", b"fourth", "application/pdf", by="li")
    assert engine.documents.get("wutong", left) is None
    assert engine.documents.get("wutong", named) is not None


def test_who_records_nothing_cannot_fill_the_disk(
    engine: Engine, matter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wugong.documents.MOST_UNNAMED", 5)
    first = engine.documents.put("wutong", b"123456", "application/pdf", by="li")
    with pytest.raises(Refused, match=r"wugong\.documents_unsent"):
        engine.documents.put("wutong", b"1", "application/pdf", by="li")
    assert engine.documents.put("wutong", b"1", "application/pdf", by="zhao")
    engine.record(matter, Shown(documents=(first,)), by="li")
    assert engine.documents.put("wutong", b"2", "application/pdf", by="li")


def test_rebuilding_keeps_who_may_read_it(engine: Engine, matter: str) -> None:
    made = engine.documents.put("wutong", PICTURE, "image/jpeg", by="li")
    engine.record(matter, Shown(documents=(made,)), by="li")
    engine.rebuild()
    assert engine.documents.read("wutong", made, NOBODY) is not None
    engine.record(matter, Shown(documents=(made,)), by="li")


def test_facts_from_before_the_field_still_read(engine: Engine, matter: str) -> None:
    assert Shown.__wugong_kind__.read({}) == Shown()  # type: ignore[attr-defined]


def test_a_copy_of_the_database_holds_them(make: Make, tmp_path: Path) -> None:
    engine = make({"gallery": GALLERY}, database=f"sqlite:///{tmp_path / 'one.sqlite3'}")
    people(engine)
    made = engine.documents.put("wutong", PICTURE, "image/jpeg", by="li")
    with (
        closing(sqlite3.connect(tmp_path / "one.sqlite3")) as one,
        closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy,
    ):
        one.backup(copy)
    restored = make({"gallery": GALLERY}, database=f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    found = restored.documents.get("wutong", made)
    assert found is not None
    assert found.data == PICTURE
