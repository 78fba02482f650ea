"""The benchmark measures what it says: real ballots against a POST without the engine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import Session, col, select, update

from benchmarks import orm
from benchmarks.__main__ import figures_of
from benchmarks.load import Round, post
from wugong import Engine


def round_of(answers: int, cpu: float = 1.0) -> Round:
    return Round(answers, 2.0, cpu, [1.0, 2.0, 9.0], commits=5)


def test_the_ratio_is_the_middle_of_the_rounds() -> None:
    rounds = [
        {
            "bare": round_of(bare),
            "remembered": round_of(200),
            "orm": round_of(5),
            "orm_in_turn": round_of(4),
            "orm_kept": round_of(2),
            "ballot": ballot,
        }
        for bare, ballot in ((100, round_of(50)), (100, round_of(20)), (10, round_of(6)))
    ]
    figures = figures_of("sqlite", 64, rounds)
    assert (figures["ratio"], figures["ratio_least"], figures["ratio_most"]) == (0.5, 0.2, 0.6)
    assert (figures["over_remembered"], figures["over_orm"]) == (0.1, 4.0)
    assert (figures["over_orm_in_turn"], figures["over_orm_kept"]) == (5.0, 10.0)
    assert figures["orm_kept_per_second"] == 1
    assert figures["ballots_per_second"] == 10 and figures["ballot_p50_ms"] == 2.0
    assert figures["ballot_cpu_us"] == 50_000
    assert (figures["ballot_p99_ms"], figures["syncs_per_ballot"]) == (9.0, 0.25)


def test_the_99th_of_a_hundred_answers_is_named() -> None:
    times = [float(n) for n in range(1, 101)]
    assert Round(100, 1.0, 1.0, times).p99 == 99.0
    assert Round(0, 1.0, 1.0, []).p99 == 0.0


def test_a_request_says_how_long_it_is() -> None:
    head, _, body = post("/x", "t", "k", {"a": "票"}).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert json.loads(body) == {"a": "票"}


def test_the_orm_that_keeps_the_promises_keeps_them(tmp_path: Path) -> None:
    with Engine(f"sqlite:///{tmp_path / 'a.db'}", {}) as engine:
        orm.prepare(engine, members=2, units=2)

        def cast(member: str, key: str, unit: str, choice: str = "yes") -> int:
            return orm.cast_kept(engine.storage, member, key, unit, choice)

        assert [cast("m-0", "a", "m-0/0"), cast("m-1", "b", "m-1/1")] == [1, 2]
        assert cast("m-0", "a", "m-0/0") == 1  # sent again
        with pytest.raises(PermissionError):
            cast("m-0", "c", "m-1/0")
        with pytest.raises(PermissionError):
            cast("m-2", "c", "m-0/0")
        with pytest.raises(ValueError, match="perhaps"):
            cast("m-0", "c", "m-0/0", "perhaps")
        with engine.storage.write() as connection:
            connection.execute(update(orm.Poll).values(closes_at="2000-01-01"))
        with pytest.raises(PermissionError, match="over"):
            cast("m-0", "c", "m-0/0")
        with engine.storage.read() as connection, Session(connection) as session:
            links = session.exec(select(orm.Link).order_by(col(orm.Link.seq))).all()
        assert [one.seq for one in links] == [1, 2] and links[1].prev == links[0].digest


@pytest.mark.slow
def test_a_short_run_prints_a_table_and_json(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--database", "sqlite", "--rounds", "1"]
    command += [
        "--only",
        "writing",
        "--seconds",
        "0.5",
        "--connections",
        "4",
        "--json",
        str(tmp_path / "out.json"),
    ]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (figures,) = json.loads((tmp_path / "out.json").read_text())["figures"]
    assert figures["ballots_per_second"] > 0 and 0 < figures["ratio"] < 9
    table, last = done.stdout.splitlines()[:4], done.stdout.splitlines()[-1]
    assert "ballots/s" in table[0] and "sqlite" in table[1]
    assert "÷ kept" in table[2] and figures["over_orm"] > 0 and figures["over_orm_kept"] > 0
    assert figures["reads"] > 0 and figures["read_ratio"] > 0
    assert 0 < figures["syncs_per_ballot"] <= 1
    assert json.loads(last)["figures"] == [figures]
