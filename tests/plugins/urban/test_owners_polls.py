"""The worked examples of DOMAIN §12 through real polls: roster, ballots, closing, certificate."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

import wugong_planning
import wugong_rural
import wugong_urban
import wugong_voting
from tests.law.lawbook import ask
from tests.support.sheets import on_paper
from wugong import PollDecided
from wugong.testing import Rehearsal
from wugong_voting.state import polls_of

Unit = tuple[str, str, str, int]  # unit, owner, stair, area in 0.01 m²
OPTIONS = [{"id": name, "title": name} for name in ("yes", "no", "abstain")]


def held(units: list[Unit], procedure: str, yes: Iterable[str], no: Iterable[str]) -> PollDecided:
    """Hold a poll in which the owners ``yes`` and ``no`` vote so, and return its outcome."""
    plugins = {"voting": wugong_voting, "planning": wugong_planning, "urban": wugong_urban}
    first = {owner: unit for unit, owner, _, _ in reversed(units)}
    members: dict[str, tuple[str, ...]] = {"wang": ("officer",), **dict.fromkeys(first, ())}
    r = Rehearsal(plugins, members=members)
    r.roster("owners", units)
    matter = r.open("What owners decide", by="wang")
    r.act("wang", matter, "planning.notice_posted", {"title": "We will vote", "days": 15})
    r.wait(days=15)
    body = {
        "question": "Shall we?",
        "options": OPTIONS,
        "procedure": procedure,
        "roster": "owners",
        "closes_at": (r.clock.now + timedelta(days=7)).isoformat(),
    }
    poll = r.act("wang", matter, "voting.poll_opened", body).seq
    for choice, owners in (("yes", yes), ("no", no)):
        for owner in owners:
            ballot = {"poll": poll, "entitlement": first[owner], "choice": choice}
            r.act(owner, matter, "voting.ballot_cast", ballot)
    r.wait(days=7)
    made = polls_of(r.matter(matter))[poll].decided
    assert made is not None
    return made


def unmet(made: PollDecided) -> list[tuple[str, int, int]]:
    return [(test.id, test.have, test.needed) for test in made.tests if not test.met]


def flats(name: str, heads: int, area: int) -> list[Unit]:
    """Return flats of as many owners that come to exactly ``area`` together."""
    each, rest = divmod(area, heads)
    return [(f"{name}{n}", f"m-{name}{n}", "1", each + (n < rest)) for n in range(heads)]


def owners(units: Iterable[Unit]) -> list[str]:
    return list(dict.fromkeys(owner for _, owner, _, _ in units))


@pytest.mark.parametrize(
    ("area", "heads", "verdict", "lacks"),
    [
        pytest.param(10_000_00, 101, "rejected", [("area_agrees", 10_000_00, 10_000_01)], id="a"),
        pytest.param(10_000_01, 101, "passed", [], id="b"),
        pytest.param(10_000_01, 100, "rejected", [("heads_agree", 100, 101)], id="c"),
    ],
)
def test_w1_choosing_a_property_manager(
    area: int, heads: int, verdict: str, lacks: list[tuple[str, int, int]]
) -> None:
    yes = flats("y", heads, area)
    no = flats("n", 200 - heads, 20_000_00 - area)
    silent = flats("s", 100, 10_000_00)
    made = held([*yes, *no, *silent], "owners.ordinary", owners(yes), owners(no))
    assert (made.taken_part.heads, made.taken_part.area_dm2) == (200, 20_000_00)
    assert [(test.have, test.of) for test in made.tests[:2]] == [
        (20_000_00, 30_000_00),
        (200, 300),
    ]
    assert (made.verdict, unmet(made)) == (verdict, lacks)


SINGLES = [(f"s{n}", f"m-s{n}", "1", 90_00) for n in range(107)]
THREE = [(f"a{n}", "m-a", "1", 80_00) for n in range(3)]
UNSOLD = [(f"d{n}", "m-d", "1", 100_00) for n in range(10)]
W2 = [*SINGLES, *THREE, *UNSOLD]


@pytest.mark.parametrize(
    ("yes", "no", "verdict", "lacks"),
    [
        pytest.param(
            [*SINGLES[:72], *THREE],
            [],
            "no_quorum",
            [("area_takes_part", 6_720_00, 7_246_67)],
            id="a: without the developer",
        ),
        pytest.param(
            [*SINGLES[:55], *THREE],
            [*SINGLES[55:72], *UNSOLD],
            "rejected",
            [("area_agrees", 5_190_00, 5_790_00)],
            id="b: 55 singles and A agree",
        ),
        pytest.param(
            [*SINGLES[:55], *UNSOLD],
            [*SINGLES[55:72], *THREE],
            "passed",
            [],
            id="b: 55 singles and the developer agree",
        ),
    ],
)
def test_w2_one_owner_with_three_flats_and_a_developer(
    yes: list[Unit], no: list[Unit], verdict: str, lacks: list[tuple[str, int, int]]
) -> None:
    made = held(W2, "owners.special", owners(yes), owners(no))
    assert [test.of for test in made.tests[:2]] == [10_870_00, 109]
    assert (made.verdict, unmet(made)) == (verdict, lacks)


W3 = [
    (f"{floor}0{flat}", f"m-{floor}0{flat}", "2", area)
    for floor in range(1, 7)
    for flat, area in ((1, 80_00), (2, 70_00))
]


def stair(yes: str, no: str) -> PollDecided:
    named = [[f"m-{unit}" for unit in side.split()] for side in (yes, no)]
    return held(W3, "owners.special", *named)


def test_w3_a_590_of_900_square_metres_are_no_quorum() -> None:
    made = stair("201 301 401 202 302 402 502 602", "")
    assert (made.taken_part.heads, made.taken_part.area_dm2) == (8, 590_00)
    assert (made.verdict, unmet(made)) == ("no_quorum", [("area_takes_part", 590_00, 600_00)])


def test_w3_b_440_of_600_square_metres_do_not_carry() -> None:
    made = stair("201 301 202 302 402 502", "401 501")
    assert (made.taken_part.heads, made.taken_part.area_dm2) == (8, 600_00)
    assert (made.verdict, unmet(made)) == ("rejected", [("area_agrees", 440_00, 450_00)])


def test_w3_c_exactly_three_quarters_carry() -> None:
    made = stair("201 301 401 202 302 402", "501 502")
    assert made.verdict == "passed"
    assert [(test.id, test.have, test.of, test.needed) for test in made.tests] == [
        ("area_takes_part", 600_00, 900_00, 600_00),
        ("heads_take_part", 8, 12, 8),
        ("area_agrees", 450_00, 600_00, 450_00),
        ("heads_agree", 6, 8, 6),
    ]
    assert made.basis[0] == "民法典 278 (2020)"


W4 = [(f"u{n}", f"m{n}", "1", 100_00) for n in range(1000)]
W4_SIDES = {"yes": 400, "no": 130, "abstain": 30}
DELIVERED = {
    "all": {"heads": 1000, "area": "100000.00"},
    "part": {"heads": 560, "area": "56000.00"},
    "yes": {"heads": 400, "area": "40000.00"},
    "no": {"heads": 130, "area": "13000.00"},
    "abstain": {"heads": 30, "area": "3000.00"},
    "delivered": {"heads": 900, "area": "90000.00"},
}


def returned(procedure: str, roster: str, **more: str) -> PollDecided:
    """Hold a poll of a thousand equal flats: 900 signed for their papers, 560 sent them back."""
    plugins = {
        "voting": wugong_voting,
        "planning": wugong_planning,
        "urban": wugong_urban,
        "rural": wugong_rural,
    }
    r = Rehearsal(plugins, members={"wang": ("officer",), "zhou": ("officer",)})
    r.roster(roster, W4)
    matter = r.open("Who manages the estate", by="wang")
    r.act("wang", matter, "planning.notice_posted", {"title": "We will vote", "days": 15})
    r.wait(days=15)
    body = {
        "question": "Shall we?",
        "options": OPTIONS,
        "procedure": procedure,
        "roster": roster,
        "closes_at": (r.clock.now + timedelta(days=7)).isoformat(),
        **more,
    }
    poll = r.act("wang", matter, "voting.poll_opened", body).seq
    for start in (0, 300, 600):
        named = [f"u{n}" for n in range(start, start + 300)]
        handed = {"poll": poll, "entitlements": named, "how": "door", "signed": True}
        r.act("wang", matter, "voting.paper_delivered", handed)
    choices = [side for side, number in W4_SIDES.items() for _ in range(number)]
    ballots = [(f"u{n}", choice) for n, choice in enumerate(choices)]
    on_paper(r, matter, poll, ballots, ("wang", "zhou"))
    r.wait(days=7)
    made = polls_of(r.matter(matter))[poll].decided
    assert made is not None
    return made


def test_w4_ballots_that_did_not_come_back_take_no_part() -> None:
    made = returned("owners.ordinary", "owners")
    assert (made.taken_part.heads, made.verdict) == (560, "no_quorum")
    assert unmet(made) == [
        ("area_takes_part", 56_000_00, 66_666_67),
        ("heads_take_part", 560, 667),
    ]


def test_w4_the_same_ballots_are_an_opinion_under_the_nantang_rules() -> None:
    """400 are more than 130: "passed" among those who discuss, and of no effect in law."""
    made = returned("discussion.nantang", "participants")
    (test,) = made.tests
    assert (test.have, test.of, test.needed, test.met) == (400, 530, 266, True)
    assert made.verdict == "advisory"


@pytest.mark.parametrize(
    ("policy", "outcome", "agree"),
    [
        ("signed_receipt_is_abstain", "rejected", 400),
        ("follow_majority_if_rules_say", "passed", 740),
    ],
)
def test_w4_silence_counts_in_a_poll_as_the_calculator_says(
    policy: str, outcome: str, agree: int
) -> None:
    clause = {"nonresponse_clause": "議事規則第9條"} if policy.startswith("follow") else {}
    made = returned("owners.ordinary", "owners", nonresponse=policy, **clause)
    assert (made.verdict, made.taken_part.heads) == (outcome, 900)
    assert made.silent is not None and made.silent.heads == 340
    assert {test.have for test in made.tests if test.measure == "heads"} == {900, agree}
    proved = {"clause": True, "warned": True, "delivered": True}
    answer = ask("owners.ordinary", **DELIVERED, options={"nonresponse": policy, **proved})
    assert answer["outcome"] == outcome
