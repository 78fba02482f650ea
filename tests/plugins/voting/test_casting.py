"""One ballot an entitlement: what counts, what is refused, and that a hold silences nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.plugins.voting.neighbourhood import (
    OWNERS,
    Mediating,
    cast,
    decided,
    heads,
    opened,
    rehearsal,
)
from wugong import PLAN, Refused, Unreadable
from wugong_voting.ballots import BALLOTS


def test_the_last_ballot_of_an_entitlement_counts() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    for who, choice in [("li", "no"), ("zhao", "yes"), ("li", "yes"), ("li", "abstain")]:
        cast(r, matter, poll, who, choice)
    r.wait(days=7)
    assert heads(decided(r, matter, poll)) == {"yes": 1, "no": 0, "abstain": 1}
    assert r.engine.book(BALLOTS, "example", prefix=f"{poll}/")[f"{poll}/101"]["times"] == 3


def test_web_paper_and_the_assisted_desk_make_one_ballot() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    cast(r, matter, poll, "sun", "no")
    cast(r, matter, poll, "sun", "abstain", channel="assisted", helper="desk")
    cast(r, matter, poll, "sun", "yes", channel="paper", helper="wang")
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert (heads(made)["yes"], made.taken_part.ballots) == (1, 1)


def test_a_blank_paper_takes_part_in_a_plain_yes_or_no_and_agrees_to_nothing() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    with r.refuses("voting.unknown_option"):
        cast(r, matter, poll, "li", "-")
    cast(r, matter, poll, "li", "-", channel="paper", helper="wang")
    cast(r, matter, poll, "sun", "yes")
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert heads(made) == {"yes": 1, "no": 0, "abstain": 0}
    assert (made.taken_part.heads, made.verdict) == (2, "rejected")


def test_an_owner_of_two_flats_is_one_head_with_both_areas() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    cast(r, matter, poll, "qian", "yes")
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert (made.taken_part.heads, made.taken_part.area_dm2) == (1, 150_00)


@pytest.mark.parametrize(
    ("who", "unit", "choice", "code"),
    [
        pytest.param("tenant", "101", "yes", "voting.not_your_entitlement", id="no owner"),
        pytest.param("zhao", "101", "yes", "voting.not_your_entitlement", id="of another"),
        pytest.param("li", "999", "yes", "voting.not_on_the_roll", id="no such entitlement"),
        pytest.param("sun", "301", "yes", "voting.not_on_the_roll", id="outside the groups"),
        pytest.param("li", "101", "perhaps", "voting.unknown_option", id="no such option"),
        pytest.param("li", "101", "yes,no", "voting.unknown_option", id="two options in one text"),
        pytest.param("stranger", "101", "yes", "wugong.not_a_member", id="not a member"),
    ],
)
def test_a_ballot_that_does_not_count_is_refused(
    who: str, unit: str, choice: str, code: str
) -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter, groups=["1"])
    with r.refuses(code):
        cast(r, matter, poll, who, choice, unit)


def test_two_choices_are_no_ballot() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    with pytest.raises(Unreadable, match="choice: must be text, got a list"):
        cast(r, matter, poll, "li", ["yes", "no"])


def test_a_channel_that_is_not_offered_takes_no_ballots() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter, channels=["paper"])
    with r.refuses("voting.channel_not_offered"):
        cast(r, matter, poll, "li", "yes")
    cast(r, matter, poll, "li", "yes", channel="paper", helper="wang")


def test_a_ballot_names_a_poll_of_its_own_matter() -> None:
    r = rehearsal()
    poll = opened(r, r.open("Lights", by="li"))
    other = r.open("Bench", by="li")
    with r.refuses("voting.poll_elsewhere"):
        cast(r, other, poll, "li", "yes")


def test_ballots_count_up_to_the_last_moment_before_the_hour() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    r.wait(days=7, seconds=-1)
    cast(r, matter, poll, "li", "yes")
    r.clock.move(seconds=1)  # nothing has ticked: the engine owes the closing
    with pytest.raises(Refused) as late:
        cast(r, matter, poll, "zhao", "no")
    assert late.value.codes == ("voting.poll_is_closed",)
    assert r.engine.tick() == 1
    assert decided(r, matter, poll).taken_part.ballots == 1
    with r.refuses("voting.poll_is_closed"):
        cast(r, matter, poll, "zhao", "no")


def test_no_ballot_before_the_opening() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter, opens_at=(r.clock.now + timedelta(days=2)).isoformat())
    r.wait(days=2, seconds=-1)
    with r.refuses("voting.poll_not_open_yet"):
        cast(r, matter, poll, "li", "yes")
    r.wait(seconds=1)
    cast(r, matter, poll, "li", "yes")


def test_whoever_buys_later_does_not_vote_on_the_frozen_roll() -> None:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    r.roster("owners", [("101", "tenant", "1", 80_00), *OWNERS[1:]])
    with r.refuses("voting.not_your_entitlement"):
        cast(r, matter, poll, "tenant", "yes", "101")
    cast(r, matter, poll, "li", "yes")
    r.wait(days=7)
    assert decided(r, matter, poll).taken_part.area_dm2 == 80_00


def test_a_hold_keeps_polls_from_opening_and_never_silences_one_that_runs() -> None:
    r = rehearsal(plugin=Mediating)
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    r.act("li", matter, "planning.need_filed", {"text": "It is dark"})
    assert r.matter(matter).status(PLAN) == "held"
    cast(r, matter, poll, "li", "yes")
    with r.refuses("wugong.stage_held"):
        opened(r, matter)
    r.wait(days=7)
    assert decided(r, matter, poll).taken_part.ballots == 1
