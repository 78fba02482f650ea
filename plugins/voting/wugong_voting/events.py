"""What voters do. Polls themselves are core vocabulary (:mod:`wugong.polls`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from wugong import (
    EVALUATE,
    MANAGE,
    N_,
    PLAN,
    Choice,
    Label,
    Many,
    Member,
    Most,
    Ref,
    Stage,
    To,
    event,
)

VOTING: Stage = PLAN | MANAGE | EVALUATE  # where polls are opened, so where ballots are cast
WAYS = {"door": N_("At the door"), "desk": N_("At the desk"), "posted": N_("By post")}
MOST_UNITS = 300  # what one form can list


@event(
    "voting.ballot_cast",
    may={"resident": VOTING},
    shown_to="author",
    source="民法典 278; 村組法 (2025) 26, 30",
    bulk=True,
    boxed="poll",
    despite_hold=True,
    title=N_("Cast ballot"),
    says=N_("A ballot was cast"),
)
class BallotCast:
    """One entitlement's ballot in an open poll; while the poll is open the last one counts.

    A hold keeps a poll from being opened. It never stops one that runs, or whoever asks for
    mediation during the vote could silence the others. In a secret poll it goes into the box,
    leaves no fact and is final.
    """

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    entitlement: Annotated[str, Label(N_("Entitlement")), Most(80)]
    choice: Annotated[str, Label(N_("Choice")), Most(4000)]  # see ballot_forms.py


@event(
    "voting.mandate_given",
    may={"resident": VOTING},
    shown_to="members",
    source="民法典 165, 169",
    despite_hold=True,
    title=N_("Let somebody else vote for you"),
    says=N_("{by} lets {holder} vote with {entitlement}"),
)
class MandateGiven:
    """Whoever is entitled names in writing who votes for them in one poll, and for how long.

    The ballot counts under the entitlement of who gave the mandate. Nobody passes on what they
    hold for another. Members read who votes for whom.
    """

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    entitlement: Annotated[str, Label(N_("Entitlement")), Most(80)]
    holder: Annotated[str, Label(N_("Who votes for you")), Most(80), Member()]
    until: Annotated[datetime, Label(N_("Until"))]
    since: Annotated[datetime | None, Label(N_("From (empty: at once)"))] = None


@event(
    "voting.mandate_withdrawn",
    may={"resident": VOTING},
    shown_to="members",
    source="民法典 165",
    despite_hold=True,
    title=N_("Vote yourself again"),
    says=N_("{by} took back the mandate for {entitlement}"),
)
class MandateWithdrawn:
    """A mandate ends before its time; a ballot cast under it stands until its owner casts one."""

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    entitlement: Annotated[str, Label(N_("Entitlement")), Most(80)]


@event(
    "voting.paper_delivered",
    may={"officer": VOTING},
    shown_to="officer",
    bulk=True,
    despite_hold=True,
    title=N_("Paper ballots were handed over"),
    says=N_("Paper ballots were handed over"),
)
class PaperDelivered:
    """Whose paper ballots were handed over, on which day, by whom and how; never what they say."""

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    entitlements: Annotated[
        tuple[Annotated[str, Most(80)], ...],
        Label(N_("Entitlements")),
        Many(MOST_UNITS, least=1),
    ]
    how: Annotated[Literal["door", "desk", "posted"], Label(N_("How")), Choice(WAYS)]
    handed_by: Annotated[str, Label(N_("Handed over by (empty: you)")), Most(80), Member()] = ""
    on: Annotated[date | None, Label(N_("On which day (empty: today)"))] = None


@event(
    "voting.paper_returned",
    may={"officer": VOTING},
    shown_to="officer",
    bulk=True,
    despite_hold=True,
    title=N_("Paper ballots came back"),
    says=N_("Paper ballots came back"),
)
class PaperReturned:
    """Whose paper ballots came back, and on which day; they are not opened or entered by it."""

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    entitlements: Annotated[
        tuple[Annotated[str, Most(80)], ...],
        Label(N_("Entitlements")),
        Many(MOST_UNITS, least=1),
    ]
    on: Annotated[date | None, Label(N_("On which day (empty: today)"))] = None
