"""Counting rules, one file each: three pure functions, ``partial`` → ``merge`` → ``decide``.

A rule sees summaries, never voters. To add one, write a file that ends in ``RULE`` and name it
here; the shared property tests then run on it.
"""

from __future__ import annotations

from wugong import VotingRule
from wugong_voting.rules import plurality, yes_no_abstain

RULES: tuple[VotingRule, ...] = (yes_no_abstain.RULE, plurality.RULE)
BY_ID = {rule.id: rule for rule in RULES}
