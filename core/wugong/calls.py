"""Calling plugins: one implementation at a time, timed, its answer checked, its fault named.

In-process plugins are no security boundary. What this gives: a plugin that raises, hangs or
answers nonsense refuses the acts of the kinds it hears, in its own name, and harms nothing else.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from inspect import iscoroutine
from itertools import islice
from operator import attrgetter
from pathlib import Path
from time import monotonic, sleep  # the kit for rules takes those of `time` away
from types import MappingProxyType
from typing import Any, cast

from wugong.books import Books
from wugong.errors import Refusal
from wugong.events import Act, Fact, checked
from wugong.plugins import CORE, Implementation, Registry
from wugong.schema import Unreadable
from wugong.waiting import Waiting

log = logging.getLogger("wugong.plugins")

SOFT_SECONDS = 1.0  # then the hook is interrupted
HARD_SECONDS = 5.0  # then the process ends
A_VALUE = 0.0001  # seconds more for each value of a book that it is given: a roll may be long
LOOK_SECONDS = 0.25  # between two looks at what is under way
MOST_COLLECTING = 5.0  # seconds that are no fault of a hook; it could collect without end
MOST_ANSWERS = 100
MOST_FOLLOWING = 10_000


class HookTimeout(BaseException):
    """Raised inside a hook that runs too long."""


class PluginFault(Exception):
    """A plugin failed; the act is refused in its name."""

    def __init__(self, plugin: str, hook: str, what: str) -> None:
        super().__init__(f"plugin {plugin}, {hook}: {what}")
        self.plugin, self.hook, self.what = plugin, hook, what

    @property
    def refusal(self) -> Refusal:
        """The refusal that people see; it says that it is not their fault."""
        details = {"plugin": self.plugin, "hook": self.hook}
        return Refusal("wugong.plugin_failed", self.plugin, details)


class _Call:
    __slots__ = (
        "arrived",
        "began",
        "collecting",
        "fired",
        "given",
        "hook",
        "is_late",
        "plugin",
        "queued",
        "thread",
    )

    def __init__(self, plugin: str, hook: str, given: Sequence[Any] = ()) -> None:
        self.plugin, self.hook, self.given = plugin, hook, given
        self.is_late = self.fired = self.arrived = False
        self.thread = threading.get_ident()
        self.began = monotonic()
        self.collecting = _watch.collecting
        self.queued: float | None = None  # as the watch first saw it

    @property
    def label(self) -> str:
        """Say what is under way."""
        return f"plugin {self.plugin}, {self.hook}"

    @property
    def more(self) -> float:
        """The seconds it has beyond the limits, for the books that it is given."""
        return A_VALUE * sum(len(one) for one in self.given if isinstance(one, Books))


def _task(thread: int) -> int | None:
    """Return what the system calls a thread; asked here, as it costs each hook a call."""
    return next((one.native_id for one in threading.enumerate() if one.ident == thread), None)


def _queued(task: int | None) -> float:
    """Return the seconds that a thread has ever waited for a processor; 0 where nobody knows."""
    try:
        with open(f"/proc/self/task/{task}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


class _Watch:
    """One thread that looks four times a second at the hooks under way."""

    def __init__(self) -> None:
        self.calls: dict[int, _Call] = {}
        self.collecting = 0.0  # seconds that full collections of garbage have held up all threads
        self._collections, self._late = 0, 0.0
        self._started = False
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._started = False  # threads do not survive a fork

    def start(self) -> None:
        if not self._started:
            self._started = True
            self.calls = {}
            threading.Thread(target=self._look, name="wugong-watch", daemon=True).start()

    def _look(self) -> None:
        before = monotonic()
        while True:
            sleep(LOOK_SECONDS)
            now = monotonic()
            self._note_garbage(now - before - LOOK_SECONDS)
            before = now
            for call in list(self.calls.values()):
                queued = _queued(_task(call.thread))
                if call.queued is None:
                    call.queued = queued
                # A machine that gives the thread no processor is no fault of the plugin.
                waited = queued - call.queued
                waited += min(self.collecting - call.collecting, MOST_COLLECTING)
                self._judge(call, now - call.began - waited)

    def _note_garbage(self, late: float) -> None:
        """Count how late a look is where all garbage was collected, which nothing goes on beside.

        Python counts a collection once it has ended; a look in the midst of it is counted then.
        """
        collections = gc.get_stats()[-1]["collections"]
        if collections != self._collections:
            self.collecting += self._late + late
            late = 0.0
        self._collections, self._late = collections, late

    def _judge(self, call: _Call, seconds: float) -> None:
        if seconds <= SOFT_SECONDS:
            return
        if not call.is_late:
            call.is_late = True  # the next look knows whether garbage held it up
            return
        seconds -= call.more
        if seconds > HARD_SECONDS and call.fired:
            sys.stderr.write(f"wugong: {call.label} did not end; the process stops\n")
            sys.stderr.flush()
            os._exit(70)
        # It may arrive where Python drops exceptions (a `__del__`), so it is sent until it is met.
        if seconds > SOFT_SECONDS and not call.arrived:
            # Said before the last look: the caller waits for the exception if it reads this.
            call.fired = True
            if self.calls.get(call.thread) is call:
                target = ctypes.c_ulong(call.thread)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(target, ctypes.py_object(HookTimeout))


_watch = _Watch()


def run(
    implementation: Implementation,
    given: Mapping[str, Any],
    read: Callable[[Any], Any] | None = None,
) -> Any:
    """Call one implementation with the arguments it asks for; ``PluginFault`` if it fails.

    ``read`` makes something of the answer, inside the time limit too.
    """
    arguments = [given[name] for name in implementation.arguments]
    return _watched(
        implementation.plugin, implementation.hook, implementation.function, arguments, read
    )


def _watched(
    plugin: str,
    hook: str,
    function: Any,
    arguments: Sequence[Any],
    read: Callable[[Any], Any] | None = None,
) -> Any:
    _watch.start()
    call = _Call(plugin, hook, arguments)
    thread, under_way = call.thread, _watch.calls
    outer = under_way.get(thread)
    under_way[thread] = call
    try:
        answer = function(*arguments)
        return answer if read is None else read(answer)
    except HookTimeout as error:
        call.arrived = True
        what = f"ran over {SOFT_SECONDS + call.more:g} s, {_place(error, function)}"
        raise _told(PluginFault(plugin, hook, what)) from None
    except (KeyboardInterrupt, PluginFault):
        raise
    except Nonsense as error:
        raise _told(PluginFault(plugin, hook, str(error))) from error
    except BaseException as error:
        what = f"raised {type(error).__name__}, {_place(error, function)}"
        raise _told(PluginFault(plugin, hook, what)) from error
    finally:
        if outer is None:
            under_way.pop(thread, None)
        else:
            under_way[thread] = outer
        if call.fired:
            _let_it_arrive()


def _told(fault: PluginFault) -> PluginFault:
    log.error("%s", fault)  # never what an exception says: it may name somebody
    return fault


def _place(error: BaseException, function: Any) -> str:
    """Return the line in the plugin's own file where it happened, else the line it happened in."""
    its = getattr(getattr(function, "__code__", None), "co_filename", "")
    lines = [(one.f_code.co_filename, line) for one, line in traceback.walk_tb(error.__traceback__)]
    file, line = next((one for one in reversed(lines) if one[0] == its), lines[-1])
    return f"{'/'.join(Path(file).parts[-2:])} line {line}"


