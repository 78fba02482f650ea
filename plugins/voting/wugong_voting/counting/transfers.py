"""Transfers: ballots that pass from option to option, at a value that shrinks with each surplus.

There are few different values, so that votes are whole numbers of ballots times a few fractions.
Each way through the count is exact; a tie that decides is followed on every way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from wugong_voting.counting.heaps import Heaps
from wugong_voting.counting.profile import EXACT, Profile, weights_of

Votes = dict[int, Fraction]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the count goes by."""

    seats: int
    quota: Fraction
    decimals: int | None  # of a ballot's value; ``None`` keeps it exact
    look_back: bool  # settle ties by the last count in which the tied differed
    place: Mapping[int, int]  # the tie break: option → place, empty where there is none


@dataclass(slots=True)
class Count:
    """One way through the count."""

    profile: Profile
    terms: Terms
    tops: Any
    kinds: Any  # of each ballot the number of its value
    values: list[Fraction] = field(default_factory=lambda: [Fraction(1)])
    standing: set[int] = field(default_factory=set)
    elected: list[int] = field(default_factory=list)
    waiting: dict[int, Fraction] = field(default_factory=dict)  # elected, with a surplus
    kept: Fraction = Fraction(0)
    out: list[int] = field(default_factory=list)
    story: tuple[Any, ...] = ()
    rounds: list[dict[str, Any]] = field(default_factory=list)
    past: list[Votes] = field(default_factory=list)

    def copy(self) -> Count:
        """Return this way so that it can go on apart."""
        return Count(
            self.profile,
            self.terms,
            self.tops.copy(),
            self.kinds.copy(),
            list(self.values),
            set(self.standing),
            list(self.elected),
            dict(self.waiting),
            self.kept,
            list(self.out),
            self.story,
            [dict(one) for one in self.rounds],
            list(self.past),
        )

    def key(self) -> Any:
        """Return what the future depends on: eliminations between two elections have no order.

        Where ties look back, the earlier counts are part of it.
        """
        sets = frozenset(self.out), frozenset(self.elected), frozenset(self.waiting)
        if not self.terms.look_back:
            return self.story, *sets
        return self.story, *sets, tuple(tuple(sorted(votes.items())) for votes in self.past)

    def step(self) -> list[Count]:
        """Go on by one stage; where a tie decides, one way for each of the tied."""
        left = self.terms.seats - len(self.elected)
        if not left or not self.standing:
            return []
        votes = self.votes()
        self._tell(votes)
        reached = [c for c in sorted(self.standing) if votes[c] >= self.terms.quota]
        if reached:
            ways = self._elect(votes, reached, left)
            left = self.terms.seats - len(self.elected)
            if len(ways) > 1 or not left:
                return ways
        if len(self.standing) <= left:
            return self._elect(votes, sorted(self.standing), left)
        if self.waiting:
            most = max(self.waiting.values())
            tied = [c for c in sorted(self.waiting) if self.waiting[c] == most]
            return self._ways(self._settled(tied, highest=True), "_pass_on")
        fewest = min(votes[c] for c in self.standing)
        last = [c for c in sorted(self.standing) if votes[c] == fewest]
        last = self._settled(last, highest=False)
        if len(last) > 1 and not fewest and len(self.standing) - len(last) < left:
            return self._idle(last, left)
        if len(last) > 1 and (safe := self._safe(votes, last, fewest, left)):
            self._drop(safe)
            return [self]
        return self._ways(last, "_drop_one")

    def votes(self) -> Votes:
        """Count the votes of everybody who has ballots that may move."""
        return self._sums(self.tops, self.kinds, weights_of(self.profile))

    def _sums(self, tops: Any, kinds: Any, weights: Any) -> Votes:
        size, values = len(self.profile.options) + 1, self.values
        places = tops.astype(np.int64) * len(values) + kinds
        if self.profile.valid < EXACT:
            found: Any = np.bincount(places, weights, minlength=size * len(values))
        else:
            found = np.zeros(size * len(values), dtype=np.int64)
            np.add.at(found, places, weights)
        table = found.reshape(size, len(values))
        sums = {c: Fraction(0) for c in (*self.standing, *self.waiting)}
        for option, kind in zip(*(part.tolist() for part in np.nonzero(table)), strict=True):
            if option in sums:
                sums[option] += int(table[option, kind]) * values[kind]
        return sums

    def _tell(self, votes: Votes) -> None:
        options = self.profile.options
        counted = sum(votes.values()) + self.kept
        self.rounds.append(
            {
                "round": len(self.rounds) + 1,
                "votes": {options[c]: votes[c] for c in sorted(votes)},
                "exhausted": self.profile.valid - counted,
            }
        )
        self.past.append(votes)

    def _elect(self, votes: Votes, reached: Sequence[int], left: int) -> list[Count]:
        """Elect who reached the quota, most votes first; a tie for the last seat is followed."""
        ranked = sorted(reached, key=lambda c: (-votes[c], self.terms.place.get(c, c)))
        certain, tied = ranked, list[int]()
        if len(ranked) > left:
            edge = votes[ranked[left - 1]]
            certain = [c for c in ranked if votes[c] > edge]
            tied = [c for c in ranked if votes[c] == edge]
            if self.terms.place:
                certain, tied = ranked[:left], []
        for option in certain:
            self._seat(option, votes[option])
        if not tied:
            return [self]
        return self._ways(self._settled(tied, highest=True), "_seat_next")

    def _seat(self, option: int, votes: Fraction) -> None:
        self.rounds[-1].setdefault("elected", []).append(self.profile.options[option])
        self.elected.append(option)
        self.standing.discard(option)
        self.story = (*self.story, ("seat", option, frozenset(self.out)))
        surplus = votes - self.terms.quota
        if surplus > 0:
            self.waiting[option] = surplus
        else:
            self.kept += votes

    def _seat_next(self, option: int) -> None:
        self._seat(option, self.past[-1][option])

    def _settled(self, tied: list[int], highest: bool) -> list[int]:
        """Return whom the tie break or an earlier count picks; all of them where nothing does."""
        if len(tied) > 1 and self.terms.look_back:
            for votes in reversed(self.past[:-1]):
                known = [votes[c] for c in tied if c in votes]
                if len(known) < len(tied):
                    break
                edge = max(known) if highest else min(known)
                tied = [c for c in tied if votes[c] == edge]
        if len(tied) > 1 and (place := self.terms.place):
            pick = min if highest else max
            return [pick(tied, key=place.__getitem__)]
        return tied

    def _ways(self, tied: Sequence[int], act: str) -> list[Count]:
        if len(tied) > 1:
            self.rounds[-1]["tied"] = [self.profile.options[c] for c in tied]
        ways = [self, *(self.copy() for _ in tied[1:])]
        for way, option in zip(ways, tied, strict=True):
            getattr(way, act)(option)
        return ways

    def _pass_on(self, option: int) -> None:
        """Pass on the ballots of an elected option, at the share of their value that is surplus."""
        surplus = self.waiting.pop(option)
        total = self.past[-1][option]
        self.kept += self.terms.quota
        self.rounds[-1]["surplus_of"] = self.profile.options[option]
        self.rounds[-1]["surplus"] = surplus
        self.story = (*self.story, ("pass", option, frozenset(self.out)))
        moved = np.flatnonzero(self.tops == option)
        known = {value: kind for kind, value in enumerate(self.values)}
        shrunk = np.zeros(len(self.values), dtype=np.int64)
        for kind in np.unique(self.kinds[moved]).tolist():
            value = self.values[kind] * surplus / total
            if self.terms.decimals is not None:
                scale = 10**self.terms.decimals
                value = Fraction(int(value * scale), scale)
            if value not in known:
                known[value] = len(self.values)
                self.values.append(value)
            shrunk[kind] = known[value]
        self.kinds[moved] = shrunk[self.kinds[moved]]
        self._move(moved)

    def _drop_one(self, option: int) -> None:
        self._drop([option])

    def _drop(self, gone: Sequence[int]) -> None:
        self.rounds[-1]["out"] = [self.profile.options[c] for c in gone]
        self.out += gone
        self.standing -= set(gone)
        self._move(np.flatnonzero(np.isin(self.tops, gone)))

    def _move(self, moved: Any) -> None:
        self.tops[moved] = tops_of(self.profile, sorted(self.standing), moved)

    def _safe(self, votes: Votes, last: list[int], fewest: Fraction, left: int) -> Sequence[int]:
        """Return options that may drop out together, as the order among them decides nothing.

        Those without a vote leave no count behind that differs, so ties may look back past them.
        """
        safe = self._hopeless(votes, len(last), left)
        return safe or (last if self.terms.look_back and not fewest else ())

    def _hopeless(self, votes: Votes, tied: int, left: int) -> list[int]:
        """Return options that all drop out in whatever order, so that their ties decide nothing.

        Even with every ballot that prefers it to all others outside the group, none of them
        reaches the last one outside, and passing on all their ballots elects nobody. Where ties
        look back, no two outside may be level then, or a count left out here could part them.
        """
        ranked = sorted(self.standing, key=lambda c: (votes[c], c))
        for size in range(tied, len(ranked) - left + 1):
            if size == len(ranked) or votes[ranked[size - 1]] == votes[ranked[size]]:
                continue
            group, others = ranked[:size], ranked[size:]
            if self._cannot_rise(group, others, votes[others[0]]) and self._elects_nobody(
                votes, group, others
            ):
                return group
        return []

    def _idle(self, last: Sequence[int], left: int) -> list[Count]:
        """Seat some of those without a vote, as nobody else is left to drop out.

        Dropping one of them moves no ballot, so any of them may stay: these ways show each both
        seated and not.
        """
        need = left - (len(self.standing) - len(last))
        ways = []
        for first in range(len(last)):
            way = self.copy()
            way.rounds[-1]["tied"] = [self.profile.options[c] for c in last]
            stay = {last[(first + n) % len(last)] for n in range(need)}
            way._drop([c for c in last if c not in stay])
            ways.append(way)
        return ways

    def _cannot_rise(self, group: Sequence[int], others: Sequence[int], bar: Fraction) -> bool:
        ranks = self.profile.ranks
        rows = np.flatnonzero(np.isin(self.tops, group))
        best_outside = ranks[np.array(others)[:, None], rows].min(axis=0)
        kinds, weights = self.kinds[rows], weights_of(self.profile)[rows]
        for option in group:
            ahead = ranks[option, rows] < best_outside
            worth = self._worth(kinds[ahead], weights[ahead])
            if worth >= bar:
                return False
        return True

    def _elects_nobody(self, votes: Votes, group: Sequence[int], others: list[int]) -> bool:
        """Tell whether all ballots of the group elect nobody, nor leave a tie that looks back."""
        rows = np.flatnonzero(np.isin(self.tops, group))
        tops = tops_of(self.profile, sorted(others), rows)
        gained = self._sums(tops, self.kinds[rows], weights_of(self.profile)[rows])
        after = [votes[c] + gained[c] for c in others]
        if self.terms.look_back and len(set(after)) < len(after):
            return False
        return all(one < self.terms.quota for one in after)

    def _worth(self, kinds: Any, weights: Any) -> Fraction:
        total = Fraction(0)
        for kind in np.unique(kinds).tolist():
            total += int(weights[kinds == kind].sum()) * self.values[kind]
        return total


def tops_of(profile: Profile, standing: Sequence[int], rows: Any = None) -> Any:
    """Return the best standing option of each ballot; the number of options where it has none."""
    nobody = len(profile.options)
    if not standing:
        return nobody
    ranks = (
        profile.ranks[standing]
        if rows is None
        else profile.ranks[np.array(standing)[:, None], rows]
    )
    first = ranks.argmin(axis=0)
    tops = np.array(standing, dtype=np.int32)[first]
    tops[np.take_along_axis(ranks, first[None, :], axis=0)[0] >= profile.unranked] = nobody
    return tops


def count(summary: Heaps, terms: Terms) -> Count:
    """Begin: everybody stands, every ballot is worth one."""
    profile = summary.profile
    everyone = range(len(profile.options))
    tops = tops_of(profile, list(everyone))
    return Count(
        profile,
        terms,
        tops,
        np.zeros(profile.rows, dtype=np.int64),
        standing=set(everyone),
    )


def named(profile: Profile, who: Iterable[int]) -> tuple[str, ...]:
    """Return the ids of options."""
    return tuple(profile.options[i] for i in who)
