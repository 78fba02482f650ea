"""The local packs that a deployment reads, for the commands that start or look after it."""

from __future__ import annotations

from pathlib import Path

from wugong import Procedure
from wugong.packs import changed
from wugong.plugins import build, installed


def read(folder: Path | None) -> list[tuple[Procedure, Procedure]]:
    """Return each local pack of ``folder`` with its parent, in order of id.

    ``Misconfigured`` names the file of one that cannot be, and why.
    """
    if folder is None:
        return []
    known = build(installed(), folder).procedures
    return [(one, known[one.parent]) for _, one in sorted(known.items()) if one.pack]


def told(pack: Procedure, parent: Procedure) -> str:
    """Say which procedure a pack makes stricter, by what file and in which fields."""
    fields = ", ".join(changed(parent, pack)) or "nothing yet"
    return f"{pack.id} ({pack.pack}): stricter than {parent.id} in {fields}"
