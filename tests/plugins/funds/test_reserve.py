"""What a budget sets aside, and how much of it is really there."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugong_funds.ledger import Ledger
from wugong_funds.rules import funded, read_share, reserve_due, to_set_aside

TENTH = Fraction(1, 10)


@pytest.mark.parametrize(
    ("total_fen", "reserve_fen"),
    [
        pytest.param(100_000_000, 10_000_000, id="1,000,000.00 sets 100,000.00 aside"),
        pytest.param(100, 10, id="an even tenth"),
        pytest.param(101, 11, id="rounded up to the whole fen"),
        pytest.param(1, 1, id="one fen"),
    ],
)
def test_a_tenth_of_the_budget_is_set_aside_rounded_up(total_fen: int, reserve_fen: int) -> None:
    assert reserve_due(total_fen, TENTH) == reserve_fen


@given(st.integers(1, 10**13), st.fractions(0, 1))
def test_the_reserve_is_the_least_amount_that_reaches_the_share(
    total: int, share: Fraction
) -> None:
    due = reserve_due(total, share)

    assert Fraction(due, total) >= share
    assert due == 0 or Fraction(due - 1, total) < share


def test_a_later_budget_tops_the_reserve_up_and_never_takes_from_it() -> None:
    first = replace(Ledger(), set_aside_fen=100)

    assert to_set_aside(first, 1500, TENTH) == 50
    assert to_set_aside(first, 1000, TENTH) == 0
    assert to_set_aside(first, 500, TENTH) == 0


@pytest.mark.parametrize(
    ("reserve", "available", "there"),
    [
        pytest.param(100, 0, 100, id="all has come"),
        pytest.param(100, -100, 0, id="set aside before any money came"),
        pytest.param(100, -40, 60, id="partly"),
    ],
)
def test_a_reserve_holds_what_has_come_in(reserve: int, available: int, there: int) -> None:
    assert funded(reserve, available) == there


@pytest.mark.parametrize(
    ("text", "share"),
    [
        pytest.param("1/10", TENTH, id="a fraction"),
        pytest.param("0", Fraction(0), id="none"),
        pytest.param("1", Fraction(1), id="all"),
        pytest.param("11/10", None, id="above 1"),
        pytest.param("-1/10", None, id="below 0"),
        pytest.param("10%", None, id="not a share"),
        pytest.param("1/0", None, id="no number"),
    ],
)
def test_a_setting_is_a_share_from_0_to_1(text: str, share: Fraction | None) -> None:
    assert read_share(text) == share
