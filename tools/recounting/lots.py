"""A draw of lots, drawn again from its revealed seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any


def drawn(data: Mapping[str, Any]) -> tuple[list[str], dict[str, int]]:
    """Draw again from a revealed seed: the lowest SHA-256 of form, seed and id, class by class."""
    seed, people = str(data["seed"]), {str(p["id"]): str(p["class"]) for p in data["people"]}
    if len(people) != len(data["people"]):
        raise ValueError("somebody is on the list twice")
    if hashlib.sha256(seed.encode()).hexdigest() != data["commitment"]:
        raise ValueError("the seed is not the one that was committed to")
    lines = sorted(f"{name}\t{group}\n" for name, group in people.items())
    if hashlib.sha256("".join(lines).encode()).hexdigest() != data["list"]:
        raise ValueError("the list is not the one that was published")

    def ticket(name: str) -> str:
        return hashlib.sha256(f"wugong-lots/1\n{seed}\n{name}".encode()).hexdigest()

    quotas = data["quotas"] or {None: data["seats"]}
    found, empty = [], {}
    for group, seats in quotas.items():
        able = sorted((n for n in people if group in (None, people[n])), key=ticket)
        found += able[:seats]
        if len(able) < seats:
            empty[group or ""] = seats - len(able)
    return sorted(found, key=ticket), empty
