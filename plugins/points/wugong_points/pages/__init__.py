"""Pages of the points: my balance, what is on offer, the rules, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import N_, Engine, Matter, Refused, Unreadable, Viewer, Words, may_read, read_time
from wugong_points.accounts import (
    BALANCES,
    ISSUED,
    REDEEMED,
    STATEMENTS,
    STOCK,
    member_account,
)
from wugong_points.events import RuleAdopted
from wugong_points.pages import counter
from wugong_points.rules import (
    ACCEPTANCE,
    NEVER,
    OWN_RULE,
    POINTS,
    POLL,
    SURVEY,
    Item,
    Points,
    Rule,
)
from wugong_server import Panel, hookimpl, paged, read_form, record, respond, url

ENTRIES = {
    "award": N_("Earned"),
    "redemption": N_("Redeemed"),
    "reversal": N_("Reversed"),
}
# What people call the facts in which others than their author earn.
SHARED = {
    POLL: N_("Taking part in a poll"),
    SURVEY: N_("Rating what was done"),
    ACCEPTANCE: N_("Work that was accepted"),
}
RULE = "points.rule_adopted"
ACTS = (RULE, "points.award_proposed", "points.item_stocked")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a member's statement."""

    seq: int
    at: datetime
    title: str
    item: str
    points: int
    reversed: bool
    handed: bool
    code: str  # for the counter, where it is a redemption that nobody has handed over yet


@dataclass(frozen=True, slots=True)
class Offer:
    """An item with its stock, and how many points the reader lacks for it."""

    item: Item
    stock: int
    short: int


@hookimpl
def register_routes() -> list[Route]:
    rule = "/m/{matter}/points/rule"
    return [
        Route("/c/{community}/points", show, name="points.page"),
        Route(rule, ask_rule, methods=["GET"], name=f"act:{RULE}"),
        Route(rule, send_rule, methods=["POST"], name=f"act:{RULE}"),
        *counter.routes(),
    ]


@hookimpl
def can_name(matter: Matter, act: str, seq: int, viewer: Viewer) -> bool | None:
    state = matter.state(POINTS)
    match act:
        case "points.rule_retired":
            return state.rule(seq) is not None
        case "points.award_approved" | "points.award_declined" if seq in state.proposals:
            return not state.proposals[seq].decided
    return None


@hookimpl
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    if page not in ("home", "mine", "admin") or not viewer.member:
        return []
    state = matter.state(POINTS)
    if page == "home" and not (state.rules or state.items):
        return []
    own = balance_of(engine, matter.community, viewer.member) if page != "admin" else None
    context = {"of": matter, "balance": own}
    return [
        Panel(order=80, title=words(N_("Points")), template="points/panel.html", context=context)
    ]


def balance_of(engine: Engine, community: str, member: str) -> int:
    """Return how many points a member has."""
    key = member_account(member)
    return engine.book(BALANCES, community, [key]).get(key, 0)


def show(request: Request) -> Response:
    """Show the points of the reader (at the desk: of the one who is helped) and of everybody."""
    engine: Engine = request.app.state.engine
    standing: Matter = request.state.matter
    words: Words = request.state.words
    page = request.state.page
    who = str(page.principal or request.state.viewer.member)
    state = standing.state(POINTS)
    balance = balance_of(engine, standing.community, who) if who else 0
    entries = _statement(engine, standing, who, words) if who else []
    staff = may_read(request.state.viewer, "officer|convenor|supervisor")
    return respond(
        request,
        "points/page.html",
        standing=standing,
        who=who,
        officer=may_read(request.state.viewer, "officer"),
        balance=balance,
        listed=paged(entries, request),
        due=[entry for entry in entries if entry.code][: counter.SHOWN],
        hand_over=counter.HAND_OVER,
        offers=_offers(engine, standing, state, balance),
        rules=[(_what(engine, page, rule), rule) for rule in state.rules.values()],
        totals=_totals(engine, standing.community),
        pending=_pending(engine, standing, state, request) if staff else [],
        acts=ACTS,
        rule=OWN_RULE,
    )


def _statement(engine: Engine, standing: Matter, who: str, words: Words) -> list[Entry]:
    state = standing.state(POINTS)
    found = engine.book(STATEMENTS, standing.community, prefix=f"{who}/")
    listed = [
        _entry(key, value, state, words, _code(standing, key, value))
        for key, value in found.items()
    ]
    return sorted(listed, key=lambda entry: -entry.seq)


