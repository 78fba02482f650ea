"""The core vocabulary: facts that several plugins speak about, and how they change a matter.

Polls have a page of their own, :mod:`wugong.polls`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Literal

from wugong.events import Fact, event
from wugong.matter import Grant, Hold, Matter, SecretPoll, Standing, with_head, with_stage
from wugong.petitions import PetitionOpened
from wugong.polls import (
    BoxOpened,
    BoxUnlocked,
    Law,
    PollClosed,
    PollDecided,
    PollOpened,
    RollFrozen,
)
from wugong.rosters import Entitlement, roll_hash, totals
from wugong.schema import (
    Attached,
    Between,
    Choice,
    Label,
    Many,
    Member,
    Most,
    Ref,
    Sealed,
    ShownTo,
    To,
)
from wugong.stages import ANY, BUILD, MANAGE, PLAN, SHARE, Stage
from wugong.words import N_

MOST_ATTACHED = 10
COUNTING = "民法典 201"  # the day on which something is posted is not counted
Id = Annotated[str, Most(80)]
Attachments = Annotated[
    tuple[str, ...], Label(N_("Pictures and documents")), Attached(), Many(MOST_ATTACHED), Most(64)
]


# The community and its people


@event(
    "wugong.community_founded",
    may={"operator": ANY},
    title=N_("Start the journal"),
    says=N_("{title} was set up"),
)
class CommunityFounded:
    """A community starts its journal: its setting (urban, rural, your own) and its plugins."""

    title: Annotated[str, Label(N_("Name")), Most(80)]
    setting: Annotated[str, Label(N_("Setting")), Most(20)]
    plugins: Annotated[tuple[str, ...], Many(50)]


@event(
    "wugong.member_enrolled",
    may={"operator": ANY, "admin": ANY},
    shown_to="officer",
    bulk=True,
    sealed_for="member",
    title=N_("Enrol a member"),
    says=N_("A member was enrolled"),
)
class MemberEnrolled:
    """A person joins the directory under an opaque id; the name is sealed under their own key."""

    member: Annotated[
        Id, Label(N_("Member id"), N_("Made up here, such as m-12; never a name: ids are public"))
    ]
    name: Annotated[Sealed[str], Label(N_("Name")), Most(80)]
    household: Annotated[str, Label(N_("Household")), Most(40)] = ""
    group: Annotated[str, Label(N_("Stair or village group")), Most(40)] = ""
    contact: Annotated[Sealed[str] | None, Label(N_("Telephone")), Most(80), ShownTo("officer")] = (
        None
    )


@event(
    "wugong.role_granted",
    may={"operator": ANY, "admin": ANY, "plugin": ANY},
    shown_to="public",
    title=N_("Give a role"),
    says=N_("{member} was given the role {role}"),
)
class RoleGranted:
    """A member holds a role: in the whole community, or in one matter or body, until a time."""

    member: Annotated[Id, Label(N_("Member")), Member()]
    role: Annotated[str, Label(N_("Role")), Most(40)]
    scope: Annotated[str, Label(N_("Scope (empty: the community)")), Most(80)] = ""
    until: Annotated[datetime | None, Label(N_("Until"))] = None


@event(
    "wugong.role_revoked",
    may={"operator": ANY, "admin": ANY, "plugin": ANY},
    title=N_("End a role"),
    says=N_("{member} no longer holds the role {role}"),
)
class RoleRevoked:
    """A role ends."""

    member: Annotated[Id, Label(N_("Member")), Member()]
    role: Annotated[str, Label(N_("Role")), Most(40)]
    scope: Annotated[str, Label(N_("Scope (empty: the community)")), Most(80)] = ""


@event(
    "wugong.setting_changed",
    may={"operator": ANY, "admin": ANY},
    title=N_("Change a setting"),
    says=N_("The setting {name} is now {value}"),
)
class SettingChanged:
    """A setting of a plugin changes for this community, from now on.

    ``was`` is the value that its author saw before: where it is no longer that one, somebody was
    quicker and the change is refused. ``None`` changes it whatever it is.
    """

    name: Annotated[str, Label(N_("Setting")), Most(80)]
    value: Annotated[str, Label(N_("Value")), Most(2000)]
    was: Annotated[str | None, Label(N_("Value until now")), Most(2000)] = None


@event(
    "wugong.roster_imported",
    may={"operator": ANY, "admin": ANY},
    shown_to="members",
    title=N_("Import a roster"),
    says=N_("The roster {roster} was imported: {count} entitled"),
)
class RosterImported:
    """A new edition of a roster: entitlements by member id; the edition is the hash of its roll."""

    roster: Annotated[str, Label(N_("Roster")), Most(40)]
    edition: Annotated[str, Most(64)]
    count: Annotated[int, Between(1)]
    heads: Annotated[int, Between(0)]
    households: Annotated[int, Between(0)]
    area_dm2: Annotated[int, Between(0)]
    entitlements: Annotated[tuple[Entitlement, ...], Many(1_000_000, least=1)]


def imported(roster: str, entitlements: Sequence[Entitlement]) -> RosterImported:
    """Return the fact of a new edition, with the hash and the totals that its rows have."""
    its = totals(entitlements)
    return RosterImported(
        roster=roster,
        edition=roll_hash(entitlements),
        count=its.entitlements,
        heads=its.heads,
        households=its.households,
        area_dm2=its.area_dm2,
        entitlements=tuple(entitlements),
    )


@event(
    "wugong.erased",
    may={"operator": ANY, "admin": ANY},
    shown_to="officer",
    source="個人信息保護法 47",
    title=N_("Erase a person"),
    says=N_("The personal data of one member was erased"),
)
class Erased:
    """A member's key is destroyed: every text sealed under it is unreadable, the chain whole."""

    member: Annotated[Id, Label(N_("Member")), Member()]
    reason: Annotated[str, Label(N_("Reason")), Most(500)]


