"""The table of the counting: what a stopped peer proves, and that each part runs alone."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks import counting
from benchmarks.contest import Peer, Times, alone, at_most, contest, timed
from benchmarks.goals import verdict


def endless() -> None:
    while True:
        pass


def add1(ratio: float, stopped: bool = False) -> dict[str, Any]:
    return {"goal": "G7", "rule": "add1", "size": "Assen", "ratio": ratio, "stopped": stopped}


def said(*rows: dict[str, Any]) -> str:
    return next(goal.said for goal in verdict(rows) if goal.what.startswith("add1 on any file"))


def test_a_peer_that_does_not_end_is_stopped_and_its_least_time_told() -> None:
    own, found = contest(lambda: 1, {"slow": Peer(endless, 2.0)}, rounds=2, endless=0.05)
    times = found["slow"]
    assert isinstance(times, Times)
    assert times.stopped and times.answer is None and times.calls == 0
    assert times.ms == 100.0
    assert own.answer == 1


def test_the_clock_stays_fine_while_a_call_is_watched() -> None:
    with at_most(60.0):
        spent = [timed(lambda: sum(range(2_000)))[0] for _ in range(5)]
    assert all(ms > 0 for ms in spent)


def test_waiting_is_stopped_by_the_clock_on_the_wall() -> None:
    peers = {"slow": Peer(lambda: time.sleep(30))}
    _, found = contest(lambda: 1, peers, rounds=2, clock=time.perf_counter, endless=0.05)
    times = found["slow"]
    assert isinstance(times, Times) and times.stopped


def test_what_a_peer_says_when_it_fails_is_its_answer() -> None:
    _, found = contest(lambda: 1, {"broken": Peer(lambda: 1 // 0)}, rounds=2)
    assert found["broken"] == "ZeroDivisionError: integer division or modulo by zero"


def test_a_run_of_ours_lasts_as_long_as_one_of_a_peer_though_the_first_call_loads_the_rule() -> (
    None
):
    spent, calls = [0.0], [0]

    def ours() -> None:
        calls[0] += 1
        spent[0] += 0.010 if calls[0] == 1 else 0.001

    own, _ = contest(ours, {}, rounds=2, clock=lambda: spent[0])
    assert calls[0] == 1 + 1 + 5 and own.first == pytest.approx(10.0)
    assert own.ms == pytest.approx((10.0 + 1.0) / 2)


def test_our_first_call_is_one_of_the_five() -> None:
    calls: list[int] = []
    times = alone(lambda: calls.append(1), rounds=1)
    assert (times.calls, times.ms, len(calls)) == (1, times.first, 1)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([add1(10.0)], "reached", id="exactly"),
        pytest.param([add1(9.9)], "not reached: 9.9 of 10", id="just below"),
        pytest.param([add1(20.0), add1(10.0, True)], "reached", id="more than exactly"),
        pytest.param([add1(20.0), add1(9.9, True)], "not known: more than 9.9 of 10", id="stopped"),
        pytest.param([add1(9.5), add1(9.0, True)], "not reached: 9.5 of 10", id="one is known"),
        pytest.param([], "not measured here", id="nothing"),
    ],
)
def test_a_stopped_peer_proves_only_that_we_are_faster_by_more(
    rows: list[dict[str, Any]], expected: str
) -> None:
    assert said(*rows) == expected


def test_rows_are_marked_where_their_ratio_is_no_plain_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plain = {"goal": "G1", "rule": "irv", "size": "300×5", "peer": "p", "ratio": 3.0}
    marks = [{}, {"projected": True}, {"same": False}, {"stopped": True}]
    counting.told([{**plain, **mark} for mark in marks])
    lines = capsys.readouterr().out.splitlines()
    assert [line.rstrip()[-1] for line in lines] == ["3", "~", "!", ">"]


def test_a_part_runs_alone_and_the_json_says_how_long_it_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {**add1(12.0), "peer": "pabutools", "version": "1"}
    parts = {"G7": ("add1", lambda: counting.told([row])), "G9": ("loops", list)}
    monkeypatch.setattr(counting, "parts", lambda _there, _quick: parts)
    path = tmp_path / "deep" / "out.json"
    monkeypatch.setattr(sys, "argv", ["counting", "--only", "G7", "--json", str(path)])
    assert counting.main() == 0
    out = capsys.readouterr()
    assert "G7: add1 (1 of 1, 0 s so far)" in out.err and "G9" not in out.out + out.err
    assert "pabutools 1" in out.out and "load" in out.out.splitlines()[-1]
    answer = json.loads(path.read_text(encoding="utf-8"))
    assert list(answer["seconds"]) == ["G7"]
    assert answer["rows"] == [row]
    assert {goal["goal"] for goal in answer["goals"]} == {"G7"}
    assert answer["machine"]["processors"] >= 1 and len(answer["machine"]["load"]) == 3


def test_an_unknown_part_is_named_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out.json"
    monkeypatch.setattr(sys, "argv", ["counting", "--only", "G7,G99", "--json", str(path)])
    with pytest.raises(SystemExit):
        counting.main()
    assert "no part G99; there are G1, G2" in capsys.readouterr().err
    assert not path.exists()
