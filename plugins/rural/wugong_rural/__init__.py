"""Rural communities (鄉村): the village's bodies, 四議兩公開, the elders' council, levies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from wugong import (
    N_,
    Act,
    Books,
    Contribution,
    Matter,
    PollOpened,
    Refusal,
    Relation,
    RollFrozen,
    SettingChanged,
    SheetHung,
    StageOpened,
    Waiting,
    hookimpl,
    on,
)
from wugong_rural import (
    elders,
    four_two,
    homesteads,
    levies,
    levy_lists,
    postings,
    settings,
    texts,
)
from wugong_rural.awaited import awaited
from wugong_rural.bodies import RESOLVING, procedures
from wugong_rural.events import (
    EVENTS,
    CommitteesConsulted,
    DecisionPosted,
    EldersHeard,
    HomesteadApplied,
    LevyExempted,
    LevyPayersListed,
    LevyProposed,
    LevySignaturesTaken,
    PartyMembersReviewed,
    PartyProposed,
    ResultPosted,
)

__version__ = "0.1.0"
TITLE = N_("Villages")


@hookimpl
def register() -> Iterable[Contribution]:
    return (
        settings.RURAL,
        *settings.DEFAULTS,
        *EVENTS,
        *procedures().values(),
        four_two.FLOW,
        elders.ELDERS,
        levies.LEVIES,
        levy_lists.LISTS,
        homesteads.MEMBERS,
        Relation("rural.recused", elders.recused),
        *texts.ROLES,
        *texts.TEXTS,
    )


@hookimpl
@on(
    PartyProposed,
    CommitteesConsulted,
    PartyMembersReviewed,
    EldersHeard,
    LevyProposed,
    LevySignaturesTaken,
    LevyPayersListed,
    LevyExempted,
    HomesteadApplied,
    PollOpened,
    RollFrozen,
    DecisionPosted,
    ResultPosted,
    SheetHung,
    StageOpened,
    SettingChanged,
)
def guard_event(matter: Matter, act: Act, books: Books) -> list[Refusal]:
    match act.event:
        case PartyProposed() as proposed:
            refusals = four_two.refuse_sitting(matter, 1) + four_two.refuse_presence(proposed)
            return refusals + four_two.refuse_day(act, proposed.held_on)
        case CommitteesConsulted() as met:
            return _refuse_meeting(matter, act, 2, met)
        case PartyMembersReviewed() as met:
            return _refuse_meeting(matter, act, 3, met) + four_two.refuse_draft(met, act.at)
        case EldersHeard() as filed:
            return list(elders.refuse_opinion(matter, act, filed))
        case LevyProposed() as levy:
            return list(levies.refuse_levy(matter, levy))
        case LevySignaturesTaken() as taken:
            return list(levies.refuse_signatures(matter, act, taken))
        case LevyPayersListed() as listed:
            return list(levy_lists.refuse_payers(matter, listed))
        case LevyExempted() as exempted:
            return levy_lists.refuse_exemption(matter, exempted)
        case HomesteadApplied():
            return list(homesteads.refuse_application(act, books))
        case RollFrozen() as roll:
            return levies.refuse_roll(matter, roll)
        case PollOpened() as poll:
            return _refuse_poll(matter, poll)
        case DecisionPosted(days=days, resolution=resolution):
            refusals = four_two.refuse_decision(matter, resolution)
            return refusals + postings.refuse_short(matter, days)
        case ResultPosted(days=days):
            return four_two.refuse_result(matter) + postings.refuse_short(matter, days)
        case SheetHung() as sheet:
            return four_two.refuse_sheet(matter, sheet)
        case StageOpened(stage=stage) if four_two.applies(matter):
            return four_two.refuse_stage(matter, stage)
        case SettingChanged() as change:
            return settings.refuse_setting(change)
    return []


def _refuse_meeting(
    matter: Matter, act: Act, step: Literal[2, 3], met: CommitteesConsulted | PartyMembersReviewed
) -> list[Refusal]:
    refusals = four_two.refuse_sitting(matter, step) + four_two.refuse_figures(met)
    return refusals + four_two.refuse_day(act, met.held_on)


def _refuse_poll(matter: Matter, poll: PollOpened) -> list[Refusal]:
    named = matter.standing.procedures.get(poll.procedure)
    procedure = named.origin if named else poll.procedure
    refusals = levies.refuse_poll(matter, poll, procedure)
    if procedure in RESOLVING:
        refusals += elders.refuse_poll(matter)
        if four_two.applies(matter):
            refusals += four_two.refuse_poll(matter)
    return refusals


@hookimpl
def waiting(matter: Matter) -> Iterable[Waiting]:
    return awaited(matter)
