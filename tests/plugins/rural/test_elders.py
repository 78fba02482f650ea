"""The elders' council is heard before the villagers vote, and decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugong_rural import elders
from wugong_rural.elders import HEARING
from wugong_rural.events import EldersHeard, InterestDeclared

if TYPE_CHECKING:
    from tests.plugins.rural.conftest import Village

SUPPORT = EldersHeard(opinion="Begin at the bridge", stance="support")


def test_the_villagers_are_not_asked_before_the_elders_were_heard(village: Village) -> None:
    village.seat("gu", "shen")
    village.deliberate()
    (refusal,) = village.refused(village.poll())
    assert (refusal.code, refusal.source) == ("rural.elders_not_heard", elders.CHARTER)
    village.record(SUPPORT, by="gu")
    assert village.codes(village.poll()) == []


def test_an_advisory_poll_is_an_opinion_too(village: Village) -> None:
    village.seat("gu", "shen")
    village.deliberate()
    assert village.codes(village.poll("elders.council")) == []
    village.resolve("elders.council", "advisory")
    assert village.codes(village.poll()) == []


def test_a_village_without_a_council_or_that_does_not_ask_it_waits_for_nobody(
    village: Village,
) -> None:
    village.deliberate()
    assert village.codes(village.poll()) == []
    village.seat("gu")
    village.set(HEARING, "no")
    assert village.codes(village.poll()) == []


def test_an_elder_with_an_interest_leaves_the_room_and_is_named(village: Village) -> None:
    village.seat("gu", "shen")
    village.record(InterestDeclared(ground="kinship"), by="shen")
    (refusal,) = village.refused(SUPPORT, by="gu")
    assert (refusal.code, refusal.details) == ("rural.recusal_missing", {"count": 1})
    named = EldersHeard(opinion="Begin at the bridge", recused=("shen",))
    assert village.codes(named, by="gu") == []
    assert village.codes(named, by="shen") == ["rural.recused_may_not_file"]
    village.record(named, by="gu")
    assert elders.recused(village.matter) == {"shen"}


def test_strangers_are_not_recused_from_a_council_they_do_not_sit_in(village: Village) -> None:
    village.seat("gu")
    filed = EldersHeard(opinion="Begin at the bridge", recused=("wang",))
    assert village.codes(filed, by="gu") == ["rural.not_an_elder"]


def test_a_council_whose_members_all_left_gives_no_opinion(village: Village) -> None:
    village.seat("gu", "shen")
    filed = EldersHeard(opinion="Begin at the bridge", recused=("gu", "shen"))
    assert village.codes(filed) == ["rural.no_elder_left"]
