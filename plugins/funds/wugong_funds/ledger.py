"""The ledger: every amount moves from one account to another, so all accounts come to 0.

Money that came in stands as a negative balance of the source it came from. What can be paid is
``available``. The reserve is set aside on adoption even if the money comes later: ``available`` is
negative until it has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, cast

from wugong import Act, Book, Fact, Fold, PaymentMade, TaskAccepted, View, write_time
from wugong_funds.events import (
    SOURCES,
    BudgetAdopted,
    EmergencyRecorded,
    IncomeBooked,
    IncomeReversed,
    PaymentRequested,
    RequestWithdrawn,
    ReserveReleased,
    ReserveSet,
    Source,
)

AVAILABLE, RESERVE, PAID = "available", "reserve", "paid"


def source_account(source: str) -> str:
    """Return the account of a class of sources."""
    return f"from:{source}"


ACCOUNTS = (*map(source_account, SOURCES), AVAILABLE, RESERVE, PAID)
EMPTY: Mapping[Any, Any] = MappingProxyType({})
MOVES = (IncomeBooked, IncomeReversed, ReserveSet, ReserveReleased, PaymentMade)


@dataclass(frozen=True, slots=True)
class Transfer:
    """``amount_fen`` leaves one account and enters another: double entry in one line."""

    source: str
    target: str
    amount_fen: int

    def change(self, account: str) -> int:
        """Return by how much it changes the balance of ``account``."""
        entered = self.amount_fen if account == self.target else 0
        return entered - (self.amount_fen if account == self.source else 0)


def transfer(event: Any) -> Transfer | None:
    """Return what ``event`` moves, or ``None`` when it moves nothing.

    >>> transfer(IncomeBooked(source="fiscal", amount_fen=500))
    Transfer(source='from:fiscal', target='available', amount_fen=500)
    """
    match event:
        case IncomeBooked(source=source, amount_fen=amount):
            return Transfer(source_account(source), AVAILABLE, amount)
        case IncomeReversed(source=source, amount_fen=amount):
            return Transfer(AVAILABLE, source_account(source), amount)
        case ReserveSet(amount_fen=amount):
            return Transfer(AVAILABLE, RESERVE, amount)
        case ReserveReleased(amount_fen=amount):
            return Transfer(RESERVE, AVAILABLE, amount)
        case PaymentMade(amount_fen=amount):
            return Transfer(AVAILABLE, PAID, amount)
    return None


# The balances, by matter and account: two payments of one batch cannot spend the same money.


def account_key(matter: str, account: str) -> str:
    """Return the key of a matter's account in the book."""
    return f"{matter}/{account}"


def _touched(act: Act | Fact) -> Iterable[str]:
    moved = transfer(act.event)
    return (
        (account_key(act.matter, moved.source), account_key(act.matter, moved.target))
        if moved
        else ()
    )


def _balance(value: int | None, key: str, fact: Fact) -> int | None:
    moved = transfer(fact.event)
    account = key.removeprefix(account_key(fact.matter, ""))
    return (value or 0) + (moved.change(account) if moved else 0)


# Whole, the book and the view hold matters that only members may know of; the public pages read
# them for one matter at a time, after its audience was asked.
BALANCES: Book[int] = Book(
    "funds.balances", keys=_touched, fold=_balance, hears=MOVES, shown_to="members"
)


# The state of one matter's money


@dataclass(frozen=True, slots=True)
class Request:
    """A payment that was asked for, and what became of it."""

    seq: int
    milestone: str
    amount_fen: int
    task: int | None
    by: str
    paid: int | None = None  # the fact that paid it
    withdrawn: bool = False

    @property
    def pending(self) -> bool:
        """Whether it still waits to be paid."""
        return self.paid is None and not self.withdrawn


