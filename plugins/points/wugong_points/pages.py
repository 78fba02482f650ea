"""Pages of the points: my balance, what is on offer, the rules, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import N_, Engine, Matter, Viewer, Words, may_read, read_time
from wugong_points.accounts import (
    BALANCES,
    ISSUED,
    REDEEMED,
    STATEMENTS,
    STOCK,
    member_account,
)
from wugong_points.rules import ACCEPTANCE, OWN_RULE, POINTS, POLL, SURVEY, Item, Points, Rule
from wugong_server import Panel, hookimpl, paged, respond

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
ACTS = ("points.rule_adopted", "points.award_proposed", "points.item_stocked")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a member's statement."""

    seq: int
    at: datetime
    title: str
    points: int
    reversed: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """An item with its stock, and how many points the reader lacks for it."""

    item: Item
    stock: int
    short: int


@hookimpl
def register_routes() -> list[Route]:
    return [Route("/c/{community}/points", show, name="points.page")]


@hookimpl
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    if page not in ("home", "mine") or not viewer.member:
        return []
    state = matter.state(POINTS)
    if page == "home" and not (state.rules or state.items):
        return []
    context = {"of": matter, "balance": balance_of(engine, matter.community, viewer.member)}
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
    listed = [_entry(key, value, state, words) for key, value in found.items()]
    return sorted(listed, key=lambda entry: -entry.seq)


def _entry(key: str, value: Mapping[str, Any], state: Points, words: Words) -> Entry:
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
        points=value["points"],
        reversed=bool(value["reversed"]),
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
