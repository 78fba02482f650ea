"""The law on the command line: figures in, outcome out; procedures, deadlines and rolls listed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from wugong import Misconfigured
from wugong_server.cli import cli


def run(*arguments: str, given: str = "") -> Any:
    return CliRunner().invoke(cli, arguments, input=given)


REQUEST = {
    "procedure": "owners.special",
    "on": "2026-06-30",
    "all": {"heads": 12, "area": "900.00"},
    "part": {"heads": 8, "area": "600.00"},
    "yes": {"heads": 6, "area": "450.00"},
}


def test_decide_answers_json_with_json() -> None:
    done = run("decide", given=json.dumps(REQUEST))
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["outcome"]) == (0, "passed")
    assert answer["tests"][0] == {
        "id": "area_takes_part",
        "unit": "area",
        "have": "600.00",
        "of": "900.00",
        "base": "all",
        "op": ">=",
        "share": "2/3",
        "met": True,
        "source": "民法典 278, 1259",
        "confidence": "V",
    }


def test_decide_says_what_is_wrong_with_the_figures() -> None:
    done = run("decide", given=json.dumps({**REQUEST, "yes": {"heads": 6}}))
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "figure_missing"
    assert error["text"]["en"] == "yes.area is missing: a test needs it."


HUGE = '{"procedure": "owners.special", "all": {"heads": ' + "9" * 5000 + "}}"
TWICE = '{"yes": {"heads": 6, "heads": 60}}'


@pytest.mark.parametrize("given", ["", "{", "[" * 5000, "[]", HUGE, TWICE, '{"on": 1} {}'])
def test_decide_without_json_or_object_never_crashes(given: str) -> None:
    done = run("decide", given=given)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "JSON" in done.output


def test_decide_reads_past_the_mark_that_some_editors_write() -> None:
    assert run("decide", given="\ufeff" + json.dumps(REQUEST)).exit_code == 0


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("2026-02-30", "such as 2026-03-01"),
        ("20260301", "such as 2026-03-01"),
        ("2026-W10-1", "such as 2026-03-01"),
        ("２０２６-03-01", "such as 2026-03-01"),
        ("9999-12-20", "ends after the year 9999"),
    ],
)
def test_a_day_that_is_none_is_refused(start: str, said: str) -> None:
    done = run("deadline", "villagers.election.roll", "--from", start)
    assert done.exit_code == 2 and said in done.output


def test_procedures_are_listed_with_their_figures() -> None:
    listed = json.loads(run("procedures", "--json").stdout)["procedures"]
    figures = {one["id"]: one["figures"] for one in listed}
    assert figures["villagers.assembly.adults"] == ["all.persons", "present.persons", "yes.persons"]
    assert figures["villagers.rerun"] == ["part.persons"]
    assert "owners.ordinary" in run("procedures").stdout


@pytest.mark.parametrize(
    ("rule", "start", "more", "day"),
    [
        pytest.param("owners.special.notice", "2026-06-15", [], "2026-06-30", id="notice"),
        pytest.param(
            "owners.special.notice", "2026-06-15", ["--clear-days"], "2026-07-01", id="clear days"
        ),
        pytest.param(
            "villagers.representatives.publish", "2026-03-01", [], "2026-03-17", id="posted 15 days"
        ),
        pytest.param("villagers.election.objection", "2026-06-01", [], "2026-06-08", id="Saturday"),
        pytest.param("villagers.election.objection", "2026-06-02", [], "2026-06-08", id="Sunday"),
        pytest.param("villagers.election.objection", "2026-06-03", [], "2026-06-08", id="Monday"),
        pytest.param(
            "owners.fund_emergency.authority", "2026-06-05", [], "2026-06-10", id="3 working days"
        ),
    ],
)
def test_a_deadline_is_counted_as_the_code_counts(
    rule: str, start: str, more: list[str], day: str
) -> None:
    done = run("deadline", rule, "--from", start, "--json", *more)
    assert json.loads(done.stdout)["day"] == day


def test_a_holiday_moves_the_last_day_and_an_unknown_year_warns(tmp_path: Path) -> None:
    calendar = tmp_path / "calendar.json"
    days = {"2026": {"holidays": ["2026-06-08"], "workdays": ["2026-06-06"]}}
    calendar.write_text(json.dumps(days), encoding="utf-8")
    rule = ("deadline", "villagers.election.objection", "--calendar", str(calendar))
    worked = run(*rule, "--from", "2026-06-01")
    assert "2026-06-06" in worked.stdout and "no calendar" not in worked.output
    moved = run(*rule, "--from", "2026-06-02")
    assert "2026-06-09 (moved from a holiday)" in moved.stdout
    unknown = run(*rule, "--from", "2027-06-01")
    assert unknown.exit_code == 0 and "no calendar of 2027" in unknown.output


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"year": {}}', '{"2026": {"rest": []}}', '{"2026": {"holidays": ["2027-01-01"]}}'],
)
def test_a_calendar_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    calendar = tmp_path / "calendar.json"
    calendar.write_text(text, encoding="utf-8")
    done = run("deadline", "villagers.election.roll", "--from", "2026-06-01", "--calendar", str(calendar))  # fmt: skip # noqa: E501
    assert isinstance(done.exception, Misconfigured)


def test_a_roll_adds_up_all_and_explains_merged_heads(tmp_path: Path) -> None:
    roster = tmp_path / "owners.csv"
    rows = ["unit,owner,area", "101,Li,80.00", "102,Li,80.50", "201,Wang,90.00"]
    roster.write_text("\n".join(rows), encoding="utf-8")
    answer = json.loads(run("roll", str(roster), "--procedure", "owners.special", "--json").stdout)
    assert answer["all"] == {"area": "250.50", "heads": 2}
    assert [note["source"] for note in answer["notes"]] == ["建築物區分所有權解釋 9"]


def test_where_nobody_votes_no_roll_is_added_up(tmp_path: Path) -> None:
    roster = tmp_path / "owners.csv"
    roster.write_text("unit,owner,area\n101,Li,80.00", encoding="utf-8")
    done = run("roll", str(roster), "--procedure", "owners.lift")
    assert done.exit_code == 2 and "nobody votes under owners.lift" in done.output


def test_a_local_pack_is_used_and_a_laxer_one_is_refused(tmp_path: Path) -> None:
    pack = (
        'id = "town.special"\nparent = "owners.special"\njurisdiction = "example"\n'
        "notice_days = {days}\n"
        'basis = [{{ article = "例 1", text_year = 2026, confidence = "I" }}]\n'
        'title = {{ en = "Town" }}\n'
    )
    file = tmp_path / "town.toml"
    file.write_text(pack.format(days=20), encoding="utf-8")
    request = {**REQUEST, "procedure": "town.special", "notice_on": "2026-06-15"}
    done = run("decide", "--packs", str(tmp_path), given=json.dumps(request))
    assert json.loads(done.stdout)["outcome"] == "void"
    file.write_text(pack.format(days=14), encoding="utf-8")
    laxer = run("decide", "--packs", str(tmp_path), given=json.dumps(request))
    assert isinstance(laxer.exception, Misconfigured) and "laxer" in str(laxer.exception)


def test_a_procedure_is_told_as_a_document() -> None:
    told = run("procedures", "villagers.election").stdout
    assert "20" in told and "[村組法 (2025) 17]" in told
    assert run("procedures", "nobody").exit_code == 2
