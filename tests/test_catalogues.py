"""Nobody meets an English text in a Chinese page, nor a placeholder that is not filled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from messages import (
    LANGUAGES,
    catalogue_path,
    extracted,
    is_translated,
    packages,
    read_catalogue,
    update,
)

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdrif]|\{\w*(?:[!:][^}]*)?\}")


def texts(string: object) -> list[str]:
    return [str(text) for text in string] if isinstance(string, (tuple, list)) else [str(string)]


def placeholders(message: Message) -> tuple[set[str], list[set[str]]]:
    """Return what a translation may use, and what each of its plural forms does use."""
    offered = {name for text in texts(message.id) for name in PLACEHOLDER.findall(text)}
    return offered, [set(PLACEHOLDER.findall(text)) for text in texts(message.string)]


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
@pytest.mark.parametrize("package", [pytest.param(path, id=path.name) for path in packages()])
def test_every_message_is_translated(package: Path, language: str) -> None:
    catalogue = read_catalogue(catalogue_path(package, language), language)
    missing = [
        message.id
        for message in extracted(package)
        if message.id and not is_translated(catalogue.get(message.id, message.context))
    ]
    assert missing == [], f"run `make messages` and translate them in {language}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("package", [pytest.param(path, id=path.name) for path in packages()])
def test_a_translation_fills_what_the_message_names(package: Path, language: str) -> None:
    for message in read_catalogue(catalogue_path(package, language), language):
        if message.id and is_translated(message):
            offered, used = placeholders(message)
            plural = isinstance(message.id, (tuple, list))
            for names in used:
                assert names <= offered if plural else names == offered, message.id


def test_messages_are_found_in_modules_and_templates_and_proposed_in_zh_hant(
    tmp_path: Path,
) -> None:
    package = tmp_path / "wugong_example"
    (package / "templates/example").mkdir(parents=True)
    (package / "pages.py").write_text('title = _("Network")\nnote = N_("Print the notice")\n')
    (package / "templates/example/page.html").write_text(
        "<h1>{{ _('Software') }}</h1>"
        "{% trans count=n %}{{ count }} ballot{% pluralize %}{{ count }} ballots{% endtrans %}"
    )
    list(update(package))
    simplified = catalogue_path(package, "zh_Hans")
    translated = simplified.read_text()
    for english, chinese in (("Network", "网络"), ("Software", "软件")):
        translated = translated.replace(
            f'"{english}"\nmsgstr ""', f'"{english}"\nmsgstr "{chinese}"'
        )
    simplified.write_text(translated)

    assert list(update(package)) == [catalogue_path(package, "zh_Hant")]

    proposed = read_catalogue(catalogue_path(package, "zh_Hant"), "zh_Hant")
    assert {str(message.id): message.string for message in proposed if message.id} == {
        "Network": "網路",
        "Print the notice": "",
        "Software": "軟體",
        "('%(count)s ballot', '%(count)s ballots')": ("",),
    }
    assert list(update(package)) == []
