"""The rules that choose one option, each as its words say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import combinations, permutations

from recounting.polls import Poll, first_votes, line, margins, most, place, wins, worth


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
