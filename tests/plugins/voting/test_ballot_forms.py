"""A ballot says one thing or is refused with the reason; nothing on it is guessed or repaired."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugong_voting.ballot_forms import (
    BLANK,
    SPOILT,
    BallotForm,
    Groups,
    Misread,
    read,
    supported,
    unusable,
    write_grades,
    write_places,
)

OPTIONS = ("lamp", "bench", "tree")
CHOOSE, ANY, TWO = BallotForm("choose"), BallotForm("approval"), BallotForm("approval", most=2)
RANKED, GRADES = BallotForm("ranked"), BallotForm("grades", levels=4)


@pytest.mark.parametrize(
    ("text", "form", "groups"),
    [
        pytest.param("bench", CHOOSE, (("bench",),), id="one"),
        pytest.param("tree,lamp", ANY, (("tree", "lamp"),), id="two of three"),
        pytest.param("tree, lamp", TWO, (("tree", "lamp"),), id="as many as allowed"),
        pytest.param("bench>lamp=tree", RANKED, (("bench",), ("lamp", "tree")), id="with a tie"),
        pytest.param("bench", RANKED, (("bench",),), id="truncated"),
        pytest.param("lamp:3,tree:0", GRADES, (("lamp",), (), (), ("tree",)), id="grades"),
    ],
)
def test_each_kind_has_its_line_of_text(text: str, form: BallotForm, groups: Groups) -> None:
    assert read(text, form, OPTIONS).groups == groups


@pytest.mark.parametrize(
    ("text", "form", "code"),
    [
        pytest.param("fountain", CHOOSE, "voting.unknown_option", id="unknown"),
        pytest.param("lamp,bench", CHOOSE, "voting.unknown_option", id="two where one is asked"),
        pytest.param("lamp,lamp", ANY, "voting.named_twice", id="approved twice"),
        pytest.param("lamp,bench,tree", TWO, "voting.too_many", id="one more than allowed"),
        pytest.param("lamp>bench>lamp", RANKED, "voting.named_twice", id="two places"),
        pytest.param("lamp>>bench", RANKED, "voting.unknown_option", id="a place without option"),
        pytest.param("lamp>abstain", RANKED, "voting.unknown_option", id="abstaining in part"),
        pytest.param("lamp:4", GRADES, "voting.out_of_scale", id="above the scale"),
        pytest.param("lamp:-1", GRADES, "voting.grade_missing", id="below the scale"),
        pytest.param("lamp", GRADES, "voting.grade_missing", id="no grade"),
        pytest.param("lamp:１", GRADES, "voting.grade_missing", id="a digit of another script"),
        pytest.param("lamp:1,lamp:1", GRADES, "voting.named_twice", id="graded twice"),
        pytest.param("!because", RANKED, "voting.spoilt_why", id="no known reason"),
    ],
)
def test_what_cannot_be_counted_is_named(text: str, form: BallotForm, code: str) -> None:
    with pytest.raises(Misread) as misread:
        read(text, form, (*OPTIONS, "abstain"))
    assert misread.value.code == code


@pytest.mark.parametrize("form", [CHOOSE, ANY, RANKED, GRADES], ids=lambda form: form.kind)
def test_every_kind_has_blank_and_spoilt_ballots(form: BallotForm) -> None:
    assert read(BLANK, form, OPTIONS).named == read("abstain", form, OPTIONS).named == ()
    assert [read(f"!{why}", form, OPTIONS).spoilt for why in SPOILT] == list(SPOILT)


def test_a_ballot_agrees_to_what_it_names_and_grades_above_nothing() -> None:
    assert supported(read("tree>lamp", RANKED, OPTIONS), RANKED) == ("tree", "lamp")
    assert supported(read("lamp:1,tree:0", GRADES, OPTIONS), GRADES) == ("lamp",)
    assert supported(read(BLANK, GRADES, OPTIONS), GRADES) == ()


def test_ids_that_a_ballot_could_not_name_are_found() -> None:
    assert unusable(["a>b", "a=b", "a,b", "a:b", "a b", "-", "!x", "a-b", "一", "x!"]) == (
        *("a>b", "a=b", "a,b", "a:b", "a b", "-", "!x"),
    )


@given(st.dictionaries(st.sampled_from(OPTIONS), st.integers(1, 5)))
def test_places_are_written_as_they_are_read(places: dict[str, int]) -> None:
    groups = read(write_places(places), RANKED, OPTIONS).groups
    ranks = {option: place for place, group in enumerate(groups) for option in group}
    assert ranks.keys() == places.keys()
    for one in places:
        for other in places:
            assert (ranks[one] < ranks[other]) == (places[one] < places[other])


@given(st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, 3)))
def test_grades_are_written_as_they_are_read(grades: dict[str, int]) -> None:
    groups = read(write_grades(grades), GRADES, OPTIONS).groups
    assert {o: 3 - place for place, group in enumerate(groups) for o in group} == grades
