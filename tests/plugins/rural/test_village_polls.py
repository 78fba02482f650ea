"""The worked examples W5 to W8 of DOMAIN §12 through real polls: roster, ballots, closing, result.

What is no vote is not here: the composition of the representatives (W6) are figures of a body,
asked of the calculator in ``tests/law/test_worked_examples.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import pytest

import wugong_planning
import wugong_rural
import wugong_voting
from tests.support.sheets import on_paper
from wugong import (
    BoxUnlocked,
    Entitlement,
    Option,
    Part,
    PetitionOpened,
    PollDecided,
    PollOpened,
    Ref,
    seal,
)
from wugong.ceremony import hold
from wugong.testing import Rehearsal, imported
from wugong_voting.events import BallotCast, MandateGiven, PetitionPapersEntered
from wugong_voting.state import polls_of

PLUGINS = {"voting": wugong_voting, "planning": wugong_planning, "rural": wugong_rural}
OFFICERS = ("chen", "zhou")
YES_NO = ("yes", "no", "abstain")


def village(roster: str, weights: Iterable[int], acting: int = 0) -> Rehearsal:
    """Return a village whose roster has one entitlement a weight, in households.

    ``acting`` of those entitled do something themselves; the others are on the roster alone.
    """
    members: dict[str, tuple[str, ...]] = dict.fromkeys(OFFICERS, ("officer",))
    members |= {f"m{n}": () for n in range(acting)}
    r = Rehearsal(PLUGINS, members=members, setting="rural")
    entitled = [
        Entitlement(f"e{n}", f"m{n}", parts=(Part(f"e{n}", "1", 0),), households=weight)
        for n, weight in enumerate(weights)
    ]
    r.act("operator", r.community, imported(roster, entitled))
    return r


def opened(r: Rehearsal, procedure: str, roster: str, **more: Any) -> tuple[str, int]:
    """Open a matter and, where the procedure asks for it after a notice, a poll of two days."""
    matter = r.open("What the village decides", by="chen")
    if days := r.engine.registry.procedures[procedure].notice_days:
        r.act("chen", matter, "planning.notice_posted", {"title": "We meet", "days": days})
        r.wait(days=days)
    if procedure == "villagers.recall":
        more["about"] = (Ref(petition(r, matter, 300)),)
    poll = PollOpened(
        question="Shall we?",
        options=tuple(Option(id=one, title=one) for one in more.pop("options", YES_NO)),
        procedure=procedure,
        roster=roster,
        closes_at=r.clock.now + timedelta(days=2),
        **more,
    )
    return matter, r.act("chen", matter, poll).seq


def petition(r: Rehearsal, matter: str, signed: int) -> int:
    """Start a petition for a recall, enter as many signatures on paper, and return its number."""
    asked = PetitionOpened(
        procedure="villagers.recall", signing="persons", member="zhou", reasons=seal("Why")
    )
    number = r.act("chen", matter, asked).seq
    named = tuple(f"e{n}" for n in range(signed))
    papers = PetitionPapersEntered(petition=Ref(number), entitlements=named)
    r.act("chen", matter, papers)
    return number


def cast(r: Rehearsal, matter: str, poll: int, choices: Iterable[str]) -> None:
    """Cast the ballots of the first ones entitled, each by its own holder."""
    for n, choice in enumerate(choices):
        ballot = BallotCast(poll=Ref(poll), entitlement=f"e{n}", choice=choice)
        r.act(f"m{n}", matter, ballot, key=f"{poll * 10_000 + n:032x}")


def decided(r: Rehearsal, matter: str, poll: int) -> PollDecided:
    made = polls_of(r.matter(matter))[poll].decided
    assert made is not None
    return made


def held(r: Rehearsal, procedure: str, roster: str, **sides: int) -> PollDecided:
    """Hold a poll with as many paper ballots a side, and return its outcome."""
    matter, poll = opened(r, procedure, roster)
    choices = [side for side, number in sides.items() for _ in range(number)]
    ballots = [(f"e{n}", choice) for n, choice in enumerate(choices)]
    on_paper(r, matter, poll, ballots, OFFICERS)
    r.wait(days=2)
    return decided(r, matter, poll)


def numbers(made: PollDecided) -> list[tuple[str, int, int, int, bool]]:
    return [(test.id, test.have, test.of, test.needed, test.met) for test in made.tests]


def verdicts(made: Mapping[Any, PollDecided]) -> dict[Any, str]:
    return {case: one.verdict for case, one in made.items()}


def test_w5_the_assembly_of_adults() -> None:
    r = village("villagers", [1] * 1203)
    cases = {
        (601, 601): "no_quorum",
        (602, 301): "rejected",
        (602, 302): "passed",
    }
    made = {
        (present, yes): held(r, "villagers.assembly.adults", "villagers", yes=yes, no=present - yes)
        for present, yes in cases
    }
    assert verdicts(made) == cases
    assert numbers(made[602, 301])[0][1:] == (602, 1203, 602, True)
    assert numbers(made[602, 301])[1][1:] == (301, 602, 302, False)


def test_w5_the_assembly_of_households() -> None:
    r = village("households", [1] * 402)
    cases = {
        (267, 267): "no_quorum",
        (268, 134): "rejected",
        (268, 135): "passed",
    }
    made = {
        (present, yes): held(
            r, "villagers.assembly.households", "households", yes=yes, no=present - yes
        )
        for present, yes in cases
    }
    assert verdicts(made) == cases
    assert numbers(made[268, 134])[0][1:] == (268, 402, 268, True)
    assert numbers(made[268, 134])[1][1:] == (134, 268, 135, False)


def test_w6_the_representatives_and_a_tie() -> None:
    r = village("representatives", [1] * 35)
    cases = {(23, 23): "no_quorum", (24, 12): "rejected", (24, 13): "passed"}
    made = {
        (present, yes): held(
            r, "villagers.representatives", "representatives", yes=yes, no=present - yes
        )
        for present, yes in cases
    }
    assert verdicts(made) == cases
    assert numbers(made[24, 12])[0][1:] == (24, 35, 24, True)
    assert numbers(made[24, 12])[1][1:] == (12, 24, 13, False)


W7_YES = (8, 10, 12, 9, 11, 13, 12, 11, 10)
W7_NO = (15, 13, 12, 12, 11, 12, 11, 11)
W7_AWAY = (14, 14, 14, 14, 13, 13, 13)  # seven who did not come, for the rest of 300 households
LEVY = "villagers.representatives.levy"


def levy(*weights: int, yes: int, no: int, abstain: int = 0) -> PollDecided:
    r = village("representatives", weights)
    return held(r, LEVY, "representatives", yes=yes, no=no, abstain=abstain)


def test_w7_a_levy_is_weighed_in_households_not_in_heads() -> None:
    made = levy(*W7_YES, *W7_NO, 12, *W7_AWAY, yes=9, no=8, abstain=1)
    received = {one.option: (one.heads, one.households) for one in made.counts}
    assert received == {"yes": (9, 96), "no": (8, 97), "abstain": (1, 12)}
    assert made.verdict == "rejected"
    assert numbers(made) == [
        ("households_represented", 205, 300, 200, True),
        ("yes_households", 96, 205, 103, False),
    ]


@pytest.mark.parametrize(
    ("weights", "verdict"),
    [
        pytest.param((102, 103, 95), "rejected", id="one household short of 103"),
        pytest.param((103, 102, 95), "passed", id="the 103 that were needed"),
        pytest.param((102, 97, 101), "no_quorum", id="199 of 300 households"),
        pytest.param((103, 97, 100), "passed", id="exactly two thirds of 300"),
    ],
)
def test_w7_just_below_and_at_each_limit(weights: tuple[int, ...], verdict: str) -> None:
    assert levy(*weights, yes=1, no=1).verdict == verdict


# W8: elections are secret, and the scrutineers alone open the box

SEATS = "block_approval(seats=3)"
KEY, SHARES = hold(2, 3)


def sealed(r: Rehearsal, procedure: str, rule: str, *options: str) -> tuple[str, int]:
    return opened(
        r,
        procedure,
        "voters",
        options=options,
        rule=rule,
        secrecy="scrutineers",
        box_key=str(KEY),
        candidates=(),
    )


def unlocked(r: Rehearsal, matter: str, poll: int) -> PollDecided:
    """Close a poll and have two scrutineers open the box."""
    r.wait(days=2)
    r.act("chen", matter, BoxUnlocked(poll=Ref(poll), shares=SHARES[:2]))
    return decided(r, matter, poll)


@pytest.mark.slow
def test_w8_an_election_with_proxies() -> None:
    in_person, proxies = 712, 91
    r = village("voters", [1] * 1500, acting=in_person + proxies + 1)
    matter, poll = sealed(r, "villagers.election", SEATS, "A", "B", "C", "D")
    holders = [f"m{n // 3}" for n in range(90)] + ["m30"]  # the thirtieth is handed a fourth
    for n, holder in enumerate(holders, start=in_person):
        mandate(r, matter, poll, n, holder)
    with r.refuses("voting.mandates_too_many"):
        mandate(r, matter, poll, in_person + proxies, "m29")
    for n in range(in_person + proxies):
        marked = ["A"] * (n < 520) + ["B" if n < 402 else "C"]
        ballot = BallotCast(poll=Ref(poll), entitlement=f"e{n}", choice=",".join(marked))
        by = f"m{n}" if n < in_person else holders[n - in_person]
        r.act(by, matter, ballot, key=f"{n:032x}")
    made = unlocked(r, matter, poll)
    assert made.taken_part.heads == 803
    assert {one.option: one.heads for one in made.counts if one.option in "ABC"} == {
        "A": 520,
        "B": 402,
        "C": 401,
    }
    assert (made.verdict, made.winners) == ("passed", ("A", "B"))
    assert numbers(made) == [
        ("turnout", 803, 1500, 751, True),
        ("more_than_half.A", 520, 803, 402, True),
        ("more_than_half.B", 402, 803, 402, True),
        ("more_than_half.C", 401, 803, 402, False),
    ]


def mandate(r: Rehearsal, matter: str, poll: int, giver: int, holder: str) -> None:
    until = r.clock.now + timedelta(days=2)
    given = MandateGiven(poll=Ref(poll), entitlement=f"e{giver}", holder=holder, until=until)
    r.act(f"m{giver}", matter, given)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("votes", "verdict", "winners"),
    [
        pytest.param({"C": 253, "D": 252, "E": 252, "F": 3}, "rejected", (), id="one short"),
        pytest.param({"C": 254, "D": 253, "E": 253}, "passed", ("C",), id="exactly a third"),
    ],
)
def test_w8_a_rerun_needs_a_third_of_the_ballots(
    votes: dict[str, int], verdict: str, winners: tuple[str, ...]
) -> None:
    r = village("voters", [1] * 1500, acting=760)
    matter, poll = sealed(r, "villagers.rerun", "plurality", *"CDEF")
    cast(r, matter, poll, [one for one, number in votes.items() for _ in range(number)])
    made = unlocked(r, matter, poll)
    assert (made.verdict, made.winners) == (verdict, winners)
    assert numbers(made) == [("one_third", votes["C"], 760, 254, bool(winners))]


@pytest.mark.parametrize(("signed", "taken"), [(299, False), (300, True)])
def test_w8_a_petition_for_a_recall(signed: int, taken: bool) -> None:
    r = village("voters", [1] * 1500)
    matter = r.open("A recall", by="chen")
    poll = PollOpened(
        question="Shall the member be recalled?",
        options=tuple(Option(id=one, title=one) for one in YES_NO),
        procedure="villagers.recall",
        roster="voters",
        closes_at=r.clock.now + timedelta(days=2),
        about=(Ref(petition(r, matter, signed)),),
    )
    if taken:
        assert r.act("chen", matter, poll).seq
        return
    with r.refuses("voting.petition_too_small"):
        r.act("chen", matter, poll)


def test_w8_a_recall() -> None:
    r = village("voters", [1] * 1500)
    cases = {(750, 750): "no_quorum", (751, 375): "rejected", (751, 376): "passed"}
    made = {
        (voted, yes): held(r, "villagers.recall", "voters", yes=yes, no=voted - yes)
        for voted, yes in cases
    }
    assert verdicts(made) == cases
    assert numbers(made[751, 375]) == [
        ("turnout", 751, 1500, 751, True),
        ("yes_recall", 375, 751, 376, False),
    ]
