"""The catalogue as a table for pages: every project of a community, and every claim on one."""

from __future__ import annotations

from collections.abc import Iterable

from wugong import Fact, TaskAccepted, View
from wugong.views import Row
from wugong_building.events import (
    Claimed,
    ClaimGivenUp,
    ClaimLapsed,
    CostSettled,
    Delivered,
    DeliveryReturned,
    ProjectListed,
)


def fill_projects(fact: Fact) -> Iterable[Row]:
    """Return the row of the project that a fact is about; ``claim`` names its last claim."""
    match fact.event:
        case ProjectListed() as listed:
            yield (
                str(fact.seq),
                {
                    "title": listed.title,
                    "support": listed.support,
                    "estimate_fen": listed.estimate_fen,
                    "days": listed.days,
                    "claim": 0,
                    "accepted": 0,
                    "public_cost_fen": -1,
                },
            )
        case Claimed(project=number):
            yield str(number), {"claim": fact.seq}
        case TaskAccepted(task=number):
            yield str(number), {"accepted": fact.seq}
        case CostSettled(project=number, public_cost_fen=cost):
            yield str(number), {"public_cost_fen": cost}


def fill_claims(fact: Fact) -> Iterable[Row]:
    """Return the row of the claim that a fact is about."""
    match fact.event:
        case Claimed(project=number):
            yield (
                str(fact.seq),
                {"project": int(number), "member": fact.who, "status": "active", "hours": 0},
            )
        case ClaimGivenUp(claim=number) | ClaimLapsed(claim=number):
            yield str(number), {"status": "over"}
        case Delivered(claim=number, hours=hours):
            yield str(number), {"status": "delivered", "hours": hours}
        case DeliveryReturned(claim=number):
            yield str(number), {"status": "active"}


PROJECTS = View(
    "building.projects",
    columns={
        "title": str,
        "support": str,
        "estimate_fen": int,
        "days": int,
        "claim": int,  # 0: never claimed
        "accepted": int,  # 0: not yet
        "public_cost_fen": int,  # -1: not settled
    },
    fill=fill_projects,
    hears=(ProjectListed, Claimed, TaskAccepted, CostSettled),
)

CLAIMS = View(
    "building.claims",
    columns={"project": int, "member": str, "status": str, "hours": int},
    fill=fill_claims,
    hears=(Claimed, ClaimGivenUp, ClaimLapsed, Delivered, DeliveryReturned),
)
