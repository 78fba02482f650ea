"""What happens to a community's money; ``funds.payment_made`` is core vocabulary."""

from __future__ import annotations

from typing import Annotated, Literal

from wugong import (
    ANY,
    BUILD,
    MANAGE,
    N_,
    PLAN,
    SHARE,
    Attachments,
    Between,
    Choice,
    Label,
    Most,
    Ref,
    Sealed,
    To,
    event,
)

Source = Literal["fiscal", "subsidy", "self_raised", "donation", "company"]
SOURCES: tuple[Source, ...] = ("fiscal", "subsidy", "self_raised", "donation", "company")
SOURCE_TITLES = {
    "fiscal": N_("Public budget"),
    "subsidy": N_("Subsidy"),
    "self_raised": N_("Raised by residents"),
    "donation": N_("Donations"),
    "company": N_("Companies"),
}

Amount = Annotated[int, Label(N_("Amount")), Between(1, 10**13)]  # up to 1e11 yuan
SourceField = Annotated[Source, Label(N_("Source")), Choice(SOURCE_TITLES)]
Reason = Annotated[str, Label(N_("Reason")), Most(500)]


@event(
    "funds.budget_adopted",
    may={"treasurer": PLAN | BUILD, "officer": PLAN | BUILD, "convenor": PLAN | BUILD},
    title=N_("Adopt the budget"),
    says=N_("The budget was adopted: {total_fen}"),
)
class BudgetAdopted:
    """What the matter may cost. The reserve is set aside in the same moment.

    A later budget takes the place of the one before; the reserve is topped up to its share.
    """

    total_fen: Annotated[int, Label(N_("Total")), Between(1, 10**13)]
    about: Annotated[tuple[Ref, ...], Label(N_("Adopted by (scheme, poll)"))] = ()


@event(
    "funds.reserve_set",
    may={"plugin:funds": ANY},
    despite_hold=True,
    title=N_("Set the reserve aside"),
    says=N_("Moved to the reserve: {amount_fen}"),
)
class ReserveSet:
    """Part of the budget goes to an account of its own, for emergencies only."""

    budget: Annotated[Ref, To("funds.budget_adopted")]
    amount_fen: Amount


@event(
    "funds.income_booked",
    may={"treasurer": ANY, "officer": ANY},
    title=N_("Book income"),
    says=N_("Money came in: {amount_fen} ({source}). {remark}"),
)
class IncomeBooked:
    """Money arrived. Its class of source stays readable from here to the last payment."""

    source: SourceField
    amount_fen: Amount
    remark: Annotated[
        str,
        Label(N_("What for"), N_("Write no names of persons; this stays public for good.")),
        Most(200),
    ] = ""
    about: Annotated[
        Ref | None,
        Label(N_("Belongs to (campaign, poll)")),
        To("building.campaign_opened", "voting.poll_opened", "voting.poll_decided"),
    ] = None


@event(
    "funds.income_reversed",
    may={"treasurer": ANY, "officer": ANY},
    not_same_as=("income",),
    title=N_("Reverse a booking"),
    says=N_("Income was reversed: {amount_fen}. {reason}"),
)
class IncomeReversed:
    """A wrong booking is cancelled by a second person; both entries stay readable."""

    income: Annotated[Ref, Label(N_("Booking")), To("funds.income_booked")]
    source: SourceField
    amount_fen: Amount
    reason: Reason


@event(
    "funds.payment_requested",
    may={
        "treasurer": BUILD | MANAGE | SHARE,
        "officer": BUILD | MANAGE | SHARE,
        "steward": BUILD | MANAGE | SHARE,
        "building.claimant": BUILD | MANAGE | SHARE,
    },
    title=N_("Request payment"),
    says=N_("Payment requested: {milestone}, {amount_fen}"),
)
class PaymentRequested:
    """Money is asked for one milestone. Somebody else pays it, in full and once."""

    milestone: Annotated[str, Label(N_("Milestone")), Most(120)]
    amount_fen: Amount
    payee: Annotated[
        Sealed[str], Label(N_("Paid to"), N_("The firm, or the person who did the work.")), Most(80)
    ]
    task: Annotated[
        Ref | None,
        Label(N_("For the project"), N_("Paid only after the work was accepted.")),
        To("building.project_listed"),
    ] = None
    documents: Attachments = ()


@event(
    "funds.request_withdrawn",
    may={
        "treasurer": ANY,
        "officer": ANY,
        "steward": BUILD | MANAGE | SHARE,
        "building.claimant": BUILD | MANAGE | SHARE,
    },
    despite_hold=True,
    title=N_("Withdraw a payment request"),
    says=N_("A payment request was withdrawn. {reason}"),
)
class RequestWithdrawn:
    """A request is taken back before it was paid, by whoever made it or keeps the books."""

    request: Annotated[Ref, Label(N_("Payment request")), To("funds.payment_requested")]
    reason: Reason


@event(
    "funds.emergency_recorded",
    may={"officer": ANY, "convenor": ANY},
    despite_hold=True,
    title=N_("Record an emergency"),
    says=N_("Emergency recorded: {what}"),
)
class EmergencyRecorded:
    """What happened and where, before a cent of the reserve is touched."""

    what: Annotated[str, Label(N_("What happened?")), Most(500)]
    place: Annotated[str, Label(N_("Where?")), Most(120)] = ""


@event(
    "funds.reserve_released",
    may={"treasurer": ANY, "officer": ANY},
    not_same_as=("emergency",),
    despite_hold=True,
    title=N_("Release the reserve"),
    says=N_("Released from the reserve: {amount_fen}"),
)
class ReserveReleased:
    """Money leaves the reserve for a recorded emergency; the one who recorded it does not."""

    amount_fen: Amount
    emergency: Annotated[
        Ref | None, Label(N_("Emergency record")), To("funds.emergency_recorded")
    ] = None
