from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from wugong_voting.commands.tallying import list_rules, tally_file
from wugong_voting.counting.registry import COUNTING
from wugong_voting.counting.tally import rules, tally

DATA = Path(__file__).parents[5] / "shared" / "data"
FILES = sorted(DATA.glob("*/*.*")) if DATA.is_dir() else []
absent = pytest.mark.skipif(not FILES, reason="the folder of real elections is not here")


@pytest.fixture
def ranked(tmp_path: Path) -> Path:
    path = tmp_path / "vote.soi"
    path.write_text("# NUMBER ALTERNATIVES: 3\n4: 1,2,3\n3: 2,1,3\n3: 3,2\n", encoding="utf-8")
    return path


@pytest.fixture
def town(tmp_path: Path) -> Path:
    path = tmp_path / "town.pb"
    path.write_text(
        "META\nkey;value\nbudget;10\nvote_type;approval\nPROJECTS\nproject_id;cost\n"
        "a;6\nb;4,50\nVOTES\nvoter_id;vote\n1;a,b\n2;a\n3;\n",
        encoding="utf-8",
    )
    return path


def test_a_tally_has_the_fields_that_were_promised(ranked: Path, town: Path) -> None:
    found = tally(ranked, "irv")
    assert {"rule", "file", "voters", "winners", "tied", "rounds", "options", "certificate"} <= set(
        found
    )
    assert (found["file"], found["voters"]) == ("vote.soi", 10)
    assert "matrix" in tally(ranked, "schulze")
    spent = tally(town, "pb_greedy")
    assert (spent["winners"], spent["voters"]) == (["a"], 3)
    assert json.loads(json.dumps(spent)) == spent


@pytest.mark.parametrize("rule", ["stv", "plurality", "schulze", "borda"])
def test_ballots_too_heavy_to_be_added_up_are_refused(tmp_path: Path, rule: str) -> None:
    path = tmp_path / "vote.soi"

    def weighing(*weights: int) -> dict[str, Any]:
        lines = [f"{weight}: {n},{3 - n}" for n, weight in enumerate(weights, 1)]
        path.write_text("\n".join(["# NUMBER ALTERNATIVES: 2", *lines]), encoding="utf-8")
        return tally(path, rule)

    assert weighing(2**61, 2**61 - 1)["winners"] == ["1"]
    for weights in ((2**61, 2**61), (2**62, 2**62), (2**63, 1), (2**64, 2**64)):
        with pytest.raises(ValueError, match=r"below 2\*\*62"):
            weighing(*weights)


def test_without_a_tie_break_all_co_winners_are_listed(ranked: Path) -> None:
    found = tally(ranked, "irv")
    assert (found["winners"], found["tied"]) == (["1", "2"], ["1", "2"])
    assert tally(ranked, "irv", tie_break="2>3>1")["winners"] == ["2"]


def test_seats_completion_and_other_options_reach_the_rule(ranked: Path, town: Path) -> None:
    assert tally(ranked, "stv", seats=2, settings={"quota": "hare"})["options"]["quota"] == "hare"
    assert tally(town, "mes_cost", completion="add1")["options"]["completion"] == "add1"
    with pytest.raises(ValueError, match="no setting 'seats'"):
        tally(ranked, "schulze", seats=2)


def test_budget_ballots_are_approvals_and_rankings_for_other_rules(town: Path) -> None:
    assert tally(town, "seq_pav", seats=1)["winners"] == ["a"]
    assert tally(town, "approval")["winners"] == ["a"]


def test_faults_say_what_is_wrong(ranked: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no rule 'guess'"):
        tally(ranked, "guess")
    with pytest.raises(ValueError, match="spends a budget"):
        tally(ranked, "mes_cost")
    other = tmp_path / "x.txt"
    other.write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.txt: files end in"):
        tally(other, "irv")


def test_every_rule_is_listed_with_its_options() -> None:
    listed = {rule["rule"]: rule for rule in rules()}
    assert set(listed) == set(COUNTING)
    assert {"name": "completion", "default": "none", "values": ["none", "add1", "add1u"]} in listed[
        "mes_cost"
    ]["options"]


def test_the_commands_print_words_or_json(ranked: Path) -> None:
    group = click.Group(commands=[tally_file, list_rules])
    runner = CliRunner()
    said = runner.invoke(group, ["tally", str(ranked), "--rule", "stv", "--seats", "2"])
    assert said.exit_code == 0, said.output
    assert "winners: 1\ntied: 2, 3\n" in said.output
    found = runner.invoke(group, ["tally", str(ranked), "--rule", "borda", "--json"])
    assert json.loads(found.output)["rule"] == "borda"
    assert len(json.loads(runner.invoke(group, ["rules", "--json"]).output)) == len(COUNTING)
    assert "droop_exact" in runner.invoke(group, ["rules"]).output
    wrong = runner.invoke(group, ["tally", str(ranked), "--rule", "stv", "--set", "quota"])
    assert (wrong.exit_code, "NAME=VALUE" in wrong.output) == (2, True)


@absent
@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_real_file_is_counted_by_every_rule_that_fits(path: Path) -> None:
    names: tuple[str, ...] = (
        "pb_greedy",
        "pb_greedy_per_cost",
        "mes_cost",
        "mes_cardinality",
        "phragmen_pb",
    )
    if path.suffix != ".pb":
        names = ("plurality", "borda", "schulze", "seq_phragmen", "mes_committee", "seq_pav")
    for rule in names:
        several = COUNTING[rule].picks == "several"
        found = tally(path, rule, seats=3 if several else None, tie_break=None)
        assert not set(found["winners"]) & set(found["tied"]) or not several
        assert found["voters"] > 0


@absent
@pytest.mark.parametrize("rule", ["schulze", "borda", "stv"])
def test_the_same_election_in_two_encodings_has_the_same_winners(rule: str) -> None:
    seats = 4 if rule == "stv" else None
    short = tally(DATA / "preflib" / "00001-00000001.soi", rule, seats=seats)
    full = tally(DATA / "preflib" / "00001-00000001.toc", rule, seats=seats)
    assert short["winners"] == full["winners"]


@absent
def test_more_than_254_options_of_a_real_election() -> None:
    found = tally(DATA / "preflib" / "00018-00000003.soi", "stv", seats=2)
    assert found["winners"] == ["1", "5"]
