"""While a case is open the stage rests; the record says that and until when, and nothing more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wugong import ANY, BUILD, NOBODY, PLAN, StageClosed, StageOpened

UNTIL = datetime(2026, 4, 1, 16, 0, tzinfo=UTC)  # thirty days after 2 March are over


def status(dispute: Any, stage: Any = PLAN) -> str:
    found: str = dispute.r.matter(dispute.matter).status(stage)
    return found


def test_the_stage_is_held_from_consent_to_the_end(dispute: Any) -> None:
    case = dispute.ask()
    assert status(dispute) == "open"
    dispute.reply(case)
    assert status(dispute) == "held"
    with dispute.r.refuses("wugong.stage_held"):
        dispute.act("wang", StageClosed(stage=PLAN))
    dispute.end(case, "chen")
    assert status(dispute) == "open"
    dispute.act("wang", StageClosed(stage=PLAN))


def test_a_refused_request_holds_nothing(dispute: Any) -> None:
    dispute.reply(dispute.ask(), agree=False)
    assert status(dispute) == "open"


def test_the_public_reads_that_a_stage_rests_and_until_when_and_no_more(dispute: Any) -> None:
    dispute.mediated()
    engine = dispute.r.engine
    for viewer in (NOBODY, dispute.r.viewer(dispute.matter, "wang")):
        (hold,) = engine.facts(dispute.matter, viewer, kinds=["wugong.hold_placed"])
        assert (hold.event.stage, hold.event.until) == (PLAN, UNTIL)
        assert (hold.by, hold.who, hold.cause) == ("", "", None)


def test_planning_and_building_both_rest(dispute: Any) -> None:
    dispute.act("wang", StageClosed(stage=PLAN))
    dispute.act("wang", StageOpened(stage=BUILD))
    dispute.act("wang", StageOpened(stage=PLAN, reason="A new clause"))
    case = dispute.mediated()
    assert (status(dispute, PLAN), status(dispute, BUILD)) == ("held", "held")
    dispute.end(case, "mei", "no_agreement")
    assert (status(dispute, PLAN), status(dispute, BUILD)) == ("open", "open")


def test_two_cases_hold_and_the_stage_rests_until_both_are_over(dispute: Any) -> None:
    one, two = dispute.mediated(), dispute.mediated("zhou", "wu", "tan")
    dispute.end(one, "li")
    assert status(dispute) == "held"
    dispute.end(two, "wu")
    assert status(dispute) == "open"


def test_the_same_two_do_not_stop_a_matter_again_and_again(dispute: Any) -> None:
    dispute.end(dispute.mediated(), "li")
    dispute.mediated("chen", "li")
    assert status(dispute) == "open"


def test_an_agreement_lets_the_matter_go_on(dispute: Any) -> None:
    dispute.settled()
    assert status(dispute) == "open"


def test_the_term_ends_case_and_hold_together(dispute: Any) -> None:
    case = dispute.mediated()
    dispute.r.until(UNTIL.replace(hour=15, minute=59, second=59))
    assert (dispute.case(case).open, status(dispute)) == (True, "held")
    dispute.r.until(UNTIL)
    assert (dispute.case(case).reason, status(dispute)) == ("term", "open")


def test_the_community_itself_never_rests(dispute: Any) -> None:
    dispute.matter = dispute.r.community
    dispute.mediated()
    standing = dispute.r.matter(dispute.r.community)
    assert standing.held(ANY) is None
    dispute.r.enrol("new", ("observer",))
