"""A process of its own for the batches, beside the one that answers requests.

Python computes in one thread at a time. While a writer in a thread works on a batch, whoever
answers requests waits, and both pay for taking turns. The process begins as a copy of this one: the
same plugins, clock and database, connections of its own. It is handed jobs through a pipe and says
how each ended; once the other end of the pipe is closed, or its process is gone, it ends, too.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from wugong.errors import Uncertain
from wugong.jobs import Job
from wugong.words import N_

log = logging.getLogger("wugong")

TELL_SECONDS = 0.5
NEXT_SECONDS = 0.002  # within which the next batch comes while acts wait


class _Gone(Exception):
    """The process has ended; what it was doing may be recorded or not."""


def is_possible() -> bool:
    """Tell whether this system makes such a process and has a processor for it."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


class Apart:
    """The other process, as this one sees it; once it is gone this one does everything itself."""

    def __init__(
        self,
        work: Callable[[Sequence[Job]], None],
        tick: Callable[[], int],
        tell: Callable[[], None],
        leave: Callable[[], None],
    ) -> None:
        """Begin: ``work``, ``tick`` and ``tell`` are done there, after ``leave`` was called once.

        No other thread that holds anything may run, and no connection be open.
        """
        self._work, self._tick, self._tell = work, tick, tell
        self._turn = threading.Lock()
        self._is_gone = False
        self._pipe, theirs = Pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                self._pipe.close()
                leave()
                _serve(theirs, work, tick, tell)
            except BaseException:
                log.exception("the process that writes failed")
            finally:
                os._exit(0)  # what stands around this call is the other process's to end
        theirs.close()

    def work(self, jobs: Sequence[Job]) -> None:
        """Have jobs done; every job has its result afterwards."""
        if self._is_gone or (sent := _written(jobs)) is None:
            return self._work(jobs)
        try:
            results = self._ask(sent)
        except _Gone:
            why = N_("the writer ended; it is not known whether this was recorded")
            results = [Uncertain(why) for _ in jobs]
        for job, result in zip(jobs, results, strict=True):
            job.result = result

    def tick(self) -> int:
        """Have recorded what the clock owes; return how many facts that made."""
        if not self._is_gone:
            with suppress(_Gone):
                made: int | Exception = self._ask(pickle.dumps(None))
                if isinstance(made, Exception):
                    raise made
                return made
        return self._tick()

    def tell(self) -> None:
        """Tell plugins what was committed, where the other process does not."""
        if self._is_gone:
            self._tell()

    def close(self) -> None:
        """Let it finish what it does, and wait until it has ended."""
        with self._turn:
            if not self._is_gone:
                self._leave()

    def _ask(self, sent: bytes) -> Any:
        with self._turn:
            if self._is_gone:
                raise _Gone
            try:
                self._pipe.send_bytes(sent)
                return pickle.loads(self._pipe.recv_bytes())
            except (EOFError, OSError) as error:
                log.error("the process that writes has ended; from now on this one writes")
                self._leave()
                raise _Gone from error

    def _leave(self) -> None:
        self._is_gone = True
        self._pipe.close()
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def _written(jobs: Sequence[Job]) -> bytes | None:
    """Write jobs for the other process; ``None`` where it could not read them."""
    try:
        return pickle.dumps(jobs, pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError):
        return None


# What the other process does


def _serve(
    pipe: Connection,
    work: Callable[[Sequence[Job]], None],
    tick: Callable[[], int],
    tell: Callable[[], None],
) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # whoever answers requests ends first
    told = 0.0
    with suppress(EOFError, OSError):
        while True:
            jobs = pickle.loads(pipe.recv_bytes())
            pipe.send_bytes(_ticked(tick) if jobs is None else _done(work, jobs))
            if time.monotonic() - told >= TELL_SECONDS or not pipe.poll(NEXT_SECONDS):
                told = time.monotonic()
                _tell(tell)


def _done(work: Callable[[Sequence[Job]], None], jobs: Sequence[Job]) -> bytes:
    try:
        work(jobs)
    except Exception as error:
        log.exception("the writer failed")
        for job in jobs:
            if job.result is None:
                job.result = error
    return pickle.dumps([_plain(job.result) for job in jobs], pickle.HIGHEST_PROTOCOL)


def _ticked(tick: Callable[[], int]) -> bytes:
    made: int | Exception
    try:
        made = tick()
    except Exception as error:
        made = error
    return pickle.dumps(_plain(made))


def _tell(tell: Callable[[], None]) -> None:
    try:
        tell()
    except Exception:  # without this process nobody could act any more
        log.exception("what was committed is told to plugins later")


def _plain(result: Any) -> Any:
    """Return a result, or for an exception that cannot travel what it was called."""
    if not isinstance(result, BaseException):
        return result
    try:
        pickle.loads(pickle.dumps(result))
    except Exception:  # whatever a driver's exception is made of
        return RuntimeError(type(result).__name__)
    return result
