"""A lift, what the rules of its city ask: the plan, the body that votes, objections in writing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

import wugong_planning
import wugong_urban
import wugong_voting
from wugong import JURISDICTION, Refused, StepRecorded
from wugong.statutes import national_sources
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_urban import lifts
from wugong_urban.events import CHARTER, Sharer, SharesAdopted

JINAN, SANYA = "CN-SD-Jinan", "CN-HI-Sanya"
ELSEWHERE = ["", "CN-SD", "CN-SC-Chengdu"]
# Two stairs of one building, three floors of two flats each.
UNITS = [(f"{s}-{f}0{n}", f"m{s}{f}{n}", s, 80_00) for s in "12" for f in (1, 2, 3) for n in (1, 2)]
STAIR = [unit for unit, _, stair, _ in UNITS if stair == "1"]
PLAN = {"money": "业主按系数出资，另有补贴", "running_costs": "二层以上按户均分"}
OPTIONS = [{"id": name, "title": name} for name in ("yes", "no", "abstain")]


def rehearsal(place: str = "") -> Rehearsal:
    plugins = {"voting": wugong_voting, "planning": wugong_planning, "urban": wugong_urban}
    members: dict[str, tuple[str, ...]] = {"wang": ("officer",), "li": (), "m111": (), "m112": ()}
    settings = {JURISDICTION: place} if place else {}
    r = Rehearsal(plugins, members=members, settings=settings)
    r.roster("owners", UNITS)
    return r


def lift(r: Rehearsal) -> str:
    """Open a matter about a lift for stair 1: its notice has run, its ground floor was heard."""
    matter = r.open("1单元加装电梯", by="li", category="lift")
    notice(r, matter)
    affected(r, matter, "1-101", "1-102")
    return matter


def notice(r: Rehearsal, matter: str) -> None:
    r.act("wang", matter, "planning.notice_posted", {"title": "电梯", "days": 15})
    r.wait(days=15)


def affected(r: Rehearsal, matter: str, *losing: str) -> None:
    units = [{"unit": unit, "effect": "loss"} for unit in losing]
    r.act("wang", matter, "urban.affected_listed", {"units": units})
    for unit in losing:
        statement(r, matter, unit)


def statement(r: Rehearsal, matter: str, unit: str, stance: str = "support", **form: str) -> None:
    body = {"unit": unit, "text": "屋里会暗", "stance": stance, **form}
    r.act("wang", matter, "urban.statement_taken", body)


def plan(r: Rehearsal, matter: str, *units: str, **each: Any) -> None:
    given = each or {"amount_fen": 5_000_00}
    body = {**PLAN, "compensated": [{"unit": unit, **given} for unit in units]}
    r.act("wang", matter, "urban.plan_stated", body)


def poll(r: Rehearsal, matter: str, *groups: str) -> int:
    body = {
        "question": "同意加装？",
        "options": OPTIONS,
        "procedure": "owners.special",
        "roster": "owners",
        "groups": list(groups or ("1",)),
        "closes_at": (r.clock.now + timedelta(days=7)).isoformat(),
    }
    return r.act("wang", matter, "voting.poll_opened", body).seq


def shares(*units: str, **more: Any) -> SharesAdopted:
    listed = tuple(Sharer(unit=u, floor=int(u[2]), area_dm2=80_00) for u in units)
    return SharesAdopted(cost_fen=480_000_00, formula="area", units=listed, **more)


def reasons(r: Rehearsal, do: Any, *given: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the codes of a refusal with source and details; nothing may be written."""
    before = r.engine.head(r.community)
    with pytest.raises(Refused) as refused:
        do(r, *given)
    assert r.engine.head(r.community) == before
    return {one.code: (one.source, dict(one.details)) for one in refused.value.reasons}


# Who shares


def adopt(r: Rehearsal, matter: str, wanted: SharesAdopted) -> None:
    r.act("wang", matter, wanted)


