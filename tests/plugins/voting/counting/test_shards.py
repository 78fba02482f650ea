"""Shards: the same result from parts in any order, from several processes and from Dask."""

from __future__ import annotations

import random
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

from wugong_voting.counting.profile import Profile, from_orders
from wugong_voting.counting.registry import COUNTING
from wugong_voting.counting.shards import counted, from_bytes, on_dask, to_bytes

ONE = sorted(rule for rule, chosen in COUNTING.items() if chosen.picks == "one")
NAMES = ("a", "b", "c", "d")


def shard(number: int) -> Profile:
    """Return one part of the same poll, wherever it is called."""
    rng = random.Random(f"shard {number}")
    orders: list[list[list[int]]] = []
    for _ in range(rng.randint(0, 30)):
        named = rng.sample(range(4), rng.randint(0, 4))
        groups: list[list[int]] = []
        for option in named:
            if groups and rng.random() < 0.2:
                groups[-1].append(option)
            else:
                groups.append([option])
        orders.append(groups)
    weights = [rng.randint(1, 3) for _ in orders] if number % 2 else None
    return from_orders(NAMES, orders, weights)


def whole(numbers: range) -> Profile:
    """Return all parts as one profile."""
    parts = [shard(number) for number in numbers]
    return Profile(
        NAMES,
        np.concatenate([part.ranks for part in parts], axis=1),
        np.concatenate(
            [np.ones(p.rows, dtype=np.int64) if p.weights is None else p.weights for p in parts]
        ),
        sum(part.blank for part in parts),
    )


PARTS = range(8)
LOADS = [partial(shard, number) for number in PARTS]


@pytest.mark.parametrize("rule", ONE)
def test_parts_count_as_the_whole_in_any_order(rule: str) -> None:
    expected = COUNTING[rule].count(whole(PARTS)).json()
    assert expected["winners"] or rule == "condorcet"
    for seed in range(6):
        loads = random.Random(seed).sample(LOADS, len(LOADS))
        assert counted(rule, loads).json() == expected


@pytest.mark.parametrize("rule", ONE)
def test_merging_in_pairs_is_merging_one_after_the_other(rule: str) -> None:
    chosen = COUNTING[rule]
    made = [chosen.partial(load()) for load in LOADS]
    while len(made) > 1:
        made = [one.merge(other) for one, other in zip(made[::2], made[1::2], strict=True)]
    settings = {choice.name: choice.default for choice in chosen.settings}
    assert chosen.decide(made[0], settings).json() == counted(rule, LOADS).json()


def test_two_processes_count_as_one() -> None:
    with get_context("spawn").Pool(2) as pool:
        for rule in ("schulze", "irv", "borda", "bucklin", "star"):
            assert counted(rule, LOADS, run=pool.map).json() == counted(rule, LOADS).json()


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the cluster's own threads and sockets warn as they like
def test_a_dask_cluster_counts_as_one_process() -> None:
    distributed: Any = pytest.importorskip("distributed", reason="needs the extra «dask»")
    with distributed.Client(
        n_workers=2, threads_per_worker=1, dashboard_address=None, set_as_default=False
    ) as client:
        for rule in ("schulze", "irv"):
            assert counted(rule, LOADS, run=on_dask(client)).json() == counted(rule, LOADS).json()


@pytest.mark.parametrize("options", [3, 300])
def test_ballots_come_back_from_their_bytes(options: int) -> None:
    names = [str(i) for i in range(options)]
    profile = from_orders(names, [[[2], [0, 1]], [], [[1]], [[2], [0, 1]]])
    rows = [(ballot, 1) for ballot in to_bytes(profile)]
    blank = (to_bytes(Profile(tuple(names), np.full((options, 1), options, "u2")))[0], 4)
    back = from_bytes(names, [*rows, blank])
    assert {len(ballot) for ballot, _ in rows} == {options * (1 if options < 255 else 2)}
    assert (back.voters, back.valid, back.blank) == (7, 3, 4)
    assert (back.ranks == profile.ranks).all() and back.ranks.dtype == profile.ranks.dtype


def test_bytes_that_are_no_ballot_are_refused() -> None:
    with pytest.raises(ValueError, match="has 2 bytes, not 3"):
        from_bytes(["a", "b"], [(b"\0\1", 1), (b"\0\1\2", 1)])
    with pytest.raises(ValueError, match="the rank 9; unranked is 2"):
        from_bytes(["a", "b"], [(b"\0\x09", 1)])
