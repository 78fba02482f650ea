"""When planning says no: pure answers from the state of one matter.

An opinion is answered before the stage closes and before people vote; a version of the scheme is
on notice long enough before people vote on it, and stays as it is while they do.
"""

from __future__ import annotations

from datetime import datetime

from wugong import PLAN, Act, Matter, PollOpened, Refusal, SheetHung, counted_from, local_day
from wugong_planning.days import days_run, down_from, opens_from
from wugong_planning.events import (
    NOTICE_SOURCE,
    REPLY_SOURCE,
    NeedFiled,
    NoticeEnded,
    NoticePosted,
    OpinionAnswered,
    OpinionContested,
    SchemePublished,
)
from wugong_planning.settings import Wanted
from wugong_planning.state import Notice, Planning, Scheme

COLLECTORS = frozenset({"officer", "agent", "convenor", "representative", "designer"})


def need(act: Act, filed: NeedFiled) -> list[Refusal]:
    """Say why a need cannot be filed as collected in that way."""
    if filed.channel == "web" or act.principal or act.roles & COLLECTORS:
        return []
    return [Refusal("planning.channel_of_collectors", REPLY_SOURCE)]


def scheme(state: Planning, published: SchemePublished, wanted: Wanted) -> list[Refusal]:
    """Say why a version of the scheme cannot be published."""
    reasons: list[Refusal] = []
    current = state.scheme
    if published.replaces is not None and (current is None or published.replaces != current.id):
        reasons.append(_outdated(state, wanted))
    named = (answer for clause in published.clauses for answer in clause.answers)
    for number in dict.fromkeys(named):
        if number not in state.needs:
            reasons.append(Refusal("planning.need_elsewhere", details={"need": int(number)}))
    if current is not None and being_voted_on(state, current):
        reasons.append(Refusal("planning.scheme_frozen", wanted.agenda))
    return reasons


def being_voted_on(state: Planning, current: Scheme) -> bool:
    """Tell whether an open poll decides on the current version."""
    return any(
        poll.open and (not poll.about or current.id in poll.about) for poll in state.polls.values()
    )


def opinion(state: Planning, number: int) -> list[Refusal]:
    """Say why an opinion cannot be given on that scheme; older versions may be commented on."""
    return [] if number in state.schemes else [_elsewhere(number)]


def answer(state: Planning, given: OpinionAnswered) -> list[Refusal]:
    """Say why an opinion cannot be answered so."""
    known = state.opinions.get(given.opinion)
    if known is None:
        return [_elsewhere(given.opinion)]
    if known.waits:
        return []
    code = "already_answered" if known.contest is None else "answer_final"
    details = {"opinion": known.id, "stands": known.answers[-1].id}
    return [Refusal(f"planning.{code}", REPLY_SOURCE, details)]


def contest(state: Planning, act: Act, contested: OpinionContested) -> list[Refusal]:
    """Say why an answer cannot be contested."""
    known = state.answered(contested.answer)
    if known is None:
        return [_elsewhere(contested.answer)]
    if act.who != known.by:
        return [Refusal("planning.not_your_opinion", REPLY_SOURCE)]
    if known.contest is not None:
        return [Refusal("planning.contested_once", REPLY_SOURCE)]
    return []


def notice(state: Planning, posted: NoticePosted, wanted: Wanted) -> list[Refusal]:
    """Say why a notice about the scheme cannot be posted."""
    named = [number for number in posted.about if number in state.schemes]
    if not named:
        return []
    reasons: list[Refusal] = []
    current = state.scheme
    if current is not None and current.id not in named:
        reasons.append(_outdated(state, wanted))
    short = wanted.days - posted.days
    if short > 0:
        details = {"days": posted.days, "needed": wanted.days, "short": short}
        reasons.append(Refusal("planning.notice_too_short", wanted.source, details))
    return reasons


