from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plugins.voting.counting import naive
from wugong_voting.counting import transfers
from wugong_voting.counting.heaps import keys_of
from wugong_voting.counting.profile import Profile, from_orders
from wugong_voting.counting.registry import COUNTING

COMMITTEES = ("block_approval", "seq_pav", "seq_phragmen", "mes_committee")


def count(rule: str, profile: Profile, **more: Any) -> Any:
    return COUNTING[rule].count(profile, {k: str(v) for k, v in more.items()})


def ranked(options: str, ballots: dict[str, int]) -> Profile:
    """Make a profile of ballots such as ``ABC``, each option by its letter."""
    orders = [[[options.index(letter)] for letter in ballot] for ballot in ballots]
    return from_orders(list(options), orders, list(ballots.values()))


# --- the traps


def test_quota_of_droop_and_of_the_exact_fraction_elect_differently() -> None:
    profile = ranked("ABCD", {"ABCD": 10, "BC": 4, "CD": 4, "DC": 3})
    assert set(count("stv", profile, seats=2).winners) == {"A", "C"}
    assert count("stv", profile, seats=2).options["quota_votes"] == 8
    exact = count("stv", profile, seats=2, quota="droop_exact")
    assert set(exact.winners) == {"A", "B"}
    assert exact.options["quota_votes"] == 7
    assert set(count("stv_scottish", profile, seats=2).winners) == {"A", "C"}


def test_ballots_without_a_choice_do_not_raise_the_quota() -> None:
    profile = from_orders(list("AB"), [[[0]], [[1]], []], [5, 3, 100])
    assert count("stv", profile, seats=1).options["quota_votes"] == 5
    assert count("stv", profile, seats=1).winners == ("A",)


def test_a_ballot_counts_up_to_its_first_tied_group() -> None:
    profile = from_orders(list("ABC"), [[[0], [1, 2]], [[1, 2], [0]], [[1]]], [2, 5, 1])
    result = count("stv", profile, seats=1)
    assert result.rounds[0]["votes"] == {"A": 2, "B": 1, "C": 0}
    assert result.winners == ("A",)


def test_surplus_values_are_exact_or_cut_to_five_decimals() -> None:
    profile = ranked("ABC", {"AB": 7, "C": 3, "B": 1})
    exact = count("stv", profile, seats=2)
    assert exact.options["quota_votes"] == 4
    assert exact.rounds[1]["votes"]["B"] == 1 + 7 * Fraction(3, 7)
    cut = count("stv_scottish", profile, seats=2)
    assert cut.rounds[1]["votes"]["B"] == 1 + 7 * Fraction(42857, 100_000)


def test_a_tie_for_the_last_seat_names_all_its_members() -> None:
    profile = ranked("ABC", {"A": 5, "B": 2, "C": 2})
    result = count("stv", profile, seats=2)
    assert (result.winners, set(result.tied)) == (("A",), {"B", "C"})
    assert count("stv", profile, seats=2, tie_break="C>B>A").winners == ("A", "C")


def test_looking_back_settles_a_tie_by_the_last_count_that_differs() -> None:
    profile = ranked("ABCD", {"A": 9, "B": 4, "C": 3, "DC": 1})
    # D drops out first; then B and C have 4 each, and before that C had fewer.
    every = count("stv", profile, seats=2)
    assert set(every.tied) == {"B", "C"}
    assert count("stv", profile, seats=2, ties="look_back").winners == ("A", "B")


def test_ties_that_decide_nothing_are_not_followed() -> None:
    options = [f"c{n}" for n in range(300)]
    orders = [[[n]] for n in range(300)]
    weights = [100, 90, 80] + [1] * 297
    result = count("stv", from_orders(options, orders, weights), seats=3)
    assert (set(result.winners), result.tied) == ({"c0", "c1", "c2"}, ())


def test_seats_that_only_options_without_votes_could_fill_are_tied() -> None:
    options = [f"c{n}" for n in range(40)]
    result = count("stv", from_orders(options, [[[0]], [[1]]], [3, 2]), seats=4)
    assert set(result.winners) == {"c0", "c1"}
    assert set(result.tied) == set(options[2:])


@pytest.mark.parametrize("rule", ["stv", "stv_scottish", *COMMITTEES])
def test_one_voter_no_voters_and_only_blank_ones(rule: str) -> None:
    one = from_orders(list("AB"), [[[0], [1]]])
    assert count(rule, one, seats=1).winners == ("A",)
    for profile in (from_orders(list("AB"), []), from_orders(list("AB"), [[], []])):
        result = count(rule, profile, seats=1)
        assert (result.winners, result.tied) == ((), ())


@pytest.mark.parametrize("rule", ["stv", *COMMITTEES])
def test_the_number_of_seats_is_a_whole_number_above_zero(rule: str) -> None:
    for wrong in ("0", "-1", "two", "1.5"):
        with pytest.raises(ValueError, match="seats"):
            count(rule, ranked("AB", {"A": 1}), seats=wrong)


