"""The bodies of a village and how each decides: read from ``procedures`` and ``steps``."""

from __future__ import annotations

from functools import cache
from importlib import resources

from wugong import Procedure
from wugong.procedures import read_procedures

ASSEMBLY = ("villagers.assembly.adults", "villagers.assembly.households")
REPRESENTATIVES = "villagers.representatives"
REPRESENTATIVES_ON_LEVY = "villagers.representatives.levy"
COUNCIL = "elders.council"
RESOLVING = frozenset({*ASSEMBLY, REPRESENTATIVES, REPRESENTATIVES_ON_LEVY})
LEVYING = frozenset({*ASSEMBLY, REPRESENTATIVES_ON_LEVY})


def _read(folder: str) -> dict[str, Procedure]:
    files = (resources.files(__package__) / folder).iterdir()
    texts = (file.read_text("utf-8") for file in files if file.name.endswith(".toml"))
    read = sorted((p for text in texts for p in read_procedures(text)), key=lambda p: p.id)
    return {procedure.id: procedure for procedure in read}


@cache
def procedures() -> dict[str, Procedure]:
    """Return the procedures that polls may name, by id."""
    return _read("procedures")


@cache
def steps() -> dict[str, Procedure]:
    """Return the tests of the second and third step of 四議兩公開, by id.

    They are no procedures to hold a poll under: the meetings are the Party's and the committees'
    own, and the journal holds their figures.
    """
    return _read("steps")
