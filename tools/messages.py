"""Collect the messages of each package and bring its catalogues up to date.

``python tools/messages.py [PACKAGE …]`` (or ``make messages``) writes
``locale/<package>.pot`` and ``locale/<language>/LC_MESSAGES/<package>.po`` inside each package,
one gettext domain a package. Message ids are plain English. What zh_Hant lacks and zh_Hans has is
proposed by OpenCC (Taiwan's words, not only its characters) for a person to read once.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh_Hans", "zh_Hant", "en")
METHODS = [("**.py", "python"), ("**/templates/**", "jinja2.ext:babel_extract")]
COMMENTS = ("Translators:",)
# Dates and tools in a header change with every run and tell nobody anything.
NOISE = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Last-Translator',
    b'"Language-Team',
    b'"Generated-By',
    b'"Report-Msgid-Bugs-To',
)


def packages(root: Path = ROOT) -> list[Path]:
    """Return the folder of every package that can carry a catalogue."""
    found = [root / "core/wugong", *root.glob("plugins/*/wugong_*"), root / "server/wugong_server"]
    return sorted(path for path in found if (path / "__init__.py").exists())


def extracted(package: Path) -> Catalog:
    """Return the messages of ``package``, from ``_()``, ``N_()``, ``ngettext()`` and templates."""
    catalogue = Catalog(project=package.name, charset="utf-8", fuzzy=False)
    catalogue.header_comment = f"# Messages of {package.name}."
    for file, line, message, comments, context in extract_from_dir(
        package, METHODS, comment_tags=COMMENTS, strip_comment_tags=True
    ):
        catalogue.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return catalogue


def catalogue_path(package: Path, language: str) -> Path:
    """Return where the translations of ``package`` into ``language`` are kept."""
    return package / "locale" / language / "LC_MESSAGES" / f"{package.name}.po"


def read_catalogue(path: Path, language: str) -> Catalog:
    """Return the translations in ``path``, none when there is no such file."""
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def is_translated(message: Message | None) -> bool:
    """Tell whether ``message`` has a text for every plural form and nobody doubts it."""
    if message is None or message.fuzzy:
        return False
    texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return all(texts)


def update(package: Path) -> Iterator[Path]:
    """Write the template and catalogues of ``package`` where they changed; yield their paths."""
    template = extracted(package)
    if not len(template):
        return
    yield from _write(template, package / "locale" / f"{package.name}.pot")
    catalogues = {}
    for language in LANGUAGES:
        catalogue = read_catalogue(catalogue_path(package, language), language)
        catalogue.header_comment = f"# {package.name} in {language}."
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        catalogues[language] = catalogue
    _propose(catalogues["zh_Hans"], catalogues["zh_Hant"])
    for language, catalogue in catalogues.items():
        yield from _write(catalogue, catalogue_path(package, language))


def _propose(simplified: Catalog, traditional: Catalog) -> None:
    """Fill what ``traditional`` lacks from ``simplified``."""
    from opencc import OpenCC

    converter = OpenCC("s2twp")
    for message in simplified:
        target = traditional.get(message.id, message.context)
        if not message.id or target is None or is_translated(target) or not is_translated(message):
            continue
        if isinstance(message.string, (tuple, list)):
            target.string = tuple(converter.convert(text or "") for text in message.string)
        elif message.string:
            target.string = converter.convert(message.string)


def _write(catalogue: Catalog, path: Path) -> Iterator[Path]:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, sort_output=True, include_lineno=False)
    lines = buffer.getvalue().splitlines(keepends=True)
    text = b"".join(line for line in lines if not line.startswith(NOISE))
    if path.exists() and path.read_bytes() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    yield path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("package", nargs="*", help="e.g. wugong_voting; all when none is named")
    wanted = set(parser.parse_args().package)
    known = {path.name: path for path in packages()}
    if unknown := wanted - known.keys():
        parser.error(f"no such package: {', '.join(sorted(unknown))}")
    for name, package in known.items():
        if not wanted or name in wanted:
            for path in update(package):
                print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
