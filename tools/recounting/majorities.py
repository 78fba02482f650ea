"""The tests of a plain yes or no, made again from its ballots (過半數, 三分之二以上 and so on)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from recounting.polls import Poll

Tested = dict[str, int | bool | str]


def tested(data: Mapping[str, Any], poll: Poll) -> list[Tested]:
    """Return each test of an exported poll as it comes out: its figures and whether it is met.

    A test asks how many took part or how many said yes, of all entitled (``whole``), of those who
    took part, or of yes and no alone. Blank and spoilt ballots take part and say neither; silent
    ones are on the side that the file names.
    """
    silent = {str(side): int(weight) for side, weight in data["silent"].items()}
    said = {side: silent.get(side, 0) for side in ("yes", "no")}
    for weight, groups in poll.ballots:
        (side,) = groups[0]
        said[side] += weight
    spoilt = sum(int(weight) for weight in data.get("spoilt", {}).values())
    part = poll.weight + poll.blank + spoilt + sum(silent.values())
    bases = {"all": int(data["whole"]), "sides": said["yes"] + said["no"]}
    return [_test(one, part, said["yes"], bases) for one in data["tests"]]


def _test(one: Mapping[str, Any], part: int, yes: int, bases: Mapping[str, int]) -> Tested:
    have = part if one["asks"] == "part" else yes
    of = bases.get(one["base"], part)
    share = Fraction(one["share"])
    reached = have >= share * of if one["op"] == ">=" else have > share * of
    return {"id": str(one["id"]), "have": have, "of": of, "met": of > 0 and reached}


def differing(data: Mapping[str, Any], found: list[Tested]) -> list[str]:
    """Return the ids of the tests that the file states otherwise."""
    return [
        str(told["id"])
        for told, made in zip(data["tests"], found, strict=True)
        if any(told[name] != made[name] for name in made)
    ]
