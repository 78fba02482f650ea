"""The assisted desk: consent before a witness, a ballot each time, a cap for every agent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import agree, cast, decided, heads, opened, rehearsal
from wugong import RoleGranted, SettingChanged
from wugong.testing import Rehearsal
from wugong_voting import showing
from wugong_voting.helping import helps_of
from wugong_voting.state import polls_of


def begun(**more: Any) -> tuple[Rehearsal, str, int]:
    r = rehearsal()
    matter = r.open("Lights", by="li")
    return r, matter, opened(r, matter, **more)


def grant(r: Rehearsal, who: str) -> None:
    r.engine.record("example", RoleGranted(member=who, role="agent"), by="operator")


def most(r: Rehearsal, value: str) -> None:
    changed = SettingChanged(name="voting.most_helped", value=value)
    r.engine.record("example", changed, by="operator")


def enter(r: Rehearsal, matter: str, poll: int, who: str, unit: str, choice: str = "yes") -> None:
    body = {"poll": poll, "entitlement": unit, "choice": choice}
    r.act("desk", matter, "voting.ballot_cast", body, channel="assisted", principal=who)


def test_a_ballot_at_the_desk_needs_consent_and_a_witness() -> None:
    r, matter, poll = begun()
    before = r.engine.head("example")
    with r.refuses("voting.help_not_agreed"):
        enter(r, matter, poll, "sun", "301")
    assert r.engine.head("example") == before
    agree(r, matter, poll, "sun", witness="li")
    enter(r, matter, poll, "sun", "301")
    (agreed,) = helps_of(r.matter(matter), poll).values()
    assert (agreed.agent, agreed.consent, agreed.witness) == ("desk", "spoken", "li")
    r.wait(days=7)
    assert heads(decided(r, matter, poll))["yes"] == 1


@pytest.mark.parametrize("secrecy", ["open", "secret"])
def test_consent_to_one_agent_is_none_to_another(secrecy: str) -> None:
    r, matter, poll = begun(secrecy=secrecy)
    grant(r, "tenant")
    agree(r, matter, poll, "sun", agent="tenant")
    with r.refuses("voting.help_not_agreed"):
        enter(r, matter, poll, "sun", "301")


def test_whoever_changes_a_ballot_at_the_desk_agrees_anew() -> None:
    r, matter, poll = begun()
    agree(r, matter, poll, "qian")
    enter(r, matter, poll, "qian", "201")
    with r.refuses("voting.help_not_agreed"):
        enter(r, matter, poll, "qian", "201", "no")
    agree(r, matter, poll, "qian")
    enter(r, matter, poll, "qian", "201", "no")
    cast(r, matter, poll, "qian", "abstain", unit="201")
    with r.refuses("voting.help_not_agreed"):  # the person's own ballot stands
        enter(r, matter, poll, "qian", "201")
    r.wait(days=7)
    assert heads(decided(r, matter, poll))["abstain"] == 1


@pytest.mark.parametrize(
    ("witness", "code"),
    [
        ("desk", "voting.witness_takes_part"),
        ("sun", "voting.witness_takes_part"),
        ("zhao", "voting.witness_is_a_candidate"),
        ("stranger", "wugong.member_unknown"),
        ("li", ""),
    ],
)
def test_the_witness_is_somebody_else(witness: str, code: str) -> None:
    r, matter, poll = begun(candidates=("zhao",))
    if not code:
        return agree(r, matter, poll, "sun", witness=witness)
    with r.refuses(code):
        agree(r, matter, poll, "sun", witness=witness)
    return None


def test_nobody_agrees_to_be_helped_without_a_desk() -> None:
    r, matter, poll = begun()
    body = {"poll": poll, "consent": "spoken", "witness": "li"}
    with r.refuses("voting.help_without_a_desk"):
        r.act("sun", matter, "voting.help_agreed", body)
    with r.refuses("voting.help_without_a_desk"):
        r.act("wang", matter, "voting.help_agreed", body, channel="paper", principal="sun")


def test_one_agent_helps_as_many_as_the_setting_says_and_no_more() -> None:
    r, matter, poll = begun()
    most(r, "2")
    for who in ("sun", "zhao", "sun"):  # who agrees anew is one person
        agree(r, matter, poll, who)
    with r.refuses("voting.helps_too_many"):
        agree(r, matter, poll, "qian")
    grant(r, "tenant")
    agree(r, matter, poll, "qian", agent="tenant")


@pytest.mark.parametrize("value", ["0", "-1", "ten", "10001"])
def test_the_most_that_one_agent_helps_is_a_whole_number(value: str) -> None:
    r = rehearsal()
    with r.refuses("voting.setting_not_a_number"):
        most(r, value)


def test_help_is_agreed_while_the_poll_runs() -> None:
    r, matter, poll = begun()
    r.wait(days=7, microseconds=-1)
    agree(r, matter, poll, "sun")
    r.wait(microseconds=1)
    with r.refuses("voting.poll_is_closed"):
        agree(r, matter, poll, "zhao")


def test_the_result_says_how_ballots_were_cast() -> None:
    r, matter, poll = begun()
    cast(r, matter, poll, "li", "yes")
    cast(r, matter, poll, "zhao", "no", channel="paper", helper="wang")
    cast(r, matter, poll, "sun", "yes", channel="assisted", helper="desk")
    r.wait(days=7)
    made = showing.ways_of(r.engine, r.matter(matter), polls_of(r.matter(matter))[poll])
    assert made == [("on the web", 1), ("on paper", 1), ("at the assisted desk", 1)]


def test_of_a_secret_poll_only_the_number_of_those_helped_is_told() -> None:
    r, matter, poll = begun(secrecy="secret")
    agree(r, matter, poll, "sun")
    own, helped = ({"poll": poll, "entitlement": unit, "choice": "yes"} for unit in ("101", "301"))
    r.act("li", matter, "voting.ballot_cast", own, key="1" * 32)
    desk = {"channel": "assisted", "principal": "sun", "key": "2" * 32}
    r.act("desk", matter, "voting.ballot_cast", helped, **desk)
    r.wait(days=7)
    made = showing.ways_of(r.engine, r.matter(matter), polls_of(r.matter(matter))[poll])
    assert made == [("at the assisted desk", 1)]
