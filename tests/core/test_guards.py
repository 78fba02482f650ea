"""Stages, holds and polls: the engine's own rules, in the order a matter goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from tests.core.conftest import MEMBERS
from tests.core.shop import Chimed, plugin
from wugong import (
    BUILD,
    EVALUATE,
    MANAGE,
    PLAN,
    ROLL,
    SHARE,
    STAGES,
    HoldLifted,
    HoldPlaced,
    MemberEnrolled,
    Option,
    PollOpened,
    Ref,
    RoleGranted,
    Stage,
    StageClosed,
    StageOpened,
    StageSkipped,
    hookimpl,
    on,
    read_procedure,
    seal,
)
from wugong.matter import Grant
from wugong.testing import Rehearsal

PROCEDURE = """
id = "owners.test"
title = {en = "Owners' assembly"}
body = "owners"
setting = "urban"
roster = "owners"
effective_from = 2026-01-01
effective_to = 2026-12-31
quorum = []
consent = [{id = "c", measure = "heads", base = "all", op = ">", share = "1/2", source = "278"}]
basis = [{article = "278", text_year = 2020, confidence = "V"}]
"""

FLOW = """
id = "town.flow"
kind = "no_vote"
decides = false
title = {en = "A flow without a vote"}
body = "town"
setting = "urban"
roster = ""
effective_from = 2026-01-01
quorum = []
consent = []
basis = [{article = "34", text_year = 2021, confidence = "V"}]
"""


def with_hold() -> SimpleNamespace:
    """Return the shop; a chime called "hold <stage>" places a hold, "lift <number>" lifts it."""

    def react(fact: Any) -> list[Any]:
        word, _space, rest = fact.event.note.partition(" ")
        if word == "hold":
            name, _space, days = rest.partition(" ")
            until = fact.at + timedelta(days=int(days)) if days else None
            return [HoldPlaced(stage=Stage[name.upper()], until=until)]
        return [HoldLifted(hold=Ref(int(rest)))] if word == "lift" else []

    hook = hookimpl(on(Chimed)(lambda fact: react(fact)))
    return plugin(co_plan=hook)


@pytest.fixture
def r() -> Iterator[Rehearsal]:
    """Give a rehearsal with the shop that can hold stages."""
    rehearsal = Rehearsal({"shop": with_hold()}, members=MEMBERS)
    yield rehearsal
    rehearsal.engine.close()


@pytest.fixture
def place(r: Rehearsal) -> str:
    """Give a matter that li opened."""
    return r.open("Street lights", by="li")


def statuses(r: Rehearsal, place: str) -> list[str]:
    matter = r.matter(place)
    return [matter.status(stage) for stage in STAGES]


def opens(r: Rehearsal, place: str, *stages: Stage) -> None:
    for stage in stages:
        r.act("wang", place, StageOpened(stage=stage))


def closes(r: Rehearsal, place: str, *stages: Stage) -> None:
    for stage in stages:
        r.act("wang", place, StageClosed(stage=stage))


# The set of open stages


def test_a_matter_begins_with_planning_and_goes_through_all_five(r: Rehearsal, place: str) -> None:
    assert statuses(r, place) == ["open", "todo", "todo", "todo", "todo"]
    for before, after in pairwise(STAGES):
        closes(r, place, before)
        opens(r, place, after)
    assert statuses(r, place) == ["done", "done", "done", "done", "open"]
    closes(r, place, SHARE)
    assert not r.matter(place).stages


def test_stages_overlap(r: Rehearsal, place: str) -> None:
    opens(r, place, BUILD, MANAGE)
    assert statuses(r, place) == ["open", "open", "open", "todo", "todo"]
    closes(r, place, PLAN)
    assert r.matter(place).stages == BUILD | MANAGE
    assert r.matter(place).open(PLAN | BUILD)
    assert not r.matter(place).open(PLAN | SHARE)


def test_a_stage_waits_for_those_before_it(r: Rehearsal, place: str) -> None:
    for stage in (MANAGE, EVALUATE, SHARE):
        with r.refuses("wugong.stage_out_of_order"):
            opens(r, place, stage)
    opens(r, place, BUILD)
    with r.refuses("wugong.stage_out_of_order"):
        opens(r, place, EVALUATE)
    opens(r, place, MANAGE, EVALUATE)


def test_an_open_stage_is_not_opened_and_a_closed_one_not_closed(r: Rehearsal, place: str) -> None:
    with r.refuses("wugong.stage_already_open"):
        opens(r, place, PLAN)
    for stage in (BUILD, SHARE):
        with r.refuses("wugong.stage_not_open"):
            closes(r, place, stage)
    closes(r, place, PLAN)
    with r.refuses("wugong.stage_not_open"):
        closes(r, place, PLAN)


def test_going_back_to_a_stage_needs_a_reason(r: Rehearsal, place: str) -> None:
    closes(r, place, PLAN)
    opens(r, place, BUILD)
    for reason in ("", "  \n"):
        with r.refuses("wugong.reason_missing"):
            r.act("wang", place, StageOpened(stage=PLAN, reason=reason))
    r.act("wang", place, StageOpened(stage=PLAN, reason="the tender failed"))
    assert statuses(r, place) == ["open", "open", "todo", "todo", "todo"]


def test_a_stage_is_skipped_with_a_filed_reason(r: Rehearsal, place: str) -> None:
    closes(r, place, PLAN)
    with pytest.raises(ValueError, match="reason: must not be empty"):
        r.act("wang", place, StageSkipped(stage=BUILD, reason=" "))
    receipt = r.act("wang", place, StageSkipped(stage=BUILD, reason="nothing to build"))
    assert statuses(r, place) == ["done", "skipped", "todo", "todo", "todo"]
    opens(r, place, MANAGE)
    fact = r.engine.fact("example", receipt.seq, r.viewer(place))
    assert fact is not None
    assert fact.event.reason == "nothing to build"
    for stage in (PLAN, BUILD):
        with r.refuses("wugong.stage_not_open"):
            r.act("wang", place, StageSkipped(stage=stage, reason="again"))


def test_an_open_stage_may_be_skipped_and_opened_later(r: Rehearsal, place: str) -> None:
    r.act("wang", place, StageSkipped(stage=PLAN, reason="urgent repair"))
    opens(r, place, BUILD)
    r.act("wang", place, StageOpened(stage=PLAN, reason="after all"))
    assert statuses(r, place)[:2] == ["open", "open"]


def test_a_resident_moves_no_stage(r: Rehearsal, place: str) -> None:
    for event in (
        StageOpened(stage=BUILD),
        StageClosed(stage=PLAN),
        StageSkipped(stage=PLAN, reason="x"),
    ):
        with r.refuses("wugong.not_your_role"):
            r.act("li", place, event)


def test_the_community_itself_always_manages_and_shares(r: Rehearsal) -> None:
    assert r.matter("example").stages == MANAGE | SHARE


# Holds


def test_a_hold_rests_a_stage_and_says_until_when(r: Rehearsal, place: str) -> None:
    r.act("wang", place, Chimed(note="hold plan 5"))
    assert statuses(r, place)[0] == "held"
    [hold] = r.matter(place).holds.values()
    assert hold.until == r.clock.now + timedelta(days=5)
    assert r.matter(place).held(PLAN | BUILD) == hold
    assert r.matter(place).held(BUILD) is None
    with r.refuses("wugong.stage_held"):
        closes(r, place, PLAN)
    with r.refuses("wugong.stage_held"):
        r.act("wang", place, StageSkipped(stage=PLAN, reason="hurry"))
    r.wait(days=5)
    closes(r, place, PLAN)


def test_a_hold_is_lifted_by_who_placed_it_and_by_nobody_else(r: Rehearsal, place: str) -> None:
    r.act("wang", place, Chimed(note="hold plan"))
    [number] = r.matter(place).holds
    for who in ("wang", "operator"):
        with r.refuses("wugong.not_your_role"):
            r.act(who, place, HoldLifted(hold=Ref(number)))
    for who in ("clock", "plugin:another"):
        with r.refuses("wugong.hold_of_another"):
            r.act(who, place, HoldLifted(hold=Ref(number)))
    r.act("plugin:shop", place, HoldLifted(hold=Ref(number)))
    assert statuses(r, place)[0] == "open"
    with r.refuses("wugong.hold_unknown"):
        r.act("plugin:shop", place, HoldLifted(hold=Ref(number)))


def test_two_holds_on_one_stage_both_count(r: Rehearsal, place: str) -> None:
    r.act("wang", place, Chimed(note="hold plan"))
    r.act("plugin:shop", place, HoldPlaced(stage=PLAN))
    first, second = r.matter(place).holds
    r.act("plugin:shop", place, HoldLifted(hold=Ref(first)))
    assert statuses(r, place)[0] == "held"
    r.act("plugin:shop", place, HoldLifted(hold=Ref(second)))
    assert statuses(r, place)[0] == "open"


def test_only_an_open_stage_is_held(r: Rehearsal, place: str) -> None:
    with r.refuses("wugong.stage_not_open"):
        r.act("plugin:shop", place, HoldPlaced(stage=BUILD))


def test_who_placed_a_hold_and_why_is_not_shown(r: Rehearsal, place: str) -> None:
    r.act("wang", place, Chimed(note="hold plan 5"))
    for member in ("", "li", "wang"):
        viewer = r.viewer(place, member)
        [fact] = r.engine.facts(place, viewer, kinds=("wugong.hold_placed",))
        assert (fact.by, fact.principal, fact.cause) == ("", None, None)


# Polls


def polling() -> SimpleNamespace:
    base = plugin()
    register = base.register
    more = [read_procedure(PROCEDURE), read_procedure(FLOW)]
    base.register = hookimpl(lambda: [*register(), *more])
    return base


@pytest.fixture
def p() -> Iterator[Rehearsal]:
    """Give a rehearsal with a procedure and a roster of owners."""
    rehearsal = Rehearsal({"shop": polling()}, members=MEMBERS)
    rehearsal.roster(
        "owners",
        [("101", "li", "stair-1", 8000), ("102", "zhao", "stair-2", 6000), ("103", "li", "g", 1)],
    )
    yield rehearsal
    rehearsal.engine.close()


def poll(p: Rehearsal, **changes: Any) -> PollOpened:
    fields: dict[str, Any] = {
        "question": "Lights?",
        "options": (Option(id="yes", title="Yes"), Option(id="no", title="No")),
        "procedure": "owners.test",
        "roster": "owners",
        "closes_at": p.clock.now + timedelta(days=7),
    }
    return PollOpened(**{**fields, **changes})


def test_opening_a_poll_freezes_its_roll_whatever_happens_to_the_roster(p: Rehearsal) -> None:
    place = p.open("Lights", by="li")
    receipt = p.act("wang", place, poll(p))
    opened, frozen = receipt.facts
    fact = p.engine.fact("example", frozen, p.viewer(place))
    assert fact is not None
    assert (fact.kind, fact.by, fact.cause) == ("voting.roll_frozen", "plugin:wugong", opened)
    assert (fact.event.entitlements, fact.event.heads, fact.event.area_dm2) == (2, 2, 14001)
    before = p.engine.book(ROLL, "example", prefix=f"{opened}/")
    assert list(before) == [f"{opened}/101", f"{opened}/102"]
    p.roster("owners", [("101", "sun", "stair-1", 8000)])
    assert p.engine.book(ROLL, "example", prefix=f"{opened}/") == before


def test_a_poll_of_one_group_has_its_units_alone(p: Rehearsal) -> None:
    place = p.open("Lights", by="li")
    receipt = p.act("wang", place, poll(p, groups=("stair-1",)))
    roll = p.engine.book(ROLL, "example", prefix=f"{receipt.seq}/")
    [only] = roll.values()
    assert only["parts"] == [["101", "stair-1", 8000]]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"roster": "villagers"}, "wugong.roster_unknown", id="no such roster"),
        pytest.param({"groups": ("stair-9",)}, "wugong.roster_empty", id="nobody in the group"),
        pytest.param({"procedure": "x"}, "wugong.procedure_unknown", id="no such procedure"),
        pytest.param(
            {"options": (Option(id="a", title="A"), Option(id="a", title="B"))},
            "wugong.options_repeat",
            id="an option twice",
        ),
    ],
)
def test_a_poll_that_nobody_could_decide_is_not_opened(
    p: Rehearsal, changes: dict[str, Any], code: str
) -> None:
    place = p.open("Lights", by="li")
    with p.refuses(code):
        p.act("wang", place, poll(p, **changes))


def test_a_poll_closes_after_it_opened(p: Rehearsal) -> None:
    place = p.open("Lights", by="li")
    for late in (timedelta(0), timedelta(seconds=-1)):
        with p.refuses("wugong.closing_in_the_past"):
            p.act("wang", place, poll(p, closes_at=p.clock.now + late))
    p.act("wang", place, poll(p, closes_at=p.clock.now + timedelta(milliseconds=1)))


def test_a_procedure_holds_from_its_first_to_its_last_day(p: Rehearsal) -> None:
    place = p.open("Lights", by="li")
    p.until(datetime(2026, 12, 31, 15, 59, tzinfo=UTC))  # 23:59 in China
    p.act("wang", place, poll(p))
    p.until(datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    with p.refuses("wugong.procedure_not_in_force"):
        p.act("wang", place, poll(p))


def test_no_poll_opens_where_nobody_votes(p: Rehearsal) -> None:
    place = p.open("Lights", by="li")
    with p.refuses("wugong.nobody_votes"):
        p.act("wang", place, poll(p, procedure="town.flow"))


def test_all_reasons_are_told_at_once(p: Rehearsal) -> None:
    place = p.open("Lights", by="li")
    with p.refuses(
        "wugong.roster_unknown", "wugong.procedure_unknown", "wugong.closing_in_the_past"
    ):
        p.act("wang", place, poll(p, roster="x", procedure="y", closes_at=p.clock.now))


# People


# Whoever is erased loses a key: under the id of a poll that would be the key of its box.
@pytest.mark.parametrize(
    "member", ["operator", "clock", "plugin:shop", "plugin:", "poll:7", "marks:7"]
)
def test_nobody_is_enrolled_under_a_name_of_the_system(r: Rehearsal, member: str) -> None:
    with r.refuses("wugong.member_reserved"):
        r.act("operator", "example", MemberEnrolled(member=member, name=seal("X")))


SYSTEM = ["operator", "clock", "plugin", "plugin:shop", "resident", "public", "members", "author"]


@pytest.mark.parametrize("role", ["mediation.party", "voting.teller", "author|steward", *SYSTEM])
def test_nobody_is_given_a_relation_an_audience_or_the_system_itself(
    r: Rehearsal, role: str
) -> None:
    """Else an administrator could read what is sealed for the parties of a mediation."""
    with r.refuses("wugong.role_not_given"):
        r.act("operator", "example", RoleGranted(member="li", role=role))
    standing = replace(r.matter("example").standing, grants=(Grant("li", role, "", None, 1),))
    assert standing.roles("li", "example", r.clock.now) == frozenset()


@pytest.mark.parametrize("role", ["steward", "block-leader"])
def test_any_other_role_can_be_given(r: Rehearsal, role: str) -> None:
    r.act("operator", "example", RoleGranted(member="li", role=role))
    assert role in r.viewer("example", "li").roles
