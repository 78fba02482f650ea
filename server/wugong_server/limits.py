"""Token buckets: how often one account or one network may act, in all processes together.

Sign-in is counted in the database each time. Other acts are counted in memory and settled with the
database every few acts, since a write to count each ballot would cost as much as the ballot: a
process may be ahead of the others by a sixth of the burst, and no more.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from starlette.requests import Request

MOST_BUCKETS = 20_000
Spend = Callable[[str, int, int, int], int]  # bucket, burst, a minute, how many → how many are left


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``burst`` at once, and ``per_minute`` in the long run."""

    burst: int
    per_minute: int

    @property
    def block(self) -> int:
        """How many acts one process counts before it tells the others."""
        return max(1, self.burst // 6)


ACTS_OF_ONE = Rate(30, 60)
ACTS_OF_A_NETWORK = Rate(300, 1200)  # a whole estate may share one address
SIGN_INS_OF_ONE = Rate(5, 1)
SIGN_INS_OF_A_NETWORK = Rate(30, 20)
LOOK_UPS = Rate(20, 30)  # receipts looked up by code


class Buckets:
    """Token buckets in memory; the least recently used are forgotten first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._untold: dict[str, int] = {}
        self._lock = Lock()

    def take(self, key: str, rate: Rate) -> float:
        """Take one token; return 0.0, or the seconds to wait when none is left."""
        with self._lock:
            now = self._clock()
            tokens, before = self._held.pop(key, (float(rate.burst), now))
            tokens = min(float(rate.burst), tokens + (now - before) * rate.per_minute / 60)
            allowed = tokens >= 1
            self._held[key] = (tokens - 1 if allowed else tokens, now)
            self._untold[key] = self._untold.get(key, 0) + allowed
            while len(self._held) > MOST_BUCKETS:
                forgotten, _held = self._held.popitem(last=False)
                self._untold.pop(forgotten, None)
            return 0.0 if allowed else (1 - tokens) * 60 / rate.per_minute

    def settle(self, key: str, rate: Rate, spend: Spend) -> None:
        """Tell the database what was taken here, once it is a block, and learn what is left."""
        with self._lock:
            if self._untold.get(key, 0) < rate.block:
                return
            count = self._untold.pop(key)
        left = spend(key, rate.burst, rate.per_minute, count)
        with self._lock:
            tokens, before = self._held.get(key, (float(left), self._clock()))
            self._held[key] = (min(tokens, float(left)), before)

    def owes(self, key: str, rate: Rate) -> bool:
        """Tell whether a block is there to be settled."""
        return self._untold.get(key, 0) >= rate.block


def network(request: Request, trusted: tuple[str, ...]) -> str:
    """Return the network a request comes from: /24 or /64.

    ``X-Forwarded-For`` counts only from a trusted peer: its last entry that is not one itself.
    """
    peer = request.client.host if request.client else ""
    if peer in trusted:
        hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",")]
        peer = next((hop for hop in reversed(hops) if hop and hop not in trusted), peer)
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    prefix = 24 if address.version == 4 else 64
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))
