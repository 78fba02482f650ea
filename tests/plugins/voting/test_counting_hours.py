"""Papers collected in time and entered after the end: which are counted, and until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import cast, decided, heads, opened
from tests.plugins.voting.test_batch_pages import add, record, village
from tests.plugins.voting.test_batch_pages import confirm as confirm_page
from tests.plugins.voting.test_batches import (
    COUNTED,
    THREE,
    WITHDRAWN,
    ballots,
    begun,
    confirm,
    enter,
)
from tests.plugins.voting.test_papers import DELIVERED, RETURNED, log, papers
from tests.plugins.voting.test_papers_pages import send
from wugong import Refused, Unreadable
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting.registering import registered_in, unfinished
from wugong_voting.state import polls_of

REGISTERED = "voting.batch_registered"
HOURS = 48
A_MOMENT = timedelta(milliseconds=1)


def collected(*units: str, hours: int = HOURS) -> tuple[Rehearsal, str, int]:
    """Open a poll that counts papers for some hours; the papers of ``units`` came back."""
    r, matter, poll = begun(counting_hours=hours)
    if units:
        log(r, matter, poll, DELIVERED, *units)
        log(r, matter, poll, RETURNED, *units)
    return r, matter, poll


def register(r: Rehearsal, matter: str, poll: int, number: int = 1, sheets: int = 3) -> None:
    body = {"poll": poll, "number": number, "sheets": sheets}
    r.act("wang", matter, REGISTERED, body)


def closed(r: Rehearsal, matter: str, poll: int) -> bool:
    return polls_of(r.matter(matter))[poll].closed_at is not None


def to_the_end(r: Rehearsal, matter: str, poll: int, **more: float) -> None:
    """Set the clock to ``more`` before or after the end of the voting, and let it act."""
    ends = polls_of(r.matter(matter))[poll].opened.closes_at
    r.wait(seconds=(ends + timedelta(**more) - r.clock.now).total_seconds())


def test_papers_collected_before_the_end_are_entered_confirmed_and_counted_after_it() -> None:
    r, matter, poll = collected("101", "102", "301")
    register(r, matter, poll)
    r.wait(days=7, hours=1)
    assert not closed(r, matter, poll), "a registered batch is waited for"
    enter(r, matter, poll)
    assert ballots(r, poll) == {}
    confirm(r, matter, poll)
    assert not closed(r, matter, poll)
    r.wait(seconds=1)
    assert closed(r, matter, poll), "with the last batch confirmed the clock closes"
    assert heads(decided(r, matter, poll)) == {"yes": 2, "no": 1, "abstain": 0}


@pytest.mark.parametrize(
    ("before", "taken"),
    [
        pytest.param(A_MOMENT, True, id="a moment before the end"),
        pytest.param(timedelta(0), False, id="at the end"),
        pytest.param(-A_MOMENT, False, id="a moment after it"),
    ],
)
def test_a_batch_is_registered_before_the_end(before: timedelta, taken: bool) -> None:
    r, matter, poll = collected("101", "102", "301")
    register(r, matter, poll, number=9, sheets=1)  # so that the poll does not close at its end
    r.clock.now = polls_of(r.matter(matter))[poll].opened.closes_at - before
    if taken:
        register(r, matter, poll)
        assert list(registered_in(r.matter(matter), poll)) == [9, 1]
        return
    with r.refuses("voting.batch_not_registered"):
        register(r, matter, poll)
    with r.refuses("voting.batch_not_registered"):
        enter(r, matter, poll)
    with r.refuses("voting.batch_not_registered"):
        confirm(r, matter, poll)
    assert list(registered_in(r.matter(matter), poll)) == [9]


@pytest.mark.parametrize(
    ("before", "counted"),
    [
        pytest.param(A_MOMENT, 3, id="a moment before the hours are over"),
        pytest.param(timedelta(0), 0, id="when they are over"),
        pytest.param(-A_MOMENT, 0, id="a moment later"),
    ],
)
def test_the_hours_for_counting_end_and_the_clock_closes(before: timedelta, counted: int) -> None:
    r, matter, poll = collected("101", "102", "301")
    register(r, matter, poll)
    to_the_end(r, matter, poll, hours=1)
    enter(r, matter, poll)
    r.clock.now = polls_of(r.matter(matter))[poll].opened.counted_until - before
    if counted:
        confirm(r, matter, poll)
    else:
        with r.refuses("voting.poll_is_closed"):
            confirm(r, matter, poll)
    r.wait(seconds=1)
    assert closed(r, matter, poll)
    assert decided(r, matter, poll).taken_part.ballots == counted
    assert len(unfinished(r.matter(matter), poll)) == (0 if counted else 1)


@pytest.mark.parametrize("hours", [0, HOURS])
def test_a_poll_with_nothing_to_count_closes_at_its_end(hours: int) -> None:
    r, matter, poll = collected("101", hours=hours)
    to_the_end(r, matter, poll, seconds=-1)
    assert not closed(r, matter, poll)
    to_the_end(r, matter, poll)
    assert closed(r, matter, poll), "papers that are only logged are not waited for"


def test_a_batch_entered_before_the_end_is_confirmed_after_it() -> None:
    r, matter, poll = collected()
    enter(r, matter, poll)
    to_the_end(r, matter, poll, hours=HOURS - 1)
    confirm(r, matter, poll)
    r.wait(seconds=1)
    assert heads(decided(r, matter, poll)) == {"yes": 2, "no": 1, "abstain": 0}


def test_nobody_votes_gives_out_or_collects_papers_while_they_are_counted() -> None:
    r, matter, poll = collected("101", "102", "301")
    register(r, matter, poll)
    to_the_end(r, matter, poll)
    head = r.engine.head("example")
    with r.refuses("voting.poll_is_closed"):
        cast(r, matter, poll, "li", "yes")
    for kind in (DELIVERED, RETURNED):
        with r.refuses("voting.poll_is_closed"):
            log(r, matter, poll, kind, "201")
    body = {"poll": poll, "entitlement": "101", "holder": "sun", "until": "2027-01-01T00:00:00Z"}
    with r.refuses("voting.poll_is_closed"):
        r.act("li", matter, "voting.mandate_given", body)
    assert r.engine.head("example") == head


def test_the_tally_stays_hidden_until_the_last_batch_is_confirmed() -> None:
    r, matter, poll = collected("101", "102", "301", "201")
    cast(r, matter, poll, "qian", "no", unit="201")
    register(r, matter, poll)
    register(r, matter, poll, number=2, sheets=1)
    to_the_end(r, matter, poll, hours=1)
    enter(r, matter, poll)
    confirm(r, matter, poll)
    r.wait(seconds=1)
    for who in ("li", "wang"):
        page = browse(r, who).get(f"/m/{matter}/polls/{poll}").text
        assert "投票已结束" in page and "计票" not in page
        assert r.engine.facts(matter, r.viewer(matter, who), kinds=("voting.poll_decided",)) == []
    assert decided_not(r, matter, poll)


def test_an_officer_cannot_close_while_a_registered_batch_is_counted() -> None:
    r, matter, poll = collected("101", "102", "301")
    register(r, matter, poll)
    to_the_end(r, matter, poll, hours=1)
    with r.refuses("voting.batches_are_counted"):
        r.act("wang", matter, "voting.poll_closed", {"poll": poll})
    assert decided_not(r, matter, poll)


def decided_not(r: Rehearsal, matter: str, poll: int) -> bool:
    return polls_of(r.matter(matter))[poll].decided is None


def test_a_paper_that_nobody_logged_as_collected_is_refused_by_its_sheet() -> None:
    r, matter, poll = collected("101", "102")
    register(r, matter, poll)
    to_the_end(r, matter, poll, hours=1)
    head = r.engine.head("example")
    with pytest.raises(Refused) as refused:
        enter(r, matter, poll)
    assert [(one.code, dict(one.details)) for one in refused.value.reasons] == [
        ("voting.paper_not_collected", {"sheet": 3, "entitlement": "301"})
    ]
    assert r.engine.head("example") == head


@pytest.mark.parametrize(
    ("sheets", "late"), [(2, True), (4, True), (2, False), (4, False)], ids=str
)
def test_a_bundle_has_the_sheets_that_were_registered(sheets: int, late: bool) -> None:
    r, matter, poll = collected("101", "102", "301")
    register(r, matter, poll, sheets=sheets)
    if late:
        to_the_end(r, matter, poll, hours=1)
    with r.refuses("voting.batch_registered_otherwise"):
        enter(r, matter, poll)
    assert ballots(r, poll) == {}


def test_before_the_end_a_registration_is_taken_back_and_after_it_only_what_was_entered() -> None:
    r, matter, poll = collected("101", "102", "301")
    register(r, matter, poll, sheets=2)
    taken = {"poll": poll, "number": 1, "reason": "Miscounted"}
    r.act("wang", matter, WITHDRAWN, taken)
    register(r, matter, poll)
    to_the_end(r, matter, poll, hours=1)
    with r.refuses("voting.batch_not_waiting"):
        r.act("wang", matter, WITHDRAWN, taken)
    enter(r, matter, poll)
    r.act("wang", matter, WITHDRAWN, taken)
    assert not closed(r, matter, poll), "what was registered stays awaited"
    enter(r, matter, poll, by="zhou")
    confirm(r, matter, poll, by="wang")
    r.wait(seconds=1)
    assert decided(r, matter, poll).taken_part.ballots == 3


def test_who_voted_themselves_after_the_paper_came_back_keeps_that_ballot() -> None:
    r, matter, poll = collected("101", "102", "301")
    register(r, matter, poll)
    cast(r, matter, poll, "sun", "no")
    to_the_end(r, matter, poll, hours=1)
    enter(r, matter, poll)
    confirm(r, matter, poll)
    r.wait(seconds=1)
    assert heads(decided(r, matter, poll)) == {"yes": 1, "no": 2, "abstain": 0}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"counting_hours": 1, "secrecy": "secret"}, "counting_without_paper", id="s"),
        pytest.param({"counting_hours": 1, "channels": ["web"]}, "counting_without_paper", id="w"),
    ],
)
def test_hours_for_papers_belong_to_open_ballots_on_paper(more: dict[str, Any], code: str) -> None:
    r, matter, _ = begun()
    with r.refuses(f"voting.{code}"):
        opened(r, matter, **more)


@pytest.mark.parametrize(("hours", "taken"), [(71, True), (72, True), (73, False), (-1, False)])
def test_the_hours_have_a_limit(hours: int, taken: bool) -> None:
    r, matter, _ = begun()
    if taken:
        opened(r, matter, counting_hours=hours)
        return
    with pytest.raises(Unreadable):
        opened(r, matter, counting_hours=hours)


def test_what_cannot_be_registered_is_refused() -> None:
    r, matter, poll = collected("101")
    register(r, matter, poll, sheets=1)
    with r.refuses("voting.batch_registered_already"):
        register(r, matter, poll, sheets=2)
    with pytest.raises(Unreadable):
        register(r, matter, poll, number=2, sheets=0)
    with pytest.raises(Unreadable):
        register(r, matter, poll, number=2, sheets=101)
    with r.refuses("wugong.not_your_role"):
        r.act("li", matter, REGISTERED, {"poll": poll, "number": 2, "sheets": 1})
    other = opened(r, matter, procedure="charter", question="Another?")
    with r.refuses("voting.no_counting_hours"):
        register(r, matter, other)
    assert [one.sheets for one in registered_in(r.matter(matter), poll).values()] == [1]


def test_the_log_says_who_collected_a_paper() -> None:
    r, matter, poll = collected("101")
    log(r, matter, poll, DELIVERED, "102")
    log(r, matter, poll, RETURNED, "102", collected_by="sun")
    assert [papers(r, poll)[unit]["back_by"] for unit in ("101", "102")] == ["wang", "sun"]


def test_a_bundle_goes_from_the_log_to_the_certificate_in_the_browser() -> None:
    r, matter, poll, path = village(counting_hours=HOURS)
    first, second = browse(r, "wang"), browse(r, "zhou")
    send(first, path, entitlements=["101", "102"], what="delivered")
    send(first, path, entitlements=["101", "102"], what="returned", handed_by="desk")
    page = first.get(f"{path}/paper").text
    assert "由desk收回" in page
    form = page[page.index("/paper/batches") :]
    hidden = {
        "csrf": "",
        "key": form.split('name="key" value="')[1].split('"')[0],
    }
    done = first.post(f"{path}/paper/batches", data={**hidden, "number": "1", "sheets": "2"})
    assert done.status_code == 303, done.text
    assert "共2张" in first.get(f"{path}/paper").text
    to_the_end(r, matter, poll, hours=1)
    assert "投票已结束" in first.get(path).text
    assert "录入第1批纸质选票" in first.get("/c/example").text
    page = first.get(f"{path}/batches/new").text
    hand = {"hand-sheets": "2", "total-0": "1", "total-1": "0", "total-2": "0"}
    rest = {"hand-blank": "1", "hand-spoilt": "0"}
    page = add(first, path, page, **hand, **rest, unit="101", choice="yes").text
    page = add(first, path, page, unit="102", choice="-").text
    assert record(first, path, page).status_code == 303
    assert confirm_page(second, path).status_code == 303
    r.wait(seconds=1)
    page = first.get(path).text
    assert "计票结果" in page or "证明" in page
    assert "纸质选票清点至" in page


def test_the_certificate_names_the_bundle_that_nobody_confirmed() -> None:
    r, matter, poll = collected("101", "102", "301")
    register(r, matter, poll)
    to_the_end(r, matter, poll, hours=HOURS)
    page = browse(r, "li").get(f"/m/{matter}/polls/{poll}").text
    assert "第1批3张选票没有在限时内复核，不计入结果。" in page
    assert COUNTED["sheets"] == len(THREE)
