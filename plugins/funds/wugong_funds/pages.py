"""Pages of the funds: the ledger of a matter, and of the community, for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import N_, OPERATOR, Engine, Matter, Viewer, Words, read_time
from wugong_funds.events import SOURCE_TITLES, SOURCES
from wugong_funds.ledger import (
    AVAILABLE,
    BALANCES,
    LEDGER,
    LINES,
    PAID,
    RESERVE,
    Ledger,
    source_account,
)
from wugong_funds.ledger import (
    Request as PaymentAsked,
)
from wugong_funds.mix import Mix, mix_of
from wugong_funds.rules import (
    DEFAULT_ALARM,
    DEFAULT_SHARE,
    FISCAL_ALARM,
    OWN_RULE,
    RESERVE_SHARE,
    funded,
    share_setting,
)
from wugong_server import Panel, hookimpl, paged, respond

MOST_LINES = 2000
MOST_MATTERS = 2000
BOOKING = ("funds.income_booked", "funds.budget_adopted", "funds.payment_requested")


@dataclass(frozen=True, slots=True)
class Account:
    """What one ledger comes to, for tables and the picture of the flow."""

    mix: Mix
    paid_fen: int
    reserve_fen: int  # what was set aside
    available_fen: int

    @property
    def total_fen(self) -> int:
        """All that came in."""
        return self.mix.total_fen

    @property
    def there_fen(self) -> int:
        """What of the reserve has really come in."""
        return funded(self.reserve_fen, self.available_fen)

    @property
    def free_fen(self) -> int:
        """What can be paid."""
        return max(0, self.available_fen)

    @property
    def balanced(self) -> bool:
        """Whether all accounts come to 0."""
        return self.total_fen == self.paid_fen + self.reserve_fen + self.available_fen

    def sources(self, words: Words) -> list[tuple[str, int]]:
        """Return the classes that brought something, in their order."""
        amounts = self.mix.amounts.items()
        return [(words(SOURCE_TITLES[source]), fen) for source, fen in amounts if fen > 0]

    def uses(self, words: Words) -> list[tuple[str, int]]:
        """Return where the money is now, leaving out what is empty."""
        listed = (
            (words(N_("Paid")), self.paid_fen),
            (words(N_("Reserve")), self.there_fen),
            (words(N_("Available")), self.free_fen),
        )
        return [(title, fen) for title, fen in listed if fen > 0]


def account_of(balances: Mapping[str, int]) -> Account:
    """Return what balances by account come to."""
    return Account(
        mix_of({source: -balances.get(source_account(source), 0) for source in SOURCES}),
        balances.get(PAID, 0),
        balances.get(RESERVE, 0),
        balances.get(AVAILABLE, 0),
    )


def together(accounts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Add up the accounts of several ledgers."""
    total: dict[str, int] = {}
    for balances in accounts:
        for account, fen in balances.items():
            total[account] = total.get(account, 0) + fen
    return total


@dataclass(frozen=True, slots=True)
class Line:
    """One movement as a row of the ledger: money in, money out, or inside."""

    seq: int
    at: datetime
    title: str
    remark: str
    signed_fen: int
    inside: bool
    who: str
    second: str  # who asked for it, where two people signed


# Panels and routes


@hookimpl
def register_routes() -> list[Route]:
    return [
        Route("/c/{community}/ledger", show_community, name="funds.ledger"),
        Route("/m/{matter}/ledger", show_matter, name="funds.matter"),
    ]


@hookimpl
def can_name(matter: Matter, act: str, seq: int, viewer: Viewer) -> bool | None:
    ledger = matter.state(LEDGER)
    request, income = ledger.requests.get(seq), ledger.incomes.get(seq)
    match act:
        case "funds.payment_made" if request:
            return request.pending and request.by != viewer.member
        case "funds.request_withdrawn" if request:
            return request.pending
        case "funds.income_reversed" if income:
            return not income.reversed
    return None


@hookimpl
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    ledger = matter.state(LEDGER)
    if page != "matter" or (ledger.empty and not _may_book(engine, matter, viewer)):
        return []
    context = {
        "of": matter,
        "ledger": ledger,
        "account": account_of(ledger.accounts),
        "waiting": len(ledger.pending),
        "acts": BOOKING,
    }
    return [Panel(order=60, title=words(N_("Money")), template="funds/panel.html", context=context)]


def _may_book(engine: Engine, matter: Matter, viewer: Viewer) -> bool:
    kinds = (engine.registry.kinds[name] for name in BOOKING)
    return any(not engine.may(matter, viewer, kind) for kind in kinds)


def show_matter(request: Request) -> Response:
    """Show the ledger of one matter, or the community's own fund."""
    matter: Matter = request.state.matter
    words: Words = request.state.words
    request.state.page.section = "ledger"
    ledger = matter.state(LEDGER)
    account = account_of(ledger.accounts)
    lines = _lines(request.app.state.engine, matter, request.state.viewer, words)
    return respond(
        request,
        "funds/matter.html",
        ledger=ledger,
        payees=_payees(request, matter, ledger.pending),
        listed=paged(lines, request),
        title=_title(matter, words),
        acts=(*BOOKING, "funds.emergency_recorded", "funds.reserve_released"),
        **_shown(matter, account, words),
    )


