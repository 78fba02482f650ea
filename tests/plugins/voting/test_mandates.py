"""Mandates: written, for one poll, for a time, capped, never passed on; and what they weigh."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import (
    agree,
    cast,
    charter,
    decided,
    heads,
    opened,
    rehearsal,
)
from wugong import OPERATOR, Procedure, Unreadable
from wugong.testing import Rehearsal
from wugong_voting.ballots import BALLOTS
from wugong_voting.mandates import mandates_of


def lenient(**more: Any) -> Procedure:
    """A procedure with mandates; at most two a holder and none for candidates unless told."""
    row = {"allowed": "true", "most": "2", "candidates": "false", **more}
    lines = ", ".join(f"{key} = {value}" for key, value in row.items() if value)
    return charter(proxies=f'{{ {lines}, source = "章程 9", confidence = "I" }}')


def begun(days: int = 7, procedure: Procedure | None = None, **more: Any) -> tuple[Any, ...]:
    r = rehearsal(procedure or lenient())
    matter = r.open("Lights", by="li")
    return r, matter, opened(r, matter, days, **more)


def give(
    r: Rehearsal, matter: str, poll: int, who: str, unit: str, holder: str, **more: Any
) -> None:
    until = (r.clock.now + timedelta(days=more.pop("days", 7))).isoformat()
    body = {"poll": poll, "entitlement": unit, "holder": holder, "until": until, **more}
    r.act(who, matter, "voting.mandate_given", body)


def withdraw(r: Rehearsal, matter: str, poll: int, who: str, unit: str) -> None:
    r.act(who, matter, "voting.mandate_withdrawn", {"poll": poll, "entitlement": unit})


def test_a_ballot_under_a_mandate_weighs_what_its_giver_holds() -> None:
    r, matter, poll = begun()
    give(r, matter, poll, "qian", "201", "tenant")
    cast(r, matter, poll, "tenant", "yes", "201")
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert (heads(made)["yes"], made.taken_part.area_dm2) == (1, 150_00)


def test_the_record_names_giver_and_holder() -> None:
    r, matter, poll = begun()
    give(r, matter, poll, "li", "101", "tenant")
    cast(r, matter, poll, "tenant", "yes", "101")
    (one,) = mandates_of(r.matter(matter), poll)
    assert (one.giver, one.holder, one.entitlement) == ("li", "tenant", "101")
    ballots = r.engine.book(BALLOTS, "example", prefix=f"{poll}/")
    assert ballots[f"{poll}/101"]["by"] == "tenant"


@pytest.mark.parametrize("secrecy", ["open", "secret"])
def test_one_ballot_counts_whoever_casts_it(secrecy: str) -> None:
    r, matter, poll = begun(secrecy=secrecy)
    give(r, matter, poll, "li", "101", "tenant")
    key = {"key": "0" * 32} if secrecy == "secret" else {}
    body = {"poll": poll, "entitlement": "101", "choice": "no"}
    r.act("tenant", matter, "voting.ballot_cast", body, **key)
    own = {**body, "choice": "yes"}
    if secrecy == "secret":
        with r.refuses("wugong.already_voted"):
            r.act("li", matter, "voting.ballot_cast", own, key="1" * 32)
    else:
        r.act("li", matter, "voting.ballot_cast", own)
    r.wait(days=7)
    made = decided(r, matter, poll)
    first, last = (1, 0) if secrecy == "secret" else (0, 1)
    assert (heads(made)["no"], heads(made)["yes"]) == (first, last)


def test_an_own_ballot_is_not_replaced_by_a_holder() -> None:
    r, matter, poll = begun()
    give(r, matter, poll, "li", "101", "tenant")
    cast(r, matter, poll, "li", "yes")
    with r.refuses("voting.voted_themselves"):
        cast(r, matter, poll, "tenant", "no", "101")


def test_a_mandate_needs_a_period() -> None:
    r, matter, poll = begun()
    body = {"poll": poll, "entitlement": "101", "holder": "tenant"}
    before = r.engine.head("example")
    with pytest.raises(Unreadable, match="until"):
        r.act("li", matter, "voting.mandate_given", body)
    assert r.engine.head("example") == before


@pytest.mark.parametrize(
    ("after", "refused"),
    [
        pytest.param(timedelta(days=1, microseconds=-1), "voting.mandate_not_begun", id="before"),
        pytest.param(timedelta(days=1), "", id="first moment"),
        pytest.param(timedelta(days=3, microseconds=-1), "", id="last moment"),
        pytest.param(timedelta(days=3), "voting.mandate_over", id="its end"),
        pytest.param(timedelta(days=3, microseconds=1), "voting.mandate_over", id="after"),
    ],
)
def test_a_mandate_serves_within_its_period_alone(after: timedelta, refused: str) -> None:
    r, matter, poll = begun()
    start = r.clock.now
    since = (start + timedelta(days=1)).isoformat()
    give(r, matter, poll, "li", "101", "tenant", days=3, since=since)
    r.until(start + after)
    if refused:
        with r.refuses(refused):
            cast(r, matter, poll, "tenant", "yes", "101")
    else:
        cast(r, matter, poll, "tenant", "yes", "101")


@pytest.mark.parametrize("days", [0, -1])
def test_a_period_without_a_moment_in_it_is_refused(days: int) -> None:
    r, matter, poll = begun()
    with r.refuses("voting.mandate_never_runs"):
        give(r, matter, poll, "li", "101", "tenant", days=days)


def test_a_period_that_begins_when_the_poll_closes_is_refused() -> None:
    r, matter, poll = begun()
    since = (r.clock.now + timedelta(days=7)).isoformat()
    with r.refuses("voting.mandate_never_runs"):
        give(r, matter, poll, "li", "101", "tenant", days=8, since=since)


GIVERS = [("li", "101"), ("zhao", "102"), ("qian", "201"), ("sun", "301")]


@pytest.mark.parametrize("most", [1, 2, 3])
def test_the_mandate_above_the_cap_of_a_holder_is_refused(most: int) -> None:
    r, matter, poll = begun(procedure=lenient(most=str(most)))
    for who, unit in GIVERS[:most]:
        give(r, matter, poll, who, unit, "tenant")
    who, unit = GIVERS[most]
    with r.refuses("voting.mandates_too_many"):
        give(r, matter, poll, who, unit, "tenant")
    give(r, matter, poll, who, unit, "desk")  # another holder has places left


def test_without_a_cap_in_the_text_there_is_none() -> None:
    r, matter, poll = begun(procedure=lenient(most=""))
    for who, unit in GIVERS:
        give(r, matter, poll, who, unit, "tenant")
    assert len(mandates_of(r.matter(matter), poll)) == len(GIVERS)


def test_a_mandate_that_could_have_served_keeps_its_place_after_withdrawal() -> None:
    r, matter, poll = begun(procedure=lenient(most="1"))
    give(r, matter, poll, "li", "101", "tenant")
    cast(r, matter, poll, "tenant", "yes", "101")
    r.wait(hours=1)
    withdraw(r, matter, poll, "li", "101")
    with r.refuses("voting.mandates_too_many"):
        give(r, matter, poll, "zhao", "102", "tenant")


def test_a_mandate_withdrawn_before_it_began_frees_its_place() -> None:
    r, matter, poll = begun(procedure=lenient(most="1"))
    since = (r.clock.now + timedelta(days=1)).isoformat()
    give(r, matter, poll, "li", "101", "tenant", since=since)
    withdraw(r, matter, poll, "li", "101")
    give(r, matter, poll, "zhao", "102", "tenant")
    assert len(mandates_of(r.matter(matter), poll)) == 2


def test_nothing_is_cast_under_a_withdrawn_mandate() -> None:
    r, matter, poll = begun()
    give(r, matter, poll, "li", "101", "tenant")
    withdraw(r, matter, poll, "li", "101")
    with r.refuses("voting.mandate_withdrawn"):
        cast(r, matter, poll, "tenant", "yes", "101")
    with r.refuses("voting.mandate_missing"):
        withdraw(r, matter, poll, "li", "101")


def test_a_holder_does_not_pass_a_mandate_on() -> None:
    r, matter, poll = begun()
    give(r, matter, poll, "li", "101", "tenant")
    with r.refuses("voting.mandate_not_yours"):
        give(r, matter, poll, "tenant", "101", "sun")
    with r.refuses("voting.mandate_not_yours"):
        withdraw(r, matter, poll, "tenant", "101")


@pytest.mark.parametrize("barred", [True, False])
def test_a_candidate_holds_mandates_only_where_the_text_lets_them(barred: bool) -> None:
    procedure = lenient(candidates="false" if barred else "true")
    r, matter, poll = begun(procedure=procedure, candidates=["sun"])
    if barred:
        with r.refuses("voting.mandate_to_a_candidate"):
            give(r, matter, poll, "li", "101", "sun")
    else:
        give(r, matter, poll, "li", "101", "sun")
    give(r, matter, poll, "zhao", "102", "tenant")


@pytest.mark.parametrize("procedure", [charter(), lenient(allowed="false", most="")])
def test_there_are_no_mandates_where_the_procedure_has_none(procedure: Procedure) -> None:
    r, matter, poll = begun(procedure=procedure)
    with r.refuses("voting.mandates_not_allowed"):
        give(r, matter, poll, "li", "101", "tenant")


@pytest.mark.parametrize(
    ("who", "unit", "holder", "code"),
    [
        pytest.param("li", "101", "li", "voting.mandate_to_oneself", id="to oneself"),
        pytest.param("li", "102", "tenant", "voting.mandate_not_yours", id="of another"),
        pytest.param("li", "999", "tenant", "voting.not_on_the_roll", id="not on the roll"),
        pytest.param("li", "101", "stranger", "wugong.member_unknown", id="to nobody known"),
    ],
)
def test_a_mandate_that_cannot_stand_is_refused(
    who: str, unit: str, holder: str, code: str
) -> None:
    r, matter, poll = begun()
    with r.refuses(code):
        give(r, matter, poll, who, unit, holder)


def test_a_second_mandate_waits_until_the_first_is_taken_back_or_over() -> None:
    r, matter, poll = begun()
    give(r, matter, poll, "li", "101", "tenant", days=1)
    with r.refuses("voting.mandate_stands"):
        give(r, matter, poll, "li", "101", "sun")
    r.wait(days=1)
    give(r, matter, poll, "li", "101", "sun")
    cast(r, matter, poll, "sun", "yes", "101")


def test_after_the_closing_no_mandate_is_given() -> None:
    r, matter, poll = begun()
    r.wait(days=7)
    with r.refuses("voting.poll_is_closed"):
        give(r, matter, poll, "li", "101", "tenant")


def test_until_the_closing_a_mandate_is_taken_back_and_not_from_then_on() -> None:
    r, matter, poll = begun()
    for who, unit in (("li", "101"), ("zhao", "102")):
        give(r, matter, poll, who, unit, "tenant", days=9)
    r.wait(days=7, microseconds=-1000)
    withdraw(r, matter, poll, "li", "101")
    r.wait(microseconds=1000)
    with r.refuses("voting.poll_is_closed"):
        withdraw(r, matter, poll, "zhao", "102")
    facts = r.engine.facts(matter, OPERATOR)
    taken = [one for one in facts if one.kind == "voting.mandate_withdrawn"]
    assert [one.by for one in taken] == ["li"]


def test_who_holds_mandates_does_not_help_at_the_desk_of_the_same_poll() -> None:
    r, matter, poll = begun()
    give(r, matter, poll, "li", "101", "desk")
    agree(r, matter, poll, "sun")
    body = {"poll": poll, "entitlement": "301", "choice": "yes"}
    with r.refuses("voting.helper_holds_a_mandate"):
        r.act("desk", matter, "voting.ballot_cast", body, channel="assisted", principal="sun")
