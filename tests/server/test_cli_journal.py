"""The command line and the journal: verified, held against older heads, exported."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

import verify_journal
from tests.server.commanding import change, run
from wugong import Engine, MemberEnrolled, seal
from wugong_server.commands import console

pytestmark = pytest.mark.usefixtures("surroundings")


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
