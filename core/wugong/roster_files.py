"""Roster files: CSV and XLSX tables read safely into rows, and the template to fill in.

A file comes from a stranger: it is measured before it is parsed. What the rows mean, and what may
be wrong with them, is said by :mod:`wugong.roster_rows`.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from wugong.errors import Misconfigured
from wugong.roster_columns import COLUMNS, COLUMNS_OF, REQUIRED, Problem, Unfit
from wugong.roster_rows import Reading, Row, read_rows
from wugong.rosters import Measure
from wugong.words import N_, Words

MOST_BYTES = 10 * 2**20  # as uploaded
MOST_UNPACKED = 24 * 2**20  # an XLSX of 50,000 owners has about 20 MB of XML
MOST_RATIO = 100  # real sheets shrink 5 to 30 times, bombs 1,000 times
MOST_ROWS = 50_000
MOST_COLUMNS = 60
MOST_PARTS = 500  # entries of the archive

# Only these are parsed: no pictures, macros or links ever reach the reader.
_SHEET_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(workbook|styles|sharedStrings)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/[^/]+\.xml"
)
_CELL_NAME = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_PLAIN_NAME = re.compile(rb"([A-Z]{0,3})([1-9][0-9]{0,6})")

FILE_PROBLEMS = {
    "too_large": (
        N_("The file has more than {most} MB."),
        N_("Keep only the roster in the file, without pictures and other sheets."),
    ),
    "too_many_rows": (
        N_("The table has more than {most} rows."),
        N_("Import one estate or one village at a time."),
    ),
    "too_wide": (
        N_("The table has more than {most} columns, or a cell far outside the table."),
        N_("Copy the rows into the template and save it again."),
    ),
    "unpacked": (
        N_("Unpacked, the file would have more than {most} MB. It was not opened."),
        N_("Copy the rows into the template and save it again."),
    ),
    "old_format": (
        N_("The file is in the old Excel format, or protected by a password."),
        N_("Save it as XLSX without a password, or as CSV."),
    ),
    "damaged": (
        N_("The file cannot be read as a table."),
        N_("Open it in a spreadsheet program and save it as XLSX or CSV."),
    ),
    "encoding": (
        N_("The characters of the file cannot be read."),
        N_("Save it as “CSV UTF-8” or as XLSX; GB18030 can be read too."),
    ),
}


def read_roster(content: bytes, measure: Measure) -> Reading:
    """Read an uploaded roster; ``Reading.problems`` is empty when it can be imported.

    ``measure`` is what the roster counts in: ``area`` (owners of units), ``heads`` (people) or
    ``households`` (one representative each). Nothing is written anywhere.
    """
    try:
        return read_rows(table(content), measure)
    except Unfit as error:
        return Reading(measure, problems=(error.problem,))


def table(content: bytes) -> list[Row]:
    """Return the rows of a CSV file or of the first sheet of an XLSX file; ``Unfit`` says why not.

    A row has its number as a spreadsheet program shows it.
    """
    if len(content) > MOST_BYTES:
        raise _unfit("too_large", most=MOST_BYTES // 2**20)
    if content.startswith(b"PK\x03\x04"):
        rows = _spreadsheet(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _unfit("old_format")
    else:
        rows = _separated(decode(content))
    if len(rows) > MOST_ROWS + 1:
        raise _unfit("too_many_rows", most=MOST_ROWS)
    return [Row(number, tuple(cells)) for number, cells in enumerate(rows, 1)]


def decode(content: bytes) -> str:
    """Return the text of a CSV file in UTF-8 (with or without BOM) or GB18030.

    >>> decode("房號".encode("gb18030"))
    '房號'
    """
    if b"\0" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _unfit("encoding")  # UTF-16, or no text at all
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Another encoding read as GB18030 lands among unassigned and private characters.
        if not any(
            c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or "\x80" <= c < "\xa0" for c in text
        ):
            return text
    raise _unfit("encoding")


def _separated(text: str) -> list[list[Any]]:
    first = text.lstrip("\n").partition("\n")[0]
    separator = max(",\t;", key=first.count)
    try:
        rows: list[list[Any]] = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            rows.append(list(row))
            if len(row) > MOST_COLUMNS:
                raise _unfit("too_wide", most=MOST_COLUMNS)
            if len(rows) > MOST_ROWS + 1:
                raise _unfit("too_many_rows", most=MOST_ROWS)
    except csv.Error:
        raise _unfit("damaged") from None
    return rows


def _spreadsheet(content: bytes) -> list[list[Any]]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise Misconfigured("reading XLSX needs: pip install 'wugong[xlsx]'") from error
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_repacked(content)))
        return [list(row) for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]
    except (CalamineError, zipfile.BadZipFile, IndexError, NotImplementedError, RuntimeError):
        raise _unfit("damaged") from None


def _repacked(content: bytes) -> bytes:
    """Return an archive with only the parts of a table, each unpacked here and measured.

    The sizes that an archive states may be lies; the reader gets exactly the bytes counted here.
    """
    made = io.BytesIO()
    left = MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(made, "w") as kept:
        parts = given.infolist()
        if len(parts) > MOST_PARTS:
            raise _unfit("unpacked", most=MOST_UNPACKED // 2**20)
        for part in parts:
            if not _SHEET_PARTS.fullmatch(part.filename):
                continue
            most = min(left, max(2**20, part.compress_size * MOST_RATIO))
            if part.file_size > most:
                raise _unfit("unpacked", most=MOST_UNPACKED // 2**20)
            with given.open(part) as stream:  # in pieces: each allocates what it unpacks
                xml = b"".join(iter(lambda: stream.read(2**16), b""))
            left -= len(xml)
            if part.filename.startswith("xl/worksheets/"):
                _check_cells(xml)
            kept.writestr(part.filename, xml)
    return made.getvalue()


def _check_cells(xml: bytes) -> None:
    """Refuse a cell far outside: the reader makes every cell between it and the first one."""
    for found in _CELL_NAME.finditer(xml):
        name = _PLAIN_NAME.fullmatch(found[1])
        if name is None or _column(name[1]) > MOST_COLUMNS:
            raise _unfit("too_wide", most=MOST_COLUMNS)
        if int(name[2]) > MOST_ROWS + 1:
            raise _unfit("too_many_rows", most=MOST_ROWS)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _unfit(code: str, **details: int | str) -> Unfit:
    text, remedy = FILE_PROBLEMS[code]
    return Unfit(Problem(code, text, remedy, 0, details))


# The template


def template_csv(measure: Measure, language: str) -> bytes:
    """Return an empty roster to fill in, as CSV in UTF-8 with BOM, which Excel needs."""
    made = io.StringIO()
    csv.writer(made).writerow(_titles(measure, language))
    return made.getvalue().encode("utf-8-sig")


def template_xlsx(measure: Measure, language: str) -> bytes:
    """Return an empty roster to fill in, as XLSX with a second sheet that explains the columns."""
    try:
        from openpyxl import Workbook
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter
    except ImportError as error:
        raise Misconfigured("writing XLSX needs: pip install 'wugong[xlsx]'") from error
    words = Words(language, ["wugong"])
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new workbook has one sheet
    sheet.title = words(N_("Roster"))
    sheet.append(list(_titles(measure, language)))
    for number, column in enumerate(COLUMNS_OF[measure], 1):
        letter = get_column_letter(number)
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[letter].width = 18
        if column not in ("area", "households"):
            # Else "3-101" becomes a date, and telephone numbers lose their first zero.
            sheet.column_dimensions[letter].number_format = "@"
    sheet.freeze_panes = "A2"
    explained = book.create_sheet(words(N_("How to fill it in")))
    for line in _explained(measure, language, words):
        explained.append(list(line))
    explained.column_dimensions["A"].width = 18
    explained.column_dimensions["B"].width = 80
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _titles(measure: Measure, language: str) -> Sequence[str]:
    return [COLUMNS[key].title(language) for key in COLUMNS_OF[measure]]


def _explained(measure: Measure, language: str, words: Words) -> Iterable[tuple[str, str]]:
    required = REQUIRED[measure]
    for key in COLUMNS_OF[measure]:
        need = words(N_("Required.")) if key in required else words(N_("May stay empty."))
        yield COLUMNS[key].title(language), f"{words(COLUMNS[key].hint)} {need}"
