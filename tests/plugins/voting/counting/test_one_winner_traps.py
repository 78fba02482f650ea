"""Cases where libraries disagree with each other, each with our own answer."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugong_voting.counting.pairwise import Pairwise
from wugong_voting.counting.profile import from_orders, from_rankings
from wugong_voting.counting.registry import COUNTING
from wugong_voting.counting.result import Result

ONE = sorted(rule for rule, chosen in COUNTING.items() if chosen.picks == "one")
PAIRWISE = ["condorcet", "copeland", "minimax", "ranked_pairs", "schulze", "smith"]


def count(rule: str, ballots: dict[str, int], options: str = "ABC", **chosen: Any) -> Result:
    """Count ballots such as ``A>BC``: letters side by side are tied, missing ones unranked."""
    orders = [[[options.index(one) for one in g] for g in text.split(">") if g] for text in ballots]
    profile = from_orders(tuple(options), orders, list(ballots.values()))
    return COUNTING[rule].count(profile, chosen)


LAST = {"A>B>C": 4, "B>A>C": 3, "C>B>A": 3}


def test_trap_1_a_tie_for_last_in_irv_names_whoever_wins_on_some_way() -> None:
    result = count("irv", LAST)
    assert (result.winners, result.tied) == (("A", "B"), ("A", "B"))
    assert result.rounds[0]["last"] == ["B", "C"]


@pytest.mark.parametrize(("order", "winner"), [("A>B>C", "B"), ("A>C>B", "A")])
def test_trap_1_a_named_tie_break_decides_and_the_tie_is_still_told(
    order: str, winner: str
) -> None:
    result = count("irv", LAST, tie_break=order)
    assert (result.winners, result.tied) == ((winner,), ("A", "B"))


def test_trap_2_a_plurality_tie_is_a_result_with_its_members() -> None:
    result = count("plurality", {"A": 3, "B": 3, "C": 1})
    assert (result.winners, result.tied) == (("A", "B"), ("A", "B"))
    assert count("plurality", {"A": 3, "B": 3}, tie_break="B>A>C").winners == ("B",)


def test_trap_3_unranked_options_share_the_average_of_the_places_left_in_borda() -> None:
    result = count("borda", {"A": 6, "B>C": 4, "C>B": 3})
    assert dict(result.scores) == {"A": 12, "B": 14, "C": 13}
    assert (result.winners, result.options["unranked"]) == (("B",), "average")


@pytest.mark.parametrize(
    ("strength", "winners"),
    [("margins", ("B",)), ("winning_votes", ("A", "B")), ("opposition", ("A", "B"))],
)
def test_trap_4_minimax_on_truncated_ballots_says_how_it_measures(
    strength: str, winners: tuple[str, ...]
) -> None:
    ballots = {"A>B": 3, "B>C": 2, "C>A": 2, "C": 1, "B": 2}
    result = count("minimax", ballots, strength=strength)
    # Unranked options are tied last: A beats B by 5 to 4, B beats C by 7 to 3, C beats A by 5 to 3.
    assert result.matrix == ((0, 5, 3), (4, 0, 7), (5, 3, 0))
    assert (result.winners, result.options["strength"]) == (winners, strength)


@pytest.mark.parametrize("rule", ["ranked_pairs", "copeland", "schulze", "minimax", "smith"])
def test_trap_5_a_circle_of_equal_majorities_is_a_tie_of_all_three(rule: str) -> None:
    result = count(rule, {"A>B>C": 1, "B>C>A": 1, "C>A>B": 1})
    assert (result.winners, result.tied) == (("A", "B", "C"), ("A", "B", "C"))


def test_trap_5_ranked_pairs_with_many_equal_majorities_does_not_follow_every_order() -> None:
    rng = np.random.default_rng(4)
    rows = rng.permuted(np.tile(np.arange(20), (300, 1)), axis=1)
    result = COUNTING["ranked_pairs"].count(from_rankings([str(i) for i in range(20)], rows))
    assert result.winners


def test_trap_7_a_ballot_with_a_tied_first_group_counts_for_nobody_in_irv() -> None:
    result = count("irv", {"AB>C": 5, "C>A>B": 2, "B>A": 1})
    assert result.rounds[0]["votes"] == {"A": 0, "B": 1, "C": 2}
    assert (result.rounds[0]["exhausted"], result.winners) == (5, ("C",))


def test_trap_8_an_option_named_twice_keeps_its_first_place() -> None:
    assert dict(count("borda", {"A>A>B": 1}).scores) == dict(count("borda", {"A>B": 1}).scores)


def test_trap_8_a_complete_ranking_that_names_an_option_twice_is_refused() -> None:
    for rows in (1, 20_000):
        wrong = np.tile(np.array([[0, 1, 2]], dtype=np.uint8), (rows, 1))
        wrong[-1] = [0, 1, 1]
        with pytest.raises(ValueError, match="every option once"):
            from_rankings(("a", "b", "c"), wrong)
        with pytest.raises(ValueError, match="numbered from 0 to 2"):
            from_rankings(("a", "b", "c"), wrong.astype(np.int64) * 256)


@pytest.mark.parametrize("rule", ONE)
def test_trap_9_an_empty_ballot_takes_part_and_chooses_nobody(rule: str) -> None:
    orders = [[[0], [1]], [], [[1], [0]], [[0], [1]]]
    profile = from_orders(("a", "b"), orders, [1, 5, 1, 1])
    assert (profile.voters, profile.valid, profile.blank) == (8, 3, 5)
    assert COUNTING[rule].count(profile).winners == ("a",)


@pytest.mark.parametrize("rule", ONE)
def test_trap_10_one_kind_of_ballot_for_all_rules_with_ids_that_are_text(rule: str) -> None:
    profile = from_orders(("10", "9", "ü"), [[[1]], [[1], [0, 2]], [[0], [1]]])
    assert COUNTING[rule].count(profile).winners == ("9",)


@pytest.mark.parametrize("options", [254, 255, 256, 477])
@pytest.mark.parametrize("rule", [rule for rule in ONE if rule != "kemeny"])
def test_trap_11_more_than_254_options_do_not_overflow(rule: str, options: int) -> None:
    names = [f"w{i}" for i in range(options)]
    best = options - 1
    orders: list[list[list[int]]] = [[[i] for i in range(options - 1, -1, -1)]] * 2
    orders.append([[best], [0]])
    profile = from_orders(names, orders)
    assert profile.ranks.itemsize == (1 if options < 255 else 2)
    assert COUNTING[rule].count(profile).winners == (names[best],)


@given(st.lists(st.integers(0, 6), min_size=16, max_size=16), st.integers(1, 4))
@settings(deadline=None, max_examples=300)
def test_kemeny_agrees_with_trying_every_ranking(numbers: list[int], count: int) -> None:
    wins = np.array(numbers).reshape(4, 4)[:count, :count] * (1 - np.eye(count, dtype=np.int64))
    options = "abcd"[:count]
    found = COUNTING["kemeny"].decide(Pairwise(tuple(options), wins, 9, 9), {"tie_break": ""})
    contradicted = {
        ranking: sum(int(wins[b, a]) for n, a in enumerate(ranking) for b in ranking[n + 1 :])
        for ranking in permutations(range(count))
    }
    fewest = min(contradicted.values())
    best = [ranking for ranking, number in contradicted.items() if number == fewest]
    assert found.winners == tuple(options[i] for i in sorted({ranking[0] for ranking in best}))
    expected = {"ranking": [options[i] for i in min(best)], "contradicted": fewest}
    assert found.rounds == (expected,)


def test_kemeny_refuses_more_options_than_it_can_count_exactly() -> None:
    with pytest.raises(ValueError, match="up to 12 options"):
        COUNTING["kemeny"].count(from_orders([str(i) for i in range(13)], [[[0]]]))


@pytest.mark.parametrize("rule", PAIRWISE)
def test_trap_19_unranked_and_tied_last_are_the_same_to_pairwise_rules(rule: str) -> None:
    short = {"A>B": 5, "C": 4, "B>D>A": 3, "D": 2}
    full = {"A>B>CD": 5, "C>ABD": 4, "B>D>A>C": 3, "D>ABC": 2}
    one, other = count(rule, short, "ABCD"), count(rule, full, "ABCD")
    assert (one.winners, one.matrix) == (other.winners, other.matrix)


@pytest.mark.parametrize("rule", ONE)
def test_one_voter_decides_alone(rule: str) -> None:
    result = count(rule, {"B>A>C": 1})
    assert (result.winners, result.tied) == (("B",), ())


@pytest.mark.parametrize("rule", ONE)
@pytest.mark.parametrize("blank", [0, 7])
def test_without_a_choice_nobody_is_ahead_of_anybody(rule: str, blank: int) -> None:
    profile = from_orders(("a", "b"), [[]] * (blank > 0), [blank] * (blank > 0))
    result = COUNTING[rule].count(profile)
    assert result.winners == result.tied or result.winners == ()
    assert profile.voters == blank


def test_instant_runoff_drops_write_ins_that_cannot_pass_at_once() -> None:
    ballots = {"A>B": 40, "B>A": 35, **dict.fromkeys("cdefghijklmnopqrstuvwxyz", 1)}
    options = "ABcdefghijklmnopqrstuvwxyz"
    result = count("irv", ballots, options)
    assert (result.winners, result.tied) == (("A",), ())
    assert len(result.rounds) > 2  # told one at a time all the same
