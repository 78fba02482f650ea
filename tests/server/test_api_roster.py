"""A roster imported by a program: the same checks, words and permissions as on the page."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import Workbook

from tests.support.api import V1, Program
from wugong import ROSTER
from wugong.testing import Rehearsal
from wugong_server.settings import Settings

PATH = f"{V1}/communities/wutong/rosters"
ROWS = (("unit", "owner", "area", "group"), ("101", "Anna", "98.60", "1"), ("102", "Li", 86.2, "1"))
GOOD = "\n".join(",".join(map(str, row)) for row in ROWS).encode()
WRONG = b"unit,owner,area,group\n101,Anna,1.6%,1\n102,Li,-86.20,1\n"


@pytest.fixture
def r() -> Rehearsal:
    members = {"wang": ("officer", "admin"), "sun": ("officer",), "li": ()}
    return Rehearsal({}, members=members, community="wutong", title="Wutong")


def sent(program: Program, content: bytes, status: int, key: str = "", **query: str) -> Any:
    """Send a file as the body of a request."""
    headers = {"content-type": "text/csv", **({"idempotency-key": key} if key else {})}
    query = {"roster": "owners", **query}
    answer = program.client.post(PATH, params=query, content=content, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def sheet() -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in ROWS:
        book.worksheets[0].append(row)
    book.save(out)
    return out.getvalue()


def test_a_dry_run_says_what_would_change_and_writes_nothing(r: Rehearsal) -> None:
    before = r.engine.head("wutong")
    tried = sent(Program(r, "wang"), GOOD, 200, dry_run="true")
    assert (tried["new"], tried["same"], tried["enrolled"], tried["entitlements"]) == (2, 0, 2, 2)
    assert tried["written"] is False and tried["fact"] is None
    assert r.engine.head("wutong") == before
    done = sent(Program(r, "wang"), GOOD, 201)
    assert done["written"] is True and done["enrolled"] == 2
    again = sent(Program(r, "wang"), GOOD, 200, dry_run="true")
    assert (again["same"], again["edition"]) == (2, done["edition"])


@pytest.mark.parametrize("form", [False, True], ids=["as the body", "as a file in a form"])
@pytest.mark.parametrize("content", [GOOD, sheet()], ids=["CSV", "XLSX"])
def test_a_file_is_imported_whole_with_the_people_in_it(
    r: Rehearsal, content: bytes, form: bool
) -> None:
    program, before = Program(r, "wang"), r.engine.head("wutong").seq
    more: dict[str, Any] = {"files": {"file": ("a", content)}} if form else {"content": content}
    answer = program.client.post(PATH, params={"roster": "owners"}, **more)
    assert answer.status_code == 201, answer.text
    done = answer.json()
    assert (
        done["fact"]["seq"] == r.engine.head("wutong").seq == before + 3
    )  # two people, one roster
    assert r.matter("wutong").standing.rosters == {"owners": done["edition"]}
    rows = r.engine.book(ROSTER, "wutong", prefix=f"{done['edition']}/")
    assert sorted(sum(part[2] for part in row["parts"]) for row in rows.values()) == [8620, 9860]
    record = program.get(f"facts/{done['fact']['seq']}")
    assert (record["kind"], record["channel"]) == ("wugong.roster_imported", "api")


def test_the_same_file_again_changes_nothing(r: Rehearsal) -> None:
    program = Program(r, "wang")
    first = sent(program, GOOD, 201, key="k1")
    before = r.engine.head("wutong")
    again = sent(program, GOOD, 200, key="k1")
    assert again["written"] is False and again["same"] == 2
    assert again["edition"] == first["edition"] and r.engine.head("wutong") == before
    moved = sent(program, GOOD.replace(b"Li", b"Chen"), 200, dry_run="true")
    assert (moved["changed"], moved["same"], moved["enrolled"]) == (1, 1, 1)


def test_wrong_rows_are_named_by_number_and_nothing_is_written(r: Rehearsal) -> None:
    before = r.engine.head("wutong")
    problem = sent(Program(r, "wang"), WRONG, 422)
    assert problem["type"] == "urn:wugong:problem:unreadable" and problem["wrong"] == 2
    first, second = problem["problems"]
    assert (first["place"], first["row"]) == ("row.2", 2) and "1.6%" in first["text"]
    assert (second["place"], second["row"]) == ("row.3", 3) and "-86.20" in second["text"]
    assert all(one["what"] == one["code"] and one["remedy"] for one in problem["problems"])
    assert r.engine.head("wutong") == before


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a sheet", b"\x00\x01\x02"])
def test_what_is_no_table_is_said_of_the_file(r: Rehearsal, content: bytes) -> None:
    problem = sent(Program(r, "wang"), content, 422)
    assert [one["place"] for one in problem["problems"]] == ["file"]


def test_many_wrong_rows_are_counted_and_the_first_two_hundred_told(r: Rehearsal) -> None:
    rows = b"".join(b"%d,Anna,0,1\n" % n for n in range(201))
    problem = sent(Program(r, "wang"), b"unit,owner,area,group\n" + rows, 422)
    assert problem["wrong"] == 201 and len(problem["problems"]) == 200


@pytest.mark.parametrize(("member", "status"), [("", 401), ("li", 403), ("sun", 403)])
def test_only_an_administrator_imports(r: Rehearsal, member: str, status: int) -> None:
    problem = sent(Program(r, member), GOOD, status)
    if status == 403:
        (reason,) = problem["reasons"]
        assert reason["code"] == "wugong.not_your_role" and "Administrator" in reason["text"]
    assert r.matter("wutong").standing.rosters == {}


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({"roster": ""}, "query.roster"),
        ({"roster": "Owners"}, "query.roster"),
        ({"measure": "volume"}, "query.measure"),
        ({"dry_run": "yes"}, "query.dry_run"),
        ({"write": "true"}, "query.write"),
    ],
)
def test_an_address_that_cannot_be_read_is_named(
    r: Rehearsal, query: dict[str, str], place: str
) -> None:
    problem = sent(Program(r, "wang"), GOOD, 422, **query)
    assert [one["place"] for one in problem["problems"]] == [place]


def test_a_form_without_the_file_and_a_key_that_is_none_are_named(r: Rehearsal) -> None:
    program = Program(r, "wang")
    form = program.client.post(PATH, params={"roster": "owners"}, files={"other": b"x"})
    assert (form.status_code, form.json()["problems"][0]["place"]) == (422, "file")
    assert sent(program, GOOD, 400, key="two words")["problems"][0]["place"] == (
        "header.Idempotency-Key"
    )


@pytest.mark.parametrize("above", [0, 1])
def test_a_file_may_be_as_large_as_on_the_page(r: Rehearsal, above: int) -> None:
    limit = Settings().upload_limit
    assert limit > 4 * 2**20  # below it somebody counts the rows
    filled = GOOD + b"\n" * (limit - len(GOOD) + above)
    sent(Program(r, "wang"), filled, 413 if above else 422, dry_run="true")
