"""Looking for co-winners of an instant run-off by groups finds the same as following every way."""

from __future__ import annotations

import random

import pytest

from wugong_voting.counting.heaps import heaps
from wugong_voting.counting.profile import from_orders
from wugong_voting.counting.rules import irv


def every_way(ballots: list[tuple[int, ...]], standing: frozenset[int]) -> set[int]:
    """Follow every choice of the last, one at a time."""
    tops = [next((o for o in ballot if o in standing), None) for ballot in ballots]
    votes = {o: tops.count(o) for o in standing}
    total = sum(votes.values())
    if leaders := {o for o in standing if 2 * votes[o] > total or len(standing) == 1}:
        return leaders
    fewest = min(votes.values())
    found: set[int] = set()
    for last in (o for o in standing if votes[o] == fewest):
        found |= every_way(ballots, standing - {last})
    return found


@pytest.mark.parametrize("many", [0, irv.MANY_WAYS], ids=["by ballots", "by votes"])
def test_groups_that_drop_out_together_change_no_winner(
    many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(irv, "MANY_WAYS", many)
    rng = random.Random(f"sure losers {many}")
    for _ in range(400):
        options = rng.randint(2, 6)
        ballots = [
            tuple(rng.sample(range(options), rng.randint(1, options)))
            for _ in range(rng.randint(1, 14))
        ]
        profile = from_orders([str(o) for o in range(options)], [[[o] for o in b] for b in ballots])
        found = irv._follow(heaps(profile))
        assert found == every_way(ballots, frozenset(range(options))), ballots
