"""Secret polls from opening to certificate: the box decides as open ballots would."""

from __future__ import annotations

import re
import types
from datetime import timedelta
from typing import Any

import pytest

import wugong_voting
from wugong import OPERATOR, BoxUnlocked, Option, PollOpened, Ref, hookimpl, read_procedure
from wugong.ceremony import hold
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting.events import BallotCast
from wugong_voting.state import polls_of

TEXT = """
id = "club.{secrecy}"
title = {{ en = "A vote of the club" }}
body = "club"
setting = "urban"
roster = "owners"
secrecy = "{secrecy}"
basis = []
effective_from = 2020-01-01

[[quorum]]
id = "part"
measure = "heads"
op = ">"
base = "all"
share = "1/2"
source = "club 1"

[[consent]]
id = "yes"
measure = "heads"
op = ">"
base = "part"
share = "1/2"
source = "club 2"
"""
OPTIONS = tuple(Option(id=one, title=one) for one in ("yes", "no", "abstain"))
CHOICES = ["yes", "yes", "no", "yes", "abstain", "no", "yes"]


@pytest.fixture
def club() -> Rehearsal:
    """Seven members and two procedures, one for open or in-house secret votes, one statutory."""
    pack = types.ModuleType("club")
    procedures = [read_procedure(TEXT.format(secrecy=one)) for one in ("open", "secret")]
    pack.__dict__["register"] = hookimpl(lambda: procedures, specname="register")
    voters: dict[str, Any] = {f"m{i}": () for i in range(len(CHOICES))}
    plugins = {"voting": wugong_voting, "club": pack}
    r = Rehearsal(plugins, members={"wang": ("officer",), **voters})
    r.roster("owners", [(f"u{i}", f"m{i}", "1", 8000) for i in range(len(CHOICES))])
    return r


def opened(r: Rehearsal, matter: str, procedure: str = "club.open", **more: Any) -> int:
    """Open a poll of three days."""
    poll = PollOpened(
        question="Shall we?",
        options=more.pop("options", OPTIONS),
        procedure=procedure,
        roster="owners",
        closes_at=r.clock() + timedelta(days=3),
        **{"secrecy": "secret", **more},
    )
    return r.act("wang", matter, poll).seq


def cast(r: Rehearsal, matter: str, poll: int, choices: list[str]) -> None:
    """Cast one ballot a member."""
    for i, choice in enumerate(choices):
        ballot = BallotCast(poll=Ref(poll), entitlement=f"u{i}", choice=choice)
        r.act(f"m{i}", matter, ballot, key=f"{poll * 100 + i:032x}")


def decided(r: Rehearsal, matter: str) -> list[Any]:
    """Return the results, in order."""
    facts = r.engine.facts(matter, OPERATOR, kinds=("voting.poll_decided",))
    return [fact.event for fact in facts]


def test_a_secret_poll_decides_as_an_open_one(club: Rehearsal) -> None:
    matter = club.open("A question", by="wang")
    secret, plain = opened(club, matter), opened(club, matter, secrecy="open")
    for poll in (secret, plain):
        cast(club, matter, poll, CHOICES)
    club.wait(days=4)
    first, second = decided(club, matter)
    assert first.verdict == second.verdict == "passed"
    assert first.tests == second.tests
    told, open_ = ([(c.option, c.ballots, c.heads) for c in one.counts] for one in (first, second))
    assert told == open_
    assert {c.area_dm2 for c in first.counts} == {0} != {c.area_dm2 for c in second.counts}
    assert club.engine.facts(matter, OPERATOR, kinds=("voting.box_opened",))[0].event.poll == secret


def test_a_secret_ballot_is_final(club: Rehearsal) -> None:
    matter = club.open("A question", by="wang")
    poll = opened(club, matter)
    cast(club, matter, poll, ["yes"])
    with club.refuses("wugong.already_voted"):
        ballot = BallotCast(poll=Ref(poll), entitlement="u0", choice="no")
        club.act("m0", matter, ballot, key="f" * 32)
    with club.refuses("voting.not_your_entitlement"):
        ballot = BallotCast(poll=Ref(poll), entitlement="u1", choice="no")
        club.act("m0", matter, ballot, key="e" * 32)


