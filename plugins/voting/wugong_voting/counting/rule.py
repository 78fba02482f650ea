"""A counting rule: what it asks of voters, how shards are summarised, and how it decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from wugong_voting.counting.result import Result
from wugong_voting.counting.settings import Choice, settled

Asks = Literal[
    "choose",
    "approval",
    "ranked",
    "grades",
    "score",
    "points",
    "squares",
    "projects",
    "knapsack",  # projects that together cost no more than the budget
]
Picks = Literal["one", "several", "projects"]


@dataclass(frozen=True, slots=True)
class CountingRule:
    """Three pure functions: ``partial``, the summary's ``merge``, ``decide``.

    ``partial(profile)`` makes a summary of whole numbers; summaries merge exactly in any order;
    ``decide(summary, settings)`` returns the result. A rule never sees a voter, a clock or chance.
    ``claims`` names the properties that the property kit then tests.
    """

    id: str
    title: str  # message id
    asks: Asks
    partial: Callable[[Any], Any]
    decide: Callable[[Any, Mapping[str, Any]], Result]
    picks: Picks = "one"
    settings: tuple[Choice, ...] = ()
    source: str = ""
    claims: tuple[str, ...] = ()

    def count(self, profile: Any, settings: Mapping[str, Any] | None = None) -> Result:
        """Count one profile: ``ValueError`` for a setting that the rule does not have."""
        return self.decide(self.partial(profile), settled(self.settings, settings or {}))

    def merged(self, shards: Sequence[Any], settings: Mapping[str, Any] | None = None) -> Result:
        """Count profiles that lie apart: each is summarised alone, the summaries are merged."""
        summary = self.partial(shards[0])
        for shard in shards[1:]:
            summary = summary.merge(self.partial(shard))
        return self.decide(summary, settled(self.settings, settings or {}))
