"""Lots: a draw that anybody can repeat from a published seed.

The commitment, the SHA-256 of the seed, and the digest of the list are published first; the seed is
revealed when neither can change any more. Everybody's ticket is the SHA-256 of ``wugong-lots/1``,
the seed and the id, each on a line of its own; the lowest tickets are drawn. A ticket depends on
nobody else, so the order of the list plays no part. ``tools/recount.py`` draws again without this
module; docs/lots.md says how by hand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256

FORM = "wugong-lots/1"
JOINED, JOINED_PUBLIC = "wugong-seed/1", "wugong-seed/2"
SHORTEST_SEED = 16  # characters; a short seed could be found from its commitment by trying


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list, and the class that a quota is for; ``""`` where there are none."""

    id: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who is drawn, in the order of the tickets, and who follows where somebody declines.

    ``unfilled`` are the seats of each class that nobody is left for; they stay empty.
    """

    drawn: tuple[str, ...]
    substitutes: tuple[str, ...]
    quotas: Mapping[str, int] = field(default_factory=dict)
    unfilled: Mapping[str, int] = field(default_factory=dict)


def commitment(seed: str) -> str:
    """Return what is published before the seed; ``ValueError`` for one that could be guessed.

    >>> commitment("sixteen letters!")[:16]
    '68fb0c55b0d37de0'
    """
    if len(seed) < SHORTEST_SEED or re.search(r"[\r\n]", seed) or seed != seed.strip():
        raise ValueError(
            f"a seed is one line of at least {SHORTEST_SEED} characters, no blanks around it"
        )
    return sha256(seed.encode()).hexdigest()


def joined(parts: Sequence[str], public: str = "") -> str:
    """Return the seed that several people made: the SHA-256 of ``wugong-seed/1`` and their words.

    Each stands on a line of its own, in the order of the commitments. Whoever knows all parts but
    one knows nothing of the seed. A ``public`` value that nobody knew while words were said stands
    on the last line, under ``wugong-seed/2``.

    >>> joined(["first secret words", "second secret words"])[:16]
    '47bc277e228f0152'
    """
    lines = (JOINED_PUBLIC, *parts, public) if public else (JOINED, *parts)
    return sha256("\n".join(lines).encode()).hexdigest()


def digest(people: Sequence[Person]) -> str:
    """Return the SHA-256 of the list: its ids and classes, sorted, a line each, a tab between."""
    lines = sorted(f"{one.id}\t{one.group}\n" for one in checked(people))
    return sha256("".join(lines).encode()).hexdigest()


def ticket(seed: str, name: str) -> str:
    """Return the ticket of an id, 64 digits from 0 to f; the lowest is drawn first."""
    return sha256(f"{FORM}\n{seed}\n{name}".encode()).hexdigest()


def checked(people: Sequence[Person]) -> Sequence[Person]:
    """Return a list in which everybody stands once; ``ValueError`` names who does not."""
    seen: set[str] = set()
    for number, one in enumerate(people, 1):
        if not one.id or re.search(r"[\t\r\n]", one.id + one.group):
            raise ValueError(f"entry {number} has no id, or a tab or a line break in it")
        if one.id in seen:
            raise ValueError(f"{one.id} is on the list twice")
        seen.add(one.id)
    if not people:
        raise ValueError("there is nobody on the list")
    return people


def shares(people: Sequence[Person], seats: int, seed: str) -> dict[str, int]:
    """Return quotas in proportion to the classes, by largest remainder.

    Of equal remainders the class with the lower ticket has the seat.
    """
    sizes: dict[str, int] = {}
    for one in people:
        sizes[one.group] = sizes.get(one.group, 0) + 1
    exact = {name: Fraction(seats * size, len(people)) for name, size in sizes.items()}
    quotas = {name: int(share) for name, share in exact.items()}
    ranked = sorted(exact, key=lambda name: (quotas[name] - exact[name], ticket(seed, name)))
    for name in ranked[: seats - sum(quotas.values())]:
        quotas[name] += 1
    return dict(sorted(quotas.items()))


def draw(
    people: Sequence[Person],
    seed: str,
    seats: int,
    quotas: Mapping[str, int] | None = None,
) -> Drawn:
    """Draw ``seats`` of ``people``; with ``quotas`` so many of each class.

    ``ValueError`` for a list with somebody twice, a seed that can be guessed, or quotas that are
    not those of the seats.

    >>> found = draw([Person("a"), Person("b"), Person("c")], "sixteen letters!", 2)
    >>> len(found.drawn), len(found.substitutes), dict(found.unfilled)
    (2, 1, {})
    """
    checked(people)
    commitment(seed)
    if seats < 1:
        raise ValueError(f"seats is a whole number above 0, not {seats}")
    asked = dict(quotas or {})
    if asked and (sum(asked.values()) != seats or min(asked.values()) < 0):
        raise ValueError(f"the quotas are of {sum(asked.values())} seats, there are {seats}")
    ordered = sorted(people, key=lambda one: (ticket(seed, one.id), one.id))
    left = dict(asked) if asked else {"": seats}
    taken: list[str] = []
    for one in ordered:
        name = one.group if asked else ""
        if left.get(name, 0):
            left[name] -= 1
            taken.append(one.id)
    chosen = set(taken)
    return Drawn(
        tuple(taken),
        tuple(one.id for one in ordered if one.id not in chosen),
        asked,
        {name: number for name, number in left.items() if number},
    )


def following(
    people: Sequence[Person], seed: str, called: Collection[str], group: str | None = None
) -> str | None:
    """Return who is next after those who were ``called``, in one class or of all; ``None``: nobody.

    >>> following([Person("a"), Person("b")], "sixteen letters!", {"a"})
    'b'
    """
    able = (one for one in people if one.id not in called and group in (None, one.group))
    found = min(able, key=lambda one: (ticket(seed, one.id), one.id), default=None)
    return None if found is None else found.id
