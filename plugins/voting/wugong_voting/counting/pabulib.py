"""Pabulib files: ``.pb``, read and written.

Three parts, META, PROJECTS and VOTES, each a table with ``;`` between its columns. Of the voters'
table the ids, ages and whatever else describes a voter are never kept: ballots are grouped while
they are read. Money is exact, with a comma or a dot; ids are text.
Format: D. Stolicki, S. Szufa, N. Talmon, «Pabulib» (2020), arXiv:2012.06539.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from wugong_voting.counting.budget import BudgetProfile
from wugong_voting.counting.profile import Profile, from_orders
from wugong_voting.counting.result import Sentence
from wugong_voting.counting.sets import Sets, from_lists
from wugong_voting.counting.words import N_

VOTE_TYPES = ("approval", "choose-1", "ordinal", "cumulative", "scoring")
WITH_POINTS = ("cumulative", "scoring")
PARTS = ("META", "PROJECTS", "VOTES")


@dataclass(frozen=True, slots=True)
class PabulibFile:
    """Projects and ballots of one file; ``notes`` tell what was mended.

    ``lists`` are the kinds of ballot as they were filled in, each a list of project numbers in the
    voter's order; ``points`` are those of each list, empty where the vote type has none.
    """

    profile: BudgetProfile
    lists: Sets
    points: tuple[tuple[Fraction, ...], ...] = ()
    vote_type: str = "approval"
    about: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Sentence, ...] = ()


def read(path: str | Path) -> PabulibFile:
    """Read one file. ``ValueError`` names the file, the line and what is wrong with it."""
    place = Path(path)
    try:
        text = place.read_text("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        raise ValueError(f"{place.name}, line {line}: not written in UTF-8") from None
    lines = text.split("\n")
    at = _parts(place.name, lines)
    about = dict(_pairs(lines, at[0], at[1]))
    vote_type = about.get("vote_type", "approval").lower()
    if vote_type not in VOTE_TYPES:
        raise ValueError(f"{place.name}: no vote type {vote_type!r}")
    if "budget" not in about:
        raise ValueError(f"{place.name}: META names no budget")
    budget = _money(about["budget"], place.name, "budget")
    projects = _projects(place.name, lines, at[1], at[2])
    return _file(place.name, lines, at[2], about, vote_type, budget, projects)


def _parts(name: str, lines: Sequence[str]) -> list[int]:
    found: dict[str, int] = {}
    for number, line in enumerate(lines):
        word = line.strip().strip(";").upper()
        if word in PARTS:
            found.setdefault(word, number)
            if word == "VOTES":
                break
    if missing := [part for part in PARTS if part not in found]:
        raise ValueError(f"{name}: no part {missing[0]}")
    at = [found[part] for part in PARTS]
    if at != sorted(at):
        raise ValueError(f"{name}: the parts come in the order {', '.join(PARTS)}")
    return at


def _pairs(lines: Sequence[str], start: int, stop: int) -> list[tuple[str, str]]:
    rows = csv.reader((line.rstrip("\r") for line in lines[start + 1 : stop]), delimiter=";")
    return [(row[0].strip(), row[1].strip()) for row in rows if len(row) > 1 and row[0] != "key"]


def _money(text: str, name: str, what: str) -> Fraction:
    """Read an amount with a comma or a dot.

    >>> _money("2458488,22", "x.pb", "budget")
    Fraction(122924411, 50)
    """
    plain = text.strip().replace(" ", "").replace("\u00a0", "").replace(",", ".")
    try:
        if not plain.isascii() or "/" in plain:
            raise ValueError
        amount = Fraction(plain)
    except ValueError:
        raise ValueError(f"{name}: {what} {text!r} is no amount of money") from None
    if amount < 0:
        raise ValueError(f"{name}: {what} {text!r} is negative")
    return amount


@dataclass(frozen=True, slots=True)
class _Projects:
    ids: tuple[str, ...]
    costs: tuple[Fraction, ...]
    names: tuple[str, ...]


def _projects(name: str, lines: Sequence[str], start: int, stop: int) -> _Projects:
    rows = csv.reader((line.rstrip("\r") for line in lines[start + 1 : stop]), delimiter=";")
    head = [title.strip().lower() for title in next(rows, [])]
    if "project_id" not in head or "cost" not in head:
        raise ValueError(f"{name}, line {start + 2}: PROJECTS needs project_id and cost")
    id_at, cost_at = head.index("project_id"), head.index("cost")
    name_at = head.index("name") if "name" in head else id_at
    ids, costs, names = [], [], []
    for row in rows:
        if not any(row):
            continue
        line = start + 1 + rows.line_num
        if len(row) <= max(id_at, cost_at):
            raise ValueError(f"{name}, line {line}: a project needs an id and a cost")
        ids.append(row[id_at].strip())
        costs.append(_money(row[cost_at], name, f"line {line}, cost"))
        names.append(row[name_at].strip() if name_at < len(row) else ids[-1])
    if twice := [one for one, number in Counter(ids).items() if number > 1]:
        raise ValueError(f"{name}: project {twice[0]!r} is listed twice")
    return _Projects(tuple(ids), tuple(costs), tuple(names))


def _file(
    name: str,
    lines: Sequence[str],
    start: int,
    about: Mapping[str, str],
    vote_type: str,
    budget: Fraction,
    projects: _Projects,
) -> PabulibFile:
    filled, points_at = _columns(name, lines, start)
    counted = Counter(filled)
    empty = [kind for kind in counted if not kind.partition(";")[0].strip(" ,")]
    blank = sum(counted.pop(kind) for kind in empty)
    kinds = list(counted)
    if points_at is None:
        named, points = kinds, []
    else:
        both = [kind.partition(";") for kind in kinds]
        named, points = [votes for votes, _, _ in both], [given for _, _, given in both]
    lists = _lists(name, lines, start, named, list(counted.values()), projects)
    sets, again = lists.ordered()
    shares = _shares(name, named, points) if vote_type in WITH_POINTS else ()
    notes = []
    if again:
        said = N_("{ballots} ballots name a project twice; it counts once.")
        notes.append(Sentence(said, {"ballots": again}))
    voters = lists.total + blank
    stated = about.get("num_votes", "")
    if stated.isdigit() and int(stated) != voters:
        details = {"stated": int(stated), "voters": voters}
        notes.append(Sentence(N_("The file says {stated} voters and has {voters}."), details))
    profile = BudgetProfile(
        projects.ids,
        projects.costs,
        budget,
        sets,
        blank,
        points=_sums(lists, shares),
        threshold=_threshold(about),
        names=projects.names,
    )
    return PabulibFile(profile, lists, shares, vote_type, about, tuple(notes))


def _threshold(about: Mapping[str, str]) -> int:
    text = about.get("min_project_score_threshold", "0")
    return int(text) if text.isdigit() else 0


def _columns(name: str, lines: Sequence[str], start: int) -> tuple[list[str], int | None]:
    """Return what each voter filled in: the votes, and the points behind a ``;`` where there are.

    Nothing else of a voter's line is looked at.
    """
    if start + 1 >= len(lines):
        raise ValueError(f"{name}: the table of votes has no head")
    head = [title.strip().strip('"').lower() for title in lines[start + 1].split(";")]
    if "vote" not in head:
        raise ValueError(f"{name}, line {start + 2}: VOTES needs the column vote")
    at = head.index("vote")
    points_at = head.index("points") if "points" in head else None
    last = max(at, points_at or 0)
    body = [*lines[start + 2 :]]
    while body and not body[-1].strip():
        body.pop()
    if any('"' in line for line in body):
        rows = list(csv.reader((line.rstrip("\r") for line in body), delimiter=";"))
    elif points_at is None and last < len(head) - 1:  # the most common table, read fastest
        filled = [parts[at] for line in body if len(parts := line.split(";", last + 1)) > last]
        if len(filled) == len(body):
            return filled, None
        rows = [line.rstrip("\r").split(";", last + 1) for line in body]
    else:
        rows = [line.rstrip("\r").split(";", last + 1) for line in body]
    for number, row in enumerate(rows, start + 3):
        if len(row) <= last and any(row[1:]):
            raise ValueError(f"{name}, line {number}: {last + 1} columns expected")
    # A line that ends before its votes is a blank ballot; an empty line is none.
    rows = [row + [""] * last for row in rows if any(row)]
    if points_at is None:
        return [row[at] for row in rows], None
    return [f"{row[at]};{row[points_at]}" for row in rows], points_at


def _lists(
    name: str,
    lines: Sequence[str],
    start: int,
    named: Sequence[str],
    weights: Sequence[int],
    projects: _Projects,
) -> Sets:
    """Turn texts such as ``12,7`` into the numbers of the projects."""
    place = {project: i for i, project in enumerate(projects.ids)}
    tokens = ",".join(named).split(",") if named else []
    try:
        members = list(map(place.__getitem__, tokens))
        lengths = [text.count(",") + 1 for text in named]
    except KeyError:
        listed = [_numbers(name, lines, start, text, place) for text in named]
        made, _ = from_lists(len(projects.ids), listed, weights)
        return made
    starts = np.zeros(len(named) + 1, dtype=np.int64)
    np.cumsum(np.array(lengths, dtype=np.int64), out=starts[1:])
    return Sets(
        len(projects.ids),
        starts,
        np.array(members, dtype=np.int32),
        np.array(weights, dtype=np.int64),
    )


def _numbers(
    name: str, lines: Sequence[str], start: int, text: str, place: Mapping[str, int]
) -> list[int]:
    """Read one ballot that is not plain: with spaces, or with a project that does not exist."""
    ids = [stripped for part in text.split(",") if (stripped := part.strip())]
    for one in ids:
        if one not in place:
            line = next(n for n, line in enumerate(lines) if n > start + 1 and text in line)
            raise ValueError(f"{name}, line {line + 1}: no project {one!r}")
    return [place[one] for one in ids]


def _shares(
    name: str, named: Sequence[str], points: Sequence[str]
) -> tuple[tuple[Fraction, ...], ...]:
    if not points:
        raise ValueError(f"{name}: this vote type needs the column points")
    made = []
    read = cache(lambda share: _money(share, name, "points"))
    for votes, given in zip(named, points, strict=True):
        shares = tuple(read(share) for share in given.split(","))
        if len(shares) != votes.count(",") + 1:
            raise ValueError(f"{name}: votes {votes!r} and points {given!r} differ in number")
        made.append(shares)
    return tuple(made)


def _sums(lists: Sets, shares: Sequence[Sequence[Fraction]]) -> tuple[Fraction, ...]:
    """Add up each project's points; a project named twice on a ballot keeps its first ones."""
    if not shares:
        return ()
    sums = [Fraction(0)] * lists.width
    starts = lists.starts.tolist()
    members, weights = lists.members.tolist(), lists.weights.tolist()
    for (begin, end), weight, given in zip(pairwise(starts), weights, shares, strict=True):
        seen: set[int] = set()
        for project, share in zip(members[begin:end], given, strict=True):
            if project not in seen:
                seen.add(project)
                sums[project] += weight * share
    return tuple(sums)


