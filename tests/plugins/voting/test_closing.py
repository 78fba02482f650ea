"""The hour closes a poll, the count alone decides it, and a tie is called a tie."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.plugins.voting.neighbourhood import (
    Meddling,
    cast,
    decided,
    opened,
    rehearsal,
)
from wugong.rosters import Entitlement
from wugong.testing import imported
from wugong_voting.state import polls_of


def test_nobody_closes_early_and_nobody_closes_twice() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    with r.refuses("voting.closing_too_early"):
        r.act("wang", matter, "voting.poll_closed", {"poll": poll})
    r.wait(days=7)
    with r.refuses("voting.already_closed"):
        r.act("wang", matter, "voting.poll_closed", {"poll": poll})


def test_a_poll_is_decided_once_whichever_stages_are_open() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    r.act("wang", matter, "wugong.stage_skipped", {"stage": "build", "reason": "Nothing to build"})
    r.act("wang", matter, "wugong.stage_opened", {"stage": "manage"})
    opened(r, matter)
    r.wait(days=7)
    facts = r.engine.facts(matter, r.viewer(matter), limit=100)
    assert [fact.kind for fact in facts].count("voting.poll_decided") == 1


def test_the_last_stage_with_ballots_stays_open_while_a_poll_runs() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    opened(r, matter)
    with r.refuses("voting.poll_still_open"):
        r.act("wang", matter, "wugong.stage_closed", {"stage": "plan"})
    with r.refuses("voting.poll_still_open"):
        r.act("wang", matter, "wugong.stage_skipped", {"stage": "plan", "reason": "Hurry"})
    r.wait(days=7)
    r.act("wang", matter, "wugong.stage_closed", {"stage": "plan"})


def test_a_result_comes_from_the_count_alone() -> None:
    r = rehearsal(plugin=Meddling)
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    r.wait(days=7)
    with r.refuses("voting.not_the_teller"):
        r.act("wang", matter, "voting.poll_closed", {"poll": poll})
    assert polls_of(r.matter(matter))[poll].decided is None


def test_the_result_names_roll_procedure_and_articles() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    for who, choice in [("li", "yes"), ("zhao", "yes"), ("qian", "no")]:
        cast(r, matter, poll, who, choice)
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert (made.verdict, made.winners, made.procedure) == ("passed", ("yes",), "charter")
    assert made.basis == ("章程 3 (2024)",)
    roll = polls_of(r.matter(matter))[poll].roll
    assert roll is not None
    assert (made.roll, roll.entitlements, roll.area_dm2) == (roll.roll, 4, 400_00)
    assert [(t.id, t.have, t.of, t.needed, t.met, t.source) for t in made.tests] == [
        ("take_part", 3, 4, 2, True, "章程 4"),
        ("agree", 2, 3, 2, True, "章程 5"),
    ]


def test_a_tie_between_designs_is_called_a_tie() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    designs = [{"id": name, "title": name} for name in ("lamp", "lantern", "nothing")]
    poll = opened(r, matter, rule="plurality", options=designs)
    cast(r, matter, poll, "li", "lamp")
    cast(r, matter, poll, "zhao", "lantern")
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert (made.verdict, made.winners) == ("tied", ("lamp", "lantern"))


def test_what_waits_for_voters_ends_with_the_poll() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    (item,) = [i for i in r.engine.waiting(matter) if i.act == "voting.ballot_cast"]
    assert (item.about, item.by) == (poll, r.clock.now + timedelta(days=7))
    r.wait(days=7)
    assert not [i for i in r.engine.waiting(matter) if i.act == "voting.ballot_cast"]


def test_a_ballot_is_read_by_its_voter_alone() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    cast(r, matter, poll, "li", "yes")

    def ballots_seen_by(member: str) -> int:
        facts = r.engine.facts(matter, r.viewer(matter, member), limit=100)
        return [fact.kind for fact in facts].count("voting.ballot_cast")

    assert [ballots_seen_by(member) for member in ("li", "zhao", "wang", "")] == [1, 0, 0, 0]


@pytest.mark.soak
def test_a_poll_of_a_whole_district_is_decided() -> None:
    r = rehearsal()
    units = [Entitlement(f"u-{n}", "li") for n in range(200_000)]
    r.engine.record(r.community, imported("owners", units), by="operator")
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    for unit in ("u-0", "u-199999"):
        body = {"poll": poll, "entitlement": unit, "choice": "yes"}
        r.act("li", matter, "voting.ballot_cast", body)
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert [(one.option, one.ballots) for one in made.counts if one.ballots] == [("yes", 2)]
