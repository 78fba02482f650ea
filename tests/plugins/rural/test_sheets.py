"""Every step shows how it stands, with the figures and tests behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugong import Ref
from wugong_rural.events import (
    CommitteesConsulted,
    DecisionPosted,
    PartyMembersReviewed,
    PartyProposed,
    PostingEnded,
    ResultPosted,
)
from wugong_rural.sheets import current, sheets

if TYPE_CHECKING:
    from tests.plugins.rural.conftest import Village


def states(village: Village) -> list[str]:
    return [one.state for one in sheets(village.matter)]


def test_the_first_step_that_is_not_there_is_next(village: Village) -> None:
    assert states(village) == ["next", "todo", "todo", "todo", "todo", "todo"]
    village.record(PartyProposed(proposal="Light the lane"))
    assert states(village) == ["done", "next", "todo", "todo", "todo", "todo"]
    assert current(sheets(village.matter)) == 2


def test_a_sitting_that_fell_short_shows_its_figures_and_nothing_is_next(village: Village) -> None:
    village.record(PartyProposed(proposal="Light the lane"))
    village.record(CommitteesConsulted(due=7, present=7, yes=6))
    village.record(PartyMembersReviewed(due=30, present=19, yes=19))
    review = sheets(village.matter)[2]
    assert states(village) == ["done", "done", "short", "todo", "todo", "todo"]
    assert [(t.have, t.needed, t.of, t.met) for t in review.tests] == [
        (19, 20, 30, False),
        (19, 16, 30, True),
    ]
    assert current(sheets(village.matter)) == 3


def test_a_poll_is_under_way_then_decided(village: Village) -> None:
    village.deliberate()
    poll = village.record(village.poll())
    assert sheets(village.matter)[3].state == "open"
    village.record(village.decided(poll, "villagers.representatives", "no_quorum"))
    assert (sheets(village.matter)[3].state, sheets(village.matter)[3].poll) == ("short", poll)
    outcome = village.resolve()
    assert (sheets(village.matter)[3].state, sheets(village.matter)[3].seq) == ("done", outcome)
    assert states(village)[4] == "next"


def test_a_posting_is_under_way_until_its_days_are_over(village: Village) -> None:
    village.deliberate()
    village.resolve()
    decision = village.record(DecisionPosted())
    assert states(village)[4:] == ["open", "next"]
    village.record(PostingEnded(posting=Ref(decision)), by="clock")
    result = village.record(ResultPosted())
    assert states(village)[4:] == ["done", "open"]
    village.record(PostingEnded(posting=Ref(result)), by="clock")
    assert current(sheets(village.matter)) == 7
