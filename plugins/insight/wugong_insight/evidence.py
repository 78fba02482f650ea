"""What insight looks at: a fold over other plugins' facts, and a book of assisted ballots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from wugong import Act, Book, Fact, Fold, PollDecided, PollOpened, Reads, Ref


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a scheme, of which only the text matters here."""

    text: str


READS = (
    Reads("planning.need_filed"),
    Reads("planning.scheme_published", clauses=tuple[Clause, ...]),
    Reads("planning.opinion_given", stance=Literal["support", "object", "suggest"]),
    Reads(
        "planning.opinion_answered",
        opinion=Ref,
        decision=Literal["adopted", "partly", "not_adopted"],
        reason=str,
    ),
    Reads("planning.notice_posted", about=tuple[Ref, ...]),
    Reads("voting.ballot_cast", poll=Ref, entitlement=str),
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A version of the scheme: its clauses as text."""

    seq: int
    at: datetime
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The last answer to an opinion."""

    seq: int
    adopted: bool  # fully or in part
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice and what it says it makes public."""

    seq: int
    at: datetime
    about: frozenset[int]


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll that was opened, and how it ended."""

    seq: int
    starts: datetime
    procedure: str
    options: tuple[tuple[str, str], ...]  # id, title
    about: frozenset[int] = frozenset()
    ballots: int = 0
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts of a matter that the signals are computed from, in their order."""

    first_need: tuple[int, datetime] | None = None
    schemes: tuple[Scheme, ...] = ()
    critical: tuple[int, ...] = ()  # opinions that object or suggest a change
    answers: Mapping[int, Answer] = field(default_factory=lambda: MappingProxyType({}))
    notices: tuple[Notice, ...] = ()
    polls: tuple[Poll, ...] = ()


def _fold(evidence: Evidence, fact: Fact) -> Evidence:
    event: Any = fact.event
    match fact.kind:
        case "planning.need_filed" if evidence.first_need is None:
            return replace(evidence, first_need=(fact.seq, fact.at))
        case "planning.scheme_published":
            clauses = tuple(clause.text for clause in event.clauses)
            scheme = Scheme(fact.seq, fact.at, clauses)
            return replace(evidence, schemes=(*evidence.schemes, scheme))
        case "planning.opinion_given" if event.stance != "support":
            return replace(evidence, critical=(*evidence.critical, fact.seq))
        case "planning.opinion_answered":
            answer = Answer(fact.seq, event.decision != "not_adopted", event.reason.strip())
            answers = MappingProxyType({**evidence.answers, int(event.opinion): answer})
            return replace(evidence, answers=answers)
        case "planning.notice_posted":
            notice = Notice(fact.seq, fact.at, frozenset(map(int, event.about)))
            return replace(evidence, notices=(*evidence.notices, notice))
        case "voting.poll_opened":
            options = tuple((option.id, option.title) for option in event.options)
            about = frozenset(map(int, event.about))
            starts = max(fact.at, event.opens_at or fact.at)
            poll = Poll(fact.seq, starts, event.procedure, options, about)
            return replace(evidence, polls=(*evidence.polls, poll))
        case "voting.poll_decided":
            polls = tuple(_decided(poll, event) for poll in evidence.polls)
            return replace(evidence, polls=polls)
    return evidence


def _decided(poll: Poll, outcome: PollDecided) -> Poll:
    if poll.seq != outcome.poll:
        return poll
    return replace(poll, ballots=outcome.taken_part.ballots, verdict=outcome.verdict)


EVIDENCE: Fold[Evidence] = Fold(
    "insight.evidence",
    initial=Evidence(),
    fold=_fold,
    hears=(
        "planning.need_filed",
        "planning.scheme_published",
        "planning.opinion_given",
        "planning.opinion_answered",
        "planning.notice_posted",
        PollOpened,
        PollDecided,
    ),
)


def _assisted_keys(act: Act | Fact) -> Iterable[str]:
    # Only ballots cast at an assisted desk cost a row: what people cast themselves says nothing
    # about helpers, and paper can be counted again.
    if act.channel == "assisted" and act.principal is not None:
        yield f"{int(act.event.poll)}/{act.by}/{act.event.entitlement}"


def _assisted(value: int | None, key: str, fact: Fact) -> int:
    return 1


ASSISTED: Book[int] = Book(
    "insight.assisted",
    keys=_assisted_keys,
    fold=_assisted,
    hears=("voting.ballot_cast",),
    shown_to="officer",
)


def by_helper(keys: Iterable[str]) -> dict[int, dict[str, int]]:
    """Count the entitlements that each helper entered, by poll.

    >>> by_helper(["7/agent/101", "7/agent/102", "9/agent/101"])
    {7: {'agent': 2}, 9: {'agent': 1}}
    """
    counted: dict[int, dict[str, int]] = {}
    for key in keys:
        poll, helper, _entitlement = key.split("/", 2)
        of_poll = counted.setdefault(int(poll), {})
        of_poll[helper] = of_poll.get(helper, 0) + 1
    return counted
