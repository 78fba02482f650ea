"""Pledge campaigns as pure state: targets, deadlines, withdrawal and days of labour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wugong import Fact, Ref, Refusal, kind_of
from wugong_building.campaigns import (
    Given,
    closing_refusals,
    fold,
    pledge_refusals,
    withdrawal_refusals,
)
from wugong_building.events import (
    CampaignClosed,
    CampaignOpened,
    LabourRecorded,
    Pledged,
    PledgeWithdrawn,
)

NOW = datetime(2026, 3, 1, 1, tzinfo=UTC)
CLOSES = datetime(2026, 3, 31, 16, tzinfo=UTC)
CAMPAIGN = Ref(1)


def tell(given: Given, seq: int, by: str, event: Any) -> Given:
    kind = kind_of(event)
    return fold(given, Fact(seq, "yuan.1", event, kind.name, kind.version, by, None, "web", NOW))


def campaign(*pledges: tuple[str, Any, int]) -> Given:
    opened = CampaignOpened(title="Lift", target_fen=100_000, closes_at=CLOSES)
    given = tell(Given(), CAMPAIGN, "wang", opened)
    for number, (by, what, amount) in enumerate(pledges, start=2):
        given = tell(given, number, by, Pledged(campaign=CAMPAIGN, what=what, amount=amount))
    return given


def codes(refusals: list[Refusal]) -> list[str]:
    return [refusal.code for refusal in refusals]


@pytest.mark.parametrize(
    ("fen", "outcome"),
    [
        pytest.param(99_999, "missed", id="one fen short"),
        pytest.param(100_000, "reached", id="exactly the target"),
        pytest.param(100_001, "reached", id="one fen more"),
    ],
)
def test_a_target_is_reached_to_the_fen(fen: int, outcome: str) -> None:
    given = campaign(("li", "money", 60_000), ("zhao", "money", fen - 60_000))
    closing = given.closing(given.campaigns[CAMPAIGN])
    assert (closing.outcome, closing.pledged_fen, closing.target_fen) == (outcome, fen, 100_000)


def test_labour_and_materials_are_not_counted_as_money() -> None:
    given = campaign(("li", "labour", 200_000), ("zhao", "materials", 200_000))
    assert given.closing(given.campaigns[CAMPAIGN]).outcome == "missed"
    assert given.pledged(CAMPAIGN, "labour") == 200_000
    assert given.pledged(CAMPAIGN, "materials") == 200_000


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param(CLOSES - timedelta(milliseconds=1), [], id="just before"),
        pytest.param(CLOSES, ["building.campaign_over"], id="at the hour"),
        pytest.param(CLOSES + timedelta(seconds=1), ["building.campaign_over"], id="after"),
    ],
)
def test_pledges_are_taken_until_the_hour(at: datetime, expected: list[str]) -> None:
    given = campaign(("li", "money", 5))
    assert codes(pledge_refusals(given, CAMPAIGN, at)) == expected
    assert codes(withdrawal_refusals(given, 2, "li", at)) == expected


def test_a_pledge_needs_no_campaign() -> None:
    assert pledge_refusals(Given(), None, NOW) == []
    given = tell(Given(), 1, "li", Pledged(what="labour", amount=3))
    assert given.pledged(None, "labour") == 3


def test_a_pledge_is_withdrawn_by_whoever_made_it() -> None:
    given = campaign(("li", "money", 40_000), ("zhao", "money", 60_000))
    assert codes(withdrawal_refusals(given, 2, "zhao", NOW)) == ["building.not_pledger"]
    assert withdrawal_refusals(given, 2, "li", NOW) == []

    given = tell(given, 4, "li", PledgeWithdrawn(pledge=Ref(2)))

    assert given.pledged(CAMPAIGN, "money") == 60_000
    assert codes(withdrawal_refusals(given, 2, "li", NOW)) == ["building.no_such_pledge"]


def test_a_campaign_closes_at_its_hour_with_the_true_figures() -> None:
    given = campaign(("li", "money", 40_000))
    true = given.closing(given.campaigns[CAMPAIGN])
    false = CampaignClosed(
        campaign=CAMPAIGN, outcome="reached", pledged_fen=100_000, target_fen=100_000
    )
    just_before = CLOSES - timedelta(milliseconds=1)
    assert codes(closing_refusals(given, true, just_before)) == ["building.campaign_runs"]
    assert closing_refusals(given, true, CLOSES) == []
    assert codes(closing_refusals(given, false, CLOSES)) == ["building.figures_differ"]

    given = tell(given, 3, "clock", true)

    assert codes(closing_refusals(given, true, CLOSES)) == ["building.campaign_over"]
    assert codes(pledge_refusals(given, CAMPAIGN, NOW)) == ["building.campaign_over"]


def test_a_campaign_of_another_matter_is_not_here() -> None:
    elsewhere = campaign().closing(campaign().campaigns[CAMPAIGN])
    assert codes(pledge_refusals(Given(), CAMPAIGN, NOW)) == ["building.not_here"]
    assert codes(closing_refusals(Given(), elsewhere, CLOSES)) == ["building.not_here"]


def test_days_of_labour_add_up() -> None:
    given = Given()
    for number, days in enumerate((2, 5), start=1):
        worked = LabourRecorded(member="li", days=days, work="Ditch")
        given = tell(given, number, "wang", worked)
    assert given.labour_days == 7
