"""The short code on a record sheet: it names one step of one matter of one community.

A plugin may name its own things by number in the same way, such as what was redeemed for points. A
code is an address, not a key: whoever follows it still needs the role that the act asks for. Twelve
letters without 0, O, 1 and I carry 60 bits: the matter's number, a mark of the community, a mark
of the step, and a check of it all that notices a mistyped letter.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from wugong.journal import CODE_LETTERS

LENGTH = 12
NUMBER, COMMUNITY, STEP, CHECK = 25, 10, 15, 10  # bits, together five for each letter
MOST_NUMBER = 2**NUMBER - 1


@dataclass(frozen=True, slots=True)
class Named:
    """What a code says: the matter's number (0: the community itself), and the two marks."""

    number: int
    community: int
    step: int


def code_of(matter: str, step: str) -> str:
    """Return the code of a step of a matter; empty for a number that twelve letters cannot hold.

    >>> code_of("wutong.17", "owners.lift.plan")
    '2222-KAYD-3685'
    """
    community, _, number = matter.partition(".")
    if int(number or 0) > MOST_NUMBER:
        return ""
    told = int(number or 0) << COMMUNITY | community_mark(community)
    told = told << STEP | step_mark(step)
    whole = told << CHECK | _check(told)
    shifts = range(5 * (LENGTH - 1), -1, -5)
    letters = "".join(CODE_LETTERS[whole >> shift & 31] for shift in shifts)
    return "-".join(letters[i : i + 4] for i in range(0, LENGTH, 4))


def read_code(code: str) -> Named:
    """Read a code as somebody typed it; ``ValueError`` for one that was mistyped."""
    letters = "".join(code.upper().replace("-", " ").split())
    if len(letters) != LENGTH or any(letter not in CODE_LETTERS for letter in letters):
        raise ValueError("a sheet's code has 12 letters and digits, without 0, O, 1 and I")
    whole = 0
    for letter in letters:
        whole = whole << 5 | CODE_LETTERS.index(letter)
    told = whole >> CHECK
    if whole & (1 << CHECK) - 1 != _check(told):
        raise ValueError("a letter of this code was mistyped")
    rest = told >> STEP
    return Named(rest >> COMMUNITY, rest & (1 << COMMUNITY) - 1, told & (1 << STEP) - 1)


def number_in(code: str, community: str, step: str) -> int:
    """Return the number that a code names for ``step``: ``LookupError`` if it is of another.

    >>> number_in(code_of("wutong.17", "points.redemption"), "wutong", "points.redemption")
    17
    """
    named = read_code(code)
    if (named.community, named.step) != (community_mark(community), step_mark(step)):
        raise LookupError(f"this code names no {step} of {community}")
    return named.number


def community_mark(community: str) -> int:
    """Return the mark of a community in its codes."""
    return _bits("community", community.encode(), COMMUNITY)


def step_mark(step: str) -> int:
    """Return the mark of a step in the codes of every matter that has it."""
    return _bits("step", step.encode(), STEP)


def _check(told: int) -> int:
    return _bits("check", told.to_bytes(8, "big"), CHECK)


def _bits(what: str, data: bytes, bits: int) -> int:
    digest = hashlib.sha256(b"wugong/sheet/v1/" + what.encode() + b"\0" + data).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - bits)
