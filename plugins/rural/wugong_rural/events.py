"""What a village records beyond the core: 四議兩公開, the elders' council, levies, postings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from wugong import (
    ANY,
    BUILD,
    EVALUATE,
    MANAGE,
    N_,
    PLAN,
    SHARE,
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

FOUR_TWO = "四議兩公開"  # a published practice; its legal weight rests on the villagers' vote
LEVY_LAW = "村組法 (2025) 28; 各省籌資籌勞辦法"
POSTING_LAW = "村組法 (2025) 35"

MOST_HOUSEHOLDS = 200  # of one list; more than fifteen are refused in words

Headcount = Annotated[int, Between(0, 1_000_000)]
Uncounted = Annotated[int | None, Between(0, 1_000_000)]
HeldOn = Annotated[date | None, Label(N_("Held on"), N_("empty: today"))]
Place = Annotated[str, Label(N_("Place")), Most(200)]


@event(
    "rural.party_proposed",
    may={"party_member": PLAN, "officer": PLAN},
    source=f"{FOUR_TWO} 一議; 村組法 (2025) 28",
    title=N_("First step: the Party organisation proposes"),
    says=N_("The Party organisation proposed: {proposal}"),
)
class PartyProposed:
    """一議 提議: the village Party organisation, having asked villagers, makes a proposal."""

    proposal: Annotated[str, Label(N_("Proposal")), Most(2000)]
    asked: Annotated[
        str, Label(N_("How villagers were asked"), N_("door visits, a meeting, …")), Most(500)
    ] = ""
    about: Annotated[tuple[Ref, ...], Label(N_("Concerns"))] = ()
    due: Annotated[Uncounted, Label(N_("Members who should attend"))] = None
    present: Annotated[Uncounted, Label(N_("Members present"))] = None
    held_on: HeldOn = None
    place: Place = ""
    documents: Attachments = ()


@event(
    "rural.committees_consulted",
    may={"officer": PLAN, "convenor": PLAN},
    source=f"{FOUR_TWO} 二議",
    title=N_("Second step: the two committees consult"),
    says=N_("The two committees consulted: {due} due, {present} present, {yes} for"),
)
class CommitteesConsulted:
    """二議 商議: the Party committee and the villagers' committee consult on the proposal."""

    due: Annotated[int, Label(N_("Members who should attend")), Between(1, 1_000_000)]
    present: Annotated[Headcount, Label(N_("Members present"))]
    yes: Annotated[Headcount, Label(N_("For"))]
    no: Annotated[Uncounted, Label(N_("Against"))] = None
    abstain: Annotated[Uncounted, Label(N_("Abstained"))] = None
    remark: Annotated[str, Label(N_("Remark")), Most(500)] = ""
    held_on: HeldOn = None
    place: Place = ""
    documents: Attachments = ()


@event(
    "rural.party_members_reviewed",
    may={"party_member": PLAN, "officer": PLAN},
    source=f"{FOUR_TWO} 三議",
    title=N_("Third step: the Party members' meeting reviews"),
    says=N_("The Party members' meeting reviewed: {due} due, {present} present, {yes} for"),
)
class PartyMembersReviewed:
    """三議 審議: the meeting of all Party members of the village reviews the proposal.

    The draft is sent to them three days ahead, by the practice of most places (S).
    """

    due: Annotated[int, Label(N_("Members who should attend")), Between(1, 1_000_000)]
    present: Annotated[Headcount, Label(N_("Members present"))]
    yes: Annotated[Headcount, Label(N_("For"))]
    no: Annotated[Uncounted, Label(N_("Against"))] = None
    abstain: Annotated[Uncounted, Label(N_("Abstained"))] = None
    remark: Annotated[str, Label(N_("Remark")), Most(500)] = ""
    draft_sent_on: Annotated[date | None, Label(N_("Draft sent on (empty: not noted)"))] = None
    held_on: HeldOn = None
    place: Place = ""
    documents: Attachments = ()


@event(
    "rural.interest_declared",
    may={"elder": PLAN | BUILD | MANAGE},
    shown_to="officer|author",
    source="鄉賢議事會章程",
    title=N_("Declare an interest"),
    says=N_("A member of the elders' council declared an interest"),
)
class InterestDeclared:
    """An elder has a contract, kin or a donation in the matter and leaves the room for it."""

    ground: Annotated[
        Literal["contract", "kinship", "donation"],
        Label(N_("Interest")),
        Choice(
            {
                "contract": N_("A contract"),
                "kinship": N_("A near relative"),
                "donation": N_("A donation"),
            }
        ),
    ]
    remark: Annotated[Sealed[str] | None, Label(N_("Remark")), Most(500)] = None


