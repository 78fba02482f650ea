"""Whose paper ballots are out and whose came back: what is logged, counted and refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import opened, rehearsal
from wugong import Refused
from wugong.testing import Rehearsal
from wugong_voting.papers import PAPERS, Papers, counted

DELIVERED, RETURNED = "voting.paper_delivered", "voting.paper_returned"


def begun(**more: Any) -> tuple[Rehearsal, str, int]:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    return r, matter, opened(r, matter, **more)


def log(r: Rehearsal, matter: str, poll: int, kind: str, *units: str, **more: Any) -> None:
    how = {"how": "door"} if kind == DELIVERED else {}
    body = {"poll": poll, "entitlements": list(units), **how, **more}
    r.act(more.pop("by", "wang"), matter, kind, {k: v for k, v in body.items() if k != "by"})


def papers(r: Rehearsal, poll: int) -> dict[str, Any]:
    found = r.engine.book(PAPERS, "example", prefix=f"{poll}/")
    return {place.partition("/")[2]: dict(paper) for place, paper in found.items()}


def test_the_log_tells_when_by_whom_and_how_and_counts_what_is_out() -> None:
    r, matter, poll = begun()
    log(r, matter, poll, DELIVERED, "101", "102")
    r.wait(days=1)
    log(r, matter, poll, DELIVERED, "201", how="posted", handed_by="sun", on="2026-03-02")
    log(r, matter, poll, RETURNED, "102")
    known = papers(r, poll)
    assert known["101"] == {"how": "door", "by": "wang", "on": "2026-03-02"}
    assert known["201"] == {"how": "posted", "by": "sun", "on": "2026-03-02"}
    assert known["102"]["back_on"] == "2026-03-03"
    assert counted(known.values()) == Papers(delivered=3, returned=1, outstanding=2)


def test_a_second_paper_for_one_who_lost_theirs_is_counted_once() -> None:
    r, matter, poll = begun()
    log(r, matter, poll, DELIVERED, "101")
    log(r, matter, poll, DELIVERED, "101", how="desk")
    log(r, matter, poll, RETURNED, "101")
    log(r, matter, poll, RETURNED, "101")
    assert counted(papers(r, poll).values()) == Papers(delivered=1, returned=1)


@pytest.mark.parametrize(
    ("kind", "units", "code"),
    [
        pytest.param(DELIVERED, ["999"], "voting.not_on_the_roll", id="no such entitlement"),
        pytest.param(DELIVERED, ["301"], "voting.not_on_the_roll", id="outside the groups"),
        pytest.param(DELIVERED, ["101", "101"], "voting.entitlement_twice", id="named twice"),
        pytest.param(RETURNED, ["101"], "voting.paper_not_delivered", id="never handed over"),
        pytest.param(RETURNED, ["999"], "voting.not_on_the_roll", id="back from nobody"),
    ],
)
def test_what_cannot_be_is_refused_and_not_logged(kind: str, units: list[str], code: str) -> None:
    r, matter, poll = begun(groups=["1"])
    with r.refuses(code):
        log(r, matter, poll, kind, *units)
    assert papers(r, poll) == {}


def test_one_wrong_entitlement_keeps_the_whole_list_from_the_log() -> None:
    r, matter, poll = begun()
    with r.refuses("voting.not_on_the_roll"):
        log(r, matter, poll, DELIVERED, "101", "999")
    assert papers(r, poll) == {}


@pytest.mark.parametrize(("on", "refused"), [("2026-03-02", False), ("2026-03-03", True)])
def test_a_paper_is_handed_over_today_at_the_latest(on: str, refused: bool) -> None:
    r, matter, poll = begun()
    if refused:
        with r.refuses("voting.paper_in_the_future"):
            log(r, matter, poll, DELIVERED, "101", on=on)
    else:
        log(r, matter, poll, DELIVERED, "101", on=on)


def test_papers_are_logged_before_the_voting_starts_and_up_to_its_end() -> None:
    opens = "2026-03-04T01:00:00+00:00"
    r, matter, poll = begun(opens_at=opens)
    log(r, matter, poll, DELIVERED, "101", "102")
    r.wait(days=7, seconds=-1)
    log(r, matter, poll, RETURNED, "101")
    r.clock.move(seconds=1)
    with pytest.raises(Refused) as late:
        log(r, matter, poll, RETURNED, "102")
    assert late.value.codes == ("voting.poll_is_closed",)


def test_where_no_paper_is_offered_none_is_handed_over() -> None:
    r, matter, poll = begun(channels=["web"])
    with r.refuses("voting.channel_not_offered"):
        log(r, matter, poll, DELIVERED, "101")


def test_a_poll_of_another_matter_has_no_papers_here() -> None:
    r, _, poll = begun()
    other = r.open("Bench", by="li")
    with r.refuses("voting.poll_elsewhere"):
        log(r, other, poll, DELIVERED, "101")


@pytest.mark.parametrize("who", ["li", "desk"])
def test_only_officers_keep_the_log(who: str) -> None:
    r, matter, poll = begun()
    with r.refuses("wugong.not_your_role"):
        log(r, matter, poll, DELIVERED, "101", by=who)


def test_a_secret_poll_logs_its_papers_too_and_reads_no_ballot_by_it() -> None:
    r, matter, poll = begun(secrecy="secret")
    log(r, matter, poll, DELIVERED, "101")
    assert counted(papers(r, poll).values()) == Papers(delivered=1, outstanding=1)
    assert r.engine.turnout("example", poll, while_open=False) == 0


def test_the_log_is_for_officers() -> None:
    r, matter, poll = begun()
    log(r, matter, poll, DELIVERED, "101")
    kinds = (DELIVERED,)
    for who, many in (("wang", 1), ("li", 0), ("desk", 0)):
        assert len(r.engine.facts(matter, r.viewer(matter, who), kinds=kinds)) == many
