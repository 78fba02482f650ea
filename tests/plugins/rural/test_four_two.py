"""四議兩公開 runs in its order: each step out of order is refused with what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugong import BUILD, EVALUATE, MANAGE, PLAN, SHARE, Ref, SheetHung, StageOpened
from wugong.events import attached
from wugong_rural import four_two
from wugong_rural.events import (
    CommitteesConsulted,
    DecisionPosted,
    PartyMembersReviewed,
    PartyProposed,
    PostingEnded,
    ResultPosted,
)
from wugong_rural.four_two import FLOW, Sitting, consultation_test, review_test, sat

if TYPE_CHECKING:
    from tests.plugins.rural.conftest import Village


def test_the_villagers_are_not_asked_before_the_party_proposed(village: Village) -> None:
    refusals = village.refused(village.poll())
    assert [refusal.code for refusal in refusals] == ["rural.proposal_missing"]
    assert refusals[0].source == "四議兩公開 一議; 村組法 (2025) 28"


def test_each_step_waits_for_the_one_before(village: Village) -> None:
    consulted = CommitteesConsulted(due=7, present=7, yes=7)
    reviewed = PartyMembersReviewed(due=30, present=30, yes=30)
    assert village.codes(consulted) == ["rural.proposal_missing"]
    assert village.codes(reviewed) == ["rural.proposal_missing"]
    village.record(PartyProposed(proposal="Light the lane"))
    assert village.codes(reviewed) == ["rural.consultation_missing"]
    assert village.codes(village.poll()) == ["rural.consultation_missing"]
    village.record(consulted)
    assert village.codes(reviewed) == []
    assert village.codes(village.poll()) == ["rural.review_missing"]
    village.record(reviewed)
    assert village.codes(village.poll()) == []
    assert village.codes(DecisionPosted()) == ["rural.resolution_missing"]


def test_a_sitting_that_falls_short_stands_as_it_was_and_says_by_how_much(
    village: Village,
) -> None:
    village.deliberate()
    village.record(PartyMembersReviewed(due=30, present=19, yes=19))
    (refusal,) = village.refused(village.poll())
    assert refusal.code == "rural.review_no_quorum"
    assert refusal.source == "四議兩公開 三議"
    assert refusal.details == {"have": 19, "needed": 20, "of": 30, "missing": 1}


@pytest.mark.parametrize(
    ("present", "yes", "outcome"),
    [
        pytest.param(19, 19, "no_quorum", id="19 of 30 is under two thirds"),
        pytest.param(20, 15, "not_carried", id="15 of 30 due is exactly half"),
        pytest.param(20, 16, "carried", id="exactly two thirds, 16 of 30 due"),
    ],
)
def test_party_members_are_counted_on_those_due(present: int, yes: int, outcome: str) -> None:
    assert sat(Sitting(1, 30, present, yes), review_test("due"))[0] == outcome


@pytest.mark.parametrize(
    ("yes", "outcome"),
    [
        pytest.param(10, "not_carried", id="exactly half of those present"),
        pytest.param(11, "carried", id="one more than half of those present"),
    ],
)
def test_a_village_may_count_on_those_present(village: Village, yes: int, outcome: str) -> None:
    assert sat(Sitting(1, 30, 20, yes), review_test("present"))[0] == outcome
    village.deliberate()
    village.record(PartyMembersReviewed(due=30, present=20, yes=yes))
    assert village.codes(village.poll()) == ["rural.review_not_carried"]
    village.set(four_two.REVIEW_BASE, "present")
    assert (village.codes(village.poll()) == []) is (outcome == "carried")


@pytest.mark.parametrize(
    ("present", "yes", "outcome"),
    [
        pytest.param(0, 0, "not_carried", id="nobody came"),
        pytest.param(6, 3, "not_carried", id="half of those present"),
        pytest.param(6, 4, "carried", id="more than half of those present"),
    ],
)
def test_the_committees_agree_by_a_majority(present: int, yes: int, outcome: str) -> None:
    assert sat(Sitting(1, 7, present, yes), consultation_test())[0] == outcome


@given(st.integers(1, 500), st.data())
def test_a_review_never_disagrees_with_plain_arithmetic(due: int, data: st.DataObject) -> None:
    present = data.draw(st.integers(0, due))
    yes = data.draw(st.integers(0, present))
    outcome, _ = sat(Sitting(1, due, present, yes), review_test("due"))
    quorum, agreed = 3 * present >= 2 * due, 2 * yes > due
    assert outcome == ("no_quorum" if not quorum else "carried" if agreed else "not_carried")


@pytest.mark.parametrize(
    "met",
    [
        CommitteesConsulted(due=7, present=8, yes=5),
        CommitteesConsulted(due=7, present=5, yes=6),
    ],
)
def test_figures_that_no_meeting_can_have_are_refused(
    village: Village, met: CommitteesConsulted
) -> None:
    village.record(PartyProposed(proposal="Light the lane"))
    assert village.codes(met) == ["rural.figures_impossible"]


def test_meeting_again_about_the_proposal_asks_for_a_new_review(village: Village) -> None:
    village.deliberate()
    village.record(CommitteesConsulted(due=7, present=7, yes=7))
    assert village.codes(village.poll()) == ["rural.review_missing"]
    village.record(PartyProposed(proposal="Light the lane and the square"))
    assert village.codes(village.poll()) == ["rural.consultation_missing"]


def test_the_first_steps_rest_while_the_villagers_vote_and_after(village: Village) -> None:
    village.deliberate()
    poll = village.record(village.poll())
    again = PartyProposed(proposal="Something else")
    assert village.codes(again) == ["rural.poll_running"]
    village.record(village.decided(poll, "villagers.representatives", "rejected"))
    assert village.codes(again) == []
    village.resolve()
    assert village.codes(again) == ["rural.already_resolved"]


@pytest.mark.parametrize(
    ("procedure", "verdict"),
    [
        pytest.param("villagers.representatives", "rejected", id="not carried"),
        pytest.param("villagers.representatives", "no_quorum", id="too few came"),
        pytest.param("elders.council", "advisory", id="an opinion of the elders"),
        pytest.param("villagers.group.adults", "passed", id="one group only"),
    ],
)
def test_only_what_the_villagers_passed_is_posted(
    village: Village, procedure: str, verdict: str
) -> None:
    village.deliberate()
    outcome = village.resolve(procedure, verdict)
    (refusal,) = village.refused(DecisionPosted())
    assert refusal.code == "rural.resolution_missing"
    passed = village.resolve()
    assert village.codes(DecisionPosted(resolution=Ref(passed))) == []
    assert village.codes(DecisionPosted(resolution=Ref(outcome))) == ["rural.resolution_missing"]


def test_the_work_begins_when_the_resolution_hangs(village: Village) -> None:
    village.deliberate()
    village.resolve()
    (refusal,) = village.refused(StageOpened(stage=BUILD))
    assert refusal.code == "rural.decision_not_posted"
    assert refusal.source == "四議兩公開 公開一; 村組法 (2025) 35"
    village.record(DecisionPosted())
    assert village.codes(StageOpened(stage=BUILD)) == []


def test_the_result_waits_for_the_first_posting_and_for_the_work(village: Village) -> None:
    village.deliberate()
    village.resolve()
    assert village.codes(ResultPosted()) == ["rural.decision_not_posted"]
    posting = village.record(DecisionPosted())
    village.open(BUILD | MANAGE)
    refusals = village.refused(ResultPosted())
    assert [r.code for r in refusals] == ["rural.decision_still_posted", "rural.work_not_finished"]
    assert refusals[0].details == {"until": "2026-04-16", "day": "2026-04-17"}
    village.record(PostingEnded(posting=Ref(posting)), by="clock")
    village.open(MANAGE)
    assert village.codes(ResultPosted()) == []


def test_nothing_is_shared_before_the_result_has_hung(village: Village) -> None:
    village.deliberate()
    village.resolve()
    village.record(PostingEnded(posting=Ref(village.record(DecisionPosted()))), by="clock")
    village.open(MANAGE | EVALUATE)
    (refusal,) = village.refused(StageOpened(stage=SHARE))
    assert refusal.code == "rural.result_not_posted"
    result = village.record(ResultPosted())
    (refusal,) = village.refused(StageOpened(stage=SHARE))
    assert (refusal.code, refusal.details) == (
        "rural.result_still_posted",
        {"until": "2026-04-16", "day": "2026-04-17"},
    )
    village.record(PostingEnded(posting=Ref(result)), by="clock")
    assert village.codes(StageOpened(stage=SHARE)) == []


def sheet(posting: int, day: int) -> SheetHung:
    return SheetHung(
        notice=Ref(posting), hung_on=date(2026, 4, day), place="Gate", documents=("0" * 64,)
    )


@pytest.mark.parametrize(
    ("day", "until"),
    [
        pytest.param(1, "2026-04-16", id="on the day of the record"),
        pytest.param(2, "2026-04-17", id="a day later"),
    ],
)
def test_a_disclosure_counts_from_its_sheet_where_that_is_later(
    village: Village, day: int, until: str
) -> None:
    village.deliberate()
    village.resolve()
    posting = village.record(DecisionPosted())
    village.record(sheet(posting, day))
    village.open(MANAGE)
    (refusal,) = village.refused(ResultPosted())
    assert (refusal.code, refusal.details["until"]) == ("rural.decision_still_posted", until)


def test_a_disclosure_that_is_over_is_not_moved_by_a_later_sheet(village: Village) -> None:
    village.deliberate()
    village.resolve()
    posting = village.record(DecisionPosted())
    village.record(PostingEnded(posting=Ref(posting)), by="clock")
    assert village.codes(sheet(posting, 1)) == []
    (refusal,) = village.refused(sheet(posting, 2))
    assert (refusal.code, refusal.source) == ("rural.posting_over", "村組法 (2025) 35")
    assert refusal.details == {"day": "2026-04-17"}


@pytest.mark.parametrize("days", [1, 14])
def test_a_posting_of_less_than_fifteen_days_is_refused(village: Village, days: int) -> None:
    village.deliberate()
    village.resolve()
    (refusal,) = village.refused(DecisionPosted(days=days))
    assert refusal.code == "rural.posting_too_short"
    assert refusal.source == "村組法 (2025) 35"
    assert refusal.details == {"days": days, "least": 15}
    assert village.codes(DecisionPosted(days=15)) == []


def test_which_matters_run_the_flow(village: Village) -> None:
    village.matter = replace(village.matter, category="")
    assert village.codes(village.poll()) == []
    assert village.codes(StageOpened(stage=SHARE)) == []
    village.set(four_two.CATEGORIES, "roads, lights")
    assert not four_two.applies(village.matter)
    village.matter = replace(village.matter, category="lights")
    assert four_two.applies(village.matter)
    village.matter = replace(village.matter, category="")
    village.set(four_two.CATEGORIES, "*")
    assert village.codes(village.poll()) == ["rural.proposal_missing"]


def test_a_matter_that_has_begun_the_flow_ends_it(village: Village) -> None:
    village.matter = replace(village.matter, category="")
    village.record(PartyProposed(proposal="Light the lane"))
    assert village.codes(village.poll()) == ["rural.consultation_missing"]


def test_the_steps_stand_in_the_fold_with_their_numbers(village: Village) -> None:
    village.open(PLAN)
    village.deliberate()
    passed = village.resolve()
    flow = village.matter.state(FLOW)
    assert flow.proposal == 1
    assert flow.consultation == Sitting(2, 7, 7, 6)
    assert flow.review == Sitting(3, 30, 24, 20)
    assert flow.resolutions == (passed,)
    assert flow.polling == frozenset()


@pytest.mark.parametrize(
    ("met", "fits"),
    [
        pytest.param(CommitteesConsulted(due=7, present=7, yes=4, no=2, abstain=1), True, id="all"),
        pytest.param(
            CommitteesConsulted(due=7, present=7, yes=4, no=3, abstain=1), False, id="one too many"
        ),
        pytest.param(
            CommitteesConsulted(due=7, present=6, yes=4, no=2), True, id="nobody abstained"
        ),
        pytest.param(
            CommitteesConsulted(due=7, present=6, yes=4, abstain=3), False, id="seven of six"
        ),
    ],
)
def test_those_against_and_abstaining_came_too(
    village: Village, met: CommitteesConsulted, fits: bool
) -> None:
    village.record(PartyProposed(proposal="Light the lane"))
    assert village.codes(met) == ([] if fits else ["rural.figures_impossible"])


@pytest.mark.parametrize(
    ("due", "present", "codes"),
    [
        pytest.param(9, 9, [], id="all came"),
        pytest.param(9, 10, ["rural.presence_impossible"], id="one too many"),
        pytest.param(9, None, ["rural.presence_incomplete"], id="nobody says who came"),
        pytest.param(None, 9, ["rural.presence_incomplete"], id="nobody says who was due"),
        pytest.param(None, None, [], id="not counted"),
    ],
)
def test_a_proposal_may_say_who_came_of_those_due(
    village: Village, due: int | None, present: int | None, codes: list[str]
) -> None:
    assert village.codes(PartyProposed(proposal="Light", due=due, present=present)) == codes


@pytest.mark.parametrize(("day", "codes"), [(1, []), (2, ["rural.day_to_come"])])
def test_a_meeting_was_held_today_or_earlier(village: Village, day: int, codes: list[str]) -> None:
    held_on = date(2026, 4, day)  # the first is today
    assert village.codes(PartyProposed(proposal="Light", held_on=held_on)) == codes
    village.record(PartyProposed(proposal="Light"))
    assert village.codes(CommitteesConsulted(due=7, present=7, yes=6, held_on=held_on)) == codes
    village.record(CommitteesConsulted(due=7, present=7, yes=6))
    reviewed = PartyMembersReviewed(due=30, present=24, yes=20, held_on=held_on)
    assert village.codes(reviewed) == codes


@pytest.mark.parametrize(
    "event",
    [PartyProposed, CommitteesConsulted, PartyMembersReviewed, DecisionPosted, ResultPosted],
)
def test_every_step_takes_pictures_of_its_sheet(event: type) -> None:
    assert attached(event) == ("documents",)
