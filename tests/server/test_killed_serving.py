"""The server is killed while people cast: what it acknowledged stands, and nothing counts twice.

Eight clients send ballots through the API. Whoever got no answer sends the same again under the
same key, to the next server; so does whoever got one, and must get it again.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from benchmarks import estate
from benchmarks.load import post
from tests.support.nursery import Nursery, nursery
from tests.support.postgres import Cluster
from wugong import Engine
from wugong.apart import is_possible
from wugong_voting.ballots import BALLOTS

CLIENTS = 8
UNITS = 3  # of each client
ANSWER_SECONDS = 300  # in which a started server must acknowledge something, however busy all is


@dataclass
class Casting:
    """What the clients have sent, and what each of them was answered."""

    votes: dict[str, Any]
    sent: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    again: int = 0  # answers that were given a second time
    turned_away: int = 0  # 503: nothing could be written just then
    writers: int = 0  # of the servers' writing processes, killed before the server was
    unanswered: dict[str, int] = field(default_factory=dict)
    last: dict[int, str] = field(default_factory=dict)  # by client, of those answered

    def first(self, number: int) -> list[str]:
        """Return what a client sends first: what was not answered, and its last that was."""
        mine = [key for key, client in self.unanswered.items() if client == number]
        return mine + [key for client, key in self.last.items() if client == number]

    def new(self, number: int) -> str:
        """Make another ballot of a client."""
        key = f"{number}-{len(self.sent)}"
        ballot = {
            "poll": self.votes["poll"],
            "entitlement": f"m-{number}/{len(self.sent) % UNITS}",
            "choice": ("yes", "no", "abstain")[len(self.sent) % 3],
        }
        self.sent[key] = number, {"kind": "voting.ballot_cast", "body": ballot}
        self.unanswered[key] = number
        return key

    def request(self, key: str) -> bytes:
        """Write the request that carries a ballot."""
        number, body = self.sent[key]
        path = f"/api/v1/matters/{self.votes['matter']}/events"
        return post(path, self.votes["tokens"][number], key, body)

    def take(self, key: str, status: int, answer: dict[str, Any]) -> bool:
        """Note an answer; tell whether it acknowledges the ballot."""
        if status == 503 or _was_interrupted(answer):
            self.turned_away += 1
            return False
        assert status == 201, answer.get("reasons", answer)
        if key in self.answers:
            assert answer == self.answers[key]
            self.again += 1
        else:
            self.answers[key] = answer
            self.last[self.unanswered.pop(key)] = key
        return True


def _was_interrupted(answer: dict[str, Any]) -> bool:
    """Tell whether a hook got no second of a crowded machine: its act was refused, to try again."""
    return "wugong.plugin_failed" in {one["code"] for one in answer.get("reasons", ())}


async def cast(casting: Casting, port: int, number: int) -> None:
    """Send one ballot after the other until the server is gone."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await _send(casting, number, reader, writer)
        finally:
            writer.close()
            await writer.wait_closed()


