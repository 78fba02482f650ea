"""The other side: connections that send one request after the other, and what they measured."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from statistics import median

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
    cpu, began = cpu_seconds(pid), time.monotonic()
    until = began + seconds
    found = await asyncio.gather(
        *(_one(port, until, requests(number), status) for number in range(connections))
    )
    took = time.monotonic() - began
    times = [one for each in found for one in each]
    spent = cpu_seconds(pid) - cpu
    return Round(len(times), took, spent, times, await _commits(port) - before)


async def _commits(port: int) -> int:
    """Ask the server how many transactions it has committed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /commits HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    told = json.loads(await reader.readexactly(_length(head)))
    writer.close()
    await writer.wait_closed()
    return int(told["commits"])


async def _one(port: int, until: float, requests: Iterator[bytes], status: int) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times = []
    try:
        while time.monotonic() < until:
            began = time.monotonic()
            writer.write(next(requests))
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            times.append((time.monotonic() - began) * 1000)
            if f" {status} ".encode() not in head[:20]:
                raise RuntimeError(f"{head.decode()}{body.decode()}")
    finally:
        writer.close()
        await writer.wait_closed()
    return times


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
