"""A draw of lots, drawn again from its revealed seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _ticket(seed: str, name: str) -> str:
    return _hash(f"wugong-lots/1\n{seed}\n{name}")


def _made(seed: str, parts: Sequence[Mapping[str, Any]], public: str) -> None:
    """Check the parts of a seed that several people made, and that it was made of them.

    Words may be missing (null) only where a public value joined the seed.
    """
    said = []
    for number, part in enumerate(parts, 1):
        if part["words"] is None and public:
            continue
        if part["words"] is None or _hash(part["words"]) != part["commitment"]:
            raise ValueError(f"the words of part {number} are not those that were committed to")
        said.append(part["words"])
    lines = ["wugong-seed/2", *said, public] if public else ["wugong-seed/1", *said]
    if parts and _hash("\n".join(lines)) != seed:
        raise ValueError("the seed is not made of these parts")


def drawn(data: Mapping[str, Any]) -> tuple[list[str], dict[str, int]]:
    """Draw again from a revealed seed: the lowest SHA-256 of form, seed and id, class by class."""
    seed, people = str(data["seed"]), {str(p["id"]): str(p["class"]) for p in data["people"]}
    if len(people) != len(data["people"]):
        raise ValueError("somebody is on the list twice")
    if _hash(seed) != data["commitment"]:
        raise ValueError("the seed is not the one that was committed to")
    _made(seed, data.get("parts", ()), str(data.get("public", {}).get("value", "")))
    lines = sorted(f"{name}\t{group}\n" for name, group in people.items())
    if _hash("".join(lines)) != data["list"]:
        raise ValueError("the list is not the one that was published")

    def ticket(name: str) -> str:
        return _ticket(seed, name)

    quotas = data["quotas"] or {None: data["seats"]}
    found, empty = [], {}
    for group, seats in quotas.items():
        able = sorted((n for n in people if group in (None, people[n])), key=ticket)
        found += able[:seats]
        if len(able) < seats:
            empty[group or ""] = seats - len(able)
    return sorted(found, key=ticket), empty


def sitting(data: Mapping[str, Any]) -> list[str]:
    """Return who sits after some declined: for each the next ticket of the same class."""
    people = {str(p["id"]): str(p["class"]) for p in data["people"]}
    seats, _empty = drawn(data)
    called = set(seats)
    for name in data["declined"]:
        able = [
            one
            for one in people
            if one not in called and (not data["quotas"] or people[one] == people[name])
        ]
        after = [min(able, key=lambda one: _ticket(str(data["seed"]), one))] if able else []
        called.update(after)
        seats[seats.index(name) : seats.index(name) + 1] = after
    return seats
