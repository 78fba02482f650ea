"""The writer: acts queue to one thread, which commits what gathered during the last commit."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from wugong.batch import Batch
from wugong.calls import PluginFault
from wugong.errors import Overloaded, Refused, Uncertain
from wugong.jobs import Job, Means
from wugong.words import N_

log = logging.getLogger("wugong")

MOST_WAITING = 2000
MOST_IN_BATCH = 256
HOLD_BALLOTS = 5
HOLD_SECONDS = 2.0
TELL_SECONDS = 0.5
Committed = Callable[[Batch], None]


def process(means: Means, jobs: Sequence[Job], committed: Committed) -> None:
    """Do jobs of any communities; every job has its result afterwards."""
    by_community: dict[str, list[Job]] = {}
    for job in jobs:
        by_community.setdefault(job.community, []).append(job)
    for community in sorted(by_community):
        _commit(means, community, by_community[community], committed)


def _commit(means: Means, community: str, jobs: list[Job], committed: Committed) -> None:
    try:
        with means.storage.write() as connection:
            batch = in_transaction(means, connection, community, jobs)
    except Uncertain as error:
        # Neither halved nor tried again here: what has no key could be recorded twice.
        log.error("the database went away during a commit: %s", error)
        _fail(
            jobs, Uncertain(N_("the database went away; it is not known whether this was recorded"))
        )
    except (Overloaded, OperationalError, sqlite3.OperationalError, OSError) as error:
        # Locked, unreachable or full: nothing was written, and halving would not help.
        log.error("the database refused a batch: %s", type(error).__name__)
        _fail(jobs, Overloaded(N_("the database cannot write now; nothing was recorded")))
    except SQLAlchemyError as error:
        _halve(means, community, jobs, committed, error)
    except Exception as error:
        _halve(means, community, jobs, committed, error)
    else:
        batch.keep()
        committed(batch)


def in_transaction(
    means: Means, connection: Connection, community: str, jobs: Sequence[Job]
) -> Batch:
    """Do jobs of one community on a connection whose transaction somebody else ends."""
    batch = Batch(means, connection, community)
    batch.begin(jobs)
    for job in jobs:
        batch.run(job)
    batch.write()
    return batch


def _halve(
    means: Means, community: str, jobs: list[Job], committed: Committed, error: Exception
) -> None:
    """Find the job that the database refuses: it alone pays."""
    if len(jobs) == 1:
        if isinstance(error, IntegrityError | DBAPIError):
            log.error("the database refused an act: %s", type(error).__name__)
        _fail(jobs, Refused(error.refusal) if isinstance(error, PluginFault) else error)
        return
    middle = len(jobs) // 2
    for part in (jobs[:middle], jobs[middle:]):
        for job in part:
            job.result = None
        _commit(means, community, part, committed)


def _fail(jobs: Iterable[Job], error: BaseException) -> None:
    for job in jobs:
        job.result = error


class Writer:
    """Takes jobs from any thread or event loop and processes them in one thread of its own."""

    def __init__(self, work: Callable[[Sequence[Job]], None], idle: Callable[[], None]) -> None:
        self._process, self._idle = work, idle
        self._jobs: deque[Job] = deque()
        self._ready = threading.Condition()
        self._pid = 0
        self._closing = False
        self._thread: threading.Thread | None = None
        self._held: list[Job] = []  # secret ballots, until several go into the box together
        self._held_since = 0.0
        self._told = 0.0

    def submit(self, job: Job) -> None:
        """Queue a job; ``Overloaded`` when too many wait."""
        with self._ready:
            if self._pid != os.getpid():
                self._start()
            if self._closing:
                raise Overloaded("the engine is closed")
            if len(self._jobs) >= MOST_WAITING:
                raise Overloaded(N_("too many acts are waiting; try again in a few seconds"))
            self._jobs.append(job)
            self._ready.notify()

    def _start(self) -> None:
        self._pid = os.getpid()
        self._jobs, self._held = deque(), []
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="wugong-writer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        with self._ready:
            if self._thread is None or self._pid != os.getpid():
                return
            self._closing = True
            self._ready.notify()
        self._thread.join()
        self._pid = 0

    def _time_is_up(self) -> bool:
        return bool(self._held) and time.monotonic() - self._held_since >= HOLD_SECONDS

    def _take(self) -> list[Job]:
        """Take what is next; secret ballots wait until five are together, or for two seconds."""
        count = min(len(self._jobs), MOST_IN_BATCH)
        jobs = [self._jobs.popleft() for _ in range(count)]
        if boxed := [job for job in jobs if job.boxed]:
            jobs = [job for job in jobs if not job.boxed]
            if not self._held:
                self._held_since = time.monotonic()
            self._held += boxed
        if len(self._held) >= HOLD_BALLOTS or self._time_is_up() or self._closing:
            jobs += _shuffled(self._held)
            self._held = []
        return jobs

    def _work(self) -> None:
        while True:
            with self._ready:
                while not self._jobs and not self._closing and not self._time_is_up():
                    self._ready.wait(HOLD_SECONDS / 4 if self._held else None)
                if not self._jobs and not self._held:
                    return
                jobs = self._take()
            try:
                self._process(jobs)
            except BaseException as error:
                log.exception("the writer failed")
                _fail((job for job in jobs if job.result is None), error)
            _deliver(jobs)
            self._tell()

    def _tell(self) -> None:
        """Have plugins told what was committed; while acts wait, of several commits at once."""
        now = time.monotonic()
        if self._jobs and not self._closing and now - self._told < TELL_SECONDS:
            return
        self._told = now
        try:
            self._idle()
        except Exception:  # without this thread nobody could act any more
            log.exception("what was committed is told to plugins later")


def _shuffled(jobs: Sequence[Job]) -> list[Job]:
    """Return jobs in an order that says nothing of when they came."""
    return random.SystemRandom().sample(jobs, len(jobs))


def _deliver(jobs: Sequence[Job]) -> None:
    """Tell everybody how their jobs ended; each event loop is woken once a batch."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Job]]] = {}
    for job in jobs:
        if isinstance(job.done, Awaited):
            loops.setdefault(job.done.loop, []).append((job.done.future, job))
        elif job.done is not None:
            job.done(job)
    for loop, ended in loops.items():
        try:
            loop.call_soon_threadsafe(_settle, ended)
        except RuntimeError:
            log.warning("an event loop ended before %d acts were answered", len(ended))


def _settle(ended: Sequence[tuple[asyncio.Future[Any], Job]]) -> None:
    for future, job in ended:
        if future.done():
            continue
        if isinstance(job.result, BaseException):
            future.set_exception(job.result)
        else:
            future.set_result(job.result)


class Awaited:
    """The end of a job that a coroutine awaits."""

    __slots__ = ("future", "loop")

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()

    def __call__(self, job: Job) -> None:
        """Settle the future; used where no writer thread collects the ends."""
        _settle([(self.future, job)])
