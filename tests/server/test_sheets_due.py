"""How many should attend is printed on a record sheet where the record knows it, and only there."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

import wugong_rural
import wugong_urban
import wugong_voting
from wugong import Option, PollOpened, Ref, StepRecorded
from wugong.testing import Rehearsal
from wugong_rural.events import CommitteesConsulted, PartyMembersReviewed, PartyProposed
from wugong_server.testing import browse

MEMBERS = {"zhou": ("officer",), "sun": ("convenor",), "fang": ("party_member",), "li": ()}
LIFT = "owners.lift"
OWNERS = [(f"{stair}0{n}", f"{stair}-{n}", stair, 9000) for stair in "12" for n in range(1, 4)]
ONE_STAIR = OWNERS[:3]


@pytest.fixture
def town() -> Rehearsal:
    plugins = {"urban": wugong_urban, "voting": wugong_voting}
    return Rehearsal(plugins, members=MEMBERS, community="wutong")


@pytest.fixture
def lift(town: Rehearsal) -> str:
    return town.open("3幢加装电梯（示例）", by="li", category="lift")


@pytest.fixture
def village() -> Rehearsal:
    plugins = {"rural": wugong_rural, "voting": wugong_voting}
    return Rehearsal(plugins, members=MEMBERS, setting="rural", community="linli")


def due(r: Rehearsal, matter: str, step: str, member: str | None = "zhou") -> str:
    """Return what stands in the cell of those due; empty where the paper leaves it blank."""
    page = browse(r, member).get(f"/m/{matter}/sheets/{step}")
    assert page.status_code == 200
    found = re.search(r"应到</th><td>(.*?)</td>", page.text, re.S)
    assert found is not None
    return re.sub(r"<[^>]+>|\s+", "", found[1])


def record(step: str, count: int | None, **more: object) -> StepRecorded:
    figures = {} if count is None else {"due": count, "present": count}
    given = {"step": step, "held_on": date(2026, 3, 2), "resolved": "照方案办。"}
    return StepRecorded(**{**given, **figures, **more})  # type: ignore[arg-type]


def asked(r: Rehearsal, procedure: str, roster: str, **more: object) -> PollOpened:
    return PollOpened(
        question="同意？",
        options=tuple(Option(id=one, title=one) for one in ("yes", "no", "abstain")),
        procedure=procedure,
        roster=roster,
        closes_at=r.engine.now() + timedelta(days=1),
        **more,  # type: ignore[arg-type]
    )


def test_owners_of_one_stair_are_their_roster(town: Rehearsal, lift: str) -> None:
    town.roster("owners", ONE_STAIR)
    for step in ("body", "plan", "vote"):
        assert due(town, lift, f"{LIFT}.{step}") == "3按名册", step


def test_which_of_two_stairs_meet_is_not_known_from_the_roster(town: Rehearsal, lift: str) -> None:
    town.roster("owners", OWNERS)
    assert due(town, lift, f"{LIFT}.vote") == ""
    town.act("zhou", lift, record(f"{LIFT}.body", 3))
    assert due(town, lift, f"{LIFT}.vote") == "3按先前的记录"
    assert due(town, lift, f"{LIFT}.plan") == "3按先前的记录"


def test_a_record_without_figures_says_nothing(town: Rehearsal, lift: str) -> None:
    town.act("zhou", lift, record(f"{LIFT}.body", None))
    assert due(town, lift, f"{LIFT}.plan") == ""


def test_nobody_due_is_a_number_too(town: Rehearsal, lift: str) -> None:
    town.act("zhou", lift, record(f"{LIFT}.body", 0))
    assert due(town, lift, f"{LIFT}.plan") == "0按先前的记录"


def test_a_corrected_record_is_the_one_that_counts(town: Rehearsal, lift: str) -> None:
    first = town.act("zhou", lift, record(f"{LIFT}.body", 3)).seq
    town.act("zhou", lift, record(f"{LIFT}.body", 4, corrects=Ref(first)))
    assert due(town, lift, f"{LIFT}.body") == "4按先前的记录"


def test_those_of_another_body_are_not_counted(town: Rehearsal, lift: str) -> None:
    town.roster("owners", ONE_STAIR)
    town.act("zhou", lift, record(f"{LIFT}.body", 2))
    assert due(town, lift, f"{LIFT}.private_part") == ""  # its owner alone acts


def test_the_roll_of_the_poll_goes_before_what_was_recorded(town: Rehearsal) -> None:
    town.roster("representatives", [(f"D{n}", f"d{n}", "", 0) for n in range(5)])
    rules = town.open("居民公约（示例）", by="li", category="residents_covenant")
    step = "residents.rules.delegated"
    assert due(town, rules, step) == "5按名册"
    town.act("sun", rules, asked(town, "residents.representatives", "representatives"))
    town.roster("representatives", [(f"D{n}", f"d{n}", "", 0) for n in range(6)])
    assert due(town, rules, step) == "5按表决的名册"
    town.wait(days=2)
    assert due(town, rules, step) == "5按表决的名册"  # decided: nobody came


def test_a_body_that_meets_in_two_ways_is_known_only_once(town: Rehearsal) -> None:
    rules = town.open("居民公约（示例）", by="li", category="residents_covenant")
    town.roster("households", [(f"H{n}", f"h{n}", "", 0) for n in range(4)])
    assert due(town, rules, "residents.rules.vote") == "4按名册"
    town.roster("residents", [(f"R{n}", f"h{n}", "", 0) for n in range(9)])
    assert due(town, rules, "residents.rules.vote") == ""


def test_the_delegated_vote_names_the_body_that_votes(town: Rehearsal) -> None:
    rules = town.open("居民公约（示例）", by="li", category="residents_covenant")
    page = browse(town, "zhou").get(f"/m/{rules}/sheets/residents.rules.delegated")
    assert "居民代表会议" in page.text.partition("<article")[2].partition("依据")[0]


def test_a_roster_is_shown_to_members_alone(town: Rehearsal, lift: str) -> None:
    town.roster("owners", ONE_STAIR)
    assert due(town, lift, f"{LIFT}.body", "li") == "3按名册"
    assert due(town, lift, f"{LIFT}.body", None) == ""


def test_a_meeting_that_fell_short_is_held_again_by_as_many(village: Rehearsal) -> None:
    m = village.open("装路灯（示例）", by="li", category="four_two")
    assert due(village, m, "four_two.consultation") == ""
    village.act("fang", m, PartyProposed(proposal="装路灯", due=3, present=3))
    village.act("zhou", m, CommitteesConsulted(due=7, present=7, yes=3))
    assert due(village, m, "four_two.proposal") == "3按先前的记录"
    assert due(village, m, "four_two.consultation") == "7按先前的记录"
    assert due(village, m, "four_two.review") == ""
    village.act("zhou", m, CommitteesConsulted(due=7, present=7, yes=4))
    village.act("fang", m, PartyMembersReviewed(due=30, present=19, yes=19))
    assert due(village, m, "four_two.review") == "30按先前的记录"


def test_a_roster_of_the_name_of_a_body_is_that_body(village: Rehearsal) -> None:
    m = village.open("装路灯（示例）", by="li", category="four_two")
    village.roster("party_members", [(f"P{n}", f"p{n}", "", 0) for n in range(12)])
    assert due(village, m, "four_two.review") == "12按名册"
    assert due(village, m, "four_two.consultation") == ""


def test_the_whole_village_meets_whatever_its_groups(village: Rehearsal) -> None:
    m = village.open("村规民约（示例）", by="li", category="village_rules")
    village.roster("villagers", [(f"V{n}", f"v{n}", str(n), 0) for n in range(8)])
    assert due(village, m, "villagers.rules.vote") == "8按名册"
    assert due(village, m, "villagers.rules.township") == ""  # the township


def test_the_collective_that_discusses_a_homestead_is_known_by_its_roster(
    village: Rehearsal,
) -> None:
    m = village.open("宅基地（示例）", by="li", category="homestead")
    discuss = "homestead.application.discuss"
    assert due(village, m, discuss) == ""
    village.roster("collective_members", [(f"C{n}", f"c{n}", "", 0) for n in range(9)])
    assert due(village, m, discuss) == "9按名册"
    assert due(village, m, "homestead.application.approve") == ""  # the township


@pytest.mark.parametrize(("language", "said"), [("zh-Hant", "按名冊"), ("en", "on the roster")])
def test_it_says_so_in_other_languages(
    town: Rehearsal, lift: str, language: str, said: str
) -> None:
    town.roster("owners", ONE_STAIR)
    page = browse(town, "zhou", language=language).get(f"/m/{lift}/sheets/{LIFT}.body")
    assert said in page.text
