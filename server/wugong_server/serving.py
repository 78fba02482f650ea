"""uvicorn as a small community runs it, bare on the network: slow clients have deadlines.

An ASGI middleware cannot do this: it runs after the headers are in.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10
BODY_SECONDS = 60
READ_SECONDS = 60  # without taking a byte of the answer
LOOK_SECONDS = 1.0
MOST_AT_ONCE = 500
MOST_HEADERS = 32 * 1024


class PatientProtocol(H11Protocol):
    """Ends a connection whose headers or body take too long, or that does not read its answer."""

    _awaits = "head"
    _since = 0.0
    _unread = 0
    _look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock with the connection."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self._look = self.loop.call_later(LOOK_SECONDS, self._judge)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Note what is awaited after these bytes."""
        super().data_received(data)
        state = self.conn.their_state
        awaits = {h11.IDLE: "head", h11.SEND_BODY: "body"}.get(state, "")
        if state is h11.IDLE and not self.conn.trailing_data[0]:
            awaits = ""  # between two requests: uvicorn's own keep-alive ends that
        if awaits != self._awaits:
            self._awaits, self._since = awaits, self.loop.time()

    def _judge(self) -> None:
        if self.transport.is_closing():
            return
        now = self.loop.time()
        allowed = {"head": HEAD_SECONDS, "body": BODY_SECONDS}.get(self._awaits)
        late = allowed is not None and not self.flow.read_paused and now - self._since > allowed
        if late or self._does_not_read(now):
            self.transport.abort()
            return
        self._look = self.loop.call_later(LOOK_SECONDS, self._judge)

    def _does_not_read(self, now: float) -> bool:
        waiting = self.transport.get_write_buffer_size()
        if not waiting or waiting < self._unread or not self._unread:
            self._unread, self._unread_since = waiting, now
            return False
        return now - self._unread_since > READ_SECONDS

    _unread_since = 0.0


def server_options() -> dict[str, Any]:
    """Return what ``uvicorn.run`` gets: our protocol, few headers, a bound on connections."""
    return {
        "http": PatientProtocol,
        "ws": "none",
        "limit_concurrency": MOST_AT_ONCE,
        "timeout_keep_alive": 15,
        "timeout_graceful_shutdown": 10,
        "h11_max_incomplete_event_size": MOST_HEADERS,
        "server_header": False,
        "proxy_headers": False,  # we read X-Forwarded-For ourselves, from named peers only
        "lifespan": "off",
    }