def _let_it_arrive() -> None:
    """Wait for the exception, if it was sent: it arrives here and not later."""
    try:
        for _ in range(20):
            sleep(0.005)
    except HookTimeout:
        return


class Nonsense(Exception):
    """A hook answered something that is not its to answer."""


def _items(answer: Any, most: int = MOST_ANSWERS) -> list[Any]:
    if answer is None:
        return []
    if iscoroutine(answer):
        answer.close()  # hooks are not awaited
    if not isinstance(answer, list | tuple | Iterator):
        # A set neither: its order is another in each process.
        raise Nonsense(f"answered {type(answer).__name__}, no list")
    found = list(islice(answer, most + 1))
    if len(found) > most:
        raise Nonsense("answered too much")
    return found


def _refusals(answer: Any) -> list[Refusal]:
    for one in (found := _items(answer)):
        if not isinstance(one, Refusal) or not _tells(one):
            raise Nonsense("answered something else than refusals")
    return found


def _tells(one: Any) -> bool:
    return (
        isinstance(getattr(one, "code", ""), str)
        and isinstance(one.source, str)
        and isinstance(one.details, Mapping)
        and all(isinstance(k, str) and isinstance(v, int | str) for k, v in one.details.items())
    )


def _addressed(answer: Any) -> list[tuple[str | None, Any]]:
    found = []
    for one in _items(answer):
        matter, event = one if isinstance(one, tuple) and len(one) == 2 else (None, one)
        if matter is not None and not isinstance(matter, str):
            raise Nonsense("addressed an event to no matter")
        found.append((matter, _event(event)))
    return found


def _event(event: Any) -> Any:
    try:
        return checked(event)
    except (TypeError, AttributeError) as error:
        raise Nonsense("answered something that is no event") from error
    except Unreadable as error:
        raise Nonsense(f"answered an event that does not fit: {error}") from error


