"""What pages say about projects and campaigns, apart from the pages themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from wugong import N_, Engine, Fact, Matter, Viewer
from wugong_building.campaigns import GIVEN, Campaign, Given
from wugong_building.catalogue import CLAIMS, PROJECTS
from wugong_building.projects import CATALOGUE, Claim, Project, Saving

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
MOST_ROWS = 2000


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


def row_of(matter: Matter, number: int) -> Row:
    """Return a project as the catalogue shows it, without the words of its claim."""
    catalogue = matter.state(CATALOGUE)
    return Row(matter, catalogue.projects[number], catalogue.claim_of(number))


def rows_of(engine: Engine, matter: Matter, viewer: Viewer) -> list[Row]:
    """Return the projects of a matter, those that can be claimed first, with all their words."""
    facts = engine.facts(matter.id, viewer, kinds=TOLD, limit=MOST_FACTS)
    told = {fact.seq: fact for fact in facts}
    rows = []
    for number in matter.state(CATALOGUE).projects:
        row = row_of(matter, number)
        claim = row.claim
        rows.append(
            replace(
                row,
                listed=told.get(number),
                claimed=told.get(claim.id) if claim else None,
                delivered=told.get(claim.delivery) if claim and claim.delivery else None,
            )
        )
    return sorted(rows, key=lambda row: (ORDER.index(row.state), row.project.id))


@dataclass(frozen=True, slots=True)
class Listing:
    """A project of some matter of the community, from the tables kept for pages."""

    project: int
    matter: str
    title: str
    days: int
    state: str
    estimate_fen: int
    public_cost_fen: int | None


def listings(engine: Engine, community: str, viewer: Viewer) -> list[Listing]:
    """Return the projects of all matters that the reader may know of, free ones first."""
    claims = engine.view(CLAIMS, community, viewer, newest=True, limit=MOST_ROWS)
    status = {int(row["key"]): row["status"] for row in claims}
    found = []
    for row in engine.view(PROJECTS, community, viewer, newest=True, limit=MOST_ROWS):
        state = "accepted" if row["accepted"] else status.get(row["claim"], "over")
        cost = row["public_cost_fen"]
        found.append(
            Listing(
                int(row["key"]),
                row["matter"],
                row["title"],
                row["days"],
                "free" if state == "over" else state,
                row["estimate_fen"],
                None if cost < 0 else cost,
            )
        )
    return sorted(found, key=lambda one: (ORDER.index(one.state), one.project))


def saved(listed: Iterable[Listing]) -> Saving:
    """Add up the finished projects, as :func:`wugong_building.projects.saving` does for one."""
    costs = [
        (one.estimate_fen, one.public_cost_fen) for one in listed if one.public_cost_fen is not None
    ]
    return Saving(len(costs), sum(e for e, _ in costs), sum(c for _, c in costs))


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