@event(
    "wugong.plugin_adopted",
    may={"operator": ANY, "admin": ANY},
    title=N_("Use a plugin"),
    says=N_("The plugin {plugin} is used from now on: {reason}"),
)
class PluginAdopted:
    """A plugin that came later, or was retired, is asked from now on and told nothing of before."""

    plugin: Annotated[str, Label(N_("Plugin")), Most(40)]
    reason: Annotated[str, Label(N_("Reason")), Most(500)]


@event(
    "wugong.plugin_retired",
    may={"operator": ANY, "admin": ANY},
    title=N_("Retire a plugin"),
    says=N_("The plugin {plugin} was retired: {reason}"),
)
class PluginRetired:
    """A plugin is gone for good: matters that hold its facts may be changed again without it."""

    plugin: Annotated[str, Label(N_("Plugin")), Most(40)]
    reason: Annotated[str, Label(N_("Reason")), Most(500)]


# Matters, stages and holds


@event(
    "wugong.matter_opened",
    may={"resident": ANY, "officer": ANY, "operator": ANY},
    title=N_("Open a matter"),
    says=N_("The matter was opened: {title}"),
)
class MatterOpened:
    """A matter begins, with planning open. Recorded on the community, it starts the new matter."""

    title: Annotated[str, Label(N_("What is it about?")), Most(80)]
    summary: Annotated[str, Label(N_("In one or two sentences")), Most(500)] = ""
    category: Annotated[str, Label(N_("Kind of matter")), Most(40)] = ""
    audience: Annotated[
        Literal["public", "members"],
        Label(N_("Who may read it")),
        Choice({"public": N_("Everyone"), "members": N_("Members")}),
    ] = "public"


STAGE_MAY: Mapping[str, Stage] = {"officer": ANY, "convenor": ANY, "operator": ANY, "plugin": ANY}


@event(
    "wugong.stage_opened", may=STAGE_MAY, title=N_("Open a stage"), says=N_("Stage opened: {stage}")
)
class StageOpened:
    """A stage opens, beside those open; opening an earlier one sends the matter back."""

    stage: Annotated[Stage, Label(N_("Stage"))]
    reason: Annotated[str, Label(N_("Reason")), Most(500)] = ""


@event(
    "wugong.stage_closed", may=STAGE_MAY, title=N_("Close a stage"), says=N_("Stage done: {stage}")
)
class StageClosed:
    """A stage is done; plugins refuse while something it owes is missing."""

    stage: Annotated[Stage, Label(N_("Stage"))]


@event(
    "wugong.stage_skipped",
    may={"officer": ANY, "convenor": ANY},
    title=N_("Skip a stage, filed"),
    says=N_("Stage skipped, filed: {stage}. {reason}"),
)
class StageSkipped:
    """A stage is left out; the reason is filed and stays readable."""

    stage: Annotated[Stage, Label(N_("Stage"))]
    reason: Annotated[str, Label(N_("Reason")), Most(500)]


