"""What can be written on a ballot: one line of text a kind, read and checked without guessing.

======== ============ ============================================================
choose   ``a``        one option
approval ``a,c``      every option that the voter agrees to, in any order
ranked   ``b>a=c``    best first, equals joined; what is not named has no place
grades   ``a:3,b:0``  a grade an option, 0 is the worst; what is not named has none
points   ``a:3,b:1``  points an option out of a number to spend; what is not named has none
projects ``a,c``      every project that the voter wants, in any order
======== ============ ============================================================

``-`` is a blank ballot, ``!illegible`` a spoilt one with its reason; both are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wugong import N_

Kind = Literal["choose", "approval", "ranked", "grades", "points", "projects"]
Groups = tuple[tuple[str, ...], ...]  # options from best to worst, equals together

BLANK = "-"
ABSTAIN = "abstain"  # an option of that id takes part and can never win
SPOILT: Mapping[str, str] = {
    "illegible": N_("It cannot be read"),
    "too_many": N_("It names too many options"),
    "named_twice": N_("It names an option twice"),
    "unknown": N_("It names what is no option"),
    "marked": N_("It shows who cast it"),
    "damaged": N_("It is damaged"),
}
SIGNS = re.compile(r"[>=,:\s]|^[-!]")


@dataclass(frozen=True, slots=True)
class BallotForm:
    """A kind of ballot: ``levels`` grades (0 … levels - 1), at most ``most`` options (0: any).

    ``points`` is what a ballot may spend; where ``squared``, n for an option cost n × n.
    ``costs`` are those of projects and ``budget`` what they share, in 分; where ``within``, a
    ballot itself may not cost more.
    """

    kind: Kind
    levels: int = 0
    most: int = 0
    points: int = 0
    squared: bool = False
    costs: tuple[tuple[str, int], ...] = ()
    budget: int = 0
    within: bool = False

    @property
    def numbered(self) -> bool:
        """Whether a number stands beside each option: a grade, or points."""
        return self.kind in ("grades", "points")


@dataclass(frozen=True, slots=True)
class Written:
    """A ballot as read: ``groups`` is empty for a blank one, ``spoilt`` says why it is spoilt.

    Where numbers are given there is one group a number, the highest first, empty ones too.
    """

    groups: Groups = ()
    spoilt: str = ""

    @property
    def named(self) -> tuple[str, ...]:
        """Every option that the ballot names, best first."""
        return tuple(option for group in self.groups for option in group)


class Misread(ValueError):
    """A ballot that cannot be counted as it is written; ``code`` is that of the refusal."""

    def __init__(self, code: str, **details: int | str) -> None:
        super().__init__(f"{code}: {details}")
        self.code = code
        self.details: Mapping[str, int | str] = details


def candidates(options: Iterable[str]) -> tuple[str, ...]:
    """Return the options that can win: all but an abstention."""
    return tuple(option for option in options if option != ABSTAIN)


def unusable(options: Iterable[str]) -> tuple[str, ...]:
    """Return the option ids that a ballot could not name without ambiguity.

    >>> unusable(["lamp-post", "a>b", "-", "!"])
    ('a>b', '-', '!')
    """
    return tuple(option for option in options if SIGNS.search(option))


def spoilt_reason(text: str) -> str:
    """Return why a ballot is spoilt, ``""`` for one that is not; ``Misread`` for another reason."""
    if not text.startswith("!"):
        return ""
    if text[1:] not in SPOILT:
        raise Misread("voting.spoilt_why", choice=text, reasons=", ".join(SPOILT))
    return text[1:]


def read(text: str, form: BallotForm, options: Sequence[str]) -> Written:
    """Read one ballot; ``Misread`` says what is wrong with it, and nothing is repaired.

    >>> read("b > a=c", BallotForm("ranked"), ["a", "b", "c"]).groups
    (('b',), ('a', 'c'))
    >>> read("a:2", BallotForm("grades", levels=3), ["a", "b"]).groups
    (('a',), (), ())
    >>> read("!damaged", BallotForm("choose"), ["a", "b"]).spoilt
    'damaged'
    """
    text = text.strip()
    if reason := spoilt_reason(text):
        return Written(spoilt=reason)
    if text in (BLANK, ABSTAIN):
        return Written()
    groups = _READ[form.kind](text, form)
    named = [option for group in groups for option in group]
    known = candidates(options)
    for place, option in enumerate(named):
        if option not in known:
            raise Misread("voting.unknown_option", choice=option)
        if option in named[:place]:
            raise Misread("voting.named_twice", choice=option)
    return Written(groups)


def _one(text: str, _form: BallotForm) -> Groups:
    return ((text,),)


def _approved(text: str, form: BallotForm) -> Groups:
    names = tuple(part.strip() for part in text.split(","))
    if form.most and len(names) > form.most:
        raise Misread("voting.too_many", given=len(names), most=form.most)
    return (names,)


def _wanted(text: str, form: BallotForm) -> Groups:
    (names,) = _approved(text, form)
    costs = dict(form.costs)
    spent = sum(costs.get(name, 0) for name in set(names))
    if form.within and spent > form.budget:
        raise Misread("voting.over_budget", spent=yuan(spent), budget=yuan(form.budget))
    return (names,)


def _ranked(text: str, _form: BallotForm) -> Groups:
    return tuple(tuple(one.strip() for one in place.split("=")) for place in text.split(">"))


def _graded(text: str, form: BallotForm) -> Groups:
    groups: list[list[str]] = [[] for _ in range(form.levels)]
    for part in text.split(","):
        option, sign, grade = (piece.strip() for piece in part.partition(":"))
        # Ten digits at most: longer numbers are out of any scale, and slow to read.
        if not sign or not re.fullmatch(r"[0-9]{1,10}", grade):
            raise Misread("voting.grade_missing", choice=option)
        if int(grade) >= form.levels:
            raise Misread("voting.out_of_scale", choice=option, grade=int(grade), top=_top(form))
        groups[_top(form) - int(grade)].append(option)
    return tuple(map(tuple, groups))


def _spread(text: str, form: BallotForm) -> Groups:
    groups = _graded(text, form)
    numbers = [(_top(form) - place, len(group)) for place, group in enumerate(groups)]
    spent = sum((n * n if form.squared else n) * options for n, options in numbers)
    if spent > form.points:
        raise Misread("voting.too_many_points", given=spent, most=form.points)
    return groups if spent else ()


_READ = {
    "choose": _one,
    "approval": _approved,
    "ranked": _ranked,
    "grades": _graded,
    "points": _spread,
    "projects": _wanted,
}


def _top(form: BallotForm) -> int:
    return form.levels - 1


def supported(written: Written, form: BallotForm) -> tuple[str, ...]:
    """Return the options that a ballot agrees to: chosen, approved, given a place or above 0.

    The ballot paper says so to whoever fills it in; see decision 6.
    """
    if form.numbered:
        return tuple(option for group in written.groups[:-1] for option in group)
    return written.named


def yuan(fen: int) -> str:
    """Write money exactly.

    >>> yuan(45050)
    '450.50'
    """
    return f"{fen // 100}.{fen % 100:02d}"


def write_places(places: Mapping[str, int]) -> str:
    """Write a ranked ballot from the place of each option; gaps between places close.

    >>> write_places({"a": 2, "b": 1, "c": 2})
    'b>a=c'
    """
    found: dict[int, list[str]] = {}
    for option, place in places.items():
        found.setdefault(place, []).append(option)
    return ">".join("=".join(found[place]) for place in sorted(found)) or BLANK


def write_grades(grades: Mapping[str, int]) -> str:
    """Write a graded ballot.

    >>> write_grades({"a": 3, "b": 0})
    'a:3,b:0'
    """
    return ",".join(f"{option}:{grade}" for option, grade in grades.items()) or BLANK
