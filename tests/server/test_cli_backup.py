"""The command line and back-ups: made, restored, refused where anything was changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.server.commanding import run
from wugong import Engine
from wugong_server.commands import console

pytestmark = pytest.mark.usefixtures("surroundings")


def test_a_back_up_restores_to_the_same_journal_and_the_same_names(founded: Path) -> None:
    run("createadmin", "wutong", "anna", "--member", "m-anna", "--name", "安娜")
    ended = run("backup", "copy", "--json")
    assert ended.code == 0
    manifest = json.loads(Path("copy/manifest.json").read_text(encoding="utf-8"))
    assert manifest == ended.json()
    assert set(manifest["files"]) == {"database.sqlite3", "keys.sqlite3"}
    assert Path("copy").stat().st_mode & 0o077 == 0
    run("createadmin", "wutong", "bert")  # after the back-up
    restored = run("restore", "copy", "--database", "sqlite:///new.sqlite3")
    assert restored.code == 0, restored.err
    head = manifest["heads"]["wutong"]
    assert f"head {head['seq']}:{head['digest']}" in restored.out
    with Engine("sqlite:///new.sqlite3") as engine:
        from wugong import OPERATOR

        assert engine.names("wutong", ["m-anna"], OPERATOR) == {"m-anna": "安娜"}
        assert engine.head("wutong").seq == head["seq"]


def test_what_a_restore_found_is_there_as_json(founded: Path) -> None:
    run("backup", "copy")
    head = json.loads(Path("copy/manifest.json").read_text("utf-8"))["heads"]["wutong"]
    done = run("restore", "copy", "--database", "sqlite:///new.sqlite3", "--json").json()
    journal = {"community": "wutong", "records": 1, "digest": head["digest"]}
    journals = [journal | {"fits": True, "since": []}]
    assert done == {"kept_keys": None, "migrated": None, "journals": journals}
    Path("new.sqlite3").unlink()
    manifest = Path("copy/manifest.json")
    manifest.write_text(manifest.read_text("utf-8").replace(head["digest"], "0" * 64), "utf-8")
    ended = run("restore", "copy", "--database", "sqlite:///new.sqlite3", "--json")
    assert ended.code == console.FOUND
    told = json.loads(ended.out)
    assert told["kept_keys"] == "new.sqlite3.keys" and told["journals"][0]["fits"] is False
    Path("new.sqlite3").unlink()
    plain = run("restore", "copy", "--database", "sqlite:///new.sqlite3")
    assert plain.code == console.FOUND
    assert "wutong: record 1 of the back-up is not there" in plain.err


def test_nothing_is_overwritten(founded: Path) -> None:
    assert run("backup", "copy").code == 0
    assert run("backup", "copy").code == 1
    ended = run("restore", "copy")
    assert ended.code == 1 and "exists already" in ended.err
    assert run("restore", ".").code == 1


@pytest.mark.parametrize("name", ["database.sqlite3", "keys.sqlite3"])
def test_a_back_up_that_was_changed_is_not_restored(founded: Path, name: str) -> None:
    run("backup", "copy")
    path = Path("copy") / name
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    ended = run("restore", "copy", "--database", "sqlite:///new.sqlite3")
    assert ended.code == console.FOUND and name in ended.err
    assert not Path("new.sqlite3").exists() and not Path("new.sqlite3.keys").exists()


def test_a_back_up_of_a_newer_program_is_refused(founded: Path) -> None:
    run("backup", "copy")
    path = Path("copy/manifest.json")
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "schema": "9999"}))
    ended = run("restore", "copy", "--database", "sqlite:///new.sqlite3")
    assert ended.code == console.SETUP and "newer" in ended.err


def test_a_manifest_cannot_point_outside_its_folder(founded: Path) -> None:
    run("backup", "copy")
    path = Path("copy/manifest.json")
    manifest = json.loads(path.read_text())
    manifest["files"]["../wugong.sqlite3"] = manifest["files"]["database.sqlite3"]
    path.write_text(json.dumps(manifest))
    assert run("restore", "copy", "--database", "sqlite:///new.sqlite3").code == console.FOUND


def test_the_present_keys_are_kept_so_that_who_was_erased_stays_erased(founded: Path) -> None:
    from wugong import OPERATOR, Erased

    run("createadmin", "wutong", "anna", "--member", "m-anna", "--name", "安娜")
    run("backup", "copy")
    with Engine(f"sqlite:///{founded}") as engine:
        engine.record("wutong", Erased(member="m-anna", reason="asked for"), by="operator")
    founded.rename("old.sqlite3")
    for beside in Path().glob("wugong.sqlite3-*"):
        beside.unlink()
    ended = run("restore", "copy")
    assert ended.code == 0 and "erased" in ended.out
    with Engine(f"sqlite:///{founded}") as engine:
        assert engine.names("wutong", ["m-anna"], OPERATOR) == {"m-anna": ""}
        assert engine.verify("wutong")[1] is None


@pytest.mark.postgres
def test_postgresql_is_backed_up_and_restored(postgres_cluster: object, tmp_path: Path) -> None:
    from shutil import which

    from tests.conftest import unavailable
    from tests.support.postgres import Cluster

    if which("pg_dump") is None:
        unavailable("no pg_dump found (on Debian: apt-get install postgresql-client)")
    assert isinstance(postgres_cluster, Cluster)
    with postgres_cluster.new_database() as url, postgres_cluster.new_database() as empty:
        where = ("--database", url, "--keys", str(tmp_path / "a.keys"))
        assert run("found", "wutong", "--title", "x", *where).code == 0
        assert run("createadmin", "wutong", "anna", *where).code == 0
        assert run("backup", "copy", *where).code == 0
        there = ("--database", empty, "--keys", str(tmp_path / "b.keys"))
        restored = run("restore", "copy", *there)
        assert restored.code == 0, restored.err
        assert run("verify", *there).out == run("verify", *where).out
        assert run("restore", "copy", *there).code == 1


# Upkeep
