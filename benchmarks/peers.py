"""Other libraries that count votes, each behind one call: raw rankings in, winners out.

A peer is asked as its own documentation does it, from the same rows of a numpy array (or the same
file) that our rules get, and what it needs to build first is part of its time. A peer that is not
installed is left out with its reason.
"""

from __future__ import annotations

import importlib
import warnings
from collections import Counter
from collections.abc import Callable
from importlib import metadata
from typing import Any

import numpy as np

Rankings = Any  # numpy array: a row a ballot, options from best to worst
Weights = Any  # numpy array of whole numbers, or None
Count = Callable[[Rankings, Weights], set[int]]

NAMES = ("votelib", "pyrankvote", "pref_voting", "votekit", "abcvoting", "pabutools")


def version(name: str) -> str | None:
    """Return the version of a peer, ``None`` when it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def missing() -> list[str]:
    """Say which peers are not there and how to get them."""
    absent = [name for name in NAMES if version(name) is None]
    return [f"{name}: not installed (pip install -e '.[bench]')" for name in absent]


def load(name: str, module: str) -> Any:
    """Import a module of a peer without the warnings that it gives."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(f"{name}.{module}" if module else name)


def _joined(rows: Rankings, weights: Weights) -> dict[tuple[int, ...], int]:
    ballots = map(tuple, rows.tolist())
    if weights is None:
        return Counter(ballots)
    return dict(zip(ballots, weights.tolist(), strict=True))


def _names(found: Any) -> set[int]:
    made: set[int] = set()
    for one in found:
        made |= set(one) if hasattr(one, "__iter__") else {one}
    return made


def votelib() -> dict[str, Count]:
    """Counted from a mapping of ballots to numbers."""
    condorcet, core = load("votelib", "evaluate.condorcet"), load("votelib", "evaluate.core")
    convert, sequential = load("votelib", "convert"), load("votelib", "evaluate.sequential")
    ranks = load("votelib", "component.rankscore")

    def pairwise(evaluator: Any) -> Count:
        def count(rows: Rankings, weights: Weights) -> set[int]:
            matrix = convert.RankedToCondorcetVotes().convert(_joined(rows, weights))
            return _names(evaluator().evaluate(matrix, 1))

        return count

    def borda(rows: Rankings, weights: Weights) -> set[int]:
        points = convert.RankedToPositionalVotes(ranks.Borda()).convert(_joined(rows, weights))
        return _names(core.Plurality().evaluate(points, 1))

    def irv(rows: Rankings, weights: Weights) -> set[int]:
        joined = _joined(rows, weights)
        return _names(sequential.TransferableVoteSelector().evaluate(joined, 1))

    return {
        "borda": borda,
        "irv": irv,
        "schulze": pairwise(condorcet.Schulze),
        "copeland": pairwise(condorcet.Copeland),
        "minimax": pairwise(condorcet.MinimaxCondorcet),
        "ranked_pairs": pairwise(condorcet.RankedPairs),
        "kemeny": pairwise(condorcet.KemenyYoung),
    }


def pyrankvote() -> dict[str, Count]:
    """Counted from one object a ballot; it knows no weights."""
    library = load("pyrankvote", "")

    def irv(rows: Rankings, _weights: Weights) -> set[int]:
        options = [library.Candidate(str(i)) for i in range(rows.shape[1])]
        ballots = [library.Ballot([options[i] for i in row]) for row in rows.tolist()]
        found = library.instant_runoff_voting(options, ballots).get_winners()
        return {int(str(winner.name)) for winner in found}

    return {"irv": irv}


def pref_voting() -> dict[str, Count]:
    """Counted from its ``Profile``."""
    profiles = load("pref_voting", "profiles")
    rules = {
        "plurality": ("scoring_methods", "plurality"),
        "borda": ("scoring_methods", "borda"),
        "irv": ("iterative_methods", "instant_runoff"),
        "schulze": ("margin_based_methods", "beat_path"),
        "copeland": ("c1_methods", "copeland"),
        "minimax": ("margin_based_methods", "minimax"),
        "ranked_pairs": ("margin_based_methods", "ranked_pairs"),
        "bucklin": ("other_methods", "bucklin"),
        "kemeny": ("other_methods", "kemeny_young"),
    }

    def one(module: str, name: str) -> Count:
        rule = getattr(load("pref_voting", module), name)

        def count(rows: Rankings, weights: Weights) -> set[int]:
            counts = None if weights is None else weights.tolist()
            return set(map(int, rule(profiles.Profile(rows.tolist(), rcounts=counts))))

        return count

    return {ours: one(module, name) for ours, (module, name) in rules.items()}


def votekit() -> dict[str, Count]:
    """Counted from its ``RankProfile``; several winners are an error of its own."""
    elections = load("votekit", "elections")
    ballot, profile = load("votekit", "ballot"), load("votekit", "pref_profile")
    rules = {
        "irv": "IRV",
        "borda": "Borda",
        "schulze": "Schulze",
        "ranked_pairs": "RankedPairs",
        "plurality": "Plurality",
    }

    def one(name: str) -> Count:
        def count(rows: Rankings, weights: Weights) -> set[int]:
            counts = [1] * len(rows) if weights is None else weights.tolist()
            named = [frozenset({str(i)}) for i in range(rows.shape[1])]
            ballots = [
                ballot.RankBallot(ranking=tuple(named[i] for i in row), weight=weight)
                for row, weight in zip(rows.tolist(), counts, strict=True)
            ]
            seats: dict[str, Any] = {} if name == "IRV" else {"n_seats": 1}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                rule = getattr(elections, name)
                found = rule(profile.RankProfile(ballots=tuple(ballots)), **seats).get_elected()
            return {int(one) for group in found for one in group}

        return count

    return {ours: one(name) for ours, name in rules.items()}


PEERS: dict[str, Callable[[], dict[str, Count]]] = {
    "votelib": votelib,
    "pyrankvote": pyrankvote,
    "pref_voting": pref_voting,
    "votekit": votekit,
}


def installed() -> dict[str, dict[str, Count]]:
    """Return the rules of every peer that is there, each called once, so that all is compiled."""
    found = {name: make() for name, make in PEERS.items() if version(name)}
    few, numbers = np.array([[0, 1, 2], [0, 2, 1], [1, 2, 0]]), np.array([2, 1, 1])
    for name, rules in found.items():
        for count in rules.values():
            count(few, None)
            if name != "pyrankvote":
                count(few, numbers)
    return found
