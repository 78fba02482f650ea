"""Equal shares over a budget: the count, its completion, and its explanation.

``mes_cost`` and ``mes_cardinality`` differ in what a project is worth to its supporters: its cost,
or one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from wugong_voting.counting.add_one import Raised, add_one
from wugong_voting.counting.budget import BudgetProfile
from wugong_voting.counting.equal_shares import Goods, Shop, shop
from wugong_voting.counting.greedy import Greedy, grouped
from wugong_voting.counting.result import Result, Sentence
from wugong_voting.counting.settings import Choice
from wugong_voting.counting.spending import Offer, amount, missed, open_tie
from wugong_voting.counting.ways import Order, agreed, every_order, follow
from wugong_voting.counting.words import N_

COMPLETION = Choice("completion", "none", ("none", "add1", "add1u"))


@dataclass(frozen=True, slots=True)
class _End:
    """One way to its end: free projects, what was bought, what was added by votes."""

    free: tuple[int, ...]
    shop: Shop
    endowment: Fraction
    raised: Raised | None = None
    added: tuple[int, ...] = ()

    @property
    def funded(self) -> tuple[int, ...]:
        return (*self.free, *(one.project for one in self.shop.bought), *self.added)


def fund(
    rule: str, profile: BudgetProfile, settings: Mapping[str, Any], use_is_cost: bool
) -> Result:
    """Count with equal shares."""
    offer = Offer(profile, settings)
    voters = profile.valid + profile.blank
    free = _free(offer)
    paid = [p for p in offer.open if offer.costs[p] > 0 and p not in offer.excluded(free)]
    goods = Goods(profile.ballots, offer.costs, paid, use_is_cost, offer.clashes)
    endowment = Fraction(offer.budget, max(voters, 1))
    if settings["completion"] == "none":
        start = shop(goods, endowment)
        order = Order(offer.order)
        shops = follow(rule, start, lambda way: way.step(order), Shop.key)
        ends = [_End(free, one, endowment) for one in shops]
    else:
        ends = _completed(rule, offer, goods, endowment, free)
        if settings["completion"] == "add1u":
            ends = [one for end in ends for one in _filled(rule, offer, end)]
    winners, tied = agreed([end.funded for end in ends])
    shown = ends[0]
    return Result(
        rule,
        tuple(offer.named(winners)),
        tuple(offer.named(tied)),
        rounds=tuple(_rounds(offer, shown)),
        options={**settings, "endowment": offer.money(shown.endowment)},
        certificate=(
            *_told(offer, shown),
            *_missing(offer, shown),
            *offer.out(shown.funded),
            *open_tie(offer.named(tied)),
        ),
    )


def _free(offer: Offer) -> tuple[int, ...]:
    """Return what costs nothing; of those that exclude each other the one with most votes."""
    free = [p for p in offer.open if offer.costs[p] == 0]
    place = {p: n for n, p in enumerate(offer.order)}
    taken: list[int] = []
    for project in sorted(free, key=lambda p: (-offer.votes[p], place.get(p, p))):
        if project not in offer.excluded(taken):
            taken.append(project)
    return tuple(taken)


def _completed(
    rule: str, offer: Offer, goods: Goods, endowment: Fraction, free: tuple[int, ...]
) -> list[_End]:
    def exhausted(bought: frozenset[int]) -> bool:
        left = offer.budget - sum(offer.costs[p] for p in bought)
        out = offer.excluded([*free, *bought])
        return all(offer.costs[p] > left for p in goods.offered if p not in bought and p not in out)

    def run(order: Order) -> Raised:
        return add_one(goods, endowment, offer.unit, order, offer.budget, exhausted)

    raised = every_order(rule, run, offer.order)
    return [_End(free, one.shop, one.endowment, one) for one in raised]


def _filled(rule: str, offer: Offer, end: _End) -> list[_End]:
    left = offer.budget - sum(offer.costs[p] for p in end.funded)
    others = [p for p in offer.open if p not in end.funded]
    groups = grouped(others, {p: offer.votes[p] for p in others})
    ways = Greedy(offer, groups, rule=rule).ways(end.funded, left)
    kept = len(end.funded)
    return [_End(end.free, end.shop, end.endowment, end.raised, way.funded[kept:]) for way in ways]


def _rounds(offer: Offer, end: _End) -> list[dict[str, Any]]:
    rounds: list[dict[str, Any]] = []
    left = offer.budget
    for n, project in enumerate(end.free, 1):
        rounds.append(_round(offer, n, project, Fraction(0), left))
    for one in end.shop.bought:
        left -= offer.costs[one.project]
        told = _round(offer, len(rounds) + 1, one.project, one.price, left)
        if len(one.tied) > 1:
            told["tied"] = offer.named(one.tied)
        rounds.append(told)
    for project in end.added:
        left -= offer.costs[project]
        rounds.append(
            {
                "round": len(rounds) + 1,
                "project": offer.options[project],
                "by_votes": offer.votes[project],
                "left": offer.money(left),
            }
        )
    return rounds


def _round(offer: Offer, n: int, project: int, price: Fraction, left: int) -> dict[str, Any]:
    return {
        "round": n,
        "project": offer.options[project],
        "price": offer.money(price),
        "votes": offer.votes[project],
        "cost": offer.money(offer.costs[project]),
        "left": offer.money(left),
    }


def _told(offer: Offer, end: _End) -> list[Sentence]:
    told = []
    if end.raised and end.raised.steps:
        details = {
            "steps": str(end.raised.steps),
            "endowment": amount(offer.money(end.endowment)),
        }
        said = N_("Every voter's share was raised {steps} times by 1, to {endowment}.")
        told.append(Sentence(said, details))
    if end.raised and end.raised.next_cost is not None:
        details = {
            "cost": amount(offer.money(end.raised.next_cost)),
            "budget": amount(offer.money(offer.budget)),
        }
        said = N_("One step more would have cost {cost}; there is {budget}.")
        told.append(Sentence(said, details))
    for n, project in enumerate(end.free, 1):
        said = N_("{project} was funded in round {round}: it costs nothing and has a supporter.")
        told.append(Sentence(said, {"project": offer.options[project], "round": n}))
    for n, one in enumerate(end.shop.bought, len(end.free) + 1):
        details = {
            "project": offer.options[one.project],
            "round": str(n),
            "price": amount(offer.money(one.price)),
        }
        said = N_("{project} was funded in round {round} at {price} a supporter.")
        told.append(Sentence(said, details))
    for n, project in enumerate(end.added, len(end.free) + len(end.shop.bought) + 1):
        details = {
            "project": offer.options[project],
            "round": str(n),
            "votes": str(offer.votes[project]),
        }
        said = N_("{project} was added in round {round} with {votes} votes, from what was left.")
        told.append(Sentence(said, details))
    return told


def _missing(offer: Offer, end: _End) -> list[Sentence]:
    """Tell for each project left over what its supporters lacked.

    A further supporter would bring a whole share.
    """
    told = []
    out: Sequence[int] = [*end.funded, *offer.excluded(end.funded)]
    for project in offer.open:
        if project in out:
            continue
        together = end.shop.purses.together(end.shop.goods.rows[project])
        lacking = max(offer.costs[project] - together, Fraction(0))
        more = ceil(lacking / end.endowment) if end.endowment else 0
        told.append(missed(offer.options[project], offer.money(lacking), more))
    return told
