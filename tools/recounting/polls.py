"""An exported poll, and what many rules look at in its ballots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Poll:
    """An exported poll."""

    rule: str
    options: Mapping[str, str]
    names: tuple[str, ...]
    levels: int | None
    ballots: tuple[tuple[int, Groups], ...]
    blank: int = 0  # the weight of ballots that choose nothing
    costs: Mapping[str, Fraction] = field(default_factory=dict)
    budget: Fraction = Fraction(0)
    points: Mapping[str, Fraction] = field(default_factory=dict)
    threshold: int = 0

    @property
    def weight(self) -> int:
        """The weight of all ballots that choose something."""
        return sum(weight for weight, _groups in self.ballots)


def read(data: Mapping[str, Any]) -> Poll:
    """Read a poll; ``ValueError`` says what is wrong with it."""
    if data.get("form") != "wugong-poll/1":
        raise ValueError("not an exported poll: form is not wugong-poll/1")
    ballots, blank = [], 0
    for one in data["ballots"]:
        groups = tuple(tuple(group) for group in one["groups"])
        named = [name for group in groups for name in group]
        if len(set(named)) != len(named) or not set(named) <= set(data["candidates"]):
            raise ValueError(f"a ballot names somebody twice or nobody known: {named}")
        if named:
            ballots.append((int(one["weight"]), groups))
        else:
            blank += int(one["weight"])
    costs = {name: Fraction(cost) for name, cost in data.get("costs", {}).items()}
    if costs and set(costs) != set(data["candidates"]):
        raise ValueError("costs name other projects than candidates do")
    return Poll(
        data["rule"],
        data.get("options", {}),
        tuple(data["candidates"]),
        data.get("levels"),
        tuple(ballots),
        blank,
        {name: costs[name] for name in data["candidates"] if costs},
        Fraction(data.get("budget", 0)),
        {name: Fraction(sum_) for name, sum_ in data.get("points", {}).items()},
        int(data.get("threshold", 0)),
    )


def place(groups: Groups, name: str) -> int:
    """Return the place of a candidate on a ballot, counted in groups; unranked is last."""
    for number, group in enumerate(groups):
        if name in group:
            return number
    return len(groups) + 1_000_000


def wins(poll: Poll) -> dict[tuple[str, str], int]:
    """Count for each ordered pair the ballots that prefer the first."""
    found = {(a, b): 0 for a in poll.names for b in poll.names if a != b}
    for weight, groups in poll.ballots:
        places = {name: place(groups, name) for name in poll.names}
        for a, b in found:
            if places[a] < places[b]:
                found[a, b] += weight
    return found


def margins(poll: Poll) -> dict[tuple[str, str], int]:
    """Return by how much each candidate is preferred to each other."""
    found = wins(poll)
    return {(a, b): found[a, b] - found[b, a] for a, b in found}


def most(scores: Mapping[str, Any]) -> list[str]:
    """Return everybody with the highest score."""
    return [name for name in scores if scores[name] == max(scores.values())] if scores else []


def line(groups: Groups) -> list[str]:
    """Return a ballot as a list, cut before its first group of equals."""
    names: list[str] = []
    for group in groups:
        if len(group) > 1:
            break
        names += group  # a grade that nobody has is no place
    return names


def first_votes(poll: Poll, standing: Iterable[str]) -> dict[str, int]:
    """Count each ballot for its first candidate that still stands."""
    votes = dict.fromkeys(standing, 0)
    for weight, groups in poll.ballots:
        for name in line(groups):
            if name in votes:
                votes[name] += weight
                break
    return votes


def worth(poll: Poll) -> dict[str, int]:
    """Sum grades: the worst is worth nothing, each better one a point more."""
    width = poll.levels if poll.levels is not None else len(poll.names)
    sums = dict.fromkeys(poll.names, 0)
    for weight, groups in poll.ballots:
        for number, group in enumerate(groups):
            for name in group:
                sums[name] += weight * max(0, width - 1 - number)
    return sums
