"""Calling plugins: one implementation at a time, timed, its answer checked, its fault named.

In-process plugins are no security boundary. What this gives: a plugin that raises, hangs or
answers nonsense refuses the acts of the kinds it hears, in its own name, and harms nothing else.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from inspect import iscoroutine
from itertools import islice
from types import MappingProxyType
from typing import Any

from wugong.errors import Refusal
from wugong.events import Act, Fact
from wugong.plugins import CORE, Implementation, Registry
from wugong.waiting import Waiting

log = logging.getLogger("wugong.plugins")

SOFT_SECONDS = 1.0  # then the hook is interrupted
HARD_SECONDS = 5.0  # then the process ends
MOST_ANSWERS = 100


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
    __slots__ = ("began", "fired", "label", "thread")

    def __init__(self, label: str) -> None:
        self.label, self.fired = label, False
        self.thread, self.began = threading.get_ident(), time.monotonic()


class _Watch:
    """One thread that looks four times a second at the hooks under way."""

    def __init__(self) -> None:
        self.calls: dict[int, _Call] = {}
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
        while True:
            time.sleep(0.25)
            for call in list(self.calls.values()):
                self._judge(call, time.monotonic() - call.began)

    def _judge(self, call: _Call, seconds: float) -> None:
        if seconds > HARD_SECONDS:
            sys.stderr.write(f"wugong: {call.label} did not end; the process stops\n")
            sys.stderr.flush()
            os._exit(70)
        if seconds > SOFT_SECONDS and not call.fired:
            # Said before the last look: the caller waits for the exception if it reads this.
            call.fired = True
            if self.calls.get(call.thread) is call:
                target = ctypes.c_ulong(call.thread)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(target, ctypes.py_object(HookTimeout))


_watch = _Watch()


def run(implementation: Implementation, given: Mapping[str, Any]) -> Any:
    """Call one implementation with the arguments it asks for; ``PluginFault`` if it fails."""
    _watch.start()
    plugin, hook = implementation.plugin, implementation.hook
    call = _Call(f"plugin {plugin}, {hook}")
    outer = _watch.calls.get(call.thread)
    _watch.calls[call.thread] = call
    try:
        answer = implementation.function(*[given[name] for name in implementation.arguments])
        if isinstance(answer, Iterator):
            # A generator's body runs here, inside the time limit; an endless one is cut.
            answer = list(islice(answer, MOST_ANSWERS + 1))
    except HookTimeout:
        raise PluginFault(plugin, hook, f"ran over {SOFT_SECONDS:g} s") from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        log.error("plugin %s, %s failed: %r", plugin, hook, type(error).__name__)
        raise PluginFault(plugin, hook, f"raised {type(error).__name__}") from error
    finally:
        _end(call, outer)
    return answer


def _end(call: _Call, outer: _Call | None) -> None:
    if outer is None:
        _watch.calls.pop(call.thread, None)
    else:
        _watch.calls[call.thread] = outer
    if call.fired:
        try:
            for _ in range(20):
                time.sleep(0.005)  # the exception, if it was sent, arrives here and not later
        except HookTimeout:
            return


def _many(answer: Any, implementation: Implementation, of: type | tuple[type, ...]) -> list[Any]:
    if answer is None:
        return []
    if iscoroutine(answer):
        answer.close()  # hooks are not awaited
    if not isinstance(answer, list | tuple | frozenset | set):
        raise PluginFault(implementation.plugin, implementation.hook, "answered no list")
    if len(answer) > MOST_ANSWERS or not all(isinstance(one, of) for one in answer):
        raise PluginFault(implementation.plugin, implementation.hook, "answered something else")
    return list(answer)


def guards(registry: Registry, enabled: Sequence[str], given: Mapping[str, Any]) -> list[Refusal]:
    """Ask every guard that hears the act; return all reasons against it."""
    reasons: list[Refusal] = []
    act: Act = given["act"]
    for one in registry.hearing("guard_event", act.kind):
        if one.plugin not in enabled:
            continue
        try:
            seen = {**given, "act": heard(registry, one.plugin, act)}
            reasons += _many(run(one, seen), one, Refusal)
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
        for answer in _many(run(one, seen), one, object):
            matter, event = answer if isinstance(answer, tuple) else (None, answer)
            if not hasattr(type(event), "__wugong_kind__"):
                raise PluginFault(one.plugin, hook, "answered something that is no event")
            yield one.plugin, matter, event


def waiting(registry: Registry, enabled: Sequence[str], matter: Any) -> list[tuple[str, Waiting]]:
    """Ask what is awaited; return plugin and item. ``PluginFault`` names who failed."""
    found: list[tuple[str, Waiting]] = []
    for one in registry.plain.get("waiting", ()):
        if one.plugin in enabled:
            answer = _many(run(one, {"matter": matter}), one, Waiting)
            found += [(one.plugin, item) for item in answer]
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


def _replaced(thing: Any, event: Any) -> Any:
    fields = {name: getattr(thing, name) for name in type(thing).__slots__}
    return type(thing)(**{**fields, "event": event})


def trust(plugin: str, what: str, function: Any, *arguments: Any) -> Any:
    """Call a contributed function (fold, keys, fill, relation); ``PluginFault`` if it fails."""
    if plugin == CORE:
        return function(*arguments)
    one = Implementation(plugin, what, function, _POSITIONS[: len(arguments)], frozenset())
    return run(one, dict(zip(_POSITIONS, arguments, strict=False)))


_POSITIONS = ("a", "b", "c", "d")
