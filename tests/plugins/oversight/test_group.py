"""Who sits in a supervision group, who cannot, and the roles that follow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wugong import Fact, Grant, Matter, Refusal, RoleGranted, RoleRevoked, Standing
from wugong_oversight.events import GroupFormed
from wugong_oversight.group import (
    SUPERVISION,
    Group,
    fold,
    forming_refusals,
    granting_refusals,
    seat,
)

NOW = datetime(2026, 3, 1, 1, tzinfo=UTC)


def matter(*grants: tuple[str, str, str], claimants: tuple[str, ...] = ()) -> Matter:
    held = tuple(Grant(member, role, scope, None, 1) for member, role, scope in grants)
    relations = {"building.claimant": frozenset(claimants)}
    return Matter("yuan.1", Standing("yuan", grants=held), relations=relations, last=1)


def formed(*members: str, professionals: tuple[str, ...] = ("qian",)) -> GroupFormed:
    return GroupFormed(members=members, professionals=professionals)


def codes(refusals: list[Refusal]) -> list[str]:
    return [refusal.code for refusal in refusals]


PROFESSIONAL = ("qian", "professional", "")


def test_one_resident_and_one_professional_are_enough() -> None:
    assert forming_refusals(matter(PROFESSIONAL), formed("li"), NOW) == []


def test_a_group_without_a_resident_or_a_professional_does_not_sit() -> None:
    here = matter(PROFESSIONAL)
    assert codes(forming_refusals(here, formed(), NOW)) == ["oversight.no_resident"]
    assert codes(forming_refusals(here, formed("li", professionals=()), NOW)) == [
        "oversight.no_professional"
    ]
    assert codes(forming_refusals(here, formed(professionals=()), NOW)) == [
        "oversight.no_resident",
        "oversight.no_professional",
    ]


def test_a_professional_holds_that_role() -> None:
    (refusal,) = forming_refusals(matter(), formed("li"), NOW)
    assert refusal.code == "oversight.not_professional"
    assert refusal.details == {"count": 1, "members": "qian"}


@pytest.mark.parametrize("role", ["officer", "admin", "convenor", "contractor"])
def test_whoever_decides_or_builds_does_not_sit(role: str) -> None:
    here = matter(PROFESSIONAL, ("li", role, ""))
    assert codes(forming_refusals(here, formed("li", "zhao"), NOW)) == ["oversight.cannot_sit"]


def test_a_role_in_another_matter_does_not_bar() -> None:
    here = matter(PROFESSIONAL, ("li", "contractor", "yuan.9"))
    assert forming_refusals(here, formed("li"), NOW) == []


def test_whoever_took_on_a_project_does_not_sit() -> None:
    here = matter(PROFESSIONAL, claimants=("li",))
    assert codes(forming_refusals(here, formed("li"), NOW)) == ["oversight.cannot_sit"]


def test_nobody_sits_twice() -> None:
    here = matter(PROFESSIONAL)
    assert codes(forming_refusals(here, formed("li", "li"), NOW)) == ["oversight.seated_twice"]
    assert codes(forming_refusals(here, formed("qian"), NOW)) == ["oversight.seated_twice"]


@pytest.mark.parametrize(
    ("held", "granted"),
    [("officer", "supervisor"), ("convenor", "observer"), ("supervisor", "officer")],
)
def test_nobody_decides_and_supervises_in_one_place(held: str, granted: str) -> None:
    everywhere = matter(("li", held, "")).standing
    one_matter = RoleGranted(member="li", role=granted, scope="yuan.1")
    (refusal,) = granting_refusals(everywhere, one_matter, NOW)
    assert (refusal.code, refusal.details) == (
        "oversight.both_roles",
        {"role": granted, "held": held},
    )
    elsewhere = matter(("li", held, "yuan.2")).standing
    assert granting_refusals(elsewhere, one_matter, NOW) == []
    somebody_else = matter(("zhao", held, "")).standing
    assert granting_refusals(somebody_else, one_matter, NOW) == []


@pytest.mark.parametrize(
    ("ends", "refused"),
    [
        pytest.param(NOW + timedelta(seconds=1), True, id="a second left"),
        pytest.param(NOW, False, id="just over"),
    ],
)
def test_a_role_that_has_ended_bars_nobody(ends: datetime, refused: bool) -> None:
    standing = Standing("yuan", grants=(Grant("li", "officer", "", ends, 1),))
    granted = RoleGranted(member="li", role="supervisor")
    assert bool(granting_refusals(standing, granted, NOW)) is refused


def test_other_roles_go_together() -> None:
    standing = matter(("li", "supervisor", "")).standing
    assert granting_refusals(standing, RoleGranted(member="li", role="steward"), NOW) == []


def test_who_joins_gets_the_role_and_who_left_loses_it() -> None:
    group = Group()
    for number, event in enumerate((formed("li", "zhao"), formed("zhao", "sun")), start=1):
        fact = Fact(number, "yuan.1", event, "oversight.group_formed", 1, "wang", None, "web", NOW)
        group = fold(group, fact)
    assert group.left == ("li",)
    here = matter(*((one, "supervisor", "yuan.1") for one in ("li", "zhao", "qian")))
    here = Matter(here.id, here.standing, states={SUPERVISION.name: group}, last=2)
    assert seat(here) == [
        ("yuan", RoleRevoked(member="li", role="supervisor", scope="yuan.1")),
        ("yuan", RoleGranted(member="sun", role="supervisor", scope="yuan.1")),
    ]
