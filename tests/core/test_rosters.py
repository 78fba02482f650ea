"""Rosters: what entitlements weigh, what of them counts in a group, and their one hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.core.conftest import Make
from wugong import ROSTER, Engine, Entitlement, Part, Refused, read_entitlement, roll_hash, totals
from wugong.rosters import Totals, roll_bytes, write_entitlement
from wugong.testing import imported

LI = Entitlement(
    "101", "li", heads=2, parts=(Part("101", "stair-1", 8000), Part("G1", "garage", 1250))
)
ZHAO = Entitlement("102", "zhao", households=0, parts=(Part("102", "stair-2", 6000),))


def test_totals_add_up_every_measure() -> None:
    its = totals([LI, ZHAO])
    assert its == Totals(entitlements=2, heads=3, households=1, area_dm2=15250)
    assert [its.of("heads"), its.of("households"), its.of("area")] == [3, 1, 15250]
    assert totals([]) == Totals(0, 0, 0, 0)


def test_in_a_group_an_entitlement_weighs_only_its_units_there() -> None:
    assert LI.within(()) is LI
    inside = LI.within(("stair-1",))
    assert inside is not None
    assert (inside.area_dm2, inside.heads) == (8000, 2)
    assert LI.within(("stair-2",)) is None


def test_an_entitlement_is_read_back_as_written() -> None:
    for one in (LI, ZHAO, Entitlement("7", "sun")):
        assert read_entitlement(json.loads(json.dumps(write_entitlement(one)))) == one
    with pytest.raises(TypeError, match="an entitlement is an object"):
        read_entitlement(["101"])


def test_the_hash_of_a_roll_does_not_depend_on_its_order_and_on_nothing_left_out() -> None:
    plain = json.dumps(
        [write_entitlement(LI), write_entitlement(ZHAO)],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    assert roll_bytes([ZHAO, LI]) == plain.encode()
    assert roll_hash([ZHAO, LI]) == roll_hash([LI, ZHAO])
    assert roll_hash([LI, ZHAO]) == hashlib.sha256(b"wugong/roll/v1\0" + plain.encode()).hexdigest()
    heavier = Entitlement("102", "zhao", households=0, parts=(Part("102", "stair-2", 6001),))
    assert roll_hash([LI, heavier]) != roll_hash([LI, ZHAO])


def test_an_imported_roster_is_read_back_by_another_process(make: Make, engine: Engine) -> None:
    """People without a unit and units without a group, too."""
    listed = [LI, Entitlement("m-7", "sun", parts=(Part(),)), Entitlement("m-8", "zhao")]
    edition = roll_hash(listed)
    engine.record("wutong", imported("people", listed), by="operator")
    other = make()
    assert other.matter("wutong").standing.rosters == {"people": edition}
    book = other.book(ROSTER, "wutong", prefix=f"{edition}/")
    assert [read_entitlement(value) for value in book.values()] == listed


@pytest.mark.parametrize(
    ("listed", "code", "named"),
    [
        pytest.param([LI, LI], "wugong.roster_duplicate", "101", id="twice"),
        pytest.param(
            [LI, Entitlement("9", "sun", heads=-1)], "wugong.roster_negative", "9", id="heads"
        ),
        pytest.param(
            [Entitlement("9", "sun", parts=(Part("9", "", 5), Part("10", "", -5)))],
            "wugong.roster_negative",
            "9",
            id="area",
        ),
    ],
)
def test_a_roster_that_cannot_be_true_is_refused_with_the_entitlement(
    engine: Engine, listed: list[Entitlement], code: str, named: str
) -> None:
    event = imported("owners", [LI])
    with pytest.raises(Refused) as caught:
        wrong = type(event)(
            **{name: getattr(event, name) for name in ("roster", "edition", "count", "heads")},
            households=1,
            area_dm2=1,
            entitlements=tuple(listed),
        )
        engine.record("wutong", wrong, by="operator")
    assert caught.value.codes == (code,)
    assert caught.value.reasons[0].details == {"entitlement": named}


OTHERS = [LI, ZHAO]


@pytest.mark.parametrize(
    ("given", "code", "details"),
    [
        pytest.param(
            {"edition": "0" * 64},
            "wugong.roster_edition",
            {"edition": roll_hash(OTHERS)},
            id="none",
        ),
        pytest.param(
            {"edition": roll_hash([LI])},
            "wugong.roster_edition",
            {"edition": roll_hash(OTHERS)},
            id="of other rows",
        ),
        *(
            pytest.param({name: its + more}, "wugong.roster_totals", None, id=f"{name}{more:+}")
            for name, its in (("count", 2), ("heads", 3), ("households", 1), ("area_dm2", 15250))
            for more in (-1, 1)
        ),
    ],
)
def test_a_roster_is_what_its_rows_make_it(
    engine: Engine, given: dict[str, Any], code: str, details: dict[str, Any] | None
) -> None:
    event = imported("owners", OTHERS)
    before = engine.head("wutong")
    with pytest.raises(Refused) as caught:
        engine.record("wutong", replace(event, **given), by="operator")
    assert caught.value.codes == (code,)
    summed = {"count": 2, "heads": 3, "households": 1, "area_dm2": 15250}
    assert caught.value.reasons[0].details == (details or summed)
    assert engine.head("wutong") == before
    assert engine.record("wutong", event, by="operator").seq == before.seq + 1


def test_no_edition_holds_the_rows_of_another(engine: Engine) -> None:
    engine.record("wutong", imported("owners", OTHERS), by="operator")
    known = engine.book(ROSTER, "wutong")
    mixed = replace(imported("owners", [LI]), edition=roll_hash(OTHERS))
    with pytest.raises(Refused, match=r"wugong\.roster_edition"):
        engine.record("wutong", mixed, by="operator")
    assert engine.book(ROSTER, "wutong") == known
