"""Neighbours whom a scheme costs something: heard before the vote, and who pays what after it."""

from __future__ import annotations

from dataclasses import dataclass
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
    Stage,
    To,
    event,
)

BEFORE_THE_POLL: Stage = PLAN | MANAGE
Effect = Literal["gain", "loss", "neutral"]
Unit = Annotated[str, Label(N_("Unit")), Most(40)]
# No law of the country asks for these steps; they are this pack's, after what cities ask of lifts.
CHARTER = N_("Our own rules for neighbours who lose by a scheme")
CONCERNED = "author|officer"  # who says it, for whom it is said, and who must ask the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A unit, what the scheme means for it, and the member who lives with it, where known."""

    unit: Annotated[str, Label(N_("Unit")), Most(40)]
    effect: Annotated[
        Effect,
        Label(N_("Effect")),
        Choice({"gain": N_("Gains"), "loss": N_("Loses"), "neutral": N_("Neither")}),
    ]
    member: Annotated[str, Label(N_("Who lives there")), Most(80), Member()] = ""


@event(
    "urban.affected_listed",
    may={"officer": BEFORE_THE_POLL, "convenor": BEFORE_THE_POLL},
    shown_to="members",
    title=N_("List who is affected"),
    says=N_("The units that the scheme affects were listed"),
)
class AffectedListed:
    """Every unit that the scheme touches and how; a later list replaces the earlier one."""

    units: Annotated[tuple[Affected, ...], Label(N_("Units")), Many(2000, least=1)]


@event(
    "urban.contact_logged",
    may={"officer": BEFORE_THE_POLL, "convenor": BEFORE_THE_POLL},
    shown_to=CONCERNED,
    title=N_("Log an attempt to contact"),
    says=N_("An attempt to reach {unit} was logged"),
)
class ContactLogged:
    """Somebody tried to reach an affected unit; three attempts stand in for a statement."""

    unit: Unit
    how: Annotated[
        Literal["door", "telephone", "letter", "message", "other"],
        Label(N_("How")),
        Choice(
            {
                "door": N_("At the door"),
                "telephone": N_("By telephone"),
                "letter": N_("By letter"),
                "message": N_("By message"),
                "other": N_("Otherwise"),
            }
        ),
    ]
    remark: Annotated[Sealed[str] | None, Label(N_("Remark")), Most(500)] = None


@event(
    "urban.statement_taken",
    may={"resident": BEFORE_THE_POLL, "officer": BEFORE_THE_POLL},
    shown_to=CONCERNED,
    title=N_("Take a statement"),
    says=N_("A statement of {unit} was taken"),
)
class StatementTaken:
    """What those who live in an affected unit say, in their words, before anybody votes."""

    unit: Unit
    text: Annotated[Sealed[str], Label(N_("Statement")), Most(2000)]
    stance: Annotated[
        Literal["support", "object", "undecided"],
        Label(N_("Stance")),
        Choice(
            {
                "support": N_("Agrees"),
                "object": N_("Objects"),
                "undecided": N_("Has not decided"),
            }
        ),
    ] = "undecided"
    form: Annotated[
        Literal["spoken", "unsigned", "signed"],
        Label(N_("How it was made")),
        Choice(
            {
                "spoken": N_("Spoken, and noted down"),
                "unsigned": N_("In writing, not signed"),
                "signed": N_("In writing and signed"),
            }
        ),
    ] = "spoken"


@event(
    "urban.mediation_offered",
    may={"officer": BEFORE_THE_POLL, "convenor": BEFORE_THE_POLL},
    shown_to=CONCERNED,
    source="人民調解法 17",
    title=N_("Note that mediation was offered"),
    says=N_("Mediation was offered to {unit}"),
)
class MediationOffered:
    """A unit that loses and objects was offered a neutral third party; it is free to decline."""

    unit: Unit
    answer: Annotated[
        Literal["accepted", "declined", "thinking"],
        Label(N_("Answer")),
        Choice(
            {
                "accepted": N_("Accepts"),
                "declined": N_("Declines"),
                "thinking": N_("Is thinking about it"),
            }
        ),
    ] = "thinking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensated:
    """A unit that the scheme harms, and what it is given for it: money, or in words what else."""

    unit: Annotated[str, Label(N_("Unit")), Most(40)]
    amount_fen: Annotated[int, Label(N_("Compensation")), Between(0, 10**13)] = 0
    how: Annotated[str, Label(N_("Or what else was agreed")), Most(200)] = ""