async def _send(
    casting: Casting, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    first = casting.first(number)
    while True:
        key = first.pop(0) if first else casting.new(number)
        writer.write(casting.request(key))
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        answer = json.loads(await reader.readexactly(length))
        if not casting.take(key, int(head.split()[1]), answer):
            first.insert(0, key)
            await asyncio.sleep(0.02)


async def one_round(
    casting: Casting, servers: Nursery, number: int, cluster: Cluster | None
) -> None:
    """Cast for a while and kill the server; with ``cluster``, stop that in between."""
    seconds = random.Random(number).uniform(0.03, 0.25)
    process, port = servers.start(anew=number % 10 == 0)
    clients = asyncio.gather(*(cast(casting, port, number) for number in range(CLIENTS)))
    try:
        await _acknowledged(casting, clients)
        await asyncio.sleep(seconds)
        if cluster is not None:
            cluster.stop(at_once=True)  # in this thread: it ends with the one that started it
            await asyncio.sleep(seconds)
            cluster.start()
            await _acknowledged(casting, clients)  # by the same server: it needs no new start
            await asyncio.sleep(seconds)
        if number % 3 == 1 and (writer := _writer_of(process)):
            os.kill(writer, signal.SIGKILL)
            await _acknowledged(casting, clients)  # by the same server, which writes itself
            await asyncio.sleep(seconds)
            casting.writers += 1
    finally:
        await asyncio.to_thread(servers.kill, process)
    await clients


def _writer_of(process: int) -> int | None:
    """Return the process that writes for a server; with one processor there is none."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if stat.read_text().rpartition(") ")[2].split()[1] == str(process):
                return int(stat.parent.name)
    return None


async def _acknowledged(casting: Casting, clients: asyncio.Future[Any]) -> None:
    before, until = len(casting.answers), time.monotonic() + ANSWER_SECONDS
    while len(casting.answers) == before:
        assert not clients.done(), clients.exception() or "the clients ended"
        assert time.monotonic() < until, "nothing was acknowledged"
        await asyncio.sleep(0.005)


def kill_and_look(
    casting: Casting, place: tuple[str, str], rounds: range, cluster: Cluster | None, every: int
) -> None:
    """Kill servers while people cast, then look at what is stored."""
    with nursery(*place) as servers:
        for number in rounds:
            stopped = cluster if number % every == every - 1 else None
            asyncio.run(one_round(casting, servers, number, stopped))
    look(*place, casting)


def look(database: str, keys: str, casting: Casting) -> None:
    """See that everything acknowledged is stored, and counted once."""
    with Engine(database, estate.plugins(), keys=keys) as engine:
        for key in casting.unanswered:
            number, body = casting.sent[key]
            event = engine.read(body["kind"], body["body"])
            receipt = engine.record(casting.votes["matter"], event, by=f"m-{number}", key=key)
            casting.answers[key] = {
                "seq": receipt.seq,
                "digest": receipt.digest,
                "receipt": receipt.code,
                "matter": receipt.matter,
                "kind": receipt.kind,
                "at": receipt.at,
                "facts": list(receipt.facts),
            }
        casting.unanswered.clear()
        head, fault = engine.verify(estate.COMMUNITY)
        assert fault is None
        stored = {one["seq"]: one["digest"] for one in engine.export(estate.COMMUNITY)}
        assert len(stored) == head.seq
        given = casting.answers.values()
        assert [one for one in given if stored.get(one["seq"]) != one["digest"]] == []
        assert len({one["seq"] for one in given}) == len(casting.sent)
        sent = Counter(body["body"]["entitlement"] for _number, body in casting.sent.values())
        book = engine.book(BALLOTS, estate.COMMUNITY, prefix=f"{casting.votes['poll']}/")
        times = {place.partition("/")[2]: ballot["times"] for place, ballot in book.items()}
        assert times == dict(sent)
        if not engine.storage.is_postgres:
            with engine.storage.read() as connection:
                assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def told(rounds: int, stops: int, casting: Casting) -> str:
    """Say what a run came to."""
    return (
        f"{rounds} servers killed, {casting.writers} of them after the process that writes for "
        f"them, the database stopped {stops} times: {len(casting.sent)} "
        f"ballots, {casting.again} answered again alike, {casting.turned_away} turned away for "
        "a moment; 0 acknowledged lost, 0 counted twice"
    )


def cluster_of(request: pytest.FixtureRequest, database: str) -> Cluster | None:
    if database.startswith("sqlite"):
        return None
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return cluster


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    cluster, place = cluster_of(request, database), (database, str(tmp_path / "k"))
    casting = Casting(estate.build(*place, UNITS))
    kill_and_look(casting, place, range(6), cluster, every=3)
    assert len(casting.sent) > 6 * CLIENTS and casting.again > 0
    assert casting.writers == (2 if is_possible() else 0)


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_when_a_thousand_servers_are_killed(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    cluster, place = cluster_of(request, database), (database, str(tmp_path / "k"))
    casting, every = Casting(estate.build(*place, UNITS)), 6
    for first in range(0, 500 if cluster else 1000, 100):
        kill_and_look(casting, place, range(first, first + 100), cluster, every)
        rounds = first + 100
        print(told(rounds, rounds // every if cluster else 0, casting), flush=True)
