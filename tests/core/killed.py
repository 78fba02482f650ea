"""A program that records acts until it is killed, again and again; run by test_killed.

Each round forks a child, which records from four threads and tells through a pipe what it sends
and what is acknowledged; the parent kills it after a random while and prints what it was told.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import threading
import time

from tests.core.shop import SHOP, Given
from wugong import Engine

THREADS = 4


def record_until_killed(database: str, keys: str, pipe: int, round_number: int) -> None:
    engine = Engine(database, {"shop": SHOP}, keys=keys)

    def work(thread: int) -> None:
        for number in range(1_000_000):
            key = f"{round_number}-{thread}-{number}"
            os.write(pipe, f"sent {key}\n".encode())
            receipt = engine.record("wutong", Given(to=(key,), points=1), by="wang", key=key)
            os.write(pipe, f"done {key} {receipt.seq} {receipt.digest}\n".encode())

    threads = [threading.Thread(target=work, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def one_round(database: str, keys: str, round_number: int, seconds: float) -> bytes:
    """Fork, wait for the first acknowledgement, go on for a while, kill; return what was told."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            record_until_killed(database, keys, writing, round_number)
        finally:
            os._exit(1)
    os.close(writing)
    told, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([reading], [], [], 0.01)[0]:
            part = os.read(reading, 65536)
            if not part:
                break
            if b"done" not in told and b"done" in told + part:
                deadline = time.monotonic() + seconds
            told += part
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while part := os.read(reading, 65536):
        told += part
    os.close(reading)
    return told


def main() -> None:
    database, keys, first, rounds = sys.argv[1:3] + sys.argv[3:5]
    for number in range(int(first), int(first) + int(rounds)):
        seconds = random.Random(number).uniform(0.03, 0.25)
        told = one_round(database, keys, number, seconds).decode()
        whole = told[: told.rfind("\n") + 1].splitlines()  # the last word may be cut off
        print(json.dumps([line.split() for line in whole]), flush=True)


if __name__ == "__main__":
    main()
