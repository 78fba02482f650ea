"""Campaigns: pledges towards a target until a deadline, and the days of labour given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from wugong import N_, Act, Fact, Fold, Matter, Ref, Refusal, Waiting, write_time
from wugong_building.events import (
    LABOUR,
    PLEDGING,
    CampaignClosed,
    CampaignOpened,
    LabourRecorded,
    Pledged,
    PledgeWithdrawn,
)

What = Literal["money", "labour", "materials"]
EMPTY: Mapping[int, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Pledge:
    """A promise: money in fen, labour in days, materials in pieces."""

    by: str
    what: What
    amount: int
    campaign: int | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is asked for, until when, and how it ended."""

    id: int
    title: str
    target_fen: int
    closes_at: datetime
    outcome: Literal["", "reached", "missed"] = ""


@dataclass(frozen=True, slots=True)
class Given:
    """The campaigns, pledges and labour of one matter."""

    campaigns: Mapping[int, Campaign] = field(default_factory=lambda: EMPTY)
    pledges: Mapping[int, Pledge] = field(default_factory=lambda: EMPTY)
    labour_days: int = 0

    def pledged(self, campaign: int | None, what: What) -> int:
        """Return the sum pledged to a campaign (``None``: to none) of one sort."""
        return sum(
            p.amount for p in self.pledges.values() if p.campaign == campaign and p.what == what
        )

    def closing(self, campaign: Campaign) -> CampaignClosed:
        """Return how a campaign ends with the pledges as they are. Only money meets a target."""
        pledged = self.pledged(campaign.id, "money")
        return CampaignClosed(
            campaign=Ref(campaign.id),
            outcome="reached" if pledged >= campaign.target_fen else "missed",
            pledged_fen=pledged,
            target_fen=campaign.target_fen,
        )


def fold(given: Given, fact: Fact) -> Given:
    """Return the pledges after a fact."""
    match fact.event:
        case CampaignOpened() as opened:
            made = Campaign(fact.seq, opened.title, opened.target_fen, opened.closes_at)
            return replace(given, campaigns=MappingProxyType({**given.campaigns, made.id: made}))
        case Pledged() as pledged:
            pledge = Pledge(fact.who, pledged.what, pledged.amount, pledged.campaign)
            return replace(given, pledges=MappingProxyType({**given.pledges, fact.seq: pledge}))
        case PledgeWithdrawn(pledge=number):
            left = {k: v for k, v in given.pledges.items() if k != number}
            return replace(given, pledges=MappingProxyType(left))
        case CampaignClosed(campaign=number, outcome=outcome):
            closed = replace(given.campaigns[number], outcome=outcome)
            return replace(given, campaigns=MappingProxyType({**given.campaigns, number: closed}))
        case LabourRecorded(days=days):
            return replace(given, labour_days=given.labour_days + days)
    return given


GIVEN = Fold(
    "building.given",
    initial=Given(),
    fold=fold,
    hears=(CampaignOpened, Pledged, PledgeWithdrawn, CampaignClosed, LabourRecorded),
)


def refusal(code: str, **details: int | str) -> Refusal:
    """Return a refusal of this plugin about a campaign."""
    return Refusal(f"building.{code}", source=PLEDGING, details=details)


def pledge_refusals(given: Given, campaign: int | None, at: datetime) -> list[Refusal]:
    """Say why nothing can be pledged to a campaign, or taken back from it, any more."""
    if campaign is None:
        return []
    known = given.campaigns.get(campaign)
    if known is None:
        return [refusal("not_here")]
    if known.outcome or at >= known.closes_at:
        return [refusal("campaign_over", title=known.title, closes_at=write_time(known.closes_at))]
    return []


def withdrawal_refusals(given: Given, number: int, who: str, at: datetime) -> list[Refusal]:
    """Say why ``who`` cannot take a pledge back."""
    pledge = given.pledges.get(number)
    if pledge is None:
        return [refusal("no_such_pledge")]
    if pledge.by != who:
        return [refusal("not_pledger")]
    return pledge_refusals(given, pledge.campaign, at)


def closing_refusals(given: Given, closed: CampaignClosed, at: datetime) -> list[Refusal]:
    """Say why a campaign does not close now, or not with these figures."""
    known = given.campaigns.get(closed.campaign)
    if known is None:
        return [refusal("not_here")]
    if known.outcome:
        return [refusal("campaign_over", title=known.title, closes_at=write_time(known.closes_at))]
    if at < known.closes_at:
        return [refusal("campaign_runs", title=known.title, closes_at=write_time(known.closes_at))]
    return [] if closed == given.closing(known) else [refusal("figures_differ")]


def guard(matter: Matter, act: Act) -> list[Refusal]:
    """Return what speaks against an act on the campaigns or a record of labour."""
    given = matter.state(GIVEN)
    match act.event:
        case CampaignOpened(closes_at=closes_at) if closes_at <= act.at:
            return [refusal("closes_in_past")]
        case Pledged(campaign=number):
            return pledge_refusals(given, number, act.at)
        case PledgeWithdrawn(pledge=number):
            return withdrawal_refusals(given, number, act.who, act.at)
        case CampaignClosed() as closed:
            return closing_refusals(given, closed, act.at)
        case LabourRecorded(member=member) if member in (act.by, act.who):
            return [Refusal("building.own_labour", source=LABOUR)]
    return []


def waiting(matter: Matter) -> Iterator[Waiting]:
    """Yield the deadline of each open campaign; a pledge is an invitation, awaited of nobody."""
    given = matter.state(GIVEN)
    for campaign in given.campaigns.values():
        if not campaign.outcome:
            yield Waiting(
                what=N_("Pledges for “{title}” close"),
                who="clock",
                by=campaign.closes_at,
                act="building.campaign_closed",
                then=given.closing(campaign),
                about=campaign.id,
                source=PLEDGING,
                details={"title": campaign.title},
            )
