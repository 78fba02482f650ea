"""Who pays what of a lift: W3 to the 分, relief as adopted, and what is refused."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wugong_urban
from wugong import Refused
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_urban.events import Sharer, SharesAdopted
from wugong_urban.shares import SHARES, apportion, formulas, refusals

# DOMAIN §12, W3: one stair, six floors, flats of 80 and 70 m².
STAIR = [
    Sharer(unit=f"{floor}0{flat}", floor=floor, area_dm2=area)
    for floor in range(1, 7)
    for flat, area in ((1, 80_00), (2, 70_00))
]
W3 = {1: 0, 2: 14_117_65, 3: 28_235_30, 4: 31_058_82, 5: 33_882_35, 6: 36_705_88}


def adopted(**more: Any) -> SharesAdopted:
    given: dict[str, Any] = {
        "cost_fen": 528_000_00,
        "subsidy_fen": 240_000_00,
        "formula": "guangzhou",
        "units": tuple(STAIR),
    }
    return SharesAdopted(**{**given, **more})


def paid(wanted: SharesAdopted) -> dict[str, int]:
    return {share.unit: share.amount_fen for share in apportion(wanted)[0]}


def with_relief(**relief: int) -> tuple[Sharer, ...]:
    return tuple(
        Sharer(unit=s.unit, floor=s.floor, area_dm2=s.area_dm2, relief=relief.get(f"u{s.unit}", 0))
        for s in STAIR
    )


def test_w3_the_shares_of_six_floors_come_to_the_cost() -> None:
    shares = paid(adopted())
    assert shares == {f"{floor}0{n}": fen for floor, fen in W3.items() for n in (1, 2)}
    assert sum(shares.values()) == 288_000_00


def test_by_area_each_pays_for_what_it_has() -> None:
    shares = paid(adopted(formula="area", cost_fen=900_00, subsidy_fen=0))
    assert shares["101"] == 80_00 and shares["602"] == 70_00


def test_the_shares_of_a_floor_are_split_among_its_units() -> None:
    shares = paid(adopted(formula="shanghai", cost_fen=100_00, subsidy_fen=0))
    assert [shares[f"{floor}01"] for floor in range(1, 7)] == [0, 0, 550, 1100, 1550, 1800]


def test_a_table_goes_on_by_its_step_and_one_without_a_step_ends() -> None:
    assert formulas()["guangzhou"].coefficient(14) == "2.1"
    assert formulas()["dongpu"].coefficient(9) == "1.3"
    assert formulas()["guangzhou"].coefficient(-1) == "0"
    assert formulas()["shanghai"].coefficient(7) is None
    seventh = (*STAIR, Sharer(unit="701", floor=7))
    assert [r.code for r in refusals(adopted(formula="shanghai", units=seventh))] == [
        "urban.coefficient_missing"
    ]


def test_relief_is_borne_by_the_others_in_proportion() -> None:
    before, after = paid(adopted()), paid(adopted(units=with_relief(u601=50)))
    assert after["601"] == before["601"] // 2 == 18_352_94
    assert sum(after.values()) == 288_000_00
    assert after["602"] > before["602"] and after["101"] == 0
    ratio = Fraction(after["602"], after["301"])
    assert abs(ratio - Fraction(13, 10)) < Fraction(1, 10_000)


def test_relief_from_other_income_changes_nobody_elses_share() -> None:
    wanted = adopted(units=with_relief(u601=100), relief_from="income")
    shares, relieved = apportion(wanted)
    amounts = {share.unit: share.amount_fen for share in shares}
    assert amounts["601"] == 0 and amounts["602"] in (36_705_88, 36_705_89)
    assert sum(amounts.values()) + relieved == 288_000_00


sharers = st.lists(
    st.builds(
        Sharer,
        unit=st.from_regex(r"[1-9]\d{2}", fullmatch=True),
        floor=st.integers(1, 30),
        area_dm2=st.integers(1, 500_00),
        coefficient=st.sampled_from(["", "0", "0.5", "1", "2.25"]),
        relief=st.sampled_from([0, 0, 0, 30, 100]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda sharer: sharer.unit,
)


@given(
    units=sharers,
    cost=st.integers(1, 10**9),
    formula=st.sampled_from(["area", "guangzhou", "dongpu"]),
    relief_from=st.sampled_from(["others", "income"]),
)
def test_shares_always_come_to_the_cost_and_are_cut_by_less_than_one_fen(
    units: list[Sharer],
    cost: int,
    formula: str,
    relief_from: Literal["others", "income"],
) -> None:
    wanted = SharesAdopted(
        cost_fen=cost, formula=formula, units=tuple(units), relief_from=relief_from
    )
    if refusals(wanted):
        return
    shares, relieved = apportion(wanted)
    assert sum(share.amount_fen for share in shares) + relieved == cost
    assert all(share.amount_fen >= 0 for share in shares)
    plain = wanted if not any(u.relief for u in units) else None
    if plain:
        rows = {share.unit: share for share in shares}
        weigh = {
            u.unit: Fraction(rows[u.unit].coefficient)
            * (u.area_dm2 if formulas()[formula].by_area else 1)
            for u in units
        }
        for unit, weight in weigh.items():
            exact = cost * weight / sum(weigh.values())
            assert 0 <= rows[unit].amount_fen - (exact // 1) <= 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"subsidy_fen": 528_000_01}, "urban.subsidy_above_cost", id="just above"),
        pytest.param({"formula": "ours"}, "urban.formula_unknown", id="no such formula"),
        pytest.param({"units": (*STAIR, STAIR[0])}, "urban.unit_listed_twice", id="twice"),
        pytest.param({"formula": "own"}, "urban.coefficient_missing", id="own without any"),
        pytest.param(
            {"units": (Sharer(unit="301", floor=3, coefficient="1e9"),)},
            "urban.coefficient_unreadable",
            id="no decimal",
        ),
        pytest.param({"units": tuple(STAIR[:2])}, "urban.coefficients_zero", id="all zero"),
        pytest.param(
            {"formula": "area", "units": (Sharer(unit="301", floor=3),)},
            "urban.area_missing",
            id="no area",
        ),
        pytest.param(
            {"units": (Sharer(unit="301", floor=3, relief=1),)},
            "urban.nobody_bears_relief",
            id="nobody bears it",
        ),
    ],
)
def test_shares_that_cannot_be_are_refused_and_nothing_is_written(
    change: dict[str, Any], code: str
) -> None:
    r = rehearsal()
    matter = r.open("A lift", by="wang", category="lift")
    before = r.engine.head(r.community).seq
    with pytest.raises(Refused) as refused:
        r.act("wang", matter, adopted(**change))
    assert [reason.code for reason in refused.value.reasons] == [code]
    assert r.engine.head(r.community).seq == before
    assert refusals(adopted(subsidy_fen=528_000_00)) == []  # exactly at: nobody pays anything


def rehearsal() -> Rehearsal:
    members = {"wang": ("officer",), "li": ()}
    r = Rehearsal({"urban": wugong_urban}, members=members)
    r.roster("owners", [(s.unit, "li", "2", s.area_dm2) for s in STAIR])
    return r


def test_what_each_pays_is_recorded_with_the_adoption() -> None:
    r = rehearsal()
    matter = r.open("A lift", by="wang", category="lift")
    r.act("wang", matter, adopted())
    known = r.matter(matter).state(SHARES)
    assert known is not None
    assert {s.unit: s.amount_fen for s in known.shares} == paid(adopted())


def sent(client: Any, matter: str, do: str, **more: str) -> Any:
    place = f"/m/{matter}/cost-shares"
    page = client.get(place).text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    units = re.search(r'<textarea id="f-units"[^>]*>(.*?)</textarea>', page, re.S)
    assert units is not None
    given = {"cost": "528,000", "subsidy": "240000.00", "formula": "guangzhou", "do": do}
    return client.post(place, data={**fields, **given, "units": units[1], **more})


def test_an_officer_tries_a_formula_on_the_page_and_records_it() -> None:
    r = rehearsal()
    matter = r.open("A lift", by="wang", category="lift")
    client = browse(r, "wang")
    page = client.get(f"/m/{matter}/cost-shares").text
    assert "301 3 80.00" in page and "参考，非法定" in page
    tried = sent(client, matter, "try").text
    assert "试算结果，还没有记录" in tried and "36,705.88" in tried and "288,000" in tried
    assert r.matter(matter).state(SHARES) is None
    assert sent(client, matter, "adopt").status_code == 303
    assert "36,705.88" in browse(r, "li").get(f"/m/{matter}/cost-shares").text
    table = browse(r, "li").get(f"/m/{matter}/cost-shares.csv")
    assert "601,6,1.3,0,36705.88" in table.text and table.content.startswith(b"\xef\xbb\xbf")
    assert browse(r).get(f"/m/{matter}/cost-shares").status_code == 404
    assert browse(r).get(f"/m/{matter}/cost-shares.csv").status_code == 404


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cost": "many"}, "写金额（元）"),
        ({"units": "301 3"}, "第1行：依次写房号、楼层、面积"),
        ({"units": "301 3 89.50\n302 x 89.50"}, "第2行：楼层和减免要写整数"),
        ({"units": "301 3 66%"}, "第1行：面积用平方米"),
        ({"units": "301 3 89.50 - -1"}, "第1行：减免在百分之0到100之间"),
        ({"subsidy": "528000.01"}, "比总费用"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(change: dict[str, str], message: str) -> None:
    r = rehearsal()
    matter = r.open("A lift", by="wang", category="lift")
    answer = sent(browse(r, "wang"), matter, "adopt", **change)
    assert answer.status_code in (409, 422) and message in answer.text
    assert r.matter(matter).state(SHARES) is None
