"""What pages say about planning in numbers: channels, coverage, adoption, need to clause to poll.

Counts are whole numbers and shares exact; a share is always shown with its numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction

from wugong_planning.events import CHANNELS, Clause
from wugong_planning.state import Need, Planning, Scheme, Vote


@dataclass(frozen=True, slots=True)
class Part:
    """``part`` of ``whole``; no share of an empty whole."""

    part: int
    whole: int

    @property
    def share(self) -> Fraction | None:
        """The exact share, or ``None`` when there is nothing to take a share of."""
        return Fraction(self.part, self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class Adoption:
    """What became of the opinions; those waiting belong to no share yet."""

    adopted: int = 0
    partly: int = 0
    not_adopted: int = 0
    waiting: int = 0

    @property
    def answered(self) -> int:
        """How many opinions have an answer that stands."""
        return self.adopted + self.partly + self.not_adopted

    @property
    def rate(self) -> Part:
        """Opinions adopted in whole or in part, of those answered (採納率)."""
        return Part(self.adopted + self.partly, self.answered)


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of one need: the clauses that answer it, by version, and the polls on them."""

    need: Need
    clauses: tuple[tuple[Scheme, int], ...]  # version and number of the clause, from 1
    polls: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a comparison: ``kept``, ``added``, ``removed`` or ``changed`` (was, now)."""

    what: str
    was: Clause | None
    now: Clause | None


def by_channel(state: Planning) -> dict[str, int]:
    """Count the needs of each channel, also those through which none came."""
    counted = Counter(need.channel for need in state.needs.values())
    return {channel: counted[channel] for channel in CHANNELS}  # type: ignore[index]


def households(state: Planning) -> int:
    """Count the households that were heard, each once; needs without a code count for none."""
    return len({need.household for need in state.needs.values() if need.household})


def answered_needs(state: Planning) -> frozenset[int]:
    """Return the needs that the current version answers."""
    clauses = state.scheme.clauses if state.scheme else ()
    return frozenset(int(number) for clause in clauses for number in clause.answers)


def coverage(state: Planning) -> Part:
    """Return how many of the needs the current version answers."""
    return Part(len(answered_needs(state) & state.needs.keys()), len(state.needs))


def unanswered_needs(state: Planning) -> tuple[Need, ...]:
    """Return the needs that no clause of the current version answers."""
    answered = answered_needs(state)
    return tuple(need for need in state.needs.values() if need.id not in answered)


def orphan_clauses(scheme: Scheme) -> tuple[int, ...]:
    """Return the numbers (from 1) of the clauses that answer no need."""
    return tuple(n for n, clause in enumerate(scheme.clauses, 1) if not clause.answers)


def adoption(state: Planning) -> Adoption:
    """Count what became of the opinions."""
    found = Counter(o.decision or "waiting" for o in state.opinions.values())
    return Adoption(found["adopted"], found["partly"], found["not_adopted"], found["waiting"])


def trace(state: Planning, need: int) -> Trace:
    """Follow a need to the clauses that answer it and to the polls on those versions."""
    clauses = tuple(
        (scheme, number)
        for scheme in state.schemes.values()
        for number, clause in enumerate(scheme.clauses, 1)
        if need in clause.answers
    )
    versions = {scheme.id for scheme, _ in clauses}
    polls = tuple(poll for poll in state.polls.values() if versions.intersection(poll.about))
    return Trace(state.needs[need], clauses, polls)


def compare(old: Scheme, new: Scheme) -> tuple[Change, ...]:
    """Set two versions side by side, clause by clause."""
    was, now = old.clauses, new.clauses
    matcher = SequenceMatcher(None, [c.text for c in was], [c.text for c in now], autojunk=False)
    changes: list[Change] = []
    for tag, a, a_end, b, b_end in matcher.get_opcodes():
        if tag == "equal":
            pairs = zip(was[a:a_end], now[b:b_end], strict=True)
            changes += [Change("kept", one, other) for one, other in pairs]
            continue
        shared = min(a_end - a, b_end - b)
        changes += [Change("changed", was[a + i], now[b + i]) for i in range(shared)]
        changes += [Change("removed", clause, None) for clause in was[a + shared : a_end]]
        changes += [Change("added", None, clause) for clause in now[b + shared : b_end]]
    return tuple(changes)


def counts(changes: tuple[Change, ...]) -> Mapping[str, int]:
    """Count the lines of a comparison by what happened to them."""
    return Counter(change.what for change in changes)
