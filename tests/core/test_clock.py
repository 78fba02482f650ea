"""A clock that leaps: what has a deadline waits until somebody says what time it is."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from tests.core.conftest import Make, people
from tests.core.shop import SHOP, Answered, Asked, Noted
from wugong import Engine, MatterOpened, Ref, Refused, hookimpl, seal
from wugong.clock import MOST_LEAP, ScriptedClock, Watch, system_clock, system_steady
from wugong.testing import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Seconds:
    """Counts the seconds that it is told of."""

    def __init__(self) -> None:
        self.passed = 1000.0

    def __call__(self) -> float:
        return self.passed


@pytest.fixture
def steady() -> Seconds:
    return Seconds()


@pytest.fixture
def engine(make: Make, steady: Seconds) -> Engine:
    made = make(steady=steady)
    people(made)
    return made


def passes(clock: ScriptedClock, steady: Seconds, span: timedelta) -> None:
    clock.now += span
    steady.passed += span.total_seconds()


@pytest.mark.parametrize("sign", [1, -1], ids=["forward", "back"])
@pytest.mark.parametrize(
    ("apart", "leapt"),
    [
        pytest.param(MOST_LEAP - timedelta(seconds=1), False, id="just below"),
        pytest.param(MOST_LEAP, False, id="at the bound"),
        pytest.param(MOST_LEAP + timedelta(seconds=1), True, id="just above"),
        pytest.param(DAY, True, id="a day"),
    ],
)
def test_a_clock_leaps_when_it_is_apart_from_the_seconds_that_passed(
    clock: ScriptedClock, steady: Seconds, apart: timedelta, leapt: bool, sign: int
) -> None:
    watch = Watch(clock, steady)
    passes(clock, steady, 400 * DAY)
    clock.now += sign * apart
    counted = START + timedelta(days=400)
    assert watch.leapt() == (sign * apart if leapt else timedelta())
    assert watch() == (counted if leapt else counted + sign * apart)
    clock.now = counted
    assert watch.look() == (counted, timedelta())  # set right


def test_a_script_may_leap_and_the_machine_is_watched(clock: ScriptedClock) -> None:
    watch = Watch(clock)
    clock.move(days=99)
    assert watch.look() == (clock.now, timedelta())
    machine = Watch(system_clock, system_steady)
    assert abs(machine() - datetime.now(UTC)) < HOUR and not machine.leapt()
    assert system_steady() <= system_steady()


@pytest.mark.parametrize("leap", [DAY, HOUR, -HOUR, -DAY, 400 * DAY])
def test_what_has_a_deadline_waits_after_a_leap(
    engine: Engine, matter: str, clock: ScriptedClock, steady: Seconds, leap: timedelta
) -> None:
    question = Ref(engine.record(matter, Asked(question="When?", days=1), by="li").seq)
    free = engine.record("wutong", MatterOpened(title="Benches"), by="li").matter
    passes(clock, steady, HOUR)
    before = engine.head("wutong")
    clock.now += leap
    with pytest.raises(Refused) as caught:
        engine.record(matter, Answered(question=question), by="wang")
    (reason,) = caught.value.reasons
    assert reason.code == "wugong.clock_leapt"
    assert reason.details == {"minutes": abs(leap) // timedelta(minutes=1)}
    with pytest.raises(Refused, match=r"wugong\.clock_leapt"):  # it would begin one
        engine.record(free, Asked(question="When?", days=1), by="li")
    assert engine.head("wutong") == before
    # What has none goes on, at the time that passed: no deadline is behind a record of it.
    noted = engine.record(free, Noted(text=seal("a")), by="li")
    assert noted.at == (START + HOUR).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    clock.now -= leap  # set right
    engine.record(matter, Answered(question=question), by="wang")
    engine.record(free, Asked(question="When?", days=1), by="li")


def test_the_clock_records_nothing_after_a_leap_until_the_program_starts_again(
    make: Make,
    engine: Engine,
    matter: str,
    clock: ScriptedClock,
    steady: Seconds,
    caplog: pytest.LogCaptureFixture,
) -> None:
    engine.record(matter, Asked(question="When?", days=1), by="li")
    head = engine.head("wutong")
    clock.move(days=9)
    with caplog.at_level(logging.ERROR):
        assert engine.tick() == 0
    assert "the clock leapt by 9 days, 0:00:00: deadlines wait" in caplog.text
    assert engine.head("wutong") == head
    again = make(steady=steady)  # whoever starts the program says that the time is right
    assert again.tick() == 1
    kinds = [fact.kind for fact in again.facts(matter, again.viewer(matter, "wang"), newest=True)]
    assert kinds[0] == "shop.lapsed"


def test_what_follows_a_fact_is_told_once_the_clock_is_right(
    make: Make, clock: ScriptedClock, steady: Seconds
) -> None:
    given: list[int] = []

    class Listener:
        @hookimpl
        def published(self, facts: tuple[object, ...], matter: object) -> None:
            given.append(len(facts))

    engine = make({"shop": SHOP, "listener": Listener()}, steady=steady, writer="inline")
    people(engine)
    given.clear()
    clock.move(days=1)
    engine.record("wutong", MatterOpened(title="Benches"), by="li")
    assert given == []
    clock.move(days=-1)
    engine.tick()
    engine.record("wutong", MatterOpened(title="Well"), by="li")
    assert sum(given) == 2
