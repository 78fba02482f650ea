"""Every real file of rankings under every rule for one winner."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from wugong_voting.counting.preflib import read
from wugong_voting.counting.profile import Profile
from wugong_voting.counting.registry import COUNTING

FOLDER = Path(__file__).resolve().parents[5] / "shared" / "data" / "preflib"
FILES = sorted(path.name for path in FOLDER.glob("*.*")) if FOLDER.is_dir() else []
ONE = sorted(rule for rule, chosen in COUNTING.items() if chosen.picks == "one")
PAIRWISE = ["condorcet", "copeland", "minimax", "ranked_pairs", "schulze", "smith"]

needs_data = pytest.mark.skipif(not FILES, reason=f"no files in {FOLDER}")


@cache
def profile(name: str) -> Profile:
    return read(FOLDER / name).profile


def top(scores: list[Any]) -> set[int]:
    return {i for i, score in enumerate(scores) if score == max(scores)}


def condorcet(wins: list[list[int]]) -> set[int]:
    others = range(len(wins))
    return {a for a in others if all(wins[a][b] > wins[b][a] for b in others if b != a)}


@needs_data
@pytest.mark.parametrize("name", FILES)
def test_every_rule_counts_every_file(name: str) -> None:
    read_here = profile(name)
    for rule in ONE:
        if rule == "kemeny" and len(read_here.options) > 12:
            with pytest.raises(ValueError, match="up to 12 options"):
                COUNTING[rule].count(read_here)
            continue
        result = COUNTING[rule].count(read_here)
        assert set(result.winners) <= set(read_here.options), rule
        assert bool(result.winners) or rule == "condorcet", rule
        assert result.tied == (result.winners if len(result.winners) > 1 else ()), rule


@needs_data
@pytest.mark.parametrize("name", FILES)
def test_whoever_wins_every_duel_wins_under_every_rule_that_promises_it(name: str) -> None:
    read_here = profile(name)
    found = COUNTING["condorcet"].count(read_here)
    matrix = [list(map(int, row)) for row in found.matrix]
    expected = {read_here.options[i] for i in condorcet(matrix)}
    assert set(found.winners) == expected
    for rule in PAIRWISE if expected else ():
        assert set(COUNTING[rule].count(read_here).winners) == expected, rule


@needs_data
@pytest.mark.parametrize("name", FILES)
def test_the_matrix_is_what_the_ballots_say_one_by_one(name: str) -> None:
    read_here = profile(name)
    if len(read_here.options) > 30:
        pytest.skip("too many pairs for the long way")
    weights = [1] * read_here.rows if read_here.weights is None else read_here.weights.tolist()
    count = len(read_here.options)
    wins = [[0] * count for _ in range(count)]
    for ballot, weight in zip(read_here.ranks.T.tolist(), weights, strict=True):
        for a, b in permutations(range(count), 2):
            wins[a][b] += weight * (ballot[a] < ballot[b])
    assert [list(row) for row in COUNTING["schulze"].count(read_here).matrix] == wins


@needs_data
@pytest.mark.parametrize(
    ("name", "options"),
    [("00018-00000003.soi", 477), ("00037-00000001.cat", 613), ("00041-00000001.soc", 885)],
)
def test_files_with_hundreds_of_options_are_counted(name: str, options: int) -> None:
    assert len(profile(name).options) == options and profile(name).ranks.itemsize in (1, 2)
    for rule in ("ranked_pairs", "schulze", "irv", "borda"):
        assert COUNTING[rule].count(profile(name)).winners


@needs_data
@pytest.mark.parametrize("rule", PAIRWISE)
def test_dublin_north_has_the_same_winner_in_both_encodings(rule: str) -> None:
    short, full = (profile(f"00001-00000001.{kind}") for kind in ("soi", "toc"))
    assert short.voters == full.voters == 43_942
    count: Callable[[Profile], Any] = COUNTING[rule].count
    assert count(short).winners == count(full).winners


@needs_data
@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".soi")])
def test_unranked_and_tied_last_are_one_election_to_pairwise_rules(name: str) -> None:
    short = profile(name)
    if len(short.options) > 100:
        pytest.skip("the same ranks with another mark, at length")
    # Put what a ballot does not rank together behind its last place, as .toc does.
    places = (short.ranks < short.unranked).sum(axis=0).astype(short.ranks.dtype)
    ranks = short.ranks.copy()
    ranks[:] = (short.ranks < short.unranked) * short.ranks + (
        short.ranks == short.unranked
    ) * places
    full = Profile(short.options, ranks, short.weights, short.blank)
    for rule in PAIRWISE:
        one, other = COUNTING[rule].count(short), COUNTING[rule].count(full)
        assert (one.winners, one.matrix) == (other.winners, other.matrix), rule
