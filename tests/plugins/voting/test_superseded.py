"""Which ballot counts and which it took the place of, as whoever is entitled reads it."""

from __future__ import annotations

import re

from tests.plugins.voting.neighbourhood import cast
from tests.plugins.voting.test_batches import COUNTED, THREE, begun, confirm, enter
from tests.plugins.voting.test_mandates import give, lenient
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting.state import polls_of


def said(r: Rehearsal, who: str, path: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", browse(r, who).get(path).text))


def test_who_votes_after_the_desk_reads_that_the_own_ballot_took_its_place() -> None:
    r, matter, poll = begun()
    place = f"/m/{matter}/polls/{poll}"
    cast(r, matter, poll, "li", "no", channel="assisted", helper="desk")
    assert "算数的那张：代办。" in said(r, "li", place)
    cast(r, matter, poll, "li", "yes")
    assert "算数的那张：网上。一共投过2次，只算最后一次。" in said(r, "li", place)
    mine = said(r, "li", "/c/example/mine")
    assert mine.count("投了一票") == 2 and "经desk代办" in mine, "both are in the journal"


def test_whose_paper_was_entered_reads_that_it_counts() -> None:
    r, matter, poll = begun()
    cast(r, matter, poll, "li", "no")
    enter(r, matter, poll, THREE, COUNTED)
    confirm(r, matter, poll)
    assert "算数的那张：纸质。一共投过2次" in said(r, "li", f"/m/{matter}/polls/{poll}")


def test_who_gave_a_mandate_reads_who_voted_with_it() -> None:
    r, matter, poll = begun(lenient())
    give(r, matter, poll, "li", "101", "qian")
    cast(r, matter, poll, "qian", "no", unit="101")
    assert "算数的那张：网上，qian投的。" in said(r, "li", f"/m/{matter}/polls/{poll}")


def test_the_printed_result_says_how_the_ballots_were_cast() -> None:
    r, matter, poll = begun()
    cast(r, matter, poll, "li", "no", channel="assisted", helper="desk")
    cast(r, matter, poll, "qian", "yes", unit="201")
    r.wait(days=7)
    sheet = f"/m/{matter}/notices/{polls_of(r.matter(matter))[poll].decided_by}"
    assert "投票方式：网上1，代办1。" in said(r, "tenant", sheet)


def test_of_a_secret_ballot_nothing_is_told_but_that_it_is_in_the_box() -> None:
    r, matter, poll = begun(secrecy="secret")
    body = {"poll": poll, "entitlement": "101", "choice": "no"}
    r.act("li", matter, "voting.ballot_cast", body, key="5" * 32)
    page = said(r, "li", f"/m/{matter}/polls/{poll}")
    assert "您已为101投票" in page and "算数的那张" not in page
