"""All counting rules by their ids."""

from __future__ import annotations

from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.rules import (
    approval,
    borda,
    bucklin,
    condorcet,
    copeland,
    irv,
    kemeny,
    majority_judgment,
    minimax,
    plurality,
    ranked_pairs,
    schulze,
    score,
    smith,
    star,
    two_round,
)

_MODULES = (
    *(plurality, approval, two_round, irv, borda, bucklin, score, star, majority_judgment),
    *(condorcet, smith, copeland, minimax, schulze, ranked_pairs, kemeny),
)
COUNTING: dict[str, CountingRule] = {module.RULE.id: module.RULE for module in _MODULES}
