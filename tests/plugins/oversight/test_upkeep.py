"""Who looks after the result: what a plan needs, and that sharing waits for it."""

from __future__ import annotations

from datetime import UTC, datetime

from wugong import MANAGE, Fact, Grant, Matter, Refusal, RoleGranted, RoleRevoked, Standing
from wugong.matter import with_stage
from wugong_oversight.events import UpkeepPlanned
from wugong_oversight.upkeep import (
    PLAN_OF_UPKEEP,
    Plan,
    appoint,
    fold,
    planning_refusals,
    sharing_refusals,
)

NOW = datetime(2026, 3, 1, 1, tzinfo=UTC)


def planned(
    steward: str = "li",
    rota: tuple[str, ...] = ("Stair 1: odd months",),
    cost: int = 360_000,
    source: str = "Common income",
) -> UpkeepPlanned:
    return UpkeepPlanned(steward=steward, rota=rota, yearly_cost_fen=cost, source=source)


def told(*plans: UpkeepPlanned) -> Plan:
    state = Plan()
    for number, event in enumerate(plans, start=1):
        fact = Fact(
            number, "yuan.1", event, "oversight.upkeep_planned", 1, "wang", None, "web", NOW
        )
        state = fold(state, fact)
    return state


def matter(plan: Plan, *grants: tuple[str, str]) -> Matter:
    held = tuple(Grant(member, role, "yuan.1", None, 1) for member, role in grants)
    states = {PLAN_OF_UPKEEP.name: plan}
    return Matter("yuan.1", Standing("yuan", grants=held), states=states, last=1)


def codes(refusals: list[Refusal]) -> list[str]:
    return [refusal.code for refusal in refusals]


def test_a_plan_names_a_steward_turns_and_where_its_money_comes_from() -> None:
    assert planning_refusals(planned()) == []
    assert codes(planning_refusals(planned(steward=" "))) == ["oversight.no_steward"]
    assert codes(planning_refusals(planned(rota=()))) == ["oversight.no_rota"]
    assert codes(planning_refusals(planned(rota=(" ",)))) == ["oversight.no_rota"]
    assert codes(planning_refusals(planned(cost=1, source=""))) == ["oversight.cost_without_source"]
    assert planning_refusals(planned(cost=0, source="")) == []


def test_sharing_waits_for_the_plan() -> None:
    assert codes(sharing_refusals(matter(Plan()))) == ["oversight.no_upkeep"]
    assert sharing_refusals(matter(told(planned()))) == []


def test_a_matter_that_skipped_managing_has_nothing_to_look_after() -> None:
    skipped = with_stage(matter(Plan()), MANAGE, "skipped")
    assert sharing_refusals(skipped) == []
    done = with_stage(matter(Plan()), MANAGE, "done")
    assert codes(sharing_refusals(done)) == ["oversight.no_upkeep"]


def test_the_community_itself_always_shares() -> None:
    assert sharing_refusals(Matter("yuan", Standing("yuan"), last=1)) == []


def test_a_new_steward_takes_over_from_the_earlier_one() -> None:
    plan = told(planned("li"), planned("sun"))
    here = matter(plan, ("li", "steward"))
    assert appoint(here) == [
        ("yuan", RoleRevoked(member="li", role="steward", scope="yuan.1")),
        ("yuan", RoleGranted(member="sun", role="steward", scope="yuan.1")),
    ]
    settled = matter(plan, ("sun", "steward"))
    assert appoint(settled) == []
