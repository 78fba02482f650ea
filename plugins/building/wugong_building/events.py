"""What may happen to a micro-project, a pledge campaign and a day of labour given."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from wugong import (
    ANY,
    BUILD,
    MANAGE,
    N_,
    PLAN,
    Attachments,
    Between,
    Choice,
    Label,
    Many,
    Member,
    Most,
    Ref,
    Sealed,
    To,
    event,
)

WORK = BUILD | MANAGE  # MANAGE too, so that a community's own matter can carry a catalogue
# Message ids: no statute binds these acts everywhere, a community agrees on them.
CLAIMING = N_("Our own rules for projects that residents take on")
PLEDGING = N_("Our own rules for pledges")
LABOUR = N_("Our own rules for labour given")

GIFTS = {"money": N_("Money"), "labour": N_("Labour"), "materials": N_("Materials")}


@event(
    "building.project_listed",
    may={"officer": PLAN | WORK, "convenor": PLAN | WORK, "designer": PLAN | WORK},
    source=CLAIMING,
    title=N_("List a micro-project"),
    says=N_("Project listed: {title}"),
)
class ProjectListed:
    """A small piece of work that residents may take on, with the help that is offered for it."""

    title: Annotated[str, Label(N_("Project")), Most(80)]
    description: Annotated[str, Label(N_("What is to be done")), Most(1000)]
    estimate_fen: Annotated[
        int,
        Label(N_("Estimate"), N_("What it would cost if it were contracted out")),
        Between(0),
    ]
    support: Annotated[
        str, Label(N_("Help offered"), N_("Materials, money, advice")), Most(500)
    ] = ""
    days: Annotated[
        int,
        Label(N_("Days from claim to delivery"), N_("After that the claim lapses")),
        Between(1, 3650),
    ] = 30
    about: Annotated[
        tuple[Ref, ...],
        Label(N_("Decided by (scheme, poll)")),
        To("planning.scheme_published", "voting.poll_opened", "voting.poll_decided"),
        Many(20),
    ] = ()


@event(
    "building.claimed",
    may={"resident": WORK},
    source=CLAIMING,
    title=N_("Take this project on"),
    says=N_("Somebody took the project on"),
)
class Claimed:
    """A resident takes a project on; until delivery, lapse or return nobody else can."""

    project: Annotated[Ref, Label(N_("Project")), To("building.project_listed")]
    plan: Annotated[Sealed[str], Label(N_("How and with whom you will do it")), Most(1000)]


@event(
    "building.claim_given_up",
    may={"building.claimant": WORK},
    source=CLAIMING,
    title=N_("Give it back"),
    says=N_("The project was given back and is open again"),
)
class ClaimGivenUp:
    """Whoever took a project on gives it back; it stands in the catalogue again."""

    claim: Annotated[Ref, Label(N_("Claim")), To("building.claimed")]


@event(
    "building.claim_lapsed",
    may={"clock": ANY},
    source=CLAIMING,
    title=N_("Claim lapsed"),
    says=N_("Nothing was delivered in time; the project is open again"),
)
class ClaimLapsed:
    """The days ran out without a delivery; the project stands in the catalogue again."""

    claim: Annotated[Ref, Label(N_("Claim")), To("building.claimed")]


@event(
    "building.delivered",
    may={"building.claimant": WORK},
    source=CLAIMING,
    title=N_("Hand the work over"),
    says=N_("The work was handed over, {hours} hours given"),
)
class Delivered:
    """The work is done: what shows it, and the hours that went into it."""

    claim: Annotated[Ref, Label(N_("Claim")), To("building.claimed")]
    evidence: Annotated[Sealed[str], Label(N_("What shows that it is done")), Most(2000)]
    hours: Annotated[int, Label(N_("Hours given, all helpers together")), Between(0, 100_000)] = 0
    documents: Attachments = ()


@event(
    "building.delivery_returned",
    may={"officer": WORK, "supervisor": WORK, "steward": WORK},
    not_same_as=("building.claimant",),
    source=CLAIMING,
    title=N_("Send the work back"),
    says=N_("The work was sent back to be completed within {days} days: {reason}"),
)
class DeliveryReturned:
    """Delivered work is not accepted yet: what is missing, and how many days there are for it."""

    claim: Annotated[Ref, Label(N_("Claim")), To("building.claimed")]
    reason: Annotated[str, Label(N_("What is missing")), Most(500)]
    days: Annotated[int, Label(N_("Days to complete it")), Between(1, 365)] = 14


@event(
    "building.cost_settled",
    may={"officer": WORK, "treasurer": WORK},
    not_same_as=("building.claimant",),
    source=CLAIMING,
    title=N_("Settle the public cost"),
    says=N_("Public money spent on the project: {public_cost_fen}"),
)
class CostSettled:
    """What an accepted project cost the public purse; the saving is the estimate less this."""

    project: Annotated[Ref, Label(N_("Project")), To("building.project_listed")]
    public_cost_fen: Annotated[int, Label(N_("Public cost")), Between(0)]
    remark: Annotated[str, Label(N_("Remark")), Most(500)] = ""


@event(
    "building.campaign_opened",
    may={"officer": PLAN | WORK, "convenor": PLAN | WORK},
    source=PLEDGING,
    title=N_("Open a pledge campaign"),
    says=N_("Pledges are asked for: {title}"),
)
class CampaignOpened:
    """Residents are asked to pledge; if the target is missed in time nobody owes anything."""

    title: Annotated[str, Label(N_("What is it for?")), Most(80)]
    target_fen: Annotated[int, Label(N_("Target")), Between(1)]
    closes_at: Annotated[datetime, Label(N_("Closes at"))]
    project: Annotated[Ref | None, Label(N_("Project")), To("building.project_listed")] = None


@event(
    "building.pledged",
    may={"resident": PLAN | WORK},
    shown_to="author|officer",
    source=PLEDGING,
    title=N_("Pledge"),
    says=N_("A pledge was made: {what}"),
)
class Pledged:
    """Somebody promises money, labour or materials; in public only the sums are shown."""

    campaign: Annotated[Ref | None, Label(N_("Campaign")), To("building.campaign_opened")] = None
    what: Annotated[
        Literal["money", "labour", "materials"],
        Label(N_("What you give")),
        Choice(GIFTS),
    ]
    amount: Annotated[
        int,
        Label(
            N_("How much"),
            N_("Money in fen (hundredths of a yuan), labour in days, materials in pieces"),
        ),
        Between(1),
    ]
    remark: Annotated[Sealed[str] | None, Label(N_("Remark")), Most(500)] = None


@event(
    "building.pledge_withdrawn",
    may={"resident": PLAN | WORK},
    shown_to="author|officer",
    source=PLEDGING,
    title=N_("Withdraw a pledge"),
    says=N_("A pledge was withdrawn"),
)
class PledgeWithdrawn:
    """A pledge is taken back, by whoever made it, as long as its campaign runs."""

    pledge: Annotated[Ref, Label(N_("Pledge")), To("building.pledged")]


@event(
    "building.campaign_closed",
    may={"clock": ANY},
    despite_hold=True,
    source=PLEDGING,
    title=N_("Campaign closed"),
    says=N_("{outcome}: {pledged_fen} pledged of {target_fen}"),
)
class CampaignClosed:
    """The deadline passed: what was pledged, and whether that reaches the target."""

    campaign: Annotated[Ref, Label(N_("Campaign")), To("building.campaign_opened")]
    outcome: Annotated[
        Literal["reached", "missed"],
        Label(N_("Outcome")),
        Choice(
            {
                "reached": N_("Target reached"),
                "missed": N_("Target missed, nobody owes anything"),
            }
        ),
    ]
    pledged_fen: Annotated[int, Label(N_("Pledged")), Between(0)]
    target_fen: Annotated[int, Label(N_("Target")), Between(1)]


@event(
    "building.labour_recorded",
    may={"officer": WORK, "convenor": WORK, "steward": WORK, "supervisor": WORK},
    shown_to="author|officer",
    source=LABOUR,
    title=N_("Record labour given"),
    says=N_("Labour was given: {days} days"),
)
class LabourRecorded:
    """A member gave days of labour, witnessed by somebody else; it is never turned into money."""

    member: Annotated[str, Label(N_("Who worked")), Most(80), Member()]
    days: Annotated[int, Label(N_("Days of labour")), Between(1, 366)]
    work: Annotated[str, Label(N_("Which work"), N_("No names here")), Most(200)]
    on: Annotated[date | None, Label(N_("First day"))] = None
    project: Annotated[Ref | None, Label(N_("Project")), To("building.project_listed")] = None
