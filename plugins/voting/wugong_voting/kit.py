"""The property kit: what every counting rule must keep, and what a rule claims of itself.

Run by ``wugong check-rule`` and by our own tests on every rule. Here are the properties of rules
for one winner, in :mod:`wugong_voting.kit_seats` those for several seats and budgets. Each is tried
on small random elections with ties, gaps, weights and blank ballots; the first that breaks it is
the example. The elections follow from the seed, so a finding can be repeated.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wugong_voting import kit_seats
from wugong_voting.ballot_forms import Groups
from wugong_voting.counting.profile import Profile, from_orders
from wugong_voting.counting.result import Result
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import settled
from wugong_voting.purity import Impure, reaches_for_chance, sealed_off

LEVELS = 4
NAMES = ("a", "b", "c", "d", "e")
CLONE = "z"
Ballot = tuple[int, Groups]  # weight, and options from best to worst


@dataclass(frozen=True, slots=True)
class Election:
    """Options and weighed ballots; on graded ballots a group is a grade."""

    options: tuple[str, ...]
    ballots: tuple[Ballot, ...]
    graded: bool = False

    def profile(self, ballots: Sequence[Ballot] | None = None) -> Profile:
        """Return the ballots, or some of them, as a rule sees them."""
        chosen = self.ballots if ballots is None else ballots
        place = {option: n for n, option in enumerate(self.options)}
        return from_orders(
            self.options,
            [[[place[option] for option in group] for group in groups] for _, groups in chosen],
            [weight for weight, _ in chosen],
            LEVELS if self.graded else None,
        )

    def __str__(self) -> str:
        """Write the election in a line: ``3 × b>a=c``."""
        told = (f"{w} × {'>'.join('='.join(g) for g in groups)}" for w, groups in self.ballots)
        return f"{', '.join(self.options)}: {'; '.join(told)}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a property held; ``example`` is the first election that breaks it."""

    property: str
    held: bool
    elections: int
    example: str = ""


Property = Callable[[CountingRule, Election, random.Random], bool]


def examine(rule: CountingRule, elections: int = 200, seed: int = 1) -> list[Finding]:
    """Try every property that a rule must keep or claims; ``ValueError`` for an unknown claim."""
    one = rule.picks == "one"
    if one and rule.asks not in _BALLOTS:
        raise ValueError(f"the kit has no ballots for {rule.id}: it asks for {rule.asks}")
    always, claims = (ALWAYS, CLAIMS) if one else (kit_seats.ALWAYS, kit_seats.CLAIMS)
    if unknown := set(rule.claims) - claims.keys():
        raise ValueError(f"{rule.id} claims what the kit cannot try: {', '.join(sorted(unknown))}")
    tried: dict[str, Any] = {**always, **{name: claims[name] for name in rule.claims}}

    def draw(chance: random.Random) -> Any:
        return drawn(rule.asks, chance) if one else kit_seats.drawn(rule, chance)

    return [_try(name, keeps, rule, draw, elections, seed) for name, keeps in tried.items()]


def _try(
    name: str,
    keeps: Callable[[CountingRule, Any, random.Random], bool],
    rule: CountingRule,
    draw: Callable[[random.Random], Any],
    elections: int,
    seed: int,
) -> Finding:
    chance = random.Random(f"{seed} {name}")
    for number in range(1, elections + 1):
        election = draw(chance)
        if not keeps(rule, election, chance):
            return Finding(name, False, number, str(election))
    return Finding(name, True, elections)


# Elections


def drawn(asks: str, chance: random.Random) -> Election:
    """Draw a small election of the kind that a rule asks for."""
    options = NAMES[: chance.randint(2, 4)]
    heaviest = chance.choice((1, 3, 9))
    ballots = tuple(
        (chance.randint(1, heaviest), _BALLOTS[asks](options, chance))
        for _ in range(chance.randint(1, 7))
    )
    return Election(options, ballots, asks in NUMBERED)


def _ranking(options: Sequence[str], chance: random.Random) -> Groups:
    ordered = chance.sample(options, chance.randint(0, len(options)))
    groups: list[list[str]] = []
    for option in ordered:
        if groups and chance.random() < 0.25:
            groups[-1].append(option)
        else:
            groups.append([option])
    return tuple(map(tuple, groups))


