"""Building on the engine: who may do which step, the clock, and two claims at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import wugong_building
from wugong import (
    BUILD,
    PLAN,
    Ref,
    Refused,
    RoleGranted,
    StageClosed,
    StageOpened,
    TaskAccepted,
    Unreadable,
    seal,
)
from wugong.testing import START, Rehearsal
from wugong_building.campaigns import GIVEN
from wugong_building.catalogue import CLAIMS, PROJECTS
from wugong_building.events import (
    CLAIMING,
    CampaignOpened,
    Claimed,
    ClaimGivenUp,
    ClaimLapsed,
    CostSettled,
    Delivered,
    DeliveryReturned,
    LabourRecorded,
    Pledged,
    PledgeWithdrawn,
    ProjectListed,
)
from wugong_building.projects import CATALOGUE

MEMBERS: dict[str, Iterable[str]] = {
    "wang": ("officer",),
    "sun": ("supervisor",),
    "qian": ("treasurer",),
    "li": (),
    "zhao": (),
}


@pytest.fixture
def yard() -> Rehearsal:
    return Rehearsal({"building": wugong_building}, members=MEMBERS)


@pytest.fixture
def courtyard(yard: Rehearsal) -> str:
    return planned(yard)


def planned(yard: Rehearsal) -> str:
    opened = yard.open("Courtyard", by="li")
    yard.act("wang", opened, StageClosed(stage=PLAN))
    yard.act("wang", opened, StageOpened(stage=BUILD))
    return opened


def listed(yard: Rehearsal, place: str, days: int = 10) -> Ref:
    project = ProjectListed(
        title="Flower bed", description="By the gate", estimate_fen=100_000, days=days
    )
    return Ref(yard.act("wang", place, project).seq)


def claimed(yard: Rehearsal, place: str, project: Ref, by: str = "li") -> Ref:
    return Ref(yard.act(by, place, Claimed(project=project, plan=seal("With neighbours"))).seq)


def delivered(yard: Rehearsal, place: str, claim: Ref, by: str = "li") -> Ref:
    done = Delivered(claim=claim, evidence=seal("Photo"), hours=6)
    return Ref(yard.act(by, place, done).seq)


def test_a_project_is_claimed_delivered_accepted_and_settled(
    yard: Rehearsal, courtyard: str
) -> None:
    project = listed(yard, courtyard)
    claim = claimed(yard, courtyard, project)
    delivery = delivered(yard, courtyard, claim)
    yard.act("wang", courtyard, TaskAccepted(task=project, delivery=delivery))
    yard.act("qian", courtyard, CostSettled(project=project, public_cost_fen=70_000))

    catalogue = yard.matter(courtyard).state(CATALOGUE)

    assert catalogue.claims[claim].status == "accepted"
    assert catalogue.projects[project].public_cost_fen == 70_000
    assert yard.engine.links("example", delivery, yard.viewer(courtyard)) == (
        [claim],
        [delivery + 1],
    )


def test_a_second_claim_is_refused_with_the_day_when_the_first_ends(
    yard: Rehearsal, courtyard: str
) -> None:
    project = listed(yard, courtyard)
    claimed(yard, courtyard, project)
    with pytest.raises(Refused) as caught:
        claimed(yard, courtyard, project, by="zhao")
    (reason,) = caught.value.reasons
    assert reason.code == "building.already_claimed"
    assert reason.details["until"] == "2026-03-12"
    assert reason.source == CLAIMING


def test_of_two_claims_in_one_batch_exactly_one_wins(tmp_path: Path) -> None:
    yard = Rehearsal(
        {"building": wugong_building},
        members=MEMBERS,
        database=f"sqlite:///{tmp_path / 'yard.sqlite3'}",
        writer="thread",
    )
    courtyard = planned(yard)
    project = listed(yard, courtyard)

    async def claim_at_once() -> list[Any]:
        claim = Claimed(project=project, plan=seal("With neighbours"))
        both = (yard.engine.arecord(courtyard, claim, by=who) for who in ("li", "zhao"))
        return await asyncio.gather(*both, return_exceptions=True)

    answers = asyncio.run(claim_at_once())
    yard.engine.close()

    (refused,) = [answer for answer in answers if isinstance(answer, Refused)]
    assert refused.codes == ("building.already_claimed",)
    (receipt,) = [answer for answer in answers if not isinstance(answer, Refused)]
    assert list(yard.matter(courtyard).state(CATALOGUE).claims) == [receipt.seq]


def test_of_two_claims_that_stand_or_fall_together_none_is_written(
    yard: Rehearsal, courtyard: str
) -> None:
    project = listed(yard, courtyard)
    before = yard.engine.head("example")
    both = [
        (courtyard, Claimed(project=project, plan=seal("First"))),
        (courtyard, Claimed(project=project, plan=seal("Second"))),
    ]
    with pytest.raises(Refused, match=r"building\.already_claimed"):
        yard.engine.record_many(both, by="li")
    assert yard.engine.head("example") == before
    claimed(yard, courtyard, project, by="zhao")


def test_a_claim_lapses_by_the_clock_after_its_last_day(yard: Rehearsal, courtyard: str) -> None:
    project = listed(yard, courtyard, days=10)
    claim = claimed(yard, courtyard, project)
    due = yard.matter(courtyard).state(CATALOGUE).claims[claim].due
    assert due - START == timedelta(days=10, hours=15)  # 9:00 to the end of the tenth day after

    yard.until(due - timedelta(seconds=1))
    with yard.refuses("building.already_claimed"):
        claimed(yard, courtyard, project, by="zhao")

    yard.until(due)
    assert yard.matter(courtyard).state(CATALOGUE).claims[claim].status == "over"
    with yard.refuses("wugong.not_your_role"):
        delivered(yard, courtyard, claim)
    claimed(yard, courtyard, project, by="zhao")


def test_a_late_delivery_meets_the_lapse_without_a_tick(yard: Rehearsal, courtyard: str) -> None:
    project = listed(yard, courtyard, days=1)
    claim = claimed(yard, courtyard, project)
    other = claimed(yard, courtyard, listed(yard, courtyard, days=30))
    yard.clock.move(days=3)
    with pytest.raises(Refused, match=r"building\.claim_over"):
        delivered(yard, courtyard, claim)
    delivered(yard, courtyard, other)
    assert yard.matter(courtyard).state(CATALOGUE).claims[claim].status == "over"


def test_nobody_but_the_clock_lets_a_claim_lapse(yard: Rehearsal, courtyard: str) -> None:
    claim = claimed(yard, courtyard, listed(yard, courtyard))
    for somebody in ("wang", "li", "operator"):
        with yard.refuses("wugong.not_your_role"):
            yard.act(somebody, courtyard, ClaimLapsed(claim=claim))
    with yard.refuses("building.not_due"):
        yard.act("clock", courtyard, ClaimLapsed(claim=claim))


def test_only_the_claimant_gives_a_project_back_and_only_before_delivery(
    yard: Rehearsal, courtyard: str
) -> None:
    project = listed(yard, courtyard)
    claim = claimed(yard, courtyard, project)
    with yard.refuses("wugong.not_your_role"):
        yard.act("zhao", courtyard, ClaimGivenUp(claim=claim))
    other = claimed(yard, courtyard, listed(yard, courtyard), by="zhao")
    with yard.refuses("building.not_claimant"):
        yard.act("zhao", courtyard, ClaimGivenUp(claim=claim))
    delivered(yard, courtyard, other, by="zhao")
    with yard.refuses("building.delivered_already"):
        yard.act("zhao", courtyard, ClaimGivenUp(claim=other))

    yard.act("li", courtyard, ClaimGivenUp(claim=claim))

    claimed(yard, courtyard, project, by="zhao")


def test_work_is_accepted_by_somebody_else(yard: Rehearsal, courtyard: str) -> None:
    yard.act("operator", "example", RoleGranted(member="li", role="steward"))
    project = listed(yard, courtyard)
    claim = claimed(yard, courtyard, project)
    with yard.refuses("building.not_delivered"):
        yard.act("sun", courtyard, TaskAccepted(task=project))
    delivery = delivered(yard, courtyard, claim)
    with yard.refuses("wugong.needs_another_person"):
        yard.act("li", courtyard, TaskAccepted(task=project))
    with yard.refuses("wugong.needs_another_person"):
        yard.act("li", courtyard, DeliveryReturned(claim=claim, reason="Not yet"))
    with yard.refuses("wugong.not_your_role"):
        yard.act("zhao", courtyard, TaskAccepted(task=project))
    yard.act("sun", courtyard, DeliveryReturned(claim=claim, reason="The edge is loose", days=5))
    with yard.refuses("building.not_delivered"):
        yard.act("sun", courtyard, TaskAccepted(task=project, delivery=delivery))
    delivered(yard, courtyard, claim)
    with yard.refuses("building.other_delivery"):
        yard.act("sun", courtyard, TaskAccepted(task=project, delivery=delivery))
    with yard.refuses("building.not_accepted"):
        yard.act("wang", courtyard, CostSettled(project=project, public_cost_fen=1))
    yard.act("sun", courtyard, TaskAccepted(task=project))
    with yard.refuses("building.already_accepted"):
        yard.act("wang", courtyard, TaskAccepted(task=project))


def test_a_supervisor_takes_on_no_project(yard: Rehearsal, courtyard: str) -> None:
    project = listed(yard, courtyard)
    with yard.refuses("building.supervisor_claims"):
        claimed(yard, courtyard, project, by="sun")


def test_a_project_is_claimed_in_its_own_matter_only(yard: Rehearsal, courtyard: str) -> None:
    elsewhere = planned(yard)
    project = listed(yard, elsewhere)
    with yard.refuses("building.not_here"):
        claimed(yard, courtyard, project)


def test_nothing_is_claimed_before_building_opens(yard: Rehearsal) -> None:
    planning = yard.open("Courtyard", by="li")
    project = listed(yard, planning)
    with yard.refuses("wugong.stage_closed"):
        claimed(yard, planning, project)


def test_building_closes_when_no_claim_is_open(yard: Rehearsal, courtyard: str) -> None:
    project = listed(yard, courtyard)
    claim = claimed(yard, courtyard, project)
    with yard.refuses("building.claims_open"):
        yard.act("wang", courtyard, StageClosed(stage=BUILD))
    delivered(yard, courtyard, claim)
    yard.act("sun", courtyard, TaskAccepted(task=project))
    yard.act("wang", courtyard, StageClosed(stage=BUILD))


def test_what_is_awaited_is_the_delivery_and_then_the_acceptance(
    yard: Rehearsal, courtyard: str
) -> None:
    claim = claimed(yard, courtyard, listed(yard, courtyard))
    (awaited,) = yard.engine.waiting(courtyard)
    assert (awaited.who, awaited.act) == ("member:li", "building.delivered")
    delivered(yard, courtyard, claim)
    (awaited,) = yard.engine.waiting(courtyard)
    assert (awaited.who, awaited.act) == ("supervisor", "building.task_accepted")


def test_a_claims_plan_is_read_by_all_until_its_author_is_erased(
    yard: Rehearsal, courtyard: str
) -> None:
    claim = claimed(yard, courtyard, listed(yard, courtyard))
    nobody = yard.viewer(courtyard)
    (fact,) = yard.engine.facts(courtyard, nobody, kinds=("building.claimed",))
    assert fact.seq == claim
    assert yard.engine.open(fact, nobody) == {"plan": "With neighbours"}
    yard.act("operator", "example", "wugong.erased", {"member": "li", "reason": "Asked"})
    assert yard.engine.open(fact, nobody) == {"plan": None}


def test_the_catalogue_view_follows_each_project(yard: Rehearsal, courtyard: str) -> None:
    project = listed(yard, courtyard)
    claim = claimed(yard, courtyard, project)
    delivered(yard, courtyard, claim)
    nobody = yard.viewer("example")
    (row,) = yard.engine.view(PROJECTS, "example", nobody)
    assert (row["key"], row["title"], row["claim"], row["accepted"]) == (
        str(project),
        "Flower bed",
        claim,
        0,
    )
    (row,) = yard.engine.view(CLAIMS, "example", nobody)
    assert (row["status"], row["member"], row["hours"]) == ("delivered", "li", 6)
    accepted = yard.act("sun", courtyard, TaskAccepted(task=project)).seq
    yard.act("wang", courtyard, CostSettled(project=project, public_cost_fen=0))
    (row,) = yard.engine.view(PROJECTS, "example", nobody)
    assert (row["accepted"], row["public_cost_fen"]) == (accepted, 0)


# Pledges and labour


def campaign(yard: Rehearsal, place: str, target_fen: int = 100_000, days: int = 20) -> Ref:
    opened = CampaignOpened(
        title="Lift", target_fen=target_fen, closes_at=yard.clock.now + timedelta(days=days)
    )
    return Ref(yard.act("wang", place, opened).seq)


@pytest.mark.parametrize(("fen", "outcome"), [(99_999, "missed"), (100_000, "reached")])
def test_the_clock_closes_a_campaign_and_says_how_it_ended(
    yard: Rehearsal, courtyard: str, fen: int, outcome: str
) -> None:
    asked = campaign(yard, courtyard)
    yard.act("li", courtyard, Pledged(campaign=asked, what="money", amount=fen))
    yard.act("zhao", courtyard, Pledged(campaign=asked, what="labour", amount=4))
    yard.wait(days=20)
    assert yard.matter(courtyard).state(GIVEN).campaigns[asked].outcome == outcome
    (fact,) = yard.engine.facts(
        courtyard, yard.viewer(courtyard), kinds=("building.campaign_closed",)
    )
    assert (fact.event.outcome, fact.event.pledged_fen, fact.by) == (outcome, fen, "clock")
    with yard.refuses("building.campaign_over"):
        yard.act("li", courtyard, Pledged(campaign=asked, what="money", amount=1))


def test_a_pledge_at_the_hour_meets_the_closing_without_a_tick(
    yard: Rehearsal, courtyard: str
) -> None:
    asked = campaign(yard, courtyard, days=20)
    yard.clock.move(days=20)
    with pytest.raises(Refused, match=r"building\.campaign_over"):
        yard.act("li", courtyard, Pledged(campaign=asked, what="money", amount=1))


def test_a_campaign_closes_later_than_it_opens(yard: Rehearsal, courtyard: str) -> None:
    with yard.refuses("building.closes_in_past"):
        campaign(yard, courtyard, days=0)


def test_who_pledged_what_is_read_by_the_pledger_and_officers(
    yard: Rehearsal, courtyard: str
) -> None:
    pledge = yard.act("li", courtyard, Pledged(what="money", amount=5_000)).seq
    readers = [
        who
        for who in ("", "li", "zhao", "wang")
        if yard.engine.facts(courtyard, yard.viewer(courtyard, who), kinds=("building.pledged",))
    ]
    assert readers == ["li", "wang"]
    with yard.refuses("wugong.ref_unknown"):  # to zhao the pledge does not exist
        yard.act("zhao", courtyard, PledgeWithdrawn(pledge=Ref(pledge)))
    with yard.refuses("building.not_pledger"):
        yard.act("wang", courtyard, PledgeWithdrawn(pledge=Ref(pledge)))
    yard.act("li", courtyard, PledgeWithdrawn(pledge=Ref(pledge)))
    with yard.refuses("building.no_such_pledge"):
        yard.act("li", courtyard, PledgeWithdrawn(pledge=Ref(pledge)))


def test_labour_is_witnessed_by_somebody_else(yard: Rehearsal, courtyard: str) -> None:
    yard.act("wang", courtyard, LabourRecorded(member="li", days=2, work="Ditch"))
    yard.act("sun", courtyard, LabourRecorded(member="zhao", days=1, work="Ditch"))
    assert yard.matter(courtyard).state(GIVEN).labour_days == 3
    with yard.refuses("building.own_labour"):
        yard.act("wang", courtyard, LabourRecorded(member="wang", days=1, work="Ditch"))
    with yard.refuses("wugong.not_your_role"):
        yard.act("li", courtyard, LabourRecorded(member="zhao", days=1, work="Ditch"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("building.labour_recorded", {"member": "li", "days": 0, "work": "x"}, id="0"),
        pytest.param("building.pledged", {"what": "money", "amount": 0}, id="nothing pledged"),
        pytest.param("building.pledged", {"what": "points", "amount": 1}, id="points"),
        pytest.param("building.pledged", {"what": "money", "amount": 1.5}, id="half a fen"),
        pytest.param("building.claimed", {"project": 1}, id="no plan"),
        pytest.param(
            "building.project_listed",
            {"title": "x" * 81, "description": "x", "estimate_fen": 1},
            id="long title",
        ),
        pytest.param(
            "building.project_listed",
            {"title": "x", "description": "x", "estimate_fen": -1},
            id="negative estimate",
        ),
    ],
)
def test_what_does_not_fit_is_told_and_not_written(
    yard: Rehearsal, courtyard: str, kind: str, body: dict[str, Any]
) -> None:
    before = yard.engine.head("example")
    with pytest.raises(Unreadable):
        yard.act("wang", courtyard, kind, body)
    assert yard.engine.head("example") == before
