"""業主共同決定 at its limits: one case just below, one exactly on and one just above each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from wugong import Measure, Procedure, judge
from wugong_urban.bodies import procedures

BY_ID: Mapping[str, Procedure] = {procedure.id: procedure for procedure in procedures()}
Weight = tuple[int, int]  # area in 0.01 m², heads


def verdict(name: str, whole: Weight, part: Weight, yes: Weight) -> tuple[str, list[str]]:
    """Return the verdict and the tests that were not met."""
    verdict, tests = judge(BY_ID[name], figures(whole), figures(part), figures(yes))
    return verdict, [test.id for test in tests if not test.met]


def figures(weight: Weight) -> dict[Measure, int]:
    area, heads = weight
    return {"area": area, "heads": heads, "households": 0}


# FEATURES: 9,000 m² and 90 owners; 6,000 m² and 60 heads take part.
WHOLE, PART = (9_000_00, 90), (6_000_00, 60)


@pytest.mark.parametrize("name", ["owners.ordinary", "owners.special"])
@pytest.mark.parametrize(
    ("part", "missing"),
    [
        pytest.param((6_000_00, 60), [], id="exactly two thirds of both"),
        pytest.param((6_000_01, 61), [], id="just above"),
        pytest.param((5_999_99, 60), ["area_takes_part"], id="0.01 m² short"),
        pytest.param((6_000_00, 59), ["heads_take_part"], id="one owner short"),
        pytest.param((9_000_00, 59), ["heads_take_part"], id="all the area, one owner short"),
        pytest.param((5_999_99, 90), ["area_takes_part"], id="all owners, 0.01 m² short"),
    ],
)
def test_two_thirds_of_area_and_of_heads_take_part(
    name: str, part: Weight, missing: list[str]
) -> None:
    said, unmet = verdict(name, WHOLE, part, part)
    assert (said, unmet) == ("no_quorum" if missing else "passed", missing)


@pytest.mark.parametrize(
    ("yes", "missing"),
    [
        pytest.param((3_000_00, 30), ["area_agrees", "heads_agree"], id="exactly half of both"),
        pytest.param((3_000_01, 30), ["heads_agree"], id="half of the heads"),
        pytest.param((3_000_00, 31), ["area_agrees"], id="half of the area"),
        pytest.param((3_000_01, 31), [], id="just above half of both"),
        pytest.param((2_999_99, 31), ["area_agrees"], id="0.01 m² below half"),
    ],
)
def test_an_ordinary_matter_needs_more_than_half(yes: Weight, missing: list[str]) -> None:
    said, unmet = verdict("owners.ordinary", WHOLE, PART, yes)
    assert (said, unmet) == ("rejected" if missing else "passed", missing)


@pytest.mark.parametrize(
    ("yes", "missing"),
    [
        pytest.param((4_500_00, 45), [], id="exactly three quarters of both"),
        pytest.param((4_499_99, 45), ["area_agrees"], id="0.01 m² below"),
        pytest.param((4_500_00, 44), ["heads_agree"], id="one head below"),
        pytest.param((4_500_01, 46), [], id="just above"),
    ],
)
def test_a_special_matter_needs_three_quarters(yes: Weight, missing: list[str]) -> None:
    said, unmet = verdict("owners.special", WHOLE, PART, yes)
    assert (said, unmet) == ("rejected" if missing else "passed", missing)


def test_an_owner_of_five_flats_is_one_head_with_all_the_area() -> None:
    # 85 owners with 100 m² each and one with 5 flats: 86 heads, not 90.
    whole = (85 * 100_00 + 5 * 100_00, 86)
    with_five = (52 * 100_00 + 5 * 100_00, 53)
    assert verdict("owners.ordinary", whole, with_five, with_five) == (
        "no_quorum",
        ["area_takes_part", "heads_take_part"],
    )
    more = (57 * 100_00 + 5 * 100_00, 58)  # 6,200 of 9,000 m², 58 of 86 heads
    assert verdict("owners.ordinary", whole, more, more) == ("passed", [])


def test_a_developer_with_200_unsold_flats_is_one_head() -> None:
    # 100 owners and a developer who holds 200 flats: two thirds of the area in one hand.
    whole = (100 * 100_00 + 200 * 100_00, 101)
    developer_and_few = (200 * 100_00 + 10 * 100_00, 11)
    assert verdict("owners.special", whole, developer_and_few, developer_and_few) == (
        "no_quorum",
        ["heads_take_part"],
    )
    owners_alone = (100 * 100_00, 100)
    assert verdict("owners.special", whole, owners_alone, owners_alone) == (
        "no_quorum",
        ["area_takes_part"],
    )


# DOMAIN §12, to the last figure.


@pytest.mark.parametrize(
    ("yes", "expected"),
    [
        pytest.param((10_000_00, 101), ("rejected", ["area_agrees"]), id="a"),
        pytest.param((10_000_01, 101), ("passed", []), id="b"),
        pytest.param((10_000_01, 100), ("rejected", ["heads_agree"]), id="c"),
    ],
)
def test_w1_choosing_a_property_manager(yes: Weight, expected: tuple[str, list[str]]) -> None:
    assert verdict("owners.ordinary", (30_000_00, 300), (20_000_00, 200), yes) == expected


SINGLE, OWNER_A, DEVELOPER = 90_00, 3 * 80_00, 10 * 100_00
W2 = (107 * SINGLE + OWNER_A + DEVELOPER, 109)


@pytest.mark.parametrize(
    ("part", "yes", "expected"),
    [
        pytest.param(
            (72 * SINGLE + OWNER_A, 73),
            (72 * SINGLE + OWNER_A, 73),
            ("no_quorum", ["area_takes_part"]),
            id="a: without the developer",
        ),
        pytest.param(
            (72 * SINGLE + OWNER_A + DEVELOPER, 74),
            (55 * SINGLE + OWNER_A, 56),
            ("rejected", ["area_agrees"]),
            id="b: 55 singles and A agree",
        ),
        pytest.param(
            (72 * SINGLE + OWNER_A + DEVELOPER, 74),
            (55 * SINGLE + DEVELOPER, 56),
            ("passed", []),
            id="b: 55 singles and the developer agree",
        ),
    ],
)
def test_w2_one_owner_with_three_flats_and_a_developer(
    part: Weight, yes: Weight, expected: tuple[str, list[str]]
) -> None:
    assert W2 == (10_870_00, 109)
    assert verdict("owners.special", W2, part, yes) == expected


W3 = (6 * (80_00 + 70_00), 12)


@pytest.mark.parametrize(
    ("part", "yes", "expected"),
    [
        pytest.param(
            (3 * 80_00 + 5 * 70_00, 8),
            (3 * 80_00 + 5 * 70_00, 8),
            ("no_quorum", ["area_takes_part"]),
            id="a: 590 of 900 m²",
        ),
        pytest.param(
            (4 * 80_00 + 4 * 70_00, 8),
            (2 * 80_00 + 4 * 70_00, 6),
            ("rejected", ["area_agrees"]),
            id="b: 440 of 600 m² agree",
        ),
        pytest.param(
            (4 * 80_00 + 4 * 70_00, 8),
            (3 * 80_00 + 3 * 70_00, 6),
            ("passed", []),
            id="c: exactly three quarters",
        ),
    ],
)
def test_w3_a_lift_in_one_stair(part: Weight, yes: Weight, expected: tuple[str, list[str]]) -> None:
    assert verdict("owners.special", W3, part, yes) == expected


@pytest.mark.parametrize("procedure", procedures(), ids=lambda procedure: procedure.id)
def test_every_procedure_names_its_law_and_how_sure_we_are(procedure: Procedure) -> None:
    assert all(basis.article for basis in procedure.basis)
    old = procedure.customary or procedure.effective_from.year < 2018  # an older law that stands
    assert old or all(basis.text_year >= 2018 for basis in procedure.basis)
    assert set(procedure.title) == {"zh_Hans", "zh_Hant", "en"}
    assert all(test.confidence for test in (*procedure.quorum, *procedure.consent))


@pytest.mark.parametrize("name", ["owners.ordinary", "owners.special"])
def test_owners_are_called_fifteen_days_before_since_the_code(name: str) -> None:
    procedure = BY_ID[name]
    assert {basis.confidence for basis in procedure.basis} == {"V"}
    assert (procedure.notice_days, procedure.notice_source) == (15, "物業管理條例 (2018) 14")
    assert not procedure.in_force(date(2020, 12, 31))
    assert procedure.in_force(date(2021, 1, 1))


def test_the_nine_matters_of_the_code_have_one_class_each() -> None:
    classes = {name: {i.number for i in BY_ID[name].items} for name in BY_ID}
    assert classes["owners.ordinary"] == {"1", "2", "3", "4", "5", "9"}
    assert classes["owners.special"] == {"6", "7", "8"}
    assert (classes["owners.fund_use"], classes["owners.fund_raise"]) == ({"5"}, {"6"})
