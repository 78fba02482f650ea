"""Pages of the pack: who is affected by a scheme, and whom somebody must still hear."""

from __future__ import annotations

from typing import Any

from wugong import N_, PLAN, Matter, Viewer, Words, may_read
from wugong_server import Panel, hookimpl
from wugong_urban.affected import ATTEMPTS, LIFT, NEIGHBOURS, Neighbour

EFFECTS = {"gain": N_("Gains"), "loss": N_("Loses"), "neutral": N_("Neither")}
STANCES = {
    "support": N_("Agrees"),
    "object": N_("Objects"),
    "undecided": N_("Has not decided"),
}


@hookimpl
def render_panels(matter: Matter, viewer: Viewer, words: Words, page: str) -> list[Panel]:
    known = matter.state(NEIGHBOURS)
    concerned = known.listed or (matter.category == LIFT and matter.open(PLAN))
    if page != "matter" or not concerned or not may_read(viewer, "members"):
        return []
    context: dict[str, Any] = {
        "of": matter,
        "listed": known.listed,
        "units": [_row(one) for _, one in sorted(known.units.items()) if one.effect],
        "losing": len(known.losing()),
        "heard": sum(1 for one in known.losing() if one.was_heard),
        "staff": may_read(viewer, "officer"),  # stances are theirs and the neighbour's alone
    }
    title = words(N_("Affected neighbours"))
    panel = Panel(15, title, "urban/affected.html", context, place="aside")
    return [panel]


def _row(neighbour: Neighbour) -> dict[str, Any]:
    return {
        "unit": neighbour.unit,
        "effect": EFFECTS[neighbour.effect],
        "loses": neighbour.effect == "loss",
        "heard": neighbour.was_heard,
        "stance": STANCES.get(neighbour.stance, ""),
        "attempts": neighbour.attempts,
        "left": max(0, ATTEMPTS - neighbour.attempts),
        "needs_offer": neighbour.needs_offer,
    }
