"""What happens to points. All of it stands on the community's own matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from wugong import N_, SHARE, Between, Label, Many, Member, Most, Ref, Sealed, To, event

# Village practice: indicators by democratic procedure, honour or goods follow. No statute.
SOURCE = "中央農辦、農業農村部 2020 通知"
MOST_AWARDS = 1000  # in one list; longer ones are cut

MemberId = Annotated[str, Most(80), Member()]
Points = Annotated[int, Label(N_("Points")), Between(1, 100_000)]
Reason = Annotated[Sealed[str], Label(N_("Reason")), Most(500)]


@event(
    "points.rule_adopted",
    may={"officer": SHARE, "convenor": SHARE},
    source=SOURCE,
    title=N_("Adopt a points rule"),
    says=N_("A points rule was adopted: {points} points, at most {cap_per_month} a month"),
)
class RuleAdopted:
    """What is rewarded, from now on: a kind of fact, its points, the most a member gets a month.

    A later rule for the same kind takes the place of the one before. There are no negative points.
    """

    kind: Annotated[
        str,
        Label(N_("For what"), N_("A kind of fact, for example building.delivered.")),
        Most(80),
    ]
    points: Points
    cap_per_month: Annotated[
        int, Label(N_("At most this many points a month for one member")), Between(1, 10**6)
    ]
    needs_approval: Annotated[
        bool, Label(N_("Each award needs the approval of a second person"))
    ] = False
    about: Annotated[tuple[Ref, ...], Label(N_("Adopted by (poll, notice)"))] = ()


@event(
    "points.rule_retired",
    may={"officer": SHARE, "convenor": SHARE},
    title=N_("End a points rule"),
    says=N_("A points rule ended"),
)
class RuleRetired:
    """A rule rewards nothing more; what was awarded stays."""

    rule: Annotated[Ref, Label(N_("Rule")), To("points.rule_adopted")]


@event(
    "points.counted",
    may={"plugin:points": SHARE},
    shown_to="officer",
    despite_hold=True,
    title=N_("Count a deed"),
    says=N_("A deed was counted for points: no. {deed}"),
)
class Counted:
    """A fact earns points under a rule, once: its author, or all who took part in it."""

    rule: Annotated[Ref, To("points.rule_adopted")]
    deed: Ref
    member: Annotated[str, Most(80)] = ""
    through: Ref | None = None  # the poll or delivery whose people earn


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Points for one member, under a rule or (``rule`` is ``None``) by an approved proposal."""

    member: Annotated[str, Most(80)]
    points: Annotated[int, Between(1, 100_000)]
    rule: Ref | None
    about: Ref


@event(
    "points.awarded",
    may={"plugin:points": SHARE},
    shown_to="officer",
    bulk=True,
    despite_hold=True,
    title=N_("Award points"),
    says=N_("Points were awarded"),
)
class Awarded:
    """A list of awards, ordered by member: one fact for all who earned something together."""

    awards: Annotated[tuple[Award, ...], Many(MOST_AWARDS, least=1)]


@event(
    "points.award_proposed",
    may={
        "officer": SHARE,
        "convenor": SHARE,
        "steward": SHARE,
        "supervisor": SHARE,
        "plugin:points": SHARE,
    },
    shown_to="author|officer|convenor|supervisor",
    sealed_for="member",
    title=N_("Propose an award"),
    says=N_("{points} points were proposed for {member}"),
)
class AwardProposed:
    """Points for a deed that no rule counts by itself; a second person decides."""

    member: Annotated[MemberId, Label(N_("For whom"))]
    points: Points
    reason: Annotated[Sealed[str] | None, Label(N_("Reason")), Most(500)] = None
    about: Annotated[Ref | None, Label(N_("For the record no."))] = None
    rule: Annotated[Ref | None, To("points.rule_adopted")] = None


@event(
    "points.award_approved",
    may={"officer": SHARE, "convenor": SHARE, "supervisor": SHARE},
    not_same_as=("proposal",),
    shown_to="officer",
    title=N_("Approve an award"),
    says=N_("An award was approved"),
)
class AwardApproved:
    """A second person agrees: neither who proposed it nor who receives it."""

    proposal: Annotated[Ref, Label(N_("Proposal")), To("points.award_proposed")]


@event(
    "points.award_declined",
    may={"officer": SHARE, "convenor": SHARE, "supervisor": SHARE},
    shown_to="officer",
    title=N_("Decline an award"),
    says=N_("An award was declined"),
)
class AwardDeclined:
    """A proposed award comes to nothing."""

    proposal: Annotated[Ref, Label(N_("Proposal")), To("points.award_proposed")]


@event(
    "points.item_stocked",
    may={"officer": SHARE, "steward": SHARE},
    title=N_("Offer something for points"),
    says=N_("On offer: {title}, {points} points, {stock} in stock"),
)
class ItemStocked:
    """Something that can be had for points, as long as the stock lasts. No money, no cash-out."""

    title: Annotated[str, Label(N_("What is it?")), Most(80)]
    points: Points
    stock: Annotated[int, Label(N_("How many")), Between(0, 10**6)]


@event(
    "points.item_restocked",
    may={"officer": SHARE, "steward": SHARE},
    title=N_("Add to the stock"),
    says=N_("{added} more in stock"),
)
class ItemRestocked:
    """More of an item came in."""

    item: Annotated[Ref, Label(N_("Item")), To("points.item_stocked")]
    added: Annotated[int, Label(N_("How many more")), Between(1, 10**6)]


@event(
    "points.redeemed",
    may={"resident": SHARE},
    shown_to="author|officer",
    title=N_("Redeem"),
    says=N_("Points were redeemed for an item"),
)
class Redeemed:
    """A member exchanges points for one item that is in stock."""

    item: Annotated[Ref, Label(N_("Item")), To("points.item_stocked")]


@event(
    "points.redemption_booked",
    may={"plugin:points": SHARE},
    shown_to="officer",
    bulk=True,
    despite_hold=True,
    title=N_("Book a redemption"),
    says=N_("A redemption was booked: {points} points"),
)
class RedemptionBooked:
    """The points leave the member's account and one item leaves the stock, in the same moment."""

    redemption: Annotated[Ref, To("points.redeemed")]
    item: Annotated[Ref, To("points.item_stocked")]
    member: Annotated[str, Most(80)]
    points: Annotated[int, Between(1, 100_000)]


@event(
    "points.handed_over",
    may={"officer": SHARE},
    shown_to="author|officer",
    sealed_for="member",
    title=N_("Hand over what was redeemed"),
    says=N_("What was redeemed was handed over (no. {entry})"),
)
class HandedOver:
    """At the counter a redeemed item is given out, once, by somebody else than who redeemed it."""

    entry: Annotated[Ref, Label(N_("Redemption")), To("points.redemption_booked")]
    member: Annotated[MemberId, Label(N_("Member"))]


@event(
    "points.reversed",
    may={"officer": SHARE},
    shown_to="author|officer",
    sealed_for="member",
    title=N_("Reverse an entry"),
    says=N_("An entry of {points} points was reversed"),
)
class Reversed:
    """An award or a redemption is cancelled; the entry and its reversal both stay readable."""

    entry: Annotated[Ref, Label(N_("Entry")), To("points.awarded", "points.redemption_booked")]
    member: Annotated[MemberId, Label(N_("Member"))]
    points: Points
    reason: Reason
    item: Annotated[
        Ref | None,
        Label(N_("Item that comes back (for a redemption)")),
        To("points.item_stocked"),
    ] = None
