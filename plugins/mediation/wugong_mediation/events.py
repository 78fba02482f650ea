"""What happens in a mediation. Nobody but those concerned learns even that there is a case.

Every kind is shown to ``mediation.party`` alone, which :mod:`wugong_mediation.readers` narrows
to the people of that one case. All of them are lawful while the stage is held.
"""

from __future__ import annotations

from typing import Annotated, Literal

from wugong import ANY, N_, Choice, Label, Member, Most, Ref, Sealed, To, event

PARTY = "mediation.party"
MEDIATOR = "mediation.mediator"

Grounds = Literal["kin", "interest", "other"]
Readers = Literal["both", "mediator"]
Reason = Literal["agreed", "refused", "unanswered", "withdrawn", "no_agreement", "term", "danger"]

GROUNDS: dict[str, str] = {
    "kin": N_("Related to one of the parties"),
    "interest": N_("Has an interest in the outcome"),
    "other": N_("Other doubt"),
}
READERS: dict[str, str] = {
    "both": N_("Both parties and the mediator"),
    "mediator": N_("Only you and the mediator"),
}
REASONS: dict[str, str] = {
    "agreed": N_("With an agreement"),
    "refused": N_("The other side does not want mediation"),
    "unanswered": N_("The other side did not answer in time"),
    "withdrawn": N_("A party stopped it"),
    "no_agreement": N_("No agreement was found"),
    "term": N_("The time is over"),
    "danger": N_("Risk of violence or collusion; the police was told"),
}

Case = Annotated[Ref, Label(N_("Case")), To("mediation.requested")]
Id = Annotated[str, Most(80)]


@event(
    "mediation.requested",
    may={"resident": ANY, "officer": ANY},
    shown_to=PARTY,
    source="人民調解法 17",
    despite_hold=True,
    title=N_("Ask for mediation"),
    says=N_("Mediation was asked for"),
)
class Requested:
    """One side asks for a neutral third person; nothing starts until the other side agrees."""

    other: Annotated[Id, Member(), Label(N_("The other side"))]
    claim: Annotated[Sealed[str], Label(N_("What you ask for, and why")), Most(4000)]
    about: Annotated[Ref | None, Label(N_("About no."))] = None


@event(
    "mediation.answered",
    may={PARTY: ANY},
    shown_to=PARTY,
    source="人民調解法 17, 23",
    despite_hold=True,
    title=N_("Answer the request for mediation"),
    says=N_("The other side answered: {agree}"),
)
class Answered:
    """The other side agrees to mediation or refuses; a refusal needs no reason, ends the case."""

    case: Case
    agree: Annotated[bool, Label(N_("I agree to mediation"))]
    text: Annotated[Sealed[str] | None, Label(N_("Your side of it")), Most(4000)] = None


@event(
    "mediation.mediator_proposed",
    may={PARTY: ANY},
    shown_to=PARTY,
    source="人民調解法 19, 20",
    despite_hold=True,
    title=N_("Propose a mediator"),
    says=N_("Proposed as mediator: {mediator}"),
)
class MediatorProposed:
    """A party proposes a mediator from those who hold the role."""

    case: Case
    mediator: Annotated[Id, Member(), Label(N_("Mediator"))]


@event(
    "mediation.mediator_accepted",
    may={PARTY: ANY},
    shown_to=PARTY,
    source="人民調解法 19, 23",
    despite_hold=True,
    title=N_("Accept the mediator or not"),
    says=N_("Mediator accepted: {accept}"),
)
class MediatorAccepted:
    """Each party accepts the proposed mediator or does not; the mediator, too, may decline."""

    case: Case
    accept: Annotated[bool, Label(N_("I accept this mediator"))]
    despite_conflict: Annotated[
        bool, Label(N_("I know of the declared conflict and still accept"))
    ] = False


