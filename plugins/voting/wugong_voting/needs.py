"""What is still missing: how many more heads, households or m² each test needs. For pages only."""

from __future__ import annotations

from dataclasses import dataclass

from wugong import Measure, Procedure, Test, judge
from wugong_voting.outcome import Figures

ZERO: Figures = {"heads": 0, "households": 0, "area": 0}


@dataclass(frozen=True, slots=True)
class Need:
    """A test and what it still needs, in its own measure; area in 0.01 m².

    ``missing``: how much more of the same base. ``fresh``: how much more if all who join also say
    yes, which makes the base grow; ``None`` when not even everybody who is left would be enough.
    """

    test: Test
    missing: int
    fresh: int | None


def turnout_needs(procedure: Procedure, whole: Figures, part: Figures) -> tuple[Need, ...]:
    """Return what the quorum still needs while a poll is open; it tells nothing of the choices."""
    _, tests = judge(procedure, whole, part, ZERO)
    return tuple(_need(test, whole, part) for test in tests[: len(procedure.quorum)])


def consent_needs(
    procedure: Procedure, whole: Figures, part: Figures, yes: Figures
) -> tuple[Need, ...]:
    """Return what each consent test needs, for figures that are public or supposed (N3)."""
    _, tests = judge(procedure, whole, part, yes)
    return tuple(_need(test, whole, part) for test in tests[len(procedure.quorum) :])


@dataclass(frozen=True, slots=True)
class WhatIf:
    """In one measure: who is entitled, who must take part, and how many must then be in favour.

    ``None`` where the procedure asks nothing of it. Areas are in 0.01 m².
    """

    measure: Measure
    whole: int
    part: int | None
    yes_at_least: int | None  # if just as many take part as must, or as have where those are more
    yes_of_all: int | None  # if all take part


def what_if(procedure: Procedure, whole: Figures, part: Figures = ZERO) -> list[WhatIf]:
    """Return what a poll on ``whole`` would need, in each measure that its procedure counts in.

    ``part``: who has taken part so far. It says what an outcome needs, never how anybody voted.
    """
    quorum = {need.test.measure: need.test.needed for need in turnout_needs(procedure, whole, ZERO)}
    just = {**whole, **{m: max(needed, part[m]) for m, needed in quorum.items()}}
    at_least = _consents(procedure, whole, just)
    of_all = _consents(procedure, whole, whole)
    return [
        WhatIf(
            measure,
            whole[measure],
            quorum.get(measure),
            at_least.get(measure) if measure in quorum else None,
            of_all.get(measure),
        )
        for measure in procedure.measures
    ]


def _consents(procedure: Procedure, whole: Figures, part: Figures) -> dict[Measure, int]:
    needs = consent_needs(procedure, whole, part, ZERO)
    return {need.test.measure: need.test.needed for need in needs}


def _need(test: Test, whole: Figures, part: Figures) -> Need:
    missing = max(0, test.needed - test.have)
    left = whole[test.measure] - part[test.measure]
    fresh = missing if test.base == "all" else _fresh(test)
    reachable = fresh is not None and fresh <= left
    return Need(test, missing, fresh if reachable or fresh == 0 else None)


def _fresh(test: Test) -> int | None:
    """Return the least k with ``have + k`` of ``of + k`` reaching the share; exact."""
    if test.met:
        return 0
    rest = 1 - test.share
    if rest == 0:  # all must agree: nobody was against yet, or no agreement can make up for it
        return 1 if test.have == test.of else None
    least = (test.share * test.of - test.have) / rest
    up = -(-least.numerator // least.denominator)
    # 過半數 wants more than the share, so an exact hit is one short; an empty base reaches nothing.
    return max(1, up + 1 if test.op == ">" and up == least else up)