def notice_end(state: Planning, act: Act, ended: NoticeEnded) -> list[Refusal]:
    """Say why a notice is not over yet."""
    known = state.notices.get(ended.notice)
    if known is None:
        return [_elsewhere(ended.notice)]
    if known.ended_at is not None or act.at < down_from(known.at, known.days):
        until = local_day(down_from(known.at, known.days)).isoformat()
        return [Refusal("planning.notice_not_over", NOTICE_SOURCE, {"until": until})]
    return []


def sheet(state: Planning, hung: SheetHung) -> list[Refusal]:
    """Say that the days of a notice have run: a sheet that went up later does not move them."""
    known = state.notices.get(hung.notice)
    if not known or not known.ended_at or counted_from(known.at, hung.hung_on) == known.at:
        return []
    day = local_day(down_from(known.at, known.days)).isoformat()
    return [Refusal("planning.notice_over", NOTICE_SOURCE, {"day": day})]


def unanswered(state: Planning) -> list[Refusal]:
    """Say that opinions are still owed an answer: how many, and which is the first."""
    owed = state.waiting
    if not owed:
        return []
    details = {"count": len(owed), "all": len(state.opinions), "first": owed[0].id}
    return [Refusal("planning.opinion_unanswered", REPLY_SOURCE, details)]


def concerns(matter: Matter, state: Planning, opened: PollOpened) -> bool:
    """Tell whether a poll belongs to planning: held while planning is open, or on a scheme."""
    return matter.open(PLAN) or bool(schemes_of(state, opened))


def schemes_of(state: Planning, opened: PollOpened) -> frozenset[int]:
    """Return the versions that a poll decides on, named themselves or by their notice."""
    named = {int(number) for number in opened.about}
    by_notice = (state.notices[number].about for number in named & state.notices.keys())
    return frozenset(named.union(*by_notice) & state.schemes.keys())


def poll(
    state: Planning, opened: PollOpened, at: datetime, wanted: Wanted, lawful: int
) -> list[Refusal]:
    """Say why people cannot vote yet: opinions unanswered, notice missing or still running.

    ``at`` is when they could vote first, ``wanted`` days are the community's own rule and
    ``lawful`` days the procedure's: whoever opens polls counts those for what the poll is about,
    and we do not say the same thing twice.
    """
    reasons = unanswered(state)
    current = state.scheme
    if current is None:
        return reasons
    named = schemes_of(state, opened)
    if named and current.id not in named:
        return [*reasons, _outdated(state, wanted)]
    said = lawful if current.id in named else 0
    return reasons + on_notice(state, current, at, wanted, said)


def on_notice(
    state: Planning, current: Scheme, at: datetime, wanted: Wanted, said: int = 0
) -> list[Refusal]:
    """Say how many days of notice the current version still lacks, and from when it has them.

    Nothing where no more than ``said`` days are needed: somebody else says so.
    """
    posted = state.notices_of(current.id)
    if not posted:
        details: dict[str, int | str] = {"version": current.version, "needed": wanted.days}
        missing = Refusal("planning.scheme_not_posted", wanted.source, details)
        return [missing] if wanted.days > said else []
    first = min(posted, key=lambda one: earliest(one, wanted.days))
    opens, needed = earliest(first, wanted.days), max(wanted.days, first.days)
    if at >= opens or needed <= said:
        return []
    run = days_run(first.at, at, needed)
    details = {
        "run": run,
        "needed": needed,
        "short": needed - run,
        "earliest": local_day(opens).isoformat(),
    }
    return [Refusal("planning.notice_running", wanted.source, details)]


def earliest(one: Notice, wanted: int) -> datetime:
    """Return when a poll may open on what ``one`` made public: it runs as long as it said."""
    return opens_from(one.at, max(wanted, one.days))


def _outdated(state: Planning, wanted: Wanted) -> Refusal:
    current = state.scheme
    if current is None:
        return Refusal("planning.scheme_outdated", wanted.agenda, {"version": 0, "scheme": 0})
    details = {"version": current.version, "scheme": current.id, "stands": current.id}
    return Refusal("planning.scheme_outdated", wanted.agenda, details)


def _elsewhere(number: int) -> Refusal:
    return Refusal("planning.not_in_this_matter", details={"number": int(number)})
