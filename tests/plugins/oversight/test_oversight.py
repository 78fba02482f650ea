"""Oversight on the engine: the group's roles, findings by role and clock, what they stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Annotated, Any

import pytest

import wugong_building
import wugong_oversight
from wugong import (
    ANY,
    BUILD,
    EVALUATE,
    MANAGE,
    PLAN,
    SHARE,
    PaymentMade,
    Ref,
    Refused,
    RoleGranted,
    RoleRevoked,
    StageClosed,
    StageOpened,
    StageSkipped,
    TaskAccepted,
    To,
    event,
    hookimpl,
    seal,
)
from wugong.testing import Rehearsal
from wugong_building.events import Claimed, Delivered, ProjectListed
from wugong_oversight.events import (
    FindingFiled,
    FindingHandedOver,
    FindingOverdue,
    GroupFormed,
    Inspected,
    Rectified,
    Reinspected,
    UpkeepPlanned,
)
from wugong_oversight.findings import FINDINGS, rectification_rate

MEMBERS: dict[str, Iterable[str]] = {
    "wang": ("officer",),
    "deng": ("convenor",),
    "qian": ("professional",),
    "he": ("treasurer",),
    "builder": ("contractor",),
    "sun": (),
    "zhou": (),
    "li": (),
}


@event("funds.payment_requested", may={"officer": ANY, "resident": ANY})
class PaymentRequested:
    """Stands in for the funds plugin: oversight reads its ``task`` by kind and field only."""

    amount_fen: int
    task: Annotated[Ref | None, To("building.project_listed")] = None


@hookimpl
def register() -> tuple[type, ...]:
    return (PaymentRequested,)


FUNDS = SimpleNamespace(register=register)


@pytest.fixture
def site() -> Rehearsal:
    plugins = {"building": wugong_building, "oversight": wugong_oversight, "funds": FUNDS}
    return Rehearsal(plugins, members=MEMBERS)


@pytest.fixture
def lift(site: Rehearsal) -> str:
    """A matter with building and managing open and a group of sun, zhou and qian."""
    opened = site.open("Lift", by="li")
    site.act("wang", opened, StageClosed(stage=PLAN))
    for stage in (BUILD, MANAGE):
        site.act("wang", opened, StageOpened(stage=stage))
    form(site, opened, "sun", "zhou")
    return opened


def form(site: Rehearsal, place: str, *members: str) -> None:
    site.act("wang", place, GroupFormed(members=members, professionals=("qian",)))


def found(
    site: Rehearsal, place: str, severity: Any = "critical", task: Ref | None = None, **more: Any
) -> Ref:
    inspection = site.act("sun", place, Inspected(item="Shaft", task=task)).seq
    filed = FindingFiled(inspection=Ref(inspection), severity=severity, text="Loose", **more)
    return Ref(site.act("sun", place, filed).seq)


def mend(site: Rehearsal, place: str, finding: Ref, by: str = "builder") -> None:
    site.act(by, place, Rectified(finding=finding, evidence="Bolted"))


def look(site: Rehearsal, place: str, finding: Ref, passed: bool, by: str = "sun") -> None:
    site.act(by, place, Reinspected(finding=finding, passed=passed))


def handed_over(site: Rehearsal, place: str) -> Ref:
    """List, claim and deliver a project; return it."""
    listed = ProjectListed(title="Paint", description="The door", estimate_fen=1)
    project = Ref(site.act("wang", place, listed).seq)
    claim = Ref(site.act("li", place, Claimed(project=project, plan=seal("Brush"))).seq)
    site.act("li", place, Delivered(claim=claim, evidence=seal("Photo")))
    return project


def roles(site: Rehearsal, place: str, member: str) -> set[str]:
    return set(site.viewer(place, member).roles) - {"resident"}


# The group


def test_forming_a_group_gives_its_members_the_role_in_this_matter(
    site: Rehearsal, lift: str
) -> None:
    assert roles(site, lift, "sun") == {"supervisor"}
    assert roles(site, lift, "qian") == {"supervisor", "professional"}
    assert roles(site, "example", "sun") == set()


def test_forming_it_again_takes_the_role_from_who_left(site: Rehearsal, lift: str) -> None:
    form(site, lift, "zhou", "li")
    assert roles(site, lift, "sun") == set()
    assert roles(site, lift, "zhou") == {"supervisor"}
    assert roles(site, lift, "li") == {"supervisor"}


def test_officers_committee_and_contractor_do_not_sit(site: Rehearsal, lift: str) -> None:
    for barred in ("wang", "deng", "builder"):
        with site.refuses("oversight.cannot_sit"):
            form(site, lift, "sun", barred)
    with site.refuses("oversight.no_resident"):
        form(site, lift)
    with site.refuses("oversight.no_professional"):
        site.act("wang", lift, GroupFormed(members=("sun",), professionals=()))
    with site.refuses("oversight.not_professional"):
        site.act("wang", lift, GroupFormed(members=("sun",), professionals=("zhou",)))
    with site.refuses("oversight.seated_twice"):
        form(site, lift, "sun", "sun")
    with site.refuses("wugong.member_unknown"):
        form(site, lift, "nobody")
    with site.refuses("wugong.not_your_role"):
        site.act("li", lift, GroupFormed(members=("sun",), professionals=("qian",)))


def test_whoever_took_on_a_project_does_not_sit_nor_the_other_way_round(
    site: Rehearsal, lift: str
) -> None:
    handed_over(site, lift)
    with site.refuses("oversight.cannot_sit"):
        form(site, lift, "sun", "li")
    listed = ProjectListed(title="Paint", description="The door", estimate_fen=1)
    project = Ref(site.act("wang", lift, listed).seq)
    with site.refuses("building.supervisor_claims"):
        site.act("sun", lift, Claimed(project=project, plan=seal("Brush")))


def test_a_supervisor_is_not_made_an_officer_nor_an_officer_a_supervisor(
    site: Rehearsal, lift: str
) -> None:
    with site.refuses("oversight.both_roles"):
        site.act("operator", "example", RoleGranted(member="sun", role="officer"))
    with site.refuses("oversight.both_roles"):
        site.act("operator", "example", RoleGranted(member="wang", role="observer"))
    site.act("operator", "example", RoleRevoked(member="sun", role="supervisor", scope=lift))
    site.act("operator", "example", RoleGranted(member="sun", role="officer"))


# Findings


def test_a_finding_is_mended_and_closed_by_its_finder(site: Rehearsal, lift: str) -> None:
    finding = found(site, lift)
    with site.refuses("oversight.not_mended"):
        look(site, lift, finding, passed=True)
    mend(site, lift, finding)
    with site.refuses("oversight.awaiting_reinspection"):
        mend(site, lift, finding)
    for other in ("zhou", "qian"):
        with site.refuses("oversight.only_finder"):
            look(site, lift, finding, passed=True, by=other)
    with site.refuses("wugong.not_your_role"):
        look(site, lift, finding, passed=True, by="builder")
    look(site, lift, finding, passed=True)
    with site.refuses("oversight.closed_already"):
        mend(site, lift, finding)
    assert rectification_rate(site.matter(lift).state(FINDINGS)) == 1


def test_the_finder_does_not_mend_it(site: Rehearsal, lift: str) -> None:
    finding = found(site, lift)
    site.act("operator", "example", RoleGranted(member="sun", role="steward", scope=lift))
    with site.refuses("wugong.needs_another_person"):
        mend(site, lift, finding, by="sun")
    inspection = Ref(site.act("sun", lift, Inspected(item="Shaft")).seq)
    for_sun = FindingFiled(inspection=inspection, severity="minor", text="Dust", owner="sun")
    with site.refuses("oversight.own_finding"):
        site.act("sun", lift, for_sun)


def test_whoever_is_named_to_mend_it_may_say_so(site: Rehearsal, lift: str) -> None:
    finding = found(site, lift)
    with site.refuses("wugong.not_your_role"):
        mend(site, lift, finding, by="li")
    finding = found(site, lift, owner="li")
    mend(site, lift, finding, by="li")
    assert site.matter(lift).state(FINDINGS).findings[finding].mended_by == "li"


def test_a_critical_finding_stops_acceptance_until_it_is_closed(site: Rehearsal, lift: str) -> None:
    project = handed_over(site, lift)
    finding = found(site, lift, task=project)
    with pytest.raises(Refused) as caught:
        site.act("wang", lift, TaskAccepted(task=project))
    (reason,) = caught.value.reasons
    assert reason.code == "oversight.stops_acceptance"
    assert reason.details == {"count": 1, "items": "Shaft"}
    mend(site, lift, finding)
    with site.refuses("oversight.stops_acceptance"):
        site.act("wang", lift, TaskAccepted(task=project))
    look(site, lift, finding, passed=True)
    site.act("wang", lift, TaskAccepted(task=project))


@pytest.mark.parametrize("severity", ["minor", "major"])
def test_lesser_findings_stop_nothing(site: Rehearsal, lift: str, severity: str) -> None:
    project = handed_over(site, lift)
    found(site, lift, severity, task=project)
    site.act("wang", lift, TaskAccepted(task=project))


def test_a_critical_finding_stops_the_request_and_the_payment(site: Rehearsal, lift: str) -> None:
    project = handed_over(site, lift)
    requested = site.act("li", lift, PaymentRequested(amount_fen=100, task=project)).seq
    payment = PaymentMade(request=Ref(requested), amount_fen=100)
    finding = found(site, lift, task=project)
    with site.refuses("oversight.stops_payment"):
        site.act("he", lift, payment)
    with site.refuses("oversight.stops_payment"):
        site.act("li", lift, PaymentRequested(amount_fen=100, task=project))
    with site.refuses("oversight.stops_payment"):
        site.act("li", lift, PaymentRequested(amount_fen=100))
    mend(site, lift, finding)
    look(site, lift, finding, passed=True)
    site.act("he", lift, payment)


def test_a_finding_on_one_project_leaves_the_payment_of_another_alone(
    site: Rehearsal, lift: str
) -> None:
    stopped, other = handed_over(site, lift), handed_over(site, lift)
    found(site, lift, task=stopped)
    requested = site.act("li", lift, PaymentRequested(amount_fen=100, task=other)).seq
    site.act("he", lift, PaymentMade(request=Ref(requested), amount_fen=100))
    site.act("wang", lift, TaskAccepted(task=other))
    with site.refuses("oversight.stops_acceptance"):
        site.act("wang", lift, TaskAccepted(task=stopped))


def test_a_failed_reinspection_sends_the_matter_back_to_building(
    site: Rehearsal, lift: str
) -> None:
    finding = found(site, lift)
    mend(site, lift, finding)
    site.act("wang", lift, StageClosed(stage=BUILD))
    look(site, lift, finding, passed=False)
    here = site.matter(lift)
    assert here.status(BUILD) == "open"
    assert here.state(FINDINGS).findings[finding].status == "open"
    (_first, again) = site.engine.facts(
        lift, site.viewer(lift), kinds=("wugong.stage_opened",), newest=True, limit=2
    )[::-1]
    assert (again.by, again.cause) == ("plugin:oversight", again.seq - 1)


def test_a_failed_reinspection_while_building_changes_no_stage(site: Rehearsal, lift: str) -> None:
    finding = found(site, lift)
    mend(site, lift, finding)
    look(site, lift, finding, passed=False)
    assert site.matter(lift).status(BUILD) == "open"
    mend(site, lift, finding)
    look(site, lift, finding, passed=True)


def test_the_clock_records_an_overdue_finding_once_for_each_term(
    site: Rehearsal, lift: str
) -> None:
    def overdue() -> int:
        kinds = ("oversight.finding_overdue",)
        return len(site.engine.facts(lift, site.viewer(lift), kinds=kinds))

    finding = found(site, lift, due_days=7)
    site.wait(days=7)
    assert overdue() == 0  # the seventh day after it was filed is the last
    site.wait(days=1)
    assert overdue() == 1
    site.wait(days=30)
    assert overdue() == 1
    assert [item.who for item in site.engine.waiting(lift)] == ["officer"]
    mend(site, lift, finding)
    look(site, lift, finding, passed=False)
    site.wait(days=8)
    assert overdue() == 2
    with site.refuses("wugong.not_your_role"):
        site.act("wang", lift, FindingOverdue(finding=finding))


def test_a_finding_is_handed_over_when_its_finder_has_left(site: Rehearsal, lift: str) -> None:
    finding = found(site, lift)
    mend(site, lift, finding)
    handed = FindingHandedOver(finding=finding, to="zhou", reason="Moved away")
    with site.refuses("oversight.finder_serves"):
        site.act("wang", lift, handed)
    form(site, lift, "zhou")
    with site.refuses("wugong.not_your_role"):
        look(site, lift, finding, passed=True)
    with site.refuses("oversight.no_supervisor"):
        site.act("wang", lift, FindingHandedOver(finding=finding, to="li", reason="Moved away"))
    site.act("wang", lift, handed)
    look(site, lift, finding, passed=True, by="zhou")


def test_an_observer_files_findings_in_every_stage(site: Rehearsal) -> None:
    planning = site.open("Path", by="li")
    site.act("operator", "example", RoleGranted(member="zhou", role="observer"))
    seen = site.act("zhou", planning, Inspected(item="Notice board")).seq
    filed = FindingFiled(inspection=Ref(seen), severity="minor", text="Not posted")
    site.act("zhou", planning, filed)
    with site.refuses("wugong.not_your_role"):
        site.act("li", planning, Inspected(item="Notice board"))


def test_managing_closes_when_every_finding_is_closed(site: Rehearsal, lift: str) -> None:
    finding = found(site, lift, "minor")
    with site.refuses("oversight.findings_open"):
        site.act("wang", lift, StageClosed(stage=MANAGE))
    mend(site, lift, finding)
    look(site, lift, finding, passed=True)
    site.act("wang", lift, StageClosed(stage=MANAGE))


def test_a_finding_of_another_matter_is_not_here(site: Rehearsal, lift: str) -> None:
    finding = found(site, lift)
    other = site.open("Path", by="li")
    site.act("operator", "example", RoleGranted(member="zhou", role="observer"))
    with site.refuses("oversight.not_here"):
        look(site, other, finding, passed=True, by="zhou")


# Upkeep


@contextmanager
def evaluated(site: Rehearsal, place: str) -> Iterator[None]:
    site.act("wang", place, StageOpened(stage=EVALUATE))
    yield
    site.act("wang", place, StageOpened(stage=SHARE))


def plan(steward: str = "li") -> UpkeepPlanned:
    return UpkeepPlanned(
        steward=steward, rota=("Stair 1: odd months",), yearly_cost_fen=1, source="Common income"
    )


def test_sharing_opens_with_an_upkeep_plan_and_its_steward_gets_the_role(
    site: Rehearsal, lift: str
) -> None:
    with evaluated(site, lift):
        with site.refuses("oversight.no_upkeep"):
            site.act("wang", lift, StageOpened(stage=SHARE))
        with site.refuses("oversight.no_rota"):
            site.act("wang", lift, UpkeepPlanned(steward="li", rota=(), yearly_cost_fen=0))
        site.act("wang", lift, plan())
    assert roles(site, lift, "li") == {"steward"}
    site.act("wang", lift, plan("zhou"))
    assert roles(site, lift, "li") == set()
    assert roles(site, lift, "zhou") == {"supervisor", "steward"}


def test_a_new_steward_is_appointed_while_only_sharing_is_open(site: Rehearsal, lift: str) -> None:
    with evaluated(site, lift):
        site.act("wang", lift, plan())
    for stage in (BUILD, MANAGE, EVALUATE):
        site.act("wang", lift, StageClosed(stage=stage))
    site.act("wang", lift, plan("zhou"))
    assert roles(site, lift, "zhou") == {"supervisor", "steward"}


def test_a_matter_that_skipped_managing_shares_without_upkeep(site: Rehearsal) -> None:
    convention = site.open("House rules", by="li")
    site.act("wang", convention, StageClosed(stage=PLAN))
    for stage in (BUILD, MANAGE, EVALUATE):
        skipped = StageSkipped(stage=stage, reason="A text, nothing is built")
        site.act("wang", convention, skipped)
    site.act("wang", convention, StageOpened(stage=SHARE))
    assert site.matter(convention).status(SHARE) == "open"
