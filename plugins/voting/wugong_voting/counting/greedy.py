"""Greedy funding: projects in the order of a score, each while the money lasts.

Projects of equal score have no order of their own. Where not all of them can be funded, every way
to go on is followed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from wugong_voting.counting.result import Exact, Result, Sentence
from wugong_voting.counting.settings import Choice
from wugong_voting.counting.spending import Offer, Votes, amount, missed, open_tie
from wugong_voting.counting.ways import agreed, follow
from wugong_voting.counting.words import N_

SKIP = Choice("skip", "yes", ("yes", "no"))
PART = Choice("part_funding", "")


@dataclass(frozen=True, slots=True)
class Funding:
    """One way through the projects: where it stands, what was funded, what is left."""

    at: int  # the group of equal scores
    rest: tuple[int, ...]  # members of the group that were not looked at
    funded: tuple[int, ...]
    left: int
    seen: tuple[tuple[int, int], ...] = ()  # group, money left before each funding
    part: tuple[int, int] | None = None  # a project, and what it gets of its cost
    stopped: bool = False


class Greedy:
    """Funds groups of equal scores, best first."""

    def __init__(
        self,
        offer: Offer,
        groups: Sequence[tuple[int, ...]],
        skip: bool = True,
        part: Fraction | None = None,
        rule: str = "pb_greedy",
    ) -> None:
        self.offer, self.skip, self.part, self.rule = offer, skip, part, rule
        self.groups: list[tuple[int, ...]] = list(groups)
        self.group_of = {project: n for n, group in enumerate(self.groups) for project in group}
        if offer.order:  # nothing is left open: every project is a group of its own
            place = {project: n for n, project in enumerate(offer.order)}
            single = [(p,) for group in groups for p in sorted(group, key=place.__getitem__)]
            self.groups = list(single)

    def ways(self, funded: tuple[int, ...] = (), left: int | None = None) -> list[Funding]:
        """Return every end, beginning with what is funded already."""
        start = Funding(-1, (), funded, self.offer.budget if left is None else left)
        return follow(
            self.rule,
            start,
            self._step,
            lambda way: (way.at, frozenset(way.funded), frozenset(way.rest), way.part, way.stopped),
        )

    def _step(self, way: Funding) -> list[Funding]:
        if way.stopped:
            return []
        excluded = self.offer.excluded(way.funded)
        rest = tuple(p for p in way.rest if p not in excluded and p not in way.funded)
        if self.skip and self.part is None:
            rest = tuple(p for p in rest if self.offer.costs[p] <= way.left)
        if not rest:
            if way.at + 1 == len(self.groups):
                return []
            return [replace(way, at=way.at + 1, rest=self.groups[way.at + 1])]
        together = sum(self.offer.costs[p] for p in rest) <= way.left
        if together and not any(p in self.offer.excluded(rest) for p in rest):
            for project in rest:
                way = self._fund(way, project)
            return [replace(way, rest=())]
        return [self._take(replace(way, rest=rest), project) for project in rest]

    def _take(self, way: Funding, project: int) -> Funding:
        cost = self.offer.costs[project]
        way = replace(way, rest=tuple(p for p in way.rest if p != project))
        if cost <= way.left:
            return self._fund(way, project)
        if self.part is not None and way.left >= self.part * cost:
            return replace(way, part=(project, way.left), left=0, stopped=True)
        return way if self.skip else replace(way, stopped=True)

    def _fund(self, way: Funding, project: int) -> Funding:
        return replace(
            way,
            funded=(*way.funded, project),
            left=way.left - self.offer.costs[project],
            seen=(*way.seen, (project, way.left)),
        )


def grouped(projects: Sequence[int], scores: Mapping[int, Exact]) -> list[tuple[int, ...]]:
    """Return projects in groups of equal scores, highest first."""
    groups: dict[Exact, list[int]] = {}
    for project in projects:
        groups.setdefault(scores[project], []).append(project)
    return [tuple(groups[score]) for score in sorted(groups, reverse=True)]


def part_of(settings: Mapping[str, Any]) -> Fraction | None:
    """Read the share of its cost that a project must be able to get to be funded in part."""
    text = str(settings.get("part_funding", ""))
    if not text:
        return None
    try:
        share = Fraction(text)
    except ValueError:
        raise ValueError(f"part_funding is a share such as 0.8, not {text!r}") from None
    if not 0 <= share <= 1:
        raise ValueError(f"part_funding is a share from 0 to 1, not {text!r}")
    return share


def fund(
    rule: str,
    asked: Votes,
    settings: Mapping[str, Any],
    score: Callable[[Offer, int], Exact],
    votes_for: Callable[[Offer, int, Exact], int],
) -> Result:
    """Fund by ``score``; ``votes_for`` answers how many votes bring a project above a score."""
    offer = Offer(asked, settings)
    scores = {p: score(offer, p) for p in offer.open}
    free = [p for p in offer.open if offer.costs[p] == 0]
    paid = [p for p in offer.open if offer.costs[p] > 0]
    groups = [*((p,) for p in free), *grouped(paid, scores)]
    greedy = Greedy(offer, groups, settings["skip"] == "yes", part_of(settings), rule)
    ends = greedy.ways()
    winners, tied = agreed([end.funded for end in ends])
    shown = ends[0]
    rounds: list[dict[str, Any]] = []
    for n, (project, left) in enumerate(shown.seen, 1):
        rounds.append(
            {
                "round": n,
                "project": offer.options[project],
                "votes": offer.votes[project],
                "cost": offer.money(offer.costs[project]),
                "left": offer.money(left - offer.costs[project]),
            }
        )
    if shown.part:
        project, given = shown.part
        rounds.append({"part": offer.options[project], "given": offer.money(given)})
    certificate = [
        *_told(offer, shown),
        *_missing(offer, shown, scores, votes_for),
        *offer.out(shown.funded),
        *open_tie(offer.named(tied)),
    ]
    return Result(
        rule,
        tuple(offer.named(winners)),
        tuple(offer.named(tied)),
        scores={offer.options[p]: value for p, value in scores.items()},
        rounds=tuple(rounds),
        options=settings,
        certificate=tuple(certificate),
    )


def _told(offer: Offer, way: Funding) -> list[Sentence]:
    told = []
    for n, (project, _) in enumerate(way.seen, 1):
        details = {
            "project": offer.options[project],
            "round": n,
            "votes": str(offer.votes[project]),
            "cost": amount(offer.money(offer.costs[project])),
        }
        said = N_("{project} was funded in round {round} with {votes} votes; it costs {cost}.")
        told.append(Sentence(said, details))
    if way.part:
        project, given = way.part
        details = {
            "project": offer.options[project],
            "given": amount(offer.money(given)),
            "cost": amount(offer.money(offer.costs[project])),
        }
        told.append(Sentence(N_("{project} gets the rest: {given} of {cost}."), details))
    return told


def _missing(
    offer: Offer,
    way: Funding,
    scores: Mapping[int, Exact],
    votes_for: Callable[[Offer, int, Exact], int],
) -> list[Sentence]:
    """Tell for each project left over how much money or how many votes it lacked.

    More votes would have helped by bringing it before the last project that was funded while there
    was still enough for it; that project may have had free ones before it.
    """
    told = []
    excluded = offer.excluded(way.funded)
    for project in offer.open:
        if project in way.funded or project in excluded or (way.part and project == way.part[0]):
            continue
        cost = offer.costs[project]
        turns = [(p, left) for p, left in way.seen if offer.costs[p] > 0]
        later = [left - offer.costs[p] for p, left in turns if scores[p] >= scores[project]]
        lacking = max(cost - (later[-1] if later else offer.budget), 0)
        before = [p for p, left in turns if left >= cost]
        needed = votes_for(offer, project, scores[before[-1]]) if before else 0
        more = max(needed - offer.votes[project], 0)
        told.append(missed(offer.options[project], offer.money(lacking), more))
    return told
