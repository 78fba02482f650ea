"""PrefLib files: ``.soc``, ``.soi``, ``.toc``, ``.toi`` and ``.cat``, read and written.

A line is ``weight: 3,{1,2},4``. In ``.cat`` the places are categories, the first one the best;
what a ballot does not grade counts as the worst. Ids are the numbers of the file, as text.
Format: https://www.preflib.org/format (2022).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugong_voting.counting.profile import Profile, check_weight, mark, rank_type, weights_of
from wugong_voting.counting.result import Sentence
from wugong_voting.counting.words import N_

KINDS = ("soc", "soi", "toc", "toi", "cat")
_ALLOWED = b"0123456789,:{} \t\r\n"
_TO_SPACES = bytes(c if chr(c).isdigit() and c < 128 else 32 for c in range(256))
_LINE = re.compile(rb"\s*\d+\s*:\s*((\d+|\{[\d\s,]*\})\s*(,\s*(\d+|\{[\d\s,]*\})\s*)*)?\s*")


@dataclass(frozen=True, slots=True)
class PrefLibFile:
    """A profile and what the file says about it; ``notes`` tell what was mended."""

    profile: Profile
    title: str = ""
    categories: tuple[str, ...] = ()
    notes: tuple[Sentence, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)


def read(path: str | Path) -> PrefLibFile:
    """Read one file. ``ValueError`` names the file, the line and what is wrong with it."""
    place = Path(path)
    kind = place.suffix[1:].lower()
    if kind not in KINDS:
        raise ValueError(f"{place.name}: not a PrefLib file; these end in {', '.join(KINDS)}")
    head, body, first = _split(place.read_bytes())
    about = _about(head)
    names = _numbered(about, "ALTERNATIVE NAME")
    count = _number(place, about, "NUMBER ALTERNATIVES", len(names))
    categories = tuple(_numbered(about, "CATEGORY NAME").values())
    levels = None
    if kind == "cat":
        levels = _number(place, about, "NUMBER CATEGORIES", len(categories))
    lines = _Lines(place.name, body, first, count)
    if levels is not None and lines.widest > levels:
        raise ValueError(f"{place.name}: a ballot has more than {levels} categories")
    profile, again = _profile(lines, count, levels)
    options = tuple(str(i + 1) for i in range(count))
    made = Profile(
        options,
        profile.ranks,
        profile.weights,
        profile.blank,
        levels=levels,
        strict=profile.strict,
        untied=profile.untied,
        names=tuple(names.get(i + 1, options[i]) for i in range(count)),
    )
    notes = []
    if again:
        said = N_("{ballots} ballots name an option twice; its first place counts.")
        notes.append(Sentence(said, {"ballots": again}))
    stated = about.get("NUMBER VOTERS", "")
    if stated.isdigit() and int(stated) != made.voters:
        details = {"stated": int(stated), "voters": made.voters}
        notes.append(Sentence(N_("The file says {stated} voters and has {voters}."), details))
    return PrefLibFile(made, about.get("TITLE", ""), categories, tuple(notes), about)


def _split(content: bytes) -> tuple[list[str], bytes, int]:
    """Return the lines that begin with ``#``, the others, and the number of the first other."""
    position, line = 0, 1
    head = []
    content = content.removeprefix(b"\xef\xbb\xbf")
    while content.startswith((b"#", b"\n", b"\r"), position):
        end = content.find(b"\n", position)
        end = len(content) if end < 0 else end
        head.append(content[position:end].decode("utf-8", "replace").strip())
        position, line = end + 1, line + 1
    return head, content[position:], line


