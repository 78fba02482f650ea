"""Is a body composed as the law asks? Shares of its members and least numbers, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong.figures import Undecidable
from wugong.procedures import Composition, Procedure
from wugong.thresholds import least, reaches
from wugong.words import N_

PARTS = (("representatives", "members"), ("women", "members"), ("women", "representatives"))
FIGURES = ("members", "representatives", "women", "households")


def compose(procedure: Procedure, request: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return each test of the composition as applied to members, their kinds and seat classes."""
    if not procedure.composition:
        message = N_("No composition is laid down for {procedure}.")
        raise Undecidable("no_composition", message, procedure=procedure.id)
    listed = request.get("all")
    given = {**(listed if isinstance(listed, Mapping) else {}), **request}
    figures = {name: _count(name, given[name]) for name in FIGURES if name in given}
    seats = _seats(procedure, request.get("classes", {}))
    asked = [
        one for one in procedure.composition if not (one.for_each and one.count not in figures)
    ]
    for test in asked:
        for name in (test.count, test.of):
            if name and name not in figures and name not in seats:
                message = N_("{figure} is missing: a test needs it.")
                place = name if name in FIGURES else f"classes.{name}"
                raise Undecidable("figure_missing", message, figure=place)
    counted = {one.count for one in procedure.composition}
    for part, of in PARTS:
        if of not in {"members", *counted}:
            continue
        if figures.get(part, 0) > figures.get(of, figures.get(part, 0)):
            message = N_("{unit}: {group} is {part}, more than {of} with {all}.")
            details = {"unit": part, "group": part, "of": of}
            raise Undecidable(
                "part_above_all", message, **details, part=figures[part], all=figures[of]
            )
    together = sum(seats.values())
    if together > figures.get("members", together):
        message = N_("The classes have {seats} seats together, more than {members} members.")
        most = figures["members"]
        raise Undecidable(
            "seats_above_members", message, where="members", seats=together, members=most
        )
    return tuple(_applied(test, {**figures, **seats}) for test in asked)


def _seats(procedure: Procedure, value: Any) -> dict[str, int]:
    """Read how many sit in each class of the body."""
    known = [one.id for one in procedure.classes]
    if not isinstance(value, Mapping):
        message = N_("{where} must be a whole number from 0, not {value}.")
        raise Undecidable("not_a_count", message, where="classes", value=repr(value)[:40])
    if unknown := [str(name) for name in value if name not in known]:
        message = N_("{procedure} has no class of seats {name}; known: {known}.")
        details = {"procedure": procedure.id, "name": unknown[0][:40]}
        raise Undecidable("class_unknown", message, **details, known=", ".join(known) or "–")
    return {name: _count(f"classes.{name}", seats) for name, seats in value.items()}


def _count(name: str, value: Any) -> int:
    if type(value) is not int or value < 0:
        message = N_("{where} must be a whole number from 0, not {value}.")
        raise Undecidable("not_a_count", message, where=name, value=repr(value)[:40])
    return value


def _applied(test: Composition, figures: Mapping[str, int]) -> dict[str, Any]:
    have, sure = figures[test.count], test.confidence
    shared = {"id": test.id, "unit": test.count, "have": have, "source": test.source}
    each = figures[test.of] if test.for_each else 1
    if most := test.most * each:
        asked = {"of": most, "base": "most", "op": "<=", "share": "1/1"}
        met, over = have <= most, max(0, have - most)
        return {**shared, **asked, "met": met, "confidence": sure, "most": most, "over": over}
    if test.threshold is None:
        number = test.number * each
        asked = {"of": number, "base": "number", "op": ">=", "share": "1/1"}
        return {**shared, **asked, "met": have >= number, "confidence": sure, "least": number}
    of, share = figures[test.of], test.threshold.share
    met = of > 0 and reaches(have, of, test.threshold)
    asked = {"of": of, "base": test.of, "op": test.threshold.op}
    return {
        **shared,
        **asked,
        "share": f"{share.numerator}/{share.denominator}",
        "met": met,
        "confidence": sure,
        "least": least(of, test.threshold),
    }
