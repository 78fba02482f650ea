"""Could contested ballots have changed the verdict?"""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import charter
from wugong import Count, Entitlement, Part, PollDecided, Ref, judge
from wugong_voting.contested import could_change, shaken, weight_of
from wugong_voting.needs import ZERO


def result(part: int, yes: int, **more: Any) -> PollDecided:
    """Return what 40 owners came to of whom ``part`` voted, ``yes`` of them in favour."""
    whole, came, agreed = ({**ZERO, "heads": heads} for heads in (40, part, yes))
    verdict, tests = judge(charter(), whole, came, agreed)
    body: dict[str, Any] = {"verdict": verdict, "tests": tests, **more}
    return PollDecided(
        poll=Ref(1),
        winners=(),
        counts=(),
        rule="yes_no_abstain",
        procedure="charter",
        basis=(),
        roll="r",
        taken_part=Count(option="*", ballots=part, heads=part, households=0, area_dm2=0),
        **body,
    )


def asked(made: PollDecided, heads: int) -> tuple[list[str], bool]:
    found = shaken(made, charter(), {**ZERO, "heads": heads})
    return [test.id for test in found.tests], found.verdict


# 30 of 40 take part (20 must), more than half of them must agree: 16.
@pytest.mark.parametrize(
    ("part", "yes", "heads", "tests", "turned"),
    [
        pytest.param(30, 18, 0, [], False, id="nothing was contested"),
        pytest.param(30, 18, 2, [], False, id="carried: just below, 16 of 30 remain"),
        pytest.param(30, 18, 3, ["agree"], True, id="carried: exactly, 15 of 30 remain"),
        pytest.param(30, 18, 4, ["agree"], True, id="carried: just above"),
        pytest.param(30, 13, 2, [], False, id="not carried: just below, 15 of 30"),
        pytest.param(30, 13, 3, ["agree"], True, id="not carried: exactly, 16 of 30"),
        pytest.param(30, 13, 4, ["agree"], True, id="not carried: just above"),
        pytest.param(21, 20, 1, [], False, id="quorum: just below, 20 take part"),
        pytest.param(21, 20, 2, ["take_part"], True, id="quorum: exactly, 19 take part"),
        pytest.param(21, 20, 3, ["take_part"], True, id="quorum: just above"),
        pytest.param(19, 5, 19, ["agree"], False, id="no quorum: contested ballots are in it"),
        pytest.param(22, 11, 1, ["agree"], True, id="exactly half does not carry, one more does"),
        pytest.param(30, 2, 29, ["take_part", "agree"], True, id="all but one"),
    ],
)
def test_contested_weight_that_could_have_changed_the_verdict(
    part: int, yes: int, heads: int, tests: list[str], turned: bool
) -> None:
    assert asked(result(part, yes), heads) == (tests, turned)


@pytest.mark.parametrize("verdict", ["tied", "advisory"])
def test_where_nothing_is_tested_no_weight_is_small_enough(verdict: str) -> None:
    made = result(30, 18, verdict=verdict)
    assert asked(made, 1) == ([], True)
    assert asked(made, 0) == ([], False)


def test_where_options_are_weighed_against_each_other_it_is_not_guessed() -> None:
    assert asked(result(30, 18, count="{}"), 1) == ([], True)


def test_an_inclusive_share_may_be_hit_exactly() -> None:
    two_thirds = 'measure = "heads", base = "part", op = ">=", share = "2/3", source = "章程 5"'
    procedure = charter(consent=f'[{{ id = "agree", {two_thirds} }}]')
    _, (_, test) = judge(procedure, *({**ZERO, "heads": n} for n in (40, 30, 22)))
    assert [could_change(test, n, quorum=False) for n in (1, 2, 3)] == [False, False, True]


@pytest.mark.parametrize(
    ("yes", "no", "heads", "changes"),
    [
        pytest.param(0, 0, 0, False, id="all abstained, none was contested"),
        pytest.param(0, 0, 1, True, id="all abstained, one was contested"),
        pytest.param(12, 8, 1, False, id="just below: 11 of 20"),
        pytest.param(12, 8, 2, True, id="exactly: 10 of 20"),
        pytest.param(12, 8, 3, True, id="just above"),
    ],
)
def test_where_abstentions_are_left_out_one_could_have_been_for_or_against(
    yes: int, no: int, heads: int, changes: bool
) -> None:
    sides = 'measure = "heads", base = "sides", op = ">", share = "1/2", source = "章程 5"'
    procedure = charter(consent=f'[{{ id = "agree", {sides} }}]')
    whole, part, agreed, against = ({**ZERO, "heads": n} for n in (40, 30, yes, no))
    _, (_, test) = judge(procedure, whole, part, agreed, no=against)
    assert could_change(test, heads, quorum=False) is changes


def test_an_empty_poll_hangs_on_nothing() -> None:
    assert asked(result(0, 0), 1) == ([], False)


def test_entitlements_weigh_in_every_measure() -> None:
    rights = [
        Entitlement("101", "li", parts=(Part("101", "1", 80_00),)),
        Entitlement("201", "qian", 2, 1, (Part("201", "1", 80_00), Part("202", "1", 70_00))),
    ]
    assert weight_of(rights) == {"heads": 3, "households": 2, "area": 230_00}


# The pages