def _about(head: Sequence[str]) -> dict[str, str]:
    pairs = (line.lstrip("# ").partition(":") for line in head if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _numbered(about: Mapping[str, str], what: str) -> dict[int, str]:
    found = {}
    for name, value in about.items():
        number = name.removeprefix(what).strip()
        if name.startswith(what) and number.isdigit():
            found[int(number)] = value.strip('"')
    return dict(sorted(found.items()))


def _number(place: Path, about: Mapping[str, str], what: str, otherwise: int) -> int:
    text = about.get(what, str(otherwise))
    if not text.isdigit() or int(text) == 0:
        raise ValueError(f"{place.name}: «{what}» must be a whole number above 0, not {text!r}")
    return int(text)


class _Lines:
    """The ballots as runs of numbers: for each entry its line, its place and its option."""

    def __init__(self, name: str, body: bytes, first: int, count: int) -> None:
        self.name, self.body, self.first = name, body, first
        self._check()
        raw = np.frombuffer(body, dtype=np.uint8)
        digit = (raw >= 48) & (raw <= 57)
        begins = digit.copy()
        begins[1:] &= ~digit[:-1]
        starts = np.flatnonzero(begins)
        listed = list(map(int, body.translate(_TO_SPACES).split()))
        try:
            numbers: NDArray[np.int64] = np.array(listed, dtype=np.int64)
        except OverflowError:
            check_weight(max(listed))
            raise
        colons = np.flatnonzero(raw == 58)
        ends = np.append(np.flatnonzero(raw == 10), len(raw))
        # A number is a weight when it stands before its line's colon.
        lines = np.searchsorted(ends[np.searchsorted(ends, colons)], starts)
        before = np.searchsorted(colons, starts) == lines
        self.weights = numbers[before]
        self.rows = lines[~before]
        self.options = numbers[~before] - 1
        self.places = self._places(raw, starts[~before], colons, self.rows)
        self.widest = int(self.places.max(initial=-1)) + 1
        wrong = np.flatnonzero((self.options < 0) | (self.options >= count))
        if len(wrong):
            where, what = int(self.rows[wrong[0]]), int(self.options[wrong[0]]) + 1
            raise self._wrong(where, f"option {what}, but there are 1 to {count}")

    def _places(self, raw: Any, starts: Any, colons: Any, rows: Any) -> NDArray[np.int64]:
        """Count the commas outside of braces between a line's colon and each number."""
        depth = np.cumsum(
            (raw == 123).astype(np.int8) - (raw == 125).astype(np.int8), dtype=np.int8
        )
        commas = np.cumsum((raw == 44) & (depth == 0))
        found: NDArray[np.int64] = commas[starts] - commas[colons[rows]]
        return found

    def _check(self) -> None:
        """Refuse a line that does not read ``weight: order``; the common case costs little."""
        if not self.body.translate(None, _ALLOWED) and self._plain():
            return
        for number, line in enumerate(self.body.split(b"\n")):
            if line.strip() and not _LINE.fullmatch(line):
                text = line.decode("utf-8", "replace").strip()[:60]
                raise ValueError(
                    f"{self.name}, line {self.first + number}: "
                    f"«weight: order» expected, here stands {text!r}"
                )

    def _plain(self) -> bool:
        """Tell whether nothing but lines of numbers and commas is in here."""
        return re.fullmatch(rb"(\d+: ?\d+(?:,\d+)*\r?\n)*", self.body) is not None

    def _wrong(self, row: int, what: str) -> ValueError:
        full = [i for i, line in enumerate(self.body.split(b"\n")) if line.strip()]
        return ValueError(f"{self.name}, line {self.first + full[row]}: {what}")


def _profile(lines: _Lines, count: int, levels: int | None) -> tuple[Profile, int]:
    unranked = mark(count, levels)
    ranks = np.full((count, len(lines.weights)), unranked, dtype=rank_type(unranked))
    ranks[lines.options, lines.rows] = lines.places
    found = np.bincount(lines.rows, minlength=len(lines.weights))
    full = found > 0
    once = np.count_nonzero(ranks < unranked, axis=0)
    again = int(lines.weights[once < found].sum())
    if again:
        np.minimum.at(ranks, (lines.options, lines.rows), lines.places.astype(ranks.dtype))
    kept = np.ascontiguousarray(ranks[:, full])
    if levels is not None:
        kept[kept == unranked] = levels - 1
    untied = levels is None and _without_ties(lines) and not again
    strict = untied and bool((once == count).all())
    weights = lines.weights[full]
    blank = int(lines.weights[~full].sum())
    return Profile((), kept, weights, blank, strict=strict, untied=untied), again


def _without_ties(lines: _Lines) -> bool:
    return b"{" not in lines.body


def write(path: str | Path, file: PrefLibFile) -> None:
    """Write one file; its ending says which kind, ``ValueError`` when the ballots do not fit it."""
    place, profile = Path(path), file.profile
    kind = place.suffix[1:].lower()
    if kind not in KINDS:
        raise ValueError(f"{place.name}: not a PrefLib file; these end in {', '.join(KINDS)}")
    if (kind == "cat") != (profile.levels is not None):
        raise ValueError(f"{place.name}: grades are written as .cat, rankings as the others")
    merged: dict[str, int] = {}
    for groups, weight in zip(_groups(profile), weights_of(profile).tolist(), strict=True):
        _fits(place.name, kind, groups, len(profile.options))
        line = ",".join(_group(g, kind) for g in groups)
        merged[line] = merged.get(line, 0) + weight
    if profile.blank:
        merged[""] = profile.blank
    ordered = sorted(merged.items(), key=lambda pair: -pair[1])
    head = _head(place.name, kind, file, len(ordered))
    body = [f"{weight}: {line}" for line, weight in ordered]
    place.write_text("\n".join([*head, *body]) + "\n", encoding="utf-8")


def _groups(profile: Profile) -> list[list[list[int]]]:
    width = profile.levels
    made = []
    for column in profile.ranks.T.tolist():
        highest = len(profile.options) if width is None else width
        places: list[list[int]] = [[] for _ in range(highest)]
        for option, rank in enumerate(column):
            if rank < highest:
                places[rank].append(option + 1)
        made.append(places if width is not None else [group for group in places if group])
    return made


def _group(group: Sequence[int], kind: str) -> str:
    if len(group) == 1:
        return str(group[0])
    return "{" + ",".join(map(str, group)) + "}"


def _fits(name: str, kind: str, groups: Sequence[Sequence[int]], count: int) -> None:
    if kind in ("soc", "soi") and any(len(group) > 1 for group in groups):
        raise ValueError(f"{name}: ballots with ties are written as .toc or .toi")
    if kind in ("soc", "toc") and sum(map(len, groups)) < count:
        raise ValueError(f"{name}: ballots that leave options out are written as .soi or .toi")


def _head(name: str, kind: str, file: PrefLibFile, orders: int) -> list[str]:
    profile = file.profile
    named = profile.names or profile.options
    unique = "NUMBER UNIQUE PREFERENCES" if kind == "cat" else "NUMBER UNIQUE ORDERS"
    lines = [
        f"# FILE NAME: {name}",
        f"# TITLE: {' '.join(file.title.split())}",
        f"# DATA TYPE: {kind}",
        f"# NUMBER ALTERNATIVES: {len(profile.options)}",
        f"# NUMBER VOTERS: {profile.valid + profile.blank}",
        f"# {unique}: {orders}",
    ]
    if kind == "cat":
        levels = profile.levels or 0
        titles = file.categories or tuple(str(i + 1) for i in range(levels))
        lines.append(f"# NUMBER CATEGORIES: {levels}")
        lines += [f"# CATEGORY NAME {i + 1}: {title}" for i, title in enumerate(titles)]
    return lines + [f"# ALTERNATIVE NAME {i + 1}: {name}" for i, name in enumerate(named)]
