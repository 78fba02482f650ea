"""The plugin in a real engine: permissions, votes counted by another plugin, the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import wugong_rural
import wugong_voting
from wugong import BUILD, JURISDICTION, Option, PollOpened, Ref, StageOpened, seal
from wugong.steps import steps_of
from wugong.testing import Rehearsal
from wugong_rural.bodies import REPRESENTATIVES
from wugong_rural.elders import ELDERS
from wugong_rural.events import (
    CommitteesConsulted,
    DecisionPosted,
    EldersHeard,
    InterestDeclared,
    PartyMembersReviewed,
    PartyProposed,
)
from wugong_rural.four_two import FLOW
from wugong_voting.events import BallotCast

MEMBERS = {
    "chen": ("officer",),
    "shen": ("convenor",),
    "fang": ("party_member",),
    "gu": ("elder",),
    "mei": ("elder",),
    **{f"rep{n}": ("representative",) for n in range(1, 7)},
    "li": (),
}
OPTIONS = (
    Option(id="yes", title="For"),
    Option(id="no", title="Against"),
    Option(id="abstain", title="Abstain"),
)


@pytest.fixture
def village() -> Rehearsal:
    return founded()


def founded(**engine: Any) -> Rehearsal:
    plugins = {"rural": wugong_rural, "voting": wugong_voting}
    r = Rehearsal(plugins, members=MEMBERS, setting="rural", **engine)
    r.roster("representatives", [(f"D{n}", f"rep{n}", "1", 0) for n in range(1, 7)])
    r.roster("elders", [("X1", "gu", "1", 0), ("X2", "mei", "1", 0)])
    return r


def poll(r: Rehearsal, procedure: str, roster: str) -> PollOpened:
    return PollOpened(
        question="Shall the lanes be lit?",
        options=OPTIONS,
        procedure=procedure,
        roster=roster,
        closes_at=r.engine.now() + timedelta(days=2),
    )


def deliberated(r: Rehearsal) -> str:
    m = r.open("Lights", by="li", category="four_two")
    r.act("fang", m, PartyProposed(proposal="Light the lanes"))
    r.act("chen", m, CommitteesConsulted(due=7, present=7, yes=6))
    r.act("fang", m, PartyMembersReviewed(due=30, present=24, yes=20))
    return m


def vote(r: Rehearsal, m: str, procedure: str, roster: str, ballots: dict[str, str]) -> str:
    """Hold a poll to its end and return the verdict."""
    number = r.act("shen", m, poll(r, procedure, roster)).seq
    for entitlement, choice in ballots.items():
        member = {"X1": "gu", "X2": "mei"}.get(entitlement, entitlement.replace("D", "rep"))
        r.act(member, m, BallotCast(poll=Ref(number), entitlement=entitlement, choice=choice))
    r.wait(days=2)
    viewer = r.viewer(m, "chen")
    (outcome,) = [
        fact.event
        for fact in r.engine.facts(m, viewer, kinds=("voting.poll_decided",))
        if fact.event.poll == number
    ]
    return str(outcome.verdict)


def test_the_steps_are_for_those_whose_steps_they_are(village: Rehearsal) -> None:
    m = village.open("Lights", by="li", category="four_two")
    with village.refuses("wugong.not_your_role"):
        village.act("li", m, PartyProposed(proposal="Light the lanes"))
    with village.refuses("wugong.not_your_role"):
        village.act("li", m, EldersHeard(opinion="Good"))


def test_the_elders_opinion_is_counted_and_never_carries(village: Rehearsal) -> None:
    m = deliberated(village)
    with village.refuses("rural.elders_not_heard"):
        village.act("shen", m, poll(village, "villagers.representatives", "representatives"))
    assert vote(village, m, "elders.council", "elders", {"X1": "yes", "X2": "yes"}) == "advisory"
    assert village.matter(m).state(FLOW).resolutions == ()
    with village.refuses("rural.resolution_missing"):
        village.act("chen", m, DecisionPosted())


@pytest.mark.parametrize("name", ["four_two.committees", "four_two.party_members.due"])
def test_no_poll_is_held_for_the_meetings_of_others(village: Rehearsal, name: str) -> None:
    m = deliberated(village)
    with village.refuses("wugong.nobody_votes"):
        village.act("shen", m, poll(village, name, "representatives"))


@pytest.mark.parametrize(
    ("place", "procedure"),
    [
        pytest.param("", "villagers.representatives", id="not said"),
        pytest.param("CN-HI-Sanya", "villagers.representatives.hainan", id="in Hainan"),
    ],
)
def test_the_steps_of_the_representatives_are_those_of_the_village_s_place(
    place: str, procedure: str
) -> None:
    r = founded(settings={JURISDICTION: place} if place else {})
    m = r.open("Lights", by="li", category="four_two")
    steps = steps_of(r.matter(m), date(2026, 6, 30)).values()
    names = {one.procedure.id for one in steps if one.procedure.origin == REPRESENTATIVES}
    assert names == {procedure}


@pytest.mark.parametrize(
    ("yes", "no", "verdict"),
    [
        pytest.param(3, 0, "no_quorum", id="three of six came"),
        pytest.param(2, 2, "rejected", id="half of those who came"),
        pytest.param(3, 1, "passed", id="two thirds came, more than half agreed"),
    ],
)
def test_the_representatives_decide(village: Rehearsal, yes: int, no: int, verdict: str) -> None:
    m = deliberated(village)
    village.act("mei", m, EldersHeard(opinion="Begin at the bridge"))
    choices = ["yes"] * yes + ["no"] * no
    ballots = {f"D{n}": choice for n, choice in enumerate(choices, start=1)}
    got = vote(village, m, "villagers.representatives", "representatives", ballots)
    assert got == verdict
    assert bool(village.matter(m).state(FLOW).resolutions) is (verdict == "passed")


STRICTER = """
id = "town.representatives"
parent = "villagers.representatives"
jurisdiction = "example"
basis = [{ article = "例 1", text_year = 2026, confidence = "I" }]
title = { en = "Town" }
[[consent]]
id = "yes_members"
measure = "members"
base = "present"
op = ">="
share = "3/4"
source = "例 2"
"""


@pytest.mark.parametrize(
    ("yes", "no", "verdict"),
    [
        pytest.param(2, 2, "rejected", id="half of those who came"),
        pytest.param(3, 1, "passed", id="exactly three quarters"),
        pytest.param(4, 0, "passed", id="above"),
    ],
)
def test_a_local_pack_of_theirs_decides_the_fourth_step_as_well(
    tmp_path: Path, yes: int, no: int, verdict: str
) -> None:
    (tmp_path / "town.toml").write_text(STRICTER, encoding="utf-8")
    village = founded(packs=tmp_path)
    m = village.open("Lights", by="li", category="four_two")
    with village.refuses("rural.proposal_missing", "rural.elders_not_heard"):
        village.act("shen", m, poll(village, "town.representatives", "representatives"))
    m = deliberated(village)
    village.act("mei", m, EldersHeard(opinion="Begin at the bridge"))
    choices = ["yes"] * yes + ["no"] * no
    ballots = {f"D{n}": choice for n, choice in enumerate(choices, start=1)}
    assert vote(village, m, "town.representatives", "representatives", ballots) == verdict
    flow = village.matter(m).state(FLOW)
    assert bool(flow.resolutions) is (verdict == "passed")
    assert not flow.polling and flow.asked is not None and flow.asked.verdict == verdict


@pytest.mark.parametrize(
    "flow", ["villagers.rules", "villagers.publication", "homestead.application"]
)
def test_no_poll_opens_under_a_flow_without_a_vote(village: Rehearsal, flow: str) -> None:
    m = deliberated(village)
    with village.refuses("wugong.nobody_votes"):
        village.act("shen", m, poll(village, flow, "representatives"))


def test_the_representatives_choose_who_supervises(village: Rehearsal) -> None:
    m = deliberated(village)
    seats = tuple(Option(id=one, title=one) for one in ("gu", "mei", "li"))
    election = replace(
        poll(village, "villagers.supervision.representatives", "representatives"),
        options=seats,
        rule="plurality",
    )
    number = village.act("shen", m, election).seq
    for n, choice in enumerate(("gu", "gu", "gu", "mei"), start=1):
        ballot = BallotCast(poll=Ref(number), entitlement=f"D{n}", choice=choice)
        village.act(f"rep{n}", m, ballot)
    village.wait(days=2)
    viewer = village.viewer(m, "chen")
    (outcome,) = village.engine.facts(m, viewer, kinds=("voting.poll_decided",))
    assert (outcome.event.verdict, outcome.event.winners) == ("passed", ("gu",))


def test_the_clock_takes_the_sheet_down_after_fifteen_days(village: Rehearsal) -> None:
    m = deliberated(village)
    village.act("mei", m, EldersHeard(opinion="Begin at the bridge"))
    ballots = {f"D{n}": "yes" for n in range(1, 7)}
    vote(village, m, "villagers.representatives", "representatives", ballots)
    with village.refuses("rural.decision_not_posted"):
        village.act("shen", m, StageOpened(stage=BUILD))
    village.act("chen", m, DecisionPosted(days=15))
    village.act("shen", m, StageOpened(stage=BUILD))
    village.wait(days=15)
    decision = village.matter(m).state(FLOW).decision
    assert decision is not None
    assert not decision.ended
    village.wait(days=1)
    decision = village.matter(m).state(FLOW).decision
    assert decision is not None
    assert decision.ended


def test_why_an_elder_stood_aside_is_for_the_office_alone(village: Rehearsal) -> None:
    m = deliberated(village)
    declared = InterestDeclared(ground="kinship", remark=seal("My nephew sells the lamps"))
    village.act("gu", m, declared)
    with village.refuses("rural.recusal_missing"):
        village.act("mei", m, EldersHeard(opinion="Begin at the bridge"))
    village.act("mei", m, EldersHeard(opinion="Begin at the bridge", recused=("gu",)))
    assert village.matter(m).state(ELDERS).interested == {"gu"}
    assert village.matter(m).relations["rural.recused"] == {"gu"}
    kinds = ("rural.interest_declared",)
    seen = {
        who: len(village.engine.facts(m, village.viewer(m, who), kinds=kinds))
        for who in ("chen", "gu", "mei", "li")
    }
    assert seen == {"chen": 1, "gu": 1, "mei": 0, "li": 0}
