"""A count on the result page: its certificate, its rounds and duels, what would have changed it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from wugong import N_, PollDecided, Words
from wugong_voting.ballot_forms import SPOILT
from wugong_voting.decisive import decisive

MOST_DUELS = 15  # all duels up to six options; above, those of whoever leads
MOST_GRID = 12  # options that a drawn matrix may have
WEIGHTS = {"votes", "others", "margin", "points", "majority", "contradicted", "quota"}
SHORT = 18  # characters of a title in a picture

NOTES = {
    "last": N_("Last: {options}"),
    "elected": N_("A seat: {options}"),
    "out": N_("Drops out: {options}"),
    "surplus_of": N_("its surplus passes on: {options}"),
}
BY_SEAT = {  # one number a seat, in the order of the seats
    "adds": N_("What each seat adds to the satisfaction of all"),
    "load": N_("The heaviest load of a voter after each seat"),
    "price": N_("What each seat cost a supporter, in seats"),
}
AGREED = {
    "choose": N_("Ballots for each option"),
    "approval": N_("Ballots that mark each option"),
    "ranked": N_("Ballots that give each option a place"),
    "grades": N_("Ballots that grade each option above 0"),
    "points": N_("Ballots that give each option points"),
    "projects": N_("Ballots that want each project"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """An option in a round: what it has, and how long its bar is in per cent."""

    title: str
    short: str
    figure: str
    width: str
    leads: bool


@dataclass(frozen=True, slots=True)
class Round:
    """A round: its heading, its bars, and what became of it; ``counts`` what the numbers are."""

    title: str
    bars: tuple[Bar, ...]
    note: str = ""
    counts: str = ""  # empty: the measure


@dataclass(frozen=True, slots=True)
class Duel:
    """Two options compared: how many prefer the first, how many the second."""

    first: str
    second: str
    for_first: str
    for_second: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A square of the drawn matrix, ``look`` is won, lost, level or self."""

    x: int
    y: int
    look: str


@dataclass(frozen=True, slots=True)
class Explained:
    """The count in one measure, as the page shows it."""

    measure: str
    sentences: tuple[str, ...]
    rounds: tuple[Round, ...]
    duels: tuple[Duel, ...]
    cells: tuple[Cell, ...]
    options: tuple[str, ...]
    changed: str
    uncounted: tuple[tuple[str, str], ...]  # blank and spoilt ballots, with the reason


def explained(decided: PollDecided, titles: Mapping[str, str], words: Words) -> list[Explained]:
    """Return what a counting rule found, in each measure; nothing for a plain yes or no."""
    if not decided.count:
        return []
    said = json.loads(decided.count)
    return [_measure(told, said["candidates"], titles, words) for told in said["counts"]]


def asks_of(decided: PollDecided) -> str:
    """Return the kind of ballot of a decided poll, ``""`` for a plain yes or no."""
    return str(json.loads(decided.count)["asks"]) if decided.count else ""


def exact(value: int | str) -> Fraction:
    """Read a number of a result: whole, or a share such as ``"25/2"``.

    >>> exact("25/2")
    Fraction(25, 2)
    """
    return Fraction(value)


def figure(value: int | str, measure: str) -> str:
    """Write a number of a result: heads grouped, areas in m² with two decimals, halves exactly.

    >>> figure(1284, "heads"), figure(9860, "area"), figure("25/2", "heads"), figure("1/3", "heads")
    ('1,284', '98.60', '12.5', '1/3')
    """
    number = exact(value) / (100 if measure == "area" else 1)
    whole = number * 1000
    if whole.denominator != 1:
        return f"{number.numerator:,}/{number.denominator:,}"
    sign, (units, rest) = "-" if number < 0 else "", divmod(abs(int(whole)), 1000)
    decimals = f"{rest:03d}".rstrip("0").ljust(2 if measure == "area" else 0, "0")
    return f"{sign}{units:,}.{decimals}" if decimals else f"{sign}{units:,}"


def _measure(
    told: Mapping[str, Any], able: Sequence[str], titles: Mapping[str, str], words: Words
) -> Explained:
    measure = told["measure"]
    funding = "rounds" in told and any("project" in one for one in told["rounds"])
    changed = None if funding else decisive(told, able)  # its sentences say what each lacked
    uncounted = [(words(N_("Blank ballots")), told["blank"])] if told["blank"] else []
    uncounted += [
        (words(N_("A spoilt ballot: {reason}"), reason=words(SPOILT[why])), weight)
        for why, weight in told["spoilt"].items()
    ]
    numbered = {option: n for n, option in enumerate(able, 1)}
    return Explained(
        measure=measure,
        sentences=tuple(
            _sentence(one, titles, measure, words) for one in told["certificate"] if one != changed
        ),
        rounds=tuple(_rounds(told, able, titles, words)),
        duels=tuple(_duels(told, able, titles, numbered)),
        cells=tuple(_cells(told)),
        options=tuple(titles[option] for option in able),
        changed=_sentence(changed, titles, measure, words) if changed else "",
        uncounted=tuple((why, figure(weight, measure)) for why, weight in uncounted),
    )


