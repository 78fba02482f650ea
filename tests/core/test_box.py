"""Secret polls, level A: one ballot each, nothing that links or orders, receipts that prove."""

from __future__ import annotations

import asyncio
import sqlite3
import time
import types
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
from sqlalchemy import text

from tests.support.postgres import Cluster
from wugong import (
    OPERATOR,
    PLAN,
    Engine,
    Most,
    Option,
    PollClosed,
    PollOpened,
    Procedure,
    Ref,
    event,
    hookimpl,
    read_procedure,
    storage,
)
from wugong.box import FEW, box_id, keys_of
from wugong.storage import Storage
from wugong.testing import Rehearsal
from wugong.vault import FileKeys

TEXT = """
id = "club.secret"
title = { en = "A secret vote of the club" }
body = "club"
setting = "urban"
roster = "owners"
quorum = []
consent = []
basis = []
effective_from = 2020-01-01
"""
PROCEDURE: Procedure = read_procedure(TEXT)
VOTERS = 7
CHOICES = ["yes", "no", "yes", "abstain", "yes", "no", "yes"]


@event("voting.ballot_cast", may={"resident": PLAN}, bulk=True, shown_to="author", boxed="poll")
class Cast:
    """A ballot."""

    poll: Ref
    entitlement: str
    choice: Annotated[str, Most(100)]


def plugin(law: Procedure = PROCEDURE) -> types.ModuleType:
    module = types.ModuleType("voting")
    module.register = hookimpl(lambda: [Cast, law])  # type: ignore[attr-defined]
    module.register.__name__ = "register"
    return module


def question(r: Rehearsal, **more: Any) -> PollOpened:
    """Return the opening of a secret poll for three days."""
    return PollOpened(
        question="Shall we?",
        options=tuple(Option(id=o, title=o) for o in ("yes", "no", "abstain")),
        procedure="club.secret",
        roster="owners",
        closes_at=r.clock() + timedelta(days=3),
        **{"secrecy": "secret", **more},
    )


