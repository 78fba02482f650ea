"""Hearings, councils and committees discuss: whoever agrees, nothing is decided there."""

from __future__ import annotations

from datetime import timedelta

import pytest

import wugong_urban
import wugong_voting
from wugong import PollDecided
from wugong.testing import Rehearsal
from wugong_urban.bodies import procedures
from wugong_voting.state import polls_of

PEOPLE = ("li", "zhao", "qian")
OPTIONS = [{"id": name, "title": name} for name in ("yes", "no", "abstain")]
BODIES = [
    "community.governance",
    "discussion.three_meetings.coordination",
    "discussion.three_meetings.hearing",
    "discussion.three_meetings.review",
    "residents.council",
    "residents.council.chengdu",
]


@pytest.fixture
def quarter() -> Rehearsal:
    plugins = {"voting": wugong_voting, "urban": wugong_urban}
    members: dict[str, tuple[str, ...]] = {"wang": ("officer",), **dict.fromkeys(PEOPLE, ())}
    r = Rehearsal(plugins, members=members)
    r.roster("participants", [(f"P-{name}", name, "1", 0) for name in PEOPLE])
    return r


def opening(r: Rehearsal, procedure: str) -> dict[str, object]:
    return {
        "question": "Shall the yard be repaved?",
        "options": OPTIONS,
        "procedure": procedure,
        "roster": "participants",
        "closes_at": (r.clock.now + timedelta(days=1)).isoformat(),
    }


def held(r: Rehearsal, procedure: str, voters: tuple[str, ...]) -> PollDecided:
    matter = r.open("The yard", by="li")
    poll = r.act("wang", matter, "voting.poll_opened", opening(r, procedure)).seq
    for name in voters:
        ballot = {"poll": poll, "entitlement": f"P-{name}", "choice": "yes"}
        r.act(name, matter, "voting.ballot_cast", ballot)
    r.wait(days=1)
    made = polls_of(r.matter(matter))[poll].decided
    assert made is not None
    return made


@pytest.mark.parametrize("procedure", BODIES)
def test_everybody_agrees_and_an_opinion_comes_out(quarter: Rehearsal, procedure: str) -> None:
    made = held(quarter, procedure, PEOPLE)
    assert (made.verdict, made.tests) == ("advisory", ())


def test_nobody_came_and_not_even_an_opinion_comes_out(quarter: Rehearsal) -> None:
    assert held(quarter, "residents.council", ()).verdict == "no_quorum"


def test_no_poll_opens_under_the_flow_of_a_lift(quarter: Rehearsal) -> None:
    matter = quarter.open("A lift", by="li")
    with quarter.refuses("wugong.nobody_votes"):
        quarter.act("wang", matter, "voting.poll_opened", opening(quarter, "owners.lift"))


def test_a_discussion_body_has_no_share_that_could_carry_anything() -> None:
    found = {one.id: one for one in procedures()}
    for name in BODIES:
        assert not found[name].decides and found[name].customary
        assert not (found[name].quorum or found[name].consent)
        assert {"V", "I"} & {basis.confidence for basis in found[name].basis}
