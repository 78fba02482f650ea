"""The command line: help, exit codes and what each command does to a real database."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import verify_journal
from wugong import Engine, MemberEnrolled, Overloaded, Uncertain, seal
from wugong_server import cli
from wugong_server.commands import console


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code and what it printed."""

    code: int
    out: str
    err: str

    def json(self) -> object:
        return json.loads(self.out)


Run = Callable[..., Ended]


def run(*arguments: str) -> Ended:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.run(list(arguments))
    return Ended(code, out.getvalue(), err.getvalue())


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "WUGONG_DATABASE_URL", "WUGONG_KEYS", "PORT", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def founded() -> Path:
    """A community in the default database of the working folder."""
    assert run("found", "wutong", "--title", "梧桐里（示例）").code == 0
    return Path("wugong.sqlite3")


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    ended = run(command, "--help")
    assert ended.code == 0
    assert "Usage: wugong " + command in ended.out
    assert len(ended.out.splitlines()) > 4


def test_the_exit_codes_are_documented() -> None:
    ended = run("--help")
    assert ended.code == 0
    text = " ".join(ended.out.split())
    for code in (
        console.FOUND,
        console.WRONG,
        console.SETUP,
        console.TAKEN,
        console.REFUSED,
        console.BUSY,
        console.UNKNOWN,
    ):
        assert f"{code} " in text[text.index("Exit codes") :]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Overloaded("the disk is full"), console.BUSY, "nothing was recorded"),
        (Uncertain("the database went away"), console.UNKNOWN, "look before you try again"),
    ],
)
def test_whether_anything_was_recorded_is_said_as_far_as_it_is_known(
    error: Overloaded, code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(Engine, "found", away)
    ended = run("found", "wutong", "--title", "x")
    assert ended.code == code and said in ended.err
    assert ("nothing was recorded" in ended.err) is (code == console.BUSY)


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("verify", "--nonsense"), ("export",), ("found", "wutong"), ()]
)
def test_a_wrong_command_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).code == console.WRONG


def test_a_community_is_founded_once_and_well_named(founded: Path) -> None:
    again = run("found", "wutong", "--title", "Another")
    assert again.code == console.REFUSED and "wugong.community_exists" in again.err
    assert "There is a community of this name already" in again.err
    for name in ("Wutong", "w", "a.b", "梧桐", "x" * 41):
        assert run("found", name, "--title", "x").code == console.WRONG
    assert run("found", "other", "--title", "x", "--setting", "lunar").code == console.WRONG
    assert run("found", "other", "--title", "x", "--plugin", "nowhere").code == console.SETUP


def test_a_community_says_where_it_lies_when_it_is_founded(founded: Path) -> None:
    wrong = run("found", "other", "--title", "x", "--jurisdiction", "CN-SC-Chendgu")
    assert wrong.code == console.WRONG and "CN-SC-Chengdu" in wrong.err
    there = run("found", "other", "--title", "x", "--jurisdiction", "CN-SC-Chengdu")
    assert there.code == 0
    with Engine(f"sqlite:///{founded}") as engine:
        assert engine.matter("other").setting("wugong.jurisdiction", "") == "CN-SC-Chengdu"
        assert [name for name, *_ in engine.communities()] == ["other", "wutong"]


def test_an_administrator_can_sign_in_afterwards(founded: Path) -> None:
    from wugong_server.accounts import check_password

    ended = run("createadmin", "wutong", "anna", "--name", "安娜")
    assert ended.code == 0
    password = ended.out.rpartition("password: ")[2].strip()
    with Engine(f"sqlite:///{founded}") as engine:
        account = engine.accounts.find("anna")
        assert account is not None
        member = account.members["wutong"]
        assert check_password(engine, "anna", password)
        assert "admin" in engine.viewer("wutong", member).roles
        seq = engine.head("wutong").seq
    # A second time: a new password for the same person, and nothing more in the journal.
    assert run("createadmin", "wutong", "anna").code == 0
    with Engine(f"sqlite:///{founded}") as engine:
        assert not check_password(engine, "anna", password)
        assert engine.head("wutong").seq == seq
    assert run("createadmin", "nowhere", "anna").code == 1


def test_a_password_is_read_from_standard_input(
    founded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("123456789\n"))
    assert run("createadmin", "wutong", "anna", "--password-stdin").code == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("1234567890\n"))
    ended = run("createadmin", "wutong", "anna", "--password-stdin")
    assert ended.code == 0 and "1234567890" not in ended.out


