"""The rules for several seats that spend no money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from recounting.polls import Poll, line, most
from recounting.ways import Found, agreed, every_end, fill, first, seats_of, sets, supporters


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


@dataclass(frozen=True)
class Transfers:
    """A transferable vote: its papers, what a seat costs, how ties and surpluses are settled."""

    papers: tuple[tuple[tuple[str, ...], int], ...]  # in order of preference, and how many alike
    quota: Fraction
    seats: int
    order: Sequence[str]
    looks_back: bool  # a tie is settled by the latest stage in which they differed
    cuts: bool  # values are cut to five decimals

    def settle(self, stage: Stage, tied: list[str], highest: bool) -> list[str]:
        """Return whom a tie leaves: one where something settles it, else all of them."""
        for votes in reversed(stage.past[:-1]) if self.looks_back else ():
            if len(tied) == 1 or not all(name in votes for name in tied):
                break
            edge = (max if highest else min)(votes[name] for name in tied)
            tied = [name for name in tied if votes[name] == edge]
        if not self.order:
            return tied
        return [(min if highest else max)(tied, key=self.order.index)]

    def seat(self, stage: Stage, name: str, votes: Fraction) -> Stage:
        """Give a seat; what is above the quota waits to pass on."""
        more = ((name, votes - self.quota),) if votes > self.quota else ()
        return replace(
            stage,
            standing=stage.standing - {name},
            elected=(*stage.elected, name),
            waiting=(*stage.waiting, *more),
        )

    def move(self, stage: Stage, gone: str, share: Fraction | None) -> Stage:
        """Pass the papers of ``gone`` on, each at that share of its value; none: at its value."""
        held = list(stage.held)
        for number, (names, _weight) in enumerate(self.papers):
            holder, value = held[number]
            if holder != gone:
                continue
            if share is not None:
                value *= share
                value = Fraction(int(value * 100_000), 100_000) if self.cuts else value
            held[number] = (next((n for n in names if n in stage.standing), ""), value)
        return replace(stage, held=tuple(held))

    def votes(self, stage: Stage) -> dict[str, Fraction]:
        """Add up what each holds who stands, or waits to pass a surplus on."""
        found = dict.fromkeys(stage.standing | {name for name, _ in stage.waiting}, Fraction(0))
        for (holder, value), (_names, weight) in zip(stage.held, self.papers, strict=True):
            if holder in found:
                found[holder] += weight * value
        return found

    def step(self, stage: Stage) -> list[Stage]:
        """Return the stages that may follow: none at the end, several where a tie stays open."""
        if len(stage.elected) == self.seats or not stage.standing:
            return []
        votes = self.votes(stage)
        stage = replace(stage, past=(*stage.past, votes))
        left = self.seats - len(stage.elected)
        reached = sorted(name for name in stage.standing if votes[name] >= self.quota)
        if len(stage.standing) <= left and not reached:
            reached = sorted(stage.standing)
        for name in sorted(reached, key=lambda name: -votes[name]):
            rivals = [n for n in reached if n in stage.standing and votes[n] == votes[name]]
            if len(rivals) > self.seats - len(stage.elected):
                return [
                    self.seat(stage, one, votes[one]) for one in self.settle(stage, rivals, True)
                ]
            if name in stage.standing:
                stage = self.seat(stage, name, votes[name])
        left = self.seats - len(stage.elected)
        if not left or not stage.standing:
            return [stage]
        if len(stage.standing) <= left:
            for name in sorted(stage.standing, key=lambda name: -votes[name]):
                stage = self.seat(stage, name, votes[name])
            return [stage]
        return self.surpluses(stage, votes) or self.exclusions(stage, votes)

    def surpluses(self, stage: Stage, votes: Mapping[str, Fraction]) -> list[Stage]:
        """Pass the largest surplus on, if one waits."""
        surplus = dict(stage.waiting)
        return [
            self.move(
                replace(stage, waiting=tuple(w for w in stage.waiting if w[0] != name)),
                name,
                surplus[name] / votes[name],
            )
            for name in (self.settle(stage, most(surplus), True) if surplus else ())
        ]

    def exclusions(self, stage: Stage, votes: Mapping[str, Fraction]) -> list[Stage]:
        """Take the last one out."""
        fewest = min(votes[name] for name in stage.standing)
        last = [name for name in sorted(stage.standing) if votes[name] == fewest]
        return [
            self.move(replace(stage, standing=stage.standing - {name}), name, None)
            for name in self.settle(stage, last, False)
        ]

    def key(self, stage: Stage) -> Any:
        """Tell stages apart; what was before matters only to who looks back."""
        past = stage.past if self.looks_back else ()
        told = tuple(tuple(sorted(votes.items())) for votes in past)
        return stage.standing, frozenset(stage.elected), frozenset(stage.waiting), stage.held, told


def stv(poll: Poll, order: Sequence[str]) -> Found:
    """Quota, surpluses at a share of their value, last one out; every tie followed."""
    scottish, seats = poll.rule == "stv_scottish", seats_of(poll)
    quota = Fraction(poll.weight // (seats + 1) + 1)
    if not scottish and poll.options.get("quota", "droop") != "droop":
        quota = Fraction(poll.weight, seats + (poll.options["quota"] == "droop_exact"))
    joined: dict[tuple[str, ...], int] = {}
    for weight, groups in poll.ballots:
        joined[tuple(line(groups))] = joined.get(tuple(line(groups)), 0) + weight
    count = Transfers(
        papers=tuple(joined.items()),
        quota=quota,
        seats=seats,
        order=order,
        looks_back=scottish or poll.options.get("ties") == "look_back",
        cuts=scottish or poll.options.get("surplus") == "scottish",
    )
    held = tuple((names[0] if names else "", Fraction(1)) for names, _ in count.papers)
    start = Stage(frozenset(poll.names), (), (), held, ())
    ends = every_end(start, count.step, count.key) if count.papers else []
    return agreed([end.elected for end in ends])
