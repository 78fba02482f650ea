"""Neighbours whom a scheme would cost something: listed, contacted, heard, offered mediation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from wugong import (
    MANAGE,
    N_,
    PLAN,
    Choice,
    Label,
    Many,
    Member,
    Most,
    Sealed,
    Stage,
    event,
)

BEFORE_THE_POLL: Stage = PLAN | MANAGE
Effect = Literal["gain", "loss", "neutral"]
Unit = Annotated[str, Label(N_("Unit")), Most(40)]
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
