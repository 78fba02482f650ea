"""Transfers: ballots that pass from option to option, at a value that shrinks with each surplus.

There are few different values, so that votes are whole numbers of ballots times a few fractions;
these share one denominator, the scale, and are kept as whole numbers over it.
Each way through the count is exact; a tie that decides is followed on every way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from operator import mul
from typing import Any

import numpy as np

from wugong_voting.counting.heaps import Heaps, Keys, best_one, keys_of, standing_with
from wugong_voting.counting.profile import EXACT, Profile, weights_of
from wugong_voting.counting.result import Shares, share

MOST_KEYS = 4_000_000
Votes = dict[int, int]  # over the scale
Past = tuple[int, Votes, int]  # the scale, the votes, and what is kept


@dataclass(frozen=True, slots=True)
class Terms:
    """What the count goes by."""

    seats: int
    quota: Fraction
    decimals: int | None  # of a ballot's value; ``None`` keeps it exact
    look_back: bool  # settle ties by the last count in which the tied differed
    place: Mapping[int, int]  # the tie break: option → place, empty where there is none


@dataclass(slots=True)
class Papers:
    """The ballots as all ways read them: sortable ``keys``, and ``weights`` that add up exactly.

    There are no keys of many ballots, as these are twice as large as the ranks. While there is one
    way only, whoever no longer stands is struck out: the keys of the last one take the place.
    """

    profile: Profile
    keys: Keys | None
    weights: Any
    width: int  # the number of options, and one for nobody
    options: list[int] = field(default_factory=list)  # those not struck out, as in ``keys``

    def best(self, standing: Sequence[int], rows: Any) -> Any:
        """Return whom some ballots stand with, of those who stand."""
        if self.keys is None or not standing:
            return best_one(self.profile, standing, rows)
        places = [self.options.index(option) for option in standing]
        return self.keys.best(self.keys.rows.take(rows, axis=1).take(places, axis=0))

    def strike(self, option: int) -> None:
        """Strike an option out of all ballots, for good."""
        assert self.keys is not None
        options, keys = self.options, self.keys.rows
        place, last = options.index(option), options.pop()
        if last != option:
            options[place] = last
            keys[place] = keys[-1]
        self.keys.rows = keys[:-1]

    def piles(self, places: Any, rows: Any, size: int) -> Any:
        """Return how many ballots are at each place below ``size``."""
        weights = self.weights[rows]
        if weights.dtype == np.float64:
            return np.bincount(places, weights, size)
        found = np.zeros(size, dtype=np.int64)
        np.add.at(found, places, weights)
        return found


class Rounds(Sequence[Mapping[str, Any]]):
    """The rounds of a count with their votes, in fractions worked out when they are read."""

    __slots__ = ("_options", "_past", "_rounds", "_valid")

    def __init__(self, count: Count) -> None:
        self._options, self._valid = count.profile.options, count.profile.valid
        self._rounds, self._past = count.rounds, count.past

    def __getitem__(self, place: Any) -> Any:
        its, (scale, votes, kept) = self._rounds[place], self._past[place]
        exhausted = self._valid * scale - sum(votes.values()) - kept
        told = {**its, "votes": Shares(self._options, votes, scale)}
        told["exhausted"] = share(exhausted, scale)
        if "surplus" in its:
            told["surplus"] = share(its["surplus"], scale)
        return told

    def __len__(self) -> int:
        return len(self._rounds)


@dataclass(slots=True)
class Count:
    """One way through the count. Votes, values and what is kept are whole numbers over ``scale``.

    ``rounds`` are told in fractions at the end (:class:`Rounds`); ``past`` has their votes.
    """

    papers: Papers
    terms: Terms
    tops: Any
    worth: Any  # of each ballot its weight times its value, while floating point has it exactly;
    kinds: Any  # then the number of its value
    scale: int
    values: list[int]  # of the kinds
    votes: Votes
    alone: bool  # there is no other way so far, and there are keys
    quota: int
    standing: list[int] = field(default_factory=list)  # in the order of the paper
    elected: list[int] = field(default_factory=list)
    waiting: Votes = field(default_factory=dict)  # elected, with a surplus
    kept: int = 0
    out: list[int] = field(default_factory=list)
    story: tuple[Any, ...] = ()
    rounds: list[dict[str, Any]] = field(default_factory=list)
    past: list[Past] = field(default_factory=list)

    @property
    def profile(self) -> Profile:
        """The ballots."""
        return self.papers.profile

    def copy(self) -> Count:
        """Return this way so that it can go on apart."""
        self.alone = False
        return Count(
            self.papers,
            self.terms,
            self.tops.copy(),
            None if self.worth is None else self.worth.copy(),
            None if self.kinds is None else self.kinds.copy(),
            self.scale,
            list(self.values),
            dict(self.votes),
            self.alone,
            self.quota,
            list(self.standing),
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
        return (
            self.story,
            *sets,
            tuple((scale, *sorted(votes.items())) for scale, votes, _ in self.past),
        )

    def step(self) -> list[Count]:
        """Go on by one stage; where a tie decides, one way for each of the tied."""
        left = self.terms.seats - len(self.elected)
        if not left or not self.standing:
            return []
        self._tell()
        votes = self.votes
        levels = [votes[c] for c in self.standing]
        if max(levels) >= self.quota:
            reached = [c for c in self.standing if votes[c] >= self.quota]
            ways = self._elect(votes, reached, left)
            left = self.terms.seats - len(self.elected)
            if len(ways) > 1 or not left:
                return ways
            levels = [votes[c] for c in self.standing]
        if len(self.standing) <= left:
            return self._elect(votes, self.standing, left)
        if self.waiting:
            most = max(self.waiting.values())
            tied = [c for c in sorted(self.waiting) if self.waiting[c] == most]
            return self._ways(self._settled(tied, highest=True), "_pass_on")
        fewest = min(levels)
        if levels.count(fewest) == 1:
            self._drop([self.standing[levels.index(fewest)]])
            return [self]
        last = [c for c in self.standing if votes[c] == fewest]
        last = self._settled(last, highest=False)
        if len(last) > 1 and not fewest and len(self.standing) - len(last) < left:
            return self._idle(last, left)
        if len(last) > 1 and (safe := self._safe(votes, last, fewest, left)):
            self._drop(safe)
            return [self]
        return self._ways(last, "_drop_one")

    def _tell(self) -> None:
        self.past.append((self.scale, dict(self.votes), self.kept))
        self.rounds.append({"round": len(self.rounds) + 1})

    def _elect(self, votes: Votes, reached: Sequence[int], left: int) -> list[Count]:
        """Elect who reached the quota, most votes first; a tie for the last seat is followed."""
        ranked = list(reached)
        if len(ranked) > 1:
            ranked.sort(key=lambda c: (-votes[c], self.terms.place.get(c, c)))
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

    def _seat(self, option: int, votes: int) -> None:
        self.rounds[-1].setdefault("elected", []).append(self.profile.options[option])
        self.elected.append(option)
        self._leave(option)
        self.story = (*self.story, ("seat", option, frozenset(self.out)))
        surplus = votes - self.quota
        if surplus > 0:
            self.waiting[option] = surplus
        else:
            self.kept += self.votes.pop(option)

    def _leave(self, option: int) -> None:
        self.standing.remove(option)
        if self.alone:
            self.papers.strike(option)

    def _seat_next(self, option: int) -> None:
        self._seat(option, self.votes[option])

    def _settled(self, tied: list[int], highest: bool) -> list[int]:
        """Return whom the tie break or an earlier count picks; all of them where nothing does."""
        if len(tied) > 1 and self.terms.look_back:
            for _, votes, _ in reversed(self.past[:-1]):
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
        surplus, total = self.waiting.pop(option), self.votes.pop(option)
        self.kept += self.quota
        self.rounds[-1]["surplus_of"] = self.profile.options[option]
        self.rounds[-1]["surplus"] = surplus
        self.story = (*self.story, ("pass", option, frozenset(self.out)))
        moved = standing_with(self.tops, [option])
        self._shrink(moved, surplus, total)
        self._move(moved)

    def _shrink(self, moved: Any, surplus: int, total: int) -> None:
        """Leave ballots the share surplus ÷ total of their value."""
        common = gcd(surplus, total)
        finer, share = total // common, surplus // common
        if self.worth is not None:
            if self.scale * finer * self.profile.valid < EXACT:
                smaller = self.worth.take(moved) * share
                self._rescale(finer)
                self.worth[moved] = smaller
                return
            self._by_kinds()
        before = self.kinds.take(moved)
        kinds = np.bincount(before).nonzero()[0].tolist()
        if self.terms.decimals is None:
            self._rescale(finer)
            shrunk = [self.values[k] // finer * share for k in kinds]
        else:
            step = 10**self.terms.decimals
            self._rescale(lcm(self.scale, step) // self.scale)
            part = self.scale // step
            shrunk = [self.values[k] * surplus // total // part * part for k in kinds]
        after = [0] * len(self.values)
        for kind, value in zip(kinds, shrunk, strict=True):
            if value not in self.values:
                self.values.append(value)
            after[kind] = self.values.index(value)
        self.kinds[moved] = np.array(after).take(before)

    def _by_kinds(self) -> None:
        """Go on with the number of each ballot's value, where floating point is exact no more."""
        each = self.worth / np.maximum(self.papers.weights, 1)
        values, self.kinds = np.unique(each, return_inverse=True)
        self.values, self.worth = list(map(int, values.tolist())), None

    def _rescale(self, by: int) -> None:
        """Make the scale finer."""
        if by == 1:
            return
        self.scale *= by
        self.quota *= by
        self.kept *= by
        if self.worth is not None:
            self.worth *= by
        self.values = [value * by for value in self.values]
        self.votes = {c: votes * by for c, votes in self.votes.items()}
        self.waiting = {c: surplus * by for c, surplus in self.waiting.items()}

    def _drop_one(self, option: int) -> None:
        self._drop([option])

    def _drop(self, gone: Sequence[int]) -> None:
        self.rounds[-1]["out"] = [self.profile.options[c] for c in gone]
        self.out += gone
        for option in gone:
            self._leave(option)
            del self.votes[option]
        self._move(standing_with(self.tops, gone))

    def _move(self, moved: Any) -> None:
        if not len(moved):
            return
        keys = self.papers.keys
        if self.alone and keys is not None:  # all that is left in them is who stands
            tops = keys.best(keys.rows.take(moved, axis=1))
        else:
            tops = self.papers.best(self.standing, moved)
        self.tops[moved] = tops
        gained, votes = self.gains(tops, moved), self.votes
        for option in self.standing:
            votes[option] += gained[option + 1]

    def gains(self, tops: Any, rows: Any) -> list[int]:
        """Return what some ballots, standing with ``tops``, are worth: to nobody, to option 0, …"""
        width = self.papers.width
        if self.worth is not None:
            return list(map(int, np.bincount(tops, self.worth[rows], width).tolist()))
        places = self.kinds[rows] * width + tops
        piles = self.papers.piles(places, rows, width * len(self.values)).reshape(-1, width)
        return [sum(map(mul, self.values, map(int, column))) for column in piles.T.tolist()]

    def _safe(self, votes: Votes, last: list[int], fewest: int, left: int) -> Sequence[int]:
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

    def _cannot_rise(self, group: Sequence[int], others: Sequence[int], bar: int) -> bool:
        ranks = self.profile.ranks
        rows = standing_with(self.tops, group)
        best_outside = ranks[np.array(others)[:, None], rows].min(axis=0)
        for option in group:
            ahead = rows[ranks[option, rows] < best_outside]
            if self.gains(np.full(len(ahead), option + 1), ahead)[option + 1] >= bar:
                return False
        return True

    def _elects_nobody(self, votes: Votes, group: Sequence[int], others: list[int]) -> bool:
        """Tell whether all ballots of the group elect nobody, nor leave a tie that looks back."""
        rows = standing_with(self.tops, group)
        gained = self.gains(self.papers.best(sorted(others), rows), rows)
        after = [votes[c] + gained[c + 1] for c in others]
        if self.terms.look_back and len(set(after)) < len(after):
            return False
        return all(one < self.quota for one in after)


def count(summary: Heaps, terms: Terms) -> Count:
    """Begin: everybody stands, every ballot is worth one."""
    profile = summary.profile
    weights: Any = weights_of(profile)
    if profile.valid < EXACT:  # then floating point adds exactly, and fast
        weights = weights.astype(np.float64)
    everyone = range(len(profile.options))
    keys = keys_of(profile) if profile.ranks.size <= MOST_KEYS else None
    papers = Papers(profile, keys, weights, len(everyone) + 1, list(everyone))
    tops = best_one(profile, everyone, None) if keys is None else keys.best(keys.rows)
    scale = terms.quota.denominator
    exact = terms.decimals is None and scale * profile.valid < EXACT
    made = Count(
        papers,
        terms,
        tops,
        weights * scale if exact else None,
        None if exact else np.zeros(profile.rows, dtype=np.int64),
        scale,
        [] if exact else [scale],
        {},
        keys is not None,
        terms.quota.numerator,
        list(everyone),
    )
    made.votes = dict(enumerate(made.gains(tops, slice(None))[1:]))
    return made


def named(profile: Profile, who: Iterable[int]) -> tuple[str, ...]:
    """Return the ids of options."""
    return tuple(profile.options[i] for i in who)
