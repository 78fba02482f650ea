"""What two tracks come to, in exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugong_evaluation.scores import Result


def spread(scale: int, **counts: int) -> tuple[int, ...]:
    """Return counts for each score: ``spread(5, s4=3)`` says that three gave a 4."""
    return tuple(counts.get(f"s{score}", 0) for score in range(1, scale + 1))


def test_the_mean_is_an_exact_fraction() -> None:
    result = Result(5, 4, spread(5, s2=1, s3=4, s4=12, s5=3), invited=40)

    assert result.residents == Fraction(77, 20)
    assert result.response == Fraction(1, 2)
    assert result.gap == Fraction(3, 20)


def test_nobody_answered() -> None:
    result = Result(5, 4, spread(5), invited=40)

    assert result.residents is None
    assert result.gap is None
    assert result.response == Fraction(0)
    assert not result.representative(Fraction(0))
    assert not result.flagged(Fraction(0))


@pytest.mark.parametrize(
    ("answers", "representative"),
    [
        pytest.param(29, False, id="one answer short"),
        pytest.param(30, True, id="exactly the share"),
        pytest.param(31, True, id="above it"),
    ],
)
def test_a_response_below_the_least_is_not_representative(
    answers: int, representative: bool
) -> None:
    result = Result(5, 4, spread(5, s4=answers), invited=100)

    assert result.representative(Fraction(3, 10)) is representative


@pytest.mark.parametrize(
    ("residents", "flagged"),
    [
        pytest.param(65, True, id="65 against 90"),
        pytest.param(69, True, id="just above a fifth of the scale"),
        pytest.param(70, False, id="exactly a fifth of the scale"),
        pytest.param(90, False, id="both alike"),
    ],
)
def test_a_gap_above_the_alarm_is_flagged(residents: int, flagged: bool) -> None:
    result = Result(100, 90, spread(100, **{f"s{residents}": 7}), invited=10)

    assert result.flagged(Fraction(1, 5)) is flagged


def test_a_gap_is_flagged_in_both_directions() -> None:
    assert Result(5, 1, spread(5, s5=1), invited=1).flagged(Fraction(1, 5))
    assert Result(5, 5, spread(5, s1=1), invited=1).flagged(Fraction(1, 5))


def test_more_answers_than_were_asked_are_never_more_than_all() -> None:
    result = Result(5, 4, spread(5, s4=12), invited=10)

    assert result.asked == 12
    assert result.response == Fraction(1)


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=100), st.integers(1, 10**6))
def test_the_mean_lies_on_the_scale_and_the_response_between_none_and_all(
    counts: list[int], invited: int
) -> None:
    result = Result(len(counts), 1, tuple(counts), invited)

    assert 0 <= result.response <= 1
    assert result.residents is None or 1 <= result.residents <= result.scale
