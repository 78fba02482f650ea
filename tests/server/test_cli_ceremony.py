"""``wugong ceremony``: a public key for the poll, a sheet for each scrutineer, nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from wugong.ceremony import join, read_box_key
from wugong_server.cli import cli


def hold(folder: Path, *arguments: str) -> tuple[int, str, Path]:
    sheets = folder / "sheets.html"
    done = CliRunner().invoke(cli, ["ceremony", "--sheets", str(sheets), *arguments])
    return done.exit_code, done.output, sheets


def digits(page: str) -> list[str]:
    """Return the shares as somebody reads them off the sheets."""
    tables = re.findall(r"<table>.*?</table>", page, re.DOTALL)
    return [" ".join(re.findall(r"<td>(\d{4})</td>", table)) for table in tables]


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
def test_what_is_printed_opens_the_box(tmp_path: Path, language: str) -> None:
    code, said, sheets = hold(
        tmp_path, "--needed", "2", "--shares", "3", "--language", language, "--json"
    )
    key = read_box_key(json.loads(said)["public_key"])
    page = sheets.read_text(encoding="utf-8")
    shares = digits(page)
    assert (code, key.needed, key.shares, len(shares)) == (0, 2, 3, 3)
    assert join(key, shares[1:])[1] == (2, 3)
    assert str(key) in page
    assert page.count("<svg viewBox=") == 4  # public key and shares can be scanned, at any size


def test_the_sheets_are_for_their_maker_alone_and_never_overwritten(tmp_path: Path) -> None:
    _code, _said, sheets = hold(tmp_path)
    assert sheets.stat().st_mode & 0o777 == 0o600
    before = sheets.read_bytes()
    code, said, _sheets = hold(tmp_path)
    assert code != 0
    assert "is there already" in said
    assert sheets.read_bytes() == before


def test_more_needed_than_there_are_is_refused(tmp_path: Path) -> None:
    code, said, sheets = hold(tmp_path, "--needed", "4", "--shares", "3")
    assert (code, sheets.exists()) == (2, False)
    assert "4 of 3 scrutineers cannot meet" in said
