"""Micro-projects as pure state: claims, their end, acceptance and what they saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

import pytest

from wugong import (
    BUILD,
    PLAN,
    Fact,
    HoldLifted,
    HoldPlaced,
    Ref,
    Refusal,
    TaskAccepted,
    kind_of,
    seal,
)
from wugong_building.events import (
    Claimed,
    ClaimGivenUp,
    ClaimLapsed,
    CostSettled,
    Delivered,
    DeliveryReturned,
    ProjectListed,
)
from wugong_building.projects import (
    Catalogue,
    acceptance_refusals,
    claim_refusals,
    closing_refusals,
    fold,
    lapse_refusals,
    last_day,
    own_claim_refusals,
    return_refusals,
    saving,
    settlement_refusals,
)

MORNING = datetime(2026, 3, 1, 1, tzinfo=UTC)  # 9:00 in China
NOBODY: frozenset[str] = frozenset()


class Story:
    """Folds events into a catalogue, one fact after another."""

    def __init__(self) -> None:
        self.catalogue = Catalogue()
        self.numbers: Iterator[int] = count(1)

    def tell(self, by: str, event: Any, at: datetime = MORNING) -> Ref:
        kind = kind_of(event)
        seq = next(self.numbers)
        fact = Fact(seq, "yuan.1", event, kind.name, kind.version, by, None, "web", at)
        self.catalogue = fold(self.catalogue, fact)
        return Ref(seq)

    def listed(self, estimate_fen: int = 100_000, days: int = 10) -> Ref:
        project = ProjectListed(
            title="Flower bed",
            description="By the gate",
            estimate_fen=estimate_fen,
            days=days,
        )
        return self.tell("wang", project)

    def claimed(self, project: Ref, by: str = "li", at: datetime = MORNING) -> Ref:
        return self.tell(by, Claimed(project=project, plan=seal("With neighbours")), at)

    def delivered(self, claim: Ref, by: str = "li") -> Ref:
        return self.tell(by, Delivered(claim=claim, evidence=seal("Photo"), hours=6))

    def accepted(self, project: Ref) -> Ref:
        return self.tell("wang", TaskAccepted(task=project))


def codes(refusals: list[Refusal]) -> list[str]:
    return [refusal.code for refusal in refusals]


def test_a_free_project_can_be_claimed_and_a_claimed_one_cannot() -> None:
    story = Story()
    project = story.listed()
    assert claim_refusals(story.catalogue, project, NOBODY) == []

    story.claimed(project)

    (refusal,) = claim_refusals(story.catalogue, project, NOBODY)
    assert refusal.code == "building.already_claimed"
    assert refusal.details == {"title": "Flower bed", "until": "2026-03-11"}


def test_whoever_supervises_a_matter_takes_on_none_of_its_projects() -> None:
    story = Story()
    project = story.listed()
    supervisor = frozenset({"supervisor", "resident"})
    assert codes(claim_refusals(story.catalogue, project, supervisor)) == [
        "building.supervisor_claims"
    ]


def test_a_project_of_another_matter_is_not_here() -> None:
    empty, elsewhere = Catalogue(), Ref(99)
    for refusals in (
        claim_refusals(empty, elsewhere, NOBODY),
        own_claim_refusals(empty, elsewhere, "li"),
        lapse_refusals(empty, elsewhere, MORNING),
        return_refusals(empty, elsewhere),
        acceptance_refusals(empty, elsewhere, None),
        settlement_refusals(empty, elsewhere),
    ):
        assert codes(refusals) == ["building.not_here"]


@pytest.mark.parametrize(
    ("at", "lapses"),
    [
        # Claimed on 1 March for 10 days: the first day is not counted, the 11th is the last.
        pytest.param(datetime(2026, 3, 11, 15, 59, 59, tzinfo=UTC), False, id="a second before"),
        pytest.param(datetime(2026, 3, 11, 16, tzinfo=UTC), True, id="as the last day ends"),
        pytest.param(datetime(2026, 3, 11, 16, 0, 1, tzinfo=UTC), True, id="a second after"),
    ],
)
def test_a_claim_lapses_when_its_last_day_is_over(at: datetime, lapses: bool) -> None:
    story = Story()
    claim = story.claimed(story.listed(days=10))
    expected = [] if lapses else ["building.not_due"]
    assert codes(lapse_refusals(story.catalogue, claim, at)) == expected


def test_the_last_day_is_said_as_people_count_it() -> None:
    assert last_day(datetime(2026, 3, 11, 16, tzinfo=UTC)) == "2026-03-11"


@pytest.mark.parametrize("ending", [ClaimLapsed, ClaimGivenUp])
def test_a_project_is_free_again_after_a_claim_ended(ending: Any) -> None:
    story = Story()
    project = story.listed()
    claim = story.claimed(project)
    story.tell("clock", ending(claim=claim))

    assert claim_refusals(story.catalogue, project, NOBODY) == []
    assert codes(own_claim_refusals(story.catalogue, claim, "li")) == ["building.claim_over"]
    assert codes(lapse_refusals(story.catalogue, claim, MORNING)) == ["building.claim_over"]

    again = story.claimed(project, by="zhao")
    assert story.catalogue.claim_of(project) == story.catalogue.claims[again]


def test_only_the_claimant_delivers_and_only_once() -> None:
    story = Story()
    claim = story.claimed(story.listed())
    assert codes(own_claim_refusals(story.catalogue, claim, "zhao")) == ["building.not_claimant"]
    assert own_claim_refusals(story.catalogue, claim, "li") == []

    story.delivered(claim)

    assert codes(own_claim_refusals(story.catalogue, claim, "li")) == ["building.delivered_already"]
    late = MORNING + timedelta(days=400)
    assert codes(lapse_refusals(story.catalogue, claim, late)) == ["building.delivered_already"]


def test_work_is_accepted_after_its_delivery_and_once() -> None:
    story = Story()
    project = story.listed()
    assert codes(acceptance_refusals(story.catalogue, project, None)) == ["building.not_delivered"]
    claim = story.claimed(project)
    assert codes(acceptance_refusals(story.catalogue, project, None)) == ["building.not_delivered"]
    delivery = story.delivered(claim)
    assert acceptance_refusals(story.catalogue, project, None) == []
    assert acceptance_refusals(story.catalogue, project, delivery) == []
    assert codes(acceptance_refusals(story.catalogue, project, claim)) == [
        "building.other_delivery"
    ]

    story.accepted(project)

    assert codes(acceptance_refusals(story.catalogue, project, None)) == [
        "building.already_accepted"
    ]
    assert codes(claim_refusals(story.catalogue, project, NOBODY)) == ["building.already_accepted"]


def test_work_sent_back_has_new_days_and_is_delivered_again() -> None:
    story = Story()
    project = story.listed(days=1)
    claim = story.claimed(project)
    assert codes(return_refusals(story.catalogue, claim)) == ["building.not_delivered"]
    first = story.delivered(claim)
    assert return_refusals(story.catalogue, claim) == []

    late = MORNING + timedelta(days=30)
    story.tell("wang", DeliveryReturned(claim=claim, reason="The edge is loose", days=14), late)

    assert codes(lapse_refusals(story.catalogue, claim, late)) == ["building.not_due"]
    assert codes(acceptance_refusals(story.catalogue, project, None)) == ["building.not_delivered"]
    second = story.delivered(claim)
    assert codes(acceptance_refusals(story.catalogue, project, first)) == [
        "building.other_delivery"
    ]
    assert acceptance_refusals(story.catalogue, project, second) == []


def test_days_on_hold_do_not_count() -> None:
    story = Story()
    claim = story.claimed(story.listed(days=10))
    due = story.catalogue.claims[claim].due
    hold = story.tell("plugin:mediation", HoldPlaced(stage=BUILD), MORNING + timedelta(days=2))
    story.tell("plugin:mediation", HoldLifted(hold=hold), MORNING + timedelta(days=9))
    assert story.catalogue.claims[claim].due == due + timedelta(days=7)
    assert not story.catalogue.held_since


def test_two_holds_at_once_give_their_days_back_once() -> None:
    story = Story()
    claim = story.claimed(story.listed(days=10))
    due = story.catalogue.claims[claim].due
    first = story.tell("plugin:mediation", HoldPlaced(stage=BUILD), MORNING + timedelta(days=1))
    second = story.tell("plugin:mediation", HoldPlaced(stage=BUILD), MORNING + timedelta(days=2))
    story.tell("plugin:mediation", HoldLifted(hold=first), MORNING + timedelta(days=3))
    assert story.catalogue.claims[claim].due == due
    story.tell("plugin:mediation", HoldLifted(hold=second), MORNING + timedelta(days=4))
    assert story.catalogue.claims[claim].due == due + timedelta(days=3)


def test_a_hold_on_planning_does_not_stop_the_days_of_a_claim() -> None:
    story = Story()
    claim = story.claimed(story.listed(days=10))
    due = story.catalogue.claims[claim].due
    hold = story.tell("plugin:mediation", HoldPlaced(stage=PLAN))
    story.tell("plugin:mediation", HoldLifted(hold=hold), MORNING + timedelta(days=5))
    assert story.catalogue.claims[claim].due == due


def test_building_is_not_done_while_a_claim_is_open() -> None:
    story = Story()
    project = story.listed()
    assert closing_refusals(story.catalogue) == []
    claim = story.claimed(project)
    assert closing_refusals(story.catalogue)[0].details == {"count": 1}
    story.delivered(claim)
    assert codes(closing_refusals(story.catalogue)) == ["building.claims_open"]
    story.accepted(project)
    assert closing_refusals(story.catalogue) == []


def test_the_saving_is_the_estimate_less_what_the_public_paid() -> None:
    story = Story()
    for estimate_fen, cost_fen in ((100_000, 70_000), (50_000, 35_000)):
        project = story.listed(estimate_fen)
        story.delivered(story.claimed(project))
        story.accepted(project)
        story.tell("wang", CostSettled(project=project, public_cost_fen=cost_fen))
    story.listed(999_999)  # listed and never settled: it saves nothing

    saved = saving(story.catalogue)

    assert (saved.projects, saved.fen, saved.share) == (2, 45_000, Fraction(3, 10))


def test_a_saving_can_be_negative_and_of_nothing_has_no_share() -> None:
    story = Story()
    project = story.listed(10_000)
    story.delivered(story.claimed(project))
    story.accepted(project)
    story.tell("wang", CostSettled(project=project, public_cost_fen=12_500))
    assert saving(story.catalogue).fen == -2_500
    assert saving(story.catalogue).share == Fraction(-1, 4)
    assert saving(Catalogue()).share is None


def test_the_public_cost_is_settled_after_acceptance_and_once() -> None:
    story = Story()
    project = story.listed()
    story.delivered(story.claimed(project))
    assert codes(settlement_refusals(story.catalogue, project)) == ["building.not_accepted"]
    story.accepted(project)
    assert settlement_refusals(story.catalogue, project) == []
    story.tell("wang", CostSettled(project=project, public_cost_fen=0))
    assert codes(settlement_refusals(story.catalogue, project)) == ["building.settled_already"]
