"""The procedures of the pack: dated TOML files, read as they are."""

from __future__ import annotations

from importlib import resources

from wugong import Procedure
from wugong.procedures import read_procedures


def procedures() -> tuple[Procedure, ...]:
    """Return the procedures of the pack, ordered by file name."""
    folder = resources.files("wugong_urban") / "procedures"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(p for file in files for p in read_procedures(file.read_text(encoding="utf-8")))
