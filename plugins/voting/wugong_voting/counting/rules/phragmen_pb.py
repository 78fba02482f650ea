"""Phragmén's rule for budgets: voters earn at one pace, supporters buy as soon as they can.

It stops at the first project that does not fit into what is left. Source: M. Los, Z. Christoff,
D. Grossi, «Proportional Budget Allocations: Towards a Systematization» (2022).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from wugong_voting.counting.budget import BudgetProfile
from wugong_voting.counting.phragmen import Loads, loads
from wugong_voting.counting.result import Result, Sentence
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.spending import (
    INCOMPATIBLE,
    MIN_SCORE,
    TIE_BREAK,
    Offer,
    amount,
    ballots,
    missed,
    open_tie,
)
from wugong_voting.counting.ways import Order, agreed, follow
from wugong_voting.counting.words import N_


def decide(summary: BudgetProfile, settings: Mapping[str, Any]) -> Result:
    """Buy what is due first until a project does not fit."""
    offer = Offer(summary, settings)
    free: list[int] = []
    for project in offer.open:
        if offer.costs[project] == 0 and project not in offer.excluded(free):
            free.append(project)
    paid = [p for p in offer.open if offer.costs[p] > 0 and p not in offer.excluded(free)]
    start = loads(summary.ballots, offer.costs, paid, offer.budget, offer.clashes)
    order = Order(offer.order)
    ends = follow("phragmen_pb", start, lambda way: way.step(order), Loads.key)
    winners, tied = agreed([(*free, *(one.project for one in end.bought)) for end in ends])
    shown = ends[0]
    funded = [*free, *(one.project for one in shown.bought)]
    return Result(
        "phragmen_pb",
        tuple(offer.named(winners)),
        tuple(offer.named(tied)),
        rounds=tuple(_rounds(offer, free, shown)),
        options=settings,
        certificate=(
            *_told(offer, free, shown),
            *_missing(offer, funded, shown),
            *offer.out(funded),
            *open_tie(offer.named(tied)),
        ),
    )


def _rounds(offer: Offer, free: list[int], way: Loads) -> list[dict[str, Any]]:
    rounds: list[dict[str, Any]] = [
        {"round": n, "project": offer.options[p], "earned": Fraction(0)}
        for n, p in enumerate(free, 1)
    ]
    for one in way.bought:
        told: dict[str, Any] = {
            "round": len(rounds) + 1,
            "project": offer.options[one.project],
            "earned": offer.money(one.load),
        }
        if len(one.tied) > 1:
            told["tied"] = offer.named(one.tied)
        rounds.append(told)
    if way.stopped:
        project, load = way.stopped
        rounds.append({"stopped_at": offer.options[project], "earned": offer.money(load)})
    return rounds


def _told(offer: Offer, free: list[int], way: Loads) -> list[Sentence]:
    told = []
    for n, project in enumerate(free, 1):
        said = N_("{project} was funded in round {round}: it costs nothing and has a supporter.")
        told.append(Sentence(said, {"project": offer.options[project], "round": n}))
    for n, one in enumerate(way.bought, len(free) + 1):
        details = {
            "project": offer.options[one.project],
            "round": n,
            "earned": amount(offer.money(one.load)),
        }
        said = N_("{project} was funded in round {round}, when every voter had earned {earned}.")
        told.append(Sentence(said, details))
    if way.stopped:
        project = way.stopped[0]
        details = {
            "project": offer.options[project],
            "cost": amount(offer.money(offer.costs[project])),
            "left": amount(offer.money(way.left)),
        }
        said = N_("{project} was next: it costs {cost} and {left} was left, so the count stopped.")
        told.append(Sentence(said, details))
    return told


def _missing(offer: Offer, funded: list[int], way: Loads) -> list[Sentence]:
    """Tell what supporters of a project lacked when the count stopped.

    A further supporter would have brought all that a voter had earned by then.
    """
    told = []
    earned = way.stopped[1] if way.stopped else Fraction(0)
    out = [*funded, *offer.excluded(funded)]
    for project in offer.open:
        if project in out or (way.stopped and project == way.stopped[0]) or not earned:
            continue
        lacking = (way.load(project) - earned) * way.goods.support[project]
        more = ceil(max(lacking, Fraction(0)) / earned)
        told.append(missed(offer.options[project], offer.money(max(lacking, Fraction(0))), more))
    return told


RULE = CountingRule(
    id="phragmen_pb",
    title=N_("Equal earnings, bought as soon as affordable (Phragmén)"),
    asks="projects",
    partial=ballots,
    decide=decide,
    picks="projects",
    settings=(MIN_SCORE, INCOMPATIBLE, TIE_BREAK),
    source="Phragmén 1894; Los, Christoff and Grossi 2022",
    claims=("pjr", "blank_ignored"),
)
