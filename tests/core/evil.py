"""A plugin that means harm: what it hears, how it fails, and a stage for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from wugong import (
    ANY,
    Refusal,
    Refused,
    event,
    hookimpl,
    on,
)
from wugong.testing import Rehearsal


@event("evil.poked", may={"resident": ANY, "plugin": ANY, "clock": ANY})
class Poked:
    """Something that a hostile plugin hears."""

    text: str = "poke"
    number: int = 0


@event("good.noted", may={"resident": ANY, "plugin": ANY})
class Noted:
    """Something of a plugin that behaves."""

    text: str = "note"


def plugin(*contributed: Any, **hooks: Callable[..., Any]) -> SimpleNamespace:
    """Make a plugin of contributions and hooks; guards and reactions hear ``evil.poked``."""

    @hookimpl
    def register() -> Iterable[Any]:
        return contributed

    made: dict[str, Any] = {"register": register}
    for name, function in hooks.items():
        if name == "guard_event" or name.startswith("co_"):
            function = on(Poked)(function)
        made[name] = hookimpl(function)
    return SimpleNamespace(**made)


GOOD = plugin(Noted)


def stage(evil: Any, **more: Any) -> tuple[Rehearsal, str]:
    """Give a rehearsal with a hostile and a good plugin, and an open matter."""
    rehearsal = Rehearsal({"evil": evil, "good": GOOD}, members={"li": ()}, **more)
    return rehearsal, rehearsal.open("Lamp", by="li")


def refused(rehearsal: Rehearsal, matter: str, event: Any = None) -> Refusal:
    """Poke, expect exactly one refusal in the plugin's name, and return it."""
    before = rehearsal.engine.head("example")
    with pytest.raises(Refused) as caught:
        rehearsal.act("li", matter, event or Poked())
    assert rehearsal.engine.head("example") == before
    (reason,) = caught.value.reasons
    return reason


def raises(error: BaseException) -> Callable[..., Any]:
    def function() -> Any:
        raise error

    return function


def hangs() -> Any:
    while True:
        pass


def sleeps() -> Any:
    for _ in range(1000):
        time.sleep(0.02)


def recurses() -> Any:
    return recurses()


def endless() -> Iterator[Any]:
    while True:
        yield Refusal("evil.again")


def hangs_in_its_answer() -> Iterator[Any]:
    hangs()
    yield


def coroutine() -> Any:
    async def later() -> list[Refusal]:
        return []

    return later()


class LyingList(list[Any]):
    """A list that never ends when it is read."""

    def __iter__(self) -> Iterator[Any]:
        while True:
            yield Refusal("evil.again")


FAULTS = [
    pytest.param(raises(ValueError("no")), id="raises"),
    pytest.param(raises(Refused(Refusal("evil.no"))), id="raises a refusal"),
    pytest.param(raises(SystemExit(3)), id="ends the program"),
    pytest.param(raises(GeneratorExit()), id="raises GeneratorExit"),
    pytest.param(recurses, id="recurses"),
    pytest.param(lambda: "no", id="answers text"),
    pytest.param(lambda: True, id="answers true"),
    pytest.param(lambda: {"code": "evil.no"}, id="answers an object"),
    pytest.param(lambda: [None], id="answers nothing in a list"),
    pytest.param(lambda: ["evil.no"], id="answers text in a list"),
    pytest.param(lambda: [Refusal], id="answers a class"),
    pytest.param(lambda: [Refusal("evil.no")] * 101, id="answers too much"),
    pytest.param(lambda: {Refusal}, id="answers in no order"),
    pytest.param(endless, id="answers without end"),
    pytest.param(lambda: LyingList([1]), id="answers a list without end"),
    pytest.param(coroutine, id="is a coroutine"),
]
SLOW_FAULTS = [
    pytest.param(hangs, id="hangs"),
    pytest.param(sleeps, id="sleeps"),
    pytest.param(hangs_in_its_answer, id="hangs in its answer"),
]
