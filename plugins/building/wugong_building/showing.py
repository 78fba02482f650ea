"""What pages say about projects and campaigns, apart from the pages themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wugong import N_, Engine, Fact, Matter, Viewer
from wugong_building.campaigns import GIVEN, Campaign, Given
from wugong_building.projects import CATALOGUE, Claim, Project

STATES = {
    "free": N_("Open to claim"),
    "active": N_("Taken on"),
    "delivered": N_("Handed over, to be accepted"),
    "accepted": N_("Accepted"),
}
ORDER = tuple(STATES)
WHATS = {"labour": N_("{amount} days of labour"), "materials": N_("{amount} pieces of material")}
TOLD = ("building.project_listed", "building.claimed", "building.delivered")
MOST_FACTS = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A project as a list shows it: its claim, and the facts that carry its words."""

    matter: Matter
    project: Project
    claim: Claim | None
    listed: Fact | None = None
    claimed: Fact | None = None
    delivered: Fact | None = None

    @property
    def state(self) -> str:
        """``free``, ``active``, ``delivered`` or ``accepted``."""
        return "free" if self.claim is None else self.claim.status


def rows_of(engine: Engine, matter: Matter, viewer: Viewer) -> list[Row]:
    """Return the projects of a matter, those that can be claimed first."""
    facts = engine.facts(matter.id, viewer, kinds=TOLD, limit=MOST_FACTS)
    told = {fact.seq: fact for fact in facts}
    catalogue = matter.state(CATALOGUE)
    rows = []
    for project in catalogue.projects.values():
        claim = catalogue.claim_of(project.id)
        rows.append(
            Row(
                matter,
                project,
                claim,
                told.get(project.id),
                told.get(claim.id) if claim else None,
                told.get(claim.delivery) if claim and claim.delivery else None,
            )
        )
    return in_order(rows)


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Sort rows: free ones first, then by what is awaited, the oldest project first."""
    return sorted(rows, key=lambda row: (ORDER.index(row.state), row.project.id))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign has come: money towards the target, labour and materials beside it."""

    campaign: Campaign
    pledged_fen: int
    labour: int
    materials: int

    @property
    def short_fen(self) -> int:
        """What is missing to the target."""
        return max(0, self.campaign.target_fen - self.pledged_fen)


def progress(given: Given) -> list[Progress]:
    """Return every campaign of a matter, the open ones first."""
    listed = [
        Progress(
            campaign,
            given.pledged(campaign.id, "money"),
            given.pledged(campaign.id, "labour"),
            given.pledged(campaign.id, "materials"),
        )
        for campaign in given.campaigns.values()
    ]
    return sorted(listed, key=lambda one: (bool(one.campaign.outcome), one.campaign.closes_at))


@dataclass(frozen=True, slots=True)
class OwnPledge:
    """A pledge of the reader; ``open`` while it can be taken back."""

    id: int
    matter: Matter
    title: str
    what: str
    amount: int
    open: bool


def own_pledges(matter: Matter, member: str) -> Sequence[OwnPledge]:
    """Return what a member pledged in a matter."""
    given = matter.state(GIVEN)
    found = []
    for number, pledge in given.pledges.items():
        if pledge.by == member:
            campaign = given.campaigns.get(pledge.campaign or 0)
            title = campaign.title if campaign else matter.title
            running = campaign is None or not campaign.outcome
            found.append(OwnPledge(number, matter, title, pledge.what, pledge.amount, running))
    return found
