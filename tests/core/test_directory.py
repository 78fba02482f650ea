"""Identities, accounts, sessions, tokens and limits: what proves that a request is somebody's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, text

from tests.core.conftest import Make, people
from tests.core.shop import POINTS, Given
from wugong import Engine, Erased, Refused, Revoked, RoleRevoked, directory
from wugong.clock import ScriptedClock
from wugong.directory import ABSOLUTE_MS, IDLE_MS, SEEN_MS
from wugong.tables import TokenRow


def stored(engine: Engine, table: str) -> str:
    name = f"wugong.{table}" if engine.storage.is_postgres else table
    with engine.storage.read() as connection:
        return repr(connection.execute(text(f"SELECT * FROM {name}")).all())


def test_a_hosts_user_is_a_member_of_each_community_apart(engine: Engine) -> None:
    engine.link("wutong", "https://id.example", "42", "li")
    assert engine.identify("wutong", "https://id.example", "42") == "li"
    assert engine.identify("other", "https://id.example", "42") == ""
    assert engine.identify("wutong", "https://else.example", "42") == ""
    engine.link("wutong", "https://id.example", "42", "sun")
    assert engine.identify("wutong", "https://id.example", "42") == "sun"


def test_an_account_is_made_once_and_changes_its_password(engine: Engine) -> None:
    engine.accounts.create("lin", "hash-1", {"wutong": "li"})
    with pytest.raises(ValueError, match="the account lin exists"):
        engine.accounts.create("lin", "hash-2", {"wutong": "sun"})
    engine.accounts.link("lin", "huaishu", "m-3")
    found = engine.accounts.find("lin")
    assert found is not None
    assert (found.password_hash, found.members) == ("hash-1", {"wutong": "li", "huaishu": "m-3"})
    engine.accounts.set_password("lin", "hash-3")
    found = engine.accounts.find("lin")
    assert found is not None
    assert found.password_hash == "hash-3"
    assert engine.accounts.find("nobody") is None


def test_a_session_lives_until_it_idles_or_is_too_old(engine: Engine, clock: ScriptedClock) -> None:
    token = engine.sessions.create("lin", clock.now, data={"script": "zh_Hans"})
    assert token not in stored(engine, "wugong_session")
    found = engine.sessions.find(token, clock.now)
    assert found is not None
    assert (found.subject, found.data) == ("lin", {"script": "zh_Hans"})
    engine.sessions.update(token, {"script": "en"})
    clock.move(milliseconds=IDLE_MS)
    found = engine.sessions.find(token, clock.now)
    assert found is not None
    assert found.data == {"script": "en"}
    clock.move(milliseconds=IDLE_MS + 1)
    assert engine.sessions.find(token, clock.now) is None
    clock.move(milliseconds=-IDLE_MS)
    assert engine.sessions.find(token, clock.now) is None  # ended for good


def test_a_session_in_use_ends_with_the_day(engine: Engine, clock: ScriptedClock) -> None:
    token = engine.sessions.create("lin", clock.now)
    began = clock.now
    while clock.now - began + timedelta(milliseconds=IDLE_MS) <= timedelta(
        milliseconds=ABSOLUTE_MS
    ):
        clock.move(milliseconds=IDLE_MS)
        assert engine.sessions.find(token, clock.now) is not None
    clock.move(milliseconds=1)
    assert engine.sessions.find(token, clock.now) is None


def test_sessions_end_one_by_one_or_all_at_once(engine: Engine, clock: ScriptedClock) -> None:
    tokens = [engine.sessions.create("lin", clock.now) for _ in range(3)]
    other = engine.sessions.create("wu", clock.now)
    engine.sessions.end(tokens[0])
    assert engine.sessions.find(tokens[0], clock.now) is None
    engine.sessions.end_all("lin")
    assert [engine.sessions.find(one, clock.now) for one in tokens] == [None] * 3
    assert engine.sessions.find(other, clock.now) is not None
    assert engine.sessions.find("made up", clock.now) is None


def test_a_token_is_stored_as_its_hash_and_ends_by_time_or_by_hand(
    engine: Engine, clock: ScriptedClock
) -> None:
    until = clock.now + timedelta(days=1)
    token = engine.tokens.create("wutong", "li", "portal", until)
    lasting = engine.tokens.create("wutong", "sun", "bridge")
    assert token not in stored(engine, "wugong_token")
    found = engine.tokens.find(token, clock.now)
    assert found is not None
    assert (found.community, found.member, found.label) == ("wutong", "li", "portal")
    assert [one.label for one in engine.tokens.list("wutong")] == ["bridge", "portal"]
    assert engine.tokens.find(token, until - timedelta(milliseconds=1)) is not None
    assert engine.tokens.find(token, until) is None
    [bridge] = [one for one in engine.tokens.list("wutong") if one.label == "bridge"]
    engine.tokens.revoke(bridge.id)
    assert engine.tokens.find(lasting, clock.now) is None
    assert engine.tokens.find("wg_made_up", clock.now) is None


def test_a_token_is_remembered_until_it_is_over_or_revoked(
    engine: Engine, clock: ScriptedClock
) -> None:
    until = clock.now + timedelta(days=1)
    token = engine.tokens.create("wutong", "li", "portal", until)
    assert engine.tokens.seen(token, clock.now) is None
    found = engine.tokens.find(token, clock.now)
    assert found is not None and engine.tokens.seen(token, clock.now) == found
    assert engine.tokens.seen(token, until - timedelta(milliseconds=1)) == found
    assert engine.tokens.seen(token, until) is None
    engine.tokens.revoke(found.id)
    assert engine.tokens.seen(token, clock.now) is None


def test_no_more_tokens_are_remembered_than_there_is_room_for(
    engine: Engine, clock: ScriptedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "MOST_SEEN", 2)
    tokens = [engine.tokens.create("wutong", "li", f"{n}") for n in range(3)]
    for token in tokens:
        assert engine.tokens.find(token, clock.now) is not None
    assert [engine.tokens.seen(token, clock.now) is not None for token in tokens] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("writer", ["thread", "inline"])
def test_the_writer_looks_whether_a_token_still_stands(
    make: Make, clock: ScriptedClock, writer: str
) -> None:
    engine = make(writer=writer)
    people(engine)
    token = engine.tokens.create("wutong", "wang", "portal")
    found = engine.tokens.find(token, clock.now)
    assert found is not None

    async def give(key: str) -> None:
        gift = Given(to=("li",), points=1)
        await engine.arecord("wutong", gift, by="wang", key=key, token=found.id)

    asyncio.run(give("a"))
    with engine.storage.write() as connection:  # as another process would
        connection.execute(delete(TokenRow))
    for key in ("b", "a"):  # what was recorded before is not told again either
        with pytest.raises(Revoked):
            asyncio.run(give(key))
    assert engine.book(POINTS, "wutong") == {"li": 1}


def test_a_session_is_remembered_for_seconds_of_its_community(
    engine: Engine, clock: ScriptedClock
) -> None:
    engine.link("wutong", "local", "lin", "li")
    token = engine.sessions.create("lin", clock.now)
    assert engine.sessions.seen(token, "wutong", clock.now) is None
    found = engine.sessions.find(token, clock.now)
    assert found is not None
    engine.sessions.remember(found, "wutong", "li", clock.now)
    seen = engine.sessions.seen(token, "wutong", clock.now)
    assert seen == (replace(found, from_memory=True), "li")
    assert engine.sessions.seen(token, "huaishu", clock.now) is None
    began = clock.now
    assert engine.sessions.seen(token, "wutong", began - timedelta(milliseconds=1)) is None
    clock.move(milliseconds=SEEN_MS)
    assert engine.sessions.seen(token, "wutong", clock.now) == seen
    clock.move(milliseconds=1)
    assert engine.sessions.seen(token, "wutong", clock.now) is None


def test_a_session_too_old_is_not_remembered(engine: Engine, clock: ScriptedClock) -> None:
    began = clock.now
    token = engine.sessions.create("lin", began)
    found = engine.sessions.find(token, began)
    assert found is not None
    last = began + timedelta(milliseconds=ABSOLUTE_MS)
    engine.sessions.remember(found, "wutong", "li", last)
    assert engine.sessions.seen(token, "wutong", last) is not None
    assert engine.sessions.seen(token, "wutong", last + timedelta(milliseconds=1)) is None


@pytest.mark.parametrize("how", ["end", "end_all", "update"])
def test_a_session_that_ends_here_is_forgotten_at_once(
    engine: Engine, clock: ScriptedClock, how: str
) -> None:
    token, other = (engine.sessions.create(one, clock.now) for one in ("lin", "wu"))
    for one in (token, other):
        found = engine.sessions.find(one, clock.now)
        assert found is not None
        engine.sessions.remember(found, "wutong", "li", clock.now)
    if how == "end_all":
        engine.sessions.end_all("lin")
    elif how == "end":
        engine.sessions.end(token)
    else:
        engine.sessions.update(token, {"acting_for": {}})
    assert engine.sessions.seen(token, "wutong", clock.now) is None
    assert engine.sessions.seen(other, "wutong", clock.now) is not None


def test_no_more_sessions_are_remembered_than_there_is_room_for(
    engine: Engine, clock: ScriptedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "MOST_SEEN", 2)
    tokens = [engine.sessions.create(f"lin-{n}", clock.now) for n in range(3)]
    for token in tokens:
        found = engine.sessions.find(token, clock.now)
        assert found is not None
        engine.sessions.remember(found, "wutong", "li", clock.now)
    known = [engine.sessions.seen(token, "wutong", clock.now) is not None for token in tokens]
    assert known == [False, True, True]


ENDS: dict[str, Callable[[Engine, str], None]] = {
    "signed out": lambda other, token: other.sessions.end(token),
    "a new password": lambda other, _: other.sessions.end_all("wang@x"),
    "somebody else's account": lambda other, _: other.link("wutong", "local", "wang@x", "zhou"),
    "unlinked": lambda other, _: other.identities.unlink_member("wutong", "wang"),
}


@pytest.mark.parametrize("writer", ["thread", "inline"])
@pytest.mark.parametrize("from_memory", [True, False])
@pytest.mark.parametrize("how", ENDS)
def test_the_writer_looks_whether_a_session_still_stands(
    make: Make, clock: ScriptedClock, writer: str, from_memory: bool, how: str
) -> None:
    engine, other = make(writer=writer), make()
    people(engine)
    give, token = _giving(engine, clock, from_memory)
    give("a")
    ENDS[how](other, token)  # this engine is not told
    for key in ("b", "a"):  # what was recorded before is not told again either
        with pytest.raises(Revoked):
            give(key)
    assert engine.book(POINTS, "wutong") == {"li": 1}


def test_a_session_in_which_the_desk_acts_for_another_now_is_looked_up_again(
    make: Make, clock: ScriptedClock
) -> None:
    engine, other = make(), make()
    people(engine)
    give, token = _giving(engine, clock, from_memory=True)
    other.sessions.update(token, {"acting_for": {"wutong": ["li", 0, "assisted"]}})
    with pytest.raises(Revoked):
        give("a")
    give_now, _token = _giving(engine, clock, from_memory=False)
    other.sessions.update(token, {})
    give_now("b")


def test_a_role_that_ended_elsewhere_gives_no_right(make: Make, clock: ScriptedClock) -> None:
    engine, other = make(), make()
    people(engine)
    give, _token = _giving(engine, clock, from_memory=True)
    give("a")
    other.record("wutong", RoleRevoked(member="wang", role="officer"), by="operator")
    with pytest.raises(Refused):
        give("b")
    assert engine.book(POINTS, "wutong") == {"li": 1}


def _giving(
    engine: Engine, clock: ScriptedClock, from_memory: bool
) -> tuple[Callable[[str], None], str]:
    """Return an act of wang that rests on a session, and the session's token."""
    engine.link("wutong", "local", "wang@x", "wang")
    token = engine.sessions.create("wang@x", clock.now)
    session = engine.sessions.find(token, clock.now)
    assert session is not None
    session = replace(session, from_memory=from_memory)

    def give(key: str) -> None:
        gift = Given(to=("li",), points=1)
        asyncio.run(engine.arecord("wutong", gift, by="wang", key=key, session=session))

    return give, token


def test_an_erased_member_is_signed_out_everywhere(engine: Engine, clock: ScriptedClock) -> None:
    engine.link("wutong", "local", "li@example", "li")
    token = engine.tokens.create("wutong", "li", "portal")
    engine.record("wutong", Erased(member="li", reason="asked for it"), by="operator")
    assert engine.identify("wutong", "local", "li@example") == ""
    assert engine.tokens.find(token, clock.now) is None


def test_a_rate_limit_gives_a_burst_and_then_one_at_a_time(
    engine: Engine, clock: ScriptedClock
) -> None:
    assert [engine.take("login:1", 3, 60) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert engine.take("login:1", 3, 60) == 1.0
    assert engine.take("login:2", 3, 60) == 0.0
    clock.move(milliseconds=500)
    assert engine.take("login:1", 3, 60) == 0.5
    clock.move(milliseconds=500)
    assert engine.take("login:1", 3, 60) == 0.0
    clock.move(days=1)
    assert [engine.take("login:1", 3, 60) for _ in range(4)] == [0.0, 0.0, 0.0, 1.0]
    clock.move(days=-2)
    assert engine.take("login:1", 3, 60) > 0  # a clock that goes back gives nothing