def test_the_receipt_of_a_secret_ballot_is_proved_on_the_page_once_the_box_is_open(
    club: Rehearsal,
) -> None:
    matter = club.open("A vote", by="wang")
    poll = opened(club, matter)
    last = len(CHOICES) - 1
    cast(club, matter, poll, CHOICES[:last])
    ballot = BallotCast(poll=Ref(poll), entitlement=f"u{last}", choice=CHOICES[last])
    receipt = club.act(f"m{last}", matter, ballot, key="0" * 32)
    page = f"/c/{club.community}/verify?code={receipt.code}"
    before = browse(club).get(page).text
    assert "这张选票在票箱里" in before and "最后得到树根" not in before
    assert "<dt>" not in before, "no number, no fingerprint, and when it was cast nobody knows"
    club.wait(days=4)
    after = browse(club).get(page).text
    assert "开箱时" in after and "最后得到树根" in after
    assert "yes" not in re.sub(r"<[^>]+>", " ", after)


def test_ranked_ballots_go_into_the_box_too(club: Rehearsal) -> None:
    matter = club.open("A colour", by="wang")
    options = tuple(Option(id=one, title=one) for one in ("red", "green", "blue"))
    poll = opened(club, matter, options=options, rule="irv")
    choices = ["red>green", "red", "green>red", "green>red", "blue>red", "red>blue", "blue>red"]
    cast(club, matter, poll, choices)
    club.wait(days=4)
    (result,) = decided(club, matter)
    assert result.winners == ("red",)


def test_a_statutory_election_needs_scrutineers(club: Rehearsal) -> None:
    matter = club.open("An election", by="wang")
    for secrecy in ("open", "secret"):
        with club.refuses("voting.needs_scrutineers"):
            opened(club, matter, "club.secret", secrecy=secrecy)


def test_scrutineers_open_the_box_after_the_closing_and_it_decides(club: Rehearsal) -> None:
    key, shares = hold(2, 3)
    matter = club.open("An election", by="wang")
    poll = opened(club, matter, "club.secret", secrecy="scrutineers", box_key=str(key))
    cast(club, matter, poll, CHOICES)
    unlocked = BoxUnlocked(poll=Ref(poll), shares=(shares[2], shares[0]))
    with club.refuses("voting.box_opened_too_early"):
        club.act("wang", matter, unlocked)
    club.wait(days=4)
    assert decided(club, matter) == []
    (waiting,) = club.engine.waiting(matter)
    assert (waiting.who, waiting.act) == ("scrutineer", "voting.box_unlocked")
    with club.refuses("wugong.not_your_role"):
        club.act("m0", matter, unlocked)
    with club.refuses("wugong.shares_too_few"):
        club.act("wang", matter, BoxUnlocked(poll=Ref(poll), shares=shares[:1]))
    club.act("wang", matter, unlocked)
    (result,) = decided(club, matter)
    assert (result.verdict, result.winners) == ("passed", ("yes",))
    with club.refuses("voting.box_opened_already"):
        club.act("wang", matter, unlocked)
    other = club.open("Another", by="wang")
    with club.refuses("voting.poll_elsewhere"):
        club.act("wang", other, unlocked)


def test_an_empty_box_needs_no_scrutineers(club: Rehearsal) -> None:
    key, _shares = hold(2, 3)
    matter = club.open("An election", by="wang")
    opened(club, matter, "club.secret", secrecy="scrutineers", box_key=str(key))
    club.wait(days=4)
    (result,) = decided(club, matter)
    assert result.verdict == "no_quorum"


def test_nobody_cast_and_the_box_is_empty(club: Rehearsal) -> None:
    matter = club.open("A question", by="wang")
    opened(club, matter)
    club.wait(days=4)
    (result,) = decided(club, matter)
    assert result.verdict == "no_quorum"
    (box,) = club.engine.facts(matter, OPERATOR, kinds=("voting.box_opened",))
    assert (box.event.ids, box.event.choices, box.event.small) == ((), (), True)


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        pytest.param(["yes"] * 4 + ["no"] * 3, False, id="seven on two sides"),
        pytest.param(["yes"] * 7, True, id="all alike"),
        pytest.param(["yes"] * 3 + ["no"], True, id="four voted"),
        pytest.param(["yes"] * 3 + ["no"] * 2, False, id="five voted"),
    ],
)
def test_a_result_that_may_tell_says_so(club: Rehearsal, choices: list[str], told: bool) -> None:
    matter = club.open("A question", by="wang")
    poll = opened(club, matter)
    cast(club, matter, poll, choices)
    club.wait(days=4)
    its = polls_of(club.matter(matter))[poll]
    for path in (f"polls/{poll}", f"notices/{its.decided_by}"):
        page = browse(club, "m0").get(f"/m/{matter}/{path}").text
        assert ("结果本身可能看出谁投了什么" in page) is told, path
