"""Where the money comes from, in exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from wugong_funds.mix import mix_of


def test_ten_of_public_money_that_bring_twenty_have_a_leverage_of_two() -> None:
    mix = mix_of({"subsidy": 10, "self_raised": 15, "company": 5})

    assert mix.leverage == Fraction(2)
    assert mix.fiscal_share == Fraction(1, 3)
    assert mix.share("company") == Fraction(1, 6)


def test_shares_of_all_sources_come_to_one() -> None:
    mix = mix_of({"fiscal": 7, "subsidy": 11, "self_raised": 13, "donation": 17, "company": 19})

    shares = [mix.share(source) for source in mix.amounts]
    assert sum(share for share in shares if share is not None) == 1


def test_before_any_money_came_there_is_no_share_and_no_leverage() -> None:
    mix = mix_of({})

    assert (mix.fiscal_share, mix.leverage, mix.share("fiscal")) == (None, None, None)
    assert not mix.leans_on_public_money(Fraction(0))


@pytest.mark.parametrize(
    ("fiscal", "flagged"),
    [
        pytest.param(84, False, id="below the alarm"),
        pytest.param(85, False, id="exactly at the alarm"),
        pytest.param(86, True, id="above the alarm"),
    ],
)
def test_a_public_share_above_the_alarm_is_flagged(fiscal: int, flagged: bool) -> None:
    mix = mix_of({"fiscal": fiscal, "donation": 100 - fiscal})

    assert mix.leans_on_public_money(Fraction(85, 100)) is flagged
