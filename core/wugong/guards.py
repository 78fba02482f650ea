"""The engine's own rules: stages, holds, people and rosters. Plugins add theirs as guards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from wugong.audience import can_be_given
from wugong.ceremony import read_box_key
from wugong.days import local_day
from wugong.errors import Refusal
from wugong.events import Act
from wugong.matter import Matter
from wugong.permission import is_reserved
from wugong.petitions import PetitionOpened
from wugong.places import JURISDICTION, not_offered
from wugong.polls import BoxUnlocked, PollOpened
from wugong.procedures import Procedure
from wugong.stages import STAGES, Stage
from wugong.steps import refuse_record
from wugong.vocabulary import (
    COUNTING,
    CommunityFounded,
    Erased,
    HoldLifted,
    HoldPlaced,
    MemberEnrolled,
    PluginAdopted,
    RoleGranted,
    RosterImported,
    SettingChanged,
    SheetHung,
    StageClosed,
    StageOpened,
    StageSkipped,
    StepRecorded,
    imported,
)

if TYPE_CHECKING:
    from wugong.plugins import Registry

FOUNDING = "wugong.community_founded"


def core_guard(matter: Matter, act: Act, registry: Registry) -> list[Refusal]:
    """Say why the engine itself refuses ``act``; ``registry`` is what the plugins brought."""
    procedures = registry.procedures
    if not matter.is_standing and not matter.exists:
        return [Refusal("wugong.matter_unknown", details={"matter": matter.id})]
    if matter.is_standing and not matter.exists and act.kind != FOUNDING:
        return [Refusal("wugong.community_unknown", details={"community": matter.id})]
    match act.event:
        case CommunityFounded() if matter.exists:
            return [Refusal("wugong.community_exists", details={"community": matter.id})]
        case StageOpened(stage=stage, reason=reason):
            return _opening(matter, stage, reason)
        case StageClosed(stage=stage) if not matter.open(stage):
            return [Refusal("wugong.stage_not_open", details={"stage": stage.key})]
        case StageSkipped(stage=stage, reason=reason):
            return _skipping(matter, stage, reason)
        case HoldPlaced(stage=stage) if not matter.open(stage):
            return [Refusal("wugong.stage_not_open", details={"stage": stage.key})]
        case HoldLifted(hold=number):
            return _lifting(matter, act, number)
        case MemberEnrolled(member=member) if member in matter.standing.erased:
            return [Refusal("wugong.member_erased", details={"member": member})]
        case MemberEnrolled(member=member) | Erased(member=member) if is_reserved(member):
            return [Refusal("wugong.member_reserved", details={"member": member})]
        case RoleGranted(role=role) if not can_be_given(role):
            return [Refusal("wugong.role_not_given", details={"role": role})]
        case StepRecorded() as recorded:
            return refuse_record(matter, act, recorded)
        case SheetHung(hung_on=day) if day > local_day(act.at):
            return [Refusal("wugong.day_to_come", COUNTING, {"on": day.isoformat()})]
        case SettingChanged() as changed:
            return _setting(matter.standing.settings, changed, registry)
        case PluginAdopted(plugin=plugin):
            return _adopting(matter, plugin, registry.packages)
        case RosterImported() as roster:
            return _importing(roster)
        case BoxUnlocked() as unlocked:
            return _unlocking(matter, unlocked)
        case PollOpened() as opened:
            return _polling(matter, act, opened, procedures)
        case PetitionOpened() as asked:
            return _asking(matter, act, asked, procedures)
    return []


def _opening(matter: Matter, stage: Stage, reason: str) -> list[Refusal]:
    if matter.open(stage):
        return [Refusal("wugong.stage_already_open", details={"stage": stage.key})]
    for earlier in STAGES[: STAGES.index(stage)]:
        if matter.status(earlier) == "todo":
            details = {"stage": stage.key, "earlier": earlier.key}
            return [Refusal("wugong.stage_out_of_order", details=details)]
    if matter.done & stage and not reason.strip():
        return [Refusal("wugong.reason_missing", details={"stage": stage.key})]
    return []


def _skipping(matter: Matter, stage: Stage, reason: str) -> list[Refusal]:
    if matter.status(stage) not in ("todo", "open"):
        return [Refusal("wugong.stage_not_open", details={"stage": stage.key})]
    if not reason.strip():
        return [Refusal("wugong.reason_missing", details={"stage": stage.key})]
    return []


def _lifting(matter: Matter, act: Act, number: int) -> list[Refusal]:
    hold = matter.holds.get(number)
    if hold is None:
        return [Refusal("wugong.hold_unknown", details={"hold": number})]
    over = hold.until is not None and act.at >= hold.until
    if act.by != hold.by and not (act.by == "clock" and over):
        return [Refusal("wugong.hold_of_another", details={"hold": number})]
    return []


def _setting(
    settings: Mapping[str, str], changed: SettingChanged, registry: Registry
) -> list[Refusal]:
    if changed.name not in registry.defaults:
        return [Refusal("wugong.setting_unknown", details={"name": changed.name[:80]})]
    now = settings.get(changed.name)
    if None not in (now, changed.was) and now != changed.was:
        details = {"value": str(now)[:200], "was": str(changed.was)[:200]}
        return [Refusal("wugong.setting_changed_meanwhile", details=details)]
    return _lying(changed.value, registry.places) if changed.name == JURISDICTION else []


def _lying(place: str, places: Collection[str]) -> list[Refusal]:
    if not place or place in places:
        return []
    details = {"place": place[:80], "known": ", ".join(sorted(places))}
    return [Refusal("wugong.place_unknown", details=details)]


def _adopting(matter: Matter, plugin: str, installed: Collection[str]) -> list[Refusal]:
    details = {"plugin": plugin}
    if plugin not in installed:
        return [Refusal("wugong.plugin_not_installed", details=details)]
    if plugin in matter.standing.plugins and plugin not in matter.standing.retired:
        return [Refusal("wugong.plugin_in_use", details=details)]
    return []


def _importing(roster: RosterImported) -> list[Refusal]:
    ids = [e.id for e in roster.entitlements]
    if len(set(ids)) != len(ids):
        twice = next(one for one in ids if ids.count(one) > 1)
        return [Refusal("wugong.roster_duplicate", details={"entitlement": twice})]
    for e in roster.entitlements:
        if e.heads < 0 or e.households < 0 or any(part.area_dm2 < 0 for part in e.parts):
            return [Refusal("wugong.roster_negative", details={"entitlement": e.id})]
    true = imported(roster.roster, roster.entitlements)
    if roster.edition != true.edition:
        return [Refusal("wugong.roster_edition", details={"edition": true.edition})]
    if roster != true:
        names = ("count", "heads", "households", "area_dm2")
        return [Refusal("wugong.roster_totals", details={it: getattr(true, it) for it in names})]
    return []


def _box_key(opened: PollOpened) -> list[Refusal]:
    """Say what is wrong with the key of a box that scrutineers open, or with there being one."""
    if opened.secrecy != "scrutineers":
        return [Refusal("wugong.box_key_not_asked_for")] if opened.box_key else []
    try:
        read_box_key(opened.box_key)
    except ValueError:
        return [Refusal("wugong.box_key_misread")]
    return []


def _unlocking(matter: Matter, unlocked: BoxUnlocked) -> list[Refusal]:
    its = matter.secret_polls.get(unlocked.poll)
    if its is None or not its.box_key:
        return [Refusal("wugong.box_without_scrutineers", details={"poll": unlocked.poll})]
    return []


def _polling(
    matter: Matter, act: Act, opened: PollOpened, procedures: Mapping[str, Procedure]
) -> list[Refusal]:
    reasons = []
    if opened.closes_at <= act.at:
        reasons.append(Refusal("wugong.closing_in_the_past", details={}))
    reasons += _box_key(opened)
    if len({option.id for option in opened.options}) != len(opened.options):
        reasons.append(Refusal("wugong.options_repeat", details={}))
    return reasons + _asking(matter, act, opened, procedures)


def _asking(
    matter: Matter,
    act: Act,
    opened: PollOpened | PetitionOpened,
    procedures: Mapping[str, Procedure],
) -> list[Refusal]:
    """Say why nobody can be asked on this roster, or under this procedure."""
    reasons = []
    if opened.roster not in matter.standing.rosters:
        reasons.append(Refusal("wugong.roster_unknown", details={"roster": opened.roster}))
    procedure = procedures.get(opened.procedure)
    if procedure is None:
        details = {"procedure": opened.procedure}
        reasons.append(Refusal("wugong.procedure_unknown", details=details))
    elif not procedure.in_force(today := local_day(act.at)):
        details = {"procedure": opened.procedure, "on": today.isoformat()}
        reasons.append(Refusal("wugong.procedure_not_in_force", procedure.id, details))
    elif (
        procedure.kind == "no_vote" or not procedure.roster
    ):  # a meeting of others: no poll of ours
        details = {"procedure": opened.procedure}
        reasons.append(Refusal("wugong.nobody_votes", procedure.basis[0].article, details))
    else:
        reasons += _elsewhere(matter, procedure, procedures, today)
    return reasons


def _elsewhere(
    matter: Matter, procedure: Procedure, procedures: Mapping[str, Procedure], on: date
) -> list[Refusal]:
    place = matter.setting(JURISDICTION, "")
    why = not_offered(procedure, procedures, place, on)
    if why is None:
        return []
    details = {"procedure": procedure.id, "place": place}
    if not why.instead:
        details["of"] = procedure.jurisdiction
        return [Refusal("wugong.procedure_of_another_place", why.source, details)]
    details["instead"] = ", ".join(one.id for one in why.instead)
    return [Refusal("wugong.procedure_stricter_here", why.source, details)]
