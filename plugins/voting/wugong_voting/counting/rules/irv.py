"""Instant run-off (IRV): the last drops out, one at a time, until one has more than half.

A ballot counts for its best remaining option and is read up to its first tied group. Where several
are last together and it matters, every choice is followed; whoever wins on one of the ways is a
co-winner.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wugong import N_
from wugong_voting.counting.heaps import Heaps, heaps
from wugong_voting.counting.result import Result, Sentence
from wugong_voting.counting.rule import CountingRule
from wugong_voting.counting.settings import TIE_BREAK, order

MOST_WAYS = 50_000


def decide(summary: Heaps, settings: Mapping[str, Any]) -> Result:
    """Drop the last until somebody has more than half of the ballots that still count."""
    options = summary.options
    breaker = order(settings, options)
    place = {options.index(option): n for n, option in enumerate(breaker)}
    rounds: list[dict[str, Any]] = []
    won = _follow(summary, place, rounds) if summary.valid else set()
    every = _every_way(summary, won) if place else won
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
        return _follow(summary, {}, []) if summary.valid else won
    except ValueError:
        return won


def _follow(summary: Heaps, place: Mapping[int, int], rounds: list[dict[str, Any]]) -> set[int]:
    """Return who wins on some way; ``rounds`` tells the first of them."""
    everyone = frozenset(range(len(summary.options)))
    seen: set[frozenset[int]] = set()
    won: set[int] = set()
    ways = [everyone]
    first = True
    while ways:
        standing = ways.pop()
        if standing in seen:
            continue
        seen.add(standing)
        if len(seen) > MOST_WAYS:
            raise ValueError("irv: too many ties for the last place; name a tie break")
        winner, last = _round(summary, standing, rounds if first else [])
        if winner is not None:
            won.add(winner)
            first = False
        elif place:
            ways.append(standing - {max(last, key=lambda i: place[i])})
        else:
            ways += [standing - {one} for one in sorted(last, reverse=True)]
    return won


def _round(
    summary: Heaps, standing: frozenset[int], rounds: list[dict[str, Any]]
) -> tuple[int | None, list[int]]:
    votes = summary.firsts(standing)
    named = {summary.options[i]: int(votes[i]) for i in sorted(standing)}
    told: dict[str, Any] = {"round": len(rounds) + 1, "votes": named}
    rounds.append(told)
    total = sum(named.values())
    told["exhausted"] = summary.valid - total
    ahead = max(standing, key=lambda i: int(votes[i]))
    if 2 * int(votes[ahead]) > total or len(standing) == 1:
        return ahead, []
    fewest = min(int(votes[i]) for i in standing)
    last = [i for i in sorted(standing) if int(votes[i]) == fewest]
    told["last"] = [summary.options[i] for i in last]
    return None, last


RULE = CountingRule(
    id="irv",
    title=N_("Instant run-off (IRV)"),
    asks="ranked",
    partial=heaps,
    decide=decide,
    settings=(TIE_BREAK,),
    claims=("majority",),
)
