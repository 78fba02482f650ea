"""Instant run-off (IRV): the last drops out, one at a time, until one has more than half.

A ballot counts for its best remaining option and is read up to its first tied group. Where several
are last together and it matters, every choice is followed; whoever wins on one of the ways is a
co-winner.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong_voting.counting.heaps import Heaps, heaps
from wugong_voting.counting.result import Result, Sentence
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order
from wugong_voting.counting.words import N_

MOST_WAYS = 50_000
MANY_WAYS = 100  # from here on looking for groups costs less than following every way


def decide(summary: Heaps, settings: Mapping[str, Any]) -> Result:
    """Drop the last until somebody has more than half of the ballots that still count."""
    options = summary.options
    breaker = order(settings, options)
    place = {options.index(option): n for n, option in enumerate(breaker)}
    rounds: list[dict[str, Any]] = []
    won: set[int] = set()
    if summary.valid:
        winner, ties = _tell(summary, place, rounds)
        won = every = {winner}
        if ties and place:
            every = _every_way(summary, won)
        elif ties:
            won = every = _follow(summary)
    else:
        every = won
    winners = tuple(option for i, option in enumerate(options) if i in won)
    said = Sentence(
        N_("After {rounds} rounds {winners} has more than half."),
        {"rounds": len(rounds), "winners": winners},
    )
    return Result(
        "irv",
        winners,
        tied=tuple(o for i, o in enumerate(options) if i in every) if len(every) > 1 else (),
        rounds=tuple(rounds),
        options=settings,
        certificate=(said,),
    )


def _every_way(summary: Heaps, won: set[int]) -> set[int]:
    """Return whoever wins on some way, also where a tie break takes one; ``won`` if too many."""
    try:
        return _follow(summary)
    except ValueError:
        return won


def _tell(
    summary: Heaps, place: Mapping[int, int], rounds: list[dict[str, Any]]
) -> tuple[int, bool]:
    """Follow one way, round by round: who wins on it, and whether there are others.

    Of several that are last the one latest in the tie break drops out, else the first on the paper.
    """
    options, valid = summary.options, summary.valid
    standing = list(range(len(options)))
    ties = False
    while True:
        votes = summary.firsts(standing).tolist()
        here = [votes[i] for i in standing]
        total, most, fewest = sum(here), max(here), min(here)
        named = {options[i]: votes[i] for i in standing}
        told = {"round": len(rounds) + 1, "votes": named, "exhausted": valid - total}
        rounds.append(told)
        if 2 * most > total or len(standing) == 1:
            return standing[here.index(most)], ties
        last = [i for i in standing if votes[i] == fewest]
        told["last"] = [options[i] for i in last]
        ties = ties or len(last) > 1
        standing.remove(max(last, key=lambda i: place[i]) if place else last[0])


def _follow(summary: Heaps) -> set[int]:
    """Return who wins on some way."""
    seen: set[frozenset[int]] = set()
    won: set[int] = set()
    ways = [frozenset(range(len(summary.options)))]
    while ways:
        standing = ways.pop()
        if standing in seen:
            continue
        seen.add(standing)
        if len(seen) > MOST_WAYS:
            raise ValueError("irv: too many ties for the last place; name a tie break")
        votes = summary.firsts(standing).tolist()
        ranked = sorted(standing, key=lambda i: (votes[i], i))
        ahead = ranked[-1]
        if 2 * votes[ahead] > sum(votes) or len(ranked) == 1:
            won.add(ahead)
            continue
        if votes[ahead] == 0:  # no ballot counts any more: each of them can be the one who stays
            won |= standing
            continue
        last = [i for i in ranked if votes[i] == votes[ranked[0]]]
        if len(last) == 1:
            ways.append(standing - set(last))
        elif sure := _sure_losers(
            ranked, votes, len(last), summary if len(seen) > MANY_WAYS else None
        ):
            ways.append(standing - sure)
        else:
            ways += [standing - {one} for one in last]
    return won


def _sure_losers(
    ranked: list[int], votes: list[int], least: int, ballots: Heaps | None
) -> set[int]:
    """Return a group of the last that drops out before anybody else whatever the order, if any.

    No member can pass the next one while all others stand: together they have fewer votes than the
    next alone, or (which costs more to find) too few ballots have any of them above all others.
    """
    together = 0
    for size in range(1, len(ranked)):
        together += votes[ranked[size - 1]]
        following = votes[ranked[size]]
        if size < least or votes[ranked[size - 1]] == following:
            continue
        if together < following:
            return set(ranked[:size])
        if ballots and max(ballots.above(ranked[:size], ranked[size:])) < following:
            return set(ranked[:size])
    return set()


RULE = CountingRule(
    id="irv",
    title=N_("Instant run-off (IRV)"),
    asks="ranked",
    partial=heaps,
    decide=decide,
    settings=(TIE_BREAK,),
    claims=("majority",),
)