@event(
    "mediation.conflict_declared",
    may={PARTY: ANY},
    shown_to=PARTY,
    source="人民調解法 15",
    despite_hold=True,
    title=N_("Declare a conflict of interest"),
    says=N_("A conflict of interest was declared: {grounds}"),
)
class ConflictDeclared:
    """The mediator or a party declares kinship or an interest; all parties must then agree anew."""

    case: Case
    grounds: Annotated[Grounds, Label(N_("Grounds")), Choice(GROUNDS)]
    detail: Annotated[Sealed[str] | None, Label(N_("In a few words")), Most(1000)] = None


@event(
    "mediation.note_filed",
    may={PARTY: ANY},
    shown_to=PARTY,
    source="人民調解法 15",
    despite_hold=True,
    title=N_("File a note"),
    says=N_("A note was filed"),
)
class NoteFiled:
    """A note for both sides, or in confidence for the mediator alone."""

    case: Case
    text: Annotated[Sealed[str], Label(N_("Note")), Most(4000)]
    readers: Annotated[Readers, Label(N_("Who may read it")), Choice(READERS)] = "mediator"


@event(
    "mediation.offer_made",
    may={PARTY: ANY},
    shown_to=PARTY,
    source="人民調解法 22",
    despite_hold=True,
    title=N_("Make an offer"),
    says=N_("An offer was made"),
)
class OfferMade:
    """A party or the mediator offers terms; both sides read them."""

    case: Case
    terms: Annotated[Sealed[str], Label(N_("Terms offered")), Most(4000)]


@event(
    "mediation.agreed",
    may={PARTY: ANY},
    shown_to=PARTY,
    source="人民調解法 28, 29",
    despite_hold=True,
    title=N_("Write down the agreement"),
    says=N_("The agreement was written down"),
)
class Agreed:
    """The text of the agreement; a new text takes the place of the last and is signed anew."""

    case: Case
    terms: Annotated[
        Sealed[str],
        Label(N_("Agreement"), N_("What each side does, how and by when")),
        Most(8000),
    ]


@event(
    "mediation.signed",
    may={PARTY: ANY},
    shown_to=PARTY,
    source="人民調解法 29",
    despite_hold=True,
    title=N_("Sign the agreement"),
    says=N_("The agreement was signed"),
)
class Signed:
    """A party or the mediator signs. With all three signatures the agreement takes effect."""

    case: Case
    agreement: Annotated[Ref | None, Label(N_("Text no.")), To("mediation.agreed")] = None


@event(
    "mediation.ended",
    may={PARTY: ANY, "clock": ANY, "plugin:mediation": ANY},
    shown_to=PARTY,
    source="人民調解法 23, 25, 26",
    despite_hold=True,
    title=N_("End the mediation"),
    says=N_(
        "Mediation ended: {reason}. Free to ask: the township, the authorities, an arbitrator, "
        "the court"
    ),
)
class Ended:
    """The case is over. Every other remedy stays open to both sides."""

    case: Case
    reason: Annotated[Reason, Label(N_("Reason")), Choice(REASONS)]


@event(
    "mediation.confirmation_sought",
    may={PARTY: ANY},
    shown_to=PARTY,
    source="人民調解法 33; 民事訴訟法 205",
    despite_hold=True,
    title=N_("Ask the court to confirm"),
    says=N_("A party asked the court to confirm the agreement"),
)
class ConfirmationSought:
    """A party has asked the court to confirm; it counts when both have, within 30 days."""

    case: Case


@event(
    "mediation.confirmation_reminded",
    may={"clock": ANY},
    shown_to=PARTY,
    source="人民調解法 33",
    despite_hold=True,
    title=N_("Reminder: confirmation by the court"),
    says=N_("Five days are left to ask the court to confirm the agreement"),
)
class ConfirmationReminded:
    """The clock reminds both parties on the 25th day."""

    case: Case


@event(
    "mediation.confirmation_lapsed",
    may={"clock": ANY},
    shown_to=PARTY,
    source="人民調解法 33; 民事訴訟法 205",
    despite_hold=True,
    title=N_("Time for confirmation is over"),
    says=N_("The 30 days to ask the court to confirm are over; the agreement stays binding"),
)
class ConfirmationLapsed:
    """The 30 days have passed. The agreement binds all the same."""

    case: Case
