"""When money may not move, and what a budget sets aside. Pure functions."""

from __future__ import annotations

from fractions import Fraction

from wugong import N_, Act, Books, Matter, PaymentMade, Refusal, SettingChanged
from wugong_funds.events import (
    IncomeReversed,
    RequestWithdrawn,
    ReserveReleased,
    ReserveSet,
)
from wugong_funds.ledger import AVAILABLE, BALANCES, LEDGER, RESERVE, Ledger, account_key

OWN_RULE = N_("Our own rules of the fund")  # a community's own rule, no statute
RESERVE_SHARE, FISCAL_ALARM = "funds.reserve_share", "funds.fiscal_alarm"
# 10 % is a habit of budget templates (計劃 §7.2), not law: a community may choose another share.
DEFAULT_SHARE = "1/10"
# 85 % is the fiscal share that the plan names as a weakness (§2.3.2): an alarm, never a limit.
DEFAULT_ALARM = "17/20"


def read_share(text: str) -> Fraction | None:
    """Read a share from 0 to 1 as settings write it (``1/10``), or ``None`` if it is not one."""
    try:
        share = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        return None
    return share if 0 <= share <= 1 else None


def share_setting(matter: Matter, name: str, default: str) -> Fraction:
    """Return a share that the community has set."""
    share = read_share(matter.setting(name, default))
    return Fraction(default) if share is None else share


def reserve_due(total_fen: int, share: Fraction) -> int:
    """Return what a budget sets aside: its share, rounded up to the whole fen.

    >>> reserve_due(100_000_000, Fraction(1, 10))
    10000000
    >>> reserve_due(101, Fraction(1, 10))
    11
    """
    part = total_fen * share
    return -(-part.numerator // part.denominator)


def to_set_aside(ledger: Ledger, total_fen: int, share: Fraction) -> int:
    """Return what is still to be moved to the reserve for a budget of ``total_fen``."""
    return max(0, reserve_due(total_fen, share) - ledger.set_aside_fen)


def reserve_refusals(matter: Matter, event: ReserveSet) -> list[Refusal]:
    """Only what the standing budget owes is set aside."""
    ledger = matter.state(LEDGER)
    owed = to_set_aside(
        ledger, ledger.budget_fen, share_setting(matter, RESERVE_SHARE, DEFAULT_SHARE)
    )
    if event.budget != ledger.budget or event.amount_fen != owed:
        details = {"amount_fen": event.amount_fen, "owed_fen": owed}
        return [Refusal("funds.reserve_differs", OWN_RULE, details)]
    return []


def payment_refusals(matter: Matter, event: PaymentMade, books: Books) -> list[Refusal]:
    """A request of this matter is paid once, in full, for accepted work, from what is there."""
    ledger = matter.state(LEDGER)
    request = ledger.requests.get(event.request)
    if request is None:
        return [Refusal("funds.request_elsewhere", OWN_RULE, {"request": int(event.request)})]
    if request.paid is not None:
        return [Refusal("funds.already_paid", OWN_RULE, {"payment": request.paid})]
    if request.withdrawn:
        return [Refusal("funds.request_was_withdrawn", OWN_RULE)]
    refusals = []
    if event.amount_fen != request.amount_fen:
        details = {"amount_fen": event.amount_fen, "requested_fen": request.amount_fen}
        refusals.append(Refusal("funds.amount_differs", OWN_RULE, details))
    if request.task is not None and request.task not in ledger.accepted:
        refusals.append(Refusal("funds.work_not_accepted", OWN_RULE, {"task": request.task}))
    available = books.get(BALANCES, account_key(matter.id, AVAILABLE)) or 0
    if event.amount_fen > available:
        refusals.append(short_of(event.amount_fen, available, ledger.balance(RESERVE)))
    return refusals


def short_of(wanted_fen: int, available_fen: int, reserve_fen: int) -> Refusal:
    """Refuse an amount above what is available; the reserve does not count."""
    details = {
        "available_fen": max(0, available_fen),
        "short_fen": wanted_fen - available_fen,
        "reserve_fen": reserve_fen,
    }
    return Refusal("funds.balance_too_low", OWN_RULE, details)


def withdrawal_refusals(matter: Matter, act: Act, event: RequestWithdrawn) -> list[Refusal]:
    """A request is withdrawn while it waits, by its author or by who keeps the books."""
    request = matter.state(LEDGER).requests.get(event.request)
    if request is None:
        return [Refusal("funds.request_elsewhere", OWN_RULE, {"request": int(event.request)})]
    if request.paid is not None:
        return [Refusal("funds.already_paid", OWN_RULE, {"payment": request.paid})]
    if request.withdrawn:
        return [Refusal("funds.request_was_withdrawn", OWN_RULE)]
    if act.who != request.by and not act.roles & {"treasurer", "officer"}:
        return [Refusal("funds.not_your_request", OWN_RULE)]
    return []


def reversal_refusals(matter: Matter, event: IncomeReversed, books: Books) -> list[Refusal]:
    """A booking is reversed once, exactly as it stands, while its money is still there."""
    income = matter.state(LEDGER).incomes.get(event.income)
    if income is None:
        return [Refusal("funds.income_elsewhere", OWN_RULE, {"income": int(event.income)})]
    if income.reversed:
        return [Refusal("funds.already_reversed", OWN_RULE)]
    refusals = []
    if (event.source, event.amount_fen) != (income.source, income.amount_fen):
        details = {"amount_fen": event.amount_fen, "booked_fen": income.amount_fen}
        refusals.append(Refusal("funds.reversal_differs", OWN_RULE, details))
    available = books.get(BALANCES, account_key(matter.id, AVAILABLE)) or 0
    if event.amount_fen > available:
        refusals.append(
            short_of(event.amount_fen, available, matter.state(LEDGER).balance(RESERVE))
        )
    return refusals


def release_refusals(matter: Matter, event: ReserveReleased, books: Books) -> list[Refusal]:
    """The reserve opens for a recorded emergency of this matter, up to what really lies in it."""
    refusals = []
    if event.emergency is None or event.emergency not in matter.state(LEDGER).emergencies:
        refusals.append(Refusal("funds.no_emergency", OWN_RULE))
    reserve = funded(
        books.get(BALANCES, account_key(matter.id, RESERVE)) or 0,
        books.get(BALANCES, account_key(matter.id, AVAILABLE)) or 0,
    )
    if event.amount_fen > reserve:
        details = {"reserve_fen": reserve, "short_fen": event.amount_fen - reserve}
        refusals.append(Refusal("funds.reserve_too_low", OWN_RULE, details))
    return refusals


def funded(reserve_fen: int, available_fen: int) -> int:
    """Return how much of the reserve has really come in: what ``available`` lacks is missing.

    >>> funded(100, -30), funded(100, 500)
    (70, 100)
    """
    return max(0, reserve_fen + min(0, available_fen))


def setting_refusals(event: SettingChanged) -> list[Refusal]:
    """Our settings are shares from 0 to 1, written ``1/10``."""
    if event.name in (RESERVE_SHARE, FISCAL_ALARM) and read_share(event.value) is None:
        return [Refusal("funds.not_a_share", OWN_RULE, {"value": event.value[:40]})]
    return []
