"""The keys of a secret poll: lost, destroyed, those of another poll, and a box that was changed."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.core.test_box import (
    LENGTHS,
    _t,
    all_cast,
    ballot_of,
    cast,
    close,
    closed,
    key,
    plugin,
    question,
    secret_poll,
)
from wugong import OPERATOR, BoxUnlocked, Engine, PollClosed, Ref, Refused, RoleGranted
from wugong.box import keys_of
from wugong.ceremony import hold, join, open_with
from wugong.clock import ScriptedClock
from wugong.jobs import Job

__all__ = ["closed"]  # the fixture that closes every engine


def test_under_another_key_nobody_votes_again(database: str, tmp_path: Path) -> None:
    r, matter, poll = secret_poll(database, tmp_path)
    cast(r, matter, poll, 0, "yes")
    second = r.act("wang", matter, question(r)).seq
    r.engine.close()
    with Engine(database, {"voting": plugin()}, keys=tmp_path / "other", clock=r.clock) as other:

        def again(its: int, i: int) -> Any:
            ballot = ballot_of(its, f"u{i}", "no")
            return other.record(matter, ballot, by=f"m{i}", key=key(i))

        for i in range(2):
            with pytest.raises(Refused, match=r"wugong\.box_of_another_key"):
                again(poll, i)
        assert other.turnout("example", poll, while_open=False) == 1
        again(second, 0)  # the first ballot of a poll finds no other key
        assert other.turnout("example", second, while_open=False) == 1


@pytest.mark.parametrize("secrecy", ["secret", "scrutineers"])
def test_a_copy_from_before_the_opening_takes_nothing_under_destroyed_keys(
    tmp_path: Path, secrecy: str
) -> None:
    path, (public, shares) = tmp_path / "w.sqlite3", hold(2, 3)
    more: dict[str, Any] = {"secrecy": secrecy}
    more |= {"box_key": str(public)} if secrecy == "scrutineers" else {}
    r, matter, poll = secret_poll(f"sqlite:///{path}", tmp_path, **more)
    receipt, now = cast(r, matter, poll, 0, "yes"), r.clock()
    with sqlite3.connect(path) as plain, sqlite3.connect(tmp_path / "copy") as copy:
        plain.backup(copy)
    plain.close()
    copy.close()
    close(r, matter, poll)
    if secrecy == "scrutineers":
        r.act("wang", matter, BoxUnlocked(poll=Ref(poll), shares=tuple(shares[:2])))
    r.engine.close()
    old, clock = f"sqlite:///{tmp_path / 'copy'}", ScriptedClock(now)
    with Engine(old, {"voting": plugin()}, keys=tmp_path / "wugong.keys", clock=clock) as engine:
        acts: list[tuple[str, Any]] = [(f"m{i}", ballot_of(poll, f"u{i}", "no")) for i in (0, 1)]
        if secrecy == "secret":
            acts.append(("wang", PollClosed(poll=Ref(poll))))
        head = engine.head("example")
        for who, act in acts:
            with pytest.raises(Refused, match=r"wugong\.box_of_another_key"):
                clock.move(to=None, days=4 * (who == "wang"))
                engine.record(matter, act, by=who, key=key(0))
        with pytest.raises(Refused, match=r"wugong\.box_of_another_key"):
            engine.receipt("example", receipt.code)
        assert engine.turnout("example", poll, while_open=False) == 1
        assert engine.head("example") == head
        if secrecy == "scrutineers":  # who hold their shares open it all the same
            clock.move(to=None, days=4)
            engine.record(matter, PollClosed(poll=Ref(poll)), by="wang")
            unlocked = BoxUnlocked(poll=Ref(poll), shares=tuple(shares[:2]))
            engine.record(matter, unlocked, by="wang")
            (box,) = engine.facts(matter, OPERATOR, kinds=("voting.box_opened",))
            assert box.event.choices == ("yes",)


def test_a_box_that_was_changed_is_not_opened(database: str, tmp_path: Path) -> None:
    r, matter, poll = secret_poll(database, tmp_path)
    all_cast(r, matter, poll)
    sealed = f"SELECT sealed FROM {_t(r, 'wugong_box')} ORDER BY id"
    with r.engine.storage.write() as connection:
        first = bytes(connection.execute(text(sealed)).scalars().first() or b"")
        change = text(f"UPDATE {_t(r, 'wugong_box')} SET sealed = :new WHERE sealed = :old")
        assert connection.execute(change, {"new": first[:-1] + b"?", "old": first}).rowcount == 1
    r.wait(days=4)
    with r.refuses("wugong.box_changed"):
        r.act("wang", matter, PollClosed(poll=Ref(poll)))
    with r.engine.storage.write() as connection:
        connection.execute(change, {"new": first, "old": first[:-1] + b"?"})
        gone = text(f"DELETE FROM {_t(r, 'wugong_box')} WHERE sealed = :old")
        connection.execute(gone, {"old": first})
    with r.refuses("wugong.box_changed"):
        r.act("wang", matter, PollClosed(poll=Ref(poll)))


@pytest.mark.parametrize(("first", "then"), [("secret", "scrutineers"), ("scrutineers", "secret")])
def test_a_poll_that_was_refused_leaves_no_key_to_the_next_of_its_number(
    tmp_path: Path, first: str, then: str
) -> None:
    public, shares = hold(2, 3)
    r, matter, _poll = secret_poll(f"sqlite:///{tmp_path / 'w.sqlite3'}", tmp_path)
    r.act("operator", "example", RoleGranted(member="m0", role="officer"))
    polls = {"secret": question(r)}
    polls["scrutineers"] = question(r, secrecy="scrutineers", box_key=str(public))
    poll = Ref(r.engine.head("example").seq + 1)
    refused = [polls[first], ballot_of(poll, "u0", "yes"), PollClosed(poll=Ref(9999))]
    jobs = [
        Job("example", [(matter, act) for act in refused], "m0", key=key(0)),
        Job("example", [(matter, polls[then])], "wang"),
        *[
            Job("example", [(matter, ballot_of(poll, f"u{i}", "no"))], f"m{i}", key=key(i))
            for i in (1, 2)
        ],
    ]
    r.engine._process(jobs)
    assert [isinstance(job.result, Refused) for job in jobs] == [True, False, False, False]
    close(r, matter, poll)
    if then == "scrutineers":
        r.act("wang", matter, BoxUnlocked(poll=poll, shares=tuple(shares[:2])))
    (box,) = r.engine.facts(matter, OPERATOR, kinds=("voting.box_opened",))
    assert box.event.choices == ("no", "no")


def test_no_weight_that_nothing_tests_is_sealed(tmp_path: Path) -> None:
    public, shares = hold(2, 3)
    r, matter, poll = secret_poll("sqlite://", tmp_path, secrecy="scrutineers", box_key=str(public))
    cast(r, matter, poll, 0, "yes")
    with r.engine.storage.read() as connection:
        ((mark, sealed),) = connection.execute(text("SELECT id, sealed FROM wugong_box"))
    secret, _numbers = join(public, shares[:2])
    ballot = json.loads(open_with(secret, mark, bytes(sealed)))
    assert ballot.keys() == {"ballot", "heads", "receipt"}


def test_a_box_that_a_hosts_transaction_opened_loses_its_keys_at_the_next_tick(
    postgres_url: str, tmp_path: Path
) -> None:
    r, matter, poll = secret_poll(postgres_url, tmp_path)
    all_cast(r, matter, poll)
    r.wait(days=4)
    host = create_engine(postgres_url)
    its = keys_of("example", poll)[0] + keys_of("example", poll)[1]
    with sqlite3.connect(tmp_path / "wugong.keys") as keys:
        with host.connect() as connection:
            r.engine.record(matter, PollClosed(poll=Ref(poll)), by="wang", connection=connection)
            connection.rollback()
        r.engine.tick()
        assert keys.execute(LENGTHS, its).fetchall() == [(32,), (32,)]
        with host.begin() as connection:
            r.engine.record(matter, PollClosed(poll=Ref(poll)), by="wang", connection=connection)
        r.engine.tick()
        assert keys.execute(LENGTHS, its).fetchall() == [(0,), (0,)]
    keys.close()
    host.dispose()
