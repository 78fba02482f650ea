"""Objections to the roll and to single ballots: until when, by whom, and who answers."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import cast, charter, decided, opened
from tests.plugins.voting.objecting import (
    ANSWERED,
    BALLOT,
    ELECTION,
    ROLL,
    WORDS,
    answer,
    begun,
    contest,
    objections,
)
from wugong import read_procedure
from wugong.deadlines import Calendar
from wugong.testing import START
from wugong_voting.objections import limits
from wugong_voting.state import polls_of


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


# Frozen on 2 March at 09:00 in China: the fifth day after is Saturday the 7th and moves to Monday.
@pytest.mark.parametrize(
    ("calendar", "over"),
    [
        pytest.param(Calendar(), 10, id="weekends alone are known"),
        pytest.param(Calendar(workdays=frozenset({date(2026, 3, 7)})), 8, id="a worked Saturday"),
        pytest.param(Calendar(holidays=frozenset({date(2026, 3, 9)})), 11, id="a holiday follows"),
    ],
)
@pytest.mark.parametrize(
    ("past", "refused"),
    [
        pytest.param(timedelta(seconds=-1), False, id="just below"),
        pytest.param(timedelta(0), True, id="exactly"),
        pytest.param(timedelta(seconds=1), True, id="just above"),
    ],
)
def test_the_roll_is_contested_until_five_days_after_the_freezing_are_over(
    past: timedelta, refused: bool, calendar: Calendar, over: int
) -> None:
    r, matter, poll = begun()
    r.engine.registry.calendar = lambda: calendar
    r.until(datetime(2026, 3, over - 1, 16, tzinfo=UTC) + past)
    if refused:
        with r.refuses("voting.roll_contested_too_late"):
            contest(r, matter, poll, ROLL, by="tenant")
    else:
        contest(r, matter, poll, ROLL, by="tenant")
    assert len(objections(r, matter, poll)) == int(not refused)


# Closed on 9 March at 09:00 in China; the fifth day is Saturday the 14th, so Monday is the last.
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
    r.until(datetime(2026, 3, 16, 16, tzinfo=UTC) + past)
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
    assert (its.objecting.days, its.objecting.source) == (2, "章程 7")
    assert (its.answering.days, its.answering.source) == (1, "章程 8")
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
    assert (its.objecting.days, its.objecting.source) == (1, "Our own rules for objections")
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
    assert r.matter("example").standing.settings["voting.objection_days"] == value


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
