"""May this actor do this kind of act in this matter now? The declarations answer; default: no."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from wugong.audience import STAFF
from wugong.days import local_day
from wugong.errors import Refusal, Refused
from wugong.events import Act, Kind, refs
from wugong.matter import NO_STAGE, Head, Matter
from wugong.stages import ANY, STAGES, Stage
from wugong.vocabulary import StageClosed, StageSkipped

MARKS, BOX = "marks:", "poll:"  # how the names begin under which the keys of a poll are kept

ACTS_FOR_OTHERS = {"assisted": "agent", "paper": "officer", "meeting": "officer"}
# A desk lends a hand to a person, never an office: whoever holds one of these signs in themselves.
OFFICES = STAFF | {"agent", "treasurer"}
# The vocabulary of polls, tasks and payments is the core's, whatever plugins are there.
SPOKEN = frozenset({"wugong", "voting", "building", "funds"})
RETIRING = "wugong.plugin_retired"
STANDING_ONLY = frozenset(
    f"wugong.{name}"
    for name in (
        *("community_founded", "member_enrolled", "role_granted", "role_revoked", "erased"),
        *("setting_changed", "roster_imported", "plugin_adopted", "plugin_retired"),
        "matter_opened",
    )
)


def of_the_system(actor: str) -> bool:
    """Tell whether an actor is the host, the clock or a plugin, not a person."""
    return actor in ("operator", "clock") or actor.startswith("plugin:")


def is_reserved(member: str) -> bool:
    """Tell whether nobody may have this id: an actor of the system, or the key of a poll."""
    return of_the_system(member) or member.startswith((MARKS, BOX))


def actor_roles(matter: Matter, actor: str, enrolled: bool, act: Act) -> frozenset[str]:
    """Return every role and relation that ``actor`` has in ``matter`` at the time of ``act``."""
    if of_the_system(actor):
        if actor == act.principal:
            return frozenset()  # nobody borrows the system's rights
        return frozenset({actor, actor.partition(":")[0]})
    if not enrolled or actor in matter.standing.erased:
        return frozenset()
    return member_roles(matter, actor, act)


def member_roles(matter: Matter, member: str, act: Act) -> frozenset[str]:
    """Return the roles and relations of an enrolled member."""
    related = (name for name, members in matter.relations.items() if member in members)
    granted = matter.standing.roles(member, matter.id, act.at)
    return granted.union(related, {"resident"})


def lent(kind: Kind, roles: frozenset[str]) -> frozenset[str]:
    """Return the roles with which others may act for a member; refuse what needs an office."""
    left = without_offices(roles)
    needed = kind.may.keys() & roles
    if needed and not needed & left:
        raise Refused(
            Refusal("wugong.office_not_lent", kind.source, {"roles": ", ".join(sorted(needed))})
        )
    return left


def without_offices(roles: frozenset[str]) -> frozenset[str]:
    """Return the roles and relations that are no office."""
    return roles - OFFICES


def permitted(kind: Kind, matter: Matter, roles: Iterable[str], event: Any = None) -> list[Refusal]:
    """Say why nobody with these roles may do this now, from the declaration (and the event)."""
    stages = NO_STAGE
    for role in roles:
        stages |= kind.may.get(role, NO_STAGE)
    source = kind.source or kind.name
    if not stages:
        wanted = ", ".join(sorted(role for role in kind.may if role != "plugin"))
        return [Refusal("wugong.not_your_role", source, {"roles": wanted})]
    if stages != ANY and not matter.open(stages):
        named = ", ".join(s.key for s in STAGES if s & stages)
        return [Refusal("wugong.stage_closed", source, {"stages": named})]
    return _held(kind, matter, stages, event)


def _held(kind: Kind, matter: Matter, stages: Stage, event: Any) -> list[Refusal]:
    """Say whether the act's stage rests: the one it ends, else the earliest open one."""
    if kind.despite_hold or not matter.holds:
        return []
    if isinstance(event, StageClosed | StageSkipped):
        about = event.stage
    else:
        about = next((s for s in STAGES if s & matter.stages & stages), NO_STAGE)
    hold = matter.held(about)
    if hold is None:
        return []
    until = local_day(hold.until).isoformat() if hold.until else ""
    return [Refusal("wugong.stage_held", kind.source, {"stage": about.key, "until": until})]


def in_place(kind: Kind, matter: Matter) -> list[Refusal]:
    """Say whether the act belongs to another matter, or its plugin is not at hand."""
    if (kind.name in STANDING_ONLY) is not matter.is_standing and kind.name in STANDING_ONLY:
        return [Refusal("wugong.belongs_to_community", kind.name)]
    if kind.plugin not in SPOKEN and kind.plugin not in matter.standing.plugins:
        return [Refusal("wugong.plugin_not_enabled", kind.plugin, {"plugin": kind.plugin})]
    return []


def missing(matter: Matter, installed: Iterable[str]) -> list[str]:
    """Return the plugins whose facts the matter holds, that are gone and that nobody retired."""
    # Polls, tasks and payments are core vocabulary: a community may use none of their plugins.
    used = matter.plugins.intersection(matter.standing.plugins)
    return sorted(used.difference(installed, matter.standing.retired))


def lacking(kind: Kind, matter: Matter, installed: Iterable[str]) -> list[Refusal]:
    """Say which plugin whose facts the matter holds is gone: until it is retired all rests."""
    gone = missing(matter, installed)
    if not gone or kind.name == RETIRING:
        return []
    return [Refusal("wugong.plugin_missing", details={"plugin": gone[0]})]


def not_the_same(
    kind: Kind, matter: Matter, act: Act, head_of: Callable[[Matter, int], Head | None]
) -> list[Refusal]:
    """Say whether one person would do what needs two; facts of other matters count, too."""
    people = {act.by, act.who}
    for name in kind.not_same_as:
        if "." in name:
            if people & matter.relations.get(name, frozenset()):
                return [Refusal("wugong.needs_another_person", kind.source or kind.name)]
            continue
        for field, number, _kinds in refs(act.event):
            head = head_of(matter, number) if field == name else None
            if head and {head.by, head.who} & people:
                return [Refusal("wugong.needs_another_person", kind.source or kind.name)]
    return []
