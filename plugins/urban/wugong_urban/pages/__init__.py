"""Pages of the pack: who is affected by a scheme, whom somebody must still hear, who pays what."""

from __future__ import annotations

from typing import Any

from starlette.routing import Route

from wugong import BUILD, N_, PLAN, Engine, Matter, Viewer, Words, may_read
from wugong_server import Panel, hookimpl
from wugong_urban import lifts
from wugong_urban.affected import ATTEMPTS, LIFT, NEIGHBOURS, Neighbour
from wugong_urban.concerned import roster_of
from wugong_urban.pages import costs
from wugong_urban.shares import SHARES

EFFECTS = {"gain": N_("Gains"), "loss": N_("Loses"), "neutral": N_("Neither")}
STANCES = {
    "support": N_("Agrees"),
    "object": N_("Objects"),
    "undecided": N_("Has not decided"),
}
FORMS = {
    "spoken": N_("Spoken, and noted down"),
    "unsigned": N_("In writing, not signed"),
    "signed": N_("In writing and signed"),
}


@hookimpl
def register_routes() -> list[Route]:
    return costs.routes()


@hookimpl
def can_name(matter: Matter, act: str, seq: int) -> bool | None:
    return lifts.may_be_signed(matter, seq) if act == "urban.private_part_agreed" else None


@hookimpl
def render_panels(
    matter: Matter, viewer: Viewer, engine: Engine, words: Words, page: str
) -> list[Panel]:
    if page != "matter" or not may_read(viewer, "members"):
        return []
    found = (_affected(matter, viewer, engine, words), _costs(matter, viewer, words))
    return [panel for panel in found if panel is not None]


def _costs(matter: Matter, viewer: Viewer, words: Words) -> Panel | None:
    known = matter.state(SHARES)
    may = matter.category == LIFT and matter.open(PLAN | BUILD) and costs.may_adopt(viewer)
    if known is None and not may:
        return None
    context = {"of": matter, "known": known, "may": may}
    return Panel(45, words(N_("Who pays what")), "urban/costs-panel.html", context, place="aside")


def _affected(matter: Matter, viewer: Viewer, engine: Engine, words: Words) -> Panel | None:
    known = matter.state(NEIGHBOURS)
    if not known.listed and not (matter.category == LIFT and matter.open(PLAN)):
        return None
    stated = matter.state(lifts.STATED)
    context: dict[str, Any] = {
        "of": matter,
        "listed": known.listed,
        "units": [_row(one) for _, one in sorted(known.units.items()) if one.effect],
        "losing": len(known.losing()),
        "warnings": lifts.warnings(matter, roster_of(engine, matter)),
        "lift": matter.category == LIFT,
        "occupied": lifts.occupied(matter),
        "plan": stated.seq if stated else 0,
        "agreed": [
            u for u in lifts.occupied(matter) if matter.state(lifts.SIGNED).get(u) == "agrees"
        ],
        "heard": sum(1 for one in known.losing() if one.was_heard),
        "staff": may_read(viewer, "officer"),  # stances are theirs and the neighbour's alone
    }
    title = words(N_("Affected neighbours"))
    return Panel(15, title, "urban/affected.html", context, place="aside")


def _row(neighbour: Neighbour) -> dict[str, Any]:
    return {
        "unit": neighbour.unit,
        "effect": EFFECTS[neighbour.effect],
        "loses": neighbour.effect == "loss",
        "heard": neighbour.was_heard,
        "stance": STANCES.get(neighbour.stance, ""),
        "form": FORMS.get(neighbour.form, "") if neighbour.stance == "object" else "",
        "attempts": neighbour.attempts,
        "left": max(0, ATTEMPTS - neighbour.attempts),
        "needs_offer": neighbour.needs_offer,
    }
