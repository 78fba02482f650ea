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
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

from tests.core.conftest import Make, give_in_four_threads, people
from tests.core.shop import POINTS, SHOP, Asked, Given, Noted
from wugong import (
    ANY,
    Act,
    Engine,
    Erased,
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
from wugong.vault import MemoryKeys

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


HOME = os.getpid()


@event("asking.who", may={"officer": ANY})
class Who:
    """Somebody asks which process it is that asks the guards."""


@event("asking.died", may={"officer": ANY}, bulk=True)
class Died:
    """Whoever is not at home dies of it."""


@hookimpl
@on(Who, Died)
def guard_event(act: Act) -> list[Refusal]:
    """Refuse in the name of this process, or end it."""
    if isinstance(act.event, Who):
        return [Refusal("asking.process", "pid", MappingProxyType({"pid": os.getpid()}))]
    _die_abroad()
    return []


def _die_abroad(*_whatever: object) -> None:
    if os.getpid() != HOME:
        os.kill(os.getpid(), signal.SIGKILL)


@hookimpl
def register() -> list[type]:
    """Bring the acts."""
    return [Who, Died]


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


def _unhappy() -> Any:
    if os.getpid() != HOME:
        raise ValueError("not here")
    return Who()


@pytest.mark.parametrize(
    "reduced", [lambda _self: threading.Lock().__reduce__(), lambda _self: (_unhappy, ())]
)
def test_what_cannot_be_handed_over_is_done_here(
    apart: Engine, monkeypatch: pytest.MonkeyPatch, reduced: Any
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Who, "__reduce__", reduced)
        assert asked_in(apart) == HOME
    assert asked_in(apart) != HOME


def test_one_that_cannot_travel_does_not_keep_the_others(
    apart: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Who, "__reduce__", lambda _self: threading.Lock().__reduce__())
    acts: list[Any] = [Given(to=("li",), points=1), Who(), Given(to=("li",), points=2)]
    jobs = [apart._job([("wutong", act)], "wang", None, "api", None) for act in acts]
    apart._work(jobs)
    first, refused, second = (job.result for job in jobs)
    assert isinstance(refused, Refused) and refused.reasons[0].details["pid"] == HOME
    assert isinstance(first, list) and isinstance(second, list)
    assert second[0].seq == first[0].seq + 1
    assert apart.book(POINTS, "wutong") == {"li": 3}


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
    give_in_four_threads(apart)


def test_once_that_process_is_gone_this_one_writes(
    apart: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    assert apart._apart is not None
    pipe = apart._apart._pipe
    os.kill(asked_in(apart), signal.SIGKILL)
    _soon(lambda: "at its end" if pipe.poll() else "")
    assert apart.record("wutong", Given(to=("li",), points=1), by="wang").seq
    assert "from now on this one writes" in caplog.text
    assert apart.book(POINTS, "wutong") == {"li": 1}
    assert asked_in(apart) == HOME
    assert apart.tick() == 0


def test_what_it_was_doing_when_it_died_is_not_known_and_counts_once(apart: Engine) -> None:
    with pytest.raises(Uncertain, match="not known whether"):
        apart.record("wutong", Died(), by="wang", key="k")
    before = apart.head("wutong").seq
    receipt = apart.record("wutong", Died(), by="wang", key="k")
    assert receipt.seq == before + 1
    assert apart.record("wutong", Died(), by="wang", key="k") == receipt
    assert apart.verify("wutong")[1] is None


def test_a_key_that_it_left_is_destroyed_before_anything_is_written(
    make: Make, possible: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make()
    people(engine)
    place = engine.record("wutong", MatterOpened(title="Lights"), by="li").matter
    engine.record(place, Noted(text=seal("mind the step")), by="sun")
    with monkeypatch.context() as patched:
        patched.setattr(engine, "_erase", _die_abroad)
        assert engine.write_apart()
        with pytest.raises(Uncertain):
            engine.record("wutong", Erased(member="sun", reason="asked for it"), by="operator")
    viewer = engine.viewer(place, "wang")
    (noted,) = engine.facts(place, viewer, kinds=("shop.noted",))
    assert engine.open(noted, viewer) == {"text": "mind the step"}
    engine.record("wutong", Given(to=("li",), points=1), by="wang")
    assert engine.open(noted, viewer) == {"text": None}


def test_an_answer_that_nobody_took_is_not_given_to_the_next(
    apart: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert apart._apart is not None
    with monkeypatch.context() as patched:
        patched.setattr(apart._apart._pipe, "recv_bytes", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            apart.tick()
    for points in (1, 2, 3):
        receipt = apart.record("wutong", Given(to=("li",), points=points), by="wang")
        assert receipt.seq == apart.head("wutong").seq
    assert apart.book(POINTS, "wutong") == {"li": 6}


def _interrupted() -> bytes:
    raise KeyboardInterrupt


def test_a_fork_of_the_host_writes_itself(apart: Engine, tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        try:
            told = [apart.record("wutong", Given(to=("li",), points=1), by="wang")]
            (tmp_path / "seq").write_text(f"{told[0].seq} {asked_in(apart) == os.getpid()}")
            apart.close()
        finally:
            os._exit(0)
    mine = [apart.record("wutong", Given(to=("li",), points=1), by="wang") for _ in range(5)]
    os.waitpid(child, 0)
    seq, itself = (tmp_path / "seq").read_text().split()
    assert itself == "True" and int(seq) not in [receipt.seq for receipt in mine]
    assert asked_in(apart) != HOME
    assert apart.book(POINTS, "wutong") == {"li": 6}


def test_it_ends_though_another_process_holds_the_pipe(apart: Engine) -> None:
    holder, other = os.fork(), 0
    if holder == 0:
        try:
            signal.pause()
        finally:
            os._exit(0)
    try:
        other = asked_in(apart)
        apart.close()
        assert not Path(f"/proc/{other}").exists()
    finally:
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)


def test_what_was_committed_last_is_told_at_the_end(
    make: Make, possible: None, tmp_path: Path
) -> None:
    def published(facts: Any) -> None:
        with (tmp_path / "told").open("a") as file:
            file.write("".join(f"{fact.kind}\n" for fact in facts))

    telling = SimpleNamespace(published=hookimpl(on(Given)(published)))
    engine = make({"shop": SHOP, "asking": ASKING, "telling": telling})
    people(engine)
    assert engine.write_apart()
    engine.record("wutong", Given(to=("li",), points=1), by="wang")
    engine.close()
    assert (tmp_path / "told").read_text() == "shop.given\n"


def test_signals_to_all_processes_do_not_end_it(apart: Engine) -> None:
    other = asked_in(apart)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(other, number)
    assert asked_in(apart) == other


def test_it_ends_with_the_engine(apart: Engine) -> None:
    other = asked_in(apart)
    apart.close()
    assert not Path(f"/proc/{other}").exists()
    assert asked_in(apart) == HOME, "a closed engine opens again, as it always did"


def test_with_one_processor_or_in_memory_or_inline_it_is_not_made(
    make: Make, possible: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not make(database="sqlite://").write_apart()
    assert not make(writer="inline").write_apart()
    assert not make(keys=MemoryKeys()).write_apart()
    with monkeypatch.context() as patched:
        patched.setattr(os, "fork", _no_room)
        assert not make().write_apart()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0})
    assert not make().write_apart()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not make().write_apart()


def _no_room() -> int:
    raise BlockingIOError(11, "Resource temporarily unavailable")


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
