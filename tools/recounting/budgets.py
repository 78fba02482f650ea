"""The rules that spend a budget, or seats as money: greedy, as earned, in equal shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import permutations
from typing import Any

from recounting.polls import Poll
from recounting.ways import Found, agreed, every_end, first, seats_of, sets, supporters


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
