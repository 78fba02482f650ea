"""Polls: the core vocabulary of a vote. Rules are in plugins, thresholds in procedures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Annotated, Any, Literal, Protocol

from wugong.events import event
from wugong.procedures import Base, Procedure, Requirement
from wugong.rosters import Measure
from wugong.schema import Between, Choice, Label, Many, Member, Most, Ref, To
from wugong.stages import ANY, EVALUATE, MANAGE, PLAN
from wugong.thresholds import least, reaches
from wugong.words import N_

MOST_COUNTING_HOURS = 72

Nonresponse = Literal[
    "strict_returned",
    "signed_receipt_is_abstain",
    "follow_majority_if_rules_say",
    "follow_majority_above_half",
]
Channel = Literal["web", "paper", "assisted", "meeting"]  # how a poll takes ballots
Verdict = Literal["passed", "rejected", "no_quorum", "tied", "advisory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of the things that can be chosen."""

    id: Annotated[str, Most(40)]
    title: Annotated[str, Most(200)]
    cost: Annotated[int, Between(0)] = 0  # 分, where projects share a budget


@event(
    "voting.poll_opened",
    may={"officer": PLAN | MANAGE | EVALUATE, "convenor": PLAN | MANAGE | EVALUATE},
    source="民法典 278; 村組法 (2025) 26, 30",
    title=N_("Open a poll"),
    says=N_("Poll opened: {question}"),
)
class PollOpened:
    """A question is put to those entitled, until a stated time. Opening freezes the roster."""

    question: Annotated[str, Label(N_("Question")), Most(300)]
    options: Annotated[tuple[Option, ...], Label(N_("Options")), Many(50, least=2)]
    procedure: Annotated[str, Label(N_("Procedure")), Most(80)]
    roster: Annotated[str, Label(N_("Roster")), Most(40)]
    closes_at: Annotated[datetime, Label(N_("Closes at"))]
    opens_at: Annotated[datetime | None, Label(N_("Opens at (empty: at once)"))] = None
    rule: Annotated[str, Label(N_("Counting rule")), Most(40)] = "yes_no_abstain"
    groups: Annotated[tuple[str, ...], Label(N_("Only these groups (empty: all)"))] = ()
    secrecy: Annotated[
        Literal["open", "secret", "scrutineers"],
        Label(N_("Secrecy")),
        Choice(
            {
                "open": N_("Open ballots"),
                "secret": N_("Secret ballots"),
                "scrutineers": N_("Secret ballots that only the scrutineers open together"),
            }
        ),
    ] = "open"
    box_key: Annotated[str, Label(N_("Public key of the scrutineers' ceremony")), Most(120)] = ""
    channels: tuple[Channel, ...] = ("web", "paper", "assisted")
    about: Annotated[tuple[Ref, ...], Label(N_("Puts to the vote"))] = ()
    candidates: Annotated[
        tuple[Annotated[str, Most(80), Member()], ...],
        Label(N_("Members who stand as candidates")),
        Many(50),
    ] = ()
    budget: Annotated[int, Label(N_("Budget for the projects, in 分")), Between(0)] = 0
    opposed_most: Annotated[
        int, Label(N_("At most so many in a hundred of any group may be against")), Between(0, 99)
    ] = 0  # 0: no such condition
    ties: Annotated[
        Literal["told", "lot"],
        Label(N_("If several options win")),
        Choice(
            {
                "told": N_("All of them are named"),
                "lot": N_("A published lot is drawn between them"),
            }
        ),
    ] = "told"
    counting_hours: Annotated[
        int,
        Label(N_("Hours after the end in which papers collected before it may be counted")),
        Between(0, MOST_COUNTING_HOURS),
    ] = 0  # 0: what is not confirmed at the end is not counted
    nonresponse: Annotated[
        Nonresponse,
        Label(N_("Ballots that do not come back")),
        Choice(
            {
                "strict_returned": N_("They take no part"),
                "signed_receipt_is_abstain": N_("Signed for and not returned: an abstention"),
                "follow_majority_if_rules_say": N_(
                    "Signed for and not returned: with the majority, as our own rules say"
                ),
                "follow_majority_above_half": N_(
                    "Signed for and not returned: with the majority, "
                    "if that is by itself more than half of all"
                ),
            }
        ),
    ] = "strict_returned"
    nonresponse_clause: Annotated[
        str, Label(N_("The clause of our own rules that says so, word for word")), Most(300)
    ] = ""

    @property
    def counted_until(self) -> datetime:
        """When the counting of papers ends that were collected before ``closes_at``."""
        return self.closes_at + timedelta(hours=self.counting_hours)

    @property
    def secret(self) -> bool:
        """Whether the ballots go into a box, unread until it is opened."""
        return self.secrecy != "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """The text that a poll is decided by, as it stood when the poll opened."""

    version: Annotated[str, Most(64)]  # ``Procedure.version``
    texts: Annotated[tuple[Annotated[str, Most(200_000)], ...], Many(20, least=1)]
    origin: Annotated[str, Most(80)]  # the statute's procedure, where a local pack is stricter


def law_of(procedure: Procedure) -> Law | None:
    """Return the text of a procedure to be kept; none for one that was made in code."""
    if not procedure.texts:
        return None
    return Law(version=procedure.version, texts=procedure.texts, origin=procedure.origin)


@event(
    "voting.roll_frozen",
    may={"plugin": ANY},
    despite_hold=True,
    title=N_("Roll frozen"),
    says=N_("The roll was frozen: {entitlements} entitled"),
)
class RollFrozen:
    """Who may vote in a poll and by which text it is decided, fixed at its opening.

    Whatever happens to the roster and to the procedure later, the poll stays as it was opened.
    """

    poll: Ref
    edition: Annotated[str, Most(64)]  # the roster edition: SHA-256 of its roll
    roll: Annotated[str, Most(64)]  # SHA-256 of the entitlements of this poll
    entitlements: Annotated[int, Between(0)]
    heads: Annotated[int, Between(0)]
    households: Annotated[int, Between(0)]
    area_dm2: Annotated[int, Between(0)]
    law: Law | None = None


@event(
    "voting.poll_closed",
    may={"clock": ANY, "officer": ANY},
    despite_hold=True,
    title=N_("Close the poll"),
    says=N_("Poll closed"),
)
class PollClosed:
    """The poll takes no more ballots. The clock closes it; an officer cannot close it early.

    Where papers may be counted after its end, it closes when the last batch that was registered
    before is confirmed, at the latest when the hours for that are over.
    """

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]


@event(
    "voting.box_unlocked",
    may={"officer": ANY, "scrutineer": ANY},
    despite_hold=True,
    title=N_("Open the ballot box with the scrutineers' shares"),
    says=N_("The scrutineers opened the ballot box together, with shares {shares}"),
)
class BoxUnlocked:
    """Enough scrutineers type their shares on one machine after the closing; the box is opened.

    A share is used for this one opening; what is recorded of it is its number.
    """

    poll: Annotated[Ref, Label(N_("Poll")), To("voting.poll_opened")]
    shares: Annotated[
        tuple[Annotated[str, Most(400)], ...],
        Label(N_("Shares, one after the other: each is 33 groups of four digits")),
        Many(200, least=1),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What one option received, in each measure."""

    option: Annotated[str, Most(40)]
    ballots: Annotated[int, Between(0)]
    heads: Annotated[int, Between(0)]
    households: Annotated[int, Between(0)]
    area_dm2: Annotated[int, Between(0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCount:
    """How the heads of one group (stair, village group) voted; small groups stand together."""

    taken_part: Annotated[int, Between(0)]
    yes: Annotated[int, Between(0)]
    no: Annotated[int, Between(0)]
    abstain: Annotated[int, Between(0)]
    group: Annotated[str, Most(80)] = ""  # empty for the small ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What one way of filling in a secret ballot came to, in each measure."""

    choice: Annotated[str, Most(4000)]
    ballots: Annotated[int, Between(0)]
    heads: Annotated[int, Between(0)]
    households: Annotated[int, Between(0)]
    area_dm2: Annotated[int, Between(0)]


@event(
    "voting.box_opened",
    may={"plugin": ANY},
    despite_hold=True,
    title=N_("Open the ballot box"),
    says=N_("The ballot box was opened"),
)
class BoxOpened:
    """A secret poll is opened: receipts sorted, ballots sorted apart from them, and the totals.

    That both lists are of the same ballots rests on the operator. Households and floor area are
    added up only where the procedure tests them. ``small``: few or equal ballots, or so few of one
    kind whose weight is stated, that the totals themselves tell how somebody voted.
    """

    poll: Ref
    ids: Annotated[tuple[Annotated[str, Most(40)], ...], Many(1_000_000)]
    choices: Annotated[tuple[Annotated[str, Most(4000)], ...], Many(1_000_000)]
    counts: Annotated[tuple[Chosen, ...], Many(100_000)]
    small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One requirement as applied: ``have`` of ``of``; ``needed`` is the least that reaches it."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    id: Annotated[str, Most(80)]
    measure: Literal["heads", "households", "area"]
    base: Literal["all", "part", "present", "voted", "sides"]
    have: Annotated[int, Between(0)]
    of: Annotated[int, Between(0)]
    op: Literal[">", ">="]
    share: Fraction
    needed: Annotated[int, Between(0)]
    met: bool
    source: Annotated[str, Most(200)]


@event(
    "voting.poll_decided",
    may={"plugin": ANY},
    despite_hold=True,
    title=N_("Result"),
    says=N_("Result of the poll: {verdict}"),
)
class PollDecided:
    """The outcome with every number, test and article; recomputable from the exported ballots."""

    poll: Ref
    verdict: Annotated[
        Literal["passed", "rejected", "no_quorum", "tied", "advisory"],
        Choice(
            {
                "passed": N_("Carried"),
                "rejected": N_("Not carried"),
                "no_quorum": N_("Too few took part; no decision"),
                "tied": N_("Tie"),
                "advisory": N_("Opinion given"),
            }
        ),
    ]
    winners: tuple[str, ...]
    counts: tuple[Count, ...]
    tests: tuple[Test, ...]
    rule: Annotated[str, Most(40)]
    procedure: Annotated[str, Most(80)]
    basis: tuple[str, ...]
    roll: Annotated[str, Most(64)]
    taken_part: Count
    count: Annotated[str, Most(1_000_000)] = ""  # rounds or matrix, as canonical JSON
    groups: Annotated[tuple[GroupCount, ...], Many(100_000)] = ()  # of open yes-or-no polls
    version: Annotated[str, Most(64)] = ""  # of the procedure's text, which the frozen roll keeps
    silent: Count | None = None  # signed for and not returned, where they take part
    silent_as: Annotated[str, Most(40)] = ""  # the option that they were counted with


def apply(requirement: Requirement, have: int, of: int) -> Test:
    """Test ``have`` of ``of`` (same measure, see ``requirement``) exactly; an empty base fails."""
    threshold = requirement.threshold
    return Test(
        id=requirement.id,
        measure=requirement.measure,
        base=requirement.base,
        have=have,
        of=of,
        op=">=" if threshold.inclusive else ">",
        share=threshold.share,
        needed=least(of, threshold),
        met=of > 0 and reaches(have, of, threshold),
        source=threshold.source,
    )


def judge(
    procedure: Procedure,
    whole: Mapping[Measure, int],
    part: Mapping[Measure, int],
    yes: Mapping[Measure, int],
    present: Mapping[Measure, int] | None = None,
    no: Mapping[Measure, int] | None = None,
) -> tuple[Verdict, tuple[Test, ...]]:
    """Apply every test of ``procedure`` to exact figures and return the verdict with the tests.

    ``whole`` is everybody entitled, ``part`` who took part, ``present`` who came (default: who took
    part), ``yes`` who agreed. Quorum tests ask for ``part``, consent tests for ``yes``.
    Where a rule leaves abstentions out and ``no`` is not given, all who took part are its base,
    which is stricter.
    """
    bases: Mapping[Base, Mapping[Measure, int]] = {
        "all": whole,
        "part": part,
        "present": present or part,
        "voted": part,
        "sides": {m: yes[m] + no[m] for m in no} if no is not None else part,
    }
    quorum = tuple(
        apply(r, (bases["present"] if present else part)[r.measure], bases[r.base][r.measure])
        for r in procedure.quorum
    )
    consent = tuple(apply(r, yes[r.measure], bases[r.base][r.measure]) for r in procedure.consent)
    if not all(test.met for test in quorum):
        return "no_quorum", quorum + consent
    if not procedure.decides:
        return "advisory", quorum + consent
    return ("passed" if all(test.met for test in consent) else "rejected"), quorum + consent


@dataclass(frozen=True, slots=True)
class Ballot:
    """A choice with its weights, as a rule sees it: never a voter.

    ``ballots`` alike may stand together, their weights added up.
    """

    choice: str
    heads: int
    households: int
    area_dm2: int
    ballots: int = 1


class Summary(Protocol):
    """What a shard of ballots comes to: integers that merge exactly in any order."""

    def merge(self, other: Any) -> Any:
        """Return the summary of both."""
        ...


@dataclass(frozen=True, slots=True)
class VotingRule:
    """A counting rule: three pure functions, ``partial`` → ``Summary.merge`` → ``decide``."""

    id: str
    title: str  # message id
    partial: Callable[[Sequence[Ballot], Sequence[str]], Any]
    decide: Callable[[Any, Sequence[str], Mapping[str, Any]], Any]
    source: str = ""
    fixed_options: tuple[str, ...] | None = None  # where the rule knows its own options
