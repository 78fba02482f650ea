"""Engines with a small shop as their plugin, on each kind of database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.core.shop import POINTS, SHOP, Given
from wugong import (
    Engine,
    Entitlement,
    MatterOpened,
    MemberEnrolled,
    Part,
    RoleGranted,
    seal,
)
from wugong.clock import ScriptedClock
from wugong.testing import START, Dice, imported

MEMBERS = {"wang": ("officer",), "zhou": ("officer", "agent"), "li": (), "zhao": (), "sun": ()}
Make = Callable[..., Engine]


@pytest.fixture
def clock() -> ScriptedClock:
    """Give a clock that stands on a Monday morning until it is moved."""
    return ScriptedClock(START)


@pytest.fixture
def make(database: str, tmp_path: Path, clock: ScriptedClock) -> Iterator[Make]:
    """Give a function that opens engines, all on one database of the kind under test."""
    opened: list[Engine] = []

    def open_engine(plugins: Any = None, **options: Any) -> Engine:
        options = {
            "clock": clock,
            "random": Dice(str(len(opened))),
            "keys": tmp_path / "wugong.keys",
            **options,
        }
        chosen = {"shop": SHOP} if plugins is None else plugins
        opened.append(Engine(options.pop("database", database), chosen, **options))
        return opened[-1]

    yield open_engine
    for one in opened:
        one.close()


def people(engine: Engine, community: str = "wutong") -> None:
    """Found a community and enrol its people."""
    engine.found(community, title="Wutong Lane", setting="urban")
    acts: list[tuple[str, Any]] = []
    for member, roles in MEMBERS.items():
        acts.append((community, MemberEnrolled(member=member, name=seal(member.title()))))
        acts += [(community, RoleGranted(member=member, role=role)) for role in roles]
    engine.record_many(acts, by="operator")


def give_in_four_threads(engine: Engine) -> None:
    """Give li forty points, one an act, from four threads at once, and see that all are there."""

    def work() -> None:
        for _ in range(10):
            engine.record("wutong", Given(to=("li",), points=1), by="wang")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert engine.book(POINTS, "wutong") == {"li": 40}
    assert engine.verify("wutong")[1] is None


@pytest.fixture
def engine(make: Make) -> Engine:
    """Give an engine with the community ``wutong`` and its people."""
    made = make()
    people(made)
    return made


@pytest.fixture
def matter(engine: Engine) -> str:
    """Give a matter that li opened; planning is open."""
    return engine.record("wutong", MatterOpened(title="Street lights"), by="li").matter


@pytest.fixture
def roster(engine: Engine) -> str:
    """Give the name of an imported roster of three flats in two stairs."""
    listed = [
        Entitlement("101", "li", parts=(Part("101", "stair-1", 8000),)),
        Entitlement("102", "zhao", parts=(Part("102", "stair-1", 6000),)),
        Entitlement("201", "sun", parts=(Part("201", "stair-2", 9050),)),
    ]
    engine.record("wutong", imported("owners", listed), by="operator")
    return "owners"
