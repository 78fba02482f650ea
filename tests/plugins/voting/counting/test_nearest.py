"""Who came nearest to a seat, and by how few approvals, beside trying every set of ballots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugong_voting.counting.profile import Profile, from_orders
from wugong_voting.counting.registry import COUNTING
from wugong_voting.counting.result import Sentence

RULES = ("seq_pav", "seq_phragmen", "mes_committee")
Ballots = Sequence[frozenset[int]]


def profile_of(ballots: Iterable[Iterable[int]], width: int, weights: Any = None) -> Profile:
    orders = [[sorted(chosen)] if chosen else [] for chosen in map(frozenset, ballots)]
    return from_orders([str(n) for n in range(width)], orders, weights)


def nearest(result: Any) -> tuple[list[str], int] | None:
    """Return what the certificate says of those without a seat."""
    said: list[Sentence] = [one for one in result.certificate if "came nearest" in one.says]
    return (said[0].details["options"], said[0].details["votes"]) if said else None


def reached(rule: str, ballots: Ballots, width: int, more: dict[str, str]) -> set[int]:
    """Return everybody who has a seat or is tied for one."""
    found = COUNTING[rule].count(profile_of(ballots, width), more)
    return {int(option) for option in (*found.winners, *found.tied)}


def tried(
    rule: str, ballots: Ballots, width: int, more: dict[str, str]
) -> tuple[list[str], int] | None:
    """Name everybody without a seat on all sets of ballots, smaller sets first."""
    without = set(range(width)) - reached(rule, ballots, width, more)
    for votes in range(1, len(ballots) + 1):
        near = [
            str(option)
            for option in sorted(without)
            if any(
                option in reached(rule, marked(ballots, chosen, option), width, more)
                for chosen in combinations(range(len(ballots)), votes)
                if not any(option in ballots[one] for one in chosen)
            )
        ]
        if near:
            return near, votes
    return None


def marked(ballots: Ballots, chosen: Iterable[int], option: int) -> list[frozenset[int]]:
    return [b | {option} if n in set(chosen) else b for n, b in enumerate(ballots)]


few = st.lists(st.frozensets(st.integers(0, 3), max_size=3), min_size=1, max_size=6)


@pytest.mark.parametrize("rule", RULES)
@given(few, st.integers(1, 3), st.none() | st.permutations(range(4)))
@settings(deadline=None, max_examples=80)
def test_no_fewer_approvals_would_have_changed_it_and_as_many_could(
    rule: str, ballots: list[frozenset[int]], seats: int, order: list[int] | None
) -> None:
    more = {"seats": str(seats)}
    if order:
        more["tie_break"] = ">".join(map(str, order))
    found = COUNTING[rule].count(profile_of(ballots, 4), more)
    assert nearest(found) == tried(rule, ballots, 4, more)


@pytest.mark.parametrize("rule", RULES)
@given(few, st.lists(st.integers(1, 4), min_size=6, max_size=6), st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_equal_ballots_may_be_joined(
    rule: str, kinds: list[frozenset[int]], numbers: list[int], seats: int
) -> None:
    weights = numbers[: len(kinds)]
    single = [kind for kind, number in zip(kinds, weights, strict=True) for _ in range(number)]
    more = {"seats": str(seats)}
    joined = COUNTING[rule].count(profile_of(kinds, 4, weights), more)
    assert nearest(joined) == nearest(COUNTING[rule].count(profile_of(single, 4), more))


@pytest.mark.parametrize(
    ("rule", "ballots", "seats", "expected"),
    [
        # C adds 3, B only 5/2 after A; one more for B alone makes it 7/2, half of one makes it 3.
        pytest.param("seq_pav", ["a"] * 2 + ["ab"] * 5 + ["c"] * 3, 2, (["b"], 1), id="satisfied"),
        # A, then C at a load of 1/3. B is at (1 + 5/7)/5, with one more at (1 + 5/7)/6.
        pytest.param(
            "seq_phragmen", ["a"] * 2 + ["ab"] * 5 + ["c"] * 3, 2, (["b"], 1), id="loaded"
        ),
        # A share is 1/5: B has 4 of them and lacks one.
        pytest.param(
            "mes_committee", ["a"] * 5 + ["b"] * 4 + [""], 2, (["b"], 1), id="one share short"
        ),
        pytest.param("mes_committee", ["a"] * 5 + ["b"] * 3 + ["", ""], 2, (["b"], 2), id="two"),
        # Nobody is left who was named: the third seat is for whoever is.
        pytest.param("seq_pav", ["a", "b"], 3, (["c"], 1), id="a seat stays empty"),
        pytest.param("seq_pav", ["abc"], 3, None, id="nobody is without a seat"),
    ],
)
def test_by_hand(rule: str, ballots: list[str], seats: int, expected: Any) -> None:
    width = 1 + max("abc".index(letter) for ballot in [*ballots, "c"] for letter in ballot)
    named = from_orders(
        list("abc")[:width],
        [[list(map("abc".index, ballot))] if ballot else [] for ballot in ballots],
    )
    assert nearest(COUNTING[rule].count(named, {"seats": str(seats)})) == expected


def test_with_a_tie_break_to_be_level_is_enough_only_for_whom_it_puts_first() -> None:
    ballots = profile_of([{0}, {0}, {1}, set(), set()], 2)
    for order, votes in (("1>0", 1), ("0>1", 2)):
        found = COUNTING["seq_pav"].count(ballots, {"seats": "1", "tie_break": order})
        assert (found.winners, nearest(found)) == (("0",), (["1"], votes))


def test_all_that_the_poor_have_may_be_less_than_the_price() -> None:
    """Ahead is also whoever is paid for by those who have less than the price, with all of it."""
    ballots = [{0}, {0, 1}, {1}, {1}]
    for order in ("0>1", "1>0"):
        more = {"seats": "2", "tie_break": order}
        found = COUNTING["mes_committee"].count(profile_of(ballots, 2), more)
        assert nearest(found) == tried("mes_committee", [frozenset(b) for b in ballots], 2, more)
