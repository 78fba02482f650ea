"""What voters do. Polls themselves are core vocabulary (:mod:`wugong.polls`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from wugong import (
    ANY,
    EVALUATE,
    MANAGE,
    N_,
    PLAN,
    Attached,
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

VOTING: Stage = PLAN | MANAGE | EVALUATE  # where polls are opened, so where ballots are cast
WAYS = {"door": N_("At the door"), "desk": N_("At the desk"), "posted": N_("By post")}
OWN_RULE = N_("Our own rules for paper ballots")  # no statute: how papers are kept and counted
OWN_OBJECTIONS = N_("Our own rules for objections")  # where the procedure states no days
OWN_HELP = N_("Our own rules for the assisted desk")  # no statute says how help is witnessed
CONSENTS = {
    "signature": N_("Signed on paper"),
    "thumbprint": N_("Thumbprint on paper"),
    "spoken": N_("Said aloud before the witness"),
}
FINDINGS = {"upheld": N_("Upheld"), "not_upheld": N_("Not upheld")}
MOST_UNITS = 300  # what one form can list
MOST_COUNTED = 999_999
MOST_SHEETS = 100  # of a batch: what two people count by hand at one sitting
MOST_SCANS = 10  # of a sheet
NOBODY = "voting.teller"  # a relation that nobody has: results are read, ballots are not


@event(
    "voting.ballot_cast",
    may={"resident": VOTING},
    shown_to="author",
    source="民法典 278; 村組法 (2025) 26, 30",
    bulk=True,
    boxed="poll",
    despite_hold=True,
    title=N_("Vote"),
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
    "voting.help_agreed",
    may={"resident": VOTING},
    shown_to="author|officer",
    source=OWN_HELP,
    despite_hold=True,
    title=N_("Agree to be helped with the ballot"),
    says=N_("{by} agreed before a witness to be helped with a ballot"),
)
class HelpAgreed:
    """Somebody at the assisted desk agrees that the agent enters their ballot, before a witness.

    It is recorded by the agent for who is helped, before the ballot; it never says what was chosen.
    """

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    consent: Annotated[
        Literal["signature", "thumbprint", "spoken"], Label(N_("How they agreed")), Choice(CONSENTS)
    ]
    witness: Annotated[
        str,
        Label(N_("Witness"), N_("Somebody other than the two of you who hears it read out")),
        Most(80),
        Member(),
    ]


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
    source=OWN_RULE,
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
    signed: Annotated[bool, Label(N_("Whoever is entitled signed for them"))] = False


@event(
    "voting.paper_returned",
    may={"officer": VOTING},
    shown_to="officer",
    source=OWN_RULE,
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
    collected_by: Annotated[str, Label(N_("Collected by (empty: you)")), Most(80), Member()] = ""


BatchNumber = Annotated[int, Label(N_("Number of the batch")), Between(1, MOST_COUNTED)]


@event(
    "voting.batch_registered",
    may={"officer": VOTING},
    shown_to="officer",
    source=OWN_RULE,
    despite_hold=True,
    title=N_("Register a batch of paper ballots"),
    says=N_("Batch {number} was registered; sheets: {sheets}"),
)
class BatchRegistered:
    """Collected papers are bundled and their sheets counted, before the voting ends.

    What they say is entered and counted anew later, within the hours that the poll states for it.
    """

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    number: BatchNumber
    sheets: Annotated[int, Label(N_("Sheets")), Between(1, MOST_SHEETS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A paper ballot: the number written on the sheet, whose it is, and what it chooses."""

    sheet: Annotated[int, Label(N_("Number of the sheet")), Between(1, MOST_COUNTED)]
    entitlement: Annotated[str, Label(N_("Entitlement")), Most(80)]
    choice: Annotated[str, Label(N_("Choice")), Most(4000)]  # see ballot_forms.py


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What was counted by hand for one option; see :func:`wugong_voting.batches.marks_of`."""

    option: Annotated[str, Label(N_("Option")), Most(40)]
    count: Annotated[int, Label(N_("Counted by hand")), Between(0, MOST_COUNTED)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The control totals of a batch, counted on the sheets by hand; options left out have 0."""

    sheets: Annotated[int, Label(N_("Sheets")), Between(0, MOST_COUNTED)]
    options: Annotated[tuple[Marks, ...], Label(N_("Options")), Many(50)] = ()
    blank: Annotated[int, Label(N_("Blank sheets")), Between(0, MOST_COUNTED)] = 0
    spoilt: Annotated[int, Label(N_("Spoilt sheets")), Between(0, MOST_COUNTED)] = 0


