"""A supervisor's way: inspect, record a problem in three taps, look again; all read the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.testclient import TestClient

import wugong_building
import wugong_oversight
from wugong import BUILD, MANAGE, PLAN, Ref, StageClosed, StageOpened
from wugong.testing import Rehearsal
from wugong_building.events import ProjectListed
from wugong_oversight.events import (
    FindingFiled,
    GroupFormed,
    Inspected,
    Rectified,
    Reinspected,
    UpkeepPlanned,
)
from wugong_oversight.findings import FINDINGS
from wugong_server.testing import browse

MEMBERS: dict[str, Iterable[str]] = {
    "wang": ("officer",),
    "qian": ("professional",),
    "builder": ("contractor",),
    "sun": (),
    "zhou": (),
    "li": (),
}


@pytest.fixture
def site() -> Rehearsal:
    return Rehearsal({"building": wugong_building, "oversight": wugong_oversight}, members=MEMBERS)


@pytest.fixture
def lift(site: Rehearsal) -> str:
    place = site.open("Lift", by="li")
    site.act("wang", place, StageClosed(stage=PLAN))
    for stage in (BUILD, MANAGE):
        site.act("wang", place, StageOpened(stage=stage))
    site.act("wang", place, GroupFormed(members=("sun", "zhou"), professionals=("qian",)))
    return place


def found(site: Rehearsal, place: str, severity: Any = "critical", text: str = "Loose") -> Ref:
    looked = Ref(site.act("sun", place, Inspected(item="Shaft")).seq)
    filed = FindingFiled(inspection=looked, severity=severity, text=text)
    return Ref(site.act("sun", place, filed).seq)


def read(client: TestClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the form on a page."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def test_a_problem_is_recorded_in_three_steps(site: Rehearsal, lift: str) -> None:
    client = browse(site, "sun")
    start = f"/m/{lift}/oversight/new"
    assert start in read(client, f"/m/{lift}")

    sent = {**fields(read(client, start)), "item": "Shaft", "remark": ""}
    answer = client.post(start, data=sent)
    assert answer.status_code == 303, answer.text
    inspection = re.match(rf"/m/{lift}/oversight/\d+", answer.headers["location"])
    assert inspection is not None

    page = read(client, answer.headers["location"])
    assert "这次没有发现问题。" in page
    problem = {**fields(page), "severity": "critical", "text": "Loose", "due_days": "7"}
    answer = client.post(inspection.group(), data={**problem, "owner": "builder"})
    assert answer.status_code == 303, answer.text

    (finding,) = site.matter(lift).state(FINDINGS).findings.values()
    assert (finding.item, finding.severity, finding.owner, finding.finder) == (
        "Shaft",
        "critical",
        "builder",
        "sun",
    )
    page = read(client, answer.headers["location"])
    assert "待整改" in page
    assert "3月9日24:00" in page
    assert "builder" in page


def test_an_inspection_of_a_project_keeps_the_project(site: Rehearsal, lift: str) -> None:
    listed = ProjectListed(title="Paint", description="The door", estimate_fen=1)
    project = site.act("wang", lift, listed).seq
    client = browse(site, "sun")
    start = f"/m/{lift}/oversight/new?task={project}"
    sent = {**fields(read(client, start)), "item": "Door", "remark": "Still wet"}
    assert client.post(start, data=sent).status_code == 303
    (inspection,) = site.matter(lift).state(FINDINGS).inspections.values()
    assert inspection.task == project


@pytest.mark.parametrize("task", ["x", "²", "-1"])
def test_a_project_that_is_no_number_is_left_out(site: Rehearsal, lift: str, task: str) -> None:
    page = read(browse(site, "sun"), f"/m/{lift}/oversight/new?task={task}")
    assert "task" not in fields(page)


def test_only_supervisors_are_asked_for_inspections(site: Rehearsal, lift: str) -> None:
    found(site, lift)
    start = f"/m/{lift}/oversight/new"
    for member in ("li", "wang", "builder"):
        assert "wugong.not_your_role" in read(browse(site, member), start, status=409)
        assert start not in read(browse(site, member), f"/m/{lift}")
    assert browse(site).get(start).status_code in (303, 409)


def test_everybody_reads_what_is_open_and_what_it_stops(site: Rehearsal, lift: str) -> None:
    found(site, lift, "minor", "Scratch")
    found(site, lift, "critical", "Cracked")
    page = read(browse(site), f"/m/{lift}")
    assert page.index("Cracked") < page.index("Scratch")  # the gravest first
    assert "1个严重问题拦下了验收和付款" in page
    assert "检查2次" in page
    assert "共2个问题，已销号0个" in page


def test_the_finder_is_offered_the_re_inspection_and_nobody_else(
    site: Rehearsal, lift: str
) -> None:
    finding = found(site, lift)
    mend = f"oversight.rectified?finding={finding}"
    again = f"oversight.reinspected?finding={finding}"
    assert mend in read(browse(site, "builder"), f"/m/{lift}")
    assert again not in read(browse(site, "sun"), f"/m/{lift}")
    site.act("builder", lift, Rectified(finding=finding, evidence="Bolted anew"))
    assert again in read(browse(site, "sun"), f"/m/{lift}")
    assert again not in read(browse(site, "zhou"), f"/m/{lift}")
    assert "Bolted anew" in read(browse(site), f"/m/{lift}")
    site.act("sun", lift, Reinspected(finding=finding, passed=False))
    assert "复查1次没有通过" in read(browse(site), f"/m/{lift}")
    site.act("builder", lift, Rectified(finding=finding, evidence="Welded"))
    site.act("sun", lift, Reinspected(finding=finding, passed=True))
    page = read(browse(site), f"/m/{lift}/oversight")
    assert "已销号" in page
    assert "1个问题中1个" in page
    assert "1次检查中1次" in page


def test_an_overdue_problem_says_since_when(site: Rehearsal, lift: str) -> None:
    found(site, lift)
    site.wait(days=8)
    page = read(browse(site), f"/m/{lift}/oversight")
    assert "已过期" in page
    assert "3月9日24:00" in page


def test_a_site_without_problems_says_so_in_three_languages(site: Rehearsal, lift: str) -> None:
    for language, said in (
        ("zh-Hans", "没有发现问题。"),
        ("zh-Hant", "沒有發現問題。"),
        ("en", "No problem was found so far."),
    ):
        assert said in read(browse(site, language=language), f"/m/{lift}/oversight")


def test_a_problem_refused_keeps_what_was_typed(site: Rehearsal, lift: str) -> None:
    inspection = site.act("sun", lift, Inspected(item="Shaft")).seq
    client = browse(site, "sun")
    address = f"/m/{lift}/oversight/{inspection}"
    page = read(client, address)
    assert '<option value="sun"' not in page  # nobody is offered their own
    problem = {**fields(page), "severity": "major", "text": "Loose bolt", "due_days": "7"}
    answer = client.post(address, data={**problem, "owner": "sun"})
    assert answer.status_code == 409
    assert "oversight.own_finding" in answer.text
    assert "Loose bolt" in answer.text
    assert 'value="major" checked' in answer.text


def test_an_inspection_that_is_not_there_is_not_found(site: Rehearsal, lift: str) -> None:
    read(browse(site, "sun"), f"/m/{lift}/oversight/999", status=404)
    read(browse(site, "sun"), "/m/example.999/oversight", status=404)


def test_what_supervisors_write_is_escaped(site: Rehearsal, lift: str) -> None:
    finding = found(site, lift, text="<script>alert(1)</script>")
    site.act("builder", lift, Rectified(finding=finding, evidence="<img src=x onerror=alert(2)>"))
    for address in (f"/m/{lift}", f"/m/{lift}/oversight", f"/m/{lift}/oversight/{finding - 1}"):
        page = read(browse(site), address)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_the_upkeep_plan_stands_on_the_matter(site: Rehearsal, lift: str) -> None:
    plan = UpkeepPlanned(
        steward="li",
        rota=("Stair 1: odd months", "Stair 2: even months"),
        yearly_cost_fen=360_000,
        source="Common income",
    )
    assert "3,600.00元" not in read(browse(site, "wang"), f"/m/{lift}")
    site.act("wang", lift, plan)
    page = read(browse(site, "wang"), f"/m/{lift}")
    for said in ("管护人", "3,600.00元", "Stair 1: odd months", "Common income"):
        assert said in page
