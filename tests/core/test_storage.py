"""The database: opened with safe settings or not at all, full, newer, older, migrated."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text
from sqlalchemy import event as sqlalchemy_event

from tests.core.conftest import Make, people
from tests.core.shop import POINTS, SHOP, Given, Noted
from tests.support.commits import ending_commit, said_by_sqlite
from tests.support.postgres import Cluster
from wugong import Engine, MatterOpened, Misconfigured, Overloaded, seal
from wugong import storage as storage_module
from wugong.storage import APPLICATION_ID, HEAD, SCHEMA, VERSION_TABLE, Storage, read_address
from wugong.tables import NEWEST, metadata

# Settings


def test_sqlite_runs_with_every_safe_setting(tmp_path: Path) -> None:
    storage = Storage(f"sqlite:///{tmp_path / 'a.db'}")
    storage.prepare()
    with storage.read() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in (
                *("journal_mode", "synchronous", "foreign_keys", "busy_timeout"),
                *("trusted_schema", "secure_delete", "application_id"),
            )
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "trusted_schema": 0,
        "secure_delete": 1,
        "application_id": APPLICATION_ID,
    }
    storage.dispose()


class Careless(sqlite3.Connection):
    """A connection of a driver that keeps synchronous=NORMAL whatever it is told."""

    def cursor(self, *arguments: Any, **options: Any) -> Any:
        class Cursor(sqlite3.Cursor):
            def execute(self, statement: str, *values: Any) -> Any:
                return super().execute(
                    statement.replace("synchronous=FULL", "user_version"), *values
                )

        made = super().cursor(Cursor)
        made.execute("PRAGMA main.synchronous = 1")
        return made


def test_a_database_that_does_not_sync_is_refused_unless_it_is_a_demonstration(
    tmp_path: Path,
) -> None:
    with sqlite3.connect(tmp_path / "a.db", factory=Careless) as raw:
        storage = Storage(f"sqlite:///{tmp_path / 'b.db'}")
        with pytest.raises(Misconfigured, match="does not keep synchronous=FULL; ballots could be"):
            storage._prepare_sqlite(raw, None)
        shown = Storage(f"sqlite:///{tmp_path / 'c.db'}", demonstration=True)
        shown._prepare_sqlite(raw, None)
    raw.close()


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_network_file_system_is_refused_unless_it_is_a_demonstration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(storage_module, "_file_system", lambda _folder: kind)
    address = f"sqlite:///{tmp_path / 'a.db'}"
    with pytest.raises(Misconfigured, match=rf"network file system \({kind}\) can lose ballots"):
        Engine(address, {})
    Engine(address, {}, demonstration=True).close()


def test_the_folder_of_the_database_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(
        Misconfigured, match=r"the folder of the database does not exist: .*nowhere"
    ):
        Engine(f"sqlite:///{tmp_path / 'nowhere' / 'a.db'}", {})


@pytest.mark.parametrize("address", ["mysql://localhost/x", "oracle://localhost/x"])
def test_other_databases_are_not_supported(address: str) -> None:
    with pytest.raises(Misconfigured, match="only SQLite and PostgreSQL are supported"):
        Storage(address)


@pytest.mark.parametrize("address", ["portal.sqlite3", "", "postgres://x@localhost/y"])
def test_an_address_that_cannot_be_read_is_told_with_how_one_is_written(address: str) -> None:
    with pytest.raises(Misconfigured, match=r"write sqlite:///wugong\.sqlite3 or postgresql://"):
        Storage(address)


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_postgresql_that_loses_what_it_acknowledged_is_refused(
    postgres_cluster: Cluster, postgres_url: str, tmp_path: Path, setting: str
) -> None:
    with _server_setting(postgres_cluster, setting, "off"):
        with pytest.raises(Misconfigured, match=f"PostgreSQL runs with {setting}=off"):
            Engine(postgres_url, {}, keys=tmp_path / "k")
        Engine(postgres_url, {}, keys=tmp_path / "k", demonstration=True).close()
    Engine(postgres_url, {}, keys=tmp_path / "k").close()


@contextmanager
def _server_setting(cluster: Cluster, name: str, value: str) -> Iterator[None]:
    def shown() -> str:
        pool = create_engine(cluster.url("postgres"))
        with pool.connect() as connection:
            found = str(connection.execute(text(f"SHOW {name}")).scalar())
        pool.dispose()
        return found

    def change(statement: str, wanted: str) -> None:
        cluster.execute(statement)
        cluster.execute("SELECT pg_reload_conf()")
        for _ in range(100):
            if shown() == wanted:
                return
        raise AssertionError(f"{name} did not become {wanted}")

    change(f"ALTER SYSTEM SET {name} = {value}", value)
    try:
        yield
    finally:
        change(f"ALTER SYSTEM RESET {name}", "on")


def test_a_session_that_does_not_wait_for_the_disk_is_refused(
    postgres_cluster: Cluster, postgres_url: str, tmp_path: Path
) -> None:
    name = postgres_url.rpartition("/")[2]
    postgres_cluster.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    with pytest.raises(Misconfigured, match="PostgreSQL runs with synchronous_commit=off"):
        Engine(postgres_url, {}, keys=tmp_path / "k")


def test_a_postgresql_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="PostgreSQL cannot be reached"):
        Engine("postgresql://wugong@127.0.0.1:1/x", {}, keys=tmp_path / "k")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://li:geheim@h/db", "postgresql://li:***@h/db"),
        ("postgresql://li@h/db?password=geheim", "postgresql://li:***@h/db"),
        ("postgresql://h/db?user=li&password=geheim", "postgresql://h/db?user=li"),
        ("postgresql://h/db?user=li", "postgresql://h/db?user=li"),
    ],
)
def test_whoever_prints_an_address_shows_no_password(address: str, shown: str) -> None:
    url = read_address(address)
    assert url.render_as_string(hide_password=True) == shown
    assert (url.password == "geheim") is ("geheim" in address)


# Versions


def table(storage: Storage) -> str:
    return f"{SCHEMA}.{VERSION_TABLE}" if storage.is_postgres else VERSION_TABLE


@pytest.mark.slow
def test_while_the_database_is_away_people_are_turned_away_and_then_all_goes_on(
    postgres_url: str, postgres_cluster: Cluster, tmp_path: Path
) -> None:
    with Engine(postgres_url, {"shop": SHOP}, keys=tmp_path / "k") as engine:
        people(engine)
        head = engine.head("wutong")
        postgres_cluster.stop(at_once=True)
        try:
            with pytest.raises(Overloaded):
                engine.head("wutong")
            with pytest.raises(Overloaded):
                engine.record("wutong", Noted(text=seal("rain")), by="wang", key="k")
            with pytest.raises(Overloaded):
                engine.tokens.create("wutong", "wang", "away")
        finally:
            postgres_cluster.start()
        assert engine.head("wutong") == head
        assert (
            engine.record("wutong", Noted(text=seal("rain")), by="wang", key="k").seq
            == head.seq + 1
        )
        assert engine.verify("wutong")[1] is None


def test_an_empty_database_gets_its_tables_and_its_version(make: Make) -> None:
    engine = make()
    assert engine.storage.version() == HEAD
    again = make()
    assert again.storage.version() == HEAD
    assert engine.communities() == []


@pytest.mark.parametrize(
    ("version", "what"),
    [
        (
            "9999",
            rf"the database is newer than this program \(its version is 9999, known up to {HEAD}\)",
        ),
    ],
)
def test_a_newer_database_is_refused_and_not_touched(
    make: Make, engine: Engine, version: str, what: str
) -> None:
    head = engine.head("wutong")
    with engine.storage.write() as connection:
        connection.execute(text(f"UPDATE {table(engine.storage)} SET version_num = '{version}'"))
    with pytest.raises(Misconfigured, match=what):
        make()
    assert engine.head("wutong") == head


def test_an_older_database_says_which_command_helps(
    make: Make, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_module, "HEAD", "0009")
    monkeypatch.setattr(storage_module, "KNOWN", ("0001", "0009"))
    with engine.storage.write() as connection:
        connection.execute(text(f"UPDATE {table(engine.storage)} SET version_num = '0001'"))
    with pytest.raises(Misconfigured, match=r"has version 0001, .* needs 0009: run wugong migrate"):
        make()


def described(address: str, schema: str | None) -> dict[str, Any]:
    """Describe every table of ours: columns, keys, indexes and unique constraints."""
    pool = create_engine(address)
    found: dict[str, Any] = {}
    with pool.connect() as connection:
        inspector = inspect(connection)
        for name in inspector.get_table_names(schema):
            indexes = inspector.get_indexes(name, schema)
            found[name] = {
                "columns": [
                    (c["name"], str(c["type"]), c["nullable"], getattr(c["type"], "collation", ""))
                    for c in inspector.get_columns(name, schema)
                ],
                "key": inspector.get_pk_constraint(name, schema)["constrained_columns"],
                "indexes": sorted((i["name"] or "", tuple(i["column_names"])) for i in indexes),
                "unique": sorted(
                    tuple(u["column_names"]) for u in inspector.get_unique_constraints(name, schema)
                ),
            }
    pool.dispose()
    return found


def test_an_upgraded_database_is_like_a_new_one(database: str, tmp_path: Path) -> None:
    """Every migration from the first to the last makes what ``create_all`` makes."""
    storage = Storage(database)
    schema = SCHEMA if storage.is_postgres else None
    config = Config()
    folder = Path(storage_module.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    with storage.write() as connection:
        if schema:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        config.attributes["connection"] = connection
        config.attributes["schema"] = schema
        command.upgrade(config, "head")
    assert storage.version() == HEAD
    storage.prepare()
    upgraded = described(database, schema)
    with storage.write() as connection:
        metadata.drop_all(connection)
        connection.execute(text(f"DROP TABLE {table(storage)}"))
    storage.prepare()
    assert described(database, schema) == upgraded
    assert set(upgraded) == {*metadata.tables, VERSION_TABLE}
    storage.dispose()
    with Engine(database, {"shop": SHOP}, keys=tmp_path / "k") as engine:
        people(engine)
        assert engine.verify("wutong")[1] is None


def test_migrating_is_safe_to_repeat_and_keeps_the_chain(make: Make, engine: Engine) -> None:
    head = engine.head("wutong")
    assert engine.storage.migrate() == HEAD
    assert engine.storage.migrate() == HEAD
    assert engine.verify("wutong") == (head, None)
    assert make().head("wutong") == head


OLD = """
ALTER TABLE {0}wugong_voted RENAME COLUMN mark TO entitlement;
INSERT INTO {0}wugong_voted (community, poll, entitlement) VALUES ('wutong', 7, 'u1');
INSERT INTO {0}wugong_voted (community, poll, entitlement) VALUES ('wutong', 7, 'u2');
INSERT INTO {0}wugong_voted (community, poll, entitlement) VALUES ('wutong', 9, 'u2');
UPDATE {1} SET version_num = '0001'
"""


def made_old(engine: Engine, more: str = "") -> None:
    """Bring a database to the first version, with three secret ballots that were counted."""
    storage = engine.storage
    with storage.write() as connection:
        place = "wugong." if storage.is_postgres else ""
        for statement in f"{OLD}{more}".format(place, table(storage)).split(";"):
            connection.execute(text(statement))
    assert storage.version() == "0001"


def test_who_voted_stands_as_a_mark_after_migrating(make: Make, engine: Engine) -> None:
    made_old(engine)
    with pytest.raises(Misconfigured, match="run wugong migrate"):
        make()
    assert engine.storage.migrate() == HEAD
    after = make()
    turnouts = [after.turnout("wutong", poll, while_open=False) for poll in (7, 8, 9)]
    assert turnouts == [2, 0, 1]
    assert not after.has_voted("wutong", 7, "u1")
    place = "wugong.wugong_voted" if engine.storage.is_postgres else "wugong_voted"
    with engine.storage.read() as connection:
        marks = connection.execute(text(f"SELECT mark FROM {place}")).scalars().all()
    assert {len(mark) for mark in marks} == {40} and len({*marks}) == 5


def test_an_older_journal_gets_its_index_by_migrating(engine: Engine) -> None:
    storage = engine.storage
    schema, place = ("wugong", "wugong.") if storage.is_postgres else (None, "")

    def indexes() -> set[Any]:
        with storage.read() as connection:
            return {
                one["name"] for one in inspect(connection).get_indexes("wugong_journal", schema)
            }

    before = indexes()
    with storage.write() as connection:
        connection.execute(text(f"DROP INDEX {place}{NEWEST}"))
        connection.execute(text(f"UPDATE {table(storage)} SET version_num = '0002'"))
    assert NEWEST in before and indexes() == before - {NEWEST}
    assert storage.migrate() == HEAD
    assert indexes() == before


def test_a_box_that_is_not_open_is_not_migrated(engine: Engine) -> None:
    made_old(engine, ";INSERT INTO {0}wugong_box VALUES ('wutong', 'a', 7, 'x')")
    with pytest.raises(Misconfigured, match="a secret poll is under way"):
        engine.storage.migrate()
    assert engine.storage.version() == "0001"


def test_a_ballot_that_is_put_in_just_now_is_waited_for(postgres_url: str, tmp_path: Path) -> None:
    engine = Engine(postgres_url, {}, keys=tmp_path / "k")
    storage = engine.storage
    made_old(engine)
    failed: list[BaseException] = []

    def migrate() -> None:
        try:
            storage.migrate()
        except Misconfigured as error:
            failed.append(error)

    with storage.pool.connect() as other:
        other.execute(text("INSERT INTO wugong.wugong_box VALUES ('wutong', 'a', 7, 'x')"))
        migrating = Thread(target=migrate)
        migrating.start()
        migrating.join(0.5)
        assert migrating.is_alive()
        other.commit()
    migrating.join()
    assert "under way" in str(failed[0]) and storage.version() == "0001"
    engine.close()


def test_migrating_an_empty_database_makes_it(database: str) -> None:
    storage = Storage(database)
    assert storage.version() is None
    assert storage.migrate() == HEAD
    assert storage.version() == HEAD
    storage.dispose()


def test_a_hosts_own_tables_are_left_alone(database: str, tmp_path: Path) -> None:
    pool = create_engine(database)
    with pool.begin() as connection:
        connection.execute(text("CREATE TABLE orders (n integer)"))
        connection.execute(text("INSERT INTO orders VALUES (7)"))
    with Engine(database, {"shop": SHOP}, keys=tmp_path / "k") as engine:
        people(engine)
        engine.storage.migrate()
        engine.rebuild()
    with pool.connect() as connection:
        assert connection.execute(text("SELECT n FROM orders")).scalars().all() == [7]
    pool.dispose()


# A full disk


def test_a_full_disk_loses_nothing_acknowledged_and_goes_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    """SQLite is given a number of pages instead of a small disk: the same error, no root."""
    with Engine(f"sqlite:///{tmp_path / 'a.db'}", {"shop": SHOP}) as engine:
        people(engine)
        place = engine.record("wutong", MatterOpened(title="Lights"), by="li").matter
        pages = {"most": _pages(engine) + 40}

        def limit(raw: Any, _record: Any, _proxy: Any) -> None:
            raw.execute(f"PRAGMA max_page_count = {pages['most']}").close()

        sqlalchemy_event.listen(engine.storage.writing, "checkout", limit)
        acknowledged = [engine.head("wutong").seq]
        with pytest.raises(Overloaded, match="nothing was recorded"):
            for _ in range(10_000):
                said = Noted(text=seal("x" * 200))
                acknowledged.append(engine.record(place, said, by="li", key=str(_)).seq)
        assert len(acknowledged) > 10
        assert engine.head("wutong").seq == acknowledged[-1]
        assert engine.verify("wutong")[1] is None
        assert engine.matter(place).last == acknowledged[-1]
        pages["most"] += 400
        more = engine.record("wutong", Given(to=("li",), points=1), by="wang").seq
        assert more == acknowledged[-1] + 1
        assert engine.book(POINTS, "wutong") == {"li": 1}
        assert engine.verify("wutong")[1] is None
        with engine.storage.read() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY])
def test_what_is_no_act_is_turned_away_too_while_nothing_can_be_written(
    tmp_path: Path, code: int
) -> None:
    with Engine(f"sqlite:///{tmp_path / 'a.db'}", {"shop": SHOP}) as engine:
        with ending_commit(engine, said_by_sqlite(code)), pytest.raises(Overloaded) as raised:
            engine.sessions.create("li", engine.now())
        assert raised.type is Overloaded  # not uncertain: nothing was written
        assert engine.sessions.create("li", engine.now())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of three megabytes; only root can make one."""
    place = tmp_path / "disk"
    place.mkdir()
    if not _mounted(place, "size=3m"):
        pytest.skip("no right to mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def _mounted(place: Path, options: str) -> bool:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    made = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    return subprocess.run(made, capture_output=True, check=False).returncode == 0


def test_a_small_disk_fills_up_and_grows(small_disk: Path) -> None:
    """Database, log and keys on one disk: what was acknowledged before it was full is there."""
    with Engine(f"sqlite:///{small_disk / 'a.db'}", {"shop": SHOP}) as engine:
        people(engine)
        place = engine.record("wutong", MatterOpened(title="Lights"), by="li").matter
        first = last = engine.head("wutong").seq
        with pytest.raises(Overloaded, match="nothing was recorded"):
            while True:
                last = engine.record(place, Noted(text=seal("x" * 200)), by="li").seq
        assert last > first + 10
        for _ in range(3):
            with pytest.raises(Overloaded):
                engine.record(place, Noted(text=seal("x" * 200)), by="li")
        assert engine.head("wutong").seq == last
        assert engine.verify("wutong")[1] is None
        assert _mounted(small_disk, "remount,size=9m")
        assert engine.record(place, Noted(text=seal("y" * 200)), by="li").seq == last + 1
        assert engine.verify("wutong")[1] is None


def _pages(engine: Engine) -> int:
    with engine.storage.read() as connection:
        return int(connection.execute(text("PRAGMA page_count")).scalar() or 0)