def _sentence(
    said: Mapping[str, Any], titles: Mapping[str, str], measure: str, words: Words
) -> str:
    joint = words(N_(", "))
    details: dict[str, str] = {}
    for name, value in said.items():
        if isinstance(value, list):
            details[name] = joint.join(titles.get(one, str(one)) for one in value) or "–"
        elif name in WEIGHTS:
            details[name] = figure(value, measure)
        else:
            details[name] = titles.get(value, value) if isinstance(value, str) else str(value)
    return words(details.pop("says"), **details)


def _rounds(
    told: Mapping[str, Any], able: Sequence[str], titles: Mapping[str, str], words: Words
) -> list[Round]:
    found: list[Round] = []
    for one in told.get("rounds", ()):
        if "project" in one or "stopped_at" in one:
            continue  # money spent: told in sentences and in the table of projects
        if (scores := one.get("votes") or one.get("points")) is not None:
            title = words(N_("Round {round}"), round=one.get("round", len(found) + 1))
            found.append(
                _round(title, scores, able, titles, told["measure"], _note(one, titles, words))
            )
        elif grades := one.get("grades"):
            found += _grades(grades, able, titles, told["measure"], words)
        elif isinstance(one.get("elected"), str):
            continue  # seat by seat: one picture of them all
        elif note := _note(one, titles, words):
            title = words(N_("Round {round}"), round=one.get("round", len(found) + 1))
            found.append(Round(title, (), note))
    return found + _seats(told, titles, words)


def _seats(told: Mapping[str, Any], titles: Mapping[str, str], words: Words) -> list[Round]:
    """Return one picture of seats that were filled one after the other, with what each took."""
    filled = [one for one in told.get("rounds", ()) if isinstance(one.get("elected"), str)]
    for name, message in BY_SEAT.items():
        numbers = {one["elected"]: one[name] for one in filled if name in one}
        if numbers:
            measure = told["measure"] if name == "adds" else "shares"
            made = _round(words(message), numbers, list(numbers), titles, measure, "")
            bars = tuple(replace(bar, leads=True) for bar in made.bars)
            return [replace(made, bars=bars, counts=words(N_("Number")))]
    return []


def _round(
    title: str,
    scores: Mapping[str, Any],
    able: Sequence[str],
    titles: Mapping[str, str],
    measure: str,
    note: str,
) -> Round:
    standing = {option: exact(scores[option]) for option in able if option in scores}
    most = max(standing.values(), default=Fraction(0))
    bars = [
        Bar(
            titles[option],
            _short(titles[option]),
            figure(scores[option], measure),
            _width(score, most),
            score == most > 0,
        )
        for option, score in standing.items()
    ]
    return Round(title, tuple(bars), note)


def _grades(
    grades: Mapping[str, list[int]],
    able: Sequence[str],
    titles: Mapping[str, str],
    measure: str,
    words: Words,
) -> list[Round]:
    """One picture a grade, the best first: who received it how often."""
    width = len(next(iter(grades.values()), ()))
    return [
        _round(
            words(N_("Grade {grade}"), grade=width - 1 - place),
            {option: grades[option][place] for option in able},
            able,
            titles,
            measure,
            "",
        )
        for place in range(width)
    ]


def _note(one: Mapping[str, Any], titles: Mapping[str, str], words: Words) -> str:
    """Say what became of a round: who dropped out, who has a seat, and why."""
    said = []
    for name, message in NOTES.items():
        if value := one.get(name):
            listed = [value] if isinstance(value, str) else value
            named = words(N_(", ")).join(titles.get(option, str(option)) for option in listed)
            said.append(words(message, options=named))
    return words(N_("; ")).join(said)


def _duels(
    told: Mapping[str, Any],
    able: Sequence[str],
    titles: Mapping[str, str],
    numbered: Mapping[str, int],
) -> list[Duel]:
    matrix = told.get("matrix", ())
    pairs = [(a, b) for a in range(len(matrix)) for b in range(a + 1, len(matrix))]
    if len(pairs) > MOST_DUELS:
        leads = {able.index(option) for option in told["winners"]}
        pairs = [(a, b) for a in sorted(leads)[:1] for b in range(len(matrix)) if a != b]
    measure = told["measure"]
    return [
        Duel(
            f"{numbered[able[a]]} {titles[able[a]]}",
            f"{numbered[able[b]]} {titles[able[b]]}",
            figure(matrix[a][b], measure),
            figure(matrix[b][a], measure),
        )
        for a, b in pairs
    ]


def _cells(told: Mapping[str, Any]) -> list[Cell]:
    matrix = told.get("matrix", ())
    if len(matrix) > MOST_GRID:
        return []
    return [Cell(x, y, _look(matrix, x, y)) for y in range(len(matrix)) for x in range(len(matrix))]


def _look(matrix: Sequence[Sequence[Any]], x: int, y: int) -> str:
    if x == y:
        return "self"
    lead = exact(matrix[y][x]) - exact(matrix[x][y])
    return "won" if lead > 0 else "lost" if lead < 0 else "level"


def _short(title: str) -> str:
    return title if len(title) <= SHORT else f"{title[: SHORT - 1]}…"


def _width(score: Fraction, most: Fraction) -> str:
    if most <= 0 or score <= 0:
        return "0%"
    tenths = int(score * 1000 / most)
    return f"{tenths // 10}.{tenths % 10}%"
