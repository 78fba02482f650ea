"""One assembly in one mode; a proxy within the household; a draft in time; what was not checked."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

import wugong_rural
import wugong_urban
import wugong_voting
from tests.law.lawbook import LAW, ask, refused
from wugong import PLAN, Entitlement, Option, Part, PollOpened, Ref, Words, seal
from wugong.describing import describe, document
from wugong.testing import Rehearsal, imported
from wugong.vocabulary import MemberEnrolled
from wugong_rural.events import CommitteesConsulted, PartyMembersReviewed, PartyProposed
from wugong_server.testing import browse
from wugong_voting.events import MandateGiven

PLUGINS = {"voting": wugong_voting, "rural": wugong_rural, "urban": wugong_urban}
YES_NO = tuple(Option(id=one, title=one) for one in ("yes", "no", "abstain"))


def village(*rosters: str, homes: tuple[str, ...] = ("1", "1", "2", "")) -> Rehearsal:
    """Return a village of ``m0``, ``m1`` … by household; no notice is asked of its polls."""
    r = Rehearsal(PLUGINS, members={"chen": ("officer", "party_member")}, setting="rural")
    for n, home in enumerate(homes):
        event = MemberEnrolled(member=f"m{n}", name=seal(f"m{n}"), household=home)
        r.act("operator", r.community, event)
    groups = ("east", "east", "west", "west")
    entitled = [
        Entitlement(f"e{n}", f"m{n}", parts=(Part(f"e{n}", groups[n]),)) for n in range(len(homes))
    ]
    for roster in rosters:
        r.act("operator", r.community, imported(roster, entitled))
    return r


def vote(r: Rehearsal, matter: str, procedure: str, roster: str, **more: Any) -> int:
    poll = PollOpened(
        question="Shall we?",
        options=YES_NO,
        procedure=procedure,
        roster=roster,
        closes_at=r.clock.now + timedelta(days=2),
        **more,
    )
    return r.act("chen", matter, poll).seq


def test_one_meeting_is_not_held_in_two_modes_at_once() -> None:
    r = village("villagers", "households")
    matter = r.open("A path", by="chen")
    vote(r, matter, "villagers.group.adults", "villagers", groups=("east",))
    with r.refuses("voting.modes_mixed"):
        vote(r, matter, "villagers.group.households", "households", groups=("east",))
    with r.refuses("voting.modes_mixed"):
        vote(r, matter, "villagers.group.households", "households")
    # Another group's meeting is another meeting, and so is one after this.
    assert vote(r, matter, "villagers.group.households", "households", groups=("west",))
    r.wait(days=2)
    assert vote(r, matter, "villagers.group.households", "households", groups=("east",))


@pytest.mark.parametrize(
    ("holder", "code"),
    [
        pytest.param("m1", "", id="of the household"),
        pytest.param("m2", "voting.mandate_to_another_household", id="of another"),
        pytest.param("m3", "voting.mandate_to_another_household", id="nobody knows of which"),
    ],
)
def test_a_member_of_a_collective_lets_only_the_household_vote(holder: str, code: str) -> None:
    r = village("collective_members")
    matter = r.open("The charter", by="chen")
    r.engine.registry.procedures["collective.assembly"] = _at_once("collective.assembly")
    poll = vote(r, matter, "collective.assembly", "collective_members")
    until = r.clock.now + timedelta(days=1)
    given = MandateGiven(poll=Ref(poll), entitlement="e0", holder=holder, until=until)
    if code:
        with r.refuses(code):
            r.act("m0", matter, given)
        return
    assert r.act("m0", matter, given).seq


def _at_once(name: str) -> Any:
    from dataclasses import replace

    return replace(LAW[name], notice_days=0, texts=())


def test_an_unknown_household_is_no_household() -> None:
    r = village("collective_members", homes=("", "", "", ""))
    r.engine.registry.procedures["collective.assembly"] = _at_once("collective.assembly")
    matter = r.open("The charter", by="chen")
    poll = vote(r, matter, "collective.assembly", "collective_members")
    until = r.clock.now + timedelta(days=1)
    with r.refuses("voting.mandate_to_another_household"):
        given = MandateGiven(poll=Ref(poll), entitlement="e0", holder="m1", until=until)
        r.act("m0", matter, given)


@pytest.mark.parametrize(("ahead", "late"), [(2, True), (3, False), (4, False), (None, False)])
def test_the_draft_goes_to_the_party_members_three_days_ahead(
    ahead: int | None, late: bool
) -> None:
    r = village("villagers")
    matter = r.open("A road", by="chen", category="four_two")
    assert r.matter(matter).open(PLAN)
    r.act("chen", matter, PartyProposed(proposal="Widen the road"))
    r.act("chen", matter, CommitteesConsulted(due=9, present=9, yes=9))
    sent = None if ahead is None else date(2026, 3, 2) - timedelta(days=ahead)
    met = PartyMembersReviewed(due=9, present=9, yes=9, draft_sent_on=sent)
    if late:
        with r.refuses("rural.draft_too_late"):
            r.act("chen", matter, met)
        return
    assert r.act("chen", matter, met).seq


@pytest.mark.parametrize("name", ["villagers.publication", "residents.publication"])
def test_affairs_are_posted_each_time_for_their_days_and_have_no_result(name: str) -> None:
    text = document(LAW[name], Words("zh_Hant", ["wugong"]))
    assert "每次公布：公示不少於15天" in text and "每次公布：只能加長天數" in text
    assert "結果公示" not in text
    decided = document(LAW["villagers.representatives"], Words("zh_Hant", ["wugong"]))
    assert "結果公示" in decided


def test_a_page_says_first_what_was_never_checked_against_its_text() -> None:
    client = browse(Rehearsal({"urban": wugong_urban, "rural": wugong_rural}, members={"li": ()}))
    page = client.get("/procedures/residents.rules").text
    lead = page[page.index("的内容没有对照原文") : page.index('<dl class="facts">')]
    assert "民发〔2018〕144号" in lead and "城市居民委员会组织法" not in lead
    assert len(re.findall("凭记忆", page)) > 5  # and at every line that rests on it
    other = client.get("/procedures/residents.assembly.adults").text
    assert "没有对照原文" not in other


def test_the_levy_is_decided_by_a_lawful_body_of_representatives() -> None:
    body = {"check": "composition", "members": 35}
    lawful = ask("villagers.representatives.levy", **body, representatives=28, women=12)
    assert lawful["outcome"] == "passed"
    for short in ({"representatives": 27, "women": 12}, {"representatives": 28, "women": 11}):
        assert ask("villagers.representatives.levy", **body, **short)["outcome"] == "rejected"


def test_every_owners_procedure_says_who_is_counted_and_how_it_is_challenged() -> None:
    for name in ("ordinary", "special", "fund_use", "fund_raise"):
        text = document(LAW[f"owners.{name}"], Words("zh_Hant", ["wugong"]))
        assert "一個專有部分算一人" in text and "一年內請求法院撤銷" in text
        assert "公告業主大會的決定（北京）" in text


def test_use_and_raise_are_two_questions_whatever_the_procedure() -> None:
    for name in ("owners.ordinary", "owners.special", "owners.fund_use", "owners.fund_raise"):
        assert refused(name, options={"item": [5, 6]}) == "two_matters"


def test_the_right_of_defence_is_a_villagers_one() -> None:
    def steps(name: str) -> str:
        listed = describe(LAW[name], Words("zh_Hant", ["wugong"]))
        return " ".join(line.text for section in listed for line in section.lines)

    assert "有權申辯" in steps("villagers.recall")
    assert "申辯" not in steps("residents.recall.voters")
