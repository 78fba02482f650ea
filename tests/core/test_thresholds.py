"""Shares that must be reached: exact at the limit, whatever the size."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugong import Threshold, least, reaches


def at_least(share: str) -> Threshold:
    return Threshold(Fraction(share), inclusive=True, source="以上")


def more_than(share: str) -> Threshold:
    return Threshold(Fraction(share), inclusive=False, source="過半數")


@pytest.mark.parametrize(
    ("part", "whole", "threshold", "reached"),
    [
        pytest.param(19, 30, at_least("2/3"), False, id="one below two thirds"),
        pytest.param(20, 30, at_least("2/3"), True, id="exactly two thirds"),
        pytest.param(21, 31, at_least("2/3"), True, id="above two thirds of 31"),
        pytest.param(20, 31, at_least("2/3"), False, id="below two thirds of 31"),
        pytest.param(15, 30, more_than("1/2"), False, id="exactly half is not more than half"),
        pytest.param(16, 30, more_than("1/2"), True, id="one more than half"),
        pytest.param(16, 31, more_than("1/2"), True, id="more than half of 31"),
        pytest.param(15, 30, at_least("1/2"), True, id="half where 以上"),
        pytest.param(0, 1, at_least("1/1000000"), False, id="nobody"),
        pytest.param(7, 7, at_least("1/1"), True, id="everybody"),
        pytest.param(6, 7, at_least("1/1"), False, id="all but one"),
        pytest.param(7, 7, more_than("1/1"), False, id="more than everybody"),
        pytest.param(
            2 * 10**17 - 1, 3 * 10**17, at_least("2/3"), False, id="one of 10^17 below two thirds"
        ),
        pytest.param(2 * 10**17, 3 * 10**17, at_least("2/3"), True, id="exactly, of 10^17"),
    ],
)
def test_a_share_is_reached_exactly_at_its_limit(
    part: int, whole: int, threshold: Threshold, reached: bool
) -> None:
    assert reaches(part, whole, threshold) is reached


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (-1, 5), (6, 5), (1, 0)])
def test_an_empty_or_impossible_count_decides_nothing(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="need 0 <= part <= whole and whole > 0"):
        reaches(part, whole, at_least("1/2"))


@pytest.mark.parametrize("share", ["0/1", "-1/2", "3/2"])
def test_a_threshold_is_above_nothing_and_at_most_all(share: str) -> None:
    with pytest.raises(ValueError, match="a threshold is a share above 0 and up to 1"):
        at_least(share)


def test_a_threshold_shows_how_it_compares() -> None:
    assert (at_least("2/3").op, more_than("1/2").op) == (">=", ">")


@given(
    st.integers(1, 10**12),
    st.fractions(Fraction(1, 1000), 1, max_denominator=1000),
    st.booleans(),
)
def test_the_least_number_reaches_and_one_less_does_not(
    whole: int, share: Fraction, inclusive: bool
) -> None:
    threshold = Threshold(share, inclusive, "any")
    needed = least(whole, threshold)
    if needed <= whole:
        assert reaches(needed, whole, threshold)
    assert needed == 0 or not reaches(needed - 1, whole, threshold)