def test_tokens_are_made_listed_and_revoked(founded: Path) -> None:
    run("createadmin", "wutong", "anna", "--member", "m-anna")
    made = run("token", "create", "wutong", "m-anna", "--label", "portal", "--days", "7")
    token = made.out.strip()
    with Engine(f"sqlite:///{founded}") as engine:
        found = engine.tokens.find(token, engine.now())
        assert found is not None and (found.member, found.label) == ("m-anna", "portal")
        assert engine.tokens.find(token, engine.now() + timedelta(days=8)) is None
    listed = run("token", "list", "wutong", "--json").json()
    assert isinstance(listed, list) and listed[0]["label"] == "portal"
    assert token not in json.dumps(listed)
    assert run("token", "revoke", "wutong", listed[0]["id"][:7]).code == 1
    assert run("token", "revoke", "wutong", listed[0]["id"]).code == 0
    with Engine(f"sqlite:///{founded}") as engine:
        assert engine.tokens.find(token, engine.now()) is None
    assert run("token", "create", "wutong", "nobody", "--label", "x").code == 1
    more = run("token", "create", "wutong", "m-anna", "--label", "desk", "--json").json()
    assert isinstance(more, dict) and (more["member"], more["label"]) == ("m-anna", "desk")
    with Engine(f"sqlite:///{founded}") as engine:
        found = engine.tokens.find(more["token"], engine.now())
        assert found is not None and found.label == "desk"
        assert more["until"] == (engine.now() + timedelta(days=365)).date().isoformat()


def test_rebuild_names_the_communities_as_json(founded: Path) -> None:
    assert run("found", "other", "--title", "x").code == 0
    assert run("rebuild", "--json").json() == {"communities": ["other", "wutong"]}
    assert run("rebuild").out == "rebuilt the books and views of 2 communities\n"


# The journal


def change(database: Path, statement: str) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute(statement)
    connection.close()


def test_verify_names_the_first_record_that_was_changed(founded: Path) -> None:
    run("createadmin", "wutong", "anna")
    ended = run("verify")
    assert ended.code == 0 and ended.out.startswith("wutong: 3 records fit; head 3:")
    change(founded, "UPDATE wugong_journal SET channel = 'web' WHERE seq = 2")
    ended = run("verify", "wutong", "--json")
    assert ended.code == console.FOUND
    (found,) = json.loads(ended.out)
    assert (found["fits"], found["record"]) == (False, 2)


def test_verify_sees_a_cut_or_rewritten_journal_by_an_older_head(founded: Path) -> None:
    run("createadmin", "wutong", "anna")
    head = run("verify").out.rpartition("head ")[2].strip()
    assert run("verify", "wutong", "--head", head).code == 0
    other = "2:" + "0" * 64
    assert run("verify", "wutong", "--head", other).code == console.FOUND
    change(founded, "DELETE FROM wugong_journal WHERE seq = 3")
    assert run("verify", "wutong").code == 0
    ended = run("verify", "wutong", "--head", head)
    assert ended.code == console.FOUND and "cut off" in ended.out
    assert run("verify", "--head", head).code == console.WRONG
    assert run("verify", "wutong", "--head", "3:zz").code == console.WRONG


def test_a_copy_of_the_main_file_alone_shows_against_the_head(founded: Path) -> None:
    copy = ("--database", "sqlite:///copied.sqlite3", "--keys", f"{founded}.keys")
    with Engine(f"sqlite:///{founded}") as engine:
        before = engine.head("wutong").seq
        enrolled = MemberEnrolled(member="m-1", name=seal("安娜"))
        engine.record("wutong", enrolled, by="operator")
        head = engine.head("wutong")
        assert Path(f"{founded}-wal").stat().st_size  # what is new stands in the log alone
        shutil.copyfile(founded, "copied.sqlite3")
    ended = run("verify", "wutong", *copy)
    assert ended.code == 0 and f"{before} records fit" in ended.out  # it looks whole
    with sqlite3.connect("copied.sqlite3") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    ended = run("verify", "wutong", *copy, "--head", f"{head.seq}:{head.digest}")
    assert ended.code == console.FOUND == 1 and "cut off" in ended.out
    assert run("verify", "wutong", "--head", f"{head.seq}:{head.digest}").code == 0