def _code(standing: Matter, key: str, value: Mapping[str, Any]) -> str:
    due = counter.is_due(value)
    return counter.code_for(standing.community, int(key.rpartition("/")[2])) if due else ""


def _entry(key: str, value: Mapping[str, Any], state: Points, words: Words, code: str) -> Entry:
    title = words(ENTRIES[value["what"]])
    item = state.items.get(value["item"])
    if item is not None:
        title = words(N_("Redeemed: {item}"), item=item.title)
    elif value["about"]:
        title = words(N_("{what}, for no. {number}"), what=title, number=value["about"])
    return Entry(
        seq=int(key.rpartition("/")[2]),
        at=read_time(value["at"]),
        title=title,
        item=item.title if item else "",
        points=value["points"],
        reversed=bool(value["reversed"]),
        handed=bool(value.get("handed")),
        code=code,
    )


def _offers(engine: Engine, standing: Matter, state: Points, balance: int) -> list[Offer]:
    stock = engine.book(STOCK, standing.community)
    offers = [
        Offer(item, stock.get(str(item.seq), 0), max(0, item.points - balance))
        for item in state.items.values()
    ]
    return sorted(offers, key=lambda offer: (offer.stock == 0, offer.item.points, offer.item.seq))


def _what(engine: Engine, page: Any, rule: Rule) -> str:
    """Say what a rule rewards, in words where the kind is known here."""
    if rule.kind in SHARED:
        return str(page.words_of("points")(SHARED[rule.kind]))
    kind = engine.registry.kind(rule.kind)
    return page.words_of(kind.plugin)(kind.title) if kind and kind.title else rule.kind


def _totals(engine: Engine, community: str) -> tuple[int, int, int]:
    """Return what was issued, what was redeemed, and what members hold."""
    found = engine.book(BALANCES, community, [ISSUED, REDEEMED])
    issued, redeemed = -found.get(ISSUED, 0), found.get(REDEEMED, 0)
    return issued, redeemed, issued - redeemed


def _pending(
    engine: Engine, standing: Matter, state: Points, request: Request
) -> list[tuple[Any, str]]:
    """Return the proposals that wait, with the reasons that the reader may open."""
    waiting = state.pending
    if not waiting:
        return []
    viewer = request.state.viewer
    kinds, first = ("points.award_proposed",), waiting[0].seq - 1
    facts = engine.facts(standing.id, viewer, kinds=kinds, after=first, limit=len(state.proposals))
    reasons = engine.texts(facts, viewer)
    return [(one, reasons.get(one.seq, {}).get("reason") or "") for one in waiting]


# A rule: what is rewarded is chosen from a list, nobody types the name of a kind


def rewardable(engine: Engine, page: Any) -> list[tuple[str, str]]:
    """Return the kinds that a rule may name, with their titles: what people here do themselves."""
    enabled = page.community.plugins
    listed = [
        kind
        for kind in engine.registry.kinds.values()
        if kind.plugin in enabled
        and kind.plugin not in NEVER
        and kind.title
        and not kind.bulk
        and any(role == "resident" or "." in role for role in kind.may)
    ]
    named = [(kind.name, str(page.words_of(kind.plugin)(kind.title))) for kind in listed]
    known = engine.registry.kinds
    shared = [
        (name, str(page.words_of("points")(SHARED[name]))) for name in SHARED if name in known
    ]
    return [*shared, *sorted(named, key=lambda one: one[1])]


def _rule_form(
    request: Request, typed: Any, refused: Refused | Unreadable | None, blocked: bool
) -> Response:
    engine: Engine = request.app.state.engine
    return respond(
        request,
        "points/rule.html",
        block="rule",
        status=counter.status_of(refused),
        kinds=rewardable(engine, request.state.page),
        typed=typed,
        refused=refused,
        blocked=blocked,
    )


def ask_rule(request: Request) -> Response:
    """Show the form of a rule, or why it is not the reader's to fill in."""
    stopped = counter.barred(request, RULE)
    if isinstance(stopped, Response):
        return stopped
    return _rule_form(request, request.query_params, stopped, bool(stopped))


async def send_rule(request: Request) -> Response:
    """Record a rule."""
    form = await read_form(request)
    try:
        receipt = await record(request, form.event(RuleAdopted), key=form["key"])
    except (Refused, Unreadable) as refused:
        return await run_in_threadpool(_rule_form, request, form, refused, False)
    to = url(request, "points.page", community=request.state.matter.community)
    return respond(request, "points/rule.html", to=to, receipt=receipt)