def test_equal_shares_for_committees_may_leave_seats_empty() -> None:
    profile = approving(4, [({0}, 3), ({1}, 1), ({2}, 1), ({3}, 1)])
    result = count("mes_committee", profile, seats=3)
    assert (result.winners, result.tied) == (("0",), ())
    assert any("empty" in sentence.says for sentence in result.certificate)


def test_proportional_approval_by_hand() -> None:
    profile = approving(3, [({0, 1}, 3), ({2}, 2)])
    result = count("seq_pav", profile, seats=2)
    assert (result.winners, set(result.tied)) == (("2",), {"0", "1"})
    assert [entry["adds"] for entry in result.rounds] == [3, 2]


def test_the_first_group_or_category_is_what_a_ballot_approves_of() -> None:
    graded = from_orders(list("AB"), [[[0], [1]], [[], [0, 1]]], levels=2)
    assert COUNTING["block_approval"].count(graded, {"seats": "2"}).winners == ("A",)


# --- apportionment


def seats(rule: str, votes: dict[str, int], number: int, **more: str) -> dict[str, int]:
    result = count(rule, ranked("".join(votes), votes), seats=number, **more)
    return {option: n for option, n in result.scores.items() if n}


def test_apportionment_by_hand() -> None:
    # The example of the textbooks: 100 votes for ten seats.
    votes = {"A": 43, "B": 32, "C": 15, "D": 10}
    assert seats("largest_remainder", votes, 10) == {"A": 4, "B": 3, "C": 2, "D": 1}
    assert seats("highest_averages", votes, 10) == {"A": 5, "B": 3, "C": 1, "D": 1}
    found = seats("highest_averages", votes, 10, divisors="sainte_lague")
    assert found == {"A": 4, "B": 3, "C": 2, "D": 1}


def test_classes_that_are_equal_for_the_last_seat_are_tied() -> None:
    for rule in ("largest_remainder", "highest_averages"):
        result = count(rule, ranked("AB", {"A": 5, "B": 5}), seats=3)
        assert result.scores == {"A": 1, "B": 1}, rule
        assert result.tied == ("A", "B"), rule
        broken = count(rule, ranked("AB", {"A": 5, "B": 5}), seats=3, tie_break="B>A")
        assert broken.scores == {"A": 1, "B": 2}, rule


@given(st.lists(st.integers(0, 40), min_size=1, max_size=5), st.integers(1, 12))
@settings(deadline=None)
def test_seats_are_given_within_one_of_the_share_and_never_too_many(
    votes: list[int], number: int
) -> None:
    options = [str(n) for n in range(len(votes))]
    profile = from_orders(options, [[[n]] for n in range(len(votes))], votes)
    for quota in ("hare", "droop"):
        more = {"quota": quota, "tie_break": "paper"}
        result = count("largest_remainder", profile, seats=number, **more)
        total = sum(result.scores.values())
        assert total <= number
        if quota == "hare" and any(votes):
            assert total == number
            for option, has in zip(votes, result.scores.values(), strict=True):
                assert abs(has - Fraction(option * number, sum(votes))) < 1
    averages = count("highest_averages", profile, seats=number, tie_break="paper")
    assert sum(averages.scores.values()) == (number if any(votes) else 0)


# --- against the plain form of each rule

ballots = st.lists(
    st.tuples(st.permutations(range(4)), st.integers(0, 4), st.integers(1, 6)), max_size=8
)
sets = st.lists(st.tuples(st.sets(st.integers(0, 4)), st.integers(1, 4)), max_size=7)


def approving(width: int, drawn: Any) -> Profile:
    orders = [[sorted(chosen)] if chosen else [] for chosen, _ in drawn]
    return from_orders([str(n) for n in range(width)], orders, [w for _, w in drawn])


@given(ballots, st.integers(1, 3), st.permutations(range(4)), st.booleans())
@settings(deadline=None, max_examples=300)
def test_single_transferable_vote_agrees_with_its_plain_form(
    drawn: Any, number: int, order: list[int], scottish: bool
) -> None:
    orders = [[[c] for c in ranking[:length]] for ranking, length, _ in drawn]
    profile = from_orders(list("0123"), orders, [w for *_, w in drawn])
    papers = [list(r[:length]) for r, length, weight in drawn for _ in range(weight)]
    expected = naive.single_transferable(papers, 4, number, order, decimals=5 if scottish else None)
    text = ">".join(str(n) for n in order)
    rule, more = ("stv", {"surplus": "scottish"}) if scottish else ("stv", {})
    found = count(rule, profile, seats=number, tie_break=text, **more)
    assert [int(c) for c in found.winners] == expected


def test_many_ballots_are_passed_on_without_keys_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = ranked("ABCD", {"ABCD": 9, "BA": 4, "CDB": 4, "DC": 3, "AC": 2})
    expected = count("stv", profile, seats=2).json()
    monkeypatch.setattr(transfers, "MOST_KEYS", profile.ranks.size)
    assert count("stv", profile, seats=2).json() == expected
    monkeypatch.setattr(transfers, "MOST_KEYS", profile.ranks.size - 1)
    assert count("stv", profile, seats=2).json() == expected


