"""What happens while a community plans together: needs, schemes, opinions, notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from wugong import (
    ANY,
    N_,
    PLAN,
    Anew,
    Attachments,
    Between,
    Choice,
    Label,
    Many,
    Most,
    Ref,
    Sealed,
    To,
    event,
)

Channel = Literal["door", "web", "meeting", "box"]
Stance = Literal["support", "object", "suggest"]
Decision = Literal["adopted", "partly", "not_adopted"]

CHANNELS: dict[str, str] = {
    "door": N_("Door visit"),
    "web": N_("Online"),
    "meeting": N_("Meeting"),
    "box": N_("Suggestion box"),
}
STANCES: dict[str, str] = {
    "support": N_("I support it"),
    "object": N_("I object"),
    "suggest": N_("I suggest a change"),
}
DECISIONS: dict[str, str] = {
    "adopted": N_("Adopted"),
    "partly": N_("Partly adopted"),
    "not_adopted": N_("Not adopted"),
}
MOST_OPINION = 2000

REPLY_SOURCE = "中辦發〔2015〕41號"  # deliberation ends with feedback to whoever spoke
NOTICE_SOURCE = "物業管理條例 14; 村組法 (2025) 35"


@event(
    "planning.need_filed",
    may={"resident": PLAN, "officer": PLAN},
    shown_to="members",
    despite_hold=True,
    title=N_("Raise a need"),
    says=N_("A need was raised ({channel})"),
)
class NeedFiled:
    """What somebody lacks, in their own words, however it reached us."""

    text: Annotated[Sealed[str], Label(N_("What is the difficulty?")), Most(2000)]
    place: Annotated[str, Label(N_("Where"), N_("Building, stair, road …")), Most(80)] = ""
    channel: Annotated[Channel, Label(N_("How it reached us")), Choice(CHANNELS)] = "web"
    household: Annotated[
        str,
        Label(N_("Household code"), N_("Only to count each household once; no names")),
        Most(40),
    ] = ""
    documents: Attachments = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause of a scheme and the needs that it answers."""

    text: Annotated[str, Label(N_("Clause")), Most(1000)]
    answers: Annotated[
        tuple[Ref, ...], Label(N_("Answers the needs")), To("planning.need_filed"), Many(500)
    ] = ()


@event(
    "planning.scheme_published",
    may={"officer": PLAN, "convenor": PLAN, "designer": PLAN},
    title=N_("Publish a scheme"),
    says=N_("Scheme published: {title}"),
)
class SchemePublished:
    """A version of the scheme, clause by clause; it replaces the version before it."""

    title: Annotated[str, Label(N_("Title of the scheme")), Most(120)]
    clauses: Annotated[tuple[Clause, ...], Label(N_("Clauses")), Many(100, least=1)]
    cost_fen: Annotated[int, Label(N_("Cost to build")), Between(0)] = 0
    operating_fen_per_year: Annotated[int, Label(N_("Cost to run a year")), Between(0)] = 0
    changes: Annotated[
        str, Label(N_("What changed since the last version, and why")), Most(2000), Anew()
    ] = ""
    replaces: Annotated[
        Ref | None, Label(N_("Replaces version")), To("planning.scheme_published")
    ] = None


@event(
    "planning.opinion_given",
    may={"resident": PLAN, "officer": PLAN},
    despite_hold=True,
    title=N_("Give an opinion"),
    says=N_("An opinion was given on the scheme"),
)
class OpinionGiven:
    """What somebody thinks of a scheme. It will be answered, with a reason."""

    scheme: Annotated[Ref, Label(N_("Scheme")), To("planning.scheme_published")]
    text: Annotated[Sealed[str], Label(N_("Your opinion")), Most(MOST_OPINION)]
    stance: Annotated[Stance, Label(N_("Where you stand")), Choice(STANCES)] = "suggest"


@event(
    "planning.opinion_answered",
    may={"officer": PLAN, "convenor": PLAN},
    not_same_as=("opinion",),
    despite_hold=True,
    source=REPLY_SOURCE,
    title=N_("Answer an opinion"),
    says=N_("Opinion {opinion} was answered: {decision}. {reason}"),
)
class OpinionAnswered:
    """Adopted, partly or not, and why. Nobody answers their own opinion."""

    opinion: Annotated[Ref, Label(N_("Opinion")), To("planning.opinion_given")]
    decision: Annotated[Decision, Label(N_("Decision")), Choice(DECISIONS)]
    reason: Annotated[str, Label(N_("Reason")), Most(1000)]


@event(
    "planning.opinion_contested",
    may={"resident": PLAN, "officer": PLAN},
    despite_hold=True,
    title=N_("Disagree: ask once more"),
    says=N_("The answer {answer} was contested"),
)
class OpinionContested:
    """Who gave an opinion disagrees with the answer. Once; the second answer stands."""

    answer: Annotated[Ref, Label(N_("Answer")), To("planning.opinion_answered")]
    text: Annotated[Sealed[str], Label(N_("Why you disagree")), Most(MOST_OPINION)]


@event(
    "planning.notice_posted",
    may={"officer": ANY, "convenor": ANY},
    despite_hold=True,
    source=NOTICE_SOURCE,
    title=N_("Post a notice"),
    says=N_("Notice posted for {days} days: {title}"),
)
class NoticePosted:
    """A public notice for some days, on paper and here; the day of posting is not counted."""

    title: Annotated[str, Label(N_("Title of the notice")), Most(120)]
    body: Annotated[str, Label(N_("Text of the notice")), Most(20_000)] = ""
    about: Annotated[tuple[Ref, ...], Label(N_("Makes public")), Many(50)] = ()
    days: Annotated[int, Label(N_("Days")), Between(1, 365)] = 15
    place: Annotated[str, Label(N_("Where the sheet hangs")), Most(120)] = ""
    documents: Attachments = ()
    options: Annotated[
        tuple[Annotated[str, Most(200)], ...],
        Label(N_("What can be chosen, word for word (only for a vote between several)")),
        Many(50),
    ] = ()


@event(
    "planning.notice_ended",
    may={"clock": ANY},
    despite_hold=True,
    title=N_("Notice has run"),
    says=N_("The days of notice {notice} are over"),
)
class NoticeEnded:
    """The days of a notice have run; the sheet may come down."""

    notice: Annotated[Ref, Label(N_("Notice")), To("planning.notice_posted")]
