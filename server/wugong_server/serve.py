"""Starting the bundled server: a port, one that answers, one that writes, a clock that ticks."""

from __future__ import annotations

import errno
import gc
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from wugong import N_, Engine, Misconfigured
from wugong_server.serving import server_options

log = logging.getLogger("wugong.server")

TICK_SECONDS = 20
TURN_SECONDS = 0.0005  # after which a thread that computes lets another one compute
BACKLOG = 512


class PortTaken(Misconfigured):
    """Nobody can listen there; the message says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is done, or raise :class:`PortTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, asyncio sends at once; else an answer in two parts waits 40 ms.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Linux would let two programs share a port that is only closing; others are refused.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(BACKLOG)
        taken.set_inheritable(True)
    except OSError as error:
        taken.close()
        raise _taken(error, host, port) from None
    return taken


def _taken(error: OSError, host: str, port: int) -> PortTaken:
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            N_(
                "port {port} is in use by another program, perhaps another wugong; stop it or "
                "choose another port: wugong serve --port {other}"
            ),
            port=port,
            other=port + 1 if port < 65535 else 8000,
        )
    if error.errno == errno.EACCES:
        why = N_("port {port} needs rights that this user has not; choose one above 1023")
        return PortTaken(why, port=port)
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return PortTaken(N_("this machine has no address {host}"), host=host)
    why = N_("cannot listen on {host}:{port}: {why}")
    return PortTaken(why, host=host, port=port, why=error.strerror)


class Ticker:
    """Records what the clock owes while the server runs."""

    def __init__(self, engine: Engine, seconds: float = TICK_SECONDS) -> None:
        self._engine, self._seconds = engine, seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wugong-tick", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the tick under way."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._seconds):
            try:
                self._engine.tick()
            except Exception:
                # Deadlines hold without a tick; the next one tries again.
                log.exception("a tick failed")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


@contextmanager
def short_turns() -> Iterator[None]:
    """Let threads take turns ten times as often as Python does.

    A page gives its turn up at each of its many looks at the database. While ballots are cast
    somebody always computes, and each time it would wait the usual 5 ms to go on.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@contextmanager
def settled() -> Iterator[None]:
    """Leave what the program consists of out of collections of garbage.

    It stays until the end. Looking through all of it now and then took a tenth of the time of a
    ballot.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def run(
    app: Any,
    engine: Engine,
    taken: socket.socket,
    *,
    ready: Callable[[], None],
    trusted_proxies: Iterable[str] = (),
    access_log: bool = False,
) -> None:
    """Serve ``app`` until it is stopped; ``ready`` is called once requests are answered."""
    proxies = list(trusted_proxies)
    options = {
        "log_level": "warning",
        "server_header": False,
        "proxy_headers": bool(proxies),
        "forwarded_allow_ips": proxies,
        "access_log": access_log,
        "lifespan": "off",
        "timeout_graceful_shutdown": 10,
        **server_options(),
    }
    if access_log:
        options["log_level"] = "info"
    ticker = Ticker(engine)
    # uvicorn answers what is under way, then raises the signal again: it must not end the process
    # before the database is closed.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with short_turns(), settled():
            engine.write_apart(taken.close)
            ticker.start()
            _Server(uvicorn.Config(app, **options), ready).run(sockets=[taken])
    except KeyboardInterrupt:
        log.info("stopped")
    finally:
        signal.signal(signal.SIGTERM, before)
        ticker.stop()


def address(taken: socket.socket) -> str:
    """Return the address to open in a browser on this machine."""
    host, port = taken.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"
