"""The home page shows the one step that comes next, and the clock ends a posting in time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wugong import BUILD, MANAGE, Ref, Waiting
from wugong_rural.awaited import awaited
from wugong_rural.events import (
    CommitteesConsulted,
    DecisionPosted,
    EldersHeard,
    PartyMembersReviewed,
    PartyProposed,
    PostingEnded,
    ResultPosted,
)

if TYPE_CHECKING:
    from tests.plugins.rural.conftest import Village


def acts(village: Village) -> list[str]:
    return [item.act for item in awaited(village.matter) if item.then is None]


def owed_by_the_clock(village: Village) -> list[Waiting]:
    return [item for item in awaited(village.matter) if item.then is not None]


def test_the_next_step_is_awaited_from_whom_it_is_due(village: Village) -> None:
    assert acts(village) == ["rural.party_proposed"]
    village.record(PartyProposed(proposal="Light the lane"))
    assert acts(village) == ["rural.committees_consulted"]
    village.record(CommitteesConsulted(due=7, present=7, yes=3))
    assert acts(village) == ["rural.committees_consulted"]
    village.record(CommitteesConsulted(due=7, present=7, yes=4))
    assert acts(village) == ["rural.party_members_reviewed"]
    village.record(PartyMembersReviewed(due=30, present=30, yes=30))
    assert acts(village) == ["voting.poll_opened"]
    poll = village.record(village.poll())
    assert acts(village) == []
    village.record(village.decided(poll, "villagers.representatives", "passed"))
    assert acts(village) == ["rural.decision_posted"]


def test_the_elders_are_asked_beside_the_steps(village: Village) -> None:
    village.seat("gu")
    assert acts(village) == ["rural.elders_heard", "rural.party_proposed"]
    village.record(EldersHeard(opinion="Begin at the bridge"), by="gu")
    assert acts(village) == ["rural.party_proposed"]


def test_the_clock_ends_a_posting_on_the_morning_after_its_last_day(village: Village) -> None:
    village.deliberate()
    village.resolve()
    posting = village.record(DecisionPosted(days=15))
    (owed,) = owed_by_the_clock(village)
    # posted on 1 April, so 16 April is the fifteenth day; midnight in China is 16:00 UTC
    assert owed.by == datetime(2026, 4, 16, 16, tzinfo=UTC)
    assert owed.then == PostingEnded(posting=Ref(posting))
    assert owed.details == {"until": "2026-04-16", "day": "2026-04-17"}
    village.record(owed.then, by="clock")
    assert owed_by_the_clock(village) == []


def test_the_result_is_awaited_when_the_work_is_done(village: Village) -> None:
    village.deliberate()
    village.resolve()
    village.record(PostingEnded(posting=Ref(village.record(DecisionPosted()))), by="clock")
    village.open(BUILD | MANAGE)
    assert acts(village) == []
    village.open(MANAGE)
    assert acts(village) == ["rural.result_posted"]
    village.record(ResultPosted())
    assert acts(village) == []
