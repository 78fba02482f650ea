"""The stand-alone verifier sees every change of an export, one at a time, and names the record."""

from __future__ import annotations

import copy
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import verify_journal
from wugong import (
    CommunityFounded,
    Fact,
    MatterOpened,
    MemberEnrolled,
    RoleGranted,
    Sealed,
    SettingChanged,
    StageOpened,
    kind_of,
)
from wugong.journal import append, genesis
from wugong.stages import BUILD

SCRIPT = Path(verify_journal.__file__)
Record = dict[str, Any]

EVENTS: tuple[Any, ...] = (
    CommunityFounded(title="梧桐里（示例）", setting="urban", plugins=("planning", "voting")),
    MemberEnrolled(member="m-1", name=Sealed("5e", "c0"), household="3-101"),
    RoleGranted(member="m-1", role="officer", until=datetime(2027, 1, 1, tzinfo=UTC)),
    MatterOpened(title="加裝電梯 “一單元”", summary="𠮷 <b>&amp;</b>\n第二行"),
    StageOpened(stage=BUILD),
    SettingChanged(name="planning.notice_days", value="15"),
)


def records() -> list[Record]:
    """The records as the engine chains them, with their bodies as objects."""
    head, made = genesis("wutong"), []
    for seq, event in enumerate(EVENTS, 1):
        fact = Fact(
            seq=seq,
            matter="wutong.4" if seq == 5 else "wutong",
            event=event,
            kind=kind_of(event).name,
            version=kind_of(event).version,
            by="operator" if seq < 4 else "m-1",
            principal="m-2" if seq == 4 else None,
            channel="assisted" if seq == 4 else "web",
            at=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=seq),
            cause=4 if seq == 5 else None,
        )
        row, head = append(head, fact, "wutong", kind_of(event).bulk)
        row["body"] = json.loads(row["body"])
        made.append(row)
    return made


def export(found: list[Record], head: Record | None = None) -> list[str]:
    last = found[-1]
    head = head or {name: last[name] for name in ("seq", "digest", "sm3", "at")}
    lines = [{"export": {"format": verify_journal.FORMAT, "community": "wutong"}}]
    lines += [{"record": record} for record in found]
    return [json.dumps(line, ensure_ascii=False) for line in [*lines, {"head": head}]]


def fault(lines: list[str], *heads: verify_journal.Head) -> verify_journal.Bad | None:
    try:
        verify_journal.verify(iter(lines), heads)
    except verify_journal.Bad as bad:
        return bad
    return None


def test_an_untouched_export_fits_to_its_head_and_to_every_older_one() -> None:
    found = records()
    heads = [(record["seq"], record["digest"]) for record in found]
    heads += [(2, found[1]["digest"][:16]), (0, found[0]["prev"])]
    assert fault(export(found), *heads) is None


def other(value: Any) -> Iterator[Any]:
    """Values unlike ``value`` that a careful forger or a careless tool might write."""
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, float(value), str(value))
        case str():
            yield from (value + "x", value[1:] or "x", value.upper() if value.islower() else "x")
        case None:
            yield from ("", "x", 0)
        case list():
            yield from ([*value, "x"], [])
        case dict():
            yield {**value, "x": 1}
            for name, inner in value.items():
                yield from ({**value, name: changed} for changed in other(inner))
                yield {key: kept for key, kept in value.items() if key != name}


def test_every_change_of_every_field_of_every_record_is_found_there_or_right_after() -> None:
    genuine = records()
    tried = 0
    for at, record in enumerate(genuine):
        for name in record:
            for changed in other(record[name]):
                if changed == record[name]:
                    continue
                forged = copy.deepcopy(genuine)
                forged[at][name] = changed
                bad = fault(export(forged))
                assert bad is not None, (at, name, changed)
                assert bad.seq in (at + 1, at + 2, 0), (at, name, bad.what)
                tried += 1
    assert tried > 300


def test_a_rewritten_tail_fits_itself_and_is_found_by_an_older_head() -> None:
    genuine = records()
    head, forged = genesis("wutong"), []
    for seq, event in enumerate((*EVENTS[:3], MatterOpened(title="別的"), *EVENTS[4:]), 1):
        fact = Fact(
            seq=seq, matter="wutong", event=event, kind=kind_of(event).name, version=1,
            by="operator", principal=None, channel="web", at=datetime(2026, 3, 1, tzinfo=UTC),
        )  # fmt: skip
        row, head = append(head, fact, "wutong", False)
        row["body"] = json.loads(row["body"])
        forged.append(row)
    assert fault(export(forged)) is None
    bad = fault(export(forged), (5, genuine[4]["digest"]))
    assert bad is not None and (bad.seq, "rewritten" in bad.what) == (5, True)


@pytest.mark.parametrize("field", ["seq", "digest", "sm3", "at"])
def test_a_changed_head_is_found(field: str) -> None:
    found = records()
    head = {name: found[-1][name] for name in ("seq", "digest", "sm3", "at")}
    for changed in other(head[field]):
        if changed != head[field]:
            assert fault(export(found, {**head, field: changed})) is not None