@dataclass(frozen=True, slots=True)
class Income:
    """A booking of income; ``reversed`` when a second person cancelled it."""

    seq: int
    source: Source
    amount_fen: int
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """The money of one matter: accounts, budget, incomes, requests, emergencies."""

    accounts: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    budget: int | None = None  # the fact that adopted it
    budget_fen: int = 0
    set_aside_fen: int = 0  # all that ever went to the reserve by a budget
    incomes: Mapping[int, Income] = field(default_factory=lambda: EMPTY)
    requests: Mapping[int, Request] = field(default_factory=lambda: EMPTY)
    emergencies: Mapping[int, str] = field(default_factory=lambda: EMPTY)
    accepted: frozenset[int] = frozenset()  # projects whose work was accepted

    def balance(self, account: str) -> int:
        """Return what stands in ``account``, in fen."""
        return self.accounts.get(account, 0)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show yet."""
        return not (self.accounts or self.budget or self.requests)

    @property
    def income_fen(self) -> int:
        """All that came in and was not reversed."""
        return -sum(self.balance(source_account(source)) for source in SOURCES)

    @property
    def pending(self) -> list[Request]:
        """The requests that wait to be paid, oldest first."""
        return [request for request in self.requests.values() if request.pending]

    def income_of(self, source: Source) -> int:
        """Return what came from one class of sources."""
        return -self.balance(source_account(source))


def _with(mapping: Mapping[int, Any], key: int, value: Any) -> Mapping[int, Any]:
    return MappingProxyType({**mapping, key: value})


def post(ledger: Ledger, moved: Transfer) -> Ledger:
    """Return the ledger with one transfer posted to both of its accounts."""
    accounts = dict(ledger.accounts)
    for account in (moved.source, moved.target):
        accounts[account] = accounts.get(account, 0) + moved.change(account)
    return replace(ledger, accounts=MappingProxyType(accounts))


def fold(ledger: Ledger, fact: Fact) -> Ledger:
    """Return the ledger after ``fact``."""
    if moved := transfer(fact.event):
        ledger = post(ledger, moved)
    match fact.event:
        case BudgetAdopted(total_fen=total):
            return replace(ledger, budget=fact.seq, budget_fen=total)
        case ReserveSet(amount_fen=amount):
            return replace(ledger, set_aside_fen=ledger.set_aside_fen + amount)
        case IncomeBooked(source=source, amount_fen=amount):
            income = Income(fact.seq, source, amount)
            return replace(ledger, incomes=_with(ledger.incomes, fact.seq, income))
        case IncomeReversed(income=number):
            income = replace(ledger.incomes[number], reversed=True)
            return replace(ledger, incomes=_with(ledger.incomes, number, income))
        case PaymentRequested(milestone=milestone, amount_fen=amount, task=task):
            request = Request(fact.seq, milestone, amount, task, fact.who)
            return replace(ledger, requests=_with(ledger.requests, fact.seq, request))
        case RequestWithdrawn(request=number):
            request = replace(ledger.requests[number], withdrawn=True)
            return replace(ledger, requests=_with(ledger.requests, number, request))
        case PaymentMade(request=number) if number in ledger.requests:
            request = replace(ledger.requests[number], paid=fact.seq)
            return replace(ledger, requests=_with(ledger.requests, number, request))
        case EmergencyRecorded(what=what):
            return replace(ledger, emergencies=_with(ledger.emergencies, fact.seq, what))
        case TaskAccepted(task=task):
            return replace(ledger, accepted=ledger.accepted | {int(task)})
    return ledger


LEDGER: Fold[Ledger] = Fold(
    "funds.ledger",
    initial=Ledger(),
    fold=fold,
    hears=(
        *MOVES,
        BudgetAdopted,
        PaymentRequested,
        RequestWithdrawn,
        EmergencyRecorded,
        TaskAccepted,
    ),
)


# The lines of the public page


def _line(fact: Fact) -> Iterable[tuple[str, Mapping[str, Any]]]:
    moved = cast(Transfer, transfer(fact.event))
    about: dict[type[Any], str] = {
        IncomeReversed: "income",
        ReserveReleased: "emergency",
        PaymentMade: "request",
        ReserveSet: "budget",
    }
    answers = about.get(type(fact.event))
    yield (
        f"{fact.seq:012d}",
        {
            "kind": fact.kind,
            "at": write_time(fact.at),
            "source": moved.source,
            "target": moved.target,
            "amount_fen": moved.amount_fen,
            "remark": getattr(fact.event, "remark", "") or getattr(fact.event, "reason", ""),
            "answers": int(getattr(fact.event, answers) or 0) if answers else 0,
        },
    )


LINES = View(
    "funds.lines",
    columns={
        "kind": str,
        "at": str,
        "source": str,
        "target": str,
        "amount_fen": int,
        "remark": str,
        "answers": int,
    },
    fill=_line,
    hears=MOVES,
    shown_to="members",
)
