"""The procedures of both packs, and the calculator asked about them on a day of 2026."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong import Procedure
from wugong.deciding import decide
from wugong.figures import Undecidable, write_figure
from wugong_rural.bodies import procedures as rural
from wugong_urban.bodies import procedures as urban

LAW: Mapping[str, Procedure] = {one.id: one for one in urban()} | rural()
ON = "2026-06-30"


def day_of(procedure: Any, law: Any = LAW) -> str:
    """Return the day that questions are about; of an older text, its last."""
    until = law[procedure].effective_to if procedure in law else None
    return until.isoformat() if until and until.isoformat() < ON else ON


def ask(procedure: Any, law: Any = LAW, **request: Any) -> dict[str, Any]:
    return decide({"procedure": procedure, "on": day_of(procedure, law), **request}, law)


def outcome(procedure: Any, **request: Any) -> str:
    return str(ask(procedure, **request)["outcome"])


def unmet(answer: Mapping[str, Any]) -> list[str]:
    return [test["id"] for test in answer["tests"] if not test["met"]]


def refused(procedure: Any, **request: Any) -> str:
    try:
        ask(procedure, **request)
    except Undecidable as error:
        assert set(error.text) == {"zh_Hans", "zh_Hant", "en"} and all(error.text.values())
        return error.code
    raise AssertionError("it was decided")


def owners(heads: int, area: str) -> dict[str, Any]:
    return {"heads": heads, "area": area}


def figures(units: Mapping[Any, int]) -> dict[str, Any]:
    return {unit: write_figure(unit, value) for unit, value in units.items()}
