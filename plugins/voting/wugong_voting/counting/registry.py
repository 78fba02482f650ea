"""All counting rules by their ids."""

from __future__ import annotations

from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.rules import (
    approval,
    block_approval,
    borda,
    bucklin,
    condorcet,
    copeland,
    cumulative,
    highest_averages,
    irv,
    kemeny,
    largest_remainder,
    majority_judgment,
    mes_cardinality,
    mes_committee,
    mes_cost,
    minimax,
    pb_greedy,
    pb_greedy_per_cost,
    pb_knapsack,
    phragmen_pb,
    plurality,
    quadratic,
    ranked_pairs,
    schulze,
    score,
    seq_pav,
    seq_phragmen,
    smith,
    star,
    stv,
    stv_scottish,
    two_round,
)

_MODULES = (
    *(plurality, approval, two_round, irv, borda, bucklin, score, star, majority_judgment),
    *(cumulative, quadratic),
    *(condorcet, smith, copeland, minimax, schulze, ranked_pairs, kemeny),
    *(stv, stv_scottish, block_approval, seq_pav, seq_phragmen, mes_committee),
    *(largest_remainder, highest_averages),
    *(pb_greedy, pb_greedy_per_cost, pb_knapsack, mes_cost, mes_cardinality, phragmen_pb),
)
COUNTING: dict[str, CountingRule] = {module.RULE.id: module.RULE for module in _MODULES}
