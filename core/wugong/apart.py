"""A process of its own for the batches, beside the one that answers requests.

Python computes in one thread at a time. While a writer in a thread works on a batch, whoever
answers requests waits, and both pay for taking turns. The process begins as a copy of this one: the
same plugins, clock and database, connections of its own. It is handed jobs through a pipe and says
how each ended; once the other end of the pipe is closed, or its process is gone, it ends, too.
"""

from __future__ import annotations

import copyreg
import io
import logging
import os
import pickle
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType
from typing import Any

from wugong.errors import Overloaded, Refused, Revoked, Uncertain
from wugong.jobs import Job
from wugong.schema import Unreadable
from wugong.words import N_

log = logging.getLogger("wugong")

TELL_SECONDS = 0.5
NEXT_SECONDS = 0.002  # within which the next batch comes while acts wait
UNREADABLE = "unreadable"
TOLD = (Refused, Overloaded, Revoked, Unreadable)  # what people are told, and no fault of ours


class _NotSent(Exception):
    """The process was gone before: nothing was done."""


class _Gone(Exception):
    """The process has ended; what it was doing may be recorded or not."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """What an engine has to do, here or in the other process."""

    work: Callable[[Sequence[Job]], None]
    tick: Callable[[], int]
    tell: Callable[[], None]  # plugins, what was committed
    recover: Callable[[], None]  # what a process that was killed left undone
    end: Callable[[], None]


def is_possible() -> bool:
    """Tell whether this system makes such a process and has a processor for it."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


class Apart:
    """The other process, as this one sees it; once it is gone this one does everything itself."""

    def __init__(self, tasks: Tasks, leave: Callable[[], None]) -> None:
        """Begin: ``leave`` is called there once. ``OSError`` where there is no room for a process.

        No other thread that holds anything may run, and no connection be open.
        """
        self._tasks = tasks
        self._turn = threading.Lock()
        self._owner = os.getpid()
        self._is_gone = self._is_recovered = self._worked_here = False
        self._socket, theirs = socket.socketpair()
        try:
            self._pid = os.fork()
        except OSError:
            self._socket.close()
            theirs.close()
            raise
        if self._pid == 0:
            try:
                self._socket.close()
                leave()
                _serve(Connection(theirs.detach()), tasks)
            except BaseException:
                log.exception("the process that writes failed")
            finally:
                os._exit(0)  # what stands around this call is the other process's to end
        theirs.close()
        self._pipe = Connection(os.dup(self._socket.fileno()))

    @property
    def is_mine(self) -> bool:
        """Whether it is there, and for this process: a fork of the host has none."""
        return not self._is_gone and self._owner == os.getpid()

    def work(self, jobs: Sequence[Job]) -> None:
        """Have jobs done; every job has its result afterwards."""
        kept = self._handed(jobs) if self.is_mine else jobs
        if kept:
            self._recover()
            self._worked_here = True
            self._tasks.work(kept)

    def _handed(self, jobs: Sequence[Job]) -> list[Job]:
        """Hand jobs over and note how they ended; return those that are still to be done."""
        sent, able, kept = _written(jobs)
        try:
            results = self._ask(sent)
        except _NotSent:
            return list(jobs)
        except _Gone:
            why = N_("the writer ended; it is not known whether this was recorded")
            results = [Uncertain(why) for _ in able]
        if results == UNREADABLE:
            return list(jobs)
        for job, result in zip(able, results, strict=True):
            job.result = result
        return kept

    def tick(self) -> int:
        """Have recorded what the clock owes; return how many facts that made."""
        made: int | Exception | None = None
        if self.is_mine:
            try:
                made = self._ask(_dumps(None))
            except _NotSent:
                made = None  # done here
            except _Gone:
                return 0  # perhaps a hook that hangs in it: the next tick is soon enough
        if made is None:
            self._recover()
            return self._tasks.tick()
        if isinstance(made, Exception):
            raise made
        return made

    def tell(self) -> None:
        """Tell plugins what was committed, where the other process does not know of it."""
        if self._worked_here or not self.is_mine:
            self._worked_here = False
            self._tasks.tell()

    def close(self) -> None:
        """Let it finish what it does, and wait until it has ended."""
        if self._owner == os.getpid():
            with self._turn:
                self._leave()

    def _ask(self, sent: bytes) -> Any:
        with self._turn:
            if self._is_gone:
                raise _NotSent
            try:
                self._pipe.send_bytes(sent)
            except BaseException as error:
                self._lose()
                if isinstance(error, OSError):
                    raise _NotSent from error  # what did not come whole is not read
                raise
            try:
                return pickle.loads(self._pipe.recv_bytes())
            except BaseException as error:
                self._lose()  # else the answer would be taken for that of the next
                if isinstance(error, EOFError | OSError):
                    raise _Gone from error
                raise

    def _lose(self) -> None:
        log.error("the process that writes has ended; from now on this one writes")
        self._leave()

    def _leave(self) -> None:
        if self._is_gone:
            return
        self._is_gone = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # whoever else holds a copy of it
        self._socket.close()
        self._pipe.close()
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)

    def _recover(self) -> None:
        if self._is_gone and not self._is_recovered:
            self._tasks.recover()
            self._is_recovered = True


