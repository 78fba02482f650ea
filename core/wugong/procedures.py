"""Procedures: the law as dated data. One TOML file states one body's way of deciding.

The parts are in :mod:`wugong.procedure_parts`, how their rows are read in
:mod:`wugong.procedure_rows`; how a locality makes a procedure stricter is in :mod:`wugong.packs`.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from wugong import procedure_rows as rows
from wugong.procedure_parts import (
    Base,
    Basis,
    Composition,
    Confidence,
    Incompatible,
    Item,
    Kind,
    Proxies,
    Requirement,
    SeatClass,
    Silence,
    Step,
    Support,
    Term,
    Unit,
)
from wugong.rosters import Measure

__all__ = [
    "Base",
    "Basis",
    "Composition",
    "Confidence",
    "Incompatible",
    "Item",
    "Procedure",
    "Proxies",
    "Requirement",
    "SeatClass",
    "Silence",
    "Step",
    "Support",
    "Term",
    "Unit",
    "read_procedure",
    "read_procedures",
]


@dataclass(frozen=True, slots=True)
class Procedure:
    """How one body decides; titles by language, ``overridable`` fields only to be made stricter."""

    id: str
    title: Mapping[str, str]
    body: str
    setting: str
    roster: str
    quorum: tuple[Requirement, ...]
    consent: tuple[Requirement, ...]
    basis: tuple[Basis, ...]
    effective_from: date
    effective_to: date | None = None
    jurisdiction: str = "CN"
    notice_days: int = 0
    notice_source: str = ""
    publish_days: int = 0
    publish_source: str = ""
    before: tuple[str, ...] = ()  # kinds of fact that must stand before the poll opens
    secrecy: Literal["open", "secret"] = "open"
    decides: bool = True  # an advisory body's opinion decides nothing
    matters: tuple[str, ...] = ()
    overridable: tuple[str, ...] = ()
    kind: Kind = "decision"
    family: str = ""  # procedures that differ in form only share one
    form: str = ""
    parent: str = ""  # the procedure that a local pack makes stricter
    later: str = ""  # of an older text: the procedure that took its place
    ancestors: tuple[str, ...] = ()  # of a local pack: its parent, and so on up to the statute's
    pack: str = field(default="", compare=False)  # the file of a local pack
    customary: bool = False  # debate and discussion: never where a statute decides
    plurality: bool = False  # of an election: the most votes win, above the share of ``consent``
    notice_may_be_shorter: bool = False  # where the text allows it in special cases
    convenor: str = ""
    convenor_source: str = ""
    demands: tuple[Support, ...] = ()
    petition: tuple[Support, ...] = ()
    proxies: Proxies | None = None
    silence: tuple[Silence, ...] = ()
    composition: tuple[Composition, ...] = ()
    classes: tuple[SeatClass, ...] = ()  # of the seats of the body
    items: tuple[Item, ...] = ()
    all_items: bool = False  # ``items`` of the body's procedures are the whole list of the statute
    causes: tuple[str, ...] = ()  # of ``no_vote``: what alone allows it
    causes_source: str = ""
    steps: tuple[Step, ...] = ()
    terms: tuple[Term, ...] = ()
    incompatible: tuple[Incompatible, ...] = ()
    # the file as read; of a local pack, after those of its parents
    texts: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def in_force(self, on: date) -> bool:
        """Tell whether the procedure is in force on that day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    @property
    def origin(self) -> str:
        """The procedure that a local pack makes stricter in the end; without one, its own id."""
        return self.ancestors[-1] if self.ancestors else self.id

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures it tests in, each once, in order."""
        return tuple(dict.fromkeys(r.measure for r in (*self.quorum, *self.consent)))

    @property
    def units(self) -> tuple[Unit, ...]:
        """What its tests count, each once, in order."""
        return tuple(dict.fromkeys(r.counts for r in (*self.quorum, *self.consent)))

    @property
    def text(self) -> str:
        """All that it was read from; empty for one that was made in code."""
        return "\n".join(self.texts)

    @property
    def version(self) -> str:
        """The SHA-256 of the text it was read from: what a decision stores beside its id."""
        return hashlib.sha256(b"wugong/procedure/v1\0" + self.text.encode()).hexdigest()


REQUIRED = {
    "id",
    "title",
    "body",
    "setting",
    "roster",
    "quorum",
    "consent",
    "basis",
    "effective_from",
}
_ROWS: Mapping[str, Callable[[Any, str], Any]] = {
    "quorum": rows.read_requirement,
    "consent": rows.read_requirement,
    "basis": rows.read_basis,
    "demands": rows.read_support,
    "petition": rows.read_support,
    "silence": rows.read_silence,
    "composition": rows.read_composition,
    "classes": rows.read_class,
    "items": rows.read_item,
    "steps": rows.read_step,
    "terms": rows.read_term,
    "incompatible": rows.read_incompatible,
}
_DAYS = ("notice_days", "publish_days")
_WORDS = ("before", "matters", "overridable", "causes")
_FLAGS = ("decides", "customary", "plurality", "notice_may_be_shorter", "all_items")
_TEXTS = (
    "id",
    "body",
    "setting",
    "roster",
    "jurisdiction",
    "notice_source",
    "publish_source",
    "family",
    "form",
    "parent",
    "later",
    "convenor",
    "convenor_source",
    "causes_source",
)
_CHOICES = {
    "secrecy": ("open", "secret"),
    "kind": ("decision", "election", "recall", "no_vote"),
}
_DATES = ("effective_from", "effective_to")
KNOWN = {*REQUIRED, *_ROWS, *_DAYS, *_WORDS, *_FLAGS, *_TEXTS, *_CHOICES, *_DATES, "proxies"}


def read_procedure(text: str) -> Procedure:
    """Read the one procedure of a TOML text; ``ValueError`` names the wrong or missing key.

    A requirement is ``{id, measure, op = ">=" | ">", base, share = "2/3", source, confidence}``.
    """
    found = read_procedures(text)
    if len(found) != 1:
        raise ValueError(f"procedure {found[0].family}: one was asked for, it has {len(found)}")
    return found[0]


@lru_cache(maxsize=512)  # each engine that opens reads the same files
def read_procedures(text: str) -> tuple[Procedure, ...]:
    """Read the procedures of a TOML text: one, or one for each table under ``[forms]``.

    A form states what differs from the rest of the file; ``villagers.assembly`` with the forms
    adults and households gives ``villagers.assembly.adults`` and ``villagers.assembly.households``.
    """
    data = tomllib.loads(text)
    forms = data.pop("forms", None)
    if forms is None:
        return (replace(make_procedure(data), texts=(text,)),)
    family = data.get("id", "?")
    if not isinstance(forms, dict) or not forms:
        raise ValueError(f"procedure {family}: forms must be tables")
    made = []
    for form, own in forms.items():
        merged = {**data, **own, "id": f"{family}.{form}", "family": family, "form": form}
        made.append(replace(make_procedure(merged), texts=(text,)))
    return tuple(made)


def make_procedure(data: Mapping[str, Any]) -> Procedure:
    """Make a procedure of the keys of its file; ``ValueError`` names the wrong or missing key."""
    where = f"procedure {data.get('id', '?')}"
    if missing := REQUIRED - data.keys():
        raise ValueError(f"{where}: {', '.join(sorted(missing))} missing")
    made = Procedure(**read_fields(data, where))
    rows.check_figures(made.composition, made.classes, where)
    publish = ("publish",) if made.publish_days else ()
    rows.check_posted(made.steps, (*publish, *(term.id for term in made.terms)), where)
    rows.check_running(made.steps, made.terms, where)
    if made.later and made.effective_to is None:
        raise ValueError(f"{where}: what another took the place of needs effective_to")
    if made.kind == "no_vote" and (made.decides or made.quorum or made.consent):
        raise ValueError(f"{where}: no_vote needs decides = false, and neither quorum nor consent")
    return made


def read_fields(data: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Read those fields of a procedure that ``data`` states."""
    if unknown := data.keys() - KNOWN:
        raise ValueError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    return {key: _field(key, value, where) for key, value in data.items()}


def _field(key: str, value: Any, where: str) -> Any:
    if key in _ROWS:
        return rows.read_list(value, _ROWS[key], f"{where}, {key}")
    if key == "proxies":
        return rows.read_proxies(value, f"{where}, proxies")
    if key == "title":
        return rows.read_title(value, where)
    if key in _DAYS:
        return rows.read_days(value, f"{where}: {key}")
    fits = {
        key in _WORDS: isinstance(value, list) and all(isinstance(word, str) for word in value),
        key in _FLAGS: isinstance(value, bool),
        key in _TEXTS: isinstance(value, str),
        key in _CHOICES: value in _CHOICES.get(key, ()),
        key in _DATES: type(value) is date,
    }[True]
    if not fits:
        raise ValueError(f"{where}: {key} cannot be {value!r}")
    return tuple(value) if key in _WORDS else value
