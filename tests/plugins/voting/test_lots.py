"""Lots: the same seed draws the same people, whoever draws; a class gets what its quota says."""

from __future__ import annotations

import json
import random
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from recount import main as recount
from recounting.lots import drawn as drawn_again
from wugong_server.cli import cli
from wugong_voting.lots import Person, commitment, digest, draw, shares, ticket

SEED = "seed of the village, 2026"
PEOPLE = [Person(f"p{n}", "女" if n % 3 else "男") for n in range(12)]


def test_a_ticket_is_the_hash_of_form_seed_and_id() -> None:
    assert (
        ticket("s" * 16, "甲")
        == sha256(b"wugong-lots/1\n" + b"s" * 16 + "\n甲".encode()).hexdigest()
    )


def test_the_order_of_the_list_plays_no_part_and_a_ticket_depends_on_nobody_else() -> None:
    found = draw(PEOPLE, SEED, 5)
    assert draw(PEOPLE[::-1], SEED, 5) == found
    assert digest(PEOPLE[::-1]) == digest(PEOPLE)
    without = [one for one in PEOPLE if one.id != found.drawn[0]]
    assert draw(without, SEED, 4).drawn == found.drawn[1:]
    assert draw(PEOPLE, SEED, 6).drawn == (*found.drawn, found.substitutes[0])


@pytest.mark.parametrize(
    ("seats", "empty"),
    [
        pytest.param(11, {}, id="one fewer"),
        pytest.param(12, {}, id="all"),
        pytest.param(13, {"": 1}, id="one more"),
    ],
)
def test_seats_beyond_the_list_stay_empty_and_are_said(seats: int, empty: dict[str, int]) -> None:
    found = draw(PEOPLE, SEED, seats)
    assert (len(found.drawn), dict(found.unfilled)) == (min(seats, 12), empty)


def test_a_class_gets_its_quota_and_no_other_class_its_empty_seats() -> None:
    found = draw(PEOPLE, SEED, 8, {"男": 5, "女": 3})  # four men on the list
    classes = Counter(one.group for one in PEOPLE if one.id in found.drawn)
    assert classes == {"男": 4, "女": 3}
    assert dict(found.unfilled) == {"男": 1}
    with pytest.raises(ValueError, match="quotas are of 7 seats, there are 8"):
        draw(PEOPLE, SEED, 8, {"男": 4, "女": 3})


def test_shares_are_exact_and_equal_remainders_go_by_ticket() -> None:
    assert shares(PEOPLE, 6, SEED) == {"女": 4, "男": 2}
    halves = [Person("a", "x"), Person("b", "y")]
    first = min("xy", key=lambda name: ticket(SEED, name))
    assert shares(halves, 1, SEED) == {name: int(name == first) for name in "xy"}
    assert shares(halves, 3, SEED)[first] == 2


@pytest.mark.parametrize(
    ("people", "seed", "said"),
    [
        ([], SEED, "nobody on the list"),
        ([Person("a"), Person("a")], SEED, "a is on the list twice"),
        ([Person("a"), Person("")], SEED, "entry 2 has no id"),
        ([Person("a\tb")], SEED, "entry 1"),
        ([Person("a")], "x" * 15, "at least 16 characters"),
        ([Person("a")], "x" * 16 + "\n", "one line"),
    ],
)
def test_what_cannot_be_drawn_from_is_named(people: list[Person], seed: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw(people, seed, 1)
    assert len(commitment("x" * 16)) == 64


def test_over_many_seeds_everybody_is_drawn_about_as_often() -> None:
    times = Counter(draw(PEOPLE, f"{SEED} {n}", 3).drawn[0] for n in range(2400))
    assert min(times.values()) > 140 and max(times.values()) < 260  # 200 each, four deviations


def test_the_program_that_recounts_draws_the_same() -> None:
    chance = random.Random("lots")
    for number in range(200):
        people = [Person(f"m{n}", chance.choice("abc")) for n in range(chance.randint(1, 20))]
        seats, seed = chance.randint(1, 12), f"{SEED} {number}"
        quotas = shares(people, seats, seed) if number % 2 else {}
        if number % 4 == 1:
            quotas = {"a": seats, "z": 0}
        found = draw(people, seed, seats, quotas)
        told = {
            "seed": seed,
            "commitment": commitment(seed),
            "list": digest(people),
            "people": [{"id": one.id, "class": one.group} for one in people],
            "seats": seats,
            "quotas": quotas,
        }
        assert drawn_again(told) == (list(found.drawn), dict(found.unfilled))


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["draw", *arguments])
    return done.exit_code, done.output


def test_the_command_commits_then_draws_and_its_file_is_recounted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "people.csv"
    rows = "".join(f"{one.id},{one.group}\n" for one in PEOPLE)
    table.write_text("id,sex\n" + rows, encoding="utf-8-sig")
    code, said = run(str(table), "--commit", "--class", "sex")
    seed, promised, listed = (line.split(": ")[1] for line in said.splitlines())
    assert code == 0 and commitment(seed) == promised
    checks = ["--seed", seed, "--commitment", promised, "--list", listed, "--class", "sex"]
    code, said = run(str(table), *checks, "--quota", "男=5", "--quota", "女=1")
    assert code == 0 and "1 seats of 男 stay empty" in said
    code, said = run(str(table), *checks, "--seats", "6", "--json")
    path = tmp_path / "draw.json"
    path.write_text(said, encoding="utf-8")
    assert recount([str(path)]) == 0
    changed = {**json.loads(said), "drawn": ["p0"]}
    path.write_text(json.dumps(changed), encoding="utf-8")
    assert recount([str(path)]) == 1
    path.write_text(json.dumps({**changed, "seed": "another"}), encoding="utf-8")
    assert recount([str(path)]) == 2
    assert "not the one that was committed to" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--seed", SEED], 2, "name --seats"),
        (["--seats", "1"], 2, "name --seed"),
        (["--seed", SEED, "--quota", "男=1"], 2, "name --class"),
        (["--seed", SEED, "--class", "age", "--seats", "1"], 2, "no column 'age'"),
        (["--seed", SEED, "--class", "sex", "--quota", "男"], 2, "CLASS=N"),
        (["--seed", SEED, "--seats", "1", "--commitment", "0" * 64], 1, "commitment is not"),
        (["--seed", SEED, "--seats", "1", "--list", "0" * 64], 1, "list is not"),
    ],
)
def test_the_command_says_what_is_wrong(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    table = tmp_path / "people.csv"
    table.write_text("id,sex\na,男\n", encoding="utf-8")
    assert run(str(table), *arguments)[0] == code
    assert said in run(str(table), *arguments)[1]
