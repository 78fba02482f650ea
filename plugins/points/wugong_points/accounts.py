"""Who has how many points: double entry, monthly caps and stock, key by key.

Points come out of ``account/issued`` and go to ``account/redeemed``; with the members' accounts
all come to 0. Every key is one account, so a batch of redemptions cannot spend the same points.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wugong import ZONE, Act, Book, Fact, Prefix, write_time
from wugong_points.events import (
    Award,
    Awarded,
    Counted,
    HandedOver,
    ItemRestocked,
    ItemStocked,
    Redeemed,
    RedemptionBooked,
    Reversed,
)

ISSUED, REDEEMED = "account/issued", "account/redeemed"
BALLOT, DELIVERY = "voting.ballot_cast", "building.delivered"
PAPERS, HANDS = "voting.batch_counted", "voting.hands_counted"  # many ballots in one fact
ANSWER = "evaluation.answered"


def member_account(member: str) -> str:
    """Return the account of a member."""
    return f"member/{member}"


def month_of(at: datetime) -> str:
    """Return the month of a moment, as the community's calendar has it.

    >>> from datetime import UTC
    >>> month_of(datetime(2027, 2, 28, 16, tzinfo=UTC))
    '2027-03'
    """
    return f"{at.astimezone(ZONE):%Y-%m}"


def awards_to(member: str, awards: tuple[Award, ...]) -> Iterator[Award]:
    """Yield the awards of one member out of a list that is ordered by member."""
    place = bisect_left(awards, member, key=lambda award: award.member)
    while place < len(awards) and awards[place].member == member:
        yield awards[place]
        place += 1


# Balances


def changes(event: Any) -> Mapping[str, int]:
    """Return by how much an event changes each account; the changes come to 0."""
    match event:
        case Awarded(awards=awards):
            changed = {ISSUED: -sum(award.points for award in awards)}
            for award in awards:
                account = member_account(award.member)
                changed[account] = changed.get(account, 0) + award.points
            return changed
        case RedemptionBooked(member=member, points=points):
            return {member_account(member): -points, REDEEMED: points}
        case Reversed(member=member, points=points, item=None):
            return {member_account(member): -points, ISSUED: points}
        case Reversed(member=member, points=points):
            return {member_account(member): points, REDEEMED: -points}
    return {}


def _balance_keys(act: Act | Fact) -> Iterable[str]:
    return (member_account(act.who),) if isinstance(act.event, Redeemed) else changes(act.event)


def _balance(value: int | None, key: str, fact: Fact) -> int | None:
    event = fact.event
    if isinstance(event, Awarded) and key != ISSUED:  # a list may be long: look for the one
        member = key.removeprefix(member_account(""))
        return (value or 0) + sum(award.points for award in awards_to(member, event.awards))
    change = changes(event).get(key)
    return value if change is None else (value or 0) + change


BALANCES: Book[int] = Book(
    "points.balances",
    keys=_balance_keys,
    fold=_balance,
    hears=(Awarded, Redeemed, RedemptionBooked, Reversed),
)


# What a member was awarded in a month under one rule (0: by proposals)


def month_key(rule: int | None, at: datetime, member: str) -> str:
    """Return the key of what counts against a cap."""
    return f"{int(rule or 0)}/{month_of(at)}/{member}"


def _month_keys(act: Act | Fact) -> Iterable[str]:
    match act.event:
        case Awarded(awards=awards):
            return dict.fromkeys(month_key(a.rule, act.at, a.member) for a in awards)
        case Counted(rule=rule, member=member, through=None):
            return (month_key(rule, act.at, member),)
        case Counted(rule=rule):
            return (Prefix(month_key(rule, act.at, "")),)
    return ()


def _month(value: int | None, key: str, fact: Fact) -> int | None:
    if not isinstance(fact.event, Awarded):
        return value
    rule, _, member = key.split("/", 2)
    mine = awards_to(member, fact.event.awards)
    return (value or 0) + sum(award.points for award in mine if int(award.rule or 0) == int(rule))


MONTHS: Book[int] = Book("points.months", keys=_month_keys, fold=_month, hears=(Awarded, Counted))


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOfMany:
    """What is heard of a ballot on paper or a raised hand: whose it is."""

    member: str


# Who took part in a poll or survey, who delivered work: they earn when it ends, or is accepted


def _credit_keys(act: Act | Fact) -> Iterable[str]:
    if isinstance(act.event, Counted):
        return (Prefix(f"{act.event.through}/"),) if act.event.through else ()
    if act.kind == DELIVERY:
        return (f"{act.seq}/{act.who}",) if act.seq else ()
    if act.kind == PAPERS:
        return [f"{int(act.event.poll)}/{ballot.member}" for ballot in act.event.ballots]
    if act.kind == HANDS:
        return [f"{int(act.event.poll)}/{one.member}" for one in act.event.people]
    through = act.event.poll if act.kind == BALLOT else act.event.evaluation
    return (f"{int(through)}/{act.who}",)


def _credit(value: int | None, key: str, fact: Fact) -> int | None:
    return value if isinstance(fact.event, Counted) else 1


CREDITS: Book[int] = Book(
    "points.credits",
    keys=_credit_keys,
    fold=_credit,
    hears=(BALLOT, PAPERS, HANDS, ANSWER, DELIVERY, Counted),
)


def counted_key(rule: int, deed: int) -> str:
    """Return the key under which a deed is counted once."""
    return f"{int(rule)}/{int(deed)}"


COUNTED: Book[int] = Book(
    "points.counted",
    keys=lambda act: (counted_key(act.event.rule, act.event.deed),),
    fold=lambda value, key, fact: 1,
    hears=(Counted,),
)


# A member's statement: every entry, and whether it was reversed or handed over


def entry_key(member: str, entry: int) -> str:
    """Return the key of one entry of a member: their part of an award list, or a redemption."""
    return f"{member}/{int(entry):012d}"


def _statement_keys(act: Act | Fact) -> Iterable[str]:
    match act.event:
        case Reversed(entry=entry, member=member):
            own = (entry_key(member, act.seq),) if act.seq else ()
            return (entry_key(member, entry), *own)
        case HandedOver(entry=entry, member=member):
            return (entry_key(member, entry),)
        case Awarded(awards=awards) if act.seq:
            return dict.fromkeys(entry_key(award.member, act.seq) for award in awards)
        case RedemptionBooked(member=member) if act.seq:
            return (entry_key(member, act.seq),)
    return ()


def _statement(value: dict[str, Any] | None, key: str, fact: Fact) -> dict[str, Any] | None:
    if value is not None:  # the entry that this fact reverses or hands over
        what = "handed" if isinstance(fact.event, HandedOver) else "reversed"
        return {**value, what: fact.seq}
    made = {"at": write_time(fact.at), "about": 0, "item": 0, "reversed": 0}
    match fact.event:
        case Awarded(awards=awards):
            mine = list(awards_to(key.rpartition("/")[0], awards))
            points = sum(award.points for award in mine)
            return {**made, "what": "award", "points": points, "about": int(mine[0].about)}
        case RedemptionBooked(points=points, item=item):
            return {**made, "what": "redemption", "points": -points, "item": int(item)}
        case Reversed(points=points, entry=entry, item=item):
            signed = -points if item is None else points
            return {**made, "what": "reversal", "points": signed, "about": int(entry)}
    return None


STATEMENTS: Book[dict[str, Any]] = Book(
    "points.statements",
    keys=_statement_keys,
    fold=_statement,
    hears=(Awarded, RedemptionBooked, HandedOver, Reversed),
)


# Stock


def _stock_keys(act: Act | Fact) -> Iterable[str]:
    match act.event:
        case ItemStocked():
            return (str(act.seq),) if act.seq else ()
        case Reversed(item=None):
            return ()
    return (str(int(act.event.item)),)


def _stock(value: int | None, key: str, fact: Fact) -> int | None:
    match fact.event:
        case ItemStocked(stock=stock):
            return stock
        case ItemRestocked(added=added):
            return (value or 0) + added
        case RedemptionBooked():
            return (value or 0) - 1
        case Reversed():
            return (value or 0) + 1
    return value


STOCK: Book[int] = Book(
    "points.stock",
    keys=_stock_keys,
    fold=_stock,
    hears=(ItemStocked, ItemRestocked, Redeemed, RedemptionBooked, Reversed),
    shown_to="public",
)
