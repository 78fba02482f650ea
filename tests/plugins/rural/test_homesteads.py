"""宅基地: one household, one plot, for members of the collective, within signed bounds."""

from __future__ import annotations

from typing import Any

import pytest

import wugong_rural
from wugong import Refused
from wugong.testing import Rehearsal
from wugong_rural.events import HomesteadApplied


@pytest.fixture
def village() -> Rehearsal:
    members = {"wang": ("officer",), "li": (), "zhao": ()}
    return Rehearsal({"rural": wugong_rural}, members=members, setting="rural")


def applied(r: Rehearsal, applicant: str = "li", **more: Any) -> None:
    matter = r.open("宅基地", by="li", category="homestead")
    event = HomesteadApplied(household="1组5号", applicant=applicant, **more)
    r.act("wang", matter, event)


@pytest.mark.parametrize(
    ("more", "source"),
    [
        pytest.param({"plots": 1}, "土地管理法 62", id="a second plot"),
        pytest.param({"gave_up": "yes"}, "土地管理法 62", id="gave one away"),
        pytest.param(
            {"signed": ("1组4号",), "unsigned": ("1组6号",)}, "Our own rules for homesteads",
            id="a neighbour has not signed",
        ),
    ],
)  # fmt: skip
def test_who_gets_no_plot_is_told_with_the_article(
    village: Rehearsal, more: dict[str, Any], source: str
) -> None:
    with pytest.raises(Refused) as refused:
        applied(village, **more)
    assert [one.source for one in refused.value.reasons] == [source]


def test_a_first_plot_with_signed_bounds_is_applied_for(village: Rehearsal) -> None:
    applied(village, plots=0, signed=("1组4号", "1组6号"))


def test_only_members_of_the_collective_apply_once_its_roster_is_there(village: Rehearsal) -> None:
    applied(village, "zhao")  # without a roster nobody can tell
    village.roster("collective_members", [("1组5号", "li", "1组", 0)])
    with pytest.raises(Refused, match="homestead_not_a_member"):
        applied(village, "zhao")
    applied(village, "li")