def test_only_the_stair_concerned_shares_the_cost() -> None:
    r = rehearsal()
    matter = lift(r)
    found = reasons(r, adopt, matter, shares(*STAIR, "2-101", "2-301"))
    assert found["urban.unit_outside"] == ("民法典 283", {"units": "2-101, 2-301", "count": 2})
    adopt(r, matter, shares(*STAIR))


def test_a_unit_of_the_other_stair_shares_once_it_is_listed_as_affected() -> None:
    r = rehearsal()
    matter = lift(r)
    affected(r, matter, "1-101", "2-101")
    adopt(r, matter, shares(*STAIR, "2-102"))  # its stair is concerned now
    assert set(reasons(r, adopt, matter, shares(*STAIR, "3-101"))) == {"urban.unit_outside"}


def test_after_a_poll_those_share_whom_it_asked() -> None:
    r = rehearsal()
    matter = lift(r)
    poll(r, matter, "1", "2")
    adopt(r, matter, shares(*STAIR, "2-101"))
    notice(r, matter)
    poll(r, matter, "1")
    assert set(reasons(r, adopt, matter, shares(*STAIR, "2-101"))) == {"urban.unit_outside"}


def test_relief_goes_to_owners_concerned_alone() -> None:
    r = rehearsal()
    matter = lift(r)
    poor = Sharer(unit="2-101", floor=1, area_dm2=80_00, relief=50)
    wanted = SharesAdopted(cost_fen=1_00, formula="area", units=(*shares(*STAIR).units, poor))
    assert reasons(r, adopt, matter, wanted)["urban.unit_outside"][1]["units"] == "2-101"


def test_before_anybody_is_listed_every_owner_may_share_and_nobody_else() -> None:
    r = rehearsal()
    matter = r.open("加装电梯", by="li", category="lift")
    adopt(r, matter, shares(*(unit for unit, _, _, _ in UNITS)))
    assert set(reasons(r, adopt, matter, shares("9-999"))) == {"urban.unit_outside"}


def test_without_a_roster_nobody_can_tell_who_is_outside() -> None:
    r = Rehearsal({"urban": wugong_urban}, members={"wang": ("officer",)})
    adopt(r, r.open("加装电梯", by="wang", category="lift"), shares("9-999"))


def test_a_newer_roster_decides() -> None:
    r = rehearsal()
    matter = r.open("加装电梯", by="li", category="lift")
    r.roster("owners", UNITS[1:])
    assert set(reasons(r, adopt, matter, shares("1-101"))) == {"urban.unit_outside"}


def test_the_page_says_who_is_outside_before_anything_is_recorded() -> None:
    r = rehearsal()
    matter = lift(r)
    client = browse(r, "wang")
    page = client.get(f"/m/{matter}/cost-shares").text
    sent = dict(re.findall(r'name="(csrf|key)" value="([^"]*)"', page))
    units = "\n".join(f"{unit} 2 80.00" for unit in ("1-201", "2-201"))
    sent |= {"cost": "100.00", "formula": "area", "units": units, "do": "try"}
    answer = client.post(f"/m/{matter}/cost-shares", data=sent)
    assert answer.status_code == 409
    assert "2-201（共1户）" in answer.text and "第283条" in answer.text


# The plan


def test_in_jinan_no_vote_opens_before_the_plan_is_stated() -> None:
    r = rehearsal(JINAN)
    matter = lift(r)
    found = reasons(r, poll, matter)
    assert found == {"urban.plan_missing": ("濟南（萊蕪、鋼城）加裝電梯規定 10", {})}
    plan(r, matter, "1-101", "1-102")
    assert poll(r, matter)


def test_in_jinan_the_plan_names_what_each_losing_unit_is_given() -> None:
    r = rehearsal(JINAN)
    matter = lift(r)
    plan(r, matter, "1-101")
    assert reasons(r, poll, matter)["urban.compensation_missing"][1] == {
        "units": "1-102",
        "count": 1,
    }
    plan(r, matter, "1-102")  # a later plan replaces the earlier one
    assert reasons(r, poll, matter)["urban.compensation_missing"][1]["units"] == "1-101"
    plan(r, matter, "1-101", "1-102", how="本人签字不要补偿")
    assert poll(r, matter)


