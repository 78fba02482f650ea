"""形式共謀: signs that a deliberation was held for form's sake, each a question, no verdict.

A signal names the records that raised it, so that whoever is asked can answer from the same facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wugong import PLAN, Matter, local_day
from wugong_insight.evidence import EVIDENCE, Evidence, Notice, Poll
from wugong_insight.settings import Thresholds, thresholds_of

ABSTAIN = "abstain"
NOBODY: Mapping[int, Mapping[str, int]] = {}


@dataclass(frozen=True, slots=True)
class Signal:
    """A question that the record raises: its code, the facts behind it, the figures in it."""

    code: str
    records: tuple[int, ...]
    details: Mapping[str, int | str] = field(default_factory=dict)


def signals(
    matter: Matter, assisted: Mapping[int, Mapping[str, int]] = NOBODY
) -> tuple[Signal, ...]:
    """Return every signal of ``matter``; ``assisted`` is poll → helper → ballots entered."""
    evidence, limits = matter.state(EVIDENCE), thresholds_of(matter)
    settled = bool(evidence.polls) or matter.status(PLAN) == "done"
    found = [
        *_scheme_first(evidence),
        *_needs_short(evidence, limits, matter.opened_at),
        *(_scheme_unchanged(evidence, limits) if settled else ()),
        *_adoption_low(evidence, limits),
        *_answers_unreasoned(evidence, limits),
    ]
    for poll in evidence.polls:
        found += _one_option(poll)
        found += _one_helper(poll, limits, assisted.get(poll.seq, {}))
        if _binds(matter, poll):
            found += _notice_short(evidence, limits, poll)
    return tuple(found)


def _scheme_first(evidence: Evidence) -> Iterator[Signal]:
    if not evidence.schemes:
        return
    scheme, need = evidence.schemes[0], evidence.first_need
    if need is None:
        yield Signal("insight.scheme_without_need", (scheme.seq,))
    elif scheme.seq < need[0]:
        yield Signal("insight.scheme_first", (scheme.seq, need[0]))


def _needs_short(
    evidence: Evidence, limits: Thresholds, opened_at: datetime | None
) -> Iterator[Signal]:
    # A scheme that came before any need is another question; asking both would count it twice.
    need = evidence.first_need
    if not evidence.schemes or need is None or evidence.schemes[0].seq < need[0]:
        return
    scheme = evidence.schemes[0]
    days = _days_between(min(opened_at or need[1], need[1]), scheme.at)
    if days < limits.needs_days:
        details = {"days": days, "least": limits.needs_days}
        yield Signal("insight.needs_short", (need[0], scheme.seq), details)


def _scheme_unchanged(evidence: Evidence, limits: Thresholds) -> Iterator[Signal]:
    if not evidence.schemes or len(evidence.critical) < limits.opinions:
        return
    first, last = evidence.schemes[0], evidence.schemes[-1]
    if first.clauses == last.clauses:
        versions = dict.fromkeys((first.seq, last.seq))
        details = {"opinions": len(evidence.critical)}
        yield Signal("insight.scheme_unchanged", (*versions, *evidence.critical), details)


def _adoption_low(evidence: Evidence, limits: Thresholds) -> Iterator[Signal]:
    answered = [evidence.answers[o] for o in evidence.critical if o in evidence.answers]
    adopted = sum(answer.adopted for answer in answered)
    if len(answered) < limits.opinions:
        return
    if 100 * adopted < limits.adoption_percent * len(answered):
        records = tuple(answer.seq for answer in answered if not answer.adopted)
        details = {"adopted": adopted, "answered": len(answered)}
        yield Signal("insight.adoption_low", records, details)


def _answers_unreasoned(evidence: Evidence, limits: Thresholds) -> Iterator[Signal]:
    refused = [answer for answer in evidence.answers.values() if not answer.adopted]
    times = Counter(answer.reason for answer in refused)
    records = tuple(
        answer.seq
        for answer in refused
        if not answer.reason or times[answer.reason] >= limits.repeated_reasons
    )
    if records:
        yield Signal("insight.answers_unreasoned", records, {"answers": len(records)})


def _one_option(poll: Poll) -> Iterator[Signal]:
    titles = {title.strip() for option, title in poll.options if option != ABSTAIN}
    if len(titles) < 2:
        yield Signal("insight.one_option", (poll.seq,))


def _one_helper(poll: Poll, limits: Thresholds, entered: Mapping[str, int]) -> Iterator[Signal]:
    # Without an outcome the whole is not known yet, and no tally may leak while a poll is open.
    if not poll.verdict or not entered:
        return
    most = max(entered.values())
    if most >= limits.helper_least and 100 * most > limits.helper_percent * poll.ballots:
        details = {"count": most, "of": poll.ballots}
        yield Signal("insight.one_helper", (poll.seq,), details)


def _notice_short(evidence: Evidence, limits: Thresholds, poll: Poll) -> Iterator[Signal]:
    before = [notice for notice in evidence.notices if _covers(notice, poll)]
    if not before:
        yield Signal("insight.notice_missing", (poll.seq,))
        return
    # The longest notice counts: a reminder the day before does not shorten it.
    days = _days_between(before[0].at, poll.starts)
    if days < limits.notice_days:
        details = {"days": days, "least": limits.notice_days}
        yield Signal("insight.notice_short", (before[0].seq, poll.seq), details)


def _covers(notice: Notice, poll: Poll) -> bool:
    """Tell whether a notice came before a poll and is, as far as stated, about the same."""
    same = not notice.about or not poll.about or bool(notice.about & poll.about)
    return notice.seq < poll.seq and same


def _binds(matter: Matter, poll: Poll) -> bool:
    """Tell whether a poll may bind people: an advisory body's opinion needs no notice."""
    procedure = matter.standing.procedures.get(poll.procedure)
    return poll.verdict != "advisory" and (procedure is None or procedure.decides)


def _days_between(first: datetime, then: datetime) -> int:
    """Count days as people on the spot do: the starting day is not counted (民法典 201)."""
    return (local_day(then) - local_day(first)).days
