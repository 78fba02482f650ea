"""The lists of a levy: who gives, by household, and who is exempt, by person; both are printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wugong import N_, Engine, Fact, Matter, Viewer, may_read
from wugong_rural.events import Freed, LevyExempted, LevyPayersListed, LevyProposed, Payer
from wugong_rural.levies import LEVIES
from wugong_rural.levy_lists import Exempted
from wugong_server import respond

PROPOSED, PAYERS, EXEMPTED = (
    "rural.levy_proposed",
    "rural.levy_payers_listed",
    "rural.levy_exempted",
)
MOST_FACTS = 20_000
FREED: dict[Freed, str] = {
    "money": N_("Money"),
    "labour": N_("Labour"),
    "both": N_("Money and labour"),
}


@dataclass(frozen=True, slots=True)
class Giving:
    """What one household gives: money in 分 and workdays."""

    payer: Payer
    amount_fen: int
    days: int


@dataclass(frozen=True, slots=True)
class Spared:
    """One exemption as a reader may see it; ``ground`` is empty where it was erased."""

    household: str
    member: str
    whole: bool
    freed: str  # message id
    ground: str


def routes() -> list[Route]:
    """Return the route of the lists of a levy."""
    return [Route("/m/{matter}/levies/{levy:int}", show, name="rural.levy")]


def proposed(engine: Engine, matter: Matter, viewer: Viewer) -> dict[int, LevyProposed]:
    """Return the levies of a matter by number."""
    if not matter.state(LEVIES).bodies:
        return {}
    facts = engine.facts(matter.id, viewer, kinds=(PROPOSED,), limit=100)
    return {fact.seq: fact.event for fact in facts}


def show(request: Request) -> Response:
    """Show who gives to a levy, or with ``?by=person`` who is exempt, as the reader may know."""
    matter: Matter = request.state.matter
    engine: Engine = request.app.state.engine
    viewer: Viewer = request.state.viewer
    number: int = request.path_params["levy"]
    levy = proposed(engine, matter, viewer).get(number)
    if levy is None or not may_read(viewer, "members"):
        raise HTTPException(404)
    by_person = request.query_params.get("by") == "person"
    return respond(
        request,
        "rural/levy.html",
        levy=levy,
        number=number,
        by_person=by_person,
        giving=[] if by_person else list(_giving(engine, matter, viewer, number, levy)),
        spared=_spared(engine, matter, viewer, number),
        staff=may_read(viewer, "officer"),
    )


def _giving(
    engine: Engine, matter: Matter, viewer: Viewer, number: int, levy: LevyProposed
) -> Iterator[Giving]:
    facts = engine.facts(matter.id, viewer, kinds=(PAYERS,), newest=True, limit=MOST_FACTS)
    listed: list[LevyPayersListed] = [fact.event for fact in facts]
    last = next((one for one in listed if int(one.levy) == number), None)
    for payer in sorted(last.payers, key=lambda one: one.household) if last else ():
        money = payer.persons * levy.per_person_fen
        yield Giving(payer, money, payer.workers * levy.workdays_per_person)


def _spared(engine: Engine, matter: Matter, viewer: Viewer, number: int) -> list[Spared]:
    """Return the exemptions that stand, ordered by household, whole households first."""
    found: dict[Exempted, Fact] = {}
    for fact in engine.facts(matter.id, viewer, kinds=(EXEMPTED,), limit=MOST_FACTS):
        entered: LevyExempted = fact.event
        if int(entered.levy) == number:
            found[Exempted(number, entered.household, entered.member)] = fact
    texts = engine.texts(found.values(), viewer)
    spared = [
        Spared(
            one.household,
            one.member,
            fact.event.whole == "household",
            FREED[fact.event.freed],
            texts[fact.seq].get("ground") or "",
        )
        for one, fact in found.items()
        if fact.event.freed in FREED
    ]
    return sorted(spared, key=lambda one: (one.household, not one.whole, one.member))