@pytest.mark.parametrize("number", [14, 15, 16, 254, 255])
def test_a_key_says_whom_a_ballot_stands_with_however_many_there_are(number: int) -> None:
    backwards = [[one] for one in reversed(range(number))]
    orders = [backwards, backwards[1:], [[number - 1]], [[0]], [[1], [number - 2]]]
    profile = from_orders([str(n) for n in range(number)], orders)
    keys = keys_of(profile)
    assert keys.best(keys.rows).tolist() == [number, number - 1, number, 1, 2]
    assert keys.best(keys.rows[:2]).tolist() == [2, 2, 0, 1, 2]


def test_rounds_read_as_exact_shares_and_are_written_as_such() -> None:
    result = count("stv", ranked("ABC", {"AB": 7, "C": 3, "B": 1}), seats=2, quota="droop_exact")
    assert dict(result.rounds[1]["votes"]) == {"B": Fraction(13, 3), "C": 3}
    assert result.json()["rounds"][1]["votes"] == {"B": "13/3", "C": 3}


def test_each_round_adds_up_to_all_ballots() -> None:
    profile = ranked("ABCD", {"ABCD": 9, "BA": 4, "CDB": 4, "DC": 3, "A": 2})
    for rule, quota in (("stv", "hare"), ("stv", "droop_exact"), ("stv_scottish", "")):
        found = count(rule, profile, seats=3, **({"quota": quota} if quota else {}))
        need, kept = found.options["quota_votes"], Fraction(0)
        for told in found.rounds:
            assert sum(told["votes"].values()) + told["exhausted"] + kept == profile.valid
            if "surplus_of" in told:
                assert told["surplus"] == told["votes"][told["surplus_of"]] - need
                kept += need


@given(ballots, st.integers(1, 3))
@settings(deadline=None, max_examples=150)
def test_ties_of_transfers_name_whomever_an_order_elects(drawn: Any, number: int) -> None:
    orders = [[[c] for c in ranking[:length]] for ranking, length, _ in drawn]
    profile = from_orders(list("0123"), orders, [w for *_, w in drawn])
    papers = [list(r[:length]) for r, length, weight in drawn for _ in range(weight)]
    ends = [
        set(naive.single_transferable(papers, 4, number, order)) for order in permutations(range(4))
    ]
    result = count("stv", profile, seats=number)
    some = {int(c) for c in (*result.winners, *result.tied)}
    assert set.union(*ends) <= some
    assert {int(c) for c in result.winners} <= set.intersection(*ends)


@given(sets, st.integers(1, 4), st.permutations(range(5)))
@settings(deadline=None, max_examples=200)
def test_committees_agree_with_their_plain_forms(drawn: Any, number: int, order: Any) -> None:
    profile = approving(5, drawn)
    single = [frozenset(b) for b, weight in drawn for _ in range(weight)]
    text = ">".join(str(n) for n in order)
    offered = [c for c in range(5) if any(c in b for b in single)]
    ones = [Fraction(1)] * 5
    share = Fraction(number, max(len(single), 1))
    votes: dict[int, Any] = {c: sum(c in b for b in single) for c in offered}
    plain = {
        "block_approval": naive.greedy(ones, votes, offered, Fraction(number), order),
        "seq_pav": naive.seq_pav(single, range(5), number, order),
        "seq_phragmen": naive.phragmen(ones, single, offered, Fraction(number), order),
        "mes_committee": naive.equal_shares(ones, single, offered, share, False, order),
    }
    for rule, expected in plain.items():
        found = count(rule, profile, seats=number, tie_break=text)
        assert [int(c) for c in found.winners] == expected, rule


@given(sets, st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_ties_of_committees_are_what_the_orders_disagree_about(drawn: Any, number: int) -> None:
    profile = approving(4, [({c for c in b if c < 4}, w) for b, w in drawn])
    for rule in COMMITTEES:
        ends = []
        for order in permutations("0123"):
            broken = count(rule, profile, seats=number, tie_break=">".join(order))
            ends.append(set(broken.winners))
        result = count(rule, profile, seats=number)
        assert set(result.winners) == set.intersection(*ends), rule
        assert set(result.tied) == set.union(*ends) - set.intersection(*ends), rule


@given(ballots, st.integers(1, 3))
@settings(deadline=None, max_examples=40)
def test_shards_count_as_the_whole_in_any_order(drawn: Any, parts: int) -> None:
    def made(part: Any) -> Profile:
        orders = [[[c] for c in ranking[:length]] for ranking, length, _ in part]
        return from_orders(list("0123"), orders, [w for *_, w in part])

    several = [rule for rule in COUNTING.values() if rule.picks == "several"]
    shards = [made(drawn[n::parts]) for n in range(parts)]
    for rule in several:
        expected = rule.count(made(drawn), {"seats": "2"}).json()
        assert rule.merged(shards, {"seats": "2"}).json() == expected, rule.id
        assert rule.merged(shards[::-1], {"seats": "2"}).json() == expected, rule.id
