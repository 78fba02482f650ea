"""What lists show of a matter: its row, and what is awaited in it; made anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wugong import calls
from wugong.journal import canonical
from wugong.matter import Matter
from wugong.plugins import Registry
from wugong.schema import Ref, write_time
from wugong.stages import Stage
from wugong.vocabulary import HoldLifted
from wugong.waiting import Waiting


def waiting_of(registry: Registry, matter: Matter) -> list[Waiting]:
    """Return what plugins and the engine itself await in a matter."""
    items = [item for _plugin, item in calls.waiting(registry, matter.standing.plugins, matter)]
    for hold in matter.holds.values():
        if hold.until is not None:
            lifted = HoldLifted(hold=Ref(hold.id))
            items.append(Waiting("", "clock", hold.until, "wugong.hold_lifted", lifted, hold.id))
    return items


def last_shown(registry: Registry, matter: Matter) -> datetime | None:
    """Return when a matter last changed for its readers: confidential facts do not count."""
    for head in reversed(list(matter.heads.values())):
        kind = registry.kind(head.kind)
        if kind is not None and "." not in kind.shown_to:
            return head.at
    return matter.opened_at


def matter_row(matter: Matter, waits: Iterable[Waiting], changed: str) -> dict[str, Any]:
    """Return a matter as lists show it."""
    due = [item.by for item in waits if item.then is not None and item.by is not None]
    held = Stage(0)
    for hold in matter.holds.values():
        held |= hold.stage
    return {
        "id": matter.id,
        "community": matter.community,
        "title": matter.title,
        "category": matter.category,
        "audience": matter.audience,
        "stages": matter.stages.value,
        "done": matter.done.value,
        "skipped": matter.skipped.value,
        "held": held.value,
        "opened": 0 if matter.is_standing else int(matter.id.rpartition(".")[2]),
        "last": matter.last,
        "changed": changed,
        "stood": matter.standing.changed,
        "due": write_time(min(due)) if due else None,
    }


def waiting_rows(community: str, matter: str, waits: Iterable[Waiting]) -> list[dict[str, Any]]:
    """Return the rows of what is awaited, for the home page."""
    return [
        {
            "matter": matter,
            "n": n,
            "community": community,
            "what": item.what,
            "who": item.who,
            "by": write_time(item.by) if item.by else None,
            "act": item.act,
            "about": item.about,
            "source": item.source,
            "details": canonical(dict(item.details)),
        }
        for n, item in enumerate(waits)
        if item.who != "clock"
    ]
