"""Objections to the roll and to single ballots: until when, by whom, and what they change."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.plugins.voting.neighbourhood import cast, charter, decided, opened, rehearsal
from tests.plugins.voting.test_pages import OWNERS, polling
from wugong import Count, Entitlement, Part, PollDecided, Procedure, Ref, judge, read_procedure
from wugong.testing import START, Rehearsal
from wugong_server.testing import browse
from wugong_voting.contested import could_change, shaken, weight_of
from wugong_voting.needs import ZERO
from wugong_voting.objections import Objection, limits, objections_to
from wugong_voting.state import polls_of

ROLL, BALLOT = "voting.roll_contested", "voting.ballot_contested"
ANSWERED = "voting.objection_answered"
WORDS = "My mother owns half of it"
ELECTION = """
id = "election"
kind = "election"
body = "neighbours"
setting = "urban"
roster = "owners"
effective_from = 2021-01-01
quorum = [
  { id = "take_part", measure = "heads", base = "all", op = ">", share = "1/2", source = "章程 4" },
]
consent = [
  { id = "agree", measure = "heads", base = "part", op = ">", share = "1/2", source = "章程 5" },
]
basis = [{ article = "章程 3", text_year = 2024, confidence = "I" }]
[title]
en = "Election"
[[terms]]
id = "objection"
days = 2
kind = "within"
source = "章程 7"
confidence = "I"
zh_Hans = "异议"
zh_Hant = "異議"
en = "Objection"
[[terms]]
id = "answer"
days = 1
kind = "within"
source = "章程 8"
confidence = "I"
zh_Hans = "答复"
zh_Hant = "答覆"
en = "Answer"
"""


def begun(*charters: Procedure, **more: Any) -> tuple[Rehearsal, str, int]:
    engine = {name: more.pop(name) for name in ("database", "keys") if name in more}
    r = rehearsal(*charters, **engine)
    r.enrol("zhou", ("officer",))
    matter = r.open("Lights", by="li")
    return r, matter, opened(r, matter, **more)


def contest(r: Rehearsal, matter: str, poll: int, kind: str, by: str = "zhao", **more: Any) -> int:
    return r.act(by, matter, kind, {"poll": poll, "text": WORDS, **more}).seq


def answer(
    r: Rehearsal,
    matter: str,
    poll: int,
    objection: int,
    finding: str = "upheld",
    by: str = "wang",
) -> None:
    reason = "The register was read wrongly"
    body = {"poll": poll, "objection": objection, "finding": finding, "reason": reason}
    r.act(by, matter, ANSWERED, body)


def objections(r: Rehearsal, matter: str, poll: int) -> tuple[Objection, ...]:
    return objections_to(r.matter(matter), poll)


def test_who_was_left_out_says_so_and_the_roll_stays_as_it_was_frozen() -> None:
    r, matter, poll = begun()
    number = contest(r, matter, poll, ROLL, by="tenant")
    (one,) = objections(r, matter, poll)
    assert (one.id, one.ballot, one.left_out, one.waits) == (number, False, "tenant", True)
    before = polls_of(r.matter(matter))[poll].roll
    answer(r, matter, poll, number)
    (one,) = objections(r, matter, poll)
    assert (one.upheld, one.waits, one.reason) == (True, False, "The register was read wrongly")
    assert polls_of(r.matter(matter))[poll].roll == before
    with r.refuses("voting.not_on_the_roll"):
        body = {"poll": poll, "entitlement": "tenant", "choice": "yes"}
        r.act("tenant", matter, "voting.ballot_cast", body)


def test_a_neighbour_names_an_entitlement_or_another_who_was_left_out() -> None:
    r, matter, poll = begun()
    contest(r, matter, poll, ROLL, by="li", entitlement="201")
    contest(r, matter, poll, ROLL, by="li", left_out="tenant")
    first, second = objections(r, matter, poll)
    assert (first.entitlement, first.left_out) == ("201", "")
    assert (second.entitlement, second.left_out) == ("", "tenant")


@pytest.mark.parametrize(
    ("kind", "by", "more", "code"),
    [
        pytest.param(ROLL, "li", {}, "voting.on_the_roll_already", id="is on the roll"),
        pytest.param(ROLL, "li", {"left_out": "sun"}, "voting.on_the_roll_already", id="another"),
        pytest.param(ROLL, "li", {"entitlement": "999"}, "voting.not_on_the_roll", id="no right"),
        pytest.param(
            ROLL,
            "li",
            {"entitlement": "201", "left_out": "tenant"},
            "voting.contest_one_thing",
            id="two things",
        ),
        pytest.param(BALLOT, "li", {"entitlement": "999"}, "voting.not_on_the_roll", id="ballot"),
    ],
)
def test_what_cannot_be_wrong_is_refused_and_not_written(
    kind: str, by: str, more: dict[str, str], code: str
) -> None:
    r, matter, poll = begun()
    with r.refuses(code):
        contest(r, matter, poll, kind, by=by, **more)
    assert objections(r, matter, poll) == ()


@pytest.mark.parametrize("kind", [ROLL, BALLOT])
def test_a_poll_of_another_matter_is_not_contested_here(kind: str) -> None:
    r, matter, poll = begun()
    other = r.open("Bench", by="li")
    with r.refuses("voting.poll_elsewhere"):
        contest(r, other, poll, kind, entitlement="101")
    number = contest(r, matter, poll, kind, entitlement="101")
    with r.refuses("voting.poll_elsewhere"):
        answer(r, other, poll, number)
    assert [one.id for one in objections(r, matter, poll) if one.waits] == [number]


# Frozen on 2 March at 09:00 in China; five days after that day are over at 00:00 on 8 March.
@pytest.mark.parametrize(
    ("past", "refused"),
    [
        pytest.param(timedelta(seconds=-1), False, id="just below"),
        pytest.param(timedelta(0), True, id="exactly"),
        pytest.param(timedelta(seconds=1), True, id="just above"),
    ],
)
def test_the_roll_is_contested_until_five_days_after_the_freezing_are_over(
    past: timedelta, refused: bool
) -> None:
    r, matter, poll = begun()
    r.until(datetime(2026, 3, 7, 16, tzinfo=UTC) + past)
    if refused:
        with r.refuses("voting.roll_contested_too_late"):
            contest(r, matter, poll, ROLL, by="tenant")
    else:
        contest(r, matter, poll, ROLL, by="tenant")
    assert len(objections(r, matter, poll)) == int(not refused)


# Closed on 9 March at 09:00 in China, so a ballot is contested up to 00:00 on 15 March.
@pytest.mark.parametrize(
    ("past", "refused"),
    [
        pytest.param(timedelta(seconds=-1), False, id="just below"),
        pytest.param(timedelta(0), True, id="exactly"),
        pytest.param(timedelta(seconds=1), True, id="just above"),
    ],
)
def test_a_ballot_is_contested_until_as_many_days_after_the_closing_are_over(
    past: timedelta, refused: bool
) -> None:
    r, matter, poll = begun()
    r.until(datetime(2026, 3, 14, 16, tzinfo=UTC) + past)
    assert polls_of(r.matter(matter))[poll].decided is not None
    if refused:
        with r.refuses("voting.ballot_contested_too_late"):
            contest(r, matter, poll, BALLOT, entitlement="101")
    else:
        contest(r, matter, poll, BALLOT, entitlement="101")
    assert len(objections(r, matter, poll)) == int(not refused)


def test_the_days_are_an_elections_own_where_it_states_them() -> None:
    r, matter, poll = begun(charter(), read_procedure(ELECTION), procedure="election")
    known = r.matter(matter)
    its = limits(known, known.standing.procedures["election"])
    assert (its.days, its.source) == (2, "章程 7")
    assert (its.answer_days, its.answer_source) == (1, "章程 8")
    r.until(START + timedelta(days=2, hours=15, seconds=-1))
    contest(r, matter, poll, ROLL, by="tenant")
    r.clock.move(seconds=1)
    with r.refuses("voting.roll_contested_too_late"):
        contest(r, matter, poll, ROLL, by="li", entitlement="201")


def test_the_days_are_the_communitys_own_elsewhere() -> None:
    r, matter, poll = begun()
    body = {"name": "voting.objection_days", "value": "1"}
    r.act("operator", "example", "wugong.setting_changed", body)
    known = r.matter(matter)
    its = limits(known, known.standing.procedures["charter"])
    assert (its.days, its.source) == (1, "Our own rules for objections")
    r.until(START + timedelta(days=1, hours=15))
    with r.refuses("voting.roll_contested_too_late"):
        contest(r, matter, poll, ROLL, by="tenant")


@pytest.mark.parametrize("value", ["0", "366", "five", "1.5", "٥"])
def test_days_that_are_none_are_refused(value: str) -> None:
    r, _, _ = begun()
    with r.refuses("voting.setting_not_days"):
        body = {"name": "voting.objection_days", "value": value}
        r.act("operator", "example", "wugong.setting_changed", body)


@pytest.mark.parametrize("value", ["1", "365"])
def test_days_from_one_to_a_year_can_be_set(value: str) -> None:
    r, _, _ = begun()
    body = {"name": "voting.objection_days", "value": value}
    r.act("operator", "example", "wugong.setting_changed", body)


def test_a_secret_ballot_is_not_contested_but_its_roll_is() -> None:
    r, matter, poll = begun(secrecy="secret")
    with r.refuses("voting.contest_secret"):
        contest(r, matter, poll, BALLOT, entitlement="101")
    contest(r, matter, poll, ROLL, by="tenant")


def test_no_ballot_is_contested_before_the_voting_starts() -> None:
    r, matter, poll = begun(opens_at="2026-03-04T01:00:00+00:00")
    with r.refuses("voting.poll_not_open_yet"):
        contest(r, matter, poll, BALLOT, entitlement="101")
    contest(r, matter, poll, ROLL, entitlement="101")


def test_a_contest_tells_nobody_whether_a_ballot_was_cast() -> None:
    r, matter, poll = begun()
    cast(r, matter, poll, "li", "yes")
    for unit in ("101", "301"):
        contest(r, matter, poll, BALLOT, entitlement=unit)
    assert len(objections(r, matter, poll)) == 2


def test_the_same_objection_is_filed_again_only_after_its_answer() -> None:
    r, matter, poll = begun()
    first = contest(r, matter, poll, ROLL, by="tenant")
    with r.refuses("voting.contested_already"):
        contest(r, matter, poll, ROLL, by="tenant")
    contest(r, matter, poll, ROLL, by="li", left_out="tenant")  # somebody else's
    answer(r, matter, poll, first, "not_upheld")
    contest(r, matter, poll, ROLL, by="tenant")


def test_an_officer_answers_who_neither_wrote_nor_helped_nor_is_concerned() -> None:
    r, matter, poll = begun()
    own = contest(r, matter, poll, ROLL, by="wang", left_out="tenant")
    body = {"poll": poll, "text": WORDS, "entitlement": "102"}
    helped = r.act("zhou", matter, ROLL, body, principal="sun", channel="paper").seq
    about = contest(r, matter, poll, ROLL, by="li", left_out="zhou")
    with r.refuses("wugong.needs_another_person"):
        answer(r, matter, poll, own)
    with r.refuses("wugong.needs_another_person"):
        answer(r, matter, poll, helped, by="zhou")
    with r.refuses("voting.objection_about_you"):
        answer(r, matter, poll, about, by="zhou")
    for who in ("li", "desk"):
        with r.refuses("wugong.not_your_role"):
            answer(r, matter, poll, own, by=who)
    answer(r, matter, poll, own, by="zhou")
    answer(r, matter, poll, helped)
    answer(r, matter, poll, about)


def test_whose_entitlement_is_contested_does_not_answer() -> None:
    r, matter, poll = begun()
    body = {"member": "sun", "role": "officer"}
    r.act("operator", "example", "wugong.role_granted", body)
    number = contest(r, matter, poll, BALLOT, entitlement="301")
    with r.refuses("voting.objection_about_you"):
        answer(r, matter, poll, number, by="sun")
    assert objections(r, matter, poll)[0].waits


def test_an_objection_is_answered_once_and_where_it_belongs() -> None:
    r, matter, poll = begun()
    number = contest(r, matter, poll, ROLL, by="tenant")
    second = opened(r, matter)
    with r.refuses("voting.objection_elsewhere"):
        answer(r, matter, second, number)
    answer(r, matter, poll, number, "not_upheld")
    with r.refuses("voting.objection_answered_already"):
        answer(r, matter, poll, number)
    assert not objections(r, matter, poll)[0].upheld


def test_an_answer_is_awaited_from_officers_within_three_days() -> None:
    r, matter, poll = begun()
    number = contest(r, matter, poll, ROLL, by="tenant")

    def waits() -> list[Any]:
        return [item for item in r.engine.waiting(matter) if item.act == ANSWERED]

    (item,) = waits()
    assert (item.who, item.about, item.source) == (
        "officer",
        number,
        "Our own rules for objections",
    )
    assert item.by == datetime(2026, 3, 5, 16, tzinfo=UTC)
    r.until(item.by + timedelta(days=1))
    assert waits(), "what is overdue still waits"
    answer(r, matter, poll, number)
    assert not waits()


def test_the_words_are_for_the_author_and_officers_and_the_answer_for_all() -> None:
    r, matter, poll = begun()
    number = contest(r, matter, poll, ROLL, by="tenant")
    answer(r, matter, poll, number)
    for who, seen in (("tenant", 1), ("wang", 1), ("zhou", 1), ("li", 0), ("desk", 0), ("", 0)):
        viewer = r.viewer(matter, who)
        facts = r.engine.facts(matter, viewer, kinds=(ROLL,))
        assert len(facts) == seen
        assert all(r.engine.open(fact, viewer) == {"text": WORDS} for fact in facts)
        assert len(r.engine.facts(matter, viewer, kinds=(ANSWERED,))) == 1


def test_the_words_are_nowhere_in_the_database(tmp_path: Path) -> None:
    file = tmp_path / "wugong.sqlite3"
    r, matter, poll = begun(database=f"sqlite:///{file}", keys=tmp_path / "wugong.keys")
    contest(r, matter, poll, ROLL, by="tenant")
    contest(r, matter, poll, BALLOT, entitlement="101")
    r.engine.close()
    with sqlite3.connect(file) as database:
        dump = "\n".join(database.iterdump())
    database.close()
    assert ROLL in dump
    assert WORDS not in dump


def test_both_databases_hold_a_whole_flow_and_make_it_anew(database: str, tmp_path: Path) -> None:
    r, matter, poll = begun(database=database, keys=tmp_path / "wugong.keys")
    cast(r, matter, poll, "li", "yes")
    roll = contest(r, matter, poll, ROLL, by="tenant")
    answer(r, matter, poll, roll)
    r.wait(days=7)
    ballot = contest(r, matter, poll, BALLOT, entitlement="101")
    result = decided(r, matter, poll)
    answer(r, matter, poll, ballot, "not_upheld", by="zhou")
    with r.refuses("voting.objection_answered_already"):
        answer(r, matter, poll, ballot)
    before = objections(r, matter, poll)
    assert [(one.id, one.finding) for one in before] == [(roll, "upheld"), (ballot, "not_upheld")]
    r.engine.rebuild()
    assert objections(r, matter, poll) == before
    assert decided(r, matter, poll) == result, "nothing is counted again"
    assert r.engine.verify("example")[1] is None
    r.engine.close()


# Could contested ballots have changed it?


def result(part: int, yes: int, **more: Any) -> PollDecided:
    """Return what 40 owners came to of whom ``part`` voted, ``yes`` of them in favour."""
    whole, came, agreed = ({**ZERO, "heads": heads} for heads in (40, part, yes))
    verdict, tests = judge(charter(), whole, came, agreed)
    body: dict[str, Any] = {"verdict": verdict, "tests": tests, **more}
    return PollDecided(
        poll=Ref(1),
        winners=(),
        counts=(),
        rule="yes_no_abstain",
        procedure="charter",
        basis=(),
        roll="r",
        taken_part=Count(option="*", ballots=part, heads=part, households=0, area_dm2=0),
        **body,
    )


def asked(made: PollDecided, heads: int) -> tuple[list[str], bool]:
    found = shaken(made, charter(), {**ZERO, "heads": heads})
    return [test.id for test in found.tests], found.verdict


# 30 of 40 take part (20 must), more than half of them must agree: 16.
@pytest.mark.parametrize(
    ("part", "yes", "heads", "tests", "turned"),
    [
        pytest.param(30, 18, 0, [], False, id="nothing was contested"),
        pytest.param(30, 18, 2, [], False, id="carried: just below, 16 of 30 remain"),
        pytest.param(30, 18, 3, ["agree"], True, id="carried: exactly, 15 of 30 remain"),
        pytest.param(30, 18, 4, ["agree"], True, id="carried: just above"),
        pytest.param(30, 13, 2, [], False, id="not carried: just below, 15 of 30"),
        pytest.param(30, 13, 3, ["agree"], True, id="not carried: exactly, 16 of 30"),
        pytest.param(30, 13, 4, ["agree"], True, id="not carried: just above"),
        pytest.param(21, 20, 1, [], False, id="quorum: just below, 20 take part"),
        pytest.param(21, 20, 2, ["take_part"], True, id="quorum: exactly, 19 take part"),
        pytest.param(21, 20, 3, ["take_part"], True, id="quorum: just above"),
        pytest.param(19, 5, 19, ["agree"], False, id="no quorum: contested ballots are in it"),
        pytest.param(22, 11, 1, ["agree"], True, id="exactly half does not carry, one more does"),
        pytest.param(30, 2, 29, ["take_part", "agree"], True, id="all but one"),
    ],
)
def test_contested_weight_that_could_have_changed_the_verdict(
    part: int, yes: int, heads: int, tests: list[str], turned: bool
) -> None:
    assert asked(result(part, yes), heads) == (tests, turned)


@pytest.mark.parametrize("verdict", ["tied", "advisory"])
def test_where_nothing_is_tested_no_weight_is_small_enough(verdict: str) -> None:
    made = result(30, 18, verdict=verdict)
    assert asked(made, 1) == ([], True)
    assert asked(made, 0) == ([], False)


def test_where_options_are_weighed_against_each_other_it_is_not_guessed() -> None:
    assert asked(result(30, 18, count="{}"), 1) == ([], True)


def test_an_inclusive_share_may_be_hit_exactly() -> None:
    two_thirds = 'measure = "heads", base = "part", op = ">=", share = "2/3", source = "章程 5"'
    procedure = charter(consent=f'[{{ id = "agree", {two_thirds} }}]')
    _, (_, test) = judge(procedure, *({**ZERO, "heads": n} for n in (40, 30, 22)))
    assert [could_change(test, n, quorum=False) for n in (1, 2, 3)] == [False, False, True]


@pytest.mark.parametrize(
    ("yes", "no", "heads", "changes"),
    [
        pytest.param(0, 0, 0, False, id="all abstained, none was contested"),
        pytest.param(0, 0, 1, True, id="all abstained, one was contested"),
        pytest.param(12, 8, 1, False, id="just below: 11 of 20"),
        pytest.param(12, 8, 2, True, id="exactly: 10 of 20"),
        pytest.param(12, 8, 3, True, id="just above"),
    ],
)
def test_where_abstentions_are_left_out_one_could_have_been_for_or_against(
    yes: int, no: int, heads: int, changes: bool
) -> None:
    sides = 'measure = "heads", base = "sides", op = ">", share = "1/2", source = "章程 5"'
    procedure = charter(consent=f'[{{ id = "agree", {sides} }}]')
    whole, part, agreed, against = ({**ZERO, "heads": n} for n in (40, 30, yes, no))
    _, (_, test) = judge(procedure, whole, part, agreed, no=against)
    assert could_change(test, heads, quorum=False) is changes


def test_an_empty_poll_hangs_on_nothing() -> None:
    assert asked(result(0, 0), 1) == ([], False)


def test_entitlements_weigh_in_every_measure() -> None:
    rights = [
        Entitlement("101", "li", parts=(Part("101", "1", 80_00),)),
        Entitlement("201", "qian", 2, 1, (Part("201", "1", 80_00), Part("202", "1", 70_00))),
    ]
    assert weight_of(rights) == {"heads": 3, "households": 2, "area": 230_00}


# The pages


def paged() -> tuple[Rehearsal, str, int, str]:
    r, matter, poll = polling()
    r.enrol("zhou", ("officer",))
    return r, matter, poll, f"/m/{matter}/polls/{poll}"


def told(client: TestClient, path: str) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"<[^>]*>", "", str(client.get(path).text))


def file(client: TestClient, matter: str, kind: str, **typed: Any) -> str:
    """Fill in the form of an act, check it, record it, and return the page that follows."""
    path = f"/m/{matter}/do/{kind}"
    key = re.search(r'name="key" value="([^"]+)"', client.get(path).text)
    assert key
    data = {name: str(value) for name, value in typed.items()} | {"key": key[1]}
    checked = client.post(path, data=data)
    assert checked.status_code == 200, checked.text
    sent = client.post(path, data={**data, "act-step": "checked"})
    assert sent.status_code == 303, sent.text
    return str(client.get(sent.headers["location"]).text)


def test_a_resident_contests_the_roll_and_an_officer_answers_with_the_browser_alone() -> None:
    r, matter, poll, path = paged()
    tenant, wang = browse(r, "tenant"), browse(r, "wang")
    assert "可以在3月7日24:00之前对名册提出异议。" in told(tenant, path)
    assert f"/m/{matter}/do/voting.roll_contested?poll={poll}" in tenant.get(path).text
    file(tenant, matter, ROLL, poll=poll, text=WORDS)
    (one,) = objections(r, matter, poll)
    page = told(wang, path)
    assert f"第{one.id}号异议待答复，期限：3月5日24:00。" in page and "已逾期" not in page
    assert f"第{one.id}号异议" in wang.get("/c/example").text
    assert "等您办的事1件" in wang.get("/c/example").text
    assert ANSWERED not in tenant.get(path).text
    record = f"/m/{matter}/records/{one.id}"
    assert record in wang.get(path).text and record not in browse(r, "li").get(path).text
    assert WORDS in wang.get(record).text and WORDS not in browse(r, "li").get(record).text
    form = wang.get(f"/m/{matter}/do/{ANSWERED}?poll={poll}&objection={one.id}").text
    assert WORDS in form
    asked = {"poll": poll, "objection": one.id, "finding": "upheld", "reason": "登记有误"}
    file(wang, matter, ANSWERED, **asked)
    for who in ("li", None):
        page = told(browse(r, who), path)
        assert "对名册的异议成立。" in page and "登记有误" in page and "请重新付诸表决。" in page
        assert WORDS not in page
    r.wait(days=7)
    for address in (path, f"/m/{matter}/notices/{polls_of(r.matter(matter))[poll].decided_by}"):
        page = told(browse(r), address)
        assert "对名册的异议成立。" in page and "请重新付诸表决。" in page
        assert "异议不改动已冻结的名册，也不改动计票。" in page


def test_what_is_overdue_is_shown_and_does_not_wait_for_who_wrote_it() -> None:
    r, matter, poll, path = paged()
    number = contest(r, matter, poll, ROLL, by="wang", left_out="tenant")
    assert ANSWERED not in browse(r, "wang").get(path).text
    assert "眼下没有等您办的事" in browse(r, "wang").get("/c/example").text
    assert f"答复第{number}号异议" in told(browse(r, "zhou"), "/c/example")
    r.until(datetime(2026, 3, 5, 16, tzinfo=UTC) - timedelta(seconds=1))
    assert "已逾期" not in browse(r, "zhou").get(path).text
    r.clock.move(seconds=1)
    page = browse(r, "zhou").get(path).text
    assert "已逾期" in page and ANSWERED in page


@pytest.mark.parametrize(
    ("units", "said", "again"),
    [
        pytest.param([], "", False, id="nothing was upheld"),
        pytest.param(["102"], "有异议的选票不会改变任何一项检验。", False, id="230 m² remain"),
        pytest.param(["101", "102"], "有异议的选票可能改变结论。", True, id="150 m² of 200"),
        pytest.param(["201"], "有异议的选票可能改变结论。", True, id="one of 150 m²"),
    ],
)
def test_the_certificate_and_the_sheet_say_whether_a_ballot_could_have_turned_it(
    units: list[str], said: str, again: bool
) -> None:
    r, matter, poll, path = paged()
    for who in ("li", "zhao", "qian"):
        unit = next(unit for unit, member, _, _ in OWNERS if member == who)
        r.act(
            who, matter, "voting.ballot_cast", {"poll": poll, "entitlement": unit, "choice": "yes"}
        )
    r.wait(days=7)
    for unit in ("101", "102", "201"):
        number = contest(r, matter, poll, BALLOT, by="tenant", entitlement=unit)
        answer(r, matter, poll, number, "upheld" if unit in units else "not_upheld")
    sheet = f"/m/{matter}/notices/{polls_of(r.matter(matter))[poll].decided_by}"
    for address in (path, sheet):
        page = told(browse(r), address)
        assert said in page
        assert ("请重新付诸表决。" in page) is again
    assert "号异议不成立。" in told(browse(r), path)


def test_an_upheld_objection_to_a_ballot_that_was_never_cast_changes_nothing() -> None:
    r, matter, poll, path = paged()
    number = contest(r, matter, poll, BALLOT, entitlement="101")
    answer(r, matter, poll, number)
    r.wait(days=7)
    page = told(browse(r), path)
    assert "对选票的异议成立。" in page and "有异议的选票不会改变任何一项检验。" in page
    assert "请重新付诸表决。" not in page


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_a_late_objection_is_refused_in_the_reader_s_language(language: str) -> None:
    r, matter, poll, path = paged()
    said = {
        "zh-Hans": "对名册的异议应在冻结后5天内提出，已于3月7日24:00到期。",
        "zh-Hant": "對名冊的異議應在凍結後5天內提出，已於3月7日24:00到期。",
        "en": "The roll could be contested until",
    }
    client = browse(r, "tenant")
    r.until(datetime(2026, 3, 7, 16, tzinfo=UTC))
    head = r.engine.head("example")
    data = {"poll": str(poll), "text": WORDS, "key": "k" * 22, "act-step": "checked"}
    headers = {"accept-language": language}
    refused = client.post(f"/m/{matter}/do/{ROLL}", data=data, headers=headers)
    assert refused.status_code == 409 and said[language] in refused.text
    assert WORDS in refused.text, "what was typed is kept"
    assert r.engine.head("example") == head
    assert "do/voting.roll_contested" not in client.get(path).text
