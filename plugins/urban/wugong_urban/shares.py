"""Who pays what of a lift: coefficients, exact shares in 分, relief for those in hardship."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from math import floor as floor_of

from wugong import Fact, Fold, Ref, Refusal
from wugong_urban.events import Apportioned, Sharer, SharesAdopted, SharesApportioned

BY_AREA = "民法典 283"
COEFFICIENT = re.compile(r"\d{1,4}(?:\.\d{1,4})?")
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Formula:
    """A way of weighing units; ``floors`` are coefficients from the first floor up."""

    id: str
    title: Mapping[str, str]
    confidence: str
    floors: tuple[str, ...] = ()
    step: str = ""  # what each further floor adds; empty: the table ends there
    by_area: bool = False  # times the private floor area
    by_floor: bool = False  # the floor's share, in equal parts for its units
    own: bool = False  # coefficients are stated unit by unit
    source: str = ""

    def coefficient(self, storey: int) -> str | None:
        """Return the coefficient of a floor as decimal text; ``None`` above the table."""
        if not self.floors:
            return None if self.own else "1"
        at = max(1, storey) - 1
        if at < len(self.floors):
            return self.floors[at]
        if not self.step:
            return None
        more = Fraction(self.floors[-1]) + (at - len(self.floors) + 1) * Fraction(self.step)
        return f"{floor_of(more * 10) // 10}.{floor_of(more * 10) % 10}"


@cache
def formulas() -> Mapping[str, Formula]:
    """Return the formulas of the pack by id, as their file lists them."""
    text = (resources.files("wugong_urban") / "formulas.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["formulas"]
    made = [Formula(**{**row, "floors": tuple(row.get("floors", ()))}) for row in rows]
    return {formula.id: formula for formula in made}


def coefficient_of(formula: Formula, sharer: Sharer) -> str | None:
    """Return a unit's coefficient: the one stated for it, else the formula's."""
    return sharer.coefficient or formula.coefficient(sharer.floor)


def weights_of(formula: Formula, sharers: Sequence[Sharer]) -> list[Fraction]:
    """Return what each unit weighs; every coefficient must be known."""
    on_floor = Counter(sharer.floor for sharer in sharers)
    weights = []
    for sharer in sharers:
        weight = Fraction(coefficient_of(formula, sharer) or "0")
        if formula.by_area:
            weight *= sharer.area_dm2
        if formula.by_floor:
            weight /= on_floor[sharer.floor]
        weights.append(weight)
    return weights


def apportion(adopted: SharesAdopted) -> tuple[tuple[Apportioned, ...], int]:
    """Return every unit's amount and what relief leaves to other income, in 分.

    Shares are exact; each is cut to whole 分 and the 分 left over go to the largest remainders,
    of equal ones to the first unit by name. Amounts and relief add up to the cost less subsidy.
    """
    net = adopted.cost_fen - adopted.subsidy_fen
    sharers = sorted(adopted.units, key=lambda sharer: sharer.unit)
    formula = formulas()[adopted.formula]
    weights = weights_of(formula, sharers)
    whole = sum(weights)
    full = [net * weight / whole for weight in weights]
    borne = [
        share * (HUNDRED - sharer.relief) / HUNDRED
        for share, sharer in zip(full, sharers, strict=True)
    ]
    relief, relieved = sum(full) - sum(borne), 0
    if adopted.relief_from == "others":
        bearing = [
            w if s.relief == 0 else Fraction(0) for w, s in zip(weights, sharers, strict=True)
        ]
        total = sum(bearing)
        if relief:
            borne = [b + relief * w / total for b, w in zip(borne, bearing, strict=True)]
    else:
        relieved = floor_of(relief)
    amounts = _whole(borne, net - relieved)
    made = tuple(
        Apportioned(
            unit=sharer.unit,
            coefficient=coefficient_of(formula, sharer) or "0",
            amount_fen=amount,
        )
        for sharer, amount in zip(sharers, amounts, strict=True)
    )
    return made, relieved


def _whole(exact: Sequence[Fraction], total: int) -> list[int]:
    """Cut amounts to whole 分 that come to ``total``: largest remainders first."""
    amounts = [floor_of(one) for one in exact]
    order = sorted(range(len(exact)), key=lambda at: (amounts[at] - exact[at], at))
    for at in order[: total - sum(amounts)]:
        amounts[at] += 1
    return amounts


def refusals(adopted: SharesAdopted) -> list[Refusal]:
    """Say why these shares cannot be worked out."""
    reasons = []
    units = Counter(sharer.unit for sharer in adopted.units)
    if twice := sorted(unit for unit, times in units.items() if times > 1):
        reasons.append(Refusal("urban.unit_listed_twice", BY_AREA, {"units": ", ".join(twice)}))
    if adopted.subsidy_fen > adopted.cost_fen:
        details = {"cost_fen": adopted.cost_fen, "subsidy_fen": adopted.subsidy_fen}
        reasons.append(Refusal("urban.subsidy_above_cost", BY_AREA, details))
    formula = formulas().get(adopted.formula)
    if formula is None:
        known = ", ".join(formulas())
        details_of: dict[str, int | str] = {"formula": adopted.formula, "known": known}
        return [*reasons, Refusal("urban.formula_unknown", BY_AREA, details_of)]
    return reasons + _unit_refusals(formula, adopted)


def _unit_refusals(formula: Formula, adopted: SharesAdopted) -> list[Refusal]:
    reasons = []
    wrong = [s.unit for s in adopted.units if s.coefficient and not _fits(s.coefficient)]
    if wrong:
        details = {"units": ", ".join(wrong)}
        return [Refusal("urban.coefficient_unreadable", BY_AREA, details)]
    if without := [s.unit for s in adopted.units if coefficient_of(formula, s) is None]:
        details = {"units": ", ".join(without)}
        reasons.append(Refusal("urban.coefficient_missing", BY_AREA, details))
    if formula.by_area and (bare := [s.unit for s in adopted.units if not s.area_dm2]):
        details = {"units": ", ".join(bare)}
        reasons.append(Refusal("urban.area_missing", BY_AREA, details))
    if reasons:
        return reasons
    weights = weights_of(formula, adopted.units)
    if not sum(weights):
        return [Refusal("urban.coefficients_zero", BY_AREA)]
    full = [w for w, s in zip(weights, adopted.units, strict=True) if s.relief == 0]
    if any(s.relief for s in adopted.units) and adopted.relief_from == "others" and not sum(full):
        return [Refusal("urban.nobody_bears_relief", BY_AREA)]
    return []


def _fits(coefficient: str) -> bool:
    return coefficient.isascii() and COEFFICIENT.fullmatch(coefficient) is not None


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares in force: what was adopted and what each unit pays of it."""

    seq: int
    adopted: SharesAdopted
    shares: tuple[Apportioned, ...] = ()
    relieved_fen: int = 0


def _fold(known: Shares | None, fact: Fact) -> Shares | None:
    match fact.event:
        case SharesAdopted() as adopted:
            return Shares(fact.seq, adopted)
        case SharesApportioned() as made if known is not None and made.adopted == known.seq:
            return Shares(known.seq, known.adopted, made.shares, made.relieved_fen)
    return known


SHARES: Fold[Shares | None] = Fold(
    "urban.shares", initial=None, fold=_fold, hears=(SharesAdopted, SharesApportioned)
)


def apportioned(fact: Fact) -> SharesApportioned:
    """Return what follows from shares that were adopted."""
    shares, relieved = apportion(fact.event)
    return SharesApportioned(adopted=Ref(fact.seq), shares=shares, relieved_fen=relieved)
