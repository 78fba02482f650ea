"""The lists of a levy: nobody gives and is exempt at once, and why somebody is stays sealed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import wugong_rural
from wugong import Ref, seal
from wugong.testing import Rehearsal
from wugong_rural.events import LevyExempted, LevyPayersListed, LevyProposed, Payer
from wugong_server.testing import browse

GROUND = "怀孕六个月"
EXEMPT: Any = (
    *("soldiers", "minimum_living", "disabled_veterans", "students", "new_mothers"),
    "hardship",
)


class Levy:
    """A levy of ¥15 and two workdays a person, decided by the assembly."""

    def __init__(self) -> None:
        members: dict[str, tuple[str, ...]] = {"chen": ("officer",), "mei": (), "hu": ()}
        self.r = Rehearsal({"rural": wugong_rural}, members=members, setting="rural")
        self.matter = self.r.open("修渠（示例）", by="chen")
        event = LevyProposed(
            purpose="修渠",
            body="villagers_assembly",
            per_person_fen=15_00,
            workdays_per_person=2,
            exempt=EXEMPT,
        )
        self.levy = self.r.act("chen", self.matter, event).seq

    def pay(self, *payers: Payer, by: str = "chen") -> int:
        listed = LevyPayersListed(levy=Ref(self.levy), payers=payers)
        return self.r.act(by, self.matter, listed).seq

    def exempt(self, household: str, freed: Any, *, member: str = "mei", **more: Any) -> int:
        event = LevyExempted(
            levy=Ref(self.levy),
            household=household,
            member=member,
            freed=freed,
            ground=seal(GROUND),
            **more,
        )
        return self.r.act("chen", self.matter, event).seq

    def page(self, member: str | None = "chen", **query: str) -> str:
        answer = browse(self.r, member).get(f"/m/{self.matter}/levies/{self.levy}", params=query)
        assert answer.status_code == (404 if member is None else 200)
        return re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]))


def payer(household: str, persons: int = 0, workers: int = 0) -> Payer:
    return Payer(household=household, persons=persons, workers=workers)


@pytest.mark.parametrize(
    ("freed", "persons", "workers", "refused"),
    [
        pytest.param("money", 0, 2, False, id="exempt from money, works"),
        pytest.param("money", 1, 2, True, id="exempt from money, gives one share"),
        pytest.param("labour", 2, 0, False, id="exempt from labour, gives money"),
        pytest.param("labour", 2, 1, True, id="exempt from labour, sends one"),
        pytest.param("both", 0, 1, True, id="exempt from both, sends one"),
        pytest.param("none", 2, 2, False, id="the exemption was an error"),
    ],
)
def test_a_household_gives_or_is_exempt(
    freed: str, persons: int, workers: int, refused: bool
) -> None:
    first, second = Levy(), Levy()
    first.exempt("甲户", freed, whole="household")
    second.pay(payer("甲户", persons, workers))
    if not refused:
        first.pay(payer("甲户", persons, workers))
        second.exempt("甲户", freed, whole="household")
        return
    with first.r.refuses("rural.levy_payer_and_exempt"):
        first.pay(payer("乙户", 1, 1), payer("甲户", persons, workers))
    with second.r.refuses("rural.levy_payer_and_exempt"):
        second.exempt("甲户", freed, whole="household")


def test_one_person_is_exempt_and_the_household_gives_for_the_others() -> None:
    levy = Levy()
    levy.exempt("甲户", "labour")
    levy.pay(payer("甲户", 3, 2))
    levy.exempt("甲户", "labour", member="hu")


def test_a_later_entry_takes_the_place_of_the_earlier() -> None:
    levy = Levy()
    levy.exempt("甲户", "money", whole="household")
    levy.exempt("甲户", "none", whole="household")
    levy.pay(payer("甲户", 1))
    levy.pay(payer("乙户", 1))  # another list: 甲户 gives nothing any more
    levy.exempt("甲户", "both", whole="household")


def test_an_exemption_of_another_levy_binds_nobody_here() -> None:
    levy = Levy()
    levy.exempt("甲户", "both", whole="household")
    again = LevyProposed(purpose="再修", body="villagers_assembly", per_person_fen=1, exempt=EXEMPT)
    levy.levy = levy.r.act("chen", levy.matter, again).seq
    levy.pay(payer("甲户", 1))


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((payer("甲户", 1), payer("甲户", 1)), "rural.levy_household_twice"),
        ((payer("甲户", 1), payer("乙户")), "rural.levy_payer_owes_nothing"),
    ],
)
def test_a_list_that_cannot_be(rows: tuple[Payer, ...], code: str) -> None:
    levy = Levy()
    with levy.r.refuses(code):
        levy.pay(*rows)
    levy.pay(payer("甲户", 1))


def test_only_the_village_office_enters_the_lists() -> None:
    levy = Levy()
    with levy.r.refuses("wugong.not_your_role"):
        levy.pay(payer("甲户", 1), by="mei")


def test_the_page_adds_up_what_households_give() -> None:
    levy = Levy()
    levy.pay(payer("甲户", 3, 1), payer("乙户", 2, 2))
    words = levy.page("hu")
    assert "乙户30.00元2人4个工日2人甲户45.00元3人2个工日1人" in words
    assert "合计75.00元5人6个工日3人" in words


def test_by_person_the_ground_is_for_the_person_and_the_office() -> None:
    levy = Levy()
    levy.exempt("甲户", "labour")
    levy.exempt("丙户", "money", member="hu", whole="household")
    assert "mei甲户出劳怀孕六个月" in levy.page(by="person")
    assert "hu丙户，整户出资" in levy.page(by="person")
    assert "mei甲户出劳怀孕六个月" in levy.page("mei", by="person")
    assert "丙户" not in levy.page("mei", by="person")
    assert GROUND not in levy.page() + levy.page("hu") + levy.page("mei")
    assert "丙户" in levy.page() and "丙户" not in levy.page("mei")
    levy.page(None)


def test_the_ground_is_in_no_record_and_gone_with_the_person() -> None:
    levy = Levy()
    levy.exempt("甲户", "labour")
    told = json.dumps(list(levy.r.engine.export(levy.r.community)), default=str, ensure_ascii=False)
    assert "甲户" in told and GROUND not in told
    body = {"member": "mei", "reason": "本人要求"}
    levy.r.act("operator", levy.r.community, "wugong.erased", body)
    words = levy.page(by="person")
    assert GROUND not in words and "已删除" in words


def test_the_matter_leads_to_the_lists() -> None:
    levy = Levy()
    page = browse(levy.r, "hu").get(f"/m/{levy.matter}").text
    assert f'href="/m/{levy.matter}/levies/{levy.levy}"' in page
    assert f"levies/{levy.levy}" not in browse(levy.r).get(f"/m/{levy.matter}").text
    assert browse(levy.r, "hu").get(f"/m/{levy.matter}/levies/{levy.levy + 1}").status_code == 404
