"""共建: micro-projects that residents take on, pledges, and labour given."""

from __future__ import annotations

from collections.abc import Iterable

from wugong import (
    BUILD,
    N_,
    Act,
    Contribution,
    Matter,
    Refusal,
    Relation,
    StageClosed,
    TaskAccepted,
    Waiting,
    hookimpl,
    on,
)
from wugong_building import campaigns, catalogue, events, projects
from wugong_building.texts import TEXTS

EVENTS = (
    events.ProjectListed,
    events.Claimed,
    events.ClaimGivenUp,
    events.ClaimLapsed,
    events.Delivered,
    events.DeliveryReturned,
    events.CostSettled,
    events.CampaignOpened,
    events.Pledged,
    events.PledgeWithdrawn,
    events.CampaignClosed,
    events.LabourRecorded,
)

__version__ = "0.1.0"
TITLE = N_("Micro-projects and pledges")


@hookimpl
def register() -> Iterable[Contribution]:
    return (
        *EVENTS,
        projects.CATALOGUE,
        campaigns.GIVEN,
        catalogue.PROJECTS,
        catalogue.CLAIMS,
        Relation("building.claimant", projects.claimants, title=N_("Whoever took the project on")),
        TEXTS,
    )


@hookimpl
@on(*EVENTS, TaskAccepted, StageClosed)
def guard_event(matter: Matter, act: Act) -> list[Refusal]:
    if isinstance(act.event, StageClosed):
        done = act.event.stage is BUILD
        return projects.closing_refusals(matter.state(projects.CATALOGUE)) if done else []
    return [*projects.guard(matter, act), *campaigns.guard(matter, act)]


@hookimpl
def waiting(matter: Matter) -> list[Waiting]:
    return [*projects.waiting(matter), *campaigns.waiting(matter)]
