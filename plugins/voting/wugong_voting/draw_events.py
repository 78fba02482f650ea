"""What people do to draw by lot: announce, bring parts of the seed, reveal them, decline a seat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from wugong import (
    ANY,
    N_,
    Between,
    Choice,
    Label,
    Many,
    Most,
    Ref,
    Sealed,
    ShownTo,
    To,
    event,
)
from wugong_voting.events import VOTING

OWN_LOTS = N_("Our own rules for lots")  # no statute: how a panel is drawn and who steps in
DRAWN = "voting.drawn"  # the relation of those who sit by lot
MOST_SEATS = 200
MOST_GROUPS = 50
MOST_PEOPLE = 20_000
MOST_PARTS = 50
WHY = {
    "too_few": N_("too few people brought a part of the seed"),
    "withheld": N_("a part of the seed was not revealed in time"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSeats:
    """The seats of one stair or village group."""

    group: Annotated[str, Label(N_("Stair or village group")), Most(80)]
    seats: Annotated[int, Label(N_("How many seats")), Between(0, MOST_SEATS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Who, or which option, is on the list of a draw, and the group that they are drawn in."""

    id: Annotated[str, Most(80)]
    group: Annotated[str, Most(80)] = ""


@event(
    "voting.draw_announced",
    may={"officer": VOTING, "convenor": VOTING},
    source=OWN_LOTS,
    title=N_("Announce a draw by lot"),
    says=N_("A draw by lot was announced: {purpose}"),
)
class DrawAnnounced:
    """So many people of one edition of a roster are to be drawn by lot, for a purpose.

    Announcing fixes the list. Then people commit to parts of the seed, then they reveal them.
    Or one of the options that won a poll together, where the poll said so when it opened.
    """

    purpose: Annotated[str, Label(N_("What is drawn, and for what")), Most(300)]
    commits_until: Annotated[datetime, Label(N_("Parts of the seed are taken until"))]
    reveals_until: Annotated[datetime, Label(N_("Parts are revealed until"))]
    roster: Annotated[str, Label(N_("Roster")), Most(40)] = ""
    edition: Annotated[str, Label(N_("Edition of the roster")), Most(64)] = ""
    seats: Annotated[int, Label(N_("How many are drawn")), Between(1, MOST_SEATS)] = 1
    groups: Annotated[tuple[str, ...], Label(N_("Only these groups (empty: all)"))] = ()
    strata: Annotated[
        tuple[GroupSeats, ...],
        Label(N_("Seats of each group (empty: everybody together)")),
        Many(MOST_GROUPS),
    ] = ()
    in_proportion: Annotated[bool, Label(N_("Each group has its share of the seats"))] = False
    least: Annotated[
        int, Label(N_("How many people bring a part of the seed, at least")), Between(2, MOST_PARTS)
    ] = 3
    without_office: Annotated[bool, Label(N_("Leave out who holds a role"))] = False
    about: Annotated[tuple[Ref, ...], Label(N_("Belongs to"))] = ()
    poll: Annotated[
        Ref | None,
        Label(N_("Poll whose tie is settled (then without a roster)")),
        To("voting.poll_opened"),
    ] = None
    public_value: Annotated[
        str, Label(N_("Public value that joins the seed, which nobody can know yet")), Most(200)
    ] = ""  # empty: the words alone make the seed
    public_at: Annotated[datetime | None, Label(N_("The public value is known from"))] = None


@event(
    "voting.draw_listed",
    may={"plugin:voting": ANY},
    shown_to="members",
    despite_hold=True,
    title=N_("List of a draw"),
    says=N_("The list of the draw was fixed: {count} people"),
)
class DrawListed:
    """Who can be drawn, fixed in the commit of the announcement; ``digest`` as in lots.py."""

    draw: Ref
    count: Annotated[int, Between(1, MOST_PEOPLE)]
    digest: Annotated[str, Most(64)]
    people: Annotated[tuple[Listed, ...], Many(MOST_PEOPLE, least=1)]


