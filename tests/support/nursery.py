"""Servers to be killed: a program forks them ready-made, and :class:`Nursery` tells it when.

Importing all plugins takes seconds and forking takes none, which counts when a server is killed a
thousand times. Each is the whole app behind uvicorn, as ``wugong serve`` runs it; one that starts
``anew`` also makes its engine and app itself, as after a real start.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.applications import Starlette

from benchmarks import estate
from wugong import Engine
from wugong_server import serve
from wugong_server.app import create_app
from wugong_server.settings import Settings

CHECKOUT = Path(__file__).parents[2]


class Nursery:
    """Starts and kills servers of one database."""

    def __init__(self, database: str, keys: str) -> None:
        command = [sys.executable, "-m", "tests.support.nursery", database, keys]
        pipe = subprocess.PIPE
        self._program = subprocess.Popen(command, cwd=CHECKOUT, stdin=pipe, stdout=pipe, text=True)

    def start(self, *, anew: bool = True) -> tuple[int, int]:
        """Start a server; return its process and its port, which takes connections at once."""
        process, port = self._ask("anew" if anew else "ready").split()
        return int(process), int(port)

    def kill(self, process: int) -> None:
        """Kill a server (SIGKILL) and return when it is gone."""
        assert self._ask(f"kill {process}") == "killed"

    def close(self) -> None:
        """Kill whatever still runs, and end."""
        self._program.communicate(timeout=60)

    def _ask(self, line: str) -> str:
        assert self._program.stdin is not None and self._program.stdout is not None
        self._program.stdin.write(f"{line}\n")
        self._program.stdin.flush()
        answer = self._program.stdout.readline().strip()
        assert answer, "the nursery ended"
        return answer


@contextmanager
def nursery(database: str, keys: str) -> Iterator[Nursery]:
    """Give a nursery and see that nothing of it outlives the test."""
    made = Nursery(database, keys)
    try:
        yield made
    finally:
        made.close()


def main() -> None:
    """Do what is asked, a line each; at the end of the lines kill every server."""
    database, keys = sys.argv[1:]
    running: set[int] = set()
    ready = _make(database, keys)
    # Nothing stays open here: the next to open the database repairs what a killed one left.
    ready[1].storage.dispose()
    while line := sys.stdin.readline().split():
        if line[0] == "kill":
            running.remove(int(line[1]))
            _kill(int(line[1]))
            print("killed", flush=True)
            continue
        with serve.listen("127.0.0.1", 0) as taken:
            child = os.fork()
            if child == 0:
                try:
                    app, engine = ready if line[0] == "ready" else _make(database, keys)
                    serve.run(app, engine, taken, ready=lambda: None)
                except BaseException:
                    traceback.print_exc()
                finally:
                    os._exit(1)
            running.add(child)
            print(child, taken.getsockname()[1], flush=True)
    for one in running:
        _kill(one)


def _make(database: str, keys: str) -> tuple[Starlette, Engine]:
    engine = Engine(database, estate.plugins(), keys=keys)
    return create_app(engine, Settings(rate_limits=False)), engine


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


if __name__ == "__main__":
    main()
