"""The bodies of a village and how each decides: read from ``procedures`` and ``steps``.

Older texts are in ``earlier``: they answer for days on which they were in force.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import resources

from wugong import Procedure
from wugong.packs import read_packs
from wugong.procedures import read_procedures

ASSEMBLY = ("villagers.assembly.adults", "villagers.assembly.households")
REPRESENTATIVES = "villagers.representatives"
REPRESENTATIVES_ON_LEVY = "villagers.representatives.levy"
COUNCIL = "elders.council"
RESOLVING = frozenset({*ASSEMBLY, REPRESENTATIVES, REPRESENTATIVES_ON_LEVY})
LEVYING = frozenset({*ASSEMBLY, REPRESENTATIVES_ON_LEVY})


def _texts(folder: str) -> dict[str, str]:
    files = (resources.files(__package__) / folder).iterdir()
    return {file.name: file.read_text("utf-8") for file in files if file.name.endswith(".toml")}


def _read(folder: str) -> dict[str, Procedure]:
    texts = _texts(folder).values()
    read = sorted((p for text in texts for p in read_procedures(text)), key=lambda p: p.id)
    return {procedure.id: procedure for procedure in read}


@cache
def procedures() -> dict[str, Procedure]:
    """Return the procedures by id: those of the country, older texts, and packs of provinces."""
    country = {**_read("procedures"), **_read("steps"), **_read("earlier")}
    packs = read_packs(sorted(_texts("packs").items()), country)
    # ``pack`` names the file of whoever runs the site; these are no files of theirs.
    return {**country, **{name: replace(one, pack="") for name, one in packs.items()}}


@cache
def steps() -> dict[str, Procedure]:
    """Return the tests of the second and third step of 四議兩公開, by id, as the flow applies them.

    They are no procedures to hold a poll under: the meetings are the Party's and the committees'
    own, and the journal holds their figures. By law they decide nothing; the flow waits for them.
    """
    return {name: replace(one, decides=True) for name, one in _read("steps").items()}