@event(
    "voting.seed_part_committed",
    may={"resident": VOTING},
    source=OWN_LOTS,
    despite_hold=True,
    title=N_("Bring a part of the seed"),
    says=N_("{by} committed to a part of the seed"),
)
class SeedPartCommitted:
    """Somebody commits to secret words, which are a part of the seed; only their SHA-256 is kept.

    The words stay with whoever chose them. One honest part makes the seed nobody's choice.
    """

    draw: Annotated[Ref, Label(N_("Draw")), To("voting.draw_announced")]
    commitment: Annotated[str, Label(N_("SHA-256 of the secret words")), Most(64)]


@event(
    "voting.seed_part_revealed",
    may={"resident": VOTING},
    source=OWN_LOTS,
    despite_hold=True,
    title=N_("Reveal a part of the seed"),
    says=N_("A part of the seed was revealed: {words}"),
)
class SeedPartRevealed:
    """The secret words of a part, checked against its commitment; whoever holds them may say them.

    With the last part the lots are drawn, unless a public value joins the seed.
    """

    draw: Annotated[Ref, Label(N_("Draw")), To("voting.draw_announced")]
    part: Annotated[Ref, Label(N_("Part of the seed")), To("voting.seed_part_committed")]
    words: Annotated[str, Label(N_("Secret words")), Most(200)]


@event(
    "voting.public_value_noted",
    may={"officer": VOTING, "convenor": VOTING},
    source=OWN_LOTS,
    despite_hold=True,
    title=N_("Note the public value of a draw"),
    says=N_("The public value of a draw was noted: {value}"),
)
class PublicValueNoted:
    """The value that was named at the announcement is known now; anybody can look it up.

    With it the lots are drawn, from the words that were said in time.
    """

    draw: Annotated[Ref, Label(N_("Draw")), To("voting.draw_announced")]
    value: Annotated[str, Label(N_("Public value, as it was published")), Most(100)]


@event(
    "voting.lots_drawn",
    may={"plugin:voting": ANY},
    shown_to="members",
    despite_hold=True,
    title=N_("Lots are drawn"),
    says=N_("The lots were drawn"),
)
class LotsDrawn:
    """Who is drawn and who follows, in the order of the tickets; anybody can draw it again."""

    draw: Ref
    form: Annotated[str, Most(40)]  # how a ticket is made: ``lots.FORM``
    seed: Annotated[str, Most(64)]
    digest: Annotated[str, Most(64)]  # of the list that was drawn from
    quotas: Annotated[tuple[GroupSeats, ...], Many(MOST_GROUPS)]
    drawn: Annotated[tuple[Listed, ...], Many(MOST_SEATS)]
    substitutes: Annotated[tuple[Listed, ...], Many(MOST_PEOPLE)]


@event(
    "voting.draw_failed",
    may={"clock": ANY},
    despite_hold=True,
    title=N_("The draw came to nothing"),
    says=N_("The draw came to nothing: {why}"),
)
class DrawFailed:
    """Nothing is drawn: without every part, whoever withheld one would have chosen the result.

    Who withheld a part brings none to the draws that follow in the matter.
    """

    draw: Ref
    why: Annotated[Literal["too_few", "withheld"], Choice(WHY)]


@event(
    "voting.seat_declined",
    may={DRAWN: ANY, "officer": ANY},
    shown_to="members",
    source=OWN_LOTS,
    sealed_for="member",
    despite_hold=True,
    title=N_("Decline a seat that was drawn"),
    says=N_("{member} does not take the seat"),
)
class SeatDeclined:
    """Whoever was drawn declines, or an officer records it for them; the next one steps in."""

    draw: Annotated[Ref, Label(N_("Draw")), To("voting.draw_announced")]
    # Not checked as a member: who sits may have been erased since.
    member: Annotated[str, Label(N_("Who declines")), Most(80)]
    reason: Annotated[
        Sealed[str] | None,
        Label(N_("Reason, if you like; only you and the office read it")),
        Most(1000),
        ShownTo("author|officer"),
    ] = None


@event(
    "voting.substitute_called",
    may={"plugin:voting": ANY},
    shown_to="members",
    despite_hold=True,
    title=N_("A substitute steps in"),
    says=N_("{member} steps in"),
)
class SubstituteCalled:
    """The next in the order of the tickets has the seat, of the same group where groups have seats.

    Nobody is passed over, the erased neither, or it could not be drawn again from the record.
    """

    draw: Ref
    declined: Ref
    member: Annotated[str, Most(80)]
