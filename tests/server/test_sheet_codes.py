"""The code on a record sheet: read back as it was made, and a mistyped letter is noticed."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.law.lawbook import LAW
from wugong.journal import CODE_LETTERS
from wugong.steps import placed_in
from wugong_server.sheet_codes import (
    MOST_NUMBER,
    Named,
    code_of,
    community_mark,
    read_code,
    step_mark,
)

CODE = code_of("wutong.17", "owners.lift.plan")


@pytest.mark.parametrize("number", [1, 17, MOST_NUMBER])
def test_a_code_is_read_back(number: int) -> None:
    named = read_code(code_of(f"wutong.{number}", "owners.lift.plan"))
    assert named == Named(number, community_mark("wutong"), step_mark("owners.lift.plan"))


def test_the_community_itself_has_number_0() -> None:
    assert read_code(code_of("wutong", "villagers.publication.major")).number == 0


def test_a_number_beyond_twelve_letters_has_no_code() -> None:
    assert code_of(f"wutong.{MOST_NUMBER + 1}", "owners.lift.plan") == ""


@pytest.mark.parametrize(
    "typed", [CODE.lower(), CODE.replace("-", ""), f" {CODE} ", "  ".join(CODE)]
)
def test_capitals_hyphens_and_blanks_do_not_matter(typed: str) -> None:
    assert read_code(typed) == read_code(CODE)


def test_nearly_every_single_mistyped_letter_is_noticed_and_none_names_the_same() -> None:
    plain, taken = CODE.replace("-", ""), 0
    for place, letter in enumerate(plain):
        for other in set(CODE_LETTERS) - {letter}:
            try:
                named = read_code(plain[:place] + other + plain[place + 1 :])
            except ValueError:
                continue
            taken += 1
            assert named != read_code(CODE)
    assert taken <= 2


def test_nearly_every_swap_of_two_letters_is_noticed() -> None:
    plain, taken = CODE.replace("-", ""), 0
    for i, j in combinations(range(len(plain)), 2):
        letters = list(plain)
        letters[i], letters[j] = letters[j], letters[i]
        if letters == list(plain):
            continue
        try:
            read_code("".join(letters))
        except ValueError:
            continue
        taken += 1
    assert taken <= 2


@pytest.mark.parametrize(
    "typed", ["", CODE[:-1], CODE + "2", "O" + CODE[1:], "1111-1111-1111", "é"]
)
def test_what_cannot_be_a_code_is_not_read(typed: str) -> None:
    with pytest.raises(ValueError, match="12 letters"):
        read_code(typed)


def test_no_two_shipped_steps_have_the_same_mark() -> None:
    names = [placed.id for one in LAW.values() for placed in placed_in(one)]
    names += [f"four_two.{one}" for one in ("proposal", "consultation", "review")]
    names += [f"four_two.{one}" for one in ("resolution", "decision", "result")]
    marks = {name: step_mark(name) for name in names}
    assert len(set(marks.values())) == len(set(names))
