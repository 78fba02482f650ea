"""What people get wrong at a poll: each is refused in words, and nothing of it is recorded."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import OWNERS, cast, charter, opened, rehearsal
from tests.plugins.voting.test_batches import COUNTED, begun, confirm, enter
from tests.plugins.voting.test_mandates import give, lenient
from wugong import Refused, Unreadable, Words
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting.words import TEXTS

Act = Callable[[Rehearsal, str, int], Any]
SAID = Words("zh_Hans", ["wugong_voting"])
NOTICED = {"notice_days": "15", "notice_source": '"章程 6"'}


def refused(r: Rehearsal, act: Callable[[], Any]) -> list[str]:
    """Return what is said about an act that is refused and leaves the record as it was."""
    before = r.engine.head("example")
    with pytest.raises(Refused) as told:
        act()
    assert r.engine.head("example") == before
    return [SAID(TEXTS.refusals[one.code], **one.details) for one in told.value.reasons]


def test_a_ballot_for_a_unit_that_was_sold_before_the_opening() -> None:
    r = rehearsal()
    r.roster("owners", [("101", "tenant", "1", 80_00), *OWNERS[1:]])
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    said = refused(r, lambda: cast(r, matter, poll, "li", "yes"))
    assert said == ["101只能由本人投票。"]
    cast(r, matter, poll, "tenant", "yes", unit="101")


def test_a_unit_that_is_sold_after_the_opening_is_voted_with_by_who_was_on_the_roll() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    r.roster("owners", [("101", "tenant", "1", 80_00), *OWNERS[1:]])
    said = refused(r, lambda: cast(r, matter, poll, "tenant", "yes", unit="101"))
    assert said == ["101只能由本人投票。"]
    cast(r, matter, poll, "li", "yes")


def test_a_mandate_without_a_period_names_the_field() -> None:
    r = rehearsal(lenient())
    matter = r.open("Lights", by="li")
    body = {"poll": opened(r, matter), "entitlement": "101", "holder": "tenant"}
    before = r.engine.head("example")
    with pytest.raises(Unreadable) as unread:
        r.act("li", matter, "voting.mandate_given", body)
    assert [name for name, _ in unread.value.problems] == ["until"]
    assert r.engine.head("example") == before


def test_a_ballot_after_the_end_of_its_mandate() -> None:
    r = rehearsal(lenient())
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    give(r, matter, poll, "li", "101", "tenant", days=2)
    r.wait(days=2)
    (said,) = refused(r, lambda: cast(r, matter, poll, "tenant", "yes", unit="101"))
    assert said.startswith("委托已于") and said.endswith("到期。")


def test_the_fourth_mandate_of_one_holder() -> None:
    r = rehearsal(lenient(most="3"))
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    for who, unit in (("li", "101"), ("zhao", "102"), ("qian", "201")):
        give(r, matter, poll, who, unit, "tenant")
    said = refused(r, lambda: give(r, matter, poll, "sun", "301", "tenant"))
    assert len(said) == 1 and "3" in said[0]


def test_a_mandate_to_a_candidate() -> None:
    r = rehearsal(lenient())
    matter = r.open("Lights", by="li")
    poll = opened(r, matter, candidates=["tenant"])
    said = refused(r, lambda: give(r, matter, poll, "li", "101", "tenant"))
    assert said == ["候选人不得接受委托。"]


def test_a_batch_whose_control_total_differs_and_one_that_is_entered_twice() -> None:
    r, matter, poll = begun()
    said = refused(r, lambda: enter(r, matter, poll, counted={**COUNTED, "sheets": 4}))
    assert said == ["张数：手工清点4，录入3，相差+1。"]
    enter(r, matter, poll)
    assert refused(r, lambda: enter(r, matter, poll)) == ["第1批已经录入过了。"]
    confirm(r, matter, poll)
    assert refused(r, lambda: enter(r, matter, poll)) == ["第1批已经录入过了。"]


def test_a_receipt_that_is_mistyped() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    body = {"poll": poll, "entitlement": "101", "choice": "yes"}
    code = r.act("li", matter, "voting.ballot_cast", body).code
    client = browse(r)
    assert client.get("/c/example/verify", params={"code": code}).status_code == 200
    for wrong in ("B" if code[0] == "A" else "A") + code[1:], code[:-1], "0O1I":
        answer = client.get("/c/example/verify", params={"code": wrong})
        assert answer.status_code == 404 and "0、O、1和I" in answer.text


def choosing(r: Rehearsal, matter: str, *titles: str, abstain: bool = False) -> int:
    options = [{"id": f"o{n}", "title": title} for n, title in enumerate(titles, 1)]
    options += [{"id": "abstain", "title": "弃权"}] if abstain else []
    return opened(r, matter, rule="plurality", options=options)


@pytest.mark.parametrize(
    ("titles", "said"),
    [
        pytest.param(("甲公司", "乙公司"), "", id="as announced"),
        pytest.param(
            ("甲公司", "乙物业公司"), "公告写的是“乙公司”，选票写的是“乙物业公司”。", id="reworded"
        ),
        pytest.param(
            ("乙公司", "甲公司"), "公告写的是“甲公司”，选票写的是“乙公司”。", id="in another order"
        ),
        pytest.param(
            ("甲公司", "乙公司", "丙公司"), "公告写的是“–”，选票写的是“丙公司”。", id="one more"
        ),
    ],
)
def test_option_texts_that_change_after_the_notice(titles: tuple[str, ...], said: str) -> None:
    r = rehearsal(charter(**NOTICED))
    matter = r.open("Who manages the estate", by="li")
    notice = {"title": "We will vote", "days": 15, "options": ["甲公司", "乙公司"]}
    r.act("wang", matter, "planning.notice_posted", notice)
    r.wait(days=15)
    for abstain in (False, True):
        if said:
            (told,) = refused(r, lambda: choosing(r, matter, *titles, abstain=abstain))  # noqa: B023
            assert told.startswith(said)
            continue
        assert choosing(r, matter, *titles, abstain=abstain)
        r.act("wang", matter, "planning.notice_posted", notice)  # what is repeated is announced
        r.wait(days=15)


def test_opening_before_the_days_of_the_notice_are_over() -> None:
    r = rehearsal(charter(**NOTICED))
    matter = r.open("Lights", by="li")
    r.act("wang", matter, "planning.notice_posted", {"title": "We will vote", "days": 15})
    r.wait(days=14)
    (said,) = refused(r, lambda: opened(r, matter))
    assert "15" in said and "2026" in said
    r.wait(days=1)
    assert opened(r, matter)


def test_closing_early_and_closing_twice() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    closing = {"poll": poll}
    r.wait(days=7, milliseconds=-1)
    (said,) = refused(r, lambda: r.act("wang", matter, "voting.poll_closed", closing))
    assert said.endswith("以前，谁也不能提前截止表决。")
    r.clock.now += timedelta(milliseconds=1)
    r.engine.tick()
    (said,) = refused(r, lambda: r.act("wang", matter, "voting.poll_closed", closing))
    assert re.fullmatch(r"这次表决\S+Z已经截止。", said)