@event(
    "wugong.hold_placed",
    may={"plugin": ANY},
    despite_hold=True,
    title=N_("Hold a stage"),
    says=N_("Stage on hold: {stage}"),
)
class HoldPlaced:
    """A stage rests until the hold is lifted or runs out. It says neither who asked nor why."""

    stage: Stage
    until: datetime | None = None


@event(
    "wugong.hold_lifted",
    may={"plugin": ANY, "clock": ANY},
    despite_hold=True,
    title=N_("Lift a hold"),
    says=N_("The hold was lifted"),
)
class HoldLifted:
    """A held stage goes on."""

    hold: Ref


# Steps of procedures that have no kind of their own

Count = Annotated[int | None, Between(0, 1_000_000)]


@event(
    "wugong.step_recorded",
    may={"officer": ANY, "convenor": ANY},
    title=N_("Enter the record sheet of a step"),
    says=N_("Record sheet entered: {step}"),
)
class StepRecorded:
    """What the paper of a step says: when and where, who came of those due, what was resolved."""

    step: Annotated[str, Label(N_("Step")), Most(120)]
    held_on: Annotated[date, Label(N_("Held or done on"))]
    place: Annotated[str, Label(N_("Place")), Most(200)] = ""
    chair: Annotated[str, Label(N_("In the chair")), Most(80), Member()] = ""
    recorder: Annotated[str, Label(N_("Who kept the record")), Most(80), Member()] = ""
    due: Annotated[Count, Label(N_("Should attend"))] = None
    present: Annotated[Count, Label(N_("Attended"))] = None
    yes: Annotated[Count, Label(N_("For"))] = None
    no: Annotated[Count, Label(N_("Against"))] = None
    abstain: Annotated[Count, Label(N_("Abstained"))] = None
    resolved: Annotated[
        str, Label(N_("What was done or resolved"), N_("as the sheet says it")), Most(2000)
    ]
    documents: Attachments = ()
    corrects: Annotated[
        Ref | None,
        Label(N_("Corrects an earlier record of this step")),
        To("wugong.step_recorded"),
    ] = None


@event(
    "wugong.sheet_hung",
    may={"officer": ANY, "convenor": ANY, "supervisor": ANY},
    despite_hold=True,
    source=COUNTING,
    title=N_("Photo of the posted sheet"),
    says=N_("The sheet of notice {notice} hangs since {hung_on}: {place}"),
)
class SheetHung:
    """The paper twin of a notice hangs, as its picture shows.

    The days of the notice count from the later of its record and the day on which the last of its
    sheets was up, whatever their number.
    """

    notice: Annotated[
        Ref,
        Label(N_("Notice")),
        To(
            "planning.notice_posted",
            "rural.decision_posted",
            "rural.result_posted",
            "voting.poll_decided",
        ),
    ]
    hung_on: Annotated[
        date,
        Label(
            N_("On the board since"),
            N_("Its days count from this day, never from before the notice was recorded."),
        ),
    ]
    place: Annotated[str, Label(N_("Where the sheet hangs")), Most(120)]
    documents: Annotated[
        tuple[str, ...],
        Label(N_("Photo of the posted sheet")),
        Attached(),
        Many(MOST_ATTACHED, least=1),
        Most(64),
    ]


# Work and money, spoken of by building, oversight, funds and points


@event(
    "building.task_accepted",
    may={"officer": BUILD | MANAGE, "supervisor": BUILD | MANAGE, "steward": BUILD | MANAGE},
    not_same_as=("building.claimant",),
    title=N_("Accept the work"),
    says=N_("The work was accepted"),
)
class TaskAccepted:
    """Delivered work is accepted, never by whoever did it."""

    task: Annotated[Ref, Label(N_("Project")), To("building.project_listed")]
    delivery: Annotated[Ref | None, Label(N_("Delivery")), To("building.delivered")] = None
    remark: Annotated[str, Label(N_("Remark")), Most(500)] = ""


@event(
    "funds.payment_made",
    may={"treasurer": BUILD | MANAGE | SHARE, "officer": BUILD | MANAGE | SHARE},
    not_same_as=("request",),
    title=N_("Pay"),
    says=N_("Paid: {amount_fen}"),
)
class PaymentMade:
    """Money leaves an account for a milestone. The one who pays is not the one who asked."""

    request: Annotated[Ref, Label(N_("Payment request")), To("funds.payment_requested")]
    amount_fen: Annotated[int, Label(N_("Amount in fen")), Between(1)]


