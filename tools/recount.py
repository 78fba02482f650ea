"""Count an exported poll again: a program of its own, standard library only.

It shares no code with the engine and is written for reading, not for speed. Input is the JSON of
one poll::

    {"form": "wugong-poll/1", "rule": "schulze", "options": {"strength": "margins"},
     "candidates": ["a", "b"], "levels": null,
     "ballots": [{"weight": 3, "groups": [["a"], ["b"]]}],
     "winners": ["a"], "tied": []}

``groups`` lists candidates from best to worst, equals together; on graded ballots one group a
grade, empty ones too, and ``levels`` says how many grades there are. A blank ballot has no groups.
Where projects are chosen for a ``budget``, ``costs`` names what each costs (text, exact), a
ballot's one group is its set of projects, ``points`` are the sums of points that ballots gave and
``threshold`` the fewest votes that the file asks for, where it does. The JSON of ``wugong draw`` is
drawn again in the same way. Usage::

    python recount.py POLL.json        prints what it finds; exit 1 where the file says otherwise
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Poll:
    """An exported poll."""

    rule: str
    options: Mapping[str, str]
    names: tuple[str, ...]
    levels: int | None
    ballots: tuple[tuple[int, Groups], ...]
    blank: int = 0  # the weight of ballots that choose nothing
    costs: Mapping[str, Fraction] = field(default_factory=dict)
    budget: Fraction = Fraction(0)
    points: Mapping[str, Fraction] = field(default_factory=dict)
    threshold: int = 0

    @property
    def weight(self) -> int:
        """The weight of all ballots that choose something."""
        return sum(weight for weight, _groups in self.ballots)


def read(data: Mapping[str, Any]) -> Poll:
    """Read a poll; ``ValueError`` says what is wrong with it."""
    if data.get("form") != "wugong-poll/1":
        raise ValueError("not an exported poll: form is not wugong-poll/1")
    ballots, blank = [], 0
    for one in data["ballots"]:
        groups = tuple(tuple(group) for group in one["groups"])
        named = [name for group in groups for name in group]
        if len(set(named)) != len(named) or not set(named) <= set(data["candidates"]):
            raise ValueError(f"a ballot names somebody twice or nobody known: {named}")
        if named:
            ballots.append((int(one["weight"]), groups))
        else:
            blank += int(one["weight"])
    costs = {name: Fraction(cost) for name, cost in data.get("costs", {}).items()}
    if costs and set(costs) != set(data["candidates"]):
        raise ValueError("costs name other projects than candidates do")
    return Poll(
        data["rule"],
        data.get("options", {}),
        tuple(data["candidates"]),
        data.get("levels"),
        tuple(ballots),
        blank,
        {name: costs[name] for name in data["candidates"] if costs},
        Fraction(data.get("budget", 0)),
        {name: Fraction(sum_) for name, sum_ in data.get("points", {}).items()},
        int(data.get("threshold", 0)),
    )


# What many rules look at


def place(groups: Groups, name: str) -> int:
    """Return the place of a candidate on a ballot, counted in groups; unranked is last."""
    for number, group in enumerate(groups):
        if name in group:
            return number
    return len(groups) + 1_000_000


def wins(poll: Poll) -> dict[tuple[str, str], int]:
    """Count for each ordered pair the ballots that prefer the first."""
    found = {(a, b): 0 for a in poll.names for b in poll.names if a != b}
    for weight, groups in poll.ballots:
        places = {name: place(groups, name) for name in poll.names}
        for a, b in found:
            if places[a] < places[b]:
                found[a, b] += weight
    return found


def margins(poll: Poll) -> dict[tuple[str, str], int]:
    """Return by how much each candidate is preferred to each other."""
    found = wins(poll)
    return {(a, b): found[a, b] - found[b, a] for a, b in found}


def most(scores: Mapping[str, Any]) -> list[str]:
    """Return everybody with the highest score."""
    return [name for name in scores if scores[name] == max(scores.values())] if scores else []


def line(groups: Groups) -> list[str]:
    """Return a ballot as a list, cut before its first group of equals."""
    names: list[str] = []
    for group in groups:
        if len(group) > 1:
            break
        names += group  # a grade that nobody has is no place
    return names


def first_votes(poll: Poll, standing: Iterable[str]) -> dict[str, int]:
    """Count each ballot for its first candidate that still stands."""
    votes = dict.fromkeys(standing, 0)
    for weight, groups in poll.ballots:
        for name in line(groups):
            if name in votes:
                votes[name] += weight
                break
    return votes


def worth(poll: Poll) -> dict[str, int]:
    """Sum grades: the worst is worth nothing, each better one a point more."""
    width = poll.levels if poll.levels is not None else len(poll.names)
    sums = dict.fromkeys(poll.names, 0)
    for weight, groups in poll.ballots:
        for number, group in enumerate(groups):
            for name in group:
                sums[name] += weight * max(0, width - 1 - number)
    return sums


# The rules


def plurality(poll: Poll) -> list[str]:
    """Most ballots with a candidate alone in front."""
    votes = dict.fromkeys(poll.names, 0)
    for weight, groups in poll.ballots:
        if groups and len(groups[0]) == 1:
            votes[groups[0][0]] += weight
    return most(votes) if any(votes.values()) else []


def approval(poll: Poll) -> list[str]:
    """Most ballots with a candidate in the first group."""
    votes = dict.fromkeys(poll.names, 0)
    for weight, groups in poll.ballots:
        for name in groups[0] if groups else ():
            votes[name] += weight
    return most(votes) if any(votes.values()) else []


def borda(poll: Poll) -> list[str]:
    """A point for each candidate below, half a point for each equal."""
    scores = dict.fromkeys(poll.names, Fraction(0))
    for weight, groups in poll.ballots:
        places = {name: place(groups, name) for name in poll.names}
        for a in poll.names:
            below = sum(places[a] < places[b] for b in poll.names)
            equal = sum(places[a] == places[b] for b in poll.names if b != a)
            scores[a] += weight * (below + Fraction(equal, 2))
    return most(scores)


def bucklin(poll: Poll) -> list[str]:
    """Add place after place until somebody has more than half."""
    votes = dict.fromkeys(poll.names, 0)
    for number in range(len(poll.names)):
        for weight, groups in poll.ballots:
            names = line(groups)
            if number < len(names):
                votes[names[number]] += weight
        if 2 * max(votes.values()) > poll.weight:
            return most(votes)
    return most(votes) if poll.ballots else []


def score(poll: Poll) -> list[str]:
    """The highest sum."""
    return most(worth(poll))


def cumulative(poll: Poll) -> list[str]:
    """The highest sum of points, of which no ballot gives more than it has."""
    within(poll, lambda n: n)
    return most(worth(poll))


def quadratic(poll: Poll) -> list[str]:
    """The most votes; n votes for one cost n × n points, of which a ballot has a number."""
    within(poll, lambda n: n * n)
    return most(worth(poll))


def within(poll: Poll, cost: Callable[[int], int]) -> None:
    """Refuse a poll with a ballot that spends more points than a voter has, where that is said."""
    if "points" not in poll.options:
        return
    points = int(poll.options["points"])
    width = poll.levels if poll.levels is not None else len(poll.names)
    for _weight, groups in poll.ballots:
        spent = sum(cost(width - 1 - n) * len(group) for n, group in enumerate(groups))
        if spent > points:
            raise ValueError(f"a ballot spends {spent} of {points} points")


def star(poll: Poll) -> list[str]:
    """The two highest sums meet; every pair that ties allow is played."""
    sums, duel = worth(poll), margins(poll)
    if len(poll.names) == 1:
        return list(poll.names)
    ranked = sorted(set(sums.values()), reverse=True)
    leaders = [name for name in poll.names if sums[name] == ranked[0]]
    if len(leaders) > 1:
        pairs = list(combinations(leaders, 2))
    else:
        pairs = [(leaders[0], n) for n in poll.names if sums[n] == ranked[1]]
    won = set()
    for a, b in pairs:
        lead = duel[a, b] or sums[a] - sums[b]
        won |= {a} if lead > 0 else {b} if lead < 0 else {a, b}
    return [name for name in poll.names if name in won]


def majority_judgment(poll: Poll) -> list[str]:
    """Compare the lists of lower medians, taken away one by one."""
    width = poll.levels if poll.levels is not None else len(poll.names)
    grades: dict[str, list[int]] = {name: [0] * width for name in poll.names}
    for weight, groups in poll.ballots:
        for name in poll.names:
            grades[name][min(place(groups, name), width - 1)] += weight
    left = {name: list(row) for name, row in grades.items()}
    while len(left) > 1 and any(sum(row) for row in left.values()):
        middles = {name: _lower_median(row) for name, row in left.items()}
        best = min(middles.values())
        left = {name: row for name, row in left.items() if middles[name] == best}
        for row in left.values():
            row[best] -= 1
    return [name for name in poll.names if name in left]


def _lower_median(row: Sequence[int]) -> int:
    seen = 0
    for grade, number in enumerate(row):
        seen += number
        if 2 * seen > sum(row):
            return grade
    return len(row) - 1


def two_round(poll: Poll) -> list[str]:
    """A majority of first places, or the duel of the two leaders."""
    votes = dict.fromkeys(poll.names, 0)
    for weight, groups in poll.ballots:
        if groups and len(groups[0]) == 1:
            votes[groups[0][0]] += weight
    ahead = [name for name in poll.names if 2 * votes[name] > poll.weight]
    if ahead or len(poll.names) < 2 or not any(votes.values()):
        return ahead
    ranked = sorted(votes.values(), reverse=True)
    leaders = [name for name in poll.names if votes[name] == ranked[0]]
    if len(leaders) > 1:
        pairs = list(combinations(leaders, 2))
    else:
        pairs = [(leaders[0], n) for n in poll.names if n != leaders[0] and votes[n] == ranked[1]]
    duel, won = margins(poll), set()
    for a, b in pairs:
        won |= {a} if duel[a, b] > 0 else {b} if duel[a, b] < 0 else {a, b}
    return [name for name in poll.names if name in won]


def irv(poll: Poll, breaker: Sequence[str] = ()) -> list[str]:
    """Drop the last, following every tie; a tie break drops whom it names last."""
    won: set[str] = set()
    seen: set[frozenset[str]] = set()
    ways = [frozenset(poll.names)] if poll.ballots else []
    while ways:
        standing = ways.pop()
        if standing in seen:
            continue
        seen.add(standing)
        votes = first_votes(poll, standing)
        total = sum(votes.values())
        ahead = [name for name in standing if 2 * votes[name] > total]
        if ahead or len(standing) == 1:
            won |= set(ahead or standing)
            continue
        low = min(votes.values())
        last = [name for name in standing if votes[name] == low]
        if breaker:
            last = [max(last, key=list(breaker).index)]
        ways += [standing - {name} for name in last]
    return [name for name in poll.names if name in won]


def condorcet(poll: Poll) -> list[str]:
    """Whoever beats everybody."""
    duel = margins(poll)
    return [a for a in poll.names if all(duel[a, b] > 0 for b in poll.names if b != a)]


def smith(poll: Poll) -> list[str]:
    """The smallest set that beats everybody outside."""
    duel = margins(poll)
    for size in range(1, len(poll.names) + 1):
        for inside in combinations(poll.names, size):
            outside = [name for name in poll.names if name not in inside]
            if all(duel[a, b] > 0 for a in inside for b in outside):
                return list(inside)
    return []


def copeland(poll: Poll) -> list[str]:
    """Duels won, and a part of those tied."""
    duel, part = margins(poll), Fraction(poll.options.get("tie_points", "1/2"))
    scores: dict[str, Fraction] = {}
    for a in poll.names:
        others = [duel[a, b] for b in poll.names if b != a]
        scores[a] = sum(m > 0 for m in others) + part * sum(m == 0 for m in others)
    return most(scores)


def minimax(poll: Poll) -> list[str]:
    """The smallest worst defeat."""
    kind, duel, votes = poll.options.get("strength", "margins"), margins(poll), wins(poll)

    def defeat(a: str, b: str) -> int:
        if kind == "margins":
            return duel[b, a]
        return votes[b, a] if kind == "opposition" or duel[b, a] > 0 else 0

    if len(poll.names) == 1:
        return list(poll.names)
    return most({a: -max(defeat(a, b) for b in poll.names if b != a) for a in poll.names})


def _strength(poll: Poll) -> dict[tuple[str, str], int]:
    duel, votes = margins(poll), wins(poll)
    by = votes if poll.options.get("strength") == "winning_votes" else duel
    return {pair: by[pair] for pair in duel if duel[pair] > 0}


def schulze(poll: Poll) -> list[str]:
    """Unbeaten by the strongest chains."""
    strength = _strength(poll)
    path = {(a, b): strength.get((a, b), 0) for a in poll.names for b in poll.names if a != b}
    for middle in poll.names:
        for a in poll.names:
            for b in poll.names:
                if len({a, b, middle}) == 3:
                    path[a, b] = max(path[a, b], min(path[a, middle], path[middle, b]))
    return [a for a in poll.names if all(path[a, b] >= path[b, a] for b in poll.names if b != a)]


def ranked_pairs(poll: Poll, breaker: Sequence[str] = ()) -> list[str]:
    """Lock majorities from the strongest down, following every order of equal ones.

    A tie break orders equal ones: the better winner first, then the worse loser.
    """
    strength = _strength(poll)
    places = list(breaker)
    levels = sorted(set(strength.values()), reverse=True)
    ways: set[frozenset[tuple[str, str]]] = {frozenset()}
    for level in levels:
        group = sorted(pair for pair in strength if strength[pair] == level)
        orders: Iterable[tuple[tuple[str, str], ...]] = permutations(group)
        if breaker:
            group.sort(key=lambda pair: (places.index(pair[0]), -places.index(pair[1])))
            orders = [tuple(group)]
        elif len(group) > 7:
            raise ValueError("too many majorities of equal strength to follow every order")
        following, listed = set(), list(orders) if breaker or len(group) <= 7 else []
        for locked in ways:
            for way in listed:
                now = set(locked)
                for a, b in way:
                    if not _reaches(now, b, a):
                        now.add((a, b))
                following.add(frozenset(now))
        ways = following
    beaten = [{b for _a, b in locked} for locked in ways]
    return [name for name in poll.names if any(name not in losers for losers in beaten)]


def _reaches(locked: Iterable[tuple[str, str]], start: str, goal: str) -> bool:
    found, left = {start}, [start]
    while left:
        here = left.pop()
        for a, b in locked:
            if a == here and b not in found:
                found.add(b)
                left.append(b)
    return goal in found


def kemeny(poll: Poll) -> list[str]:
    """First places of the rankings that contradict fewest comparisons."""
    if len(poll.names) > 8:
        raise ValueError("kemeny is recounted by trying every ranking, up to 8 candidates")
    votes = wins(poll)
    costs = {
        way: sum(votes[b, a] for a, b in combinations(way, 2)) for way in permutations(poll.names)
    }
    best = min(costs.values())
    firsts = {way[0] for way, cost in costs.items() if cost == best}
    return [name for name in poll.names if name in firsts]


RULES: dict[str, Callable[[Poll], list[str]]] = {
    rule.__name__: rule
    for rule in (
        *(plurality, approval, borda, bucklin, score, star, majority_judgment, two_round, irv),
        *(cumulative, quadratic),
        *(condorcet, smith, copeland, minimax, schulze, ranked_pairs, kemeny),
    )
}


# Several seats and budgets. A rule answers who surely wins and who is tied; with an order of
# all options every tie is settled by whoever comes first in it.

Found = tuple[list[str], list[str]]


def every_end(start: Any, step: Callable[[Any], list[Any]], key: Callable[[Any], Any]) -> list[Any]:
    """Follow every way that ties leave open; ``step`` answers the next states, none at an end."""
    seen, left, ends = {key(start)}, [start], []
    while left:
        state = left.pop()
        following = step(state)
        while len(following) == 1:
            state = following[0]
            following = step(state)
        if not following:
            ends.append(state)
        for one in following:
            if key(one) not in seen:
                seen.add(key(one))
                left.append(one)
        if len(seen) > 20_000:
            raise ValueError("too many ways to follow; name a tie break")
    return ends


def agreed(ends: Sequence[Sequence[str]]) -> Found:
    """Return who wins on every way, and who on some only."""
    certain = [name for name in ends[0] if all(name in end for end in ends)] if ends else []
    return certain, sorted({name for end in ends for name in end} - set(certain))


def first(tied: list[str], order: Sequence[str]) -> list[str]:
    """Return whom an order puts first; everybody where there is none."""
    return [min(tied, key=order.index)] if order else tied


def fill(scores: Mapping[str, Any], seats: int, order: Sequence[str]) -> Found:
    """Give seats by score; equal ones at the edge are tied."""
    places = {name: order.index(name) if order else 0 for name in scores}
    ranked = sorted(scores, key=lambda name: (-scores[name], places[name]))
    if order or len(ranked) <= seats or seats == 0:
        return ranked[:seats], []
    edge = scores[ranked[seats - 1]]
    if scores[ranked[seats]] != edge:
        return ranked[:seats], []
    return [n for n in ranked if scores[n] > edge], [n for n in ranked if scores[n] == edge]


def seats_of(poll: Poll) -> int:
    """Return the number of seats."""
    return int(poll.options.get("seats", 1))


def sets(poll: Poll) -> list[tuple[int, frozenset[str]]]:
    """Return each ballot's first group as a set, none of them empty; equal ones together."""
    found: dict[frozenset[str], int] = {}
    for weight, groups in poll.ballots:
        if groups and groups[0]:
            found[frozenset(groups[0])] = found.get(frozenset(groups[0]), 0) + weight
    return [(weight, chosen) for chosen, weight in found.items()]


