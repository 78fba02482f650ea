"""Put into the source tree what the wheel needs and git does not keep: htmx and the catalogues.

Hatchling runs :class:`BuildHook` for every wheel, the editable one too. ``python hatch_build.py``
does the same by hand, for catalogues that changed after the installation.
"""

from __future__ import annotations

import hashlib
import sys
from importlib.metadata import files
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HTMX_SHA256 = "28fae7bbe8e8142b702debb9d5234a9a436d9435a4b5165b195aa1a7ed840d25"  # htmx 4.0.0
HTMX_SOURCE = "django_htmx/static/django_htmx/htmx-4.min.js"  # in django-htmx, never imported
CASES = "wugong_server/cases"  # the stories that a new server plays as examples
HTMX_TARGET = Path("server/wugong_server/static/htmx.min.js")


class BuildHook(BuildHookInterface[Any]):
    """What pyproject.toml names as the custom build hook."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the files before hatchling collects them; an sdist carries only their sources."""
        if self.target_name == "wheel":
            make_all(Path(self.root))
            if version != "editable":  # a checkout has them where they are
                build_data["force_include"]["tests/cases"] = CASES


def make_all(root: Path) -> list[Path]:
    """Copy htmx and compile stale catalogues below ``root``; return what was written."""
    return [*copy_htmx(root), *compile_catalogues(root)]


def copy_htmx(root: Path) -> list[Path]:
    """Copy the pinned htmx out of django-htmx; raise RuntimeError when it is another one."""
    target = root / HTMX_TARGET
    if target.exists() and hashlib.sha256(target.read_bytes()).hexdigest() == HTMX_SHA256:
        return []
    found = [file for file in files("django-htmx") or [] if file.as_posix() == HTMX_SOURCE]
    if not found:
        raise RuntimeError(f"django-htmx carries no {HTMX_SOURCE}; is another version installed?")
    script = found[0].read_binary()
    digest = hashlib.sha256(script).hexdigest()
    if digest != HTMX_SHA256:
        raise RuntimeError(f"{HTMX_SOURCE} has SHA-256 {digest}, expected {HTMX_SHA256}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(script)
    return [target]


def compile_catalogues(root: Path) -> list[Path]:
    """Compile each ``locale/<language>/LC_MESSAGES/<domain>.po`` that is newer than its ``.mo``."""
    written = []
    for folder in ("core", "plugins", "server"):
        for source in sorted((root / folder).rglob("locale/*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime <= source.stat().st_mtime:
                compile_catalogue(source, target)
                written.append(target)
    return written


def compile_catalogue(source: Path, target: Path) -> None:
    """Write ``target`` from ``source``; fuzzy entries are left out and show in English."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parts[-3], domain=source.stem, abort_invalid=True)
    with target.open("wb") as file:
        write_mo(file, catalogue)


if __name__ == "__main__":
    for path in make_all(Path(__file__).parent):
        sys.stdout.write(f"made {path}\n")