@pytest.mark.parametrize(("place", "waits"), [(JINAN, True), *((one, False) for one in ELSEWHERE)])
def test_what_the_vote_waits_for_is_awaited_where_the_rule_binds(place: str, waits: bool) -> None:
    r = rehearsal(place)
    matter = lift(r)

    def awaited() -> bool:
        return any(one.act == "urban.plan_stated" for one in r.engine.waiting(matter))

    assert awaited() is waits
    plan(r, matter, "1-101")
    assert awaited() is waits  # nothing on 1-102 yet
    plan(r, matter, "1-101", "1-102")
    assert not awaited()


@pytest.mark.parametrize("place", ELSEWHERE)
def test_elsewhere_the_page_warns_and_the_vote_opens(place: str) -> None:
    r = rehearsal(place)
    matter = lift(r)
    panel = panel_of(r, matter)
    assert "还没有写明方案" in panel and "不拦任何事" in panel and "第10条" in panel
    assert poll(r, matter)


def test_in_jinan_the_warning_does_not_call_the_rule_a_model() -> None:
    r = rehearsal(JINAN)
    panel = panel_of(r, lift(r))
    assert "还没有写明方案" in panel and "不拦任何事" not in panel


@pytest.mark.parametrize("heard", ["the step", "the article"])
def test_a_rule_that_was_only_heard_of_binds_nowhere(
    monkeypatch: pytest.MonkeyPatch, heard: str
) -> None:
    r = rehearsal(JINAN)
    matter = lift(r)
    if heard == "the step":
        flow = r.engine.registry.procedures[lifts.FLOW]
        steps = tuple(replace(one, confidence="S") for one in flow.steps)
        r.engine.registry.procedures[lifts.FLOW] = replace(flow, steps=steps)
    else:
        known, name = national_sources(), "濟南（萊蕪、鋼城）加裝電梯規定"
        told = tuple(replace(one, confidence="S") for one in known[name].articles)
        less = {**known, name: replace(known[name], articles=told)}
        monkeypatch.setattr("wugong_urban.lifts.national_sources", lambda: less)
    assert poll(r, matter)


@pytest.mark.parametrize(
    ("units", "each", "code"),
    [
        (("1-101", "1-101"), {"amount_fen": 1}, "urban.unit_listed_twice"),
        (("1-101", "1-201"), {"amount_fen": 1}, "urban.compensated_not_listed"),
        (("1-101",), {"amount_fen": 0}, "urban.compensation_empty"),
    ],
)
def test_a_plan_that_cannot_be(units: tuple[str, ...], each: dict[str, Any], code: str) -> None:
    r = rehearsal()
    matter = lift(r)
    with r.refuses(code):
        plan(r, matter, *units, **each)
    plan(r, matter, "1-101", amount_fen=1)


# The body that votes


def test_in_sanya_a_vote_asks_every_stair_that_the_scheme_touches() -> None:
    r = rehearsal(SANYA)
    matter = lift(r)
    affected(r, matter, "1-101", "2-101", "9-101")  # the last is no owner of ours
    assert reasons(r, poll, matter, "1") == {
        "urban.affected_left_out": ("三亞市電梯安全管理規定 15", {"units": "2-101", "count": 1})
    }
    assert poll(r, matter, "1", "2")


def test_elsewhere_the_page_says_whom_the_vote_leaves_out() -> None:
    r = rehearsal()
    matter = lift(r)
    affected(r, matter, "1-101", "2-101")
    poll(r, matter, "1")
    assert "2-101（共1户）" in panel_of(r, matter)


# Objections


def test_in_jinan_an_objection_in_writing_is_signed() -> None:
    r = rehearsal(JINAN)
    matter = lift(r)
    with r.refuses("urban.objection_unsigned"):
        statement(r, matter, "1-101", "object", form="unsigned")
    statement(r, matter, "1-101", "support", form="unsigned")
    statement(r, matter, "1-101", "object", form="spoken")
    statement(r, matter, "1-101", "object", form="signed")


