"""The open ledger and the funds (陽光賬本)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wugong import (
    BUILD,
    N_,
    Act,
    Books,
    Contribution,
    Fact,
    Matter,
    PaymentMade,
    Ref,
    Refusal,
    SettingChanged,
    Waiting,
    hookimpl,
    on,
)
from wugong_funds import rules
from wugong_funds.events import (
    BudgetAdopted,
    EmergencyRecorded,
    IncomeBooked,
    IncomeReversed,
    PaymentRequested,
    RequestWithdrawn,
    ReserveReleased,
    ReserveSet,
)
from wugong_funds.ledger import BALANCES, LEDGER, LINES
from wugong_funds.texts import CONTRIBUTED

MOST_WAITING = 50  # the oldest; a longer list helps nobody, and the engine takes at most 100

__version__ = "0.1.0"
TITLE = N_("Money")


@hookimpl
def register() -> Iterable[Contribution]:
    """Contribute the facts of money, the ledger of a matter, its balances and its public lines."""
    return (
        BudgetAdopted,
        ReserveSet,
        IncomeBooked,
        IncomeReversed,
        PaymentRequested,
        RequestWithdrawn,
        EmergencyRecorded,
        ReserveReleased,
        LEDGER,
        BALANCES,
        LINES,
        *CONTRIBUTED,
    )


@hookimpl
@on(
    PaymentMade,
    RequestWithdrawn,
    IncomeReversed,
    ReserveReleased,
    ReserveSet,
    SettingChanged,
)
def guard_event(matter: Matter, act: Act, books: Books) -> list[Refusal] | None:
    """No money moves that is not there, was not asked for, or was already paid."""
    match act.event:
        case PaymentMade() as payment:
            return rules.payment_refusals(matter, payment, books)
        case RequestWithdrawn() as withdrawn:
            return rules.withdrawal_refusals(matter, act, withdrawn)
        case IncomeReversed() as reversal:
            return rules.reversal_refusals(matter, reversal, books)
        case ReserveReleased() as released:
            return rules.release_refusals(matter, released, books)
        case ReserveSet() as reserve:
            return rules.reserve_refusals(matter, reserve)
        case SettingChanged() as changed:
            return rules.setting_refusals(changed)
    return None


@hookimpl
@on(BudgetAdopted)
def co_plan(matter: Matter, fact: Fact) -> list[Any] | None:
    """Set the reserve aside when a budget is adopted while planning only."""
    return None if matter.open(BUILD) else _reserve(matter, fact)


@hookimpl
@on(BudgetAdopted)
def co_build(matter: Matter, fact: Fact) -> list[Any] | None:
    """Set the reserve aside when a budget is adopted while building, too."""
    return _reserve(matter, fact)


def _reserve(matter: Matter, fact: Fact) -> list[Any]:
    share = rules.share_setting(matter, rules.RESERVE_SHARE, rules.DEFAULT_SHARE)
    amount = rules.to_set_aside(matter.state(LEDGER), fact.event.total_fen, share)
    return [ReserveSet(budget=Ref(fact.seq), amount_fen=amount)] if amount else []


@hookimpl
def waiting(matter: Matter) -> list[Waiting] | None:
    """Each payment request waits for a second person."""
    signer = "treasurer" if matter.standing.holders("treasurer", matter.id) else "officer"
    return [
        Waiting(
            N_("Co-sign a payment: {milestone}, {amount_fen}"),
            who=signer,
            act="funds.payment_made",
            about=request.seq,
            details={"milestone": request.milestone, "amount_fen": request.amount_fen},
        )
        for request in matter.state(LEDGER).pending[:MOST_WAITING]
    ]
