"""The figures of a decision, as people write them: whole numbers, and areas as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wugong.words import LANGUAGES, N_, Words

# Keys of MEASURE_OF, in the order in which they are told.
UNITS = {
    "heads": N_("owners"),
    "area": N_("m²"),
    "households": N_("households"),
    "persons": N_("people"),
    "members": N_("members"),
    "representatives": N_("representatives"),
}
BASES = {
    "all": N_("all entitled"),
    "part": N_("those taking part"),
    "present": N_("those present"),
    "voted": N_("the votes cast"),
    "sides": N_("those for and against"),
}
AREA = re.compile(r"\d{1,12}(?:\.\d{1,2})?")
MOST = 10**12


def told(message: str, **details: object) -> dict[str, str]:
    """Say something in the three languages."""
    return {language: Words(language, ["wugong"])(message, **details) for language in LANGUAGES}


class Undecidable(ValueError):
    """The figures cannot be judged; ``code`` and ``text`` (by language) say what is wrong.

    ``message`` and ``details`` are what ``text`` is made of; a page names its fields instead.
    """

    def __init__(self, code: str, message: str, **details: object) -> None:
        self.code, self.message, self.details = code, message, details
        self.text = told(message, **details)
        super().__init__(self.text["en"])


def read_figures(value: Any, where: str) -> dict[str, int]:
    """Read ``{"heads": 109, "area": "10870.00"}``; areas come out in 0.01 m²."""
    if not isinstance(value, Mapping):
        raise Undecidable(
            "figures_shape",
            N_('{where} must name its units, such as {{"heads": 109, "area": "10870.00"}}.'),
            where=where,
        )
    for unit in value:
        if unit not in UNITS:
            raise Undecidable(
                "unit_unknown",
                N_("{where} counts in {unit}; known: {known}."),
                where=where,
                unit=str(unit)[:40],
                known=", ".join(UNITS),
            )
    return {unit: read_figure(unit, one, f"{where}.{unit}") for unit, one in value.items()}


def read_figure(unit: str, value: Any, where: str) -> int:
    """Read one figure in its unit."""
    if unit == "area":
        return _read_area(value, where)
    if type(value) is not int or not 0 <= value <= MOST:
        raise Undecidable(
            "not_a_count",
            N_("{where} must be a whole number from 0, not {value}."),
            where=where,
            value=_shown(value),
        )
    return value


def _read_area(value: Any, where: str) -> int:
    if isinstance(value, str) and value.rstrip().endswith(("%", "％", "‰")):
        raise Undecidable(
            "area_is_share",
            N_("{where} is {value}, a percentage. Write the area itself in m²."),
            where=where,
            value=_shown(value),
        )
    if not isinstance(value, str) or not value.isascii() or not AREA.fullmatch(value):
        raise Undecidable(
            "area_not_text",
            N_('{where} must be text in m² with two decimals, such as "10870.00", not {value}.'),
            where=where,
            value=_shown(value),
        )
    whole, _, decimals = value.partition(".")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def write_figure(unit: str, value: int) -> int | str:
    """Write a figure as it is read: an area as text with two decimals."""
    return f"{value // 100}.{value % 100:02d}" if unit == "area" else value


def _shown(value: Any) -> str:
    return repr(value)[:40]