# What travels


def _read_only(values: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(values)


class _Pickler(pickle.Pickler):
    dispatch_table = copyreg.dispatch_table.copy()
    dispatch_table[MappingProxyType] = lambda its: (_read_only, (dict(its),))


def _dumps(what: Any) -> bytes:
    made = io.BytesIO()
    _Pickler(made, pickle.HIGHEST_PROTOCOL).dump(what)
    return made.getvalue()


def _written(jobs: Sequence[Job]) -> tuple[bytes, list[Job], list[Job]]:
    """Write jobs for the other process; return those that it can read, and the others."""
    try:
        return _dumps(jobs), list(jobs), []
    except Exception:  # whatever a plugin's class makes of itself
        travels = [(job, _can_travel(job)) for job in jobs]
        able = [job for job, can in travels if can]
        return _dumps(able), able, [job for job, can in travels if not can]


def _can_travel(job: Job) -> bool:
    try:
        _dumps(job)
    except Exception:
        return False
    return True


def _plain(result: Any) -> Any:
    """Return a result, or for an exception that cannot travel what it was called."""
    if not isinstance(result, BaseException):
        return result
    if not isinstance(result, TOLD):
        where = traceback.extract_tb(result.__traceback__)[-1:]
        place = "".join(f", {Path(one.filename).name} line {one.lineno}" for one in where)
        log.error("an act failed: %s%s", type(result).__name__, place)
    try:
        pickle.loads(_dumps(result))
    except Exception:  # whatever a driver's exception is made of
        return RuntimeError(type(result).__name__)
    return result


# What the other process does


def _serve(pipe: Connection, tasks: Tasks) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # whoever answers requests ends first
    told = 0.0
    with suppress(EOFError, OSError):
        while True:
            pipe.send_bytes(_answer(tasks, pipe.recv_bytes()))
            if time.monotonic() - told >= TELL_SECONDS or not pipe.poll(NEXT_SECONDS):
                told = time.monotonic()
                _tell(tasks)
    _tell(tasks)
    tasks.end()


def _answer(tasks: Tasks, asked: bytes) -> bytes:
    try:
        jobs = pickle.loads(asked)
    except Exception:  # whatever a plugin's class makes of itself
        return _dumps(UNREADABLE)
    if jobs is None:
        return _dumps(_plain(_ticked(tasks)))
    try:
        tasks.work(jobs)
    except BaseException as error:
        log.exception("the writer failed")
        for job in jobs:
            if job.result is None:
                job.result = error
    return _dumps([_plain(job.result) for job in jobs])


def _ticked(tasks: Tasks) -> int | Exception:
    try:
        return tasks.tick()
    except Exception as error:
        return error


def _tell(tasks: Tasks) -> None:
    try:
        tasks.tell()
    except BaseException:  # without this process nobody could act any more
        log.exception("what was committed is told to plugins later")