def test_every_deletion_insertion_and_swap_is_found_at_its_place() -> None:
    genuine = records()
    for at in range(len(genuine)):
        if at < len(genuine) - 1:
            bad = fault(export(genuine[:at] + genuine[at + 1 :]))
            assert bad is not None and bad.seq == at + 1
            swapped = [*genuine]
            swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
            bad = fault(export(swapped))
            assert bad is not None and bad.seq == at + 1
        bad = fault(export([*genuine[: at + 1], genuine[at], *genuine[at + 1 :]]))
        assert bad is not None and bad.seq == at + 2


def test_a_cut_tail_is_found_against_an_older_head_only() -> None:
    genuine = records()
    last = (6, genuine[5]["digest"])
    for left in range(1, 6):
        cut = export(genuine[:left])
        assert fault(cut) is None
        bad = fault(cut, last)
        assert bad is not None and (bad.seq, "cut off" in bad.what) == (left, True)
        truncated = export(genuine)[: left + 1]
        bad = fault(truncated)
        assert bad is not None and "cut off" in bad.what


def test_withheld_records_stay_in_the_chain_and_hide_their_content() -> None:
    found = records()
    kept = {"seq", "prev", "digest", "sm3"}
    found[1] = {name: found[1][name] for name in kept} | {"withheld": True}
    lines = export(found)
    chain = verify_journal.verify(iter(lines), [])
    assert (chain.seq, chain.withheld) == (6, 1)
    assert "m-1" not in lines[2]
    for name in kept:
        forged = copy.deepcopy(found)
        forged[1][name] = 7 if name == "seq" else "0" * 64
        bad = fault(export(forged))
        assert bad is not None and bad.seq in (2, 3)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('{"record": {"seq": 1, "seq": 2}}', "twice"),
        ('{"record": {"seq": 1.0}}', "1.0"),
        ('{"record": {"seq": NaN}}', "NaN"),
        ('{"record": 7}', "not a record"),
        ('{"records": {}}', "neither"),
        ("[1]", "not one record"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_a_line_that_is_no_record_is_named(line: str, what: str) -> None:
    lines = export(records())
    bad = fault([*lines[:3], line, *lines[3:]])
    assert bad is not None and bad.seq == 3 and what in bad.what


@pytest.mark.parametrize(
    "line",
    [
        "",
        "null",
        '{"export": {"format": "another/v9", "community": "wutong"}}',
        '{"export": {"format": "wugong/journal/v1"}}',
        '{"export": {"format": "wugong/journal/v1", "community": "other"}}',
        '{"export": {"format": "wugong/journal/v1", "community": "wutong", "note": "x"}}',
    ],
)
def test_a_file_that_is_no_export_is_refused(line: str) -> None:
    assert fault([line, *export(records())[1:]]) is not None


def test_nothing_may_follow_the_head() -> None:
    lines = export(records())
    bad = fault([*lines, lines[-2]])
    assert bad is not None and "follows the head" in bad.what


def test_sm3_is_checked_where_python_has_it() -> None:
    if "sm3" not in hashlib.algorithms_available:
        pytest.skip("the OpenSSL of this Python has no SM3")
    found = records()
    # A forger who recomputes SHA-256 alone is caught by the second chain.
    forged = copy.deepcopy(found)
    forged[5]["body"]["value"] = "1"
    forged[5]["digest"] = hashlib.sha256(
        verify_journal.RECORD_TAG + verify_journal.canonical(forged[5])
    ).hexdigest()
    bad = fault(export(forged))
    assert bad is not None and (bad.seq, "SM3" in bad.what) == (6, True)


def test_without_sm3_the_first_chain_is_still_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_journal, "sm3", lambda _data: None)
    found = records()
    assert fault(export(found)) is None
    found[2]["by"] = "m-9"
    bad = fault(export(found))
    assert bad is not None and bad.seq == 3


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the one file alone, isolated from every installed package."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_runs_alone_with_the_standard_library(tmp_path: Path) -> None:
    found = records()
    path = tmp_path / "wutong.jsonl"
    path.write_text("\n".join(export(found)) + "\n", encoding="utf-8")
    done = run(str(path), "--json", "--head", f"6:{found[5]['digest']}")
    assert (done.returncode, json.loads(done.stdout)["records"]) == (0, 6)
    assert "no older head was given" in run(str(path)).stdout

    found[3]["body"]["title"] = "別的"
    path.write_text("\n".join(export(found)), encoding="utf-8")
    done = run(str(path))
    assert (done.returncode, done.stdout.strip()) == (
        1,
        "record 4 was changed: its digest does not fit",
    )
    assert json.loads(run(str(path), "--json").stdout)["record"] == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ("nowhere.jsonl",),
        (str(SCRIPT), "--head", "6"),
        (str(SCRIPT), "--head", "6:abc"),
        (str(SCRIPT), "--head", f"6:{'g' * 64}"),
        (),
    ],
)
def test_a_wrong_command_or_file_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).returncode == 2


def test_a_file_that_is_no_text_ends_with_2(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(b"\x89PNG\xff\xfe")
    assert run(str(path)).returncode == 2
