"""Inspections as pure state: what was found, whether it is mended, and what it stops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from wugong import Fact, Grant, Matter, Ref, Refusal, Standing, kind_of
from wugong_oversight.events import (
    FindingFiled,
    FindingHandedOver,
    FindingOverdue,
    Inspected,
    Rectified,
    Reinspected,
)
from wugong_oversight.findings import (
    FINDINGS,
    Findings,
    closing_refusals,
    filing_refusals,
    fold,
    handing_refusals,
    mending_refusals,
    overdue_refusals,
    rectification_rate,
    reinspection_refusals,
    rework_rate,
    stopping_refusals,
    waiting,
)

NOW = datetime(2026, 3, 1, 1, tzinfo=UTC)  # 9:00 in China


class Site:
    """Folds events into the findings of one matter."""

    def __init__(self) -> None:
        self.state = Findings()
        self.last = 0

    def tell(self, by: str, event: Any, at: datetime = NOW) -> Ref:
        kind = kind_of(event)
        self.last += 1
        fact = Fact(self.last, "yuan.1", event, kind.name, kind.version, by, None, "web", at)
        self.state = fold(self.state, fact)
        return Ref(self.last)

    def inspected(self, item: str = "Shaft", task: int | None = None) -> Ref:
        about = None if task is None else Ref(task)
        return self.tell("sun", Inspected(item=item, task=about))

    def found(
        self, severity: Any = "critical", task: int | None = None, owner: str = "", days: int = 7
    ) -> Ref:
        inspection = self.inspected(task=task)
        filed = FindingFiled(
            inspection=inspection, severity=severity, text="Loose", due_days=days, owner=owner
        )
        return self.tell("sun", filed)

    def mended(self, finding: Ref, by: str = "builder") -> None:
        self.tell(by, Rectified(finding=finding, evidence="Bolted"))

    def looked_again(self, finding: Ref, passed: bool, at: datetime = NOW) -> None:
        self.tell("sun", Reinspected(finding=finding, passed=passed), at)

    def matter(self, *roles: tuple[str, str]) -> Matter:
        grants = tuple(Grant(member, role, "", None, 1) for member, role in roles)
        standing = Standing("yuan", grants=grants)
        return Matter("yuan.1", standing, states={FINDINGS.name: self.state}, last=self.last)


def codes(refusals: list[Refusal]) -> list[str]:
    return [refusal.code for refusal in refusals]


def test_no_rate_is_claimed_before_anything_was_inspected() -> None:
    assert rework_rate(Findings()) is None
    assert rectification_rate(Findings()) is None


def test_one_rework_in_twenty_inspections_is_a_twentieth() -> None:
    site = Site()
    finding = site.found()
    site.tell("sun", FindingFiled(inspection=Ref(1), severity="minor", text="Scratch"))
    for _ in range(19):
        site.inspected()
    assert finding
    assert rework_rate(site.state) == Fraction(1, 20)


def test_nineteen_of_twenty_findings_verified_are_nineteen_twentieths() -> None:
    site = Site()
    for number in range(20):
        finding = site.found("minor")
        site.mended(finding)
        if number < 19:
            site.looked_again(finding, passed=True)
    assert rectification_rate(site.state) == Fraction(19, 20)


@pytest.mark.parametrize(
    ("severity", "stopped"),
    [
        pytest.param("minor", False, id="minor"),
        pytest.param("major", False, id="major"),
        pytest.param("critical", True, id="critical"),
    ],
)
def test_only_a_critical_finding_stops_acceptance(severity: str, stopped: bool) -> None:
    site = Site()
    site.found(severity)
    refusals = stopping_refusals(site.state, 40, "stops_acceptance")
    assert codes(refusals) == (["oversight.stops_acceptance"] if stopped else [])


def test_a_critical_finding_stops_until_its_finder_has_looked_again() -> None:
    site = Site()
    finding = site.found()
    (refusal,) = stopping_refusals(site.state, None, "stops_payment")
    assert refusal.details == {"count": 1, "items": "Shaft"}
    site.mended(finding)
    assert codes(stopping_refusals(site.state, None, "stops_payment")) == [
        "oversight.stops_payment"
    ]
    site.looked_again(finding, passed=False)
    assert site.state.stopping(None)
    site.mended(finding)
    site.looked_again(finding, passed=True)
    assert stopping_refusals(site.state, None, "stops_payment") == []


def test_a_finding_on_one_project_stops_that_project_and_payments_for_none_in_particular() -> None:
    site = Site()
    site.found(task=40)
    assert site.state.stopping(40)
    assert not site.state.stopping(41)
    assert site.state.stopping(None)


def test_a_finding_on_no_project_in_particular_stops_all() -> None:
    site = Site()
    site.found(task=None)
    assert site.state.stopping(40)
    assert site.state.stopping(41)


def test_nobody_files_a_finding_for_themselves_to_mend() -> None:
    site = Site()
    inspection = site.inspected()
    filed = FindingFiled(inspection=inspection, severity="minor", text="Dust", owner="sun")
    assert codes(filing_refusals(site.state, filed, "sun")) == ["oversight.own_finding"]
    assert filing_refusals(site.state, filed, "zhou") == []


def test_the_steps_of_a_finding_have_their_order() -> None:
    site = Site()
    finding = site.found()
    assert codes(reinspection_refusals(site.state, finding, "sun")) == ["oversight.not_mended"]
    assert codes(mending_refusals(site.state, finding, "sun")) == ["oversight.own_finding"]
    assert mending_refusals(site.state, finding, "builder") == []
    site.mended(finding)
    assert codes(mending_refusals(site.state, finding, "builder")) == [
        "oversight.awaiting_reinspection"
    ]
    assert codes(reinspection_refusals(site.state, finding, "zhou")) == ["oversight.only_finder"]
    assert reinspection_refusals(site.state, finding, "sun") == []
    site.looked_again(finding, passed=True)
    assert codes(mending_refusals(site.state, finding, "builder")) == ["oversight.closed_already"]
    assert codes(reinspection_refusals(site.state, finding, "sun")) == ["oversight.closed_already"]


def test_a_failed_reinspection_opens_the_finding_with_new_days() -> None:
    site = Site()
    finding = site.found(days=7)
    site.mended(finding)
    site.looked_again(finding, passed=False, at=NOW + timedelta(days=20))
    again = site.state.findings[finding]
    assert (again.status, again.failed) == ("open", 1)
    assert again.due == datetime(2026, 3, 28, 16, tzinfo=UTC)  # 28 March is the last day


@pytest.mark.parametrize(
    ("at", "overdue"),
    [
        pytest.param(datetime(2026, 3, 8, 15, 59, 59, tzinfo=UTC), False, id="a second before"),
        pytest.param(datetime(2026, 3, 8, 16, tzinfo=UTC), True, id="as the last day ends"),
        pytest.param(datetime(2026, 3, 9, tzinfo=UTC), True, id="the next day"),
    ],
)
def test_a_finding_is_overdue_when_its_last_day_is_over(at: datetime, overdue: bool) -> None:
    site = Site()
    finding = site.found(days=7)
    expected = [] if overdue else ["oversight.not_overdue"]
    assert codes(overdue_refusals(site.state, finding, at)) == expected


def test_a_finding_is_overdue_once_and_not_while_it_awaits_reinspection() -> None:
    site = Site()
    finding, late = site.found(), NOW + timedelta(days=30)
    site.tell("clock", FindingOverdue(finding=finding), late)
    assert codes(overdue_refusals(site.state, finding, late)) == ["oversight.not_overdue"]
    site.mended(finding)
    assert codes(overdue_refusals(site.state, finding, late)) == ["oversight.not_overdue"]


def test_what_is_awaited_moves_from_the_mender_to_the_finder_and_to_the_office() -> None:
    site = Site()
    finding = site.found(owner="builder")
    (mend,) = waiting(site.matter())
    assert (mend.who, mend.act) == ("member:builder", "oversight.rectified")
    assert mend.then == FindingOverdue(finding=finding)
    assert mend.by == site.state.findings[finding].due

    site.tell("clock", FindingOverdue(finding=finding))
    assert [(item.who, item.then) for item in waiting(site.matter())] == [
        ("officer", None),
        ("member:builder", None),
    ]

    site.mended(finding)
    (look,) = waiting(site.matter())
    assert (look.who, look.act, look.then) == ("member:sun", "oversight.reinspected", None)

    site.looked_again(finding, passed=True)
    assert list(waiting(site.matter())) == []


def test_managing_is_not_done_while_a_finding_is_open() -> None:
    site = Site()
    assert closing_refusals(site.state) == []
    finding = site.found("minor")
    assert closing_refusals(site.state)[0].details == {"count": 1}
    site.mended(finding)
    site.looked_again(finding, passed=True)
    assert closing_refusals(site.state) == []


def test_a_finding_is_handed_over_only_when_its_finder_no_longer_supervises() -> None:
    site = Site()
    finding = site.found(owner="builder")
    to_zhou = FindingHandedOver(finding=finding, to="zhou", reason="Moved away")
    still = site.matter(("sun", "supervisor"), ("zhou", "observer"))
    assert codes(handing_refusals(still, to_zhou, NOW)) == ["oversight.finder_serves"]
    gone = site.matter(("zhou", "observer"))
    assert handing_refusals(gone, to_zhou, NOW) == []
    nobody = site.matter(("zhou", "officer"))
    assert codes(handing_refusals(nobody, to_zhou, NOW)) == ["oversight.no_supervisor"]
    to_builder = FindingHandedOver(finding=finding, to="builder", reason="Knows it")
    builder = site.matter(("builder", "supervisor"))
    assert codes(handing_refusals(builder, to_builder, NOW)) == ["oversight.own_finding"]

    site.mended(finding)
    site.tell("wang", to_zhou)

    assert codes(reinspection_refusals(site.state, finding, "sun")) == ["oversight.only_finder"]
    assert reinspection_refusals(site.state, finding, "zhou") == []


def test_whoever_mended_it_does_not_take_it_over() -> None:
    site = Site()
    finding = site.found()
    site.mended(finding, by="zhou")
    handed = FindingHandedOver(finding=finding, to="zhou", reason="Moved away")
    matter = site.matter(("zhou", "supervisor"))
    assert codes(handing_refusals(matter, handed, NOW)) == ["oversight.own_finding"]


def test_a_finding_of_another_matter_is_not_here() -> None:
    empty, elsewhere = Findings(), Ref(99)
    filed = FindingFiled(inspection=elsewhere, severity="minor", text="Dust")
    handed = FindingHandedOver(finding=elsewhere, to="zhou", reason="Moved away")
    for refusals in (
        filing_refusals(empty, filed, "sun"),
        mending_refusals(empty, elsewhere, "builder"),
        reinspection_refusals(empty, elsewhere, "sun"),
        overdue_refusals(empty, elsewhere, NOW),
        handing_refusals(Site().matter(), handed, NOW),
    ):
        assert codes(refusals) == ["oversight.not_here"]