def _grades(options: Sequence[str], chance: random.Random) -> Groups:
    groups: list[list[str]] = [[] for _ in range(LEVELS)]
    for option in options:
        if chance.random() < 0.85:
            chance.choice(groups).append(option)
    return tuple(map(tuple, groups)) if any(groups) else ()


_BALLOTS: Mapping[str, Callable[[Sequence[str], random.Random], Groups]] = {
    "choose": kit_seats.one_marked,
    "approval": kit_seats.some_marked,
    "ranked": _ranking,
    "grades": _grades,
    "score": _grades,
    "points": _grades,
    "squares": _grades,
}
NUMBERED = ("grades", "score", "points", "squares")


def winners(rule: CountingRule, election: Election) -> set[str]:
    """Return who wins an election, all co-winners where there is a tie."""
    return set(rule.count(election.profile()).winners)


def _same(one: Result, other: Result) -> bool:
    return one.json() == other.json()


# What every rule keeps


def _repeats(rule: CountingRule, election: Election, _chance: random.Random) -> bool:
    profile = election.profile()
    return _same(rule.count(profile), rule.count(profile))


def _asks_nothing(rule: CountingRule, election: Election, _chance: random.Random) -> bool:
    try:
        with sealed_off():
            rule.count(election.profile())
    except Impure:
        return False
    return not reaches_for_chance(rule)


def _anonymous(rule: CountingRule, election: Election, chance: random.Random) -> bool:
    mixed = chance.sample(election.ballots, len(election.ballots))
    return _same(rule.count(election.profile()), rule.count(election.profile(mixed)))


def _neutral(rule: CountingRule, election: Election, chance: random.Random) -> bool:
    other = dict(
        zip(election.options, chance.sample(election.options, len(election.options)), strict=True)
    )
    renamed = tuple(
        (weight, tuple(tuple(other[o] for o in group) for group in groups))
        for weight, groups in election.ballots
    )
    return {other[o] for o in winners(rule, election)} == winners(
        rule, replace(election, ballots=renamed)
    )


def _merges(rule: CountingRule, election: Election, chance: random.Random) -> bool:
    shards: list[list[Ballot]] = [[], [], []]
    for ballot in election.ballots:
        chance.choice(shards).append(ballot)
    parts = [rule.partial(election.profile(shard)) for shard in shards]
    chance.shuffle(parts)
    one, two, three = parts
    whole = rule.count(election.profile())
    settings = settled(rule.settings, {})
    left = rule.decide(one.merge(two).merge(three), settings)
    right = rule.decide(one.merge(two.merge(three)), settings)
    return _same(whole, left) and _same(whole, right)


def _weighed(rule: CountingRule, election: Election, _chance: random.Random) -> bool:
    copies = [(1, groups) for weight, groups in election.ballots for _ in range(weight)]
    nothing = [(0, ((option,),)) for option in election.options if not election.graded]
    once = rule.count(election.profile())
    return _same(once, rule.count(election.profile(copies))) and set(once.winners) == set(
        rule.count(election.profile([*election.ballots, *nothing])).winners
    )


def _unanimous(rule: CountingRule, election: Election, chance: random.Random) -> bool:
    favourite = chance.choice(election.options)
    alone = tuple((weight, _top(favourite, election)) for weight, _ in election.ballots)
    return winners(rule, replace(election, ballots=alone)) == {favourite}


def _blank(rule: CountingRule, election: Election, _chance: random.Random) -> bool:
    more = replace(election, ballots=(*election.ballots, (1, ())))
    return winners(rule, more) == winners(rule, election)


def _top(option: str, election: Election) -> Groups:
    return ((option,), *((),) * (LEVELS - 1)) if election.graded else ((option,),)


# What some rules claim


def _majority(rule: CountingRule, election: Election, chance: random.Random) -> bool:
    favourite = chance.choice(election.options)
    rest = tuple(o for o in election.options if o != favourite)
    total = sum(weight for weight, groups in election.ballots if any(groups))
    follow = chance.choice([(), (rest,)])
    most = (*election.ballots, (total + 1, ((favourite,), *follow)))
    return winners(rule, replace(election, ballots=most)) == {favourite}


