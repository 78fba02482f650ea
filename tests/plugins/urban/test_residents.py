"""What residents do beside their meetings: a covenant, postings, who supervises the committee."""

from __future__ import annotations

from datetime import timedelta

import pytest

import wugong_urban
import wugong_voting
from wugong.testing import Rehearsal
from wugong_voting.state import polls_of

SIX = tuple(f"rep{n}" for n in range(1, 7))
YES_OR_NO = ("yes", "no", "abstain")


@pytest.fixture
def quarter() -> Rehearsal:
    plugins = {"voting": wugong_voting, "urban": wugong_urban}
    members: dict[str, tuple[str, ...]] = {"wang": ("officer",), **dict.fromkeys(SIX, ())}
    r = Rehearsal(plugins, members=members)
    r.roster("representatives", [(f"D-{name}", name, "1", 0) for name in SIX])
    return r


def opening(r: Rehearsal, procedure: str, options: tuple[str, ...]) -> dict[str, object]:
    return {
        "question": "What shall it be?",
        "options": [{"id": name, "title": name} for name in options],
        "procedure": procedure,
        "roster": "representatives",
        "closes_at": (r.clock.now + timedelta(days=1)).isoformat(),
    }


@pytest.mark.parametrize("flow", ["residents.rules", "residents.publication"])
def test_no_poll_opens_under_a_flow_without_a_vote(quarter: Rehearsal, flow: str) -> None:
    matter = quarter.open("The covenant", by="rep1")
    with quarter.refuses("wugong.nobody_votes"):
        quarter.act("wang", matter, "voting.poll_opened", opening(quarter, flow, YES_OR_NO))
    assert polls_of(quarter.matter(matter)) == {}


@pytest.mark.parametrize(
    ("choices", "verdict", "winners"),
    [
        pytest.param(("rep5",) * 3, "no_quorum", (), id="three of six came"),
        pytest.param(("rep5", "rep5", "rep6", "rep4"), "rejected", (), id="half of four"),
        pytest.param(("rep5", "rep5", "rep5", "rep6"), "passed", ("rep5",), id="three of four"),
    ],
)
def test_the_representatives_choose_who_supervises(
    quarter: Rehearsal, choices: tuple[str, ...], verdict: str, winners: tuple[str, ...]
) -> None:
    matter = quarter.open("Who supervises", by="rep1")
    asked = opening(quarter, "residents.supervision.representatives", ("rep4", "rep5", "rep6"))
    asked["rule"] = "plurality"
    poll = quarter.act("wang", matter, "voting.poll_opened", asked).seq
    for name, choice in zip(SIX, choices, strict=False):
        ballot = {"poll": poll, "entitlement": f"D-{name}", "choice": choice}
        quarter.act(name, matter, "voting.ballot_cast", ballot)
    quarter.wait(days=1)
    made = polls_of(quarter.matter(matter))[poll].decided
    assert made is not None
    assert (made.verdict, made.winners) == (verdict, winners)
