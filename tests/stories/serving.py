"""The pages of a story on a port of its own, beside the test, on the story's own clock."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from wugong import Engine
from wugong_server.accounts import set_password
from wugong_server.app import create_app
from wugong_server.settings import Settings

PASSWORD = "一棵梧桐树下 2026"
START_SECONDS = 30


@contextmanager
def serving(engine: Engine) -> Iterator[str]:
    """Serve all pages of ``engine`` from a thread; yield the address."""
    app = create_app(engine, Settings(secret=b"stories", rate_limits=False, demonstration=True))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, lifespan="off", log_level="warning", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            _await_start(server)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)


def _await_start(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the server of the story did not start")
        time.sleep(0.01)


def give_accounts(engine: Engine, community: str, members: Iterator[str] | list[str]) -> None:
    """Let members sign in under their own names, all with :data:`PASSWORD`.

    The hash is made once: it costs on purpose, and is no part of what the stories show.
    """
    hashed = ""
    for member in members:
        if not hashed:
            set_password(engine, member, PASSWORD, {community: member})
            found = engine.accounts.find(member)
            hashed = found.password_hash if found else ""
        else:
            engine.accounts.create(member, hashed, {community: member})
