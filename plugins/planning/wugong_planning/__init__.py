"""Planning together (共謀): needs, scheme versions, opinions that are answered, public notices."""

from __future__ import annotations

from collections.abc import Iterable

from wugong import (
    N_,
    PLAN,
    Act,
    Contribution,
    Matter,
    PollOpened,
    Refusal,
    SettingChanged,
    SheetHung,
    StageClosed,
    StageSkipped,
    Waiting,
    hookimpl,
    on,
)
from wugong_planning import rules, settings
from wugong_planning.awaited import awaited
from wugong_planning.events import (
    NeedFiled,
    NoticeEnded,
    NoticePosted,
    OpinionAnswered,
    OpinionContested,
    OpinionGiven,
    SchemePublished,
)
from wugong_planning.state import PLANNING
from wugong_planning.texts import TEXTS

EVENTS = (
    NeedFiled,
    SchemePublished,
    OpinionGiven,
    OpinionAnswered,
    OpinionContested,
    NoticePosted,
    NoticeEnded,
)

__version__ = "0.1.0"
TITLE = N_("Needs, schemes and opinions")


@hookimpl
def register() -> Iterable[Contribution]:
    return [*EVENTS, PLANNING, TEXTS, *settings.DEFAULTS]


@hookimpl
@on(*EVENTS, SheetHung, PollOpened, StageClosed, StageSkipped, SettingChanged)
def guard_event(matter: Matter, act: Act) -> list[Refusal] | None:
    state = matter.state(PLANNING)
    match act.event:
        case NeedFiled() as filed:
            return rules.need(act, filed)
        case SchemePublished() as published:
            return rules.scheme(state, published, settings.notice_wanted(matter))
        case OpinionGiven(scheme=scheme):
            return rules.opinion(state, scheme)
        case OpinionAnswered() as answer:
            return rules.answer(state, answer)
        case OpinionContested() as contested:
            return rules.contest(state, act, contested)
        case NoticePosted() as posted:
            return rules.notice(state, posted, settings.notice_wanted(matter))
        case NoticeEnded() as ended:
            return rules.notice_end(state, act, ended)
        case SheetHung() as hung:
            return rules.sheet(state, hung)
        case StageClosed(stage=stage) | StageSkipped(stage=stage) if stage == PLAN:
            return rules.unanswered(state)
        case PollOpened() as opened if rules.concerns(matter, state, opened):
            wanted = settings.notice_wanted(matter)
            procedure = matter.standing.procedures.get(opened.procedure)
            lawful = procedure.notice_days if procedure else 0
            starts = max(act.at, opened.opens_at or act.at)
            return rules.poll(state, opened, starts, wanted, lawful)
        case SettingChanged() as changed:
            return settings.why_not(changed)
    return None


@hookimpl
def waiting(matter: Matter) -> list[Waiting]:
    return awaited(matter)