def ranking(file: PabulibFile) -> Profile:
    """Return the ballots as rankings: ordinal ones as they are, others with one group at the top.

    Cumulative and scoring ballots rank by points.
    """
    profile, lists = file.profile, file.lists
    orders: list[list[list[int]]] = []
    given = file.points or ((),) * lists.rows
    members, starts = lists.members.tolist(), lists.starts.tolist()
    for (begin, end), shares in zip(pairwise(starts), given, strict=True):
        ballot = members[begin:end]
        if file.vote_type == "ordinal":
            orders.append([[one] for one in ballot])
        elif shares:
            levels = sorted(set(shares), reverse=True)
            orders.append(
                [[o for o, s in zip(ballot, shares, strict=True) if s == level] for level in levels]
            )
        else:
            orders.append([ballot])
    weights = lists.weights.tolist()
    if profile.blank:
        orders.append([])
        weights.append(profile.blank)
    return from_orders(profile.options, orders, weights)


def write(path: str | Path, file: PabulibFile) -> None:
    """Write one file. Voters are numbered from 1 in the order of the kinds of ballot."""
    profile, lists = file.profile, file.lists
    fixed = {
        "num_projects": str(len(profile.options)),
        "num_votes": str(profile.valid + profile.blank),
        "budget": _decimal(profile.budget),
        "vote_type": file.vote_type,
    }
    about = {"description": "", "rule": "unknown", **file.about, **fixed}
    lines = ["META", "key;value", *(_row(pair) for pair in about.items())]
    lines += ["PROJECTS", "project_id;cost;votes;name"]
    names = profile.names or profile.options
    votes = profile.votes.tolist()
    for project, cost, number, title in zip(
        profile.options, profile.costs, votes, names, strict=True
    ):
        lines.append(_row((project, _decimal(cost), str(number), title)))
    pointed = bool(file.points)
    lines += ["VOTES", "voter_id;vote;points" if pointed else "voter_id;vote"]
    ballots = _texts(profile.options, lists, file.points)
    if profile.blank:
        ballots.append((";" if pointed else "", profile.blank))
    voter = 0
    for text, weight in ballots:
        for _ in range(weight):
            voter += 1
            lines.append(f"{voter};{text}")
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _texts(
    options: Sequence[str], lists: Sets, points: Sequence[Sequence[Fraction]]
) -> list[tuple[str, int]]:
    members, starts = lists.members.tolist(), lists.starts.tolist()
    made = []
    for row, (begin, end) in enumerate(pairwise(starts)):
        text = ",".join(options[i] for i in members[begin:end])
        if points:
            text += ";" + ",".join(_decimal(share) for share in points[row])
        made.append((text, int(lists.weights[row])))
    return made


def _row(cells: Sequence[str]) -> str:
    return ";".join(
        '"' + cell.replace('"', '""') + '"' if any(c in cell for c in ';"\n') else cell
        for cell in cells
    )


def _decimal(amount: Fraction) -> str:
    """Write an amount exactly as a decimal; ``ValueError`` where it has no end.

    >>> _decimal(Fraction(122924411, 50))
    '2458488.22'
    """
    whole, places = amount, 0
    while whole.denominator != 1:
        whole, places = whole * 10, places + 1
        if places > 30:
            raise ValueError(f"{amount} cannot be written as a decimal")
    digits = str(whole.numerator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
