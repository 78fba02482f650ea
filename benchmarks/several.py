"""Several seats and budgets: our exact rules beside other libraries, on real files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.contest import Peer, Times, contest
from wugong_voting.counting import pabulib, preflib
from wugong_voting.counting.profile import Profile
from wugong_voting.counting.registry import COUNTING

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
STV = [("00001-00000001.soi", 4), ("00007-00000077.soi", 4), ("00008-00000007.soi", 4)]
ADD_ONE = {
    "Łódź": "Poland_Lodz_2022.pb",
    "Assen": "Netherlands_Assen_2024.pb",
    "Wieliczka": "Poland_Wieliczka_2023_Green_Budget.pb",
    "Toulouse": "France_Toulouse_2022.pb",
}
Row = dict[str, Any]
Show = Callable[[list[Row]], list[Row]]


def compare(
    goal: str,
    rule: str,
    size: str,
    ours: Callable[[], Any],
    called: Mapping[str, Callable[[], Any]],
) -> list[Row]:
    """Count with our rule and with peers that return the ids of winners."""
    own, found = contest(ours, {name: Peer(call) for name, call in called.items()})
    made = []
    for name, times in found.items():
        row: Row = {"goal": goal, "rule": rule, "size": size, "peer": name}
        row |= {"ours_ms": own.ms, "first_ms": own.first, "version": peers.version(name)}
        if isinstance(times, Times):
            row |= {"peer_ms": times.ms, "calls": times.calls, "ratio": times.ms / own.ms}
            row["stopped"] = times.stopped
            if not times.stopped:
                row["same"] = set(map(str, times.answer)) == set(own.answer)
        else:
            row["failed"] = times
        made.append(row)
    return made


def fresh(profile: Any, rule: str, settings: dict[str, Any]) -> Any:
    """Count without anything that an earlier count has kept."""
    return COUNTING[rule].count(replace(profile), settings).winners


def transferable(show: Show) -> list[Row]:
    """G5: STV of real files, from the rankings as they were read."""
    made: list[Row] = []
    for name, seats in STV:
        path = DATA / "preflib" / name
        if not path.exists():
            said = "no files"
            return show([{"goal": "G5", "rule": "stv", "size": "", "peer": "", "failed": said}])
        profile = preflib.read(path).profile
        ours = partial(fresh, profile, "stv", {"seats": seats})
        called = {k: partial(call, *_orders(profile), seats) for k, call in _stv().items()}
        made += show(compare("G5", "stv", f"{name[:-13]} {seats} seats", ours, called))
    return made


def _orders(profile: Profile) -> tuple[list[tuple[int, ...]], list[int], int]:
    """Return strict rankings, how many cast each, and the number of options."""
    ranks = profile.ranks.T
    order = np.argsort(ranks, axis=1, kind="stable")
    lengths = (ranks < profile.unranked).sum(axis=1)
    listed = [tuple(row[:n]) for row, n in zip(order.tolist(), lengths.tolist(), strict=True)]
    weights = [1] * profile.rows if profile.weights is None else profile.weights.tolist()
    return listed, weights, len(profile.options)


Elect = Callable[[list[tuple[int, ...]], list[int], int, int], Any]


def _stv() -> dict[str, Elect]:
    found: dict[str, Elect] = {}
    if peers.version("pyrankvote"):
        found["pyrankvote"] = _pyrankvote
    if peers.version("votelib"):
        found["votelib"] = _votelib
    if peers.version("pref_voting"):
        found["pref_voting"] = _pref_voting
    if peers.version("votekit"):
        found["votekit"] = _votekit
    return found


def _pyrankvote(orders: Any, weights: Any, options: int, seats: int) -> Any:
    library = peers.load("pyrankvote", "")
    named = [library.Candidate(str(i + 1)) for i in range(options)]
    ballots = [
        library.Ballot([named[i] for i in order])
        for order, number in zip(orders, weights, strict=True)
        for _ in range(number)
    ]
    found = library.single_transferable_vote(named, ballots, number_of_seats=seats)
    return [winner.name for winner in found.get_winners()]


def _votelib(orders: Any, weights: Any, _options: int, seats: int) -> Any:
    rule = peers.load("votelib", "evaluate.sequential").TransferableVoteSelector
    votes = dict(zip(orders, weights, strict=True))
    return [i + 1 for i in rule(quota_function="droop").evaluate(votes, seats)]


def _pref_voting(orders: Any, weights: Any, options: int, seats: int) -> Any:
    """Count by the same rule: whole Droop quota, all ballots of a surplus at the same share."""
    made = peers.load("pref_voting", "profiles_with_ties").ProfileWithTies
    ranked = [{option: place for place, option in enumerate(order, 1)} for order in orders]
    profile = made(ranked, rcounts=weights, candidates=list(range(options)))
    rule = peers.load("pref_voting", "proportional_methods").stv_wig
    found = rule(profile, num_seats=seats, quota_rule="droop")
    return [int(i) + 1 for i in found]


def _votekit(orders: Any, weights: Any, options: int, seats: int) -> Any:
    ballot = peers.load("votekit", "ballot").RankBallot
    named = [frozenset({str(i + 1)}) for i in range(options)]
    ballots = tuple(
        ballot(ranking=tuple(named[i] for i in order), weight=number)
        for order, number in zip(orders, weights, strict=True)
    )
    profile = peers.load("votekit", "pref_profile").RankProfile(ballots=ballots)
    found = peers.load("votekit", "elections").STV(profile, n_seats=seats).get_elected()
    return [one for group in found for one in group]


def budgets(goal: str, show: Show) -> list[Row]:
    """G6: Equal Shares, Phragmén and greedy on one city, exact on both sides; G7: add1."""
    if not (DATA / "pabulib").is_dir() or not peers.version("pabutools"):
        said = "no files or no pabutools"
        return show([{"goal": goal, "rule": "mes_cost", "size": "", "peer": "", "failed": said}])
    election, rules = peers.load("pabutools", "election"), peers.load("pabutools", "rules")
    fractions = peers.load("pabutools", "fractions")
    fractions.FRACTION = "gmpy2"
    sat = {"sat_class": election.Cost_Sat}
    theirs: dict[str, Callable[..., Any]] = {
        "mes_cost": lambda i, p: rules.method_of_equal_shares(i, p, **sat),
        "phragmen_pb": rules.sequential_phragmen,
        "pb_greedy": lambda i, p: rules.greedy_utilitarian_welfare(i, p, **sat),
    }

    def parsed(path: Path) -> tuple[Any, Any]:
        instance, profile = election.parse_pabulib(str(path))
        return instance, profile.as_multiprofile()

    def whole(path: Path, call: Callable[..., Any]) -> list[str]:
        return [project.name for project in call(*parsed(path))]

    def tally(call: Callable[..., Any], instance: Any, profile: Any) -> list[str]:
        return [project.name for project in call(instance, profile)]

    def steps(instance: Any, profile: Any) -> Any:
        return rules.method_of_equal_shares(instance, profile, voter_budget_increment=1, **sat)

    made: list[Row] = []
    if goal == "G6":
        path = DATA / "pabulib" / ADD_ONE["Łódź"]
        profile, read = pabulib.read(path).profile, parsed(path)
        for rule, call in theirs.items():
            ours, called = partial(fresh, profile, rule, {}), partial(tally, call, *read)
            made += show(compare("G6", rule, "Łódź", ours, {"pabutools": called}))
        files = partial(_from_file, path)
        called = partial(whole, path, theirs["mes_cost"])
        return [
            *made,
            *show(compare("G6", "mes_cost + file", "Łódź", files, {"pabutools": called})),
        ]
    for place, name in ADD_ONE.items():
        path = DATA / "pabulib" / name
        profile, read = pabulib.read(path).profile, parsed(path)
        ours = partial(fresh, profile, "mes_cost", {"completion": "add1"})
        called = partial(tally, steps, *read)
        made += show(compare("G7", "mes_cost add1", place, ours, {"pabutools": called}))
    return made


def _from_file(path: Path) -> Any:
    return fresh(pabulib.read(path).profile, "mes_cost", {})


def committees(show: Show, voters: int = 10_000, options: int = 30, seats: int = 10) -> list[Row]:
    """G8: committees from approvals of many voters."""
    if not peers.version("abcvoting"):
        said = "no abcvoting"
        return show([{"goal": "G8", "rule": "seq_pav", "size": "", "peer": "", "failed": said}])
    rng = np.random.default_rng(8)
    chosen = rng.random((voters, options)) < rng.uniform(0.05, 0.4, options)
    chosen[~chosen.any(axis=1), 0] = True
    ranks = np.where(chosen.T, 0, options).astype(np.uint8)
    ours = Profile(tuple(map(str, range(options))), ranks)
    preferences, rules = peers.load("abcvoting", "preferences"), peers.load("abcvoting", "abcrules")

    def theirs(rule: str, **more: Any) -> Any:
        profile = preferences.Profile(options)
        profile.add_voters([np.flatnonzero(row).tolist() for row in chosen])
        return next(iter(rules.compute(rule, profile, seats, resolute=True, **more)))

    pairs = {"seq_pav": "seqpav", "mes_committee": "equal-shares"}
    made: list[Row] = []
    for rule, name in pairs.items():
        more = {"completion": None} if rule == "mes_committee" else {}
        size = f"{voters:,}×{options}"
        called = {"abcvoting": partial(theirs, name, **more)}
        made += show(
            compare("G8", rule, size, partial(fresh, ours, rule, {"seats": seats}), called)
        )
    return made
