"""The rule that a poll names: an id, and its settings in brackets where they differ.

``schulze`` · ``schulze(strength=winning_votes)`` · ``approval(most=2)`` · ``score(levels=11)``
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from wugong import PollOpened, VotingRule
from wugong_voting.ballot_forms import ABSTAIN
from wugong_voting.counted import CountedRule, Sale, counted
from wugong_voting.counting.rule import CountingRule

NAMED = re.compile(r"([^()=,\s]+)\(([^()]*)\)")


def chosen(rules: Mapping[str, VotingRule], text: str) -> VotingRule | None:
    """Return the rule with its settings, or ``None`` where there is none, or no such setting."""
    found = NAMED.fullmatch(text)
    if found is None:
        return rules.get(text)
    rule = rules.get(found[1])
    parts = [part.partition("=") for part in found[2].split(",")]
    settings = {name.strip(): value.strip() for name, _, value in parts}
    if not isinstance(rule, CountedRule) or len(settings) != len(parts):
        return None
    try:
        return _with(rule.counting, tuple(sorted(settings.items())), Sale())
    except ValueError:
        return None


def rule_of(rules: Mapping[str, VotingRule], opened: PollOpened) -> VotingRule | None:
    """Return the rule of a poll; one that spends a budget knows what each project costs.

    Where nothing else is said it takes the cheapest of equal projects first: to follow every way
    that a tie leaves open can take longer than a closing may.
    """
    rule = chosen(rules, opened.rule)
    if not isinstance(rule, CountedRule) or rule.form.kind != "projects":
        return rule
    costs = tuple((one.id, one.cost) for one in opened.options if one.id != ABSTAIN)
    settings = {**rule.settings, "tie_break": rule.settings["tie_break"] or "cheapest"}
    try:
        return _with(rule.counting, tuple(settings.items()), Sale(costs, opened.budget))
    except ValueError:  # another plugin's rule that knows no such order
        return _with(rule.counting, tuple(rule.settings.items()), Sale(costs, opened.budget))


@lru_cache(maxsize=64)
def _with(rule: CountingRule, settings: tuple[tuple[str, str], ...], sale: Sale) -> CountedRule:
    return counted(rule, dict(settings), sale)


def id_of(text: str) -> str:
    """Return the id in a rule's text.

    >>> id_of("approval(most=2)")
    'approval'
    """
    return text.partition("(")[0]
