"""The log of paper ballots: whose was handed over and whose came back, never what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wugong import Act, Book, Entitlement, Fact, PollClosed, Refusal, local_day, write_time
from wugong_voting.ballots import key, under
from wugong_voting.events import (
    OWN_RULE,
    BatchConfirmed,
    BatchEntered,
    PaperDelivered,
    PaperReturned,
)
from wugong_voting.hand_events import HandsEntered
from wugong_voting.state import Poll

MOST_TOLD = 20  # reasons of one kind: whoever pasted a wrong list reads the first ones

Paper = Mapping[str, Any]
Rights = Mapping[str, Entitlement | None]  # what the frozen roll holds, by entitlement


def _keys(thing: Act | Fact) -> Iterable[str]:
    match thing.event:
        case BatchConfirmed(poll=poll) | PollClosed(poll=poll):  # all that was logged
            return (under(poll),)
        case BatchEntered(poll=poll, ballots=ballots):
            return [key(poll, one.entitlement) for one in ballots]
        case event:
            return [key(event.poll, one) for one in event.entitlements]


def _fold(value: Paper | None, _key: str, fact: Fact) -> Paper | None:
    if isinstance(fact.event, HandsEntered):
        return value  # it is asked whose paper is back
    known = value or {}
    if isinstance(fact.event, BatchEntered):  # who is entered was handed in, logged or not
        back_on = local_day(fact.at).isoformat()
        return {"returned": fact.seq, "back_on": back_on, "back_by": fact.by, **known}
    day = (fact.event.on or local_day(fact.at)).isoformat()
    if isinstance(fact.event, PaperReturned):
        collected_by = fact.event.collected_by or fact.by
        return {**known, "returned": fact.seq, "back_on": day, "back_by": collected_by}
    handed = {"how": fact.event.how, "by": fact.event.handed_by or fact.by, "on": day}
    signed = {"signed": True} if fact.event.signed else {}  # a second paper takes nothing back
    return {**known, **handed, **signed}


PAPERS: Book[Paper] = Book(
    "voting.papers",
    keys=_keys,
    fold=_fold,
    hears=(PaperDelivered, PaperReturned, BatchEntered, BatchConfirmed, HandsEntered, PollClosed),
    version=4,  # who collected it, who signed for it
    shown_to="officer",
)


@dataclass(frozen=True, slots=True)
class Papers:
    """How many paper ballots were handed over, came back, and are ``outstanding``."""

    delivered: int = 0
    returned: int = 0  # among them what nobody logged as handed over
    outstanding: int = 0


def counted(log: Iterable[Paper]) -> Papers:
    """Count the papers of a poll from what the book says of each.

    >>> counted([{"on": "2026-03-02"}, {"on": "2026-03-02", "returned": 9}, {"returned": 12}])
    Papers(delivered=2, returned=2, outstanding=1)
    """
    listed = list(log)
    out = [one for one in listed if "on" in one]
    return Papers(
        delivered=len(out),
        returned=sum("returned" in one for one in listed),
        outstanding=sum("returned" not in one for one in out),
    )


def taking_refusals(poll: Poll | None, act: Act, source: str) -> list[Refusal]:
    """Say why this poll takes no paper ballots now."""
    if poll is None:
        return [Refusal("voting.poll_elsewhere", source, {"poll": act.event.poll})]
    if poll.is_over(act.at):
        closed_at = write_time(poll.closed_at or poll.opened.closes_at)
        return [Refusal("voting.poll_is_closed", source, {"closed_at": closed_at})]
    if "paper" not in poll.opened.channels:
        return [Refusal("voting.channel_not_offered", source, {"channel": "paper"})]
    return []


def refusals(
    poll: Poll | None, act: Act, rights: Rights, log: Mapping[str, Paper | None], source: str
) -> list[Refusal]:
    """Say why these papers cannot be logged as handed over, or as returned.

    ``rights`` and ``log`` are by entitlement: the frozen roll, and what was logged so far.
    """
    if reasons := taking_refusals(poll, act, source):
        return reasons
    named, on = act.event.entitlements, act.event.on
    if isinstance(act.event, PaperDelivered) and act.event.signed and act.event.how == "posted":
        reasons.append(Refusal("voting.posted_unsigned", OWN_RULE))
    if on is not None and on > local_day(act.at):
        reasons.append(Refusal("voting.paper_in_the_future", OWN_RULE, {"on": on.isoformat()}))
    twice = sorted({one for one in named if named.count(one) > 1})
    reasons += each("voting.entitlement_twice", twice, OWN_RULE)
    reasons += each("voting.not_on_the_roll", [o for o in named if rights[o] is None], source)
    if isinstance(act.event, PaperReturned):
        never = [one for one in named if rights[one] is not None and not log[one]]
        reasons += each("voting.paper_not_delivered", never, OWN_RULE)
    return reasons


def each(code: str, named: Iterable[str], source: str) -> list[Refusal]:
    """Refuse each of what is named, the first ones."""
    first = list(dict.fromkeys(named))[:MOST_TOLD]
    return [Refusal(code, source, {"entitlement": one}) for one in first]