def show_community(request: Request) -> Response:
    """Show all ledgers that the reader may know of, one line each, and what they come to."""
    standing: Matter = request.state.matter
    words: Words = request.state.words
    engine: Engine = request.app.state.engine
    request.state.page.section = "ledger"
    balances = _by_matter(engine.book(BALANCES, standing.community))
    known, _ = engine.matters(standing.community, request.state.viewer, limit=MOST_MATTERS)
    titles = {standing.id: words(N_("Community fund")), **{one.id: one.title for one in known}}
    rows = [(one, titles[one], account_of(balances[one])) for one in titles if one in balances]
    account = account_of(together([balances[one] for one, _title, _account in rows]))
    return respond(
        request,
        "funds/community.html",
        listed=paged(rows, request),
        standing=standing,
        acts=("funds.income_booked",),
        **_shown(standing, account, words),
    )


def _by_matter(book: Mapping[str, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for key, fen in book.items():
        matter, _, account = key.partition("/")
        found.setdefault(matter, {})[account] = fen
    return found


def _title(matter: Matter, words: Words) -> str:
    return words(N_("Community fund")) if matter.is_standing else matter.title


def _shown(matter: Matter, account: Account, words: Words) -> dict[str, Any]:
    alarm = share_setting(matter, FISCAL_ALARM, DEFAULT_ALARM)
    return {
        "account": account,
        "sources": account.sources(words),
        "uses": account.uses(words),
        "reserve_share": share_setting(matter, RESERVE_SHARE, DEFAULT_SHARE),
        "fiscal_share": account.mix.fiscal_share,
        "leverage": _times(account.mix.leverage),
        "alarm": alarm if account.mix.leans_on_public_money(alarm) else None,
        "rule": OWN_RULE,
    }


def _times(value: Fraction | None) -> str:
    """Write a leverage as people read it: ``2``, ``1.10``, or exactly ``2 1/3``."""
    if value is None:
        return ""
    whole, rest = divmod(value.numerator, value.denominator)
    if not rest:
        return str(whole)
    if 100 % value.denominator == 0:
        return f"{whole}.{rest * 100 // value.denominator:02d}"
    part = f"{rest}/{value.denominator}"
    return f"{whole} {part}" if whole else part


def _lines(engine: Engine, matter: Matter, viewer: Viewer, words: Words) -> list[Line]:
    ledger = matter.state(LEDGER)
    if not engine.may_read_matter(matter, viewer):
        return []
    rows = engine.view(
        LINES, matter.community, OPERATOR, matter=matter.id, newest=True, limit=MOST_LINES
    )
    return [_line(row, matter, ledger, words) for row in rows]


def _line(row: Mapping[str, Any], matter: Matter, ledger: Ledger, words: Words) -> Line:
    head = matter.heads.get(row["seq"])
    title, second = _told(row, ledger, words)
    inside = {row["source"], row["target"]} <= {AVAILABLE, RESERVE}
    out = row["source"] == AVAILABLE and not inside
    return Line(
        seq=row["seq"],
        at=read_time(row["at"]),
        title=title,
        remark=row["remark"],
        signed_fen=-row["amount_fen"] if out else row["amount_fen"],
        inside=inside,
        who=head.who if head else "",
        second=second,
    )


def _told(row: Mapping[str, Any], ledger: Ledger, words: Words) -> tuple[str, str]:
    """Return what a movement is called, and who asked for it where two people signed."""
    kind, answers = row["kind"], row["answers"]
    if kind == "funds.income_booked":
        return words(SOURCE_TITLES[row["source"].partition(":")[2]]), ""
    if kind == "funds.income_reversed":
        return words(N_("Reversal of no. {number}"), number=answers), ""
    if kind == "funds.reserve_set":
        return words(N_("To the reserve")), ""
    if kind == "funds.reserve_released":
        return words(N_("From the reserve: {what}"), what=ledger.emergencies.get(answers, "")), ""
    request = ledger.requests.get(answers)
    return (request.milestone, request.by) if request else (words(N_("Payment")), "")


def _payees(request: Request, matter: Matter, pending: Sequence[PaymentAsked]) -> dict[int, str]:
    """Return to whom the waiting requests would be paid, as far as the reader may know."""
    if not pending:
        return {}
    engine, viewer = request.app.state.engine, request.state.viewer
    kinds = ("funds.payment_requested",)
    facts = engine.facts(matter.id, viewer, kinds=kinds, newest=True, limit=MOST_LINES)
    waiting = {one.seq for one in pending}
    texts = engine.texts([fact for fact in facts if fact.seq in waiting], viewer)
    return {seq: fields.get("payee") or "" for seq, fields in texts.items()}
