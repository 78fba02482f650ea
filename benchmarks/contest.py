"""Two ways to count the same ballots, in turns in one process, so that a busy machine slows both.

Times are of the processor, so that waiting for other programs does not count; what several
processes do is timed by the clock on the wall.

Ours is timed from its first call on; a peer is called once before, untimed unless it takes long.
Where one call of a peer takes very long it is called once, or on fewer ballots and the time
projected, or stopped, so that only the least that it takes is known: all three are said.
"""

from __future__ import annotations

import gc
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

ROUNDS = 5
SHORT = 5.0  # milliseconds that one run of a short call lasts, by repeating it
LONG = 4.0  # seconds of one call after which a peer is not called again
ENDLESS = 60.0  # seconds after which a call is stopped, of the same clock as the times


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds: the median, the first call, how many calls, and what was returned.

    ``stopped``: a call was stopped after so many, and nothing was returned.
    """

    ms: float
    first: float
    calls: int
    answer: Any
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer's call; ``share`` is how many times more ballots the case has than the call counts."""

    call: Callable[[], Any]
    share: float = 1.0


Clock = Callable[[], float]


class Stopped(Exception):
    """A call took too long."""


@contextmanager
def at_most(seconds: float, clock: Clock = time.process_time) -> Iterator[None]:
    """Stop a call that does not end within so many seconds of ``clock``.

    The alarm is of the wall and looks at the clock: while a timer of the processor runs, Linux
    tells the processor's time in ticks only, which are longer than a short call.
    """
    start = clock()

    def look(_signal: int, _frame: Any) -> None:
        left = seconds - (clock() - start)
        if left <= 0:
            raise Stopped(f"stopped after {seconds:.0f} s")
        signal.setitimer(signal.ITIMER_REAL, max(left, 0.01))

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def timed(
    call: Callable[[], Any], calls: int = 1, clock: Clock = time.process_time
) -> tuple[float, Any]:
    """Return the milliseconds of one call, the mean of several, and what it returned."""
    start = clock()
    for _ in range(calls):
        answer = call()
    return (clock() - start) * 1e3 / calls, answer


def _calls(ms: float) -> int:
    """Say how often a short call is repeated in one run, so that the clock can tell."""
    return max(1, min(100, round(SHORT / max(ms, 1e-3))))


def alone(call: Callable[[], Any], rounds: int = ROUNDS) -> Times:
    """Time one call from the first on."""
    first, answer = timed(call)
    again, spent = _calls(first), [first]
    while len(spent) < rounds:
        spent.append(timed(call, again)[0])
    return Times(median(spent), first, rounds, answer)


def contest(
    ours: Callable[[], Any],
    peers: dict[str, Peer],
    rounds: int = ROUNDS,
    clock: Clock = time.process_time,
    endless: float = ENDLESS,
) -> tuple[Times, dict[str, Times | str]]:
    """Call all in turns; a peer that fails is answered with what it says."""
    gc.collect()
    gc.freeze()  # what the peers have loaded is nobody's garbage
    first, answer = timed(ours, 1, clock)
    # The first call loads the rule; how often a run repeats is told by the second, as of a peer.
    again = {"": _calls(first if first >= LONG * 1e3 else timed(ours, 1, clock)[0])}
    own = [first]
    spent: dict[str, list[float]] = {name: [] for name in peers}
    answers: dict[str, Any] = {}
    failed: dict[str, str] = {}
    stopped: set[str] = set()

    def run(name: str, peer: Peer) -> None:
        try:
            with at_most(endless, clock):
                if name not in answers:
                    ms, answers[name] = timed(peer.call, 1, clock)
                    if ms < LONG * 1e3:  # the first call only warms up
                        ms, _ = timed(peer.call, 1, clock)
                    again[name] = _calls(ms)
                    if again[name] > 1:
                        return
                else:
                    ms, _ = timed(peer.call, again[name], clock)
                spent[name].append(ms)
        except Stopped:
            stopped.add(name)
        except Exception as error:  # a peer's own limits are an answer, too
            failed[name] = f"{type(error).__name__}: {error}"[:80]

    for _turn in range(rounds + 1):
        for name, peer in peers.items():
            long = max(spent[name], default=0) > LONG * 1e3
            over = name in failed or name in stopped or long or len(spent[name]) == rounds
            if not over:
                run(name, peer)
        if len(own) < rounds:
            own.append(timed(ours, again[""], clock)[0])
    found: dict[str, Times | str] = {}
    for name, peer in peers.items():
        runs = [ms * peer.share for ms in spent[name]]
        if name in stopped:
            least = endless * 1e3 * peer.share
            found[name] = Times(least, least, 0, None, stopped=True)
            continue
        found[name] = failed.get(name) or Times(median(runs), runs[0], len(runs), answers[name])
    return Times(median(own), first, len(own), answer), found
