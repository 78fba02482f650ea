"""Budget profiles: projects with their costs, and ballots that are sets of projects.

Costs are exact. Every ballot counts among the voters, an empty one too; a ballot is a set, whatever
else it says. No voter is in here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

from wugong_voting.counting.profile import Whole
from wugong_voting.counting.sets import Sets, from_lists


@dataclass(frozen=True, eq=False)
class BudgetProfile:
    """What is for sale, what there is to spend, and who wants what.

    ``points`` are the points that cumulative and scoring ballots gave each project. ``threshold``
    is the fewest votes that the place asks of a project, where it does.
    """

    options: tuple[str, ...]
    costs: tuple[Fraction, ...]
    budget: Fraction
    ballots: Sets
    blank: int = 0
    spoilt: int = 0
    points: tuple[Fraction, ...] = ()
    threshold: int = 0
    names: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        """Refuse costs and budgets that make no sense."""
        if len(self.costs) != len(self.options):
            raise ValueError(f"{len(self.options)} projects have {len(self.costs)} costs")
        if self.budget < 0 or any(cost < 0 for cost in self.costs):
            raise ValueError("costs and budgets are not negative")

    @property
    def valid(self) -> int:
        """The weight of the ballots that name a project."""
        return self.ballots.total

    @property
    def voters(self) -> int:
        """The weight of all ballots, blank and spoilt ones too."""
        return self.valid + self.blank + self.spoilt

    @cached_property
    def unit(self) -> int:
        """How many of the smallest parts the costs need make one unit of money: 100 for cents."""
        return lcm(*(cost.denominator for cost in (self.budget, *self.costs)))

    @property
    def votes(self) -> Whole:
        """For each project the weight of the ballots that name it."""
        return self.ballots.votes

    def merge(self, other: BudgetProfile) -> BudgetProfile:
        """Return the ballots of both; projects, costs and budget must be the same."""
        if (self.options, self.costs, self.budget) != (other.options, other.costs, other.budget):
            raise ValueError("budgets over different projects cannot be joined")
        points = self.points or other.points
        if self.points and other.points:
            points = tuple(a + b for a, b in zip(self.points, other.points, strict=True))
        return replace(
            self,
            ballots=self.ballots.merge(other.ballots).grouped,
            blank=self.blank + other.blank,
            spoilt=self.spoilt + other.spoilt,
            points=points,
            threshold=max(self.threshold, other.threshold),
        )


def budget_profile(
    costs: Mapping[str, Any],
    budget: Any,
    ballots: Sequence[Sequence[str]],
    weights: Sequence[int] | None = None,
) -> BudgetProfile:
    """Make a profile of project ids, for tests and small polls; money as text or exact numbers.

    >>> made = budget_profile({"a": 2, "b": "1.50"}, 3, [["a", "b"], ["b", "b"], []])
    >>> made.votes.tolist(), made.blank, made.unit
    ([1, 2], 1, 2)
    """
    options = tuple(costs)
    place = {option: i for i, option in enumerate(options)}
    listed = [[place[option] for option in ballot] for ballot in ballots]
    sets, blank = from_lists(len(options), listed, weights)
    ordered, _ = sets.ordered()
    prices = tuple(Fraction(cost) for cost in costs.values())
    return BudgetProfile(options, prices, Fraction(budget), ordered.grouped, blank)
