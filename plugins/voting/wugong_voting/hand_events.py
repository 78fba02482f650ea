"""What is done to count raised hands at a meeting: who is there, and two tellers who agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from wugong import ANY, N_, Between, Label, Many, Most, Ref, To, event
from wugong_voting.events import MOST_COUNTED, MOST_UNITS, NOBODY, VOTING, Marks

OWN_HANDS = N_("Our own rules for a show of hands")  # no statute: how hands are told
MOST_RAISED = 5_000  # people in one count
HandsNumber = Annotated[int, Label(N_("Number of the count")), Between(1, MOST_COUNTED)]


@event(
    "voting.presence_noted",
    may={"officer": VOTING},
    shown_to="officer",
    source=OWN_HANDS,
    bulk=True,
    despite_hold=True,
    title=N_("Note who is at the meeting"),
    says=N_("It was noted who is at the meeting"),
)
class PresenceNoted:
    """Whose holder is at the meeting where a poll is held, or has left it before hands are told."""

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    entitlements: Annotated[
        tuple[Annotated[str, Most(80)], ...],
        Label(N_("Entitlements")),
        Many(MOST_UNITS, least=1),
    ]
    left: Annotated[bool, Label(N_("They have left"))] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What one teller counted in the room; options left out have 0.

    Who raises no hand is there all the same: they take part and agree to nothing.
    """

    people: Annotated[
        int, Label(N_("People in the room who can raise a hand")), Between(0, MOST_COUNTED)
    ]
    options: Annotated[tuple[Marks, ...], Label(N_("Options")), Many(50)] = ()


@event(
    "voting.hands_entered",
    may={"officer": VOTING, "scrutineer": VOTING},
    shown_to=NOBODY,
    source=OWN_HANDS,
    despite_hold=True,
    title=N_("Enter a show of hands"),
    says=N_("A show of hands was entered"),
)
class HandsEntered:
    """The first teller says how many raised their hand for what, and for whom the count stands.

    From now on nobody it stands for can vote in another way: their choice could not be taken out.
    It counts for nothing until a second teller counted the same.
    """

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    number: HandsNumber
    entitlements: Annotated[
        tuple[Annotated[str, Most(80)], ...],
        Label(N_("Entitlements")),
        Many(MOST_RAISED, least=1),
    ]
    counted: Annotated[Hands, Label(N_("Counted in the room"))]


@event(
    "voting.hands_confirmed",
    may={"officer": VOTING, "scrutineer": VOTING},
    shown_to="author",
    source=OWN_HANDS,
    despite_hold=True,
    title=N_("Confirm a show of hands"),
    says=N_("Show of hands {number} was confirmed"),
)
class HandsConfirmed:
    """A second teller, who counted for themselves, counted the same; the count takes effect."""

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    number: HandsNumber
    counted: Annotated[Hands, Label(N_("Counted in the room"))]


@event(
    "voting.hands_withdrawn",
    may={"officer": VOTING, "scrutineer": VOTING},
    shown_to="officer",
    source=OWN_HANDS,
    despite_hold=True,
    title=N_("Withdraw a show of hands"),
    says=N_("Show of hands {number} was withdrawn: {reason}"),
)
class HandsWithdrawn:
    """A count that nobody confirmed is taken out; whom it stood for raise their hands again."""

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    number: HandsNumber
    reason: Annotated[str, Label(N_("Reason")), Most(200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Raiser:
    """Somebody whom a count stands for; never for what they raised their hand."""

    entitlement: Annotated[str, Most(80)]
    member: Annotated[str, Most(80)]


@event(
    "voting.hands_counted",
    may={"plugin:voting": ANY},
    shown_to="officer",
    despite_hold=True,
    title=N_("A show of hands takes effect"),
    says=N_("Show of hands {number} took effect"),
)
class HandsCounted:
    """Whom a confirmed count stands for: each has one ballot with it, and it is final."""

    poll: Ref
    number: HandsNumber
    people: Annotated[tuple[Raiser, ...], Many(MOST_RAISED, least=1)]
