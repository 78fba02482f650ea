"""Count an exported poll again: a program of its own, standard library only.

It shares no code with the engine and is written for reading, not for speed. Input is the JSON of
one poll::

    {"form": "wugong-poll/1", "rule": "schulze", "options": {"strength": "margins"},
     "candidates": ["a", "b"], "levels": null,
     "ballots": [{"weight": 3, "groups": [["a"], ["b"]]}],
     "winners": ["a"], "tied": []}

``groups`` lists candidates from best to worst, equals together; on graded ballots one group a
grade, empty ones too, and ``levels`` says how many grades there are. Usage::

    python recount.py POLL.json        prints what it finds; exit 1 where the file says otherwise
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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

    @property
    def weight(self) -> int:
        """The weight of all ballots that choose something."""
        return sum(weight for weight, _groups in self.ballots)


def read(data: Mapping[str, Any]) -> Poll:
    """Read a poll; ``ValueError`` says what is wrong with it."""
    if data.get("form") != "wugong-poll/1":
        raise ValueError("not an exported poll: form is not wugong-poll/1")
    ballots = []
    for one in data["ballots"]:
        groups = tuple(tuple(group) for group in one["groups"])
        named = [name for group in groups for name in group]
        if len(set(named)) != len(named) or not set(named) <= set(data["candidates"]):
            raise ValueError(f"a ballot names somebody twice or nobody known: {named}")
        if named:
            ballots.append((int(one["weight"]), groups))
    return Poll(
        data["rule"],
        data.get("options", {}),
        tuple(data["candidates"]),
        data.get("levels"),
        tuple(ballots),
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
        *(condorcet, smith, copeland, minimax, schulze, ranked_pairs, kemeny),
    )
}


ON_THE_WAY: dict[str, Callable[[Poll, Sequence[str]], list[str]]] = {
    "irv": irv,
    "ranked_pairs": ranked_pairs,
}


def recount(data: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return winners and tied members of an exported poll, counted anew."""
    poll = read(data)
    if poll.rule not in RULES:
        raise ValueError(f"no rule {poll.rule!r}; known: {', '.join(RULES)}")
    winners = RULES[poll.rule](poll)
    tied = winners if len(winners) > 1 else []
    breaker = poll.options.get("tie_break", "")
    if tied and breaker:
        listed = list(poll.names) if breaker == "paper" else breaker.split(">")
        order = [name.strip() for name in listed]
        left = ON_THE_WAY[poll.rule](poll, order) if poll.rule in ON_THE_WAY else tied
        winners = [min(left, key=order.index)]
    return winners, tied


def main(arguments: Sequence[str]) -> int:
    """Recount the named file; 0 where it agrees, 1 where not, 2 where it cannot be read."""
    if len(arguments) != 1:
        sys.stderr.write("usage: recount.py POLL.json\n")
        return 2
    try:
        data = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        winners, tied = recount(data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"recount: {error}\n")
        return 2
    sys.stdout.write(json.dumps({"winners": winners, "tied": tied}, ensure_ascii=False) + "\n")
    if winners != data.get("winners", winners) or set(tied) != set(data.get("tied", tied)):
        sys.stderr.write("recount: the file says otherwise\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
