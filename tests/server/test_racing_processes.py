"""Several servers on one database: who votes many times at once has one ballot, one chain grows.

Sixty-four connections, spread over the servers, carry a ballot of the same voter at the same
moment, each under a key and with a choice of its own.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks import estate
from benchmarks.load import post
from tests.support.nursery import nursery
from wugong import Engine, MatterOpened
from wugong_voting.ballots import BALLOTS

CLIENTS = 64
VOTER = "m-1"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def answers(connections: list[Connection], requests: list[bytes]) -> Counter[tuple[int, str]]:
    """Send all requests at once, one a connection; count the statuses and codes of refusals."""
    for (_reader, writer), request in zip(connections, requests, strict=True):
        writer.write(request)
    found: Counter[tuple[int, str]] = Counter()
    waiting = list(zip(connections, requests, strict=True))
    while waiting:
        (reader, writer), request = waiting.pop(0)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        if int(head.split()[1]) == 503:  # turned away for a moment: the same once more
            writer.write(request)
            waiting.append(((reader, writer), request))
            continue
        reasons = body.get("reasons") or [{"code": ""}]
        found[int(head.split()[1]), reasons[0]["code"]] += 1
    return found


def vote(votes: dict[str, Any], matter: str, poll: int) -> list[bytes]:
    """Write the requests of one round."""
    path, token = f"/api/v1/matters/{matter}/events", votes["tokens"][1]
    ballot = {"poll": poll, "entitlement": f"{VOTER}/0"}
    return [
        post(
            path,
            token,
            f"{poll * CLIENTS + n:032x}",  # the form that a secret ballot asks of its key
            {
                "kind": "voting.ballot_cast",
                "body": {**ballot, "choice": ("yes", "no", "abstain")[n % 3]},
            },
        )
        for n in range(CLIENTS)
    ]


async def race(
    engine: Engine, votes: dict[str, Any], ports: list[int], rounds: int, secrecy: str
) -> None:
    """Let them vote in one new poll after the other."""
    for number in range(rounds):
        opened = MatterOpened(title=f"Lifts {number}")
        matter = engine.record(estate.COMMUNITY, opened, by="m-0").matter
        poll = estate.open_poll(engine, matter, "m-0", secrecy=secrecy)
        async with connected(ports) as connections:
            found = await answers(connections, vote(votes, matter, poll))
        if secrecy == "secret":
            assert found == {(201, ""): 1, (409, "wugong.already_voted"): CLIENTS - 1}
            assert engine.turnout(estate.COMMUNITY, poll, while_open=False) == 1
        else:
            assert found == {(201, ""): CLIENTS}
            (ballot,) = engine.book(BALLOTS, estate.COMMUNITY, prefix=f"{poll}/").values()
            assert ballot["times"] == CLIENTS


@asynccontextmanager
async def connected(ports: list[int]) -> AsyncIterator[list[Connection]]:
    """Give a connection a client, spread over the servers."""
    made = [
        await asyncio.open_connection("127.0.0.1", ports[n % len(ports)]) for n in range(CLIENTS)
    ]
    try:
        yield made
    finally:
        for _reader, writer in made:
            writer.close()
            await writer.wait_closed()


def vote_at_once(
    place: tuple[str, str], votes: dict[str, Any], servers: int, rounds: int, secrecy: str
) -> int:
    """Race some rounds on some servers; return how many facts the one chain has."""
    with nursery(*place) as started, Engine(place[0], estate.plugins(), keys=place[1]) as engine:
        ports = [started.start(anew=False)[1] for _ in range(servers)]
        asyncio.run(race(engine, votes, ports, rounds, secrecy))
        head, fault = engine.verify(estate.COMMUNITY)
        assert fault is None
        return head.seq


@pytest.mark.slow
def test_on_four_servers_who_votes_many_times_at_once_has_one_ballot(
    database: str, tmp_path: Path
) -> None:
    place = (database, str(tmp_path / "k"))
    votes = estate.build(*place, units=1)
    vote_at_once(place, votes, 4, 3, "open")
    vote_at_once(place, votes, 4, 2, "secret")


@pytest.mark.soak
@pytest.mark.parametrize("secrecy", ["open", "secret"])
@pytest.mark.parametrize("servers", [1, 4])
def test_on_several_servers_a_thousand_rounds(
    database: str, tmp_path: Path, servers: int, secrecy: str
) -> None:
    place = (database, str(tmp_path / "k"))
    votes = estate.build(*place, units=1)
    for done in range(50, 1001, 50):
        facts = vote_at_once(place, votes, servers, 50, secrecy)
        print(
            f"{servers} servers, {done} rounds of {CLIENTS} {secrecy} ballots at once: "
            f"one counted in each, one chain of {facts} facts",
            flush=True,
        )
