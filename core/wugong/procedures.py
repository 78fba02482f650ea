"""Procedures: the law as dated data. One TOML file states one body's way of deciding."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Literal, cast

from wugong.rosters import Measure
from wugong.thresholds import Threshold

Base = Literal["all", "part", "present"]  # 全體 · 參與表決 · 到會
Confidence = Literal["V", "S", "M", "I"]  # read · secondary · from memory · recommendation


@dataclass(frozen=True, slots=True)
class Basis:
    """An article that a procedure rests on, with the year of the text and how sure we are."""

    article: str
    text_year: int
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Requirement:
    """One test: the share that ``part`` (quorum) or the yes side (consent) must reach of a base."""

    id: str
    measure: Measure
    base: Base
    threshold: Threshold


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
    text: str = field(default="", repr=False, compare=False)  # the file as read

    def in_force(self, on: date) -> bool:
        """Tell whether the procedure is in force on that day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures it tests in, each once, in order."""
        return tuple(dict.fromkeys(r.measure for r in (*self.quorum, *self.consent)))


_REQUIRED = {
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
_KNOWN = _REQUIRED | {
    "effective_to",
    "jurisdiction",
    "notice_days",
    "notice_source",
    "publish_days",
    "publish_source",
    "before",
    "secrecy",
    "decides",
    "matters",
    "overridable",
}


def read_procedure(text: str) -> Procedure:
    """Read a procedure from TOML; ``ValueError`` names the wrong or missing key.

    A requirement is ``{id, measure, op = ">=" | ">", base, share = "2/3", source}``.
    """
    data = tomllib.loads(text)
    where = f"procedure {data.get('id', '?')}"
    if missing := _REQUIRED - data.keys():
        raise ValueError(f"{where}: {', '.join(sorted(missing))} missing")
    if unknown := data.keys() - _KNOWN:
        raise ValueError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    for key in ("notice_days", "publish_days"):
        if type(data.get(key, 0)) is not int or not 0 <= data.get(key, 0) <= 3650:
            raise ValueError(f"{where}: {key} must be a number of days, got {data[key]!r}")
    quorum = tuple(_requirement(row, where) for row in data.pop("quorum"))
    consent = tuple(_requirement(row, where) for row in data.pop("consent"))
    basis = tuple(_basis(row, where) for row in data.pop("basis"))
    lists: dict[str, Any] = {
        key: tuple(data.pop(key, ())) for key in ("before", "matters", "overridable")
    }
    return Procedure(quorum=quorum, consent=consent, basis=basis, text=text, **lists, **data)


def _basis(row: Mapping[str, Any], where: str) -> Basis:
    if row.get("confidence") not in ("V", "S", "M", "I"):
        raise ValueError(f"{where}: confidence must be V, S, M or I, got {row.get('confidence')!r}")
    return Basis(str(row["article"]), int(row["text_year"]), row["confidence"])


def _requirement(row: Mapping[str, Any], where: str) -> Requirement:
    place = f"{where}, test {row.get('id', '?')}"
    known = {"id", "measure", "op", "base", "share", "source"}
    if row.keys() != known:
        raise ValueError(f"{place}: needs exactly {', '.join(sorted(known))}")
    if row["measure"] not in ("heads", "households", "area"):
        raise ValueError(f"{place}: measure must be heads, households or area")
    if row["base"] not in ("all", "part", "present"):
        raise ValueError(f"{place}: base must be all, part or present")
    if row["op"] not in (">", ">="):
        raise ValueError(f'{place}: op must be ">" (過半數, 超過) or ">=" (以上)')
    try:
        share = Fraction(row["share"])
        threshold = Threshold(share, row["op"] == ">=", str(row["source"]))
    except (ValueError, TypeError, ZeroDivisionError):
        raise ValueError(f"{place}: share must be text such as 2/3, at most 1/1") from None
    measure, base = cast(Measure, row["measure"]), cast(Base, row["base"])
    return Requirement(str(row["id"]), measure, base, threshold)
