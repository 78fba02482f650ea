"""The village's bodies decide exactly at the limits that the 2025 text states."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from wugong import judge
from wugong.places import offered_in
from wugong.polls import Verdict
from wugong_rural import four_two
from wugong_rural.bodies import COUNCIL, LEVYING, REPRESENTATIVES, RESOLVING, procedures, steps
from wugong_rural.sheets import STEPS


@pytest.mark.parametrize(
    ("present", "yes", "verdict"),
    [
        pytest.param(601, 601, "no_quorum", id="601 of 1,203 is not more than half"),
        pytest.param(602, 301, "rejected", id="exactly half of those present"),
        pytest.param(602, 302, "passed", id="one more than half"),
    ],
)
def test_an_assembly_of_adults_needs_more_than_half_twice(
    present: int, yes: int, verdict: Verdict
) -> None:
    adults = procedures()["villagers.assembly.adults"]
    got, _ = judge(adults, whole={"heads": 1203}, part={"heads": present}, yes={"heads": yes})
    assert got == verdict


@pytest.mark.parametrize(
    ("present", "yes", "verdict"),
    [
        pytest.param(267, 267, "no_quorum", id="267 of 402 is under two thirds"),
        pytest.param(268, 134, "rejected", id="exactly half of those present"),
        pytest.param(268, 135, "passed", id="exactly two thirds came, one more than half agreed"),
    ],
)
def test_an_assembly_of_households_needs_two_thirds_and_more_than_half(
    present: int, yes: int, verdict: Verdict
) -> None:
    households = procedures()["villagers.assembly.households"]
    got, _ = judge(
        households,
        whole={"households": 402},
        part={"households": present},
        yes={"households": yes},
    )
    assert got == verdict


@pytest.mark.parametrize(
    ("present", "yes", "verdict"),
    [
        pytest.param(23, 23, "no_quorum", id="23 of 35"),
        pytest.param(24, 12, "rejected", id="24 of 35, half of them for"),
        pytest.param(24, 13, "passed", id="24 of 35, 13 for"),
    ],
)
def test_representatives_need_two_thirds_and_more_than_half(
    present: int, yes: int, verdict: Verdict
) -> None:
    body = procedures()["villagers.representatives"]
    got, tests = judge(body, whole={"heads": 35}, part={"heads": present}, yes={"heads": yes})
    assert got == verdict
    assert [test.source for test in tests] == ["村組法 (2025) 30", "村組法 (2025) 30"]


@pytest.mark.parametrize(
    ("yes", "verdict"),
    [
        pytest.param(96, "rejected", id="nine heads to eight, but fewer households"),
        pytest.param(102, "rejected", id="102 of 205 households"),
        pytest.param(103, "passed", id="103 of 205 households"),
    ],
)
def test_representatives_weigh_households_in_a_levy(yes: int, verdict: Verdict) -> None:
    body = procedures()["villagers.representatives.levy"]
    got, _ = judge(
        body, whole={"households": 300}, part={"households": 205}, yes={"households": yes}
    )
    assert got == verdict


def test_representatives_of_one_household_too_few_decide_no_levy() -> None:
    body = procedures()["villagers.representatives.levy"]
    outcomes = [
        judge(body, whole={"households": 300}, part={"households": n}, yes={"households": n})[0]
        for n in (199, 200)
    ]
    assert outcomes == ["no_quorum", "passed"]


@pytest.mark.parametrize("mode", ["adults", "households"])
def test_a_village_group_meets_when_two_thirds_come(mode: str) -> None:
    body = procedures()[f"villagers.group.{mode}"]
    measure = body.measures[0]
    short = judge(body, whole={measure: 30}, part={measure: 19}, yes={measure: 19})
    enough = judge(body, whole={measure: 30}, part={measure: 20}, yes={measure: 11})
    assert (short[0], enough[0]) == ("no_quorum", "passed")


@pytest.mark.parametrize("yes", [0, 5, 9])
def test_the_elders_council_gives_an_opinion_whatever_its_majority(yes: int) -> None:
    council = procedures()[COUNCIL]
    verdict, _ = judge(council, whole={"heads": 9}, part={"heads": 9}, yes={"heads": yes})
    assert verdict == "advisory"
    assert COUNCIL not in RESOLVING | LEVYING


def test_every_procedure_says_where_it_comes_from_and_since_when() -> None:
    for procedure in (*procedures().values(), *steps().values()):
        before = procedure.effective_from - timedelta(days=1)
        assert procedure.in_force(procedure.effective_from) and not procedure.in_force(before)
        assert procedure.basis
        assert set(procedure.title) == {"zh_Hans", "zh_Hant", "en"}
        tests = (*procedure.quorum, *procedure.consent)
        assert all(test.threshold.source and test.confidence for test in tests)


@pytest.mark.parametrize(
    ("body", "since"),
    [
        pytest.param("villagers.", date(2026, 1, 1), id="the 2025 text of the villagers' law"),
        pytest.param("collective.", date(2025, 5, 1), id="the law on collectives"),
    ],
)
def test_a_law_is_in_force_from_its_day(body: str, since: date) -> None:
    found = {
        one.effective_from
        for name, one in procedures().items()
        if name.startswith(body) and not one.later  # an older text
    }
    assert found == {since}


def test_what_rests_on_published_practice_only_is_marked_secondary() -> None:
    assert {basis.confidence for step in steps().values() for basis in step.basis} == {"S"}


@pytest.mark.parametrize(
    ("place", "days", "least"),
    [
        pytest.param("", 0, 0, id="nobody said where it lies"),
        pytest.param("CN", 0, 0, id="the country names neither"),
        pytest.param("CN-SH", 10, 35, id="Shanghai"),
        pytest.param("CN-HI", 3, 20, id="Hainan"),
        pytest.param("CN-SC-Chengdu", 3, 20, id="a city of Sichuan"),
    ],
)
def test_a_province_asks_for_its_notice_and_its_number_of_representatives(
    place: str, days: int, least: int
) -> None:
    (offered,) = [
        one
        for one in offered_in(procedures(), place, date(2026, 6, 30))
        if one.origin == REPRESENTATIVES
    ]
    assert offered.notice_days == days
    assert max(rule.number for rule in offered.composition) == least


def test_the_flow_of_four_deliberations_has_a_page_and_no_step_to_record() -> None:
    flow = procedures()["villagers.four_two"]
    assert len(flow.steps) == 6 and all(step.act for step in flow.steps)
    assert {step.act for step in flow.steps} == {step.act for step in STEPS}
    tests = (four_two.consultation_test(), four_two.review_test("due"))
    assert [t.basis[0].article for t in tests] == [flow.steps[1].source, flow.steps[2].source]


def test_the_assembly_is_called_ten_days_before_and_posts_for_fifteen() -> None:
    for name in ("villagers.assembly.adults", "villagers.assembly.households"):
        body = procedures()[name]
        assert (body.notice_days, body.notice_source) == (10, "村組法 (2025) 25")
        assert (body.publish_days, body.publish_source) == (15, "村組法 (2025) 35")
