"""The draws of a matter: how each stands, who could be drawn, and who sits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from wugong import Act, Book, Entitlement, Fact, Fold, Matter, Relation, Standing
from wugong_voting import lots
from wugong_voting.draw_events import (
    DRAWN,
    DrawAnnounced,
    DrawFailed,
    DrawListed,
    LotsDrawn,
    PublicValueNoted,
    SeatDeclined,
    SeedPartCommitted,
    SeedPartRevealed,
    SubstituteCalled,
)
from wugong_voting.draw_words import SITS_BY_LOT
from wugong_voting.lots import Person


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the seed: who committed to it, and its words once they were revealed."""

    id: int
    by: str
    at: datetime
    commitment: str
    words: str = ""
    revealed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat and who has it; ``before`` had it until they declined, by the facts ``declines``."""

    member: str
    group: str
    before: tuple[str, ...] = ()
    declines: tuple[int, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether its last holder declined and nobody stepped in."""
        return len(self.declines) > len(self.before)

    @property
    def freed_by(self) -> int:
        """The fact by which it became empty; 0 where somebody has it."""
        return self.declines[-1] if self.empty else 0


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw: what was announced, the parts of its seed, and what came of it."""

    id: int
    announced: DrawAnnounced
    at: datetime
    count: int = 0
    digest: str = ""
    parts: tuple[Part, ...] = ()
    value: str = ""  # the public value, once it was noted
    failed: str = ""
    seed: str = ""
    drawn_by: int = 0  # the number of the result
    quotas: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    seats: tuple[Seat, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether it was drawn, or came to nothing."""
        return bool(self.seed or self.failed)

    @property
    def until(self) -> datetime:
        """When nothing is left to be said: the last words, or the public value, are known."""
        return self.announced.public_at or self.announced.reveals_until

    @property
    def joins_a_value(self) -> bool:
        """Whether a public value joins the seed, so that words left unsaid stop nothing."""
        return bool(self.announced.public_value)

    @property
    def enough(self) -> bool:
        """Whether as many people as announced brought a part of the seed."""
        return len(self.parts) >= self.announced.least

    @property
    def hidden(self) -> tuple[Part, ...]:
        """The parts that nobody revealed."""
        return tuple(part for part in self.parts if part.revealed_at is None)

    def takes_parts(self, at: datetime) -> bool:
        """Tell whether parts of the seed are taken; the hour is the first moment without."""
        return not self.is_over and at < self.announced.commits_until

    def takes_words(self, at: datetime) -> bool:
        """Tell whether parts are revealed at that time."""
        return not self.is_over and (
            self.announced.commits_until <= at < self.announced.reveals_until
        )

    def takes_value(self, at: datetime) -> bool:
        """Tell whether the public value can be noted at that time."""
        return not self.is_over and self.joins_a_value and self.enough and at >= self.until

    def part(self, number: int) -> Part | None:
        """Return a part by its number."""
        return next((part for part in self.parts if part.id == number), None)

    @property
    def sitting(self) -> tuple[str, ...]:
        """Who has a seat now."""
        return tuple(seat.member for seat in self.seats if not seat.empty)

    @property
    def called(self) -> frozenset[str]:
        """Everybody who has or had a seat."""
        return frozenset(name for seat in self.seats for name in (*seat.before, seat.member))


Draws = Mapping[int, Draw]
NONE: Draws = MappingProxyType({})


def _fold(draws: Draws, fact: Fact) -> Draws:
    if isinstance(fact.event, DrawAnnounced):
        return MappingProxyType({**draws, fact.seq: Draw(fact.seq, fact.event, fact.at)})
    draw = draws.get(fact.event.draw)
    if draw is None:
        return draws
    return MappingProxyType({**draws, draw.id: _next(draw, fact)})


def _next(draw: Draw, fact: Fact) -> Draw:
    match fact.event:
        case DrawListed(count=count, digest=digest):
            return replace(draw, count=count, digest=digest)
        case SeedPartCommitted(commitment=commitment):
            part = Part(fact.seq, fact.who, fact.at, commitment)
            return replace(draw, parts=(*draw.parts, part))
        case SeedPartRevealed(part=number, words=words):
            told = (
                replace(part, words=words, revealed_at=fact.at) if part.id == number else part
                for part in draw.parts
            )
            return replace(draw, parts=tuple(told))
        case PublicValueNoted(value=value):
            return replace(draw, value=value)
        case LotsDrawn() as drawn:
            seats = tuple(Seat(one.id, one.group) for one in drawn.drawn)
            quotas = MappingProxyType({one.group: one.seats for one in drawn.quotas})
            return replace(draw, seed=drawn.seed, drawn_by=fact.seq, quotas=quotas, seats=seats)
        case DrawFailed(why=why):
            return replace(draw, failed=why)
    return replace(draw, seats=tuple(_seat(seat, fact) for seat in draw.seats))


