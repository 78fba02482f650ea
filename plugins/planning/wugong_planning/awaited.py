"""What planning awaits: answers to opinions, and the end of notices, which the clock records."""

from __future__ import annotations

from wugong import N_, Matter, Ref, Waiting, after_days
from wugong_planning.days import down_from
from wugong_planning.events import NOTICE_SOURCE, REPLY_SOURCE, NoticeEnded
from wugong_planning.settings import ANSWER_DAYS, days
from wugong_planning.state import PLANNING, Notice, Planning

ANSWER = N_("Opinions to answer: {count}")
END = N_("Notice until its days are over: {title}")


def awaited(matter: Matter) -> list[Waiting]:
    """Return what is awaited in one matter."""
    state = matter.state(PLANNING)
    running = [one for one in state.notices.values() if one.ended_at is None]
    return [*_answers(matter, state), *map(_end, running)]


def _answers(matter: Matter, state: Planning) -> list[Waiting]:
    owed = state.waiting
    if not owed:
        return []
    return [
        Waiting(
            what=ANSWER,
            who="officer",
            by=after_days(owed[0].waits_since, days(matter, ANSWER_DAYS)),
            act="planning.opinion_answered",
            about=owed[0].id,
            source=REPLY_SOURCE,
            details={"count": len(owed)},
        )
    ]


def _end(notice: Notice) -> Waiting:
    return Waiting(
        what=END,
        who="clock",
        by=down_from(notice.at, notice.days),
        then=NoticeEnded(notice=Ref(notice.id)),
        about=notice.id,
        source=NOTICE_SOURCE,
        details={"title": notice.title},
    )
