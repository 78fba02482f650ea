"""Batches in a process of its own: the same answers, and no harm when it ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing import Value
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.core.conftest import Make, people
from tests.core.shop import POINTS, SHOP, Asked, Given, Noted
from wugong import (
    ANY,
    Engine,
    MatterOpened,
    Refusal,
    Refused,
    Uncertain,
    event,
    hookimpl,
    on,
    seal,
)
from wugong.testing import START

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


@event("asking.who", may={"officer": ANY})
class Who:
    """Somebody asks which process it is that asks the guards."""


@hookimpl
@on(Who)
def guard_event() -> list[Refusal]:
    """Refuse in the name of this process."""
    return [Refusal("asking.process", "pid", {"pid": os.getpid()})]


@hookimpl
def register() -> list[type]:
    """Bring the one act."""
    return [Who]


ASKING = SimpleNamespace(guard_event=guard_event, register=register)


class Stubborn(Exception):
    """An exception of a driver, that cannot be made again from what it holds."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def asked_in(engine: Engine) -> int:
    """Return the process that asks the guards."""
    with pytest.raises(Refused) as refused:
        engine.record("wutong", Who(), by="wang")
    assert refused.value.codes == ("asking.process",)
    return int(refused.value.reasons[0].details["pid"])


@pytest.fixture
def possible(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be several processors, however many there are."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})


@pytest.fixture
def apart(make: Make, possible: None) -> Engine:
    """Give an engine that writes apart."""
    made = make({"shop": SHOP, "asking": ASKING})
    people(made)
    assert made.write_apart()
    return made


def test_another_process_decides_and_says_the_same(apart: Engine) -> None:
    assert asked_in(apart) not in (os.getpid(), os.getppid())
    receipt = apart.record("wutong", Given(to=("li",), points=2), by="wang", key="k")
    assert apart.record("wutong", Given(to=("li",), points=2), by="wang", key="k") == receipt
    assert apart.book(POINTS, "wutong") == {"li": 2}
    head, fault = apart.verify("wutong")
    assert fault is None and head.digest == receipt.digest
    with pytest.raises(Refused) as refused:
        apart.record("wutong", Given(to=("li",), points=3), by="wang", key="k")
    assert refused.value.reasons[0].details == {"key": "k", "stands": receipt.seq}


def test_personal_texts_and_what_is_kept_of_a_matter_are_there(apart: Engine) -> None:
    place = apart.record("wutong", MatterOpened(title="Lights"), by="li").matter
    apart.record(place, Noted(text=seal("mind the step")), by="li")
    viewer = apart.viewer(place, "li")
    (noted,) = apart.facts(place, viewer, kinds=("shop.noted",))
    assert apart.open(noted, viewer) == {"text": "mind the step"}
    assert apart.matter(place).last == apart.head("wutong").seq


def test_the_clock_ticks_there(make: Make, possible: None) -> None:
    minutes = Value("q")
    engine = make(clock=lambda: START + timedelta(minutes=minutes.value))
    people(engine)
    place = engine.record("wutong", MatterOpened(title="Lights"), by="li").matter
    assert engine.write_apart()
    engine.record(place, Asked(question="When?", days=1), by="li")
    minutes.value = 24 * 60 - 1
    assert engine.tick() == 0
    minutes.value += 1
    assert engine.tick() == 1
    assert engine.verify("wutong")[1] is None


def test_what_cannot_be_handed_over_is_done_here(
    apart: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Who, "__reduce__", lambda _self: threading.Lock().__reduce__())
    assert asked_in(apart) == os.getpid()
    monkeypatch.undo()
    assert asked_in(apart) != os.getpid()


def test_an_answer_that_cannot_travel_is_named(
    make: Make, possible: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make()
    people(engine)
    with monkeypatch.context() as patched:
        patched.setattr(engine, "_process", _stubborn)
        assert engine.write_apart()
    with pytest.raises(RuntimeError, match="Stubborn"):
        engine.record("wutong", Given(to=("li",), points=1), by="wang")


def _stubborn(_jobs: object) -> None:
    raise Stubborn("one", "two")


def test_acts_of_many_threads_are_all_done(apart: Engine) -> None:
    def work() -> None:
        for _ in range(10):
            apart.record("wutong", Given(to=("li",), points=1), by="wang")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert apart.book(POINTS, "wutong") == {"li": 40}
    assert apart.verify("wutong")[1] is None


def test_once_that_process_is_gone_this_one_writes(
    apart: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    os.kill(asked_in(apart), signal.SIGKILL)
    gift = Given(to=("li",), points=1)
    with pytest.raises(Uncertain, match="not known whether"):
        apart.record("wutong", gift, by="wang", key="k")
    assert "from now on this one writes" in caplog.text
    assert apart.record("wutong", gift, by="wang", key="k").seq == apart.head("wutong").seq
    assert apart.book(POINTS, "wutong") == {"li": 1}
    assert asked_in(apart) == os.getpid()
    assert apart.tick() == 0


def test_signals_to_all_processes_do_not_end_it(apart: Engine) -> None:
    other = asked_in(apart)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(other, number)
    assert asked_in(apart) == other


def test_it_ends_with_the_engine(apart: Engine) -> None:
    other = asked_in(apart)
    apart.close()
    assert not Path(f"/proc/{other}").exists()
    assert asked_in(apart) == os.getpid(), "a closed engine opens again, as it always did"


def test_with_one_processor_or_in_memory_or_inline_it_is_not_made(
    make: Make, possible: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not make(database="sqlite://").write_apart()
    assert not make(writer="inline").write_apart()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0})
    assert not make().write_apart()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not make().write_apart()


def test_it_ends_when_the_program_is_killed(make: Make, tmp_path: Path, possible: None) -> None:
    engine = make({"shop": SHOP, "asking": ASKING})
    people(engine)
    engine.close()
    program = os.fork()
    if program == 0:
        try:
            assert engine.write_apart()
            (tmp_path / "other").write_text(str(asked_in(engine)))
            signal.pause()
        finally:
            os._exit(1)
    other = int(_soon(lambda: (tmp_path / "other").read_text()))
    os.kill(program, signal.SIGKILL)
    os.waitpid(program, 0)
    _soon(lambda: "" if Path(f"/proc/{other}").exists() else "gone")


def _soon(look: Callable[[], str]) -> str:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            if found := look():
                return found
        except OSError:
            pass
        time.sleep(0.02)
    raise AssertionError("it did not happen")
