"""Words: each catalogue in turn, details in their places, a half-known sentence kept."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from wugong import LANGUAGES, Words
from wugong.words import catalogue

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=1; plural=0;\\n"

msgid "Greeting to {name}"
msgstr "{name}，您好"

msgid "{count} note"
msgid_plural "{count} notes"
msgstr[0] "{count}条"
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give a package with a Chinese catalogue."""
    folder = tmp_path / "wugong_greeting" / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (tmp_path / "wugong_greeting" / "__init__.py").touch()
    (tmp_path / "messages.po").write_text(PO, encoding="utf-8")
    with (
        (tmp_path / "messages.po").open("rb") as po,
        (folder / "wugong_greeting.mo").open("wb") as mo,
    ):
        write_mo(mo, read_po(po, locale="zh_Hans"))
    monkeypatch.syspath_prepend(str(tmp_path))
    catalogue.cache_clear()
    yield "wugong_greeting"
    catalogue.cache_clear()
    sys.modules.pop("wugong_greeting", None)


def test_a_message_is_translated_with_its_details(package: str) -> None:
    words = Words("zh_Hans", ["absent_package", package])
    assert words("Greeting to {name}", name="Lin") == "Lin，您好"
    assert words("Unknown {thing}", thing=7) == "Unknown 7"
    assert words("") == ""
    assert words.plural("{count} note", "{count} notes", 3) == "3条"


def test_a_language_without_the_message_keeps_the_message(package: str) -> None:
    words = Words("en", [package])
    assert words("Greeting to {name}", name="Lin") == "Greeting to Lin"
    assert words.plural("{count} note", "{count} notes", 1) == "1 note"
    assert words.plural("{count} note", "{count} notes", 2) == "2 notes"


def test_a_detail_that_is_missing_leaves_its_place(package: str) -> None:
    assert Words("zh_Hans", [package])("Greeting to {name}") == "{name}，您好"


def test_braces_in_a_detail_stay_text(package: str) -> None:
    words = Words("zh_Hans", [package])
    assert words("Greeting to {name}", name="{0.__class__}") == "{0.__class__}，您好"


def test_there_are_three_languages(package: str) -> None:
    assert LANGUAGES == ("zh_Hans", "zh_Hant", "en")
    with pytest.raises(ValueError, match="no catalogue for 'fr'; known: zh_Hans, zh_Hant, en"):
        Words("fr", [package])
