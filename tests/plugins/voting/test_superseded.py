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
    assert "现在算数的一张：代办。" in said(r, "li", place)
    cast(r, matter, poll, "li", "yes")
    assert "现在算数的一张：网上。一共投过2次，只算最后一次。" in said(r, "li", place)
    mine = said(r, "li", "/c/example/mine")
    assert mine.count("投了一票") == 2 and "经desk代办" in mine, "both are in the journal"


def test_whose_paper_was_entered_reads_that_it_counts() -> None:
    r, matter, poll = begun()
    cast(r, matter, poll, "li", "no")
    enter(r, matter, poll, THREE, COUNTED)
    confirm(r, matter, poll)
    assert "现在算数的一张：纸质。一共投过2次" in said(r, "li", f"/m/{matter}/polls/{poll}")


def test_who_gave_a_mandate_reads_who_voted_with_it() -> None:
    r, matter, poll = begun(lenient())
    give(r, matter, poll, "li", "101", "qian")
    cast(r, matter, poll, "qian", "no", unit="101")
    assert "现在算数的一张：网上，qian投的。" in said(r, "li", f"/m/{matter}/polls/{poll}")


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
    assert "您已为101投票" in page and "现在算数的一张" not in page


def test_a_receipt_tells_after_the_closing_whether_its_ballot_was_counted() -> None:
    r, matter, poll = begun()
    body = {"poll": poll, "entitlement": "101"}
    codes = [
        r.act("li", matter, "voting.ballot_cast", {**body, "choice": choice}).code
        for choice in ("no", "yes")
    ]

    def told() -> list[str]:
        pages = [browse(r).get(f"/c/example/verify?code={code}").text for code in codes]
        return [re.findall(r"<p><b>(.*?)</b></p>", page)[0] for page in pages]

    assert set(told()) == {"表决截止以后，这里写明这张选票有没有计入。"}
    r.wait(days=7)
    assert told() == ["同一表决权后来的选票代替它计入了。", "这张选票已计入。"]


def test_a_receipt_of_a_secret_ballot_tells_that_it_was_counted() -> None:
    r, matter, poll = begun(secrecy="secret")
    body = {"poll": poll, "entitlement": "101", "choice": "no"}
    code = r.act("li", matter, "voting.ballot_cast", body, key="5" * 32).code
    assert "已计入" not in browse(r).get(f"/c/example/verify?code={code}").text
    r.wait(days=7)
    assert "这张选票已计入。" in browse(r).get(f"/c/example/verify?code={code}").text


def test_a_receipt_of_another_act_tells_nothing_of_ballots() -> None:
    r, matter, poll = begun()
    paper = {"poll": poll, "entitlements": ["101"], "how": "door"}
    code = r.act("wang", matter, "voting.paper_delivered", paper).code
    assert "<p><b>" not in browse(r).get(f"/c/example/verify?code={code}").text
