"""The other side: connections that send one request after the other, and what they measured."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice, repeat
from pathlib import Path
from statistics import median
from typing import Any

WRITTEN = 300  # requests of each connection that are written before the clock runs
Requests = Callable[[int], Iterator[bytes]]
"""Makes the requests of one connection, by its number."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of load: answers, seconds, seconds of the server's CPU, times of each answer."""

    answers: int
    seconds: float
    cpu_seconds: float
    milliseconds: list[float]
    commits: int = 0  # transactions, each one sync of the disk

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def cpu_micros(self) -> float:
        """Microseconds of the server's CPU a request, that of its writer included."""
        return self.cpu_seconds * 1e6 / max(1, self.answers)

    @property
    def p50(self) -> float:
        """The middle answer's time in milliseconds."""
        return median(self.milliseconds) if self.milliseconds else 0.0

    @property
    def p99(self) -> float:
        """The time in milliseconds within which 99 of 100 answers came."""
        ordered = sorted(self.milliseconds)
        return ordered[-(-99 * len(ordered) // 100) - 1] if ordered else 0.0


def post(path: str, token: str, key: str, body: object) -> bytes:
    """Write a whole POST."""
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def get(path: str, token: str) -> bytes:
    """Write a whole GET."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    return head.encode()


def read(port: int, pid: int, connections: int, seconds: float, request: bytes) -> Round:
    """Ask for one page again and again; for a process of its own."""
    return asyncio.run(run(port, pid, connections, seconds, lambda _number: repeat(request), 200))


async def run(
    port: int, pid: int, connections: int, seconds: float, requests: Requests, status: int = 201
) -> Round:
    """Load the server for a while; every answer must have that status."""
    before = await _commits(port)
    written = [(list(islice(one, WRITTEN)), one) for one in map(requests, range(connections))]
    cpu, began = cpu_seconds(pid), time.monotonic()
    until = began + seconds
    found = await asyncio.gather(
        *(_one(port, until, chain(first, more), status) for first, more in written)
    )
    took = time.monotonic() - began
    times = [one for each in found for one in each]
    spent = cpu_seconds(pid) - cpu
    return Round(len(times), took, spent, times, await _commits(port) - before)


async def _commits(port: int) -> int:
    """Ask the server how many transactions it has committed."""
    asking = _Connection(repeat(b"GET /commits HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), 200, 0.0)
    await asking.run(port)
    return int(json.loads(asking.body)["commits"])


async def _one(port: int, until: float, requests: Iterator[bytes], status: int) -> list[float]:
    asking = _Connection(requests, status, until)
    await asking.run(port)
    return asking.times


class _Connection(asyncio.Protocol):
    """Sends a request as soon as the one before is answered, until it is time to end.

    It does little itself: what it takes of the processors the server has not.
    """

    def __init__(self, requests: Iterator[bytes], status: int, until: float) -> None:
        self._requests, self._until = requests, until
        self._wanted = f" {status} ".encode()
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._came, self._length = bytearray(), 0
        self._began = 0.0
        self.times: list[float] = []
        self.body = b""

    async def run(self, port: int) -> None:
        """Ask until the end; raise for an answer of another status."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", port)
        try:
            await self._ended
        finally:
            transport.close()

    def connection_made(self, transport: Any) -> None:
        """Send the first request."""
        self._write = transport.write
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """End, with an error where an answer was due."""
        if not self._ended.done():
            self._ended.set_exception(error or ConnectionResetError("the server went away"))

    def _send(self) -> None:
        self._began = time.monotonic()
        self._write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        """Take what came; once the answer is whole, note its time and ask again."""
        self._came += data
        if not self._length and (end := self._came.find(b"\r\n\r\n") + 4) > 3:
            self._length = end + _length(bytes(self._came[:end]))
        if not self._length or len(self._came) < self._length:
            return
        now = time.monotonic()
        self.times.append((now - self._began) * 1000)
        self.body = bytes(self._came[self._came.find(b"\r\n\r\n") + 4 :])
        if self._wanted not in self._came[:20]:
            self._ended.set_exception(RuntimeError(self._came.decode()))
        elif now >= self._until:
            self._ended.set_result(None)
        else:
            self._came.clear()
            self._length = 0
            self._send()


def _length(head: bytes) -> int:
    lowered = head.lower()
    start = lowered.index(b"content-length:") + len(b"content-length:")
    return int(lowered[start : lowered.index(b"\r\n", start)])


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and of those it began; 0 where the system does not tell."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # a process that ended meanwhile
            fields = stat.read_text().rpartition(") ")[2].split()
            if str(pid) in (stat.parent.name, fields[1]):
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
