"""From a roster file to a ballot: guardians vote, co-owners name one voter, areas say whence."""

from __future__ import annotations

from tests.plugins.voting.neighbourhood import decided, heads, opened, rehearsal
from wugong import OPERATOR
from wugong.importing import plan_import
from wugong.roster_files import read_roster
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting.showing import roll_of

HEADER = "房号,姓名,专有面积,面积依据,监护人"
LINES = ("101,li,80,登记簿,", "102,小明,70,实测,li", "201,qian,80,合同,", "301,sun,100,,wu")


def imported(r: Rehearsal, *lines: str) -> int:
    """Import a roster as the page does, and return how many acts that took."""
    reading = read_roster("\n".join((HEADER, *lines)).encode(), "area")
    assert reading.problems == ()
    plan = plan_import(r.engine, "example", "owners", reading)
    for matter, event in plan.acts:
        r.engine.record(matter, event, by="operator")
    return len(plan.acts)


def begun() -> tuple[Rehearsal, str, int]:
    r = rehearsal()
    imported(r, *LINES)
    matter = r.open("Lights", by="li")
    return r, matter, opened(r, matter)


def test_a_guardian_casts_a_ballot_for_each_and_the_ward_is_in_no_record() -> None:
    r, matter, poll = begun()
    for unit, choice in (("101", "yes"), ("102", "no")):
        body = {"poll": poll, "entitlement": unit, "choice": choice}
        r.act("li", matter, "voting.ballot_cast", body)
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert heads(made) == {"yes": 1, "no": 1, "abstain": 0}
    facts = r.engine.facts("example", OPERATOR, limit=100)
    known = {fact.event.member for fact in facts if fact.kind == "wugong.member_enrolled"}
    assert "小明" not in r.engine.names("example", known, OPERATOR).values()


def test_whoever_is_no_owner_is_enrolled_as_guardian_once() -> None:
    r = rehearsal()
    imported(r, *LINES)
    assert imported(r, *LINES) == 0, "the same file again changes nothing"
    assert imported(r, *LINES[:3], "301,sun,100,登记簿,wu") == 1, "the roster, nobody new"


def test_preview_and_poll_say_where_the_areas_come_from() -> None:
    r, matter, poll = begun()
    page = browse(r, "wang").get(f"/m/{matter}/polls/preview?procedure=charter").text
    assert "面积依据登记簿" in page and "面积依据实测" in page and "面积依据合同" in page
    page = browse(r, "li").get(f"/m/{matter}/polls/{poll}").text
    assert "登记簿80.00" in page and "未注明依据100.00" in page
    parts = [part for right in roll_of(r.engine, "example", poll).values() for part in right.parts]
    assert [part.source for part in parts] == ["register", "survey", "contract", ""]