def _awaited(answer: Any) -> list[Waiting]:
    found = []
    for one in _items(answer):
        if not isinstance(one, Waiting) or not _tells(one):
            raise Nonsense("answered something else than what is awaited")
        if not all(isinstance(text, str) for text in (one.what, one.who, one.act)):
            raise Nonsense("awaits something that is no text")
        if not isinstance(one.about, int | None):
            raise Nonsense("awaits something about no fact")
        if not _is_time(one.by):
            raise Nonsense("awaits something by no time")
        found.append(one if one.then is None else replace(one, then=_event(one.then)))
    return found


def _is_time(by: Any) -> bool:
    return by is None or (isinstance(by, datetime) and by.tzinfo is not None)


def guards(registry: Registry, enabled: Sequence[str], given: Mapping[str, Any]) -> list[Refusal]:
    """Ask every guard that hears the act; return all reasons against it."""
    reasons: list[Refusal] = []
    act: Act = given["act"]
    for one in registry.hearing("guard_event", act.kind):
        if one.plugin not in enabled:
            continue
        try:
            seen = {**given, "act": heard(registry, one.plugin, act)}
            reasons += run(one, seen, _refusals)
        except PluginFault as fault:
            reasons.append(fault.refusal)
    return reasons


def reactions(
    registry: Registry, enabled: Sequence[str], hook: str, given: Mapping[str, Any]
) -> Iterable[tuple[str, str | None, Any]]:
    """Yield plugin, matter (``None``: the same) and event of every answer to one stage hook."""
    fact: Fact = given["fact"]
    for one in registry.hearing(hook, fact.kind):
        if one.plugin not in enabled:
            continue
        seen = {**given, "fact": heard(registry, one.plugin, fact)}
        for matter, event in run(one, seen, _addressed):
            yield one.plugin, matter, event


def waiting(registry: Registry, enabled: Sequence[str], matter: Any) -> list[tuple[str, Waiting]]:
    """Ask what is awaited; return plugin and item. ``PluginFault`` names who failed."""
    found: list[tuple[str, Waiting]] = []
    for one in registry.plain.get("waiting", ()):
        if one.plugin in enabled:
            found += [(one.plugin, item) for item in run(one, {"matter": matter}, _awaited)]
    return found


def published(one: Implementation, given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Ask one plugin what may follow; return matter and event of every act."""
    return cast(list[tuple[str, Any]], run(one, given, _following))


def _following(answer: Any) -> list[tuple[str, Any]]:
    found = []
    for one in _items(answer, MOST_FOLLOWING):
        if not (isinstance(one, tuple) and len(one) == 2 and isinstance(one[0], str)):
            raise Nonsense("answered something else than at(matter, event)")
        found.append((one[0], _event(one[1])))
    return found


def heard(registry: Registry, plugin: str, thing: Any) -> Any:
    """Return an act or fact as ``plugin`` may see it: of another's event, what it ``Reads``."""
    if plugin == CORE or thing.kind in registry.core or thing.kind.startswith(plugin + "."):
        return thing
    global _last
    known, seen = _last
    if known is not thing:
        seen = {}
        _last = thing, seen  # several books and hooks hear the same thing in turn
    reads = registry.reads.get((plugin, thing.kind))
    place = plugin if reads else ""
    if place not in seen:
        values = {name: getattr(thing.event, name) for name in reads.fields} if reads else {}
        seen[place] = _replaced(thing, Seen(values))
    return seen[place]


_last: tuple[Any, dict[str, Any]] = (None, {})


class Seen:
    """The few fields of another plugin's event that were asked for; immutable."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_fields", MappingProxyType(dict(fields)))

    def __getattr__(self, name: str) -> Any:
        """Return a field that was asked for."""
        try:
            return self._fields[name]
        except KeyError:
            raise AttributeError(f"{name} was not asked for with Reads") from None

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse: facts are not changed."""
        raise AttributeError(f"{name} cannot be changed")


def _replaced(thing: Act | Fact, event: Any) -> Act | Fact:
    fields, place = _FIELDS[type(thing)]
    values = list(fields(thing))
    values[place] = event
    return type(thing)(*values)


# Several books and hooks hear each ballot: how to read all its fields is worked out once.
_FIELDS = {one: (attrgetter(*one.__slots__), one.__slots__.index("event")) for one in (Act, Fact)}


def trust(plugin: str, what: str, function: Any, *arguments: Any) -> Any:
    """Call a contributed function (fold, keys, fill, relation); ``PluginFault`` if it fails."""
    if plugin == CORE:
        return function(*arguments)
    return _watched(plugin, what, function, arguments)