@event(
    "urban.plan_stated",
    may={"officer": BEFORE_THE_POLL, "convenor": BEFORE_THE_POLL},
    shown_to="members",
    source=CHARTER,
    title=N_("State the plan for the lift"),
    says=N_("The plan was stated: money, compensation, running costs"),
)
class PlanStated:
    """Where the money comes from, what harmed units are given, how running costs are shared.

    A later plan replaces the earlier one. One city's rule asks for it before the vote (V); for
    others it is a model.
    """

    money: Annotated[str, Label(N_("Where the money comes from")), Most(2000)]
    running_costs: Annotated[str, Label(N_("How running costs are shared")), Most(2000)]
    compensated: Annotated[
        tuple[Compensated, ...], Label(N_("Compensation of those who lose")), Many(2000)
    ] = ()
    occupies: Annotated[
        tuple[Annotated[str, Most(40)], ...],
        Label(N_("Units of which a private part is taken up")),
        Many(2000),
    ] = ()
    about: Annotated[Ref | None, Label(N_("Concerns"))] = None
    documents: Attachments = ()  # such as the table of coefficients that the city publishes


@event(
    "urban.private_part_agreed",
    may={"resident": PLAN | BUILD | MANAGE, "officer": PLAN | BUILD | MANAGE},
    shown_to=CONCERNED,
    source=CHARTER,
    title=N_("Sign for a private part that is taken up"),
    says=N_("The owner of {unit} signed on the private part that is taken up"),
)
class PrivatePartAgreed:
    """An owner says in person whether the lift may take up a private part of the unit.

    Whoever enters it for the owner names a witness. A later entry of the unit replaces the earlier.
    """

    plan: Annotated[Ref, Label(N_("Plan")), To("urban.plan_stated")]
    unit: Unit
    answer: Annotated[
        Literal["agrees", "refuses"],
        Label(N_("Answer")),
        Choice({"agrees": N_("Agrees"), "refuses": N_("Does not agree")}),
    ] = "agrees"
    witness: Annotated[
        str,
        Label(
            N_("Witness"), N_("of what you enter for the owner: somebody else who saw it signed")
        ),
        Most(80),
        Member(),
    ] = ""
    documents: Attachments = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharer:
    """A unit that shares the cost; a coefficient stated here takes the place of the formula's."""

    unit: Annotated[str, Label(N_("Unit")), Most(40)]
    floor: Annotated[int, Label(N_("Floor")), Between(-9, 200)]
    area_dm2: Annotated[int, Label(N_("Private floor area")), Between(0, 10**9)] = 0
    coefficient: Annotated[str, Label(N_("Coefficient")), Most(12)] = ""
    relief: Annotated[int, Label(N_("Relief in percent")), Between(0, 100)] = 0


@event(
    "urban.shares_adopted",
    may={"officer": PLAN | BUILD, "convenor": PLAN | BUILD},
    shown_to="members",
    source="民法典 283",
    title=N_("Adopt who pays what"),
    says=N_("Shares of the cost were adopted: {cost_fen} less {subsidy_fen} of subsidy"),
)
class SharesAdopted:
    """How the cost less subsidy is shared among units; later shares replace the earlier ones.

    Relief is for hardship, as those who share agreed: the others bear it, or other income does.
    """

    cost_fen: Annotated[int, Label(N_("Cost")), Between(1, 10**13)]
    subsidy_fen: Annotated[int, Label(N_("Subsidy")), Between(0, 10**13)] = 0
    formula: Annotated[str, Label(N_("Formula")), Most(40)]
    units: Annotated[tuple[Sharer, ...], Label(N_("Units")), Many(2000, least=1)]
    relief_from: Annotated[
        Literal["others", "income"],
        Label(N_("Relief is borne by")),
        Choice({"others": N_("The other units"), "income": N_("Other income")}),
    ] = "others"
    about: Annotated[Ref | None, Label(N_("Agreed by (poll, scheme)"))] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Apportioned:
    """What one unit pays."""

    unit: Annotated[str, Most(40)]
    coefficient: Annotated[str, Most(12)]
    amount_fen: Annotated[int, Between(0, 10**13)]


@event(
    "urban.shares_apportioned",
    may={"plugin:urban": ANY},
    despite_hold=True,
    shown_to="members",
    title=N_("Work out who pays what"),
    says=N_("What each unit pays was worked out"),
)
class SharesApportioned:
    """The amounts in 分; with the relief from other income they come to the cost less subsidy."""

    adopted: Annotated[Ref, To("urban.shares_adopted")]
    shares: Annotated[tuple[Apportioned, ...], Many(2000)]
    relieved_fen: Annotated[int, Between(0, 10**13)] = 0
