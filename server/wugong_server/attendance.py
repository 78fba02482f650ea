"""How many should attend a step, where the record knows it; a sheet leaves blank what it does not.

An earlier record says it, the roll of a poll, or the roster of the body that meets. A body that may
meet in part, as the owners of one stair do, is known by its roster only where that has one part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wugong import N_, ROSTER, Matter, PollOpened, RollFrozen, may_read, read_entitlement
from wugong_server.hookspecs import StepSheet
from wugong_server.page import Page
from wugong_server.paper import DECIDED, MOST_FACTS, OPENED, sheets_of

FROZEN = "voting.roll_frozen"
IN_PARTS = frozenset({"owners_assembly", "interested_owners", "villagers_group"})
# Who acts in a step, and the body that they are.
SAME = {"owners": "owners_assembly", "collective": "collective_assembly"}

ON_RECORD = N_("as recorded before")
ON_ROLL = N_("on the roll of the poll")
ON_ROSTER = N_("on the roster")


@dataclass(frozen=True, slots=True)
class Due:
    """How many should attend, and the message id that says where the number is from."""

    count: int
    said_by: str


@dataclass(frozen=True, slots=True)
class Rolled:
    """The frozen roll of a poll: the body it was asked of, and how many are on it."""

    body: str
    count: int


def due_of(page: Page, matter: Matter, leaves: Sequence[StepSheet]) -> dict[str, Due | None]:
    """Return how many should attend each step, ``None`` where nothing on record says it."""
    rolls = _rolls(page, matter)
    earlier = {one.step: _recorded(page, matter, one) for one in sheets_of(page, matter)}
    return {one.step: next(_known(page, matter, one, rolls, earlier), None) for one in leaves}


def _known(
    page: Page,
    matter: Matter,
    leaf: StepSheet,
    rolls: dict[int, Rolled],
    earlier: dict[str, int | None],
) -> Iterator[Due]:
    """Yield what is known of a step, the nearest first."""
    body = _body(leaf)
    of_flow = [one for one in sheets_of(page, matter) if one.flow == leaf.flow]
    alike = [one for one in of_flow if _body(one) == body and one.number != leaf.number]
    if leaf.vote:
        polls = [rolls[seq] for seq in (leaf.preset.get("poll"), leaf.seq) if seq in rolls]
    else:
        polls = [one for _, one in sorted(rolls.items(), reverse=True) if one.body == body]
    told = [earlier[one.step] for one in (leaf, *reversed(alike))]
    recorded = [Due(count, ON_RECORD) for count in told if count is not None]
    rolled = [Due(one.count, ON_ROLL) for one in polls]
    yield from rolled + recorded if leaf.vote else recorded + rolled
    if may_read(page.viewer, "members"):
        yield from _on_roster(page, matter, body)


def _body(leaf: StepSheet) -> str:
    return SAME.get(leaf.body, leaf.body)


def _recorded(page: Page, matter: Matter, leaf: StepSheet) -> int | None:
    """Return how many the last record of a step says were due."""
    if leaf.vote or not leaf.seq:
        return None
    fact = page.engine.fact(matter.community, leaf.seq, page.viewer)
    due = getattr(fact.event, "due", None) if fact else None
    return due if isinstance(due, int) else None


def _rolls(page: Page, matter: Matter) -> dict[int, Rolled]:
    """Return the rolls of the polls of a matter, by the facts that opened and decided them."""
    kinds = (OPENED, FROZEN, DECIDED)
    asked: dict[int, str] = {}
    found: dict[int, Rolled] = {}
    for fact in page.engine.facts(matter.id, page.viewer, kinds=kinds, limit=MOST_FACTS):
        match fact.event:
            case PollOpened(procedure=name):
                named = matter.procedures.get(name)
                asked[fact.seq] = named.body if named else ""
            case RollFrozen(poll=poll, entitlements=count):
                found[int(poll)] = Rolled(asked.get(int(poll), ""), count)
            case decided if int(decided.poll) in found:
                found[fact.seq] = found[int(decided.poll)]
    return found


def _on_roster(page: Page, matter: Matter, body: str) -> Iterator[Due]:
    """Yield how many the roster of a body has, if there is one and the whole of it meets."""
    rosters = matter.standing.rosters
    named = {one.roster for one in matter.procedures.values() if one.body == body} | {body}
    editions = [rosters[name] for name in named if name in rosters]
    if len(editions) != 1:
        return
    listed: list[Any] = list(
        page.engine.book(ROSTER, matter.community, prefix=f"{editions[0]}/").values()
    )
    groups = {part.group for one in listed for part in read_entitlement(one).parts}
    if body not in IN_PARTS or len(groups) <= 1:
        yield Due(len(listed), ON_ROSTER)
