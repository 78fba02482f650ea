"""What a test still needs is exact: with it the test is met, with one less it is not."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal

from hypothesis import assume, example, given
from hypothesis import strategies as st

from wugong import Procedure, Requirement, Threshold, judge
from wugong.procedures import Basis
from wugong_voting.needs import consent_needs, turnout_needs, what_if

shares = st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(3, 4), Fraction(1)])


def procedure(share: Fraction, inclusive: bool, base: Literal["all", "part"]) -> Procedure:
    test = Requirement("test", "area", base, Threshold(share, inclusive, "source"))
    quorum = (Requirement("quorum", "area", "all", Threshold(share, inclusive, "source")),)
    return Procedure(
        "example",
        {"en": "Example"},
        "body",
        "urban",
        "owners",
        quorum,
        (test,),
        (Basis("章程", 2024, "I"),),
        date(2021, 1, 1),
    )


def area(value: int) -> dict[Literal["heads", "households", "area"], int]:
    return {"heads": 0, "households": 0, "area": value}


@example(share=Fraction(1), inclusive=True, numbers=[0, 0, 1], base="part")
@example(share=Fraction(1), inclusive=True, numbers=[0, 1, 2], base="part")
@given(
    share=shares,
    inclusive=st.booleans(),
    numbers=st.lists(st.integers(0, 500), min_size=3, max_size=3).map(sorted),
    base=st.sampled_from(["all", "part"]),
)
def test_fresh_agreement_is_the_least_that_carries(
    share: Fraction, inclusive: bool, numbers: list[int], base: Literal["all", "part"]
) -> None:
    yes, part, whole = numbers
    assume(whole > 0 and (inclusive or share < 1))
    its = procedure(share, inclusive, base)
    (need,) = consent_needs(its, area(whole), area(part), area(yes))

    def met(more: int) -> bool:
        after = judge(its, area(whole), area(part + more), area(yes + more))[1]
        return after[-1].met

    if need.fresh is None:
        assert not any(met(more) for more in range(whole - part + 1))
    else:
        assert met(need.fresh)
        assert need.fresh == 0 or not met(need.fresh - 1)


@given(share=shares, numbers=st.lists(st.integers(0, 500), min_size=2, max_size=2).map(sorted))
def test_turnout_needs_what_the_quorum_lacks(share: Fraction, numbers: list[int]) -> None:
    part, whole = numbers
    assume(whole > 0)
    (need,) = turnout_needs(procedure(share, True, "all"), area(whole), area(part))
    assert (need.missing == 0) is need.test.met
    assert need.fresh == need.missing
    assert part + need.missing >= share * whole > part + need.missing - 1 or need.missing == 0


def test_in_figures_people_read() -> None:
    special = procedure(Fraction(3, 4), True, "part")
    (need,) = consent_needs(special, area(90000), area(60000), area(44000))
    assert need.missing == 1000  # 10.00 m² if somebody who voted no changes to yes
    assert need.fresh == 4000  # 40.00 m² if people who have not voted come and say yes


@given(
    share=shares,
    inclusive=st.booleans(),
    numbers=st.lists(st.integers(0, 500), min_size=2, max_size=2).map(sorted),
)
def test_what_is_said_to_suffice_while_people_vote_does_and_one_less_does_not(
    share: Fraction, inclusive: bool, numbers: list[int]
) -> None:
    part, whole = numbers
    assume(whole > 0 and (inclusive or share < 1))
    its = procedure(share, inclusive, "part")
    (told,) = what_if(its, area(whole), area(part))
    joined = max(part, told.part or 0)
    for taking_part, needed in ((joined, told.yes_at_least), (whole, told.yes_of_all)):
        assert needed is not None
        carried = judge(its, area(whole), area(taking_part), area(needed))[1][-1].met
        assert carried is (taking_part > 0)
        if needed:
            assert not judge(its, area(whole), area(taking_part), area(needed - 1))[1][-1].met
