"""Before representatives decide a levy, each visits every household on their list to sign."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import wugong_rural
import wugong_voting
from wugong import Entitlement, Option, Part, PollOpened, Ref
from wugong.testing import Rehearsal, imported
from wugong_rural.events import LevyProposed, LevySignaturesTaken

PLUGINS = {"voting": wugong_voting, "rural": wugong_rural}
YES_NO = tuple(Option(id=one, title=one) for one in ("yes", "no", "abstain"))


def homes(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"h{n}" for n in range(first, last + 1))


class Levy:
    """A levy on twelve households that two representatives stand for, seven and five."""

    def __init__(self, body: Any = "representatives") -> None:
        members: dict[str, tuple[str, ...]] = {
            "chen": ("officer",),
            "rep1": ("representative",),
            "rep2": ("representative",),
        }
        self.r = Rehearsal(PLUGINS, members=members, setting="rural")
        roll = [
            Entitlement("r1", "rep1", parts=(Part("r1"),), households=7),
            Entitlement("r2", "rep2", parts=(Part("r2"),), households=5),
        ]
        self.r.act("operator", self.r.community, imported("representatives", roll))
        self.matter = self.r.open("Dig the trench", by="chen")
        event = LevyProposed(
            purpose="Dig the trench",
            body=body,
            workdays_per_person=1,
            exempt=("soldiers", "disabled_veterans", "students", "new_mothers"),
        )
        self.levy = self.r.act("chen", self.matter, event).seq

    def visit(
        self, who: str, signed: tuple[str, ...], unsigned: tuple[str, ...] = (), by: str = ""
    ) -> None:
        event = LevySignaturesTaken(
            levy=Ref(self.levy), representative=who, signed=signed, unsigned=unsigned
        )
        self.r.act(by or who, self.matter, event)

    def vote(self) -> int:
        poll = PollOpened(
            question="Shall we dig?",
            options=YES_NO,
            procedure="villagers.representatives.levy",
            roster="representatives",
            closes_at=self.r.clock.now + timedelta(days=2),
            about=(Ref(self.levy),),
        )
        return self.r.act("chen", self.matter, poll).seq


def test_representatives_vote_when_every_household_has_signed() -> None:
    levy = Levy()
    with levy.r.refuses("rural.levy_not_visited"):
        levy.vote()
    levy.visit("rep1", homes(1, 7))
    with levy.r.refuses("rural.levy_not_all_visited"):
        levy.vote()
    levy.visit("rep2", homes(8, 11), homes(12, 12))
    with levy.r.refuses("rural.levy_unsigned"):
        levy.vote()
    levy.visit("rep2", homes(8, 12))
    assert levy.vote()


@pytest.mark.parametrize(
    ("count", "taken"),
    [
        pytest.param(4, False, id="one short of five"),
        pytest.param(5, True, id="five"),
        pytest.param(15, True, id="fifteen"),
        pytest.param(16, False, id="one above fifteen"),
    ],
)
def test_a_representative_stands_for_five_to_fifteen_households(count: int, taken: bool) -> None:
    levy = Levy()
    if taken:
        levy.visit("rep1", homes(1, count - 1), homes(count, count))
        return
    with levy.r.refuses("rural.levy_list_size"):
        levy.visit("rep1", homes(1, count - 1), homes(count, count))


def test_a_household_stands_on_one_list_and_once() -> None:
    levy = Levy()
    levy.visit("rep1", homes(1, 7))
    with levy.r.refuses("rural.levy_in_two_lists"):
        levy.visit("rep2", homes(7, 12))
    with levy.r.refuses("rural.levy_household_twice"):
        levy.visit("rep2", homes(8, 12), homes(12, 12))
    levy.visit("rep1", homes(1, 6))  # a later list of one's own takes the place of the earlier
    levy.visit("rep2", homes(7, 12))


def test_nobody_enters_the_list_of_another_but_the_village_office() -> None:
    levy = Levy()
    with levy.r.refuses("rural.levy_list_of_another"):
        levy.visit("rep1", homes(1, 7), by="rep2")
    levy.visit("rep1", homes(1, 7), by="chen")


def test_a_levy_of_the_assembly_has_no_lists() -> None:
    levy = Levy(body="villagers_assembly")
    with levy.r.refuses("rural.levy_not_by_representatives"):
        levy.visit("rep1", homes(1, 7))