@event(
    "rural.elders_heard",
    may={"elder": PLAN, "officer": PLAN, "convenor": PLAN},
    source="村組法 (2025) 33; 鄉賢議事會章程",
    title=N_("File the elders' opinion"),
    says=N_("The elders' council gave its opinion: {opinion}"),
)
class EldersHeard:
    """鄉賢議事會 gives its opinion. It is attached to the matter and decides nothing."""

    opinion: Annotated[str, Label(N_("Opinion of the elders' council")), Most(2000)]
    recused: Annotated[
        tuple[Annotated[str, Most(80)], ...],
        Label(N_("Elders who left the room")),
        Many(100),
        Member(),
    ] = ()
    stance: Annotated[
        Literal["support", "suggest", "object"],
        Label(N_("The council")),
        Choice({"support": N_("supports"), "suggest": N_("suggests"), "object": N_("objects")}),
    ] = "suggest"


Exempt = Literal[
    "soldiers", "minimum_living", "disabled_veterans", "students", "new_mothers", "hardship"
]


@event(
    "rural.levy_proposed",
    may={"officer": PLAN, "convenor": PLAN},
    source=LEVY_LAW,
    title=N_("Propose a levy of money or labour"),
    says=N_("A levy was proposed: {purpose}"),
)
class LevyProposed:
    """一事一議 籌資籌勞: money or workdays asked of villagers for one public work."""

    purpose: Annotated[str, Label(N_("For which work")), Most(500)]
    body: Annotated[
        Literal["villagers_assembly", "representatives", "elders_council", "committee"],
        Label(N_("Who shall decide")),
        Choice(
            {
                "villagers_assembly": N_("Villagers' assembly"),
                "representatives": N_("Villagers' representatives"),
                "elders_council": N_("Elders' council"),
                "committee": N_("Villagers' committee"),
            }
        ),
    ]
    per_person_fen: Annotated[int, Label(N_("Money per person")), Between(0)] = 0
    workdays_per_person: Annotated[int, Label(N_("Workdays per person")), Between(0, 366)] = 0
    exempt: Annotated[
        tuple[Exempt, ...],
        Label(N_("Exempt")),
        Many(6),
        Choice(
            {
                "soldiers": N_("Soldiers on active duty"),
                "minimum_living": N_("Households on the minimum living allowance"),
                "disabled_veterans": N_("Disabled veterans"),
                "students": N_("Students"),
                "new_mothers": N_("Pregnant women and mothers in the first year"),
                "hardship": N_("Hardship cases, by vote"),
            }
        ),
    ] = ()
    money_for_labour: Annotated[
        Literal["no", "voluntary", "required"],
        Label(N_("Money in place of labour")),
        Choice(
            {
                "no": N_("Not offered"),
                "voluntary": N_("Whoever wishes"),
                "required": N_("Everybody"),
            }
        ),
    ] = "no"
    about: Annotated[tuple[Ref, ...], Label(N_("Concerns"))] = ()


Household = Annotated[str, Most(40)]