def test_the_rule_on_lifts_says_nothing_of_other_matters() -> None:
    r = rehearsal(JINAN)
    matter = r.open("改建门房", by="li", category="rebuild")
    affected(r, matter, "1-101")
    statement(r, matter, "1-101", "object", form="unsigned")


@pytest.mark.parametrize("place", ELSEWHERE)
def test_elsewhere_it_is_noted_as_it_came_and_staff_sees_that(place: str) -> None:
    r = rehearsal(place)
    matter = lift(r)
    statement(r, matter, "1-101", "object", form="unsigned")
    assert "书面，没有签字" in panel_of(r, matter)
    assert "书面，没有签字" not in panel_of(r, matter, "li")


def applied(r: Rehearsal, matter: str) -> None:
    step = StepRecorded(step="owners.lift.apply", held_on=date(2026, 3, 2), resolved="已递交")
    r.act("wang", matter, step)


@pytest.mark.parametrize(
    ("place", "form", "waits"),
    [(JINAN, "signed", True), (JINAN, "spoken", False), ("", "signed", False)],
)
def test_the_application_waits_for_signed_objections(place: str, form: str, waits: bool) -> None:
    r = rehearsal(place)
    matter = lift(r)
    statement(r, matter, "1-101", "object", form=form)
    if waits:
        assert reasons(r, applied, matter)["urban.objection_open"][1]["units"] == "1-101"
        statement(r, matter, "1-101", "support", form="signed")
    applied(r, matter)


def panel_of(r: Rehearsal, matter: str, member: str = "wang") -> str:
    page = browse(r, member).get(f"/m/{matter}").text
    return page.partition("受影响的邻居</h2>")[2].partition("</section>")[0]


# Who signs for a private part


PLANS = "濟南（萊蕪、鋼城）加裝電梯規定 10"
SIGNS = "濟南（萊蕪、鋼城）加裝電梯規定 7"


def occupying(r: Rehearsal, matter: str, *units: str) -> None:
    both = [{"unit": unit, "how": "另行商定"} for unit in ("1-101", "1-102")]
    body = {**PLAN, "compensated": both, "occupies": list(units)}
    r.act("wang", matter, "urban.plan_stated", body)


def sign(r: Rehearsal, by: str, matter: str, unit: str, **more: Any) -> None:
    stated = r.matter(matter).state(lifts.STATED)
    plan = more.pop("plan", stated.seq if stated else 0)
    body = {
        "plan": plan,
        "unit": unit,
        **{name: more.pop(name) for name in {"answer", "witness"} & more.keys()},
    }
    r.act(by, matter, "urban.private_part_agreed", body, **more)


def test_in_jinan_the_application_waits_for_every_owner_whose_part_is_taken_up() -> None:
    r = rehearsal(JINAN)
    matter = lift(r)
    occupying(r, matter, "1-101", "1-102")
    waits = {"units": "1-101, 1-102", "count": 2}
    assert reasons(r, applied, matter) == {"urban.private_part_unsigned": (SIGNS, waits)}
    sign(r, "m111", matter, "1-101")
    assert "1户，已签字同意" not in panel_of(r, matter)
    assert "被占用专有部分的业主2户，已签字同意1户。" in panel_of(r, matter)
    assert reasons(r, applied, matter)["urban.private_part_unsigned"][1]["units"] == "1-102"
    sign(r, "m112", matter, "1-102", answer="refuses")
    assert set(reasons(r, applied, matter)) == {"urban.private_part_unsigned"}
    sign(r, "m112", matter, "1-102")  # a later answer takes the place of the earlier
    applied(r, matter)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_elsewhere_a_missing_signature_is_a_warning(place: str) -> None:
    r = rehearsal(place)
    matter = lift(r)
    occupying(r, matter, "1-101")
    assert "还没有签字同意：1-101" in panel_of(r, matter)
    assert not [one for one in r.engine.waiting(matter) if one.source == SIGNS]
    applied(r, matter)


