"""The rules once more, as plainly as can be: fractions, lists and no cleverness.

Each function follows one order of the options, so that every tie is settled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import permutations

from wugong_voting.counting.budget import BudgetProfile


def ballots_of(profile: BudgetProfile) -> list[frozenset[int]]:
    """Return every ballot by itself, blank ones too."""
    starts = profile.ballots.starts.tolist()
    members = profile.ballots.members.tolist()
    made = []
    for row, weight in enumerate(profile.ballots.weights.tolist()):
        made += [frozenset(members[starts[row] : starts[row + 1]])] * weight
    return made + [frozenset[int]()] * profile.blank


def equal_shares(
    costs: Sequence[Fraction],
    ballots: Sequence[frozenset[int]],
    offered: Sequence[int],
    endowment: Fraction,
    use_is_cost: bool,
    order: Sequence[int],
) -> list[int]:
    """Buy what is cheapest for its use until nothing can be afforded."""
    left = [endowment] * len(ballots)
    bought: list[int] = []
    while True:
        best = None
        for project in offered:
            supporters = [i for i, ballot in enumerate(ballots) if project in ballot]
            if project in bought or sum(left[i] for i in supporters) < costs[project]:
                continue
            price = _price(costs[project], sorted(left[i] for i in supporters))
            value = price / costs[project] if use_is_cost else price
            found = (value, order.index(project), project, price, supporters)
            best = min(best, found) if best else found
        if best is None:
            return bought
        _, _, project, price, supporters = best
        bought.append(project)
        for i in supporters:
            left[i] -= min(left[i], price)


def _price(cost: Fraction, purses: list[Fraction]) -> Fraction:
    for n, purse in enumerate(purses):
        price = cost / (len(purses) - n)
        if price <= purse:
            return price
        cost -= purse
    raise AssertionError("together they have not enough")


def add_one(
    costs: Sequence[Fraction],
    ballots: Sequence[frozenset[int]],
    offered: Sequence[int],
    budget: Fraction,
    use_is_cost: bool,
    order: Sequence[int],
) -> tuple[list[int], int]:
    """Raise the endowment by one and count everything anew, each time."""
    endowment, steps = budget / len(ballots), 0
    bought = equal_shares(costs, ballots, offered, endowment, use_is_cost, order)
    while True:
        left = budget - sum(costs[p] for p in bought)
        if all(costs[p] > left for p in offered if p not in bought):
            return bought, steps
        endowment += 1
        more = equal_shares(costs, ballots, offered, endowment, use_is_cost, order)
        if sum(costs[p] for p in more) > budget:
            return bought, steps
        bought, steps = more, steps + 1


def phragmen(
    costs: Sequence[Fraction],
    ballots: Sequence[frozenset[int]],
    offered: Sequence[int],
    budget: Fraction,
    order: Sequence[int],
) -> list[int]:
    """Buy what is due first; stop at the first that does not fit."""
    loads = [Fraction(0)] * len(ballots)
    bought: list[int] = []
    while len(bought) < len(offered):
        due = []
        for project in offered:
            if project not in bought:
                supporters = [i for i, ballot in enumerate(ballots) if project in ballot]
                load = (costs[project] + sum(loads[i] for i in supporters)) / len(supporters)
                due.append((load, order.index(project), project))
        load, _, project = min(due)
        if sum(costs[p] for p in bought) + costs[project] > budget:
            break
        bought.append(project)
        loads = [load if project in b else has for b, has in zip(ballots, loads, strict=True)]
    return bought


def seq_pav(
    ballots: Sequence[frozenset[int]], options: Sequence[int], seats: int, order: Sequence[int]
) -> list[int]:
    """Fill seat after seat where it adds most."""
    elected: list[int] = []
    while len(elected) < seats:
        adds = {
            c: sum(Fraction(1, 1 + len(b & set(elected))) for b in ballots if c in b)
            for c in options
            if c not in elected
        }
        best = max(adds, key=lambda c: (adds[c], -order.index(c)), default=None)
        if best is None or not adds[best]:
            break
        elected.append(best)
    return elected


def greedy(
    costs: Sequence[Fraction],
    scores: Mapping[int, Fraction | int],
    offered: Sequence[int],
    budget: Fraction,
    order: Sequence[int],
    skip: bool = True,
) -> list[int]:
    """Fund by score while the money lasts."""
    funded: list[int] = []
    for project in sorted(offered, key=lambda p: (-scores[p], order.index(p))):
        if costs[project] <= budget:
            funded.append(project)
            budget -= costs[project]
        elif not skip:
            break
    return funded


def single_transferable(
    ballots: Sequence[Sequence[int]],
    options: int,
    seats: int,
    order: Sequence[int],
    quota: Fraction | None = None,
    decimals: int | None = None,
) -> list[int]:
    """Count with inclusive Gregory; ties by ``order``: first one passes on, last one drops out."""
    papers = [(Fraction(1), list(ballot)) for ballot in ballots if ballot]
    needed = quota if quota is not None else Fraction(len(papers) // (seats + 1) + 1)
    standing, waiting = set(range(options)), set[int]()
    elected: list[int] = []
    if not papers:
        return []
    held = {
        i: next((c for c in paper if c in standing), None) for i, (_, paper) in enumerate(papers)
    }
    while standing and len(elected) < seats:
        votes = dict.fromkeys(standing | waiting, Fraction(0))
        for i, (value, _) in enumerate(papers):
            if (top := held[i]) is not None and top in votes:
                votes[top] += value
        reached = [c for c in standing if votes[c] >= needed]
        ranked = sorted(reached, key=lambda c: (-votes[c], order.index(c)))
        for one in ranked[: seats - len(elected)]:
            elected.append(one)
            standing.discard(one)
            if votes[one] > needed:
                waiting.add(one)
        left = seats - len(elected)
        if not left:
            break
        if len(standing) <= left:
            elected += sorted(standing, key=lambda c: (-votes[c], order.index(c)))
            break
        if waiting:
            one = min(waiting, key=lambda c: (-votes[c], order.index(c)))
            waiting.discard(one)
            share = (votes[one] - needed) / votes[one]
        else:
            one = min(standing, key=lambda c: (votes[c], -order.index(c)))
            standing.discard(one)
            share = Fraction(1)
        for i, (value, paper) in enumerate(papers):
            if held[i] == one:
                new = value * share
                if decimals is not None and share != 1:
                    new = Fraction(int(new * 10**decimals), 10**decimals)
                papers[i] = (new, paper)
                held[i] = next((c for c in paper if c in standing), None)
    return elected


def all_orders(count: int) -> list[tuple[int, ...]]:
    """Return every order of so many options."""
    return list(permutations(range(count)))
