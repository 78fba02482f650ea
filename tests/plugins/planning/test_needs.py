"""A need arrives through four channels and is counted once for its household."""

from __future__ import annotations

from typing import Any

import pytest

from wugong import NOBODY, Unreadable, seal
from wugong_planning import coverage
from wugong_planning.events import NeedFiled


def test_each_channel_is_counted_also_those_through_which_none_came(place: Any) -> None:
    place.need()
    place.need(by="wang", channel="door", household="1-101")
    place.need(by="wang", channel="door", household="1-101 ")
    place.need(by="sun", channel="meeting", household="1-102")

    assert coverage.by_channel(place.state) == {"door": 2, "web": 1, "meeting": 1, "box": 0}
    assert coverage.households(place.state) == 2


@pytest.mark.parametrize("channel", ["door", "meeting", "box"])
def test_a_resident_cannot_claim_that_a_need_was_collected(place: Any, channel: str) -> None:
    with place.r.refuses("planning.channel_of_collectors"):
        place.need(by="li", channel=channel)


def test_a_need_without_words_is_not_recorded(place: Any) -> None:
    with pytest.raises(Unreadable, match="text"):
        place.r.act("li", place.matter, "planning.need_filed", {"text": "   "})


def test_a_need_for_an_elder_counts_for_the_elder(place: Any) -> None:
    filed = NeedFiled(text=seal("My knees"), channel="door")
    place.r.act("sun", place.matter, filed, principal="chen", channel="assisted")
    assert [need.by for need in place.state.needs.values()] == ["chen"]


def test_only_members_read_needs_and_the_words_are_sealed(place: Any) -> None:
    number = place.need()
    engine = place.r.engine
    chen = place.r.viewer(place.matter, "chen")
    (fact,) = engine.facts(place.matter, chen, kinds=["planning.need_filed"])
    assert fact.seq == number
    assert engine.open(fact, chen) == {"text": "The stairs are dark"}
    assert "stairs" not in repr(fact)
    assert engine.facts(place.matter, NOBODY, kinds=["planning.need_filed"]) == []


def test_no_need_is_filed_once_planning_is_closed(place: Any) -> None:
    place.r.act("wang", place.matter, "wugong.stage_closed", {"stage": "plan"})
    with place.r.refuses("wugong.stage_closed"):
        place.need()
