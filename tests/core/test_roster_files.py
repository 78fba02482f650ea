"""Roster files: what is read, what is refused and with which words, at and around each limit."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile

import pytest
from openpyxl import load_workbook

from tests.core.roster_tables import HEADER, csv_file, only_problem, read, xlsx_file
from wugong import Measure, Words
from wugong.roster_columns import COLUMNS, COLUMNS_OF, Unfit
from wugong.roster_files import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_UNPACKED,
    read_roster,
    table,
    template_csv,
    template_xlsx,
)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(csv_file("101,張三,89.50,,,"), "張三", id="utf-8"),
        pytest.param(b"\xef\xbb\xbf" + csv_file("101,張三,89.50,,,"), "張三", id="utf-8 with BOM"),
        pytest.param(
            csv_file("101,张三,89.50,,,").decode().encode("gb18030"), "张三", id="gb18030"
        ),
        pytest.param(
            csv_file("101,𠮷田,89.50,,,").decode().encode("gb18030"), "𠮷田", id="rare Han"
        ),
        pytest.param(
            csv_file("101;張三;89.50;;;", header=HEADER.replace(",", ";")), "張三", id=";"
        ),
        pytest.param(csv_file("101\t張三\t89.5", header="房號\t姓名\t面積"), "張三", id="tab"),
        pytest.param(
            csv_file('101,"張三",89.5,"1,2",,').replace(b"\n", b"\r\n"), "張三", id="CRLF"
        ),
        pytest.param(csv_file("101,Smith,89.5", header="Unit,Owner,Area (m²)"), "Smith", id="en"),
        pytest.param(
            csv_file("101,张三,89.5", header="房号,业主姓名,建筑面积㎡"), "张三", id="hans"
        ),
        pytest.param(
            csv_file("房號,姓名,專有面積", "101,張三,89.5", header="梧桐小區業主名冊,,"),
            "張三",
            id="a title above the header",
        ),
        pytest.param(
            xlsx_file([["房號", "姓名", "專有面積"], [101, "張三", 89.5]]), "張三", id="xlsx"
        ),
    ],
)
def test_every_usual_way_of_saving_is_read(content: bytes, name: str) -> None:
    reading = read_roster(content, "area")
    assert reading.problems == ()
    (holder,) = reading.holders
    assert holder.name == name
    assert (holder.parts[0].unit, holder.area_dm2) == ("101", 8950)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param("房號,姓名,面積\n101,張三,9".encode("utf-16"), "encoding", id="utf-16"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0", "encoding", id="a picture"),
        pytest.param("房號,姓名\n".encode() + b"\xff\xff", "encoding", id="broken bytes"),
        pytest.param("房號,姓名,面積\n101,張三,9".encode("big5"), "encoding", id="big5"),
        pytest.param(b"a,b,c\n1,2,3", "no_header", id="another table"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old_format", id="xls or with password"),
        pytest.param(b"PK\x03\x04" + b"\0" * 100, "damaged", id="broken zip"),
        pytest.param(b'a,b\n"101', "damaged", id="open quotation mark"),
        pytest.param(b"", "no_header", id="nothing"),
    ],
)
def test_a_file_that_is_no_roster_says_so(content: bytes, code: str) -> None:
    problem = only_problem(read_roster(content, "area"))
    assert problem.code == code
    for language in ("zh_Hans", "zh_Hant", "en"):
        words = Words(language, ["wugong"])
        assert "{" not in problem.say(words) + problem.mend(words)


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", "nothing to see")
    assert only_problem(read_roster(made.getvalue(), "area")).code == "damaged"


def test_a_computed_cell_of_a_spreadsheet_counts_as_its_two_decimals() -> None:
    content = xlsx_file([["房號", "姓名", "面積"], ["101", "張三", 80.1 + 0.2]])
    assert read_roster(content, "area").holders[0].area_dm2 == 8030
    content = xlsx_file([["房號", "姓名", "面積"], ["101", "張三", 80.301]])
    assert only_problem(read_roster(content, "area")).code == "area_decimals"


def bomb(name: str, size: int, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compress) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open(name, "w") as part:
            for _ in range(size // 2**20):
                part.write(b" " * 2**20)
    return made.getvalue()


def test_a_zip_bomb_is_refused_quickly_and_without_memory() -> None:
    content = bomb("xl/worksheets/sheet1.xml", 1000 * 2**20)
    assert len(content) < MOST_BYTES
    tracemalloc.start()
    started = time.monotonic()
    problem = only_problem(read_roster(content, "area"))
    took, (_, peak) = time.monotonic() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert problem.code == "unpacked"
    assert took < 2
    assert peak < 64 * 2**20


def test_a_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    content = bytearray(bomb("xl/sharedStrings.xml", 60 * 2**20))
    size = (60 * 2**20).to_bytes(4, "little")
    for at in range(len(content) - 4):
        if content[at : at + 4] == size:
            content[at : at + 4] = (1000).to_bytes(4, "little")
    tracemalloc.start()
    problem = only_problem(read_roster(bytes(content), "area"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert problem.code == "damaged"
    assert peak < 16 * 2**20


def test_what_is_not_the_table_is_never_unpacked() -> None:
    content = io.BytesIO(xlsx_file([["房號", "姓名", "面積"], ["101", "張三", 80]]))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/media/image1.png", "w") as part:
            for _ in range(200):
                part.write(b"\0" * 2**20)
        archive.writestr("../../outside.txt", "nothing")
    assert read_roster(content.getvalue(), "area").problems == ()


@pytest.mark.parametrize(("parts", "code"), [(400, "damaged"), (600, "unpacked")])
def test_an_archive_of_many_entries_is_refused(parts: int, code: str) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(parts):
            archive.writestr(f"{number}.txt", "")
    assert only_problem(read_roster(made.getvalue(), "area")).code == code


def with_sheet(xml: str) -> bytes:
    """A workbook whose sheet is ``xml``; everything else is genuine."""
    made = io.BytesIO()
    genuine = io.BytesIO(xlsx_file([["a"]]))
    with zipfile.ZipFile(genuine) as given, zipfile.ZipFile(made, "w") as archive:
        for part in given.infolist():
            text = given.read(part).decode()
            archive.writestr(part.filename, xml if "sheet1.xml" in part.filename else text)
    return made.getvalue()


def sheet_of(*cells: str) -> str:
    start = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    rows = "".join(f'<row><c r="{cell}"><v>1</v></c></row>' for cell in cells)
    return f"{start}{rows}</sheetData></worksheet>"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("XFD1048576", "too_wide"),
        ("BI2", "too_wide"),  # column 61
        ("BH2", "no_header"),  # column 60
        (f"A{MOST_ROWS + 2}", "too_many_rows"),
        (f"A{MOST_ROWS + 1}", "no_header"),
        ("&#88;FD1", "too_wide"),
        ("xfd1", "too_wide"),
    ],
)
def test_a_cell_far_outside_does_not_make_a_huge_table(cell: str, code: str) -> None:
    assert MOST_COLUMNS == 60
    assert only_problem(read_roster(with_sheet(sheet_of("A1", cell)), "area")).code == code


def test_entities_are_not_expanded() -> None:
    bombs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    declared = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{bombs}]>'
    cell = '<row><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row>'
    xml = declared + sheet_of().replace("<sheetData>", f"<sheetData>{cell}")
    tracemalloc.start()
    problem = only_problem(read_roster(with_sheet(xml), "area"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert problem.code in ("damaged", "no_header")
    assert peak < 16 * 2**20


@pytest.mark.parametrize(("over", "code"), [(0, None), (1, "too_large")])
def test_a_file_has_at_most_ten_megabytes(over: int, code: str | None) -> None:
    content = csv_file("101,張三,80,,,")
    content += b"\n" * (MOST_BYTES + over - len(content))
    if code:
        assert only_problem(read_roster(content, "area")).code == code
    else:
        with pytest.raises(Unfit) as caught:
            table(content)
        assert caught.value.problem.code == "too_many_rows"


@pytest.mark.slow
@pytest.mark.parametrize(("over", "codes"), [(0, []), (1, ["too_many_rows"])])
def test_a_table_has_at_most_fifty_thousand_rows(over: int, codes: list[str]) -> None:
    reading = read(*(f"{n},甲公司,80,,,未售" for n in range(MOST_ROWS + over)))
    assert [p.code for p in reading.problems] == codes
    assert len(reading.holders) == (0 if over else 1)


def test_a_wide_line_is_refused() -> None:
    assert only_problem(read("," * MOST_COLUMNS)).code == "too_wide"
    assert {p.code for p in read("," * (MOST_COLUMNS - 1) + "x").problems} == {"missing"}


# The template


@pytest.mark.parametrize("measure", ["area", "heads", "households"])
@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
def test_a_filled_template_is_read(measure: Measure, language: str) -> None:
    values = {"unit": "3-101", "owner": "張三", "area": "89.50", "household": "5", "households": ""}
    filled = [values.get(key, "") for key in COLUMNS_OF[measure]]
    text = template_csv(measure, language).decode("utf-8-sig") + ",".join(filled) + "\r\n"
    assert read_roster(text.encode("utf-8-sig"), measure).problems == ()

    book = load_workbook(io.BytesIO(template_xlsx(measure, language)))
    book.worksheets[0].append(filled)
    made = io.BytesIO()
    book.save(made)
    reading = read_roster(made.getvalue(), measure)
    assert reading.problems == ()
    if measure == "area":
        assert reading.holders[0].parts[0].unit == "3-101"


def test_the_template_explains_every_column() -> None:
    book = load_workbook(io.BytesIO(template_xlsx("area", "zh_Hans")))
    explained = {str(row[0]): str(row[1]) for row in book.worksheets[1].values}
    assert list(explained) == [COLUMNS[key].zh_Hans for key in COLUMNS_OF["area"]]
    assert all(explained.values())
    assert MOST_UNPACKED < 64 * 2**20


# One owner, two spellings
