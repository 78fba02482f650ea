"""A resident's way through the catalogue: find a project, take it on, pledge for another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

import wugong_building
from wugong import BUILD, PLAN, Ref, StageClosed, StageOpened, TaskAccepted, seal
from wugong.testing import Rehearsal
from wugong_building.campaigns import GIVEN
from wugong_building.events import (
    CampaignOpened,
    Claimed,
    CostSettled,
    Delivered,
    Pledged,
    ProjectListed,
)
from wugong_server.testing import browse

MEMBERS: dict[str, Iterable[str]] = {"wang": ("officer",), "li": (), "zhao": ()}
CATALOGUE = "/c/example/projects"


@pytest.fixture
def yard() -> Rehearsal:
    return Rehearsal({"building": wugong_building}, members=MEMBERS)


def built(yard: Rehearsal, audience: str = "public") -> str:
    place = yard.open("Courtyard", by="li", audience=audience)
    yard.act("wang", place, StageClosed(stage=PLAN))
    yard.act("wang", place, StageOpened(stage=BUILD))
    return place


def listed(yard: Rehearsal, place: str, title: str) -> Ref:
    project = ProjectListed(
        title=title, description="By the gate", estimate_fen=100_000, support="Soil", days=10
    )
    return Ref(yard.act("wang", place, project).seq)


def claimed(yard: Rehearsal, place: str, project: Ref) -> Ref:
    return Ref(yard.act("li", place, Claimed(project=project, plan=seal("On Sundays"))).seq)


def asked(yard: Rehearsal, place: str) -> Ref:
    closes_at = yard.clock.now + timedelta(days=20)
    campaign = CampaignOpened(title="Lift", target_fen=100_000, closes_at=closes_at)
    return Ref(yard.act("wang", place, campaign).seq)


def read(client: TestClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the form on a page."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def test_the_catalogue_shows_free_projects_first_with_size_help_and_days(yard: Rehearsal) -> None:
    place = built(yard)
    claimed(yard, place, listed(yard, place, "Taken bench"))
    listed(yard, place, "Free flower bed")
    page = read(browse(yard), CATALOGUE)
    assert page.index("Free flower bed") < page.index("Taken bench")
    assert "有1个项目可以认领" in page
    assert "1,000.00元" in page
    assert "社区提供：Soil" in page
    assert "认领后10天内做完" in page
    assert "3月12日24:00" in page


def test_an_empty_catalogue_says_so_in_three_languages(yard: Rehearsal) -> None:
    for language, said in (
        ("zh-Hans", "还没有微项目。"),
        ("zh-Hant", "還沒有微項目。"),
        ("en", "No project is listed yet."),
    ):
        assert said in read(browse(yard, language=language), CATALOGUE)


def test_a_members_matter_is_not_in_the_catalogue_of_who_is_signed_out(yard: Rehearsal) -> None:
    place = built(yard, audience="members")
    listed(yard, place, "Inner flower bed")
    assert "Inner flower bed" not in read(browse(yard), CATALOGUE)
    assert "Inner flower bed" not in read(browse(yard), "/c/example")
    assert "Inner flower bed" in read(browse(yard, "li"), CATALOGUE)


def test_what_was_saved_is_shown_with_its_figures(yard: Rehearsal) -> None:
    place = built(yard)
    project = listed(yard, place, "Flower bed")
    claim = claimed(yard, place, project)
    yard.act("li", place, Delivered(claim=claim, evidence=seal("Photo on the board"), hours=6))
    yard.act("wang", place, TaskAccepted(task=project))
    yard.act("wang", place, CostSettled(project=project, public_cost_fen=70_000))
    page = read(browse(yard), CATALOGUE)
    assert "都有人认领了。" in page
    assert "节省 <b>300.00元</b>" in page


def test_a_resident_is_offered_the_claim_and_nobody_else(yard: Rehearsal) -> None:
    place = built(yard)
    project = listed(yard, place, "Flower bed")
    claim = f"/m/{place}/do/building.claimed?project={project}"
    assert claim in read(browse(yard, "zhao"), f"/m/{place}")
    assert claim not in read(browse(yard), f"/m/{place}")


def test_each_reader_is_offered_the_next_step_that_is_theirs(yard: Rehearsal) -> None:
    place = built(yard)
    project = listed(yard, place, "Flower bed")
    claim = claimed(yard, place, project)
    here = f"/m/{place}"
    page = read(browse(yard, "li"), here)
    assert f"building.delivered?claim={claim}" in page
    assert f"building.claim_given_up?claim={claim}" in page
    assert "On Sundays" in page
    assert "building.delivered?claim" not in read(browse(yard, "zhao"), here)

    evidence = seal("Photo on the board")
    delivery = yard.act("li", place, Delivered(claim=claim, evidence=evidence, hours=6)).seq

    office = read(browse(yard, "wang"), here)
    assert f"building.task_accepted?task={project}&amp;delivery={delivery}" in office
    assert f"building.delivery_returned?claim={claim}" in office
    assert "Photo on the board" in office
    assert "用了6小时" in office
    assert "building.task_accepted?task" not in read(browse(yard, "li"), here)


def test_the_home_page_names_free_projects_and_is_silent_without_any(yard: Rehearsal) -> None:
    place = built(yard)
    assert "可以认领的项目" not in read(browse(yard), "/c/example")
    project = listed(yard, place, "Flower bed")
    page = read(browse(yard), "/c/example")
    assert "Flower bed" in page
    assert CATALOGUE in page
    claimed(yard, place, project)
    assert "可以认领的项目" not in read(browse(yard), "/c/example")


def test_what_residents_write_is_escaped(yard: Rehearsal) -> None:
    place = built(yard)
    project = listed(yard, place, "<script>alert(1)</script>")
    hostile = Claimed(project=project, plan=seal('"><img src=x onerror=alert(2)>'))
    yard.act("li", place, hostile)
    for address in (CATALOGUE, f"/m/{place}", "/c/example"):
        page = read(browse(yard, "zhao"), address)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# Pledging


@pytest.mark.parametrize(
    ("what", "typed", "amount"),
    [
        pytest.param("money", "500.5", 50_050, id="yuan"),
        pytest.param("money", "1,500", 150_000, id="grouped yuan"),
        pytest.param("labour", "3", 3, id="days"),
        pytest.param("materials", "20", 20, id="pieces"),
    ],
)
def test_a_pledge_is_typed_in_the_units_people_use(
    yard: Rehearsal, what: str, typed: str, amount: int
) -> None:
    place = built(yard)
    campaign = asked(yard, place)
    client = browse(yard, "li")
    form = f"/m/{place}/pledges/new?campaign={campaign}"
    sent = {**fields(read(client, form)), "what": what, "amount": typed, "remark": ""}
    assert sent["campaign"] == str(campaign)
    answer = client.post(form, data=sent)
    assert answer.status_code == 303, answer.text
    (pledge,) = yard.matter(place).state(GIVEN).pledges.values()
    assert (pledge.what, pledge.amount, pledge.campaign) == (what, amount, campaign)
    assert client.post(form, data=sent).status_code == 303  # the same form, sent twice
    assert len(yard.matter(place).state(GIVEN).pledges) == 1


def test_a_pledge_too_late_keeps_what_was_typed(yard: Rehearsal) -> None:
    place = built(yard)
    campaign = asked(yard, place)
    client = browse(yard, "li")
    form = f"/m/{place}/pledges/new?campaign={campaign}"
    sent = {**fields(read(client, form)), "what": "labour", "amount": "3", "remark": "Weekends"}
    yard.clock.move(days=20)
    answer = client.post(form, data=sent)
    assert answer.status_code == 409
    assert "building.campaign_over" in answer.text
    assert "Weekends" in answer.text
    assert 'value="labour" checked' in answer.text


@pytest.mark.parametrize("typed", ["0.005", "three", "", "-5"])
def test_an_amount_that_is_none_is_not_recorded(yard: Rehearsal, typed: str) -> None:
    place = built(yard)
    client = browse(yard, "li")
    form = f"/m/{place}/pledges/new"
    sent = {**fields(read(client, form)), "what": "money", "amount": typed}
    assert client.post(form, data=sent).status_code == 422
    assert not yard.matter(place).state(GIVEN).pledges


def test_who_is_signed_out_is_sent_to_sign_in(yard: Rehearsal) -> None:
    place = built(yard)
    answer = browse(yard).get(f"/m/{place}/pledges/new")
    assert answer.status_code in (303, 409)
    assert not yard.matter(place).state(GIVEN).pledges


def test_a_pledge_is_seen_by_its_maker_and_withdrawn_from_there(yard: Rehearsal) -> None:
    place = built(yard)
    campaign = asked(yard, place)
    pledge = yard.act("li", place, Pledged(campaign=campaign, what="money", amount=12_345)).seq
    own = f"building.pledge_withdrawn?pledge={pledge}"
    assert own in read(browse(yard, "li"), f"/m/{place}")
    page = read(browse(yard, "zhao"), f"/m/{place}")
    assert own not in page
    assert "您的认捐" not in page
    assert "123.45元" in page  # the sum is everybody's
    assert "876.55元" in page  # and so is what is missing


def test_a_missed_target_says_that_nobody_owes_anything(yard: Rehearsal) -> None:
    place = built(yard)
    asked(yard, place)
    yard.wait(days=20)
    page = read(browse(yard), f"/m/{place}")
    assert "没有达到目标，谁都不用出" in page
    assert "/pledges/new" not in page


def test_a_project_whose_claim_lapsed_is_offered_again(yard: Rehearsal) -> None:
    place = built(yard)
    claimed(yard, place, listed(yard, place, "Flower bed"))
    assert "都有人认领了。" in read(browse(yard), CATALOGUE)
    yard.wait(days=11)
    assert "有1个项目可以认领" in read(browse(yard), CATALOGUE)


def test_a_long_catalogue_has_twenty_projects_a_page(yard: Rehearsal) -> None:
    place = built(yard)
    for number in range(1, 22):
        listed(yard, place, f"Flower bed no. {number:02}")
    first, second = (read(browse(yard), f"{CATALOGUE}?page={n}") for n in (1, 2))
    assert "Flower bed no. 20" in first
    assert "Flower bed no. 21" not in first
    assert "Flower bed no. 21" in second