def test_verify_says_that_a_journal_only_grew_and_writes_the_proof(founded: Path) -> None:
    head = run("verify").out.rpartition("head ")[2].strip()
    with Engine(f"sqlite:///{founded}") as engine:
        seq = engine.head("wutong").seq
        proof, grown = engine.proof("wutong", seq), engine.growth("wutong", seq)
    assert proof is not None and grown is not None
    run("createadmin", "wutong", "anna")
    for kept in (head, f"{seq}:{proof.code}", f"{seq}:{grown.old_root[:12]}"):
        ended = run("verify", "wutong", "--since", kept, "--growth", "growth.json")
        assert ended.code == 0 and f"since record {seq} it only grew" in ended.out
    assert verify_journal.main(["--grown", "growth.json", "--head", head]) == 0
    Path("growth.json").unlink()
    other = run("verify", "wutong", "--since", f"{seq}:{'0' * 12}", "--growth", "growth.json")
    assert other.code == console.FOUND and "was rewritten" in other.out
    assert not Path("growth.json").exists()
    assert run("verify", "wutong", "--growth", "growth.json").code == console.WRONG
    two = ("--since", head, "--since", head)
    assert run("verify", "wutong", *two, "--growth", "growth.json").code == console.WRONG
    assert run("verify", "wutong", "--since", f"{seq}:{'0' * 11}").code == console.WRONG
    assert run("verify", "wutong", "--since", f"0:{'0' * 12}").code == console.FOUND


@pytest.mark.parametrize("public", [False, True])
def test_an_export_is_checked_by_the_stand_alone_verifier(founded: Path, public: bool) -> None:
    run("createadmin", "wutong", "anna", "--name", "安娜")
    ended = run("export", "wutong", "-o", "wutong.jsonl", *(["--public"] if public else []))
    assert ended.code == 0 and "3 records" in ended.err
    text = Path("wutong.jsonl").read_text(encoding="utf-8")
    assert "安娜" not in text
    chain = verify_journal.verify(iter(text.splitlines()), [])
    assert (chain.seq, chain.withheld) == (3, 1 if public else 0)
    head = run("verify").out.rpartition("head ")[2].strip()
    assert f"{chain.seq}:{chain.digest}" == head
    assert run("export", "wutong", *(["--public"] if public else [])).out == text
    assert run("export", "nowhere").code == 1


# Back-up


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


def test_tick_rebuild_migrate_and_the_lists(founded: Path) -> None:
    assert run("tick", "--json").json() == {"facts": 0}
    assert run("tick").out == "nothing was due\n"
    assert run("rebuild").code == 0
    assert run("migrate", "--check").code == 0
    assert run("migrate").code == 0
    plugins = run("plugins", "--json").json()
    assert isinstance(plugins, list) and {"voting", "planning"} <= {p["name"] for p in plugins}
    assert "voting" in run("plugins").out
    document = run("openapi").json()
    assert isinstance(document, dict) and document["openapi"] == "3.1.0"


def test_migrate_check_tells_an_empty_database_from_a_current_one() -> None:
    assert run("migrate", "--check").code == console.FOUND
    assert run("migrate").code == 0
    assert run("migrate", "--check").code == 0


def test_a_database_that_is_newer_stops_every_command(founded: Path) -> None:
    change(founded, "UPDATE wugong_version SET version_num = '9999'")
    for command in (("verify",), ("tick",), ("serve", "--port", "0"), ("migrate",), ("check",)):
        ended = run(*command)
        assert ended.code == console.SETUP, command
        assert "newer" in ended.err


def test_check_masks_secrets(founded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUGONG_SECRET_KEY", "canary-of-sixteen-letters")
    ended = run("check")
    assert ended.code == 0 and "***" in ended.out
    assert "canary" not in ended.out + ended.err
    shown = run("check", "--json").json()
    assert isinstance(shown, dict) and shown["secret_key"] == "***"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("WUGONG_SECRET_KEY", "short", "16"),
        ("PORT", "eighty", "PORT"),
        ("WUGONG_PORT", "70000", "PORT"),
        ("WUGONG_LANGUAGE", "fr", "WUGONG_LANGUAGE"),
        ("WUGONG_DATABASE_URL", "mysql://x", "SQLite and PostgreSQL"),
        ("WUGONG_DATABASE_URL", "sqlite:///nowhere/at/all.db", "folder"),
        ("WUGONG_SECRET_KEY_FILE", "nowhere", "WUGONG_SECRET_KEY_FILE"),
    ],
)
def test_a_wrong_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    ended = run("check")
    assert ended.code == console.SETUP
    assert told in ended.err and "canary" not in ended.err