@event(
    "voting.batch_entered",
    may={"officer": VOTING},
    shown_to=NOBODY,
    source=OWN_RULE,
    despite_hold=True,
    title=N_("Enter a batch of paper ballots"),
    says=N_("A batch of paper ballots was entered"),
)
class BatchEntered:
    """One officer enters the ballots of a batch with the totals counted by hand.

    They count for nothing until a second officer has counted the same sheets.
    """

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    number: BatchNumber
    control: Annotated[Control, Label(N_("Counted by hand"))]
    ballots: Annotated[tuple[Sheet, ...], Label(N_("Paper ballots")), Many(MOST_SHEETS, least=1)]


@event(
    "voting.batch_confirmed",
    may={"officer": VOTING},
    shown_to="author",
    source=OWN_RULE,
    despite_hold=True,
    title=N_("Confirm a batch of paper ballots"),
    says=N_("Batch {number} was confirmed"),
)
class BatchConfirmed:
    """A second officer counts the sheets of a batch anew; its ballots take effect with it."""

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    number: BatchNumber
    control: Annotated[Control, Label(N_("Counted by hand"))]


@event(
    "voting.batch_withdrawn",
    may={"officer": VOTING},
    shown_to="officer",
    source=OWN_RULE,
    despite_hold=True,
    title=N_("Withdraw a batch of paper ballots"),
    says=N_("Batch {number} was withdrawn: {reason}"),
)
class BatchWithdrawn:
    """A batch that nobody confirmed is taken out, so that its sheets can be entered again."""

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    number: BatchNumber
    reason: Annotated[str, Label(N_("Reason")), Most(200)]


