"""A draw as a file, for whoever draws it again: the same that ``wugong draw --json`` writes."""

from __future__ import annotations

from typing import Any

from wugong_voting import lots
from wugong_voting.draws import Draw, Part
from wugong_voting.lots import Person


def exported(draw: Draw, people: list[Person]) -> dict[str, Any]:
    """Return all that is needed to draw again, from the list as it was fixed, and who sits now."""
    quotas = dict(draw.quotas)
    public = {"what": draw.announced.public_value, "value": draw.value}
    found = lots.draw(people, draw.seed, draw.announced.seats, quotas)
    return {
        "form": "wugong-draw/1",
        "purpose": draw.announced.purpose,
        "parts": [{"commitment": one.commitment, "words": _said(one)} for one in draw.parts],
        **({"public": public} if public["value"] else {}),
        "seed": draw.seed,
        "commitment": lots.commitment(draw.seed),
        "list": draw.digest,
        "people": [{"id": one.id, "class": one.group} for one in people],
        "seats": draw.announced.seats,
        "quotas": quotas,
        "drawn": list(found.drawn),
        "unfilled": dict(found.unfilled),
        "declined": declined(draw),
        "sitting": list(draw.sitting),
    }


def _said(part: Part) -> str | None:
    return part.words if part.revealed_at is not None else None


def declined(draw: Draw) -> list[str]:
    """Return who declined, in the order of declining."""
    found = [
        (number, member)
        for seat in draw.seats
        for member, number in zip((*seat.before, seat.member), seat.declines, strict=False)
    ]
    return [member for _, member in sorted(found)]
