"""Neighbours who lose by a scheme are heard before owners vote on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import wugong_planning
import wugong_urban
import wugong_voting
from wugong import BUILD, Refused
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_urban.affected import NEIGHBOURS

# DOMAIN §12, W3: one stair, six floors, flats of 80 and 70 m².
STAIR = [
    (f"{floor}0{flat}", f"m{floor}0{flat}", "2", area)
    for floor in range(1, 7)
    for flat, area in ((1, 80_00), (2, 70_00))
]
BODY = {
    "question": "Shall we add a lift?",
    "options": [{"id": name, "title": name} for name in ("yes", "no", "abstain")],
    "procedure": "owners.special",
    "roster": "owners",
}
LOSING = [
    {"unit": "101", "effect": "loss", "member": "m101"},
    {"unit": "102", "effect": "loss"},
    {"unit": "601", "effect": "gain", "member": "m601"},
]


def rehearsal() -> Rehearsal:
    plugins = {"voting": wugong_voting, "planning": wugong_planning, "urban": wugong_urban}
    members: dict[str, tuple[str, ...]] = {"wang": ("officer",), "desk": ("agent",)}
    made = Rehearsal(plugins, members={**members, **{m: () for _, m, _, _ in STAIR}})
    made.roster("owners", STAIR)
    return made


def lift(r: Rehearsal) -> str:
    """Open a matter about a lift and let its notice run."""
    matter = r.open("A lift for stair 2", by="m601", category="lift")
    r.act("wang", matter, "planning.notice_posted", {"title": "A lift", "days": 15})
    r.wait(days=15)
    return matter


def listed(r: Rehearsal, matter: str, units: list[dict[str, str]] | None = None) -> None:
    r.act("wang", matter, "urban.affected_listed", {"units": LOSING if units is None else units})


def statement(r: Rehearsal, matter: str, unit: str, stance: str, by: str = "wang") -> None:
    body = {"unit": unit, "text": "Our rooms will be darker", "stance": stance}
    r.act(by, matter, "urban.statement_taken", body)


def contact(r: Rehearsal, matter: str, unit: str, times: int = 1) -> None:
    for _ in range(times):
        body = {"unit": unit, "how": "door", "remark": "Nobody at home"}
        r.act("wang", matter, "urban.contact_logged", body)


def poll(r: Rehearsal, matter: str, **more: Any) -> int:
    closes_at = (r.clock.now + timedelta(days=7)).isoformat()
    body = {**BODY, "closes_at": closes_at, **more}
    return r.act("wang", matter, "voting.poll_opened", body).seq


def reasons(r: Rehearsal, matter: str, **more: Any) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        poll(r, matter, **more)
    return {reason.code: dict(reason.details) for reason in refused.value.reasons}


def test_a_lift_needs_the_list_of_whom_it_affects() -> None:
    r = rehearsal()
    assert set(reasons(r, lift(r))) == {"urban.affected_not_listed"}


def test_every_losing_unit_is_named_until_it_was_heard() -> None:
    r = rehearsal()
    matter = lift(r)
    listed(r, matter)
    assert reasons(r, matter) == {
        "urban.affected_not_heard": {"count": 2, "units": "101, 102", "attempts": 3}
    }
    statement(r, matter, "101", "support", by="m101")
    contact(r, matter, "102", times=2)
    assert reasons(r, matter)["urban.affected_not_heard"]["units"] == "102"
    contact(r, matter, "102")
    assert poll(r, matter)


def test_a_unit_that_objects_is_offered_mediation_and_may_decline() -> None:
    r = rehearsal()
    matter = lift(r)
    listed(r, matter, LOSING[:1])
    statement(r, matter, "101", "object")
    assert reasons(r, matter) == {
        "urban.mediation_not_offered": {"count": 1, "units": "101", "attempts": 3}
    }
    offer = {"unit": "101", "answer": "declined"}
    r.act("wang", matter, "urban.mediation_offered", offer)
    assert poll(r, matter)


def test_whoever_changes_their_mind_needs_no_mediation() -> None:
    r = rehearsal()
    matter = lift(r)
    listed(r, matter, LOSING[:1])
    statement(r, matter, "101", "object")
    statement(r, matter, "101", "support")
    assert poll(r, matter)
    with r.refuses("urban.nobody_objected"):
        r.act("wang", matter, "urban.mediation_offered", {"unit": "101"})


def test_a_lift_needs_the_special_majority() -> None:
    r = rehearsal()
    matter = lift(r)
    listed(r, matter, LOSING[2:])
    assert set(reasons(r, matter, procedure="owners.ordinary")) == {"urban.needs_special_majority"}


def test_other_matters_ask_for_no_list() -> None:
    r = rehearsal()
    matter = r.open("A new manager", by="m601")
    r.act("wang", matter, "planning.notice_posted", {"title": "A manager", "days": 15})
    r.wait(days=15)
    assert poll(r, matter, procedure="owners.ordinary")


def test_a_newer_list_keeps_what_was_heard() -> None:
    r = rehearsal()
    matter = lift(r)
    listed(r, matter, LOSING[:1])
    statement(r, matter, "101", "undecided")
    listed(r, matter, [LOSING[0], {"unit": "201", "effect": "loss"}])
    assert reasons(r, matter)["urban.affected_not_heard"]["units"] == "201"
    listed(r, matter, LOSING[:1])
    assert poll(r, matter)


@pytest.mark.parametrize(
    ("by", "unit", "code"),
    [
        pytest.param("wang", "999", "urban.unit_not_listed", id="not on the list"),
        pytest.param("m601", "101", "urban.unit_of_another", id="a neighbour's unit"),
        pytest.param("m102", "102", "urban.unit_of_another", id="nobody known to live there"),
    ],
)
def test_a_statement_is_of_those_who_live_there(by: str, unit: str, code: str) -> None:
    r = rehearsal()
    matter = lift(r)
    listed(r, matter)
    with r.refuses(code):
        statement(r, matter, unit, "object", by=by)


def test_the_desk_notes_a_statement_for_who_lives_there() -> None:
    r = rehearsal()
    matter = lift(r)
    listed(r, matter)
    body = {"unit": "101", "text": "Our rooms will be darker", "stance": "object"}
    r.act("desk", matter, "urban.statement_taken", body, principal="m101", channel="assisted")
    assert r.matter(matter).state(NEIGHBOURS).units["101"].stance == "object"


def test_a_list_names_each_unit_once() -> None:
    r = rehearsal()
    matter = lift(r)
    with r.refuses("urban.unit_listed_twice"):
        listed(r, matter, [LOSING[0], LOSING[0]])


def test_what_neighbours_say_is_for_them_and_the_community_workers() -> None:
    r = rehearsal()
    matter = lift(r)
    listed(r, matter)
    statement(r, matter, "101", "object", by="m101")

    def read_by(member: str) -> list[dict[str, str | None]]:
        viewer = r.viewer(matter, member)
        facts = r.engine.facts(matter, viewer, limit=100)
        said = [fact for fact in facts if fact.kind == "urban.statement_taken"]
        return list(r.engine.texts(said, viewer).values())

    assert read_by("m101") == read_by("wang") == [{"text": "Our rooms will be darker"}]
    assert read_by("m102") == read_by("m601") == read_by("") == []


def test_what_is_owed_to_neighbours_waits_for_the_community_worker() -> None:
    r = rehearsal()
    matter = lift(r)
    listed(r, matter)
    statement(r, matter, "101", "object")
    waits = {item.act: item.details for item in r.engine.waiting(matter) if item.who == "officer"}
    assert waits["urban.statement_taken"] == {"units": "102"}
    assert waits["urban.mediation_offered"] == {"units": "101"}
    assert r.matter(matter).relations["urban.affected"] == {"m101"}
    assert not r.matter(matter).open(BUILD)


def test_units_that_wait_are_listed_as_the_language_lists_them() -> None:
    r = rehearsal()
    matter = lift(r)
    listed(r, matter)
    for language, units in (("zh-Hans", "101、102"), ("en", "101, 102")):
        page = browse(r, "wang", language=language).get(f"/m/{matter}").text
        assert units in page.partition('id="can"')[2].partition("</table>")[0]


def test_members_read_who_is_affected_and_only_staff_reads_who_objects() -> None:
    r = rehearsal()
    matter = lift(r)
    listed(r, matter)
    statement(r, matter, "101", "object")
    contact(r, matter, "102")

    def panel(member: str | None) -> str:
        page = browse(r, member).get(f"/m/{matter}").text
        return page.partition("受影响的邻居</h2>")[2].partition("</section>")[0]

    assert "2户受损，已听取1户" in panel("m601")
    assert "反对" not in panel("m601")
    assert "反对" in panel("wang") and "已联系1次，还差2次" in panel("wang")
    assert "还要提出调解" in panel("wang")
    assert panel(None) == ""