def test_a_secret_is_read_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wugong_server.environment import read_environment

    (tmp_path / "secret").write_text("sixteen-letters-or-more\n")
    monkeypatch.setenv("WUGONG_SECRET_KEY", "")
    monkeypatch.delenv("WUGONG_SECRET_KEY")
    monkeypatch.setenv("WUGONG_SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert read_environment().settings().secret == b"sixteen-letters-or-more"


def test_the_doctor_finds_keys_that_others_can_read(founded: Path) -> None:
    assert run("doctor").code == 0
    Path("wugong.sqlite3.keys").chmod(0o644)
    ended = run("doctor", "--json")
    assert ended.code == console.FOUND
    wrong = [one for one in json.loads(ended.out) if one["ok"] is False]
    assert [one["subject"] for one in wrong] == ["keys"]


def test_the_doctor_minds_passwords_in_clear(
    founded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUGONG_HOST", "0.0.0.0")
    ended = run("doctor")
    assert ended.code == console.FOUND and "https" in ended.out
    monkeypatch.setenv("WUGONG_BASE_URL", "https://gongshi.example.cn")
    monkeypatch.setenv("WUGONG_TRUSTED_HOSTS", "gongshi.example.cn")
    assert run("doctor").code == 0


# Local packs

PACK = """
id = "town.special"
parent = "owners.special"
jurisdiction = "example"
notice_days = {days}
basis = [{{ article = "例 1", text_year = 2026, confidence = "I" }}]
title = {{ en = "Town" }}
"""


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "packs"
    folder.mkdir()
    (folder / "town.toml").write_text(PACK.format(days=16), encoding="utf-8")
    monkeypatch.setenv("WUGONG_PACKS", str(folder))
    return folder


def test_check_and_doctor_say_which_packs_are_read(founded: Path, packs: Path) -> None:
    told = "town.special (town.toml): stricter than owners.special in notice_days"
    assert f"local pack {told}\n" in run("check").out
    shown = run("check", "--json").json()
    assert isinstance(shown, dict) and shown["packs_read"] == [told]
    assert f"ok  local pack: {told}\n" in run("doctor").out
    (packs / "town.toml").unlink()
    assert f"–   local packs: no *.toml in {packs}\n" in run("doctor").out
    assert run("tick").code == 0


def test_an_empty_variable_names_no_folder(founded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUGONG_PACKS", "")
    Path("town.toml").write_text("colour = 1\n", encoding="utf-8")
    assert run("check").code == 0 and "local pack" not in run("doctor").out


def test_a_laxer_pack_stops_what_decides_and_nothing_is_written(packs: Path) -> None:
    (packs / "town.toml").write_text(PACK.format(days=14), encoding="utf-8")
    for command in (("serve", "--port", "0"), ("check",), ("tick",), ("procedures",)):
        ended = run(*command)
        assert ended.code == console.SETUP, command
        assert (
            "local packs: town.toml: procedure town.special, notice_days: 14 is laxer" in ended.err
        )
    assert [one.name for one in packs.parent.iterdir()] == ["packs"]
    ended = run("doctor")
    assert ended.code == console.FOUND and "NO  packs: local packs: town.toml" in ended.out


def test_a_back_up_is_made_whatever_the_packs_say(founded: Path, packs: Path) -> None:
    (packs / "town.toml").write_text("colour = 1\n", encoding="utf-8")
    assert run("backup", "kept").code == 0 and run("verify").code == 0


# Rosters

ROSTER = "房号,姓名,专有面积,单元\n101,张三,80.50,一\n102,李四,70,一\n103,张三,60,一\n"


def test_a_roster_is_checked_first_and_then_written(founded: Path) -> None:
    Path("owners.csv").write_text(ROSTER, encoding="utf-8")
    checked = run("import-roster", "wutong", "owners", "owners.csv", "--json").json()
    assert isinstance(checked, dict)
    assert (checked["entitlements"], checked["new"], checked["written"]) == (2, 2, False)
    with Engine(f"sqlite:///{founded}") as engine:
        assert engine.head("wutong").seq == 1
    written = run("import-roster", "wutong", "owners", "owners.csv", "--write")
    assert written.code == 0 and "imported" in written.out
    with Engine(f"sqlite:///{founded}") as engine:
        seq = engine.head("wutong").seq
        assert seq == 4  # two people and the roster
    again = run("import-roster", "wutong", "owners", "owners.csv", "--write")
    assert again.code == 0 and "the same already" in again.out
    with Engine(f"sqlite:///{founded}") as engine:
        assert engine.head("wutong").seq == seq


def test_a_roster_with_a_fault_writes_nothing(founded: Path) -> None:
    Path("owners.csv").write_text(ROSTER + "104,王五,-1,一\n101,赵六,80,一\n", encoding="gb18030")
    ended = run("import-roster", "wutong", "owners", "owners.csv", "--write")
    assert ended.code == console.FOUND
    assert "Row 5" in ended.out and "Row 6" in ended.out
    with Engine(f"sqlite:///{founded}") as engine:
        assert engine.head("wutong").seq == 1


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_template_can_be_filled_in(suffix: str) -> None:
    assert run("import-roster", "--template", f"empty.{suffix}").code == 0
    assert Path(f"empty.{suffix}").stat().st_size > 10
    assert run("import-roster", "--template", "empty.pdf").code == console.WRONG
    assert run("import-roster").code == console.WRONG


# Stories

CASE = """
title = "Lamps (sample)"
community = "lane"
name = "Lane (sample)"
setting = "urban"
starts = 2026-03-02T09:00:00+08:00
plugins = ["planning"]
[members]
li = { name = "Li (sample)" }
[[step]]
by = "li"
do = "wugong.matter_opened"
with = { title = "Lamps" }
[[step]]
by = "li"
do = "wugong.stage_closed"
with = { stage = "plan" }
refused = ["wugong.not_your_role"]
[[step]]
expect = { stages = { plan = "open" } }
"""


def test_a_story_is_played_a_line_an_act() -> None:
    Path("case.toml").write_text(CASE)
    ended = run("play", "case.toml")
    assert ended.code == 0
    assert "3 steps, 0 not as expected" in ended.out
    assert "Li (sample)" in ended.out and "⟂" in ended.out
    entries = run("play", "case.toml", "--json").json()
    assert isinstance(entries, list) and [one["step"] for one in entries] == [1, 2, 3]
    assert not Path("wugong.sqlite3").exists()


def test_refusals_are_told_as_on_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    from wugong import Refusal
    from wugong.plugins import Registry
    from wugong_server.commands.reasons import reason

    registry = Registry(refusals={"x.y": "{short_fen} short at {ends_at}: {stages}"})
    details: dict[str, int | str] = {
        "short_fen": 1_260_000,
        "ends_at": "2026-03-26T01:00:00.000Z",
        "stages": "plan, build",
    }
    told = reason(registry, console.words(), Refusal("x.y", "民法典 278", details))
    assert "12,600.00" in told and "09:00" in told and "Z" not in told.replace("[", "")
    assert "Plan" in told and "Build" in told and told.endswith("]")
    assert reason(registry, console.words(), Refusal("no.words")) == "no.words"


def test_a_story_that_goes_otherwise_names_its_first_expectation() -> None:
    Path("case.toml").write_text(CASE.replace('plan = "open"', 'plan = "done"'))
    ended = run("play", "case.toml", "-q")
    assert ended.code == console.FOUND
    assert ended.err.startswith("step 3 (expect stages): stages are {'plan': 'open'}")
    assert ended.out == ""


def test_a_case_with_an_unknown_key_is_refused() -> None:
    Path("case.toml").write_text(CASE + "colour = 'red'\n")
    ended = run("play", "case.toml")
    assert ended.code == 1 and "colour" in ended.err
    Path("case.toml").write_text("title = ")
    assert run("play", "case.toml").code == 1
    assert run("play", "nowhere.toml").code == console.WRONG


def test_the_calendar_is_looked_at_before_anything_is_served(
    founded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path("calendar.json")
    assert "calendar: none (WUGONG_CALENDAR)" in run("doctor").out
    monkeypatch.setenv("WUGONG_CALENDAR", str(file))
    years: dict[str, dict[str, list[str]]] = {}
    years |= {str(datetime.now(UTC).year + n): {"holidays": [], "workdays": []} for n in (0, 1)}
    file.write_text(json.dumps(years), encoding="utf-8")
    assert f"ok  calendar: {', '.join(years)}\n" in run("doctor").out
    file.write_text("{}", encoding="utf-8")
    assert "NO  calendar: no year" in run("doctor").out
    file.write_text("{", encoding="utf-8")
    ended = run("serve", "--port", "0")
    assert (ended.code, "calendar.json" in ended.err) == (3, True)