def _condorcet(rule: CountingRule, election: Election, _chance: random.Random) -> bool:
    best = [a for a in election.options if all(_beats(election, a, b) for b in election.options)]
    return not best or winners(rule, election) == set(best)


def _beats(election: Election, one: str, other: str) -> bool:
    if one == other:
        return True
    margin = 0
    for weight, groups in election.ballots:
        places = {option: n for n, group in enumerate(groups) for option in group}
        mine, its = places.get(one, len(NAMES)), places.get(other, len(NAMES))
        margin += weight * ((mine < its) - (mine > its))
    return margin > 0


def _monotonic(rule: CountingRule, election: Election, chance: random.Random) -> bool:
    won = sorted(winners(rule, election))
    if not won:
        return True
    winner = chance.choice(won)
    ballots = list(election.ballots)
    for place in chance.sample(range(len(ballots)), chance.randint(1, len(ballots))):
        weight, groups = ballots[place]
        for _ in range(chance.randint(1, LEVELS)):
            groups = _raised(groups, winner, election)
        ballots[place] = (weight, groups)
    return winner in winners(rule, replace(election, ballots=tuple(ballots)))


def _raised(groups: Groups, option: str, election: Election) -> Groups:
    """Return a ballot with an option one step higher, all others as they were."""
    at = next((n for n, group in enumerate(groups) if option in group), len(groups))
    without = [tuple(o for o in group if o != option) for group in groups]
    if election.graded:
        if not groups:
            return groups
        better = max(0, min(at, LEVELS) - 1)
        return tuple((*g, option) if n == better else g for n, g in enumerate(without))
    if len(groups) == 1 and at == len(groups) and len(groups[0]) > 1:
        return (((*groups[0], option)),)  # an approval more
    if at < len(groups) and len(groups[at]) > 1:
        without.insert(at, (option,))  # out of a tie, to its front
    else:
        without.insert(max(0, at - 1), (option,))
    return tuple(group for group in without if group)


def _participation(rule: CountingRule, election: Election, chance: random.Random) -> bool:
    """A voter who comes never makes somebody win whom they like less than the winner before."""
    before = winners(rule, election)
    if len(before) != 1:
        return True
    (winner,) = before
    asks = rule.asks
    comes = _BALLOTS[asks](election.options, chance)
    after = winners(rule, replace(election, ballots=(*election.ballots, (1, comes))))
    places = {option: n for n, group in enumerate(comes) for option in group}
    mine = places.get(winner, len(NAMES))
    worse = {o for o in after if places.get(o, len(NAMES)) > mine}
    return not worse or winner in after


def _clones(rule: CountingRule, election: Election, chance: random.Random) -> bool:
    """A near copy of an option, next to it on every ballot, changes nothing for the others."""
    copied = chance.choice(election.options)
    cloned = replace(
        election,
        options=(*election.options, CLONE),
        ballots=tuple((w, _with_clone(groups, copied, chance)) for w, groups in election.ballots),
    )
    after = {copied if option == CLONE else option for option in winners(rule, cloned)}
    return after == winners(rule, election)


def _with_clone(groups: Groups, copied: str, chance: random.Random) -> Groups:
    made: list[tuple[str, ...]] = []
    for group in groups:
        if group == (copied,):
            made += chance.choice([[(copied,), (CLONE,)], [(CLONE,), (copied,)], [(copied, CLONE)]])
        else:
            made.append((*group, CLONE) if copied in group else group)
    return tuple(made)


ALWAYS: Mapping[str, Property] = {
    "deterministic": _repeats,
    "no clock, no chance": _asks_nothing,
    "anonymous": _anonymous,
    "neutral": _neutral,
    "merges in any order": _merges,
    "weights honoured": _weighed,
    "unanimous": _unanimous,
    "blank ballots decide nothing": _blank,
}
CLAIMS: Mapping[str, Property] = {
    "majority": _majority,
    "condorcet": _condorcet,
    "monotonic": _monotonic,
    "participation": _participation,
    "clone_independent": _clones,
}
