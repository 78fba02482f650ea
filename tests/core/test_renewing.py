"""What is awaited in every matter follows the roles and settings of its community."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from tests.core.conftest import Make, people
from tests.core.shop import Given, plugin
from wugong import (
    Engine,
    Matter,
    MatterOpened,
    RoleGranted,
    RoleRevoked,
    Waiting,
    hookimpl,
    rebuilding,
)
from wugong.deadlines import Calendar
from wugong.tables import MatterRow
from wugong.testing import Rehearsal


@hookimpl
def waiting(matter: Matter) -> list[Waiting]:
    """Await an elder by name, where there is one."""
    if matter.is_standing:
        return []
    return [Waiting("Hear", f"member:{one}") for one in matter.standing.holders("elder")]


def awaited(engine: Engine, member: str) -> list[str]:
    tasks = engine.tasks("wutong", engine.viewer("wutong", member))
    return [matter for matter, _item in tasks]


def stale(engine: Engine) -> int:
    """Return how many matters were listed before roles or settings last changed."""
    standing = engine.matter("wutong").standing
    with engine.storage.read() as connection:
        query = select(func.count()).where(col(MatterRow.stood) < standing.changed)
        return int(connection.execute(query).scalar() or 0)


def test_a_role_changes_what_is_awaited_in_matters_that_nobody_touched(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "RENEWED_AT_ONCE", 2)
    engine = make({"shop": plugin(waiting=waiting)})
    people(engine)
    places = [
        engine.record("wutong", MatterOpened(title=f"No. {n}"), by="li").matter for n in range(5)
    ]
    assert awaited(engine, "zhao") == []
    engine.record("wutong", RoleGranted(member="zhao", role="elder"), by="operator")
    assert stale(engine) == 5
    assert awaited(engine, "zhao") == sorted(places)
    assert stale(engine) == 0
    engine.record("wutong", RoleRevoked(member="zhao", role="elder"), by="operator")
    assert awaited(engine, "zhao") == []
    assert engine.verify("wutong")[1] is None


def test_what_is_awaited_follows_the_working_days(database: str, tmp_path: Path) -> None:
    known = [Calendar()]

    @hookimpl
    def waiting(matter: Matter) -> list[Waiting]:
        return [Waiting(str(sorted(matter.calendar.years)), "officer")]

    shop = {"shop": plugin(waiting=waiting)}
    r = Rehearsal(shop, database=database, keys=tmp_path / "k", calendar=lambda: known[0])
    matter, matters = r.matter(r.open("Lights", by="operator")), r.engine._means.matters
    assert [one.what for one in matters.awaited(matter)] == ["[]"]
    known[0] = Calendar(frozenset({2026}))
    assert [one.what for one in matters.awaited(matter)] == ["[2026]"]
    r.engine.close()


def test_a_tick_renews_what_is_awaited(make: Make) -> None:
    engine = make({"shop": plugin(waiting=waiting)})
    people(engine)
    engine.record("wutong", MatterOpened(title="Lights"), by="li")
    engine.record("wutong", RoleGranted(member="zhao", role="elder"), by="operator")
    assert stale(engine) == 1
    engine.tick()
    assert stale(engine) == 0


def test_facts_that_change_no_role_renew_nothing(make: Make) -> None:
    engine = make({"shop": plugin(waiting=waiting)})
    people(engine)
    engine.record("wutong", MatterOpened(title="Lights"), by="li")
    engine.tick()
    engine.record("wutong", Given(to=("li",), points=1), by="wang")
    assert stale(engine) == 0


def test_a_plugin_that_fails_in_one_matter_keeps_no_other_back(make: Make) -> None:
    faults: list[str] = []

    @hookimpl
    def failing(matter: Matter) -> list[Any]:
        if matter.id in faults:
            raise RuntimeError("lost the thread")
        return waiting(matter)

    engine = make({"shop": plugin(waiting=failing)})
    people(engine)
    first, second = (
        engine.record("wutong", MatterOpened(title=title), by="li").matter for title in "ab"
    )
    engine.record("wutong", RoleGranted(member="zhao", role="elder"), by="operator")
    faults.append(first)
    assert awaited(engine, "zhao") == [second]
    assert stale(engine) == 0