def secret_poll(
    database: str,
    folder: Path,
    law: Procedure = PROCEDURE,
    voters: int = VOTERS,
    unit: str = "u",
    **more: Any,
) -> tuple[Rehearsal, str, int]:
    """Open a secret poll of seven; each holds a unit of their number."""
    of_poll = {name: more.pop(name) for name in ("secrecy", "box_key") if name in more}
    keys: dict[str, Any] = {} if database == "sqlite://" else {"keys": folder / "wugong.keys"}
    r = Rehearsal(
        {"voting": plugin(law)},
        members={"wang": ("officer",), **{f"m{i}": () for i in range(voters)}},
        database=database,
        **keys,
        **more,
    )
    opened.append(r)
    r.roster("owners", [(f"{unit}{i}", f"m{i}", "1", 8000 + i) for i in range(voters)])
    matter = r.open("A secret question", by="wang")
    return r, matter, r.act("wang", matter, question(r, **of_poll)).seq


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close every engine that a test opened."""
    yield
    while opened:
        opened.pop().engine.close()


opened: list[Rehearsal] = []


def key(number: int) -> str:
    return f"{number + 1:032x}"


def ballot_of(poll: int, unit: str, choice: str) -> Cast:
    return Cast(poll=Ref(poll), entitlement=unit, choice=choice)


def cast(
    r: Rehearsal, matter: str, poll: int, i: int, choice: str, which: str = "", unit: str = "u"
) -> Any:
    ballot = ballot_of(poll, f"{unit}{i}", choice)
    return r.act(f"m{i}", matter, ballot, key=which or key(i))


def close(r: Rehearsal, matter: str, poll: int) -> None:
    r.wait(days=4)
    r.act("wang", matter, PollClosed(poll=Ref(poll)))


def all_cast(r: Rehearsal, matter: str, poll: int, choices: Sequence[str] = CHOICES) -> list[Any]:
    return [cast(r, matter, poll, i, choice) for i, choice in enumerate(choices)]


def test_casting_leaves_no_fact_no_time_and_no_number(database: str, tmp_path: Path) -> None:
    r, matter, poll = secret_poll(database, tmp_path)
    before = r.engine.head("example")
    receipts = all_cast(r, matter, poll)
    assert r.engine.head("example") == before
    assert {(one.seq, one.at, one.facts) for one in receipts} == {(0, "", ())}
    assert len({one.code for one in receipts}) == VOTERS
    assert r.engine.turnout("example", poll) == 5  # of seven: in steps of five
    with r.engine.storage.read() as connection:
        kept = connection.execute(text(f"SELECT count(*) FROM {_t(r, 'wugong_key')}")).scalar()
    assert kept == 0


def _t(r: Rehearsal, table: str) -> str:
    return f"wugong.{table}" if r.engine.storage.is_postgres else table


def test_the_same_key_gets_the_same_receipt_and_another_is_refused(tmp_path: Path) -> None:
    r, matter, poll = secret_poll("sqlite://", tmp_path)
    first = cast(r, matter, poll, 0, "yes")
    assert cast(r, matter, poll, 0, "no") == first  # a retry never changes what is in the box
    with r.refuses("wugong.already_voted"):
        cast(r, matter, poll, 0, "no", which="f" * 32)
    with r.refuses("wugong.ballot_key_missing"):
        cast(r, matter, poll, 1, "no", which="short")
    assert r.engine.turnout("example", poll, while_open=False) == 1


def test_closing_opens_the_box_once_sorted_apart(database: str, tmp_path: Path) -> None:
    r, matter, poll = secret_poll(database, tmp_path)
    receipts = all_cast(r, matter, poll)
    close(r, matter, poll)
    (fact,) = r.engine.facts(matter, OPERATOR, kinds=("voting.box_opened",))
    box = fact.event
    ids = [box_id("example", poll, f"u{i}", key(i)) for i in range(VOTERS)]
    assert list(box.ids) == sorted(ids)
    assert list(box.choices) == sorted(CHOICES)
    assert {(c.choice, c.ballots) for c in box.counts} == {("yes", 4), ("no", 2), ("abstain", 1)}
    assert {(c.households, c.area_dm2) for c in box.counts} == {(0, 0)}, "no test asks for them"
    assert box.small is False
    for receipt in receipts:
        proof = r.engine.receipt("example", receipt.code)
        assert proof is not None
        assert (proof.seq, proof.channel) == (fact.seq, "")
    assert r.engine.verify("example")[1] is None


AREA = 'measure = "area", base = "all", op = ">=", share = "1/3", source = "章程 6"'


@pytest.mark.parametrize(
    ("tested", "choices", "small"),
    [
        pytest.param(False, ["yes"] * 4 + ["no"] * 3, False, id="nothing weighs"),
        pytest.param(True, ["yes"] * 5 + ["no"] * 5, False, id="five of each, by area"),
        pytest.param(True, ["yes"] * 6 + ["no"] * 4, True, id="four of one, by area"),
    ],
)
def test_what_is_not_tested_is_not_stated_and_few_of_a_weight_are_said_to_tell(
    tested: bool, choices: list[str], small: bool, tmp_path: Path
) -> None:
    quorum = f'[{{ id = "take_part", {AREA} }}]' if tested else "[]"
    law = read_procedure(TEXT.replace("quorum = []", f"quorum = {quorum}"))
    r, matter, poll = secret_poll("sqlite://", tmp_path, law=law, voters=len(choices))
    all_cast(r, matter, poll, choices)
    close(r, matter, poll)
    (fact,) = r.engine.facts(matter, OPERATOR, kinds=("voting.box_opened",))
    stated = sum(8000 + i for i in range(len(choices))) if tested else 0
    assert sum(one.area_dm2 for one in fact.event.counts) == stated
    assert sum(one.households for one in fact.event.counts) == 0
    assert fact.event.small is small


def test_who_voted_is_known_until_the_box_is_open(database: str, tmp_path: Path) -> None:
    r, matter, poll = secret_poll(database, tmp_path)
    receipts = [cast(r, matter, poll, i, "yes") for i in range(VOTERS - 1)]
    told = [r.engine.has_voted("example", poll, f"u{i}") for i in range(VOTERS)]
    assert told == [True] * (VOTERS - 1) + [False]
    for receipt in receipts:
        proof = r.engine.receipt("example", receipt.code)
        assert proof is not None and (proof.seq, proof.code) == (0, receipt.code)
    assert r.engine.receipt("example", "2222-2222-2222-2222") is None
    close(r, matter, poll)
    assert not any(r.engine.has_voted("example", poll, f"u{i}") for i in range(VOTERS))
    assert r.engine.turnout("example", poll, while_open=False) == VOTERS - 1


def test_a_box_of_few_or_equal_ballots_says_so(tmp_path: Path) -> None:
    r, matter, poll = secret_poll("sqlite://", tmp_path)
    for i in range(FEW):
        cast(r, matter, poll, i, "yes")
    close(r, matter, poll)
    (fact,) = r.engine.facts(matter, OPERATOR, kinds=("voting.box_opened",))
    assert fact.event.small is True


def test_after_closing_no_file_holds_a_sealed_ballot_or_its_key(tmp_path: Path) -> None:
    path = tmp_path / "w.sqlite3"
    r, matter, poll = secret_poll(f"sqlite:///{path}", tmp_path)
    all_cast(r, matter, poll)
    with sqlite3.connect(path) as plain:
        sealed = [row[0] for row in plain.execute("SELECT sealed FROM wugong_box")]
        assert len(sealed) == VOTERS
    plain.close()
    close(r, matter, poll)
    r.engine.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert not [one for one in sealed if one in stored]
    with sqlite3.connect(tmp_path / "wugong.keys") as keys:
        kept = keys.execute(LENGTHS, keys_of("example", poll)[0] + keys_of("example", poll)[1])
        assert kept.fetchall() == [(0,), (0,)]
    keys.close()


def test_what_a_crash_left_of_an_opened_box_is_destroyed_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.sqlite3"
    r, matter, poll = secret_poll(f"sqlite:///{path}", tmp_path)
    all_cast(r, matter, poll)
    with monkeypatch.context() as crashed:
        crashed.setattr(FileKeys, "drop", lambda *_: None)
        crashed.setattr(Storage, "leave_no_trace", lambda _storage: None)
        close(r, matter, poll)
    r.engine.close()
    its = keys_of("example", poll)[0] + keys_of("example", poll)[1]
    with sqlite3.connect(tmp_path / "wugong.keys") as keys:
        assert keys.execute(LENGTHS, its).fetchall() == [(32,), (32,)]
        with Engine(f"sqlite:///{path}", {"voting": plugin()}, keys=tmp_path / "wugong.keys"):
            assert keys.execute(LENGTHS, its).fetchall() == [(0,), (0,)]
    keys.close()


LENGTHS = "SELECT length(key) FROM person_key WHERE (community, member) IN ((?, ?), (?, ?))"


def test_what_a_reader_held_at_the_closing_is_cut_off_at_the_next_tick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.sqlite3"
    monkeypatch.setattr(storage, "BUSY_SECONDS", 0.1)
    r, matter, poll = secret_poll(f"sqlite:///{path}", tmp_path)
    all_cast(r, matter, poll)
    log = Path(f"{path}-wal")
    with Engine(f"sqlite:///{path}", {"voting": plugin()}, keys=tmp_path / "wugong.keys") as other:
        with other.together():
            other.head("example")
            close(r, matter, poll)
            assert log.stat().st_size > 0
            r.engine.tick()
            assert log.stat().st_size > 0
        r.engine.tick()
        assert log.stat().st_size == 0
    r.engine.close()


def test_no_file_of_postgresql_ever_holds_the_key_of_a_box(
    postgres_cluster: Cluster, tmp_path: Path
) -> None:
    def that_hold(*secrets: bytes) -> set[str]:
        postgres_cluster.execute("CHECKPOINT")
        files = [postgres_cluster.folder / "log"]
        for kept in (data / "pg_wal", data / "base" / oid):
            files += [file for file in kept.iterdir() if file.is_file()]
        holding = (file for file in files if any(one in file.read_bytes() for one in secrets))
        return {file.parent.name for file in holding}

    data = postgres_cluster.folder / "data"
    with postgres_cluster.new_database() as url:
        r, matter, poll = secret_poll(url, tmp_path)
        all_cast(r, matter, poll)
        with r.engine.storage.read() as connection:
            found = text("SELECT oid FROM pg_database WHERE datname = current_database()")
            oid = str(connection.execute(found).scalar_one())
            sealed = connection.execute(text("SELECT sealed FROM wugong.wugong_box")).scalars()
            ballots = [bytes(one) for one in sealed]
        assert that_hold(*ballots) == {"pg_wal", oid}  # it looks where there is something to see
        with sqlite3.connect(tmp_path / "wugong.keys") as keys:
            asked = "SELECT key FROM person_key WHERE member = ?"
            (secret,) = keys.execute(asked, (f"poll:{poll}",)).fetchone()
        written = (secret, secret.hex().encode(), b64encode(secret).rstrip(b"="))
        assert len(secret) >= 32
        assert that_hold(*written) == set()
        close(r, matter, poll)
        assert that_hold(*written) == set()
        assert keys.execute(asked, (f"poll:{poll}",)).fetchone() == (b"",)
        keys.close()


def test_during_the_vote_no_table_orders_or_joins_ballots(tmp_path: Path) -> None:
    path = tmp_path / "w.sqlite3"
    r, matter, poll = secret_poll(f"sqlite:///{path}", tmp_path)
    all_cast(r, matter, poll)
    ids = [box_id("example", poll, f"u{i}", key(i)) for i in range(VOTERS)]
    with sqlite3.connect(path) as plain:
        for table, by in (("wugong_box", "id"), ("wugong_voted", "mark")):
            marks = [row[0] for row in plain.execute(f"SELECT {by} FROM {table}")]
            assert len(marks) == VOTERS + (by == "mark")  # one is nobody's
            assert marks == sorted(marks) and not {f"u{i}" for i in range(VOTERS)} & {*marks}
        for table in ("wugong_box", "wugong_voted"):
            with pytest.raises(sqlite3.OperationalError):
                plain.execute(f"SELECT rowid FROM {table}")
        names = [
            row[0] for row in plain.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        for name in names:
            told = repr(plain.execute(f"SELECT * FROM {name}").fetchall())
            assert not [one for one in ids if one in told], name
            assert not [key(i) for i in range(VOTERS) if key(i) in told], name
    plain.close()


def test_a_ballot_of_a_poll_that_another_process_opened_is_known_to_be_secret(
    tmp_path: Path,
) -> None:
    path = f"sqlite:///{tmp_path / 'w.sqlite3'}"
    r, matter, poll = secret_poll(path, tmp_path)
    r.open("Another question", by="wang")
    with Engine(path, {"voting": plugin()}, keys=tmp_path / "wugong.keys") as other:
        assert other.matter(matter).secret_polls.keys() == {poll}
        second = r.act("wang", matter, question(r)).seq
        acts = [
            (matter, Cast(poll=Ref(one), entitlement="u1", choice="yes"))
            for one in (
                poll,
                second,
                second + 1,
            )
        ]
        assert [other._job([act], "m1", None, "web", None).boxed for act in acts] == [
            True,
            True,
            False,
        ]


def test_the_writer_holds_secret_ballots_until_several_are_together(tmp_path: Path) -> None:
    path = f"sqlite:///{tmp_path / 'w.sqlite3'}"
    r, matter, poll = secret_poll(path, tmp_path, writer="thread")

    async def several(numbers: range) -> float:
        started = time.monotonic()
        acts = [
            r.engine.arecord(
                matter,
                Cast(poll=Ref(poll), entitlement=f"u{i}", choice="yes"),
                by=f"m{i}",
                key=key(i),
            )
            for i in numbers
        ]
        await asyncio.gather(*acts)
        return time.monotonic() - started

    together = asyncio.run(several(range(5)))
    alone = asyncio.run(several(range(5, 6)))
    assert together < 2.0 <= alone + 0.5
    assert r.engine.turnout("example", poll, while_open=False) == 6
    r.engine.close()