@event(
    "voting.sheet_scanned",
    may={"officer": VOTING},
    shown_to="author|voting.examiner",
    sealed_for="voter",
    source=OWN_RULE,
    despite_hold=True,
    title=N_("Add a scan of a paper ballot"),
    says=N_("Sheet {sheet} of batch {number} was scanned"),
)
class SheetScanned:
    """What the sheet of an entered batch looks like, sealed for whose ballot it is.

    Who scanned it and who voted with it see it at once, officers once the poll is closed.
    """

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    number: BatchNumber
    sheet: Annotated[int, Label(N_("Number of the sheet")), Between(1, MOST_COUNTED)]
    entitlement: Annotated[str, Label(N_("Entitlement")), Most(80)]
    voter: Annotated[str, Label(N_("Whose ballot it is")), Most(80), Member()]
    documents: Annotated[
        tuple[str, ...],
        Label(N_("Pictures and documents")),
        Attached(),
        Many(MOST_SCANS, least=1),
        Most(64),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperBallot:
    """A ballot of a confirmed batch, as it takes effect: whose it is and since which fact."""

    entitlement: Annotated[str, Most(80)]
    member: Annotated[str, Most(80)]
    choice: Annotated[str, Most(4000)]
    since: Annotated[int, Between(1)]  # its return, or the entering; whoever votes later keeps that


@event(
    "voting.batch_counted",
    may={"plugin:voting": ANY},
    shown_to=NOBODY,
    despite_hold=True,
    title=N_("Paper ballots take effect"),
    says=N_("Paper ballots took effect"),
)
class BatchCounted:
    """All ballots of a confirmed batch take effect together, in the commit of its confirmation."""

    poll: Ref
    number: BatchNumber
    ballots: Annotated[tuple[PaperBallot, ...], Many(MOST_SHEETS, least=1)]


@event(
    "voting.roll_contested",
    may={"resident": ANY},
    shown_to="author|officer",
    source="村組法 (2025) 17; 居組法 (2025) 17",
    despite_hold=True,
    title=N_("Contest the roll"),
    says=N_("The roll of a poll was contested"),
)
class RollContested:
    """Who is on the roll or was left out says what is wrong with the frozen roll of a poll.

    The roll stays as it was frozen. An officer answers, and the poll carries what was found.
    """

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    text: Annotated[Sealed[str], Label(N_("What is wrong")), Most(4000)]
    entitlement: Annotated[
        str, Label(N_("Entitlement on the roll (empty: somebody was left out)")), Most(80)
    ] = ""
    left_out: Annotated[str, Label(N_("Who was left out (empty: you)")), Most(80), Member()] = ""


@event(
    "voting.ballot_contested",
    may={"resident": ANY},
    shown_to="author|officer",
    source=OWN_OBJECTIONS,
    despite_hold=True,
    title=N_("Contest a ballot"),
    says=N_("A ballot was contested"),
)
class BallotContested:
    """Somebody doubts one open ballot: a signature that is not its owner's, a voter misled.

    It is taken for an entitlement with or without a ballot, or asking would tell who has voted.
    """

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    entitlement: Annotated[str, Label(N_("Entitlement")), Most(80)]
    text: Annotated[Sealed[str], Label(N_("What is wrong")), Most(4000)]


@event(
    "voting.objection_answered",
    may={"officer": ANY},
    not_same_as=("objection",),
    source="村組法 (2025) 17; 居組法 (2025) 17",
    despite_hold=True,
    title=N_("Answer an objection to a poll"),
    says=N_("Objection {objection} was answered: {finding}. {reason}"),
)
class ObjectionAnswered:
    """Upheld or not, with the reason that everybody reads. Nothing is counted again by it."""

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    objection: Annotated[
        Ref, Label(N_("Objection")), To("voting.roll_contested", "voting.ballot_contested")
    ]
    finding: Annotated[
        Literal["upheld", "not_upheld"], Label(N_("What was found")), Choice(FINDINGS)
    ]
    reason: Annotated[str, Label(N_("Reason; everybody reads it")), Most(1000)]


RECALL = "村組法 (2025) 19; 居組法 (2025) 20"
ToPetition = Annotated[Ref, Label(N_("Petition")), To("voting.petition_opened")]


@event(
    "voting.petition_signed",
    may={"resident": VOTING},
    shown_to="author",
    source=RECALL,
    bulk=True,
    despite_hold=True,
    title=N_("Sign the petition"),
    says=N_("A petition was signed"),
)
class PetitionSigned:
    """Somebody on the roll of a petition signs it. Who did stays with them; how many is public."""

    petition: ToPetition
    entitlement: Annotated[str, Label(N_("Entitlement")), Most(80)]


@event(
    "voting.petition_signature_withdrawn",
    may={"resident": VOTING},
    shown_to="author",
    source=RECALL,
    bulk=True,
    despite_hold=True,
    title=N_("Take back your signature"),
    says=N_("A signature was taken back"),
)
class SignatureWithdrawn:
    """Who signed, on paper or here, takes the signature back before the recall is put to vote."""

    petition: ToPetition
    entitlement: Annotated[str, Label(N_("Entitlement")), Most(80)]


@event(
    "voting.petition_papers_entered",
    may={"officer": VOTING, "convenor": VOTING},
    shown_to="author",
    source=OWN_RULE,
    bulk=True,
    despite_hold=True,
    title=N_("Enter signatures on paper"),
    says=N_("Signatures on paper were entered"),
)
class PetitionPapersEntered:
    """Whose signatures stand on the sheets that were handed in, read against the roll."""

    petition: ToPetition
    entitlements: Annotated[
        tuple[Annotated[str, Most(80)], ...],
        Label(N_("Entitlements")),
        Many(MOST_UNITS, least=1),
    ]


@event(
    "voting.petition_answered",
    may={"resident": VOTING},
    shown_to="members",
    source="村組法 (2025) 19",
    despite_hold=True,
    title=N_("Answer the petition"),
    says=N_("Whom the petition names has answered it"),
)
class PetitionAnswered:
    """Whom a petition names answers its reasons, as often as they like, before the vote."""

    petition: ToPetition
    text: Annotated[Sealed[str], Label(N_("Answer")), Most(4000)]


@event(
    "voting.petition_counted",
    may={"plugin:voting": ANY},
    despite_hold=True,
    source=RECALL,
    title=N_("Count the signatures"),
    says=N_("The petition had {signed} of {of} signatures when the recall was put to the vote"),
)
class PetitionCounted:
    """How many had signed, of all who may, at the opening of the poll; ``needed`` is the least."""

    petition: Annotated[Ref, To("voting.petition_opened")]
    poll: Annotated[Ref, To("voting.poll_opened")]
    signed: Annotated[int, Between(0)]
    of: Annotated[int, Between(1)]
    needed: Annotated[int, Between(0)]