def _seat(seat: Seat, fact: Fact) -> Seat:
    match fact.event:
        case SeatDeclined(member=member) if seat.member == member and not seat.empty:
            return replace(seat, declines=(*seat.declines, fact.seq))
        case SubstituteCalled(declined=number, member=member) if seat.freed_by == number:
            return replace(seat, member=member, before=(*seat.before, seat.member))
    return seat


DRAWS: Fold[Draws] = Fold(
    "voting.draws",
    initial=NONE,
    fold=_fold,
    hears=(
        *(DrawAnnounced, DrawListed, SeedPartCommitted, SeedPartRevealed),
        *(PublicValueNoted, LotsDrawn, DrawFailed, SeatDeclined, SubstituteCalled),
    ),
)


def draws_of(matter: Matter) -> Draws:
    """Return the draws of ``matter`` by number, in the order of their announcement."""
    return matter.state(DRAWS)


def settling(matter: Matter, poll: int) -> Draw | None:
    """Return the draw that settles, or settled, the tie of a poll; ``None``: none, or it failed."""
    found = (draw for draw in draws_of(matter).values() if draw.announced.poll == poll)
    return next((draw for draw in found if not draw.failed), None)


def withheld_by(matter: Matter, member: str) -> Draw | None:
    """Return the draw of a matter that came to nothing because ``member`` hid their words."""
    failed = (draw for draw in draws_of(matter).values() if draw.failed == "withheld")
    return next((draw for draw in failed if any(p.by == member for p in draw.hidden)), None)


def still_running(matter: Matter) -> tuple[Draw, ...]:
    """Return the draws that are neither drawn nor failed."""
    return tuple(draw for draw in draws_of(matter).values() if not draw.is_over)


def _sitting(matter: Matter) -> frozenset[str]:
    people = (draw for draw in draws_of(matter).values() if draw.announced.poll is None)
    return frozenset(name for draw in people for name in draw.sitting)


SITTING = Relation(DRAWN, _sitting, title=SITS_BY_LOT)


# The list of a draw


def _keys(thing: Act | Fact) -> tuple[str, ...]:
    return (str(int(thing.event.draw)),)


def _list(value: Any, _key: str, fact: Fact) -> Any:
    if isinstance(fact.event, DrawListed):
        return [[one.id, one.group] for one in fact.event.people]
    return value


LISTS: Book[list[list[str]]] = Book(
    "voting.lists",
    keys=_keys,
    fold=_list,
    hears=(DrawListed, SeedPartRevealed, PublicValueNoted, SeatDeclined),
    shown_to="members",
)


def list_of(value: Iterable[Iterable[str]] | None) -> list[Person]:
    """Read the list of a draw as its book keeps it."""
    return [Person(*one) for one in value or ()]


def people_of(
    roll: Iterable[Entitlement], announced: DrawAnnounced, standing: Standing, at: datetime
) -> list[Person]:
    """Return who can be drawn: everybody on the roll once, in the group of their first unit.

    Left out are the erased and, where it was announced, who holds a role at that time.
    """
    office = {g.member for g in standing.grants if g.until is None or at < g.until}
    out = standing.erased | (office if announced.without_office else frozenset())
    found: dict[str, Person] = {}
    for right in sorted(roll, key=lambda one: one.id):
        its = right.within(announced.groups)
        if its is not None and its.member and its.member not in out:
            group = its.parts[0].group if its.parts else ""
            found.setdefault(its.member, Person(its.member, " ".join(group.split())))
    return sorted(found.values(), key=lambda one: one.id)


def quotas_of(announced: DrawAnnounced, people: list[Person], seed: str) -> dict[str, int]:
    """Return the seats of each group; empty where everybody is drawn together."""
    if announced.in_proportion:
        return lots.shares(people, announced.seats, seed)
    return {one.group: one.seats for one in announced.strata}
