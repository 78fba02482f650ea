"""The watch over hooks: what counts as their time, and how they are interrupted."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.core.evil import Poked, hangs, plugin, refused, stage
from wugong import calls
from wugong.testing import Rehearsal


def ends(rehearsal: Rehearsal, matter: str, is_refused: bool) -> None:
    """Poke, and expect that the hook was interrupted or that it was not."""
    if is_refused:
        assert refused(rehearsal, matter).code == "wugong.plugin_failed"
    else:
        rehearsal.act("li", matter, Poked())


@pytest.mark.slow
@pytest.mark.parametrize(("share", "is_refused"), [(0, True), (1, False)])
def test_time_without_a_processor_is_no_fault_of_a_plugin(
    monkeypatch: pytest.MonkeyPatch, share: int, is_refused: bool
) -> None:
    monkeypatch.setattr(calls, "_queued", lambda task: share * time.monotonic())
    rehearsal, matter = stage(plugin(Poked, guard_event=lambda: time.sleep(2.5)))
    ends(rehearsal, matter, is_refused)


def hangs_where_exceptions_are_dropped() -> Any:
    class Stuck:
        def __del__(self) -> None:
            hangs()

    Stuck()  # what interrupts it is dropped here
    hangs()


@pytest.mark.slow
def test_a_hook_that_drops_what_interrupts_it_is_interrupted_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropped: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda it: dropped.append(it.exc_type))
    fault = hangs_where_exceptions_are_dropped
    rehearsal, matter = stage(plugin(Poked, guard_event=fault))
    assert refused(rehearsal, matter).code == "wugong.plugin_failed"
    assert dropped == [calls.HookTimeout]


def test_garbage_that_is_collected_is_no_fault_of_a_plugin() -> None:
    watch = calls._Watch()
    watch._note_garbage(0.0)
    watch._note_garbage(2.0)  # late for another reason
    assert watch.collecting == 0
    watch._note_garbage(3.0)  # in the midst of a collection
    gc.collect()
    watch._note_garbage(0.5)
    watch._note_garbage(4.0)
    assert watch.collecting == 3.5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seconds", "most", "is_refused"),
    [(0.0, 60.0, True), (60.0, 60.0, False), (60.0, 0.0, True)],
)
def test_who_met_a_collection_of_garbage_has_longer_but_not_without_end(
    monkeypatch: pytest.MonkeyPatch, seconds: float, most: float, is_refused: bool
) -> None:
    def meets_it() -> None:
        calls._watch.collecting += seconds
        time.sleep(2.5)

    monkeypatch.setattr(calls, "MOST_COLLECTING", most)
    rehearsal, matter = stage(plugin(Poked, guard_event=meets_it))
    ends(rehearsal, matter, is_refused)


def collects_without_end() -> Any:
    while True:
        gc.collect()


@pytest.fixture
def no_callbacks() -> Iterator[None]:
    """Have no library, such as hypothesis, called by collections: there exceptions are dropped."""
    kept = gc.callbacks[:]
    gc.callbacks.clear()
    yield
    gc.callbacks[:] = kept


@pytest.mark.slow
@pytest.mark.usefixtures("no_callbacks")
def test_a_hook_that_collects_without_end_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MOST_COLLECTING", 0.5)
    rehearsal, matter = stage(plugin(Poked, guard_event=collects_without_end))
    assert refused(rehearsal, matter).code == "wugong.plugin_failed"


def test_the_watch_outlives_a_test_that_takes_the_clock_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rehearsal, matter = stage(plugin(Poked, guard_event=lambda: None))
    rehearsal.act("li", matter, Poked())
    with monkeypatch.context() as context:
        context.setattr(time, "monotonic", hangs)
        threading.Event().wait(2 * calls.LOOK_SECONDS)
    assert "wugong-watch" in {one.name for one in threading.enumerate()}