CORE_EVENTS: tuple[type, ...] = (
    CommunityFounded,
    MemberEnrolled,
    RoleGranted,
    RoleRevoked,
    SettingChanged,
    RosterImported,
    Erased,
    PluginAdopted,
    PluginRetired,
    MatterOpened,
    StageOpened,
    StageClosed,
    StageSkipped,
    HoldPlaced,
    HoldLifted,
    StepRecorded,
    SheetHung,
    TaskAccepted,
    PaymentMade,
    PetitionOpened,
    PollOpened,
    RollFrozen,
    PollClosed,
    BoxUnlocked,
    BoxOpened,
    PollDecided,
)


def _with_box(matter: Matter, number: int, poll: SecretPoll) -> Matter:
    polls = {**matter.secret_polls, int(number): poll}
    return replace(matter, secret_polls=MappingProxyType(polls))


def advance(matter: Matter, fact: Fact) -> Matter:
    """Return the matter after a fact of the core vocabulary; plugins' folds are not touched."""
    matter = with_head(matter, fact)
    match fact.event:
        case MatterOpened() as opened:
            return replace(
                matter,
                title=opened.title,
                summary=opened.summary,
                category=opened.category,
                audience=opened.audience,
                opened_by=fact.who,
                opened_at=fact.at,
                stages=PLAN,
            )
        case CommunityFounded() as founded:
            return replace(matter, title=founded.title, opened_at=fact.at, stages=MANAGE | SHARE)
        case PollOpened(secrecy=secrecy, box_key=key, procedure=name):
            asked = replace(matter, polled=matter.polled | {name})
            secret = secrecy in ("secret", "scrutineers")
            return _with_box(asked, fact.seq, SecretPoll(key, name)) if secret else asked
        case RollFrozen(poll=number, law=Law(texts=texts)) if number in matter.secret_polls:
            its = replace(matter.secret_polls[number], texts=texts)
            return _with_box(matter, number, its)
        case StageOpened(stage=stage):
            return with_stage(matter, stage, "open")
        case StageClosed(stage=stage):
            return with_stage(matter, stage, "done")
        case StageSkipped(stage=stage):
            return with_stage(matter, stage, "skipped")
        case HoldPlaced(stage=stage, until=until):
            hold = Hold(fact.seq, stage, fact.by, until)
            return replace(matter, holds=MappingProxyType({**matter.holds, hold.id: hold}))
        case StepRecorded(step=step):
            return replace(matter, steps=MappingProxyType({**matter.steps, step: fact.seq}))
        case HoldLifted(hold=number):
            left = {k: v for k, v in matter.holds.items() if k != number}
            return replace(matter, holds=MappingProxyType(left))
    return matter


def advance_standing(standing: Standing, fact: Fact) -> Standing:
    """Return what the community's matters share after a fact of its standing matter."""
    changed = _standing_changed(standing, fact)
    return replace(
        changed or standing, last=fact.seq, changed=fact.seq if changed else standing.changed
    )


def _standing_changed(standing: Standing, fact: Fact) -> Standing | None:
    match fact.event:
        case CommunityFounded(title=title, setting=setting, plugins=plugins):
            return replace(standing, title=title, setting=setting, plugins=plugins)
        case RoleGranted(member=member, role=role, scope=scope, until=until):
            grant = Grant(member, role, scope, until, fact.seq)
            return replace(standing, grants=(*_without(standing, member, role, scope), grant))
        case RoleRevoked(member=member, role=role, scope=scope):
            return replace(standing, grants=_without(standing, member, role, scope))
        case SettingChanged(name=name, value=value):
            settings = MappingProxyType({**standing.settings, name: value})
            return replace(standing, settings=settings)
        case RosterImported(roster=roster, edition=edition):
            rosters = MappingProxyType({**standing.rosters, roster: edition})
            return replace(standing, rosters=rosters)
        case PluginAdopted(plugin=plugin):
            used = tuple(sorted({*standing.plugins, plugin}))
            left = tuple(one for one in standing.retired if one != plugin)
            since = MappingProxyType({**standing.adopted, plugin: fact.seq})
            return replace(standing, plugins=used, retired=left, adopted=since)
        case PluginRetired(plugin=plugin):
            return replace(standing, retired=(*standing.retired, plugin))
        case Erased(member=member):
            grants = tuple(g for g in standing.grants if g.member != member)
            return replace(standing, erased=standing.erased | {member}, grants=grants)
    return None


def _without(standing: Standing, member: str, role: str, scope: str) -> tuple[Grant, ...]:
    same = (member, role, scope)
    return tuple(g for g in standing.grants if (g.member, g.role, g.scope) != same)