def test_who_must_sign_is_awaited_where_the_rule_binds() -> None:
    r = rehearsal(JINAN)
    matter = lift(r)
    occupying(r, matter, "1-101")
    (one,) = [one for one in r.engine.waiting(matter) if one.source == SIGNS]
    assert one.act == "urban.private_part_agreed" and one.details["units"] == "1-101"
    sign(r, "m111", matter, "1-101")
    assert not [one for one in r.engine.waiting(matter) if one.source == SIGNS]


@pytest.mark.parametrize(
    ("by", "unit", "more", "code"),
    [
        pytest.param("m112", "1-101", {}, "owner_signs_in_person", id="a neighbour"),
        pytest.param("wang", "1-101", {}, "owner_signs_in_person", id="the office of itself"),
        pytest.param("m112", "1-102", {}, "private_part_kept", id="nothing of theirs is taken up"),
        pytest.param(
            "wang", "1-101", {"principal": "m111"}, "signature_unwitnessed", id="no witness"
        ),
        pytest.param(
            "wang", "1-101", {"principal": "m111", "witness": "wang"}, "signature_unwitnessed",
            id="the witness enters it",
        ),
        pytest.param(
            "wang", "1-101", {"principal": "m111", "witness": "m111"}, "signature_unwitnessed",
            id="the witness is the owner",
        ),
        pytest.param(
            "wang", "1-101", {"principal": "m112", "witness": "li"}, "owner_signs_in_person",
            id="entered for somebody else",
        ),
        pytest.param("wang", "1-101", {"principal": "m111", "witness": "li"}, "", id="witnessed"),
        pytest.param("m111", "1-101", {}, "", id="the owner"),
    ],
)  # fmt: skip
def test_an_owner_signs_in_person_or_before_a_witness(
    by: str, unit: str, more: dict[str, str], code: str
) -> None:
    r = rehearsal()
    matter = lift(r)
    occupying(r, matter, "1-101")
    if "principal" in more:
        more = {**more, "channel": "paper"}
    if not code:
        sign(r, by, matter, unit, **more)
        return
    with r.refuses(f"urban.{code}"):
        sign(r, by, matter, unit, **more)


@pytest.mark.parametrize("place", [JINAN, *ELSEWHERE])
def test_what_cannot_be_cites_the_rule_of_a_city_in_that_city_only(place: str) -> None:
    r = rehearsal(place)
    matter = lift(r)
    found = reasons(r, plan, matter, "2-101")
    occupying(r, matter, "1-101")
    found |= reasons(r, sign, "m112", matter, "1-101")
    assert {code: source for code, (source, _) in found.items()} == {
        "urban.compensated_not_listed": PLANS if place == JINAN else CHARTER,
        "urban.owner_signs_in_person": SIGNS if place == JINAN else CHARTER,
    }


def test_only_the_plan_in_force_is_signed_and_offered() -> None:
    r = rehearsal()
    matter = lift(r)
    occupying(r, matter, "1-101")
    first = r.engine.head(r.community).seq
    offered = "urban.private_part_agreed"
    assert offered in browse(r, "m111").get(f"/m/{matter}").text
    occupying(r, matter)  # a later plan takes up nothing
    assert offered not in browse(r, "m111").get(f"/m/{matter}").text
    for plan in (first, first + 1):
        with r.refuses("urban.plan_not_to_sign"):
            sign(r, "m111", matter, "1-101", plan=plan)
    occupying(r, matter, "1-101")
    with r.refuses("urban.plan_not_to_sign"):
        sign(r, "m111", matter, "1-101", plan=first)
    sign(r, "m111", matter, "1-101", plan=first + 2)


@pytest.mark.parametrize("act", ["urban.plan_stated", "urban.private_part_agreed"])
def test_a_plan_and_a_signature_take_what_is_on_paper(act: str) -> None:
    r = rehearsal()
    matter = lift(r)
    occupying(r, matter, "1-101")
    form = browse(r, "wang").get(f"/m/{matter}/do/{act}").text
    assert 'type="file" name="documents-files"' in form


def test_a_unit_whose_part_is_taken_up_is_listed_as_affected() -> None:
    r = rehearsal()
    matter = lift(r)
    with r.refuses("urban.occupied_not_listed"):
        occupying(r, matter, "2-101")
