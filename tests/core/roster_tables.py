"""Tables of rosters as people send them, for tests."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook

from wugong import Measure
from wugong.roster_columns import Problem
from wugong.roster_files import (
    read_roster,
)
from wugong.roster_rows import Holder, Reading

HEADER = "房號,姓名,專有面積,樓棟單元,電話,交付狀態"


def csv_file(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *lines)).encode()


def xlsx_file(rows: Iterable[Sequence[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def read(*lines: str, measure: Measure = "area", header: str = HEADER) -> Reading:
    return read_roster(csv_file(*lines, header=header), measure)


def only_problem(reading: Reading) -> Problem:
    assert len(reading.problems) == 1, reading.problems
    assert reading.holders == ()
    return reading.problems[0]


def by_name(holder: Holder) -> str:
    return f"m-{holder.name}"
