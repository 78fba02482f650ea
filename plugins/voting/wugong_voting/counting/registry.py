"""All counting rules by their ids; a rule, and what rules are made of, is loaded when asked for."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wugong_voting.counting.rule import CountingRule

_IDS = (
    *("plurality", "approval", "two_round", "irv", "borda", "bucklin", "score", "star"),
    *("majority_judgment", "cumulative", "quadratic"),
    *("condorcet", "smith", "copeland", "minimax", "schulze", "ranked_pairs", "kemeny"),
    *("stv", "stv_scottish", "block_approval", "seq_pav", "seq_phragmen", "mes_committee"),
    *("largest_remainder", "highest_averages"),
    *("pb_greedy", "pb_greedy_per_cost", "pb_knapsack", "mes_cost", "mes_cardinality"),
    "phragmen_pb",
)


class Rules(MutableMapping[str, "CountingRule"]):
    """Rules by their ids, each in the file of its name."""

    def __init__(self, ids: tuple[str, ...]) -> None:
        self._rules: dict[str, CountingRule | None] = dict.fromkeys(ids)

    def __getitem__(self, rule: str) -> CountingRule:
        """Return a rule; ``KeyError`` when there is none of that id."""
        found = self._rules[rule]
        if found is None:
            found = self._rules[rule] = import_module(f"wugong_voting.counting.rules.{rule}").RULE
        return found

    def __setitem__(self, rule: str, its: CountingRule) -> None:
        self._rules[rule] = its

    def __delitem__(self, rule: str) -> None:
        del self._rules[rule]

    def __contains__(self, rule: object) -> bool:
        return rule in self._rules

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)


COUNTING = Rules(_IDS)
