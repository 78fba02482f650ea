"""The procedures of the pack: one dated TOML file each, read as they are."""

from __future__ import annotations

from importlib import resources

from wugong import Procedure, read_procedure


def procedures() -> tuple[Procedure, ...]:
    """Return the procedures of the pack, ordered by file name."""
    folder = resources.files("wugong_urban") / "procedures"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(read_procedure(file.read_text(encoding="utf-8")) for file in files)
