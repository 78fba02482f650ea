"""The worked examples W1 to W8 of the domain notes, through the calculator, to the last figure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.law.lawbook import LAW, ask, outcome, owners, refused, unmet
from wugong.deadlines import Calendar, deadline, rules


@pytest.mark.parametrize(
    ("yes", "expected", "short"),
    [
        pytest.param(owners(101, "10000.00"), "rejected", ["area_agrees"], id="a: area"),
        pytest.param(owners(101, "10000.01"), "passed", [], id="b: a hundredth of a metre more"),
        pytest.param(owners(100, "10000.01"), "rejected", ["heads_agree"], id="c: heads"),
    ],
)
def test_w1_exactly_two_thirds_and_exactly_half(
    yes: dict[str, Any], expected: str, short: list[str]
) -> None:
    whole, part = owners(300, "30000.00"), owners(200, "20000.00")
    answer = ask("owners.ordinary", all=whole, part=part, yes=yes)
    assert (answer["outcome"], unmet(answer)) == (expected, short)
    assert answer["needed"]["area_agrees"]["least"] == "10000.01"


@pytest.mark.parametrize(
    ("part", "yes", "expected", "short"),
    [
        pytest.param(
            owners(73, "6720.00"), owners(73, "6720.00"), "no_quorum", ["area_takes_part"], id="a"
        ),
        pytest.param(
            owners(74, "7720.00"), owners(56, "5190.00"), "rejected", ["area_agrees"], id="b: A"
        ),
        pytest.param(owners(74, "7720.00"), owners(56, "5950.00"), "passed", [], id="b: developer"),
    ],
)
def test_w2_one_owner_with_three_flats_and_a_developer(
    part: dict[str, Any], yes: dict[str, Any], expected: str, short: list[str]
) -> None:
    answer = ask("owners.special", all=owners(109, "10870.00"), part=part, yes=yes)
    assert (answer["outcome"], unmet(answer)) == (expected, short)
    if part["heads"] == 74:
        needed = {name: answer["needed"][name]["least"] for name in ("heads_agree", "area_agrees")}
        assert needed == {"heads_agree": 56, "area_agrees": "5790.00"}


@pytest.mark.parametrize(
    ("part", "yes", "expected"),
    [
        pytest.param(owners(8, "590.00"), owners(8, "590.00"), "no_quorum", id="a: 590 of 900 m²"),
        pytest.param(owners(8, "600.00"), owners(6, "440.00"), "rejected", id="b: 440 of 600 m²"),
        pytest.param(owners(8, "600.00"), owners(6, "450.00"), "passed", id="c: three quarters"),
    ],
)
def test_w3_a_lift_in_one_stair(part: dict[str, Any], yes: dict[str, Any], expected: str) -> None:
    answer = ask("owners.special", all=owners(12, "900.00"), part=part, yes=yes)
    assert answer["outcome"] == expected


def flats(count: int) -> dict[str, Any]:
    return owners(count, f"{count * 100}.00")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, "no_quorum", id="only ballots returned"),
        pytest.param({"nonresponse": "strict_returned"}, "no_quorum", id="the same, said"),
        pytest.param({"nonresponse": "signed_receipt_is_abstain"}, "rejected", id="abstained"),
        pytest.param(
            {
                "nonresponse": "follow_majority_if_rules_say",
                "clause": True,
                "warned": True,
                "delivered": True,
            },
            "passed",
            id="joined the majority",
        ),
    ],
)
@pytest.mark.parametrize("told", ["silent", "delivered"])
def test_w4_ballots_that_do_not_come_back(
    options: dict[str, Any], expected: str, told: str
) -> None:
    more = {"silent": flats(340)} if told == "silent" else {"delivered": flats(900)}
    answer = ask(
        "owners.ordinary",
        all=flats(1000),
        part=flats(560),
        yes=flats(400),
        no=flats(130),
        abstain=flats(30),
        options=options,
        **more,
    )
    assert answer["outcome"] == expected


def test_w4_rules_of_debate_carry_but_have_no_legal_effect() -> None:
    ballots = {"present": {"members": 560}, "yes": {"members": 400}, "no": {"members": 130}}
    answer = ask("discussion.nantang", **ballots)
    assert (answer["outcome"], answer["binding"]) == ("passed", False)
    void = ask("discussion.nantang", **ballots, options={"instead_of": "owners.ordinary"})
    assert void["outcome"] == "void"
    assert [reason["code"] for reason in void["reasons"]] == ["customary_for_statutory"]


@pytest.mark.parametrize(
    ("mode", "unit", "whole", "present", "yes", "expected"),
    [
        pytest.param("adults", "persons", 1203, 601, 601, "no_quorum", id="601 adults"),
        pytest.param("adults", "persons", 1203, 602, 301, "rejected", id="301 of 602"),
        pytest.param("adults", "persons", 1203, 602, 302, "passed", id="302 of 602"),
        pytest.param("households", "households", 402, 267, 267, "no_quorum", id="267 households"),
        pytest.param("households", "households", 402, 268, 134, "rejected", id="134 of 268"),
        pytest.param("households", "households", 402, 268, 135, "passed", id="135 of 268"),
    ],
)
def test_w5_a_village_assembly_in_two_modes(
    mode: str, unit: str, whole: int, present: int, yes: int, expected: str
) -> None:
    request = {"all": {unit: whole}, "present": {unit: present}, "yes": {unit: yes}}
    assert outcome(f"villagers.assembly.{mode}", **request) == expected
    assert outcome("villagers.assembly", **request) == expected
    assert outcome("villagers.assembly", **request, options={"form": mode}) == expected


@pytest.mark.parametrize(
    ("members", "representatives", "women", "lawful"),
    [
        pytest.param(35, 28, 12, True, id="exactly four fifths"),
        pytest.param(34, 27, 12, False, id="27 of 34"),
        pytest.param(35, 28, 11, False, id="11 women of 35"),
    ],
)
def test_w6_who_sits_among_the_representatives(
    members: int, representatives: int, women: int, lawful: bool
) -> None:
    counts = {"members": members, "representatives": representatives, "women": women}
    expected = "passed" if lawful else "rejected"
    assert outcome("villagers.representatives", check="composition", **counts) == expected
    assert outcome("villagers.representatives", check="composition", all=counts) == expected


@pytest.mark.parametrize(
    ("present", "yes", "expected"),
    [(23, 23, "no_quorum"), (24, 12, "rejected"), (24, 13, "passed")],
)
def test_w6_quorum_and_tie_of_the_representatives(present: int, yes: int, expected: str) -> None:
    request = {"present": {"members": present}, "yes": {"members": yes}}
    assert outcome("villagers.representatives", all={"members": 35}, **request) == expected


def test_w7_a_levy_is_carried_by_households_not_by_representatives() -> None:
    yes, no = sum((8, 10, 12, 9, 11, 13, 12, 11, 10)), sum((15, 13, 12, 12, 11, 12, 11, 11))
    answer = ask(
        "villagers.levy",
        all={"households": 300},
        present={"households": yes + no + 12},
        yes={"households": yes},
        no={"households": no},
        abstain={"households": 12},
    )
    assert (yes, no, answer["outcome"], unmet(answer)) == (96, 97, "rejected", ["yes_households"])
    assert answer["needed"]["yes_households"]["least"] == 103
    assert [flag["code"] for flag in answer["flags"]] == ["unverified"]


def test_w8_the_fourth_proxy_is_refused_and_two_are_elected() -> None:
    proxies = {f"holder-{n}": 3 for n in range(29)} | {"four": 4, "one": 1}
    assert sum(proxies.values()) == 92
    answer = ask(
        "villagers.election",
        all={"persons": 1500},
        seats=3,
        candidates={"A": 520, "B": 402, "C": 401},
        options={"in_person": 712, "proxies": proxies},
    )
    assert (answer["outcome"], answer["elected"]) == ("passed", ["A", "B"])
    assert answer["tests"][0]["have"] == 803
    assert [(flag["code"], flag["count"]) for flag in answer["flags"]] == [("proxies_refused", 1)]


@pytest.mark.parametrize(("voted", "expected"), [(750, "no_quorum"), (751, "passed")])
def test_w8_half_of_the_registered_elect_nobody(voted: int, expected: str) -> None:
    request = {"all": {"persons": 1500}, "part": {"persons": voted}, "seats": 1}
    assert outcome("villagers.election", **request, candidates={"A": voted}) == expected


@pytest.mark.parametrize(("votes", "elected"), [(253, []), (254, ["C"])])
def test_w8_a_rerun_needs_one_third(votes: int, elected: list[str]) -> None:
    candidates = {"C": votes, "D": 200}
    answer = ask("villagers.rerun", part={"persons": 760}, seats=1, candidates=candidates)
    assert answer["elected"] == elected
    assert answer["outcome"] == ("passed" if elected else "rejected")


@pytest.mark.parametrize(
    ("petition", "voted", "yes", "expected"),
    [
        pytest.param(299, 751, 376, "void", id="299 ask for it"),
        pytest.param(300, 750, 376, "no_quorum", id="750 vote"),
        pytest.param(300, 751, 375, "rejected", id="375 of 751"),
        pytest.param(300, 751, 376, "passed", id="recalled"),
    ],
)
def test_w8_a_recall(petition: int, voted: int, yes: int, expected: str) -> None:
    answer = outcome(
        "villagers.recall",
        all={"persons": 1500},
        part={"persons": voted},
        yes={"persons": yes},
        options={"petition": {"persons": petition}},
    )
    assert answer == expected


@pytest.mark.parametrize(
    ("figures", "votes", "expected", "elected"),
    [
        pytest.param({"members": (35, 23)}, {"A": 23}, "no_quorum", [], id="23 of 35 came"),
        pytest.param({"members": (35, 24)}, {"A": 13, "B": 12}, "passed", ["A"], id="12 of 24"),
        pytest.param({"persons": (1203, 601)}, {"A": 601}, "no_quorum", [], id="601 adults"),
        pytest.param({"persons": (1203, 602)}, {"A": 301}, "rejected", [], id="301 of 602"),
        pytest.param({"households": (402, 268)}, {"A": 135}, "passed", ["A"], id="135 of 268"),
    ],
)
def test_a_supervision_committee_is_chosen_by_the_meeting_that_is_held(
    figures: dict[str, tuple[int, int]], votes: dict[str, int], expected: str, elected: list[str]
) -> None:
    ((unit, (whole, present)),) = figures.items()
    counts = {"all": {unit: whole}, "present": {unit: present}}
    answer = ask("villagers.supervision", **counts, seats=3, candidates=votes)
    assert (answer["outcome"], answer["elected"]) == (expected, elected)
    assert {test["confidence"] for test in answer["tests"]} == {"V", "I"}


@pytest.mark.parametrize("part", ["villagers_committee", "near_relative_of_committee"])
def test_neither_the_committee_nor_its_kin_supervise_it(part: str) -> None:
    counts = {"all": {"members": 35}, "present": {"members": 24}, "candidates": {"A": 13}}
    people = {"people": {"A": ["candidate", part]}}
    answer = ask("villagers.supervision", **counts, seats=1, options=people)
    assert (answer["outcome"], answer["reasons"][0]["source"]) == ("void", "村組法 (2025) 37")


@pytest.mark.parametrize(
    ("figures", "votes", "expected", "elected"),
    [
        pytest.param({"members": (35, 23)}, {"A": 23}, "no_quorum", [], id="23 of 35 came"),
        pytest.param({"members": (36, 24)}, {"A": 13}, "passed", ["A"], id="exactly two thirds"),
        pytest.param({"members": (35, 24)}, {"A": 12}, "rejected", [], id="12 of 24"),
        pytest.param({"persons": (1204, 602)}, {"A": 602}, "no_quorum", [], id="half the adults"),
        pytest.param({"persons": (1204, 603)}, {"A": 301}, "rejected", [], id="301 of 603"),
        pytest.param({"persons": (1204, 603)}, {"A": 302}, "passed", ["A"], id="302 of 603"),
        pytest.param({"households": (402, 201)}, {"A": 201}, "no_quorum", [], id="half of them"),
        pytest.param({"households": (402, 202)}, {"A": 102}, "passed", ["A"], id="102 of 202"),
    ],
)
def test_residents_choose_who_supervises_by_the_majority_of_their_meeting(
    figures: dict[str, tuple[int, int]], votes: dict[str, int], expected: str, elected: list[str]
) -> None:
    ((unit, (whole, present)),) = figures.items()
    counts = {"all": {unit: whole}, "present": {unit: present}}
    answer = ask("residents.supervision", **counts, seats=3, candidates=votes)
    assert (answer["outcome"], answer["elected"]) == (expected, elected)
    assert {test["confidence"] for test in answer["tests"]} == {"V", "I"}


@pytest.mark.parametrize("part", ["residents_committee", "near_relative_of_committee"])
def test_neither_the_residents_committee_nor_its_kin_supervise_it(part: str) -> None:
    counts = {"all": {"members": 35}, "present": {"members": 24}, "candidates": {"A": 13}}
    for parts, expected in ((["candidate"], "passed"), (["candidate", part], "void")):
        options = {"people": {"A": parts}}
        answer = ask("residents.supervision", **counts, seats=1, options=options)
        assert answer["outcome"] == expected
    assert [one["source"] for one in answer["reasons"]] == ["居組法 (2025) 36"]


def test_how_many_residents_supervise_is_not_stated_and_not_invented() -> None:
    for form in ("adults", "households", "representatives"):
        name = f"residents.supervision.{form}"
        assert LAW[name].composition == ()
        assert refused(name, check="composition", members=3) == "no_composition"
        sure = {step.id: step.confidence for step in LAW[name].steps}
        assert sure == {"set_up": "V", "chosen": "I", "number": "I"}


def test_a_covenant_is_decided_and_filed_by_what_was_read_and_made_by_what_was_not() -> None:
    steps = LAW["residents.rules"].steps
    assert [step.id for step in steps if step.confidence == "V"] == [
        "party_study", "vote", "delegated", "file"
    ]  # fmt: skip
    assert {step.confidence for step in steps} == {"V", "M"}
    under = {step.id: step.under for step in steps if step.under}
    assert under == {
        "vote": ("residents.assembly.adults", "residents.assembly.households"),
        "delegated": ("residents.representatives",),
    }
    (term,) = LAW["residents.rules"].terms
    assert (term.days, term.confidence) == (10, "M")


@pytest.mark.parametrize(
    ("members", "outcome_", "said"),
    [
        (2, "rejected", "至少要3"),
        (3, "passed", "至多5"),
        (5, "passed", "至多5"),
        (6, "rejected", "至多5"),
    ],
)
def test_three_to_five_people_supervise(members: int, outcome_: str, said: str) -> None:
    for form in ("adults", "households", "representatives"):
        request = {"check": "composition", "members": members}
        answer = ask(f"villagers.supervision.{form}", **request)
        assert answer["outcome"] == outcome_ and said in answer["text"]["zh_Hans"]


def test_a_levy_has_one_form_of_its_own_as_an_assembly_decides_it_like_any_matter() -> None:
    households = {"all": {"households": 402}, "present": {"households": 268}}
    item = {"options": {"item": 4}}
    for yes, expected in ((134, "rejected"), (135, "passed")):
        request = {**households, "yes": {"households": yes}}
        assert outcome("villagers.assembly.households", **request, **item) == expected
    assert ask("villagers.levy", **households, yes={"households": 135})["procedure"] == (
        "villagers.representatives.levy"
    )


def test_w3_the_vote_on_a_lift_is_the_special_majority_its_flow_leads_to() -> None:
    votes = [step for step in LAW["owners.lift"].steps if step.under]
    assert [(step.id, step.under) for step in votes] == [("vote", ("owners.special",))]
    figures = {"all": owners(12, "900.00"), "part": owners(8, "600.00")}
    for area, expected in (("449.99", "rejected"), ("450.00", "passed"), ("450.01", "passed")):
        assert outcome(votes[0].under[0], **figures, yes=owners(6, area)) == expected
    assert refused("owners.lift", **figures, yes=owners(6, "450.00")) == "no_vote"
    for early in ("body", "plan", "post"):
        order = [step.id for step in LAW["owners.lift"].steps]
        assert order.index(early) < order.index("vote") < order.index("apply")


@pytest.mark.parametrize(
    ("rule", "start", "day"),
    [
        pytest.param("owners.lift.plan", "2026-03-01", "2026-03-17", id="a plan for 15 days"),
        pytest.param("villagers.publication.publish", "2026-03-01", "2026-03-17", id="15 days"),
        pytest.param("villagers.rules.file", "2026-03-02", "2026-03-12", id="10 days"),
        pytest.param("residents.publication.publish", "2026-03-01", "2026-03-17", id="in a town"),
        pytest.param("residents.rules.file", "2026-03-02", "2026-03-12", id="10 days in a town"),
        pytest.param("homestead.application.check", "2026-03-02", "2026-03-16", id="10 working"),
        pytest.param("homestead.application.posting", "2026-03-02", "2026-03-10", id="5 working"),
        pytest.param("homestead.application.township", "2026-03-02", "2026-03-30", id="20 working"),
    ],
)
def test_the_days_of_a_flow_are_counted(rule: str, start: str, day: str) -> None:
    term = rules(LAW)[rule]
    assert deadline(term, date.fromisoformat(start), Calendar()).day.isoformat() == day
