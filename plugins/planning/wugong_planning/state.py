"""The state of planning in one matter: needs, scheme versions, opinions, notices, polls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from wugong import Fact, Fold, PollClosed, PollDecided, PollOpened, SheetHung, counted_from
from wugong_planning.events import (
    Channel,
    Clause,
    Decision,
    NeedFiled,
    NoticeEnded,
    NoticePosted,
    OpinionAnswered,
    OpinionContested,
    OpinionGiven,
    SchemePublished,
    Stance,
)

T = TypeVar("T")
NONE: Mapping[int, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Need:
    """A need as counted; its words stay sealed in the fact ``id``."""

    id: int
    by: str
    at: datetime
    channel: Channel
    place: str
    household: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of the scheme; ``version`` counts from 1."""

    id: int
    version: int
    title: str
    clauses: tuple[Clause, ...]
    cost_fen: int
    operating_fen_per_year: int
    changes: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided on an opinion, and why."""

    id: int
    decision: Decision
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion and its answers: a second one only after a contest."""

    id: int
    scheme: int
    stance: Stance
    by: str
    at: datetime
    answers: tuple[Answer, ...] = ()
    contest: int | None = None  # the fact that contested the first answer
    since: datetime | None = None  # when it was contested

    @property
    def waits(self) -> bool:
        """Whether an answer is owed."""
        return len(self.answers) < (1 if self.contest is None else 2)

    @property
    def waits_since(self) -> datetime:
        """The moment from which the answer is owed."""
        return self.since or self.at

    @property
    def decision(self) -> Decision | None:
        """The decision that stands, or ``None`` while an answer is owed."""
        return None if self.waits else self.answers[-1].decision


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice and whether its days have run; ``at`` is from when they count."""

    id: int
    title: str
    about: tuple[int, ...]
    days: int
    place: str
    at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """A poll of this matter, as far as planning cares."""

    id: int
    question: str
    about: tuple[int, ...]
    open: bool = True
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Planning:
    """Everything by the number of its fact, in the order of recording."""

    needs: Mapping[int, Need] = field(default_factory=lambda: NONE)
    schemes: Mapping[int, Scheme] = field(default_factory=lambda: NONE)
    opinions: Mapping[int, Opinion] = field(default_factory=lambda: NONE)
    notices: Mapping[int, Notice] = field(default_factory=lambda: NONE)
    polls: Mapping[int, Vote] = field(default_factory=lambda: NONE)

    @property
    def scheme(self) -> Scheme | None:
        """The version that holds now."""
        return self.schemes[max(self.schemes)] if self.schemes else None

    @property
    def waiting(self) -> tuple[Opinion, ...]:
        """The opinions that are owed an answer, the longest-waiting first."""
        owed = (opinion for opinion in self.opinions.values() if opinion.waits)
        return tuple(sorted(owed, key=lambda opinion: (opinion.waits_since, opinion.id)))

    def answered(self, answer: int) -> Opinion | None:
        """Return the opinion that a given answer belongs to."""
        owners = (o for o in self.opinions.values() if any(a.id == answer for a in o.answers))
        return next(owners, None)

    def notices_of(self, scheme: int) -> tuple[Notice, ...]:
        """Return the notices that made one version public."""
        return tuple(notice for notice in self.notices.values() if scheme in notice.about)

    def version(self, scheme: int) -> int:
        """Return the version number of a scheme, 0 when it is not of this matter."""
        known = self.schemes.get(scheme)
        return known.version if known else 0


def advance(state: Planning, fact: Fact) -> Planning:
    """Return the state after one more fact."""
    match fact.event:
        case NeedFiled() as e:
            need = Need(fact.seq, fact.who, fact.at, e.channel, e.place, e.household.strip())
            return replace(state, needs=_with(state.needs, fact.seq, need))
        case SchemePublished() as e:
            return replace(state, schemes=_with(state.schemes, fact.seq, _scheme(state, fact, e)))
        case OpinionGiven() as e:
            opinion = Opinion(fact.seq, int(e.scheme), e.stance, fact.who, fact.at)
            return replace(state, opinions=_with(state.opinions, fact.seq, opinion))
        case OpinionAnswered() | OpinionContested():
            return replace(state, opinions=_opinions(state, fact))
        case NoticePosted() as e:
            about = tuple(map(int, e.about))
            notice = Notice(fact.seq, e.title, about, e.days, e.place, fact.at)
            return replace(state, notices=_with(state.notices, fact.seq, notice))
        case SheetHung(notice=number, hung_on=day):
            hung = _changed(state.notices, number, lambda n: replace(n, at=counted_from(n.at, day)))
            return replace(state, notices=hung)
        case NoticeEnded(notice=number):
            ended = _changed(state.notices, number, lambda n: replace(n, ended_at=fact.at))
            return replace(state, notices=ended)
        case PollOpened() | PollClosed() | PollDecided():
            return replace(state, polls=_polls(state.polls, fact))
    return state


def _scheme(state: Planning, fact: Fact, e: SchemePublished) -> Scheme:
    return Scheme(
        fact.seq,
        len(state.schemes) + 1,
        e.title,
        e.clauses,
        e.cost_fen,
        e.operating_fen_per_year,
        e.changes,
        fact.who,
        fact.at,
    )


def _opinions(state: Planning, fact: Fact) -> Mapping[int, Opinion]:
    match fact.event:
        case OpinionAnswered() as e:
            answer = Answer(fact.seq, e.decision, e.reason, fact.who, fact.at)
            return _changed(
                state.opinions, e.opinion, lambda o: replace(o, answers=(*o.answers, answer))
            )
        case OpinionContested(answer=number):
            owner = state.answered(number)
            if owner is not None:
                contested = replace(owner, contest=fact.seq, since=fact.at)
                return _with(state.opinions, owner.id, contested)
    return state.opinions


def _polls(polls: Mapping[int, Vote], fact: Fact) -> Mapping[int, Vote]:
    match fact.event:
        case PollOpened() as e:
            return _with(polls, fact.seq, Vote(fact.seq, e.question, tuple(map(int, e.about))))
        case PollClosed(poll=number):
            return _changed(polls, number, lambda poll: replace(poll, open=False))
        case PollDecided(poll=number, verdict=verdict):
            return _changed(
                polls, number, lambda poll: replace(poll, open=False, verdict=str(verdict))
            )
    return polls


def _with(values: Mapping[int, T], key: int, value: T) -> Mapping[int, T]:
    return MappingProxyType({**values, key: value})


def _changed(values: Mapping[int, T], key: int, change: Callable[[T], T]) -> Mapping[int, T]:
    return _with(values, key, change(values[key])) if key in values else values


PLANNING: Fold[Planning] = Fold(
    "planning.planning",
    initial=Planning(),
    fold=advance,
    hears=(
        NeedFiled,
        SchemePublished,
        OpinionGiven,
        OpinionAnswered,
        OpinionContested,
        NoticePosted,
        NoticeEnded,
        SheetHung,
        PollOpened,
        PollClosed,
        PollDecided,
    ),
)
