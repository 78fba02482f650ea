"""Spending: what is on offer, in which order ties are broken, and why a project was left out.

Shared by all rules that spend a budget. Money is counted in the smallest parts that the costs need.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from wugong_voting.counting.budget import BudgetProfile
from wugong_voting.counting.profile import Whole
from wugong_voting.counting.result import Sentence
from wugong_voting.counting.settings import Choice
from wugong_voting.counting.words import N_

TIE_BREAK = Choice("tie_break", "")
MIN_SCORE = Choice("min_score", "1")
INCOMPATIBLE = Choice("incompatible", "")


@dataclass(frozen=True, eq=False)
class Votes:
    """For each project its cost and its votes: the summary of rules that only count votes."""

    options: tuple[str, ...]
    costs: tuple[Fraction, ...]
    budget: Fraction
    unit: int
    votes: Whole
    points: tuple[Fraction, ...]
    voters: int
    threshold: int

    def merge(self, other: Votes) -> Votes:
        """Return the votes of both shards."""
        if (self.options, self.costs, self.budget) != (other.options, other.costs, other.budget):
            raise ValueError("budgets over different projects cannot be joined")
        points = self.points or other.points
        if self.points and other.points:
            points = tuple(a + b for a, b in zip(self.points, other.points, strict=True))
        return Votes(
            self.options,
            self.costs,
            self.budget,
            self.unit,
            self.votes + other.votes,
            points,
            self.voters + other.voters,
            max(self.threshold, other.threshold),
        )


def votes(profile: BudgetProfile) -> Votes:
    """Count each project's votes and points."""
    return Votes(
        profile.options,
        profile.costs,
        profile.budget,
        profile.unit,
        profile.votes,
        profile.points,
        profile.voters,
        profile.threshold,
    )


def ballots(profile: BudgetProfile) -> BudgetProfile:
    """Summarise a profile as the multiset of its ballots."""
    return profile


class Offer:
    """The projects that can be funded at all, costs in small parts, and what excludes what."""

    def __init__(self, asked: Votes | BudgetProfile, settings: Mapping[str, Any]) -> None:
        self.options = asked.options
        self.unit = asked.unit
        self.costs = [int(cost * asked.unit) for cost in asked.costs]
        self.budget = int(asked.budget * asked.unit)
        self.votes: list[int] = np.asarray(asked.votes).tolist()
        self.needed = max(1, _fewest(settings, asked.threshold))
        self.dear = [i for i, cost in enumerate(self.costs) if cost > self.budget]
        self.few = [
            i
            for i, cost in enumerate(self.costs)
            if cost <= self.budget and self.votes[i] < self.needed
        ]
        out = {*self.dear, *self.few}
        self.open = [i for i in range(len(self.options)) if i not in out]
        self.clashes = _clashes(settings, self.options)
        self.order = _order(settings, self)

    def money(self, parts: int | Fraction) -> Fraction:
        """Return small parts as money."""
        return Fraction(parts) / self.unit

    def excluded(self, funded: Sequence[int]) -> dict[int, int]:
        """Return each project that a funded one excludes, with that one."""
        return {
            other: one
            for one in funded
            for group in self.clashes
            if one in group
            for other in sorted(group)
            if other != one
        }

    def named(self, projects: Sequence[int]) -> list[str]:
        """Return the ids of projects."""
        return [self.options[i] for i in projects]

    def out(self, funded: Sequence[int]) -> list[Sentence]:
        """Tell why projects were never in the count, or dropped out of it."""
        told = []
        for i in self.dear:
            details = {"project": self.options[i], "cost": amount(self.money(self.costs[i]))}
            told.append(
                Sentence(N_("{project} costs {cost}, more than the whole budget."), details)
            )
        for i in self.few:
            details = {
                "project": self.options[i],
                "votes": str(self.votes[i]),
                "needed": str(self.needed),
            }
            said = N_("{project} has {votes} votes; at least {needed} are needed.")
            told.append(Sentence(said, details))
        for i, one in sorted(self.excluded(funded).items()):
            if i in self.open and i not in funded:
                details = {"project": self.options[i], "other": self.options[one]}
                said = N_("{project} cannot be built beside {other}, which was funded.")
                told.append(Sentence(said, details))
        return told


def amount(value: int | Fraction) -> str:
    """Write money in figures, rounded to hundredths where it has no end.

    >>> amount(Fraction(25, 2)), amount(Fraction(1, 3)), amount(1200)
    ('12.50', '0.33', '1200')
    """
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    cents = round(exact * 100)
    return f"{cents // 100}.{cents % 100:02d}"


def missed(project: str, money: Fraction, supporters: int) -> Sentence:
    """Tell by how much a project missed being funded."""
    details = {"project": project, "money": amount(money), "supporters": str(supporters)}
    if supporters == 1:
        return Sentence(
            N_("{project} was not funded: it missed by one supporter or {money}."), details
        )
    said = N_("{project} was not funded: it missed by {supporters} supporters or {money}.")
    return Sentence(said, details)


def open_tie(tied: Sequence[str]) -> list[Sentence]:
    """Tell that a tie decides, where one does."""
    if not tied:
        return []
    said = N_("A tie decides between {projects}. Name a tie break, or draw lots.")
    return [Sentence(said, {"projects": list(tied)})]


def _fewest(settings: Mapping[str, Any], threshold: int) -> int:
    text = str(settings.get("min_score", "1"))
    if text == "file":
        return threshold
    if not text.isdigit():
        raise ValueError(f"min_score is a whole number, or «file» for the file's own, not {text!r}")
    return int(text)


def _clashes(settings: Mapping[str, Any], options: Sequence[str]) -> list[frozenset[int]]:
    """Read groups of which at most one may be funded: ``"a,b;c,d"``."""
    place = {option: i for i, option in enumerate(options)}
    groups = []
    for text in str(settings.get("incompatible", "")).split(";"):
        named = [part.strip() for part in text.split(",") if part.strip()]
        if unknown := [one for one in named if one not in place]:
            raise ValueError(f"incompatible: no project {unknown[0]!r}")
        if named:
            groups.append(frozenset(place[one] for one in named))
    return groups


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Sort numbers inside of ids by their size.

    >>> sorted(["A", "10", "9"], key=_natural)
    ['9', '10', 'A']
    """
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def _order(settings: Mapping[str, Any], offer: Offer) -> list[int]:
    text = str(settings.get("tie_break", ""))
    options, everyone = offer.options, list(range(len(offer.options)))
    named: dict[str, Callable[[int], Any]] = {
        "paper": lambda i: i,
        "cheapest": lambda i: (offer.costs[i], _natural(options[i])),
        "dearest": lambda i: (-offer.costs[i], _natural(options[i])),
        "natural": lambda i: _natural(options[i]),
        "text": lambda i: options[i],
    }
    if not text:
        return []
    if text in named:
        return sorted(everyone, key=named[text])
    place = {option: i for i, option in enumerate(options)}
    ids = [part.strip() for part in text.split(">")]
    if sorted(ids) != sorted(options):
        known = ", ".join(named)
        raise ValueError(f"a tie break is one of {known}, or every project once: a>b>c")
    return [place[one] for one in ids]
