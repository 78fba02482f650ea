"""Properties of rules that fill several seats or spend a budget, for the property kit.

A claim is tried with the rule's default settings. Where a tie decides, a random order of all
options settles it, so that a property speaks of one outcome; that order is part of the election.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

from wugong_voting.ballot_forms import Groups
from wugong_voting.counting.budget import BudgetProfile, budget_profile
from wugong_voting.counting.profile import Profile, from_orders
from wugong_voting.counting.result import Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import settled
from wugong_voting.purity import Impure, reaches_for_chance, sealed_off

NAMES = ("a", "b", "c", "d", "e")
MOST_SEATS = 3
Ballot = tuple[int, Groups]  # weight, and options from best to worst; a set is one group


@dataclass(frozen=True, slots=True)
class Contest:
    """Options, weighed ballots, and what there is to win: seats, or projects for a budget."""

    options: tuple[str, ...]
    ballots: tuple[Ballot, ...]
    seats: int
    order: tuple[str, ...]
    costs: tuple[Fraction, ...] = ()
    budget: Fraction = Fraction(0)

    def profile(self, ballots: Sequence[Ballot] | None = None) -> Profile | BudgetProfile:
        """Return the ballots, or some of them, as a rule sees them."""
        chosen = self.ballots if ballots is None else ballots
        weights = [weight for weight, _ in chosen]
        if self.costs:
            listed = [[one for group in groups for one in group] for _, groups in chosen]
            costs = dict(zip(self.options, self.costs, strict=True))
            return budget_profile(costs, self.budget, listed, weights)
        place = {option: n for n, option in enumerate(self.options)}
        orders = [[[place[one] for one in group] for group in groups] for _, groups in chosen]
        return from_orders(self.options, orders, weights)

    def settings(self, settle: bool) -> dict[str, str]:
        """Return the settings of a count; ``settle`` breaks ties by the order."""
        seats = {} if self.costs else {"seats": str(self.seats)}
        return {**seats, **({"tie_break": ">".join(self.order)} if settle else {})}

    def count(self, rule: CountingRule, settle: bool = False) -> Result:
        """Count all ballots."""
        return rule.count(self.profile(), self.settings(settle))

    def won(self, rule: CountingRule) -> frozenset[str]:
        """Return who wins when ties are settled."""
        return frozenset(self.count(rule, settle=True).winners)

    @property
    def total(self) -> int:
        """The weight of all ballots, blank ones too."""
        return sum(weight for weight, _ in self.ballots)

    def __str__(self) -> str:
        """Write the contest in a line: ``2 seats among a, b: 3 × a=b``."""
        told = "; ".join(f"{w} × {'>'.join('='.join(g) for g in gs)}" for w, gs in self.ballots)
        ties = f" (ties {'>'.join(self.order)})"
        if not self.costs:
            return f"{self.seats} seats among {', '.join(self.options)}: {told}{ties}"
        costs = (f"{o} {c}" for o, c in zip(self.options, self.costs, strict=True))
        return f"{self.budget} for {', '.join(costs)}: {told}{ties}"


Property = Callable[[CountingRule, Contest, random.Random], bool]


# Contests


def drawn(rule: CountingRule, chance: random.Random) -> Contest:
    """Draw a small contest of the kind that a rule counts."""
    options = NAMES[: chance.randint(2, len(NAMES))]
    heaviest = chance.choice((1, 3, 9))
    marks = {"choose": one_marked, "ranked": _ranking}.get(rule.asks, some_marked)
    ballots = tuple(
        (chance.randint(1, heaviest), marks(options, chance)) for _ in range(chance.randint(1, 7))
    )
    order = tuple(chance.sample(options, len(options)))
    contest = Contest(options, ballots, chance.randint(1, MOST_SEATS), order)
    if rule.picks != "projects":
        return contest
    parts = chance.choice((1, 2, 100))
    costs = tuple(Fraction(chance.randint(0, 9 * parts), parts) for _ in options)
    return replace(contest, costs=costs, budget=Fraction(chance.randint(1, 20 * parts), parts))


def one_marked(options: Sequence[str], chance: random.Random) -> Groups:
    """Draw a ballot with one mark, now and then a blank one."""
    return ((chance.choice(options),),) if chance.random() < 0.9 else ()


def some_marked(options: Sequence[str], chance: random.Random) -> Groups:
    """Draw a ballot that marks any number of options alike."""
    marked = tuple(option for option in options if chance.random() < 0.5)
    return (marked,) if marked else ()


def _ranking(options: Sequence[str], chance: random.Random) -> Groups:
    return tuple((one,) for one in chance.sample(options, chance.randint(0, len(options))))


def _same(one: Result, other: Result) -> bool:
    """Tell whether two counts found the same; ways through a tie may be told in another order."""
    return (set(one.winners), set(one.tied), one.scores) == (
        set(other.winners),
        set(other.tied),
        other.scores,
    )


# What every rule keeps


def _repeats(rule: CountingRule, contest: Contest, _chance: random.Random) -> bool:
    return contest.count(rule).json() == contest.count(rule).json()


def _asks_nothing(rule: CountingRule, contest: Contest, _chance: random.Random) -> bool:
    try:
        with sealed_off():
            contest.count(rule)
    except Impure:
        return False
    return not reaches_for_chance(rule)


def _anonymous(rule: CountingRule, contest: Contest, chance: random.Random) -> bool:
    mixed = tuple(chance.sample(contest.ballots, len(contest.ballots)))
    return _same(contest.count(rule), replace(contest, ballots=mixed).count(rule))


def _neutral(rule: CountingRule, contest: Contest, chance: random.Random) -> bool:
    """Other places on the ballot paper change nothing, costs going with their projects."""
    places = chance.sample(range(len(contest.options)), len(contest.options))
    moved = replace(
        contest,
        options=tuple(contest.options[n] for n in places),
        costs=tuple(contest.costs[n] for n in places) if contest.costs else (),
    )
    return _same(contest.count(rule), moved.count(rule))


def _merges(rule: CountingRule, contest: Contest, chance: random.Random) -> bool:
    shards: list[list[Ballot]] = [[], [], []]
    for ballot in contest.ballots:
        chance.choice(shards).append(ballot)
    parts = [rule.partial(contest.profile(shard)) for shard in shards]
    chance.shuffle(parts)
    one, two, three = parts
    settings = settled(rule.settings, contest.settings(settle=False))
    whole = contest.count(rule)
    left = rule.decide(one.merge(two).merge(three), settings)
    right = rule.decide(one.merge(two.merge(three)), settings)
    return _same(whole, left) and _same(whole, right)


def _weighed(rule: CountingRule, contest: Contest, _chance: random.Random) -> bool:
    copies = tuple((1, groups) for weight, groups in contest.ballots for _ in range(weight))
    return _same(contest.count(rule), replace(contest, ballots=copies).count(rule))


def _within(rule: CountingRule, contest: Contest, _chance: random.Random) -> bool:
    """No more seats than there are, no more money than there is; winners and ties are apart.

    A class of seats may have some and be tied for another.
    """
    result, won = contest.count(rule), contest.won(rule)
    if rule.asks == "choose":
        return sum(contest.count(rule, settle=True).scores.values()) <= contest.seats
    if set(result.winners) & set(result.tied) or not set(result.winners) <= won:
        return False
    if contest.costs:
        costs = dict(zip(contest.options, contest.costs, strict=True))
        return sum(costs[one] for one in won) <= contest.budget
    return len(won) <= contest.seats


def _unanimous(rule: CountingRule, contest: Contest, chance: random.Random) -> bool:
    """What all want, and nothing else, all get where it can be had; of a ranking the first.

    A whole quota may be more than a few ballots can fill again and again.
    """
    most = 1 if rule.asks == "choose" else min(contest.seats, len(contest.options))
    wanted = tuple(chance.sample(contest.options, chance.randint(1, most)))
    if contest.costs:
        costs = dict(zip(contest.options, contest.costs, strict=True))
        if sum(costs[one] for one in wanted) > contest.budget:
            return True
    groups = tuple((one,) for one in wanted) if rule.asks == "ranked" else (wanted,)
    alike = replace(contest, ballots=tuple((weight, groups) for weight, _ in contest.ballots))
    if rule.asks == "ranked":
        return wanted[0] in alike.won(rule)
    return alike.won(rule) == set(wanted)


# What some rules claim


def _blank_ignored(rule: CountingRule, contest: Contest, _chance: random.Random) -> bool:
    more = replace(contest, ballots=(*contest.ballots, (2, ())))
    return _same(contest.count(rule), more.count(rule))


def _exhaustive(rule: CountingRule, contest: Contest, _chance: random.Random) -> bool:
    """Nothing with a supporter is left out that there would still be money for."""
    won = contest.won(rule)
    costs = dict(zip(contest.options, contest.costs, strict=True))
    left = contest.budget - sum(costs[one] for one in won)
    wanted = {one for _, groups in contest.ballots for group in groups for one in group}
    return all(costs[one] > left for one in wanted - won)


def _monotonic(rule: CountingRule, contest: Contest, chance: random.Random) -> bool:
    """A further ballot for a winner alone costs it nothing."""
    before = contest.count(rule, settle=True)
    if not before.winners:
        return True
    winner = chance.choice(before.winners)
    more = replace(contest, ballots=(*contest.ballots, (1, ((winner,),))))
    after = more.count(rule, settle=True)
    if rule.asks == "choose":
        return after.scores[winner] >= before.scores[winner]
    return winner in after.winners


def _house_monotonic(rule: CountingRule, contest: Contest, _chance: random.Random) -> bool:
    """One seat more takes no seat away."""
    before = contest.count(rule, settle=True)
    after = replace(contest, seats=contest.seats + 1).count(rule, settle=True)
    if rule.asks == "choose":
        return all(after.scores[one] >= number for one, number in before.scores.items())
    return set(before.winners) <= set(after.winners)


def _quota(rule: CountingRule, contest: Contest, _chance: random.Random) -> bool:
    """Every class has its exact share of the seats, rounded down or up."""
    return all(share // 1 <= number <= -(-share // 1) for number, share in _shares(rule, contest))


def _lower_quota(rule: CountingRule, contest: Contest, _chance: random.Random) -> bool:
    """No class has less than its exact share of the seats, rounded down."""
    return all(share // 1 <= number for number, share in _shares(rule, contest))


def _shares(rule: CountingRule, contest: Contest) -> Iterator[tuple[Any, Fraction]]:
    votes = dict.fromkeys(contest.options, 0)
    for weight, groups in contest.ballots:
        for one in groups[0] if groups else ():
            votes[one] += weight
    scores, total = contest.count(rule, settle=True).scores, sum(votes.values())
    for one in contest.options if total else ():
        yield scores[one], Fraction(votes[one] * contest.seats, total)


def _majority(rule: CountingRule, contest: Contest, chance: random.Random) -> bool:
    """Whom more than half put first has a seat."""
    favourite = chance.choice(contest.options)
    more = (*contest.ballots, (contest.total + 1, ((favourite,),)))
    return favourite in replace(contest, ballots=more).won(rule)


def _solid(rule: CountingRule, contest: Contest, _chance: random.Random) -> bool:
    """Whoever ranks the same options above all others, with ``n`` Droop quotas, has ``n`` seats."""
    won = contest.won(rule)
    voting = sum(weight for weight, groups in contest.ballots if groups)
    quota = voting // (contest.seats + 1) + 1
    for size in range(1, len(contest.options) + 1):
        for group in map(set, combinations(contest.options, size)):
            solid = sum(
                weight
                for weight, groups in contest.ballots
                if {one for (one,) in groups[:size]} == group
            )
            if len(won & group) < min(size, solid // quota):
                return False
    return True


def _cohesive(contest: Contest) -> Iterator[tuple[list[set[str]], int]]:
    """Yield every group of kinds of ballots, with the seats that their size and accord deserve."""
    kinds = [(weight, set(groups[0])) for weight, groups in contest.ballots if groups]
    for chosen in chain.from_iterable(combinations(kinds, n) for n in range(1, len(kinds) + 1)):
        weight = sum(weight for weight, _ in chosen)
        common = set.intersection(*(approved for _, approved in chosen))
        deserved = min(len(common), weight * contest.seats // contest.total)
        if deserved:
            yield [approved for _, approved in chosen], deserved


def _seats_alone(contest: Contest) -> Contest:
    """Let every project cost one, so that a budget is a number of seats."""
    if not contest.costs:
        return contest
    ones = tuple(Fraction(1) for _ in contest.options)
    return replace(contest, costs=ones, budget=Fraction(contest.seats))


def _pjr(rule: CountingRule, contest: Contest, _chance: random.Random) -> bool:
    """Proportional justified representation, every group tried; projects cost one each.

    A group that deserves ``n`` seats has ``n`` winners that somebody of it approves of.
    Source: Sánchez-Fernández and others, «Proportional Justified Representation» (2017).
    """
    won = _seats_alone(contest).won(rule)
    return all(len(won.intersection(chain(*group))) >= n for group, n in _cohesive(contest))


def _ejr(rule: CountingRule, contest: Contest, _chance: random.Random) -> bool:
    """Extended justified representation, every group tried; projects cost one each.

    In a group that deserves ``n`` seats somebody approves of ``n`` winners.
    Source: Aziz and others, «Justified Representation in Approval-Based Committee Voting» (2017).
    """
    won = _seats_alone(contest).won(rule)
    return all(any(len(won & one) >= n for one in group) for group, n in _cohesive(contest))


ALWAYS: Mapping[str, Property] = {
    "deterministic": _repeats,
    "no clock, no chance": _asks_nothing,
    "anonymous": _anonymous,
    "neutral": _neutral,
    "merges in any order": _merges,
    "weights honoured": _weighed,
    "within seats and budget": _within,
    "unanimous": _unanimous,
}
CLAIMS: Mapping[str, Property] = {
    "blank_ignored": _blank_ignored,
    "exhaustive": _exhaustive,
    "monotonic": _monotonic,
    "house_monotonic": _house_monotonic,
    "quota": _quota,
    "lower_quota": _lower_quota,
    "majority": _majority,
    "solid_coalitions": _solid,
    "pjr": _pjr,
    "ejr": _ejr,
}