@event(
    "rural.levy_signatures_taken",
    may={"representative": PLAN, "officer": PLAN, "convenor": PLAN},
    shown_to="author|officer",
    source=f"{LEVY_LAW}; 村組法 (2025) 29",
    title=N_("Enter the signatures of the households visited"),
    says=N_("A representative visited the households on their list"),
)
class LevySignaturesTaken:
    """Before the meeting a representative visits every household on their list for a signature.

    The list has five to fifteen households; a later one of the same representative replaces it.
    """

    levy: Annotated[Ref, Label(N_("Levy")), To("rural.levy_proposed")]
    representative: Annotated[str, Label(N_("Representative")), Most(80), Member()]
    signed: Annotated[
        tuple[Household, ...], Label(N_("Households that signed")), Many(MOST_HOUSEHOLDS)
    ] = ()
    unsigned: Annotated[
        tuple[Household, ...], Label(N_("Households without a signature")), Many(MOST_HOUSEHOLDS)
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """A household that gives: for how many persons money, and how many of them work."""

    household: Annotated[str, Label(N_("Household")), Most(40)]
    persons: Annotated[int, Label(N_("Persons who give money")), Between(0, 100)] = 0
    workers: Annotated[int, Label(N_("Persons who work")), Between(0, 100)] = 0


@event(
    "rural.levy_payers_listed",
    may={"officer": PLAN | BUILD, "convenor": PLAN | BUILD},
    shown_to="members",
    source=LEVY_LAW,
    title=N_("List the households that give to a levy"),
    says=N_("The households that give to the levy were listed"),
)
class LevyPayersListed:
    """Every household that gives money or labour; a later list replaces the earlier one."""

    levy: Annotated[Ref, Label(N_("Levy")), To("rural.levy_proposed")]
    payers: Annotated[tuple[Payer, ...], Label(N_("Households")), Many(2000, least=1)]


Freed = Literal["money", "labour", "both", "none"]


@event(
    "rural.levy_exempted",
    may={"officer": PLAN | BUILD, "convenor": PLAN | BUILD},
    shown_to="author|officer",
    sealed_for="member",
    source=LEVY_LAW,
    title=N_("Exempt somebody from a levy"),
    says=N_("An exemption from the levy was entered"),
)
class LevyExempted:
    """A person, or a household with all who belong to it, is exempt; why is sealed for them.

    A later entry for the same person replaces the earlier one.
    """

    levy: Annotated[Ref, Label(N_("Levy")), To("rural.levy_proposed")]
    household: Annotated[str, Label(N_("Household")), Most(40)]
    member: Annotated[
        str,
        Label(N_("Who is exempt"), N_("of a whole household: who speaks for it")),
        Most(80),
        Member(),
    ]
    freed: Annotated[
        Freed,
        Label(N_("Exempt from")),
        Choice(
            {
                "money": N_("Money"),
                "labour": N_("Labour"),
                "both": N_("Money and labour"),
                "none": N_("Nothing: an earlier entry was wrong"),
            }
        ),
    ]
    ground: Annotated[
        Sealed[str],
        Label(N_("Ground"), N_("kept sealed: this person and village officers can read it")),
        Most(200),
    ]
    whole: Annotated[
        Literal["person", "household"],
        Label(N_("Whom it frees")),
        Choice({"person": N_("This person alone"), "household": N_("The whole household")}),
    ] = "person"


@event(
    "rural.homestead_applied",
    may={"officer": PLAN, "convenor": PLAN},
    shown_to="members",
    source="土地管理法 62; 土地管理法實施條例 34",
    title=N_("Enter an application for a homestead"),
    says=N_("Household {household} applied for a homestead"),
)
class HomesteadApplied:
    """A household applies for its one plot; those who live beside it have signed its bounds."""

    household: Annotated[str, Label(N_("Household")), Most(40)]
    applicant: Annotated[str, Label(N_("Who applies for it")), Most(80), Member()]
    plots: Annotated[int, Label(N_("Plots that it has already")), Between(0, 100)] = 0
    gave_up: Annotated[
        Literal["no", "yes"],
        Label(N_("Whether it sold, let or gave away a dwelling")),
        Choice({"no": N_("No"), "yes": N_("Yes")}),
    ] = "no"
    signed: Annotated[
        tuple[Household, ...], Label(N_("Neighbours who signed the bounds")), Many(20)
    ] = ()
    unsigned: Annotated[
        tuple[Household, ...], Label(N_("Neighbours without a signature")), Many(20)
    ] = ()
    remark: Annotated[str, Label(N_("Remark")), Most(500)] = ""
    documents: Attachments = ()


@event(
    "rural.decision_posted",
    may={"officer": PLAN | BUILD | MANAGE, "convenor": PLAN | BUILD | MANAGE},
    source=f"{FOUR_TWO} 公開一; {POSTING_LAW}",
    title=N_("First disclosure: post the resolution"),
    says=N_("The resolution was posted for {days} days"),
)
class DecisionPosted:
    """公開一: the resolution of the villagers hangs on the board, as they passed it."""

    days: Annotated[int, Label(N_("Days")), Between(1, 3650)] = 15
    text: Annotated[str, Label(N_("Text")), Most(5000)] = ""
    place: Place = ""
    resolution: Annotated[
        Ref | None, Label(N_("Resolution (empty: the last)")), To("voting.poll_decided")
    ] = None
    documents: Attachments = ()


@event(
    "rural.result_posted",
    may={
        "officer": MANAGE | EVALUATE | SHARE,
        "convenor": MANAGE | EVALUATE | SHARE,
        "supervisor": MANAGE | EVALUATE | SHARE,
    },
    source=f"{FOUR_TWO} 公開二; {POSTING_LAW}",
    title=N_("Second disclosure: post the result"),
    says=N_("The result was posted for {days} days"),
)
class ResultPosted:
    """公開二: what was done with the resolution hangs on the board."""

    days: Annotated[int, Label(N_("Days")), Between(1, 3650)] = 15
    text: Annotated[str, Label(N_("Text")), Most(5000)] = ""
    place: Place = ""
    documents: Attachments = ()


@event(
    "rural.posting_ended",
    may={"clock": ANY},
    despite_hold=True,
    source=POSTING_LAW,
    title=N_("Posting ended"),
    says=N_("The days of the posting are over"),
)
class PostingEnded:
    """The days of a posting are over; the sheet may come down. Recorded by the clock."""

    posting: Annotated[Ref, To("rural.decision_posted", "rural.result_posted")]


EVENTS = (
    PartyProposed,
    CommitteesConsulted,
    PartyMembersReviewed,
    InterestDeclared,
    EldersHeard,
    LevyProposed,
    LevySignaturesTaken,
    LevyPayersListed,
    LevyExempted,
    HomesteadApplied,
    DecisionPosted,
    ResultPosted,
    PostingEnded,
)
