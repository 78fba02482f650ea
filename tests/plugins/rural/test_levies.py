"""A levy of money or labour is the villagers' own decision, with its exemptions and ceilings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from wugong_rural.events import LEVY_LAW, LevyProposed
from wugong_rural.levies import CEILING_DAYS, CEILING_FEN, PROVINCE

if TYPE_CHECKING:
    from tests.plugins.rural.conftest import Village

LABOUR = LevyProposed(
    purpose="Dig the cable trench",
    body="villagers_assembly",
    workdays_per_person=2,
    exempt=("soldiers", "disabled_veterans", "students", "new_mothers"),
    money_for_labour="voluntary",
)


def with_(**changes: Any) -> LevyProposed:
    return replace(LABOUR, **changes)


def test_a_levy_on_the_villagers_own_terms_is_accepted(village: Village) -> None:
    assert village.codes(LABOUR) == []


@pytest.mark.parametrize("body", ["elders_council", "committee"])
def test_neither_elders_nor_committee_decide_a_levy(village: Village, body: str) -> None:
    (refusal,) = village.refused(with_(body=body))
    assert (refusal.code, refusal.source) == ("rural.levy_wrong_body", LEVY_LAW)


@pytest.mark.parametrize(
    ("procedure", "codes"),
    [
        pytest.param("elders.council", ["rural.levy_wrong_body"], id="the elders' council"),
        pytest.param("villagers.representatives", ["rural.levy_wrong_body"], id="by heads"),
        pytest.param("residents.simple", ["rural.levy_wrong_body"], id="another body"),
        pytest.param("villagers.representatives.levy", ["rural.levy_other_body"], id="not asked"),
        pytest.param("villagers.assembly.adults", [], id="the assembly by adults"),
        pytest.param("villagers.assembly.households", [], id="the assembly by households"),
    ],
)
def test_a_levy_is_put_to_the_body_that_may_decide_it(
    village: Village, procedure: str, codes: list[str]
) -> None:
    village.deliberate()
    levy = village.record(LABOUR)
    assert village.codes(village.poll(procedure, levy)) == codes
    if codes:
        assert village.refused(village.poll(procedure, levy))[0].source == LEVY_LAW


def test_a_poll_about_something_else_is_no_levy(village: Village) -> None:
    village.record(LABOUR)
    assert village.codes(village.poll("elders.council", 99)) == []


def test_nobody_is_made_to_pay_in_place_of_labour(village: Village) -> None:
    (refusal,) = village.refused(with_(money_for_labour="required"))
    assert (refusal.code, refusal.source) == ("rural.levy_money_for_labour", PROVINCE)


def test_a_levy_asks_for_something(village: Village) -> None:
    assert village.codes(with_(workdays_per_person=0)) == ["rural.levy_empty"]


@pytest.mark.parametrize(
    ("fen", "days", "exempt", "missing"),
    [
        pytest.param(500, 0, ("soldiers",), 1, id="money: the minimum living allowance"),
        pytest.param(500, 0, ("soldiers", "minimum_living"), 0, id="money: complete"),
        pytest.param(0, 1, ("soldiers", "students"), 2, id="labour: veterans, new mothers"),
        pytest.param(500, 1, (), 5, id="both: nobody exempt"),
    ],
)
def test_those_whom_the_law_spares_are_exempt(
    village: Village, fen: int, days: int, exempt: tuple[str, ...], missing: int
) -> None:
    levy = with_(per_person_fen=fen, workdays_per_person=days, exempt=exempt)
    counted = [refusal.details["count"] for refusal in village.refused(levy)]
    assert counted == ([missing] if missing else [])


@pytest.mark.parametrize(
    ("setting", "field", "code", "details"),
    [
        (
            CEILING_FEN,
            "per_person_fen",
            "rural.levy_too_much_money",
            {"asked_fen": 11, "ceiling_fen": 10},
        ),
        (
            CEILING_DAYS,
            "workdays_per_person",
            "rural.levy_too_many_days",
            {"asked": 11, "ceiling": 10},
        ),
    ],
)
def test_the_ceiling_of_the_province_binds_where_it_is_set(
    village: Village, setting: str, field: str, code: str, details: dict[str, int]
) -> None:
    exempt = (*LABOUR.exempt, "minimum_living")
    assert village.codes(with_(**{field: 11, "exempt": exempt})) == []
    village.set(setting, "10")
    assert village.codes(with_(**{field: 10, "exempt": exempt})) == []
    (refusal,) = village.refused(with_(**{field: 11, "exempt": exempt}))
    assert (refusal.code, refusal.details) == (code, details)
