"""The rules that a poll can be counted by: yes or no, and every counting rule for one winner.

A rule sees summaries, never voters. Another plugin adds its own with
:func:`wugong_voting.counted.counted`.
"""

from __future__ import annotations

from wugong import VotingRule
from wugong_voting.counted import counted, takes_part_in_polls
from wugong_voting.counting.registry import COUNTING
from wugong_voting.rules import yes_no_abstain

RULES: tuple[VotingRule, ...] = (
    yes_no_abstain.RULE,
    *(counted(rule) for rule in COUNTING.values() if takes_part_in_polls(rule)),
)
BY_ID = {rule.id: rule for rule in RULES}