def supporters(poll: Poll) -> dict[str, int]:
    """Count for each candidate or project the ballots that have it in the first group."""
    votes = dict.fromkeys(poll.names, 0)
    for weight, chosen in sets(poll):
        for name in chosen:
            votes[name] += weight
    return votes


# Several seats


def block_approval(poll: Poll, order: Sequence[str]) -> Found:
    """Most approvals; nobody without one."""
    votes = {name: number for name, number in supporters(poll).items() if number}
    return fill(votes, seats_of(poll), order)


def alone_in_front(poll: Poll) -> dict[str, int]:
    """Count the ballots with a class alone in front."""
    votes = dict.fromkeys(poll.names, 0)
    for weight, groups in poll.ballots:
        if groups and len(groups[0]) == 1:
            votes[groups[0][0]] += weight
    return votes


def largest_remainder(poll: Poll, order: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """A seat for each full quota, the rest by what remains."""
    votes, seats = alone_in_front(poll), seats_of(poll)
    total = sum(votes.values())
    if not total:
        return votes, []
    quota = Fraction(total, seats)
    if poll.options.get("quota") == "droop":
        quota = Fraction(total // (seats + 1) + 1)
    full = {name: number // quota for name, number in votes.items()}
    rest = {name: number % quota for name, number in votes.items() if number}
    more, tied = fill(rest, seats - sum(full.values()), order)
    return {name: full[name] + (name in more) for name in poll.names}, tied


def highest_averages(poll: Poll, order: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Seat after seat to the highest quotient of votes and divisor."""
    votes, left = alone_in_front(poll), seats_of(poll)
    step = 2 if poll.options.get("divisors") == "sainte_lague" else 1
    has, tied = dict.fromkeys(votes, 0), list[str]()
    while left and any(votes.values()) and not tied:
        leaders = most({n: Fraction(v, 1 + step * has[n]) for n, v in votes.items()})
        if len(leaders) > left and not order:
            tied = leaders
        for name in [] if tied else sorted(leaders, key=order.index if order else None)[:left]:
            has[name] += 1
            left -= 1
    return has, tied


APPORTIONED = {"largest_remainder": largest_remainder, "highest_averages": highest_averages}


def apportioned(poll: Poll, order: Sequence[str]) -> Found:
    """Name the classes that have a seat."""
    seats, tied = APPORTIONED[poll.rule](poll, order)
    return [name for name in poll.names if seats[name]], tied


def seq_pav(poll: Poll, order: Sequence[str]) -> Found:
    """The next seat adds most, where a ballot's n-th elected is worth 1/n."""
    ballots = sets(poll)

    def step(elected: tuple[str, ...]) -> list[tuple[str, ...]]:
        adds = {name: Fraction(0) for name in poll.names if name not in elected}
        for weight, chosen in ballots:
            worth = Fraction(weight, 1 + len(chosen.intersection(elected)))
            for name in chosen.difference(elected):
                adds[name] += worth
        if len(elected) == seats_of(poll) or not any(adds.values()):
            return []
        return [(*elected, name) for name in first(most(adds), order)]

    return agreed(every_end((), step, frozenset))


@dataclass(frozen=True)
class Stage:
    """Where a transferable vote stands: who holds each paper, and at which value."""

    standing: frozenset[str]
    elected: tuple[str, ...]
    waiting: tuple[tuple[str, Fraction], ...]  # elected, with the surplus
    held: tuple[tuple[str, Fraction], ...]  # of each paper; nobody: ""
    past: tuple[Mapping[str, Fraction], ...]


def stv(poll: Poll, order: Sequence[str]) -> Found:
    """Quota, surpluses at a share of their value, last one out; every tie followed."""
    scottish, seats = poll.rule == "stv_scottish", seats_of(poll)
    cut = scottish or poll.options.get("surplus") == "scottish"
    back = scottish or poll.options.get("ties") == "look_back"
    quota = Fraction(poll.weight // (seats + 1) + 1)
    if not scottish and poll.options.get("quota", "droop") != "droop":
        quota = Fraction(poll.weight, seats + (poll.options["quota"] == "droop_exact"))
    joined: dict[tuple[str, ...], int] = {}
    for weight, groups in poll.ballots:
        joined[tuple(line(groups))] = joined.get(tuple(line(groups)), 0) + weight
    papers = list(joined.items())

    def settle(stage: Stage, tied: list[str], highest: bool) -> list[str]:
        for votes in reversed(stage.past[:-1]) if back else ():
            if len(tied) == 1 or not all(name in votes for name in tied):
                break
            edge = (max if highest else min)(votes[name] for name in tied)
            tied = [name for name in tied if votes[name] == edge]
        return tied if not order else [(min if highest else max)(tied, key=order.index)]

    def seat(stage: Stage, name: str, votes: Fraction) -> Stage:
        more = ((name, votes - quota),) if votes > quota else ()
        return replace(
            stage,
            standing=stage.standing - {name},
            elected=(*stage.elected, name),
            waiting=(*stage.waiting, *more),
        )

    def move(stage: Stage, gone: str, share: Fraction | None) -> Stage:
        held = list(stage.held)
        for number, (names, _weight) in enumerate(papers):
            holder, value = held[number]
            if holder != gone:
                continue
            if share is not None:
                value *= share
                value = Fraction(int(value * 100_000), 100_000) if cut else value
            held[number] = (next((n for n in names if n in stage.standing), ""), value)
        return replace(stage, held=tuple(held))

    def step(stage: Stage) -> list[Stage]:
        left = seats - len(stage.elected)
        if not left or not stage.standing:
            return []
        votes = dict.fromkeys(stage.standing | {name for name, _ in stage.waiting}, Fraction(0))
        for (holder, value), (_names, weight) in zip(stage.held, papers, strict=True):
            if holder in votes:
                votes[holder] += weight * value
        stage = replace(stage, past=(*stage.past, votes))
        reached = sorted(name for name in stage.standing if votes[name] >= quota)
        if len(stage.standing) <= left and not reached:
            reached = sorted(stage.standing)
        for name in sorted(reached, key=lambda name: -votes[name]):
            rivals = [n for n in reached if n in stage.standing and votes[n] == votes[name]]
            if len(rivals) > seats - len(stage.elected):
                return [seat(stage, one, votes[one]) for one in settle(stage, rivals, True)]
            if name in stage.standing:
                stage = seat(stage, name, votes[name])
        left = seats - len(stage.elected)
        if not left or not stage.standing:
            return [stage]
        if len(stage.standing) <= left:
            for name in sorted(stage.standing, key=lambda name: -votes[name]):
                stage = seat(stage, name, votes[name])
            return [stage]
        if stage.waiting:
            surplus = dict(stage.waiting)
            return [
                move(
                    replace(stage, waiting=tuple(w for w in stage.waiting if w[0] != name)),
                    name,
                    surplus[name] / votes[name],
                )
                for name in settle(stage, most(surplus), True)
            ]
        fewest = min(votes[name] for name in stage.standing)
        last = [name for name in sorted(stage.standing) if votes[name] == fewest]
        return [
            move(replace(stage, standing=stage.standing - {name}), name, None)
            for name in settle(stage, last, False)
        ]

    def key(stage: Stage) -> Any:
        past = tuple(tuple(sorted(votes.items())) for votes in stage.past) if back else ()
        return stage.standing, frozenset(stage.elected), frozenset(stage.waiting), stage.held, past

    start = Stage(
        frozenset(poll.names),
        (),
        (),
        tuple((names[0] if names else "", Fraction(1)) for names, _ in papers),
        (),
    )
    return agreed([end.elected for end in every_end(start, step, key)] if papers else [])


# What rules that spend money look at


@dataclass(frozen=True)
class Sale:
    """Projects that can be had: their costs and votes, the money, and what excludes what."""

    costs: Mapping[str, Fraction]
    budget: Fraction
    votes: Mapping[str, int]
    groups: tuple[frozenset[str], ...]
    order: tuple[str, ...]

    def out(self, funded: Iterable[str]) -> set[str]:
        """Return what funded projects exclude."""
        return {
            other for one in funded for group in self.groups if one in group for other in group
        } - set(funded)


def sale(poll: Poll, votes: Mapping[str, int], order: Sequence[str]) -> Sale:
    """Leave out what costs more than there is, and what has too few votes."""
    asked = str(poll.options.get("min_score", "1"))
    fewest = max(1, poll.threshold if asked == "file" else int(asked))
    costs = {
        name: cost
        for name, cost in poll.costs.items()
        if cost <= poll.budget and votes[name] >= fewest
    }
    written = str(poll.options.get("incompatible", "")).split(";")
    groups = [frozenset(one.strip() for one in text.split(",") if one.strip()) for text in written]
    return Sale(costs, poll.budget, votes, tuple(g for g in groups if g), tuple(order))


def free_of(sale: Sale, by_votes: bool) -> list[str]:
    """Take what costs nothing, unless something taken excludes it."""
    free = [name for name, cost in sale.costs.items() if cost == 0]
    if by_votes:
        free.sort(key=lambda n: (-sale.votes[n], sale.order.index(n) if sale.order else 0))
    taken: list[str] = []
    for name in free:
        if name not in sale.out(taken):
            taken.append(name)
    return taken


# Budgets


def down(
    sale: Sale,
    groups: Sequence[Sequence[str]],
    skip: bool,
    part: Fraction | None = None,
    begin: tuple[str, ...] = (),
) -> list[tuple[str, ...]]:
    """Fund groups of equal scores from the first to the last; every order of equal ones."""
    if sale.order:
        groups = [(name,) for group in groups for name in sorted(group, key=sale.order.index)]

    def step(state: Any) -> list[Any]:
        number, rest, funded, stopped = state
        left = sale.budget - sum(sale.costs[name] for name in funded)
        rest = [name for name in rest if name not in sale.out(funded)]
        if skip and part is None:
            rest = [name for name in rest if sale.costs[name] <= left]
        if stopped or (not rest and number == len(groups)):
            return []
        if not rest:
            return [(number + 1, tuple(groups[number]), funded, False)]
        if sum(sale.costs[name] for name in rest) <= left and not sale.out(rest) & set(rest):
            clash = any(len(group.intersection(rest)) > 1 for group in sale.groups)
            if not clash:
                return [(number, (), (*funded, *rest), False)]
        ways = []
        for name in rest:
            others = tuple(one for one in rest if one != name)
            if sale.costs[name] <= left:
                ways.append((number, others, (*funded, name), False))
            else:
                partly = part is not None and left >= part * sale.costs[name]
                ways.append((number, others, funded, partly or not skip))
        return ways

    def key(state: Any) -> Any:
        return state[0], frozenset(state[1]), frozenset(state[2]), state[3]

    return [end[2] for end in every_end((0, (), begin, False), step, key)]


def levels_of(names: Iterable[str], scores: Mapping[str, Any]) -> list[list[str]]:
    """Return names in groups of equal scores, highest first."""
    found: dict[Any, list[str]] = {}
    for name in names:
        found.setdefault(scores[name], []).append(name)
    return [found[score] for score in sorted(found, reverse=True)]


def pb_greedy(poll: Poll, order: Sequence[str]) -> Found:
    """By votes, by votes for the money, or by the votes of ballots within the budget."""
    votes = supporters(poll)
    if poll.rule == "pb_knapsack":
        votes = dict.fromkeys(poll.names, 0)
        for weight, chosen in sets(poll):
            if sum(poll.costs[name] for name in chosen) <= poll.budget:
                for name in chosen:
                    votes[name] += weight
    offered = sale(poll, votes, order)
    scores: dict[str, Any] = dict(votes)
    if poll.options.get("count") == "points":
        scores = dict(poll.points)
    if poll.rule == "pb_greedy_per_cost":
        scores = {name: Fraction(votes[name]) / cost for name, cost in poll.costs.items() if cost}
    free = [[name] for name, cost in offered.costs.items() if cost == 0]
    paid = [name for name, cost in offered.costs.items() if cost > 0]
    written = str(poll.options.get("part_funding", ""))
    skip = poll.options.get("skip", "no" if poll.rule == "pb_knapsack" else "yes") == "yes"
    part = Fraction(written) if written else None
    return agreed(down(offered, [*free, *levels_of(paid, scores)], skip, part))


Loads = tuple[tuple[tuple[str, Fraction], ...], tuple[Fraction, ...], bool]


def pay_as_earned(
    ballots: Sequence[tuple[int, frozenset[str]]], sale: Sale, begin: Sequence[str]
) -> list[tuple[str, ...]]:
    """Phragmén: buy what its supporters can pay first; stop where it does not fit."""

    def step(state: Loads) -> list[Loads]:
        bought, loads, stopped = state
        funded = [*begin, *(name for name, _ in bought)]
        left = sale.budget - sum(sale.costs[name] for name in funded)
        due: dict[str, Fraction] = {}
        for name, cost in sale.costs.items():
            if stopped or cost == 0 or name in funded or name in sale.out(funded):
                continue
            held = [
                (weight, load)
                for (weight, chosen), load in zip(ballots, loads, strict=True)
                if name in chosen
            ]
            carried = sum(weight * load for weight, load in held)
            due[name] = (cost + carried) / sum(weight for weight, _ in held)
        ways: list[Loads] = []
        tied = [name for name in due if due[name] == min(due.values())]
        for name in first(tied, sale.order) if tied else []:
            if sale.costs[name] > left:
                ways.append((bought, loads, True))
                continue
            now = [
                due[name] if name in chosen else load
                for (_w, chosen), load in zip(ballots, loads, strict=True)
            ]
            ways.append(((*bought, (name, due[name])), tuple(now), False))
        return ways

    start: Loads = ((), (Fraction(0),) * len(ballots), False)
    ends = every_end(start, step, lambda state: (frozenset(state[0]), state[2]))
    return [(*begin, *(name for name, _ in bought)) for bought, _, _ in ends]


def phragmen_pb(poll: Poll, order: Sequence[str]) -> Found:
    """Everybody earns at one pace."""
    offered = sale(poll, supporters(poll), order)
    return agreed(pay_as_earned(sets(poll), offered, free_of(offered, by_votes=False)))


def seq_phragmen(poll: Poll, order: Sequence[str]) -> Found:
    """The same for seats: each costs one."""
    votes = supporters(poll)
    costs = {name: Fraction(1) for name in poll.names if votes[name]}
    offered = Sale(costs, Fraction(seats_of(poll)), votes, (), tuple(order))
    return agreed(pay_as_earned(sets(poll), offered, []))


Purses = tuple[tuple[tuple[str, Fraction], ...], tuple[Fraction, ...], Mapping[str, Fraction]]


def share_equally(
    ballots: Sequence[tuple[int, frozenset[str]]],
    sale: Sale,
    begin: Sequence[str],
    endowment: Fraction,
    worth: Mapping[str, Fraction | int],
) -> list[tuple[str, ...]]:
    """Equal shares: buy what costs a supporter least for its worth, until nothing can be paid."""
    behind = {
        name: [number for number, (_w, chosen) in enumerate(ballots) if name in chosen]
        for name in sale.costs
    }

    def price(name: str, purses: Sequence[Fraction]) -> Fraction | None:
        """Return what each supporter pays, who has less giving all; nothing if it is too dear."""
        rest, number = sale.costs[name], sum(ballots[one][0] for one in behind[name])
        classes: dict[Fraction, int] = {}
        for one in behind[name]:
            classes[purses[one]] = classes.get(purses[one], 0) + ballots[one][0]
        for purse in sorted(classes):
            if rest <= purse * number:
                return rest / number
            rest -= purse * classes[purse]
            number -= classes[purse]
        return None

    def step(state: Purses) -> list[Purses]:
        bought, purses, known = state
        funded = [*begin, *(name for name, _ in bought)]
        out, prices, least = {*funded, *sale.out(funded)}, dict(known), None
        for name in sorted(known, key=lambda name: known[name] / worth[name]):
            # No price ever falls, so that whatever was dearer before need not be counted again.
            if name in out or (least is not None and known[name] / worth[name] > least):
                continue
            found = price(name, purses)
            if found is None:
                del prices[name]
                continue
            prices[name] = found
            least = min(found / worth[name], found / worth[name] if least is None else least)
        tied = [name for name in prices if name not in out and prices[name] / worth[name] == least]
        ways: list[Purses] = []
        for name in first(tied, sale.order) if tied else []:
            now = list(purses)
            for one in behind[name]:
                now[one] -= min(now[one], prices[name])
            ways.append(((*bought, (name, prices[name])), tuple(now), prices))
        return ways

    known = {name: Fraction(0) for name, cost in sale.costs.items() if cost > 0}
    start: Purses = ((), (endowment,) * len(ballots), known)
    ends = every_end(start, step, lambda state: frozenset(state[0]))
    return [(*begin, *(name for name, _ in bought)) for bought, _, _ in ends]


def mes_committee(poll: Poll, order: Sequence[str]) -> Found:
    """Seats bought with equal shares; those that nobody can pay for stay empty."""
    votes = supporters(poll)
    costs = {name: Fraction(1) for name in poll.names if votes[name]}
    offered = Sale(costs, Fraction(seats_of(poll)), votes, (), tuple(order))
    share = Fraction(seats_of(poll), max(poll.weight + poll.blank, 1))
    return agreed(share_equally(sets(poll), offered, [], share, dict.fromkeys(costs, 1)))


def equal_shares(poll: Poll, order: Sequence[str]) -> Found:
    """Projects bought with equal shares, and what the completion adds."""
    votes, ballots = supporters(poll), sets(poll)
    offered = sale(poll, votes, order)
    worth: dict[str, Any] = dict(offered.costs)
    if poll.rule == "mes_cardinality":
        worth = dict.fromkeys(worth, 1)
    begin = free_of(offered, by_votes=True)
    share = poll.budget / max(poll.weight + poll.blank, 1)
    completion = poll.options.get("completion", "none")
    if completion == "none":
        return agreed(share_equally(ballots, offered, begin, share, worth))
    # One order of all projects settles every tie of every step; all of them where none is named.
    if not order and len(offered.costs) > 6:
        raise ValueError("too many orders to follow; name a tie break")
    ends = set()
    for one in [tuple(order)] if order else permutations(offered.costs):
        ends.add(raised(ballots, replace(offered, order=one), begin, share, worth))
    if completion == "add1u":
        ends = {
            tuple(sorted(way))
            for end in ends
            for way in down(
                offered,
                levels_of([name for name in offered.costs if name not in end], votes),
                True,
                begin=end,
            )
        }
    return agreed(sorted(ends))


def raised(
    ballots: Sequence[tuple[int, frozenset[str]]],
    sale: Sale,
    begin: Sequence[str],
    share: Fraction,
    worth: Mapping[str, Any],
) -> tuple[str, ...]:
    """Give every voter one unit of money more a step; keep the last outcome within the budget."""
    (funded,) = share_equally(ballots, sale, begin, share, worth)
    while True:
        left = sale.budget - sum(sale.costs[name] for name in funded)
        others = sale.costs.keys() - set(funded) - sale.out(funded)
        if all(sale.costs[name] > left for name in others):
            return tuple(sorted(funded))
        share += 1
        (more,) = share_equally(ballots, sale, begin, share, worth)
        if sum(sale.costs[name] for name in more) > sale.budget:
            return tuple(sorted(funded))
        funded = more


SEVERAL: dict[str, Callable[[Poll, Sequence[str]], Found]] = {
    "stv": stv,
    "stv_scottish": stv,
    "block_approval": block_approval,
    "seq_pav": seq_pav,
    "seq_phragmen": seq_phragmen,
    "mes_committee": mes_committee,
    "largest_remainder": apportioned,
    "highest_averages": apportioned,
    "pb_greedy": pb_greedy,
    "pb_greedy_per_cost": pb_greedy,
    "pb_knapsack": pb_greedy,
    "mes_cost": equal_shares,
    "mes_cardinality": equal_shares,
    "phragmen_pb": phragmen_pb,
}


def ordered(poll: Poll) -> list[str]:
    """Read a tie break as an order of all options; nothing where there is none."""
    text = str(poll.options.get("tie_break", ""))
    named: dict[str, Callable[[str], Any]] = {
        "paper": poll.names.index,
        "natural": natural,
        "text": str,
        "cheapest": lambda name: (poll.costs[name], natural(name)),
        "dearest": lambda name: (-poll.costs[name], natural(name)),
    }
    if text in named:
        return sorted(poll.names, key=named[text])
    order = [name.strip() for name in text.split(">")] if text else []
    if order and sorted(order) != sorted(poll.names):
        raise ValueError("a tie break names every option once")
    return order


def natural(text: str) -> list[tuple[int, int, str]]:
    """Sort numbers inside of names by their size."""
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


ON_THE_WAY: dict[str, Callable[[Poll, Sequence[str]], list[str]]] = {
    "irv": irv,
    "ranked_pairs": ranked_pairs,
}


def recount(data: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return winners and tied members of an exported poll, counted anew."""
    poll = read(data)
    if poll.rule in SEVERAL:
        return SEVERAL[poll.rule](poll, ordered(poll))
    if poll.rule not in RULES:
        raise ValueError(f"no rule {poll.rule!r}; known: {', '.join((*RULES, *SEVERAL))}")
    winners = RULES[poll.rule](poll)
    tied = winners if len(winners) > 1 else []
    breaker = poll.options.get("tie_break", "")
    if tied and breaker:
        listed = list(poll.names) if breaker == "paper" else breaker.split(">")
        order = [name.strip() for name in listed]
        left = ON_THE_WAY[poll.rule](poll, order) if poll.rule in ON_THE_WAY else tied
        winners = [min(left, key=order.index)]
    return winners, tied


# Lots


def drawn(data: Mapping[str, Any]) -> tuple[list[str], dict[str, int]]:
    """Draw again from a revealed seed: the lowest SHA-256 of form, seed and id, class by class."""
    seed, people = str(data["seed"]), {str(p["id"]): str(p["class"]) for p in data["people"]}
    if len(people) != len(data["people"]):
        raise ValueError("somebody is on the list twice")
    if hashlib.sha256(seed.encode()).hexdigest() != data["commitment"]:
        raise ValueError("the seed is not the one that was committed to")
    lines = sorted(f"{name}\t{group}\n" for name, group in people.items())
    if hashlib.sha256("".join(lines).encode()).hexdigest() != data["list"]:
        raise ValueError("the list is not the one that was published")

    def ticket(name: str) -> str:
        return hashlib.sha256(f"wugong-lots/1\n{seed}\n{name}".encode()).hexdigest()

    quotas = data["quotas"] or {None: data["seats"]}
    found, empty = [], {}
    for group, seats in quotas.items():
        able = sorted((n for n in people if group in (None, people[n])), key=ticket)
        found += able[:seats]
        if len(able) < seats:
            empty[group or ""] = seats - len(able)
    return sorted(found, key=ticket), empty


def draw_again(data: Mapping[str, Any]) -> int:
    """Compare a draw with its file: 0 where they agree, 1 where not."""
    names, empty = drawn(data)
    sys.stdout.write(json.dumps({"drawn": names, "unfilled": empty}, ensure_ascii=False) + "\n")
    if (names, empty) != (data["drawn"], data["unfilled"]):
        sys.stderr.write("recount: the file says otherwise\n")
        return 1
    return 0


def main(arguments: Sequence[str]) -> int:
    """Recount the named file; 0 where it agrees, 1 where not, 2 where it cannot be read."""
    if len(arguments) != 1:
        sys.stderr.write("usage: recount.py POLL.json\n")
        return 2
    try:
        data = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        if data.get("form") == "wugong-draw/1":
            return draw_again(data)
        winners, tied = recount(data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"recount: {error}\n")
        return 2
    sys.stdout.write(json.dumps({"winners": winners, "tied": tied}, ensure_ascii=False) + "\n")
    # Several winners are listed in the order of their election, which the seats do not depend on.
    said, tied_there = data.get("winners", winners), data.get("tied", tied)
    if set(winners) != set(said) or set(tied) != set(tied_there):
        sys.stderr.write("recount: the file says otherwise\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
