"""Before a poll is opened: who could vote, by which line of the roster, and what it would need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import MEMBERS, N_, Engine, Entitlement, Matter, Measure, Procedure, Words, totals
from wugong_server import paged, respond
from wugong_voting import showing
from wugong_voting.needs import WhatIf, what_if
from wugong_voting.pages.opening import OPEN, groups_of, offered
from wugong_voting.pages.papering import guarded

ON_A_PAGE = 100
SHOWN = (("in", N_("Can vote")), ("joined", N_("Several units, one person")), ("out", N_("Cannot")))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the roster: its units, who holds it, what it counts as, and why."""

    units: str
    member: str
    right: showing.Right | None  # none: it cannot vote
    why: str = ""


def show(request: Request) -> Response:
    """Show to whoever may open polls who is in, who is out and what each outcome would need."""
    return guarded(request, OPEN) or _page(request)


def _page(request: Request) -> Response:
    matter: Matter = request.state.matter
    engine: Engine = request.app.state.engine
    words: Words = request.state.words
    asked = request.query_params
    listed = offered(engine, matter, words)
    known = [one["id"] for one in listed]
    wanted = asked.get("procedure", "")
    procedure = matter.standing.procedures.get(wanted if wanted in known else (known or [""])[0])
    groups = tuple(asked.getlist("groups"))
    which = asked.get("show", "in")
    lines, needed = [], None
    if procedure is not None:
        rights = showing.roster_of(engine, matter, procedure.roster)
        able = [its for right in rights if (its := right.within(groups)) is not None]
        needed = _needed(procedure, able)
        lines = _lines(procedure, rights, groups, which, words)
        if which == "out":
            lines += _nowhere(engine, matter, rights, words)
    found = paged(lines, request, ON_A_PAGE)
    request.state.page.learn_names([one.member for one in found.items])
    return respond(
        request,
        "voting/preview.html",
        procedures=[(one["id"], one["title"]) for one in listed],
        procedure=procedure,
        groups=groups_of(engine, matter),
        chosen=groups,
        needed=needed,
        listed=found,
        which=which if which in dict(SHOWN) else "in",
        shown=[(name, words(title)) for name, title in SHOWN],
    )


def _needed(procedure: Procedure, able: list[Entitlement]) -> list[WhatIf]:
    whole = showing.whole(totals(able))
    return what_if(procedure, whole) if able else []


def _lines(
    procedure: Procedure,
    rights: Sequence[Entitlement],
    groups: tuple[str, ...],
    which: str,
    words: Words,
) -> list[Line]:
    found = []
    for right in rights:
        its = right.within(groups)
        several = its is not None and len(its.parts) > 1
        if (which == "out") is not (its is None) or (which == "joined" and not several):
            continue
        shown = showing.Right(its or right)
        why = _why(procedure.measures, its, words)
        found.append(Line(shown.units, right.member, shown if its else None, why))
    return found


def _nowhere(
    engine: Engine, matter: Matter, rights: Sequence[Entitlement], words: Words
) -> list[Line]:
    """Return the members whom no line of the roster names: tenants, co-owners, officers."""
    named = {right.member for right in rights} | matter.standing.erased
    why = words(N_("No line of the roster names them as who votes."))
    known = engine.book(MEMBERS, matter.community)
    return [Line("", member, None, why) for member in sorted(known.keys() - named)]


def _why(measures: tuple[Measure, ...], its: Entitlement | None, words: Words) -> str:
    if its is None:
        return words(N_("None of its units is in these groups."))
    said = []
    if len(its.parts) > 1:
        said.append(
            words(N_("{count} units of one person count as one head."), count=len(its.parts))
        )
    if "area" in measures and not its.area_dm2:
        said.append(words(N_("The roster states no area.")))
    return " ".join(said)


ROUTES = [Route("/m/{matter}/polls/preview", show, name="voting.preview")]
