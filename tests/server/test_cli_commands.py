"""The command line: help, exit codes and what each command does to a real database."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.server.commanding import CASE, ROSTER, change, run
from wugong import Engine, Overloaded, Uncertain, hookspecs
from wugong.storage import HEAD
from wugong_server import cli
from wugong_server import hookspecs as server_hookspecs
from wugong_server.commands import console

pytestmark = pytest.mark.usefixtures("surroundings")


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


def test_a_file_that_cannot_be_written_is_named(founded: Path, tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "out.jsonl"
    ended = run("export", "wutong", "--output", str(file))
    assert ended.code == console.WRONG
    assert str(file.parent) in ended.err and "No such file" in ended.err


def test_a_community_is_founded_once_and_well_named(founded: Path) -> None:
    again = run("found", "wutong", "--title", "Another")
    assert again.code == console.REFUSED and "wugong.community_exists" in again.err
    assert "There is a community of this name already" in again.err
    for name in ("Wutong", "w", "a.b", "梧桐", "x" * 41):
        assert run("found", name, "--title", "x").code == console.WRONG
    untitled = run("found", "other", "--title", "")
    assert untitled.code == console.WRONG
    assert "title" in untitled.err and "COMMUNITY" not in untitled.err
    wrong = run("found", "other", "--title", "x", "--setting", "rurla")
    assert wrong.code == console.WRONG and "(known: rural, urban); did you mean rural?" in wrong.err
    assert run("found", "other", "--title", "x", "--plugin", "nowhere").code == console.SETUP


def test_a_community_says_where_it_lies_when_it_is_founded(founded: Path) -> None:
    wrong = run("found", "other", "--title", "x", "--jurisdiction", "CN-SC-Chendgu")
    assert wrong.code == console.WRONG and "CN-SC-Chengdu" in wrong.err
    there = run("found", "other", "--title", "x", "--jurisdiction", "CN-SC-Chengdu")
    assert there.code == 0
    village = run("found", "village", "--title", "村", "--setting", "rural", "--json").json()
    assert isinstance(village, dict)
    assert {"planning", "rural"} <= {*village.pop("plugins")}
    assert village == {
        "community": "village",
        "title": "村",
        "setting": "rural",
        "jurisdiction": None,
    }
    with Engine(f"sqlite:///{founded}") as engine:
        assert engine.matter("other").setting("wugong.jurisdiction", "") == "CN-SC-Chengdu"
        assert [name for name, *_ in engine.communities()] == ["other", "village", "wutong"]


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
    again = run("createadmin", "wutong", "anna", "--json").json()
    assert isinstance(again, dict)
    changed = again.pop("password")
    assert again == {"community": "wutong", "account": "anna", "member": member}
    with Engine(f"sqlite:///{founded}") as engine:
        assert not check_password(engine, "anna", password)
        assert check_password(engine, "anna", changed)
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
    monkeypatch.setattr("sys.stdin", io.StringIO("1234567890\n"))
    told = run("createadmin", "wutong", "anna", "--password-stdin", "--json").json()
    assert isinstance(told, dict) and told["password"] is None


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
    empty = run("migrate", "--check", "--json")
    assert empty.code == console.FOUND
    assert empty.json() == {"from": None, "to": HEAD, "migrated": False}
    assert run("migrate", "--check").code == console.FOUND
    assert run("migrate", "--json").json() == {"from": None, "to": HEAD, "migrated": True}
    current = run("migrate", "--check", "--json")
    assert current.code == 0
    assert current.json() == {"from": HEAD, "to": HEAD, "migrated": False}
    assert run("migrate").out == f"the database has version {HEAD}: nothing to do\n"


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


@pytest.mark.filterwarnings("ignore::wugong.hookspecs.Leaving")
def test_the_doctor_lists_what_plugins_use_that_goes_away(
    founded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "goes away" not in run("doctor").out
    for module, hook in ((hookspecs, "waiting"), (server_hookspecs, "list_notices")):
        spec, name = getattr(module, hook), f"{module.PROJECT}_spec"
        leaving = hookspecs.Leaving(f"{hook}(matter)", since="0.1", instead="another")
        marked = {**getattr(spec, name), "warn_on_impl_args": {"matter": leaving}}
        monkeypatch.setattr(spec, name, marked)
    ended = run("doctor")
    assert ended.code == 0  # nothing is wrong yet
    told = [line for line in ended.out.splitlines() if "goes away" in line]
    for hook, file in (
        ("waiting", "wugong_planning/__init__.py"),
        ("list_notices", "wugong_planning/pages.py"),
    ):
        start = f"–   hooks: {hook}(matter) goes away in 0.3: use another"
        assert any(line.startswith(start) and f"{file}:" in line for line in told), told


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
