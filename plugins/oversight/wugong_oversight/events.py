"""What supervisors, those who mend, and stewards put on record."""

from __future__ import annotations

from typing import Annotated, Literal

from wugong import (
    ANY,
    BUILD,
    MANAGE,
    N_,
    SHARE,
    Attachments,
    Between,
    Choice,
    Label,
    Many,
    Member,
    Most,
    Ref,
    To,
    event,
)

WORK = BUILD | MANAGE | SHARE  # upkeep is inspected too
GROUP = "村組法 (2025) 37; 居組法 (2025) 36"
# Message ids: no statute binds these acts, a community agrees on them.
CHARTER = N_("Our own rules of supervision")
UPKEEP = N_("Our own rules of upkeep")

Id = Annotated[str, Most(80), Member()]


@event(
    "oversight.group_formed",
    may={"officer": MANAGE, "convenor": MANAGE},
    source=GROUP,
    title=N_("Form the supervision group"),
    says=N_("The supervision group was formed"),
)
class GroupFormed:
    """Residents and at least one professional supervise; none of them decides or builds.

    Forming it again replaces the group: who leaves it loses the role.
    """

    members: Annotated[tuple[Id, ...], Label(N_("Residents")), Many(30)]
    professionals: Annotated[tuple[Id, ...], Label(N_("Professionals")), Many(10)]


@event(
    "oversight.inspected",
    may={"supervisor": WORK, "professional": WORK, "observer": ANY},
    source=CHARTER,
    title=N_("Record an inspection"),
    says=N_("Inspected: {item}"),
)
class Inspected:
    """One item of the work was looked at on the spot."""

    item: Annotated[str, Label(N_("What was inspected")), Most(200)]
    remark: Annotated[str, Label(N_("What you saw"), N_("No names here")), Most(1000)] = ""
    task: Annotated[Ref | None, Label(N_("Project")), To("building.project_listed")] = None


@event(
    "oversight.finding_filed",
    may={"supervisor": WORK, "professional": WORK, "observer": ANY},
    source=CHARTER,
    title=N_("Record a problem"),
    says=N_("Problem recorded ({severity}): {text}"),
)
class FindingFiled:
    """Something is wrong: how badly, and within how many days it must be mended."""

    inspection: Annotated[Ref, Label(N_("Inspection")), To("oversight.inspected")]
    severity: Annotated[
        Literal["minor", "major", "critical"],
        Label(N_("How serious"), N_("Critical stops acceptance and payment")),
        Choice({"minor": N_("Minor"), "major": N_("Major"), "critical": N_("Critical")}),
    ]
    text: Annotated[str, Label(N_("What is wrong"), N_("No names here")), Most(1000)]
    due_days: Annotated[int, Label(N_("Days to mend it")), Between(1, 365)] = 7
    owner: Annotated[
        str,
        Label(N_("Who mends it"), N_("Empty: the community office sees to it")),
        Most(80),
        Member(),
    ] = ""
    documents: Attachments = ()


@event(
    "oversight.rectified",
    may={
        "officer": WORK,
        "steward": WORK,
        "contractor": WORK,
        "building.claimant": WORK,
        "oversight.owner": ANY,
    },
    not_same_as=("finding",),
    source=CHARTER,
    title=N_("Report it mended"),
    says=N_("Reported mended: {evidence}"),
)
class Rectified:
    """The problem is said to be mended. It stays open until whoever found it has looked again."""

    finding: Annotated[Ref, Label(N_("Problem")), To("oversight.finding_filed")]
    evidence: Annotated[
        str, Label(N_("What was done, and what shows it"), N_("No names here")), Most(1000)
    ]
    documents: Attachments = ()


@event(
    "oversight.reinspected",
    may={"supervisor": WORK, "professional": WORK, "observer": ANY},
    source=CHARTER,
    title=N_("Inspect again"),
    says=N_("Inspected again. {remark}"),
)
class Reinspected:
    """Whoever found the problem says whether it is gone; if not, it is open again."""

    finding: Annotated[Ref, Label(N_("Problem")), To("oversight.finding_filed")]
    passed: Annotated[bool, Label(N_("It is mended"))]
    remark: Annotated[str, Label(N_("What you saw"), N_("No names here")), Most(1000)] = ""


@event(
    "oversight.finding_handed_over",
    may={"officer": ANY, "convenor": ANY},
    source=CHARTER,
    title=N_("Hand a problem to another supervisor"),
    says=N_("Another supervisor looks after a problem: {reason}"),
)
class FindingHandedOver:
    """The finder no longer supervises, so another supervisor will look again in their place."""

    finding: Annotated[Ref, Label(N_("Problem")), To("oversight.finding_filed")]
    to: Annotated[Id, Label(N_("Who inspects again"))]
    reason: Annotated[str, Label(N_("Reason"), N_("No names here")), Most(500)]


@event(
    "oversight.finding_overdue",
    may={"clock": ANY},
    despite_hold=True,
    source=CHARTER,
    title=N_("Problem overdue"),
    says=N_("A problem was not mended in time"),
)
class FindingOverdue:
    """The days to mend a problem ran out; recorded once for each term given."""

    finding: Annotated[Ref, Label(N_("Problem")), To("oversight.finding_filed")]


@event(
    "oversight.upkeep_planned",
    may={"officer": MANAGE | SHARE, "convenor": MANAGE | SHARE},
    source=UPKEEP,
    title=N_("Plan the upkeep"),
    says=N_("Upkeep planned, {yearly_cost_fen} a year, paid from: {source}"),
)
class UpkeepPlanned:
    """Who looks after the result, in which turns, at what yearly cost and from which money.

    Planning again replaces the plan.
    """

    steward: Annotated[Id, Label(N_("Steward"))]
    rota: Annotated[
        tuple[Annotated[str, Most(120)], ...],
        Label(N_("Rota"), N_("Units or groups and their turns, no names")),
        Many(60),
    ]
    yearly_cost_fen: Annotated[int, Label(N_("Cost a year")), Between(0)]
    source: Annotated[str, Label(N_("Where the money comes from")), Most(200)] = ""
