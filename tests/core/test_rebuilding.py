"""Books, views and lists are the journal told anew: equal to what they were, and to the byte."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.core.conftest import Make, people
from tests.core.shop import (
    POINTS,
    SHOP,
    Asked,
    Chimed,
    Given,
    Noted,
    Redeemed,
    Stocked,
    plugin,
)
from tests.core.test_guards import PROCEDURE
from wugong import (
    ANY,
    PLAN,
    ROLL,
    Book,
    Engine,
    Entitlement,
    Fold,
    HoldPlaced,
    MatterOpened,
    Option,
    Part,
    PollOpened,
    Ref,
    RoleGranted,
    StageClosed,
    event,
    hookimpl,
    on,
    read_procedure,
    seal,
)
from wugong.clock import ScriptedClock
from wugong.tables import BookRow, BuiltRow, LinkRow, MatterRow, ViewRow, WaitingRow
from wugong.testing import imported

REBUILT: tuple[Any, ...] = (BookRow, ViewRow, LinkRow, MatterRow, WaitingRow, BuiltRow)


def shop(**more: Any) -> SimpleNamespace:
    @hookimpl
    @on(Chimed)
    def co_plan(fact: Any) -> list[Any]:
        return [HoldPlaced(stage=PLAN, until=fact.at + timedelta(days=30))]

    made = plugin(co_plan=co_plan, **more)
    declared = made.register
    made.register = hookimpl(lambda: [*declared(), read_procedure(PROCEDURE)])
    return made


def tables(engine: Engine) -> dict[str, list[Any]]:
    found = {}
    with engine.storage.read() as connection:
        for model in REBUILT:
            table = model.__table__
            rows = connection.execute(table.select().order_by(*table.primary_key.columns))
            found[table.name] = [tuple(row) for row in rows]
    return found


def live(engine: Engine, clock: ScriptedClock) -> None:
    """Live through a season: books, views, links, waiting items, a hold, a roll, a refusal."""
    people(engine)
    listed = [
        Entitlement("101", "li", parts=(Part("101", "stair-1", 8000),)),
        Entitlement("102", "zhao", parts=(Part("102", "stair-2", 6000),)),
    ]
    engine.record("wutong", imported("owners", listed), by="operator")
    place = engine.record("wutong", MatterOpened(title="Lights", category="a"), by="li").matter
    items = [Ref(engine.record("wutong", Stocked(title=t, stock=3), by="wang").seq) for t in "ab"]
    engine.record("wutong", Given(to=("li", "sun"), points=5), by="wang")
    for who in ("li", "sun", "li"):
        engine.record("wutong", Redeemed(item=items[0]), by=who)
    clock.move(days=2)
    engine.record(place, Asked(question="When?", days=3), by="li")
    engine.record(place, Asked(question="Where?", days=30), by="zhao")
    engine.record(place, Noted(text=seal("a"), about=tuple(items)), by="sun")
    options = (Option(id="yes", title="Yes"), Option(id="no", title="No"))
    polled = PollOpened(
        question="Lights?",
        options=options,
        procedure="owners.test",
        roster="owners",
        closes_at=clock.now + timedelta(days=7),
        about=(items[1],),
    )
    engine.record(place, polled, by="wang")
    clock.move(days=4)
    engine.tick()
    done = engine.record("wutong", MatterOpened(title="Done"), by="sun").matter
    engine.record(done, StageClosed(stage=PLAN), by="wang")
    engine.record(place, Chimed(note="hold"), by="wang")


def test_a_rebuild_changes_no_row(make: Make, clock: ScriptedClock) -> None:
    engine = make({"shop": shop()})
    live(engine, clock)
    before = tables(engine)
    assert all(before.values())
    assert any(row[1] == ROLL.table for row in before["wugong_book"])
    told: list[tuple[int, int]] = []
    engine.rebuild(progress=lambda done, seq: told.append((done, seq)))
    assert tables(engine) == before
    head = engine.head("wutong").seq
    assert told == [(head, head)]
    assert engine.verify("wutong")[1] is None


def test_what_was_lost_or_forged_is_made_anew(make: Make, clock: ScriptedClock) -> None:
    engine = make({"shop": shop()})
    live(engine, clock)
    before = tables(engine)
    with engine.storage.write() as connection:
        for model in set(REBUILT) - {MatterRow, BuiltRow}:
            connection.execute(model.__table__.delete())
        connection.execute(
            MatterRow.__table__.update().values(title="forged", stages=31)  # type: ignore[attr-defined]
        )
    engine.rebuild()
    assert tables(engine) == before


def test_who_reads_after_a_rebuild_sees_what_they_saw(make: Make, clock: ScriptedClock) -> None:
    engine = make({"shop": shop()})
    live(engine, clock)
    seen = [
        engine.matter(line.id)
        for line in engine.matters("wutong", engine.viewer("wutong", "li"))[0]
    ]
    engine.rebuild()
    later = make({"shop": shop()})
    for one in seen:
        assert later.matter(one.id) == one == engine.matter(one.id)


def test_a_new_version_of_a_book_is_built_at_start(make: Make, clock: ScriptedClock) -> None:
    engine = make({"shop": shop()})
    live(engine, clock)
    engine.close()
    doubled: Book[int] = Book(
        "shop.points",
        version=2,
        keys=POINTS.keys,
        fold=lambda v, k, f: (POINTS.fold((v or 0) // 2, k, f) or 0) * 2 or None,
        hears=(Given, Redeemed),
    )
    again = shop(register=_replacing(POINTS, doubled))
    later = make({"shop": again})
    assert later.book(doubled, "wutong") == {"li": 6, "sun": 8}
    later.record("wutong", Given(to=("li",), points=1), by="wang")
    assert later.book(doubled, "wutong") == {"li": 8, "sun": 8}
    assert later.verify("wutong")[1] is None


def _replacing(old: Any, new: Any) -> Any:
    return hookimpl(lambda: [new if one is old else one for one in SHOP.register()])


def test_a_new_book_is_filled_with_what_happened_before_it(
    make: Make, clock: ScriptedClock
) -> None:
    engine = make({"shop": shop()})
    live(engine, clock)
    engine.close()
    counted: Book[int] = Book(
        "shop.asked_by",
        keys=lambda thing: (thing.who,),
        fold=lambda value, _key, _fact: (value or 0) + 1,
        hears=(Asked,),
    )
    later = make({"shop": shop(register=hookimpl(lambda: [*SHOP.register(), counted]))})
    assert later.book(counted, "wutong") == {"li": 1, "zhao": 1}


def test_a_book_whose_plugin_was_away_is_made_anew_when_it_comes_back(make: Make) -> None:
    """It hears the core's own facts, which went on without it."""
    roles: Book[int] = Book(
        "other.roles",
        keys=lambda thing: (thing.event.role,),
        fold=lambda value, _key, _fact: (value or 0) + 1,
        hears=(RoleGranted,),
    )
    other = SimpleNamespace(register=hookimpl(lambda: [roles]))
    first = make({"other": other})
    people(first)
    assert first.book(roles, "wutong") == {"officer": 2, "agent": 1}
    first.close()
    without = make({})
    without.record("wutong", RoleGranted(member="li", role="elder"), by="operator")
    without.close()
    again = make({"other": other})
    assert again.book(roles, "wutong") == {"officer": 2, "agent": 1, "elder": 1}


# Old facts


def versions() -> Iterable[Any]:
    """Yield a plugin as it was, and as it became: renamed, with a field of another meaning."""

    @event("old.weighed", may={"resident": ANY})
    class Weighed:
        """In whole kilograms."""

        kilograms: int
        about: Ref | None = None

    def fold(unit: str) -> Any:
        return lambda value, fact: value + getattr(fact.event, unit)

    total: Fold[int] = Fold("old.total", initial=0, fold=fold("kilograms"), hears=(Weighed,))
    yield SimpleNamespace(register=hookimpl(lambda: [Weighed, total])), Weighed, total

    @event("old.measured", may={"resident": ANY}, version=3, formerly=("old.weighed",))
    class Measured:
        """In grams; what was one weighing is two measurements of half each."""

        grams: int
        about: Ref | None = None

        @staticmethod
        def upcast(version: int, body: Any) -> Any:
            assert version == 1
            half = {"grams": body["kilograms"] * 500, "about": body["about"]}
            return [half, half]

    later: Fold[int] = Fold("old.total", initial=0, fold=fold("grams"), hears=(Measured,))
    sizes: Book[int] = Book(
        "old.sizes",
        keys=lambda thing: (str(thing.event.grams),),
        fold=lambda value, _key, _fact: (value or 0) + 1,
        hears=(Measured,),
    )
    new = SimpleNamespace(register=hookimpl(lambda: [Measured, later, sizes]))
    yield new, Measured, (later, sizes)


def test_old_facts_are_read_as_what_they_became(make: Make) -> None:
    (old, weighed, total), (new, measured, (later, sizes)) = versions()
    engine = make({"old": old})
    people(engine)
    place = engine.record("wutong", MatterOpened(title="Scales"), by="li").matter
    seq = engine.record(place, weighed(kilograms=3, about=Ref(1)), by="li").seq
    assert engine.matter(place).state(total) == 3
    exported = list(engine.export("wutong"))
    engine.close()

    engine = make({"old": new})
    assert engine.matter(place).state(later) == 3000
    assert engine.book(sizes, "wutong") == {"1500": 2}
    li = engine.viewer(place, "li")
    facts = engine.facts(place, li, kinds=("old.measured",))
    assert [(f.seq, f.kind, f.version, f.event.grams) for f in facts] == [
        (seq, "old.measured", 1, 1500)
    ] * 2
    assert engine.links("wutong", seq, li)[0] == [1]
    engine.record(place, measured(grams=7), by="li")
    assert engine.matter(place).state(later) == 3007
    before = tables(engine)
    engine.rebuild()
    assert tables(engine) == before
    assert list(engine.export("wutong"))[: len(exported)] == exported
    assert engine.verify("wutong")[1] is None


@pytest.mark.parametrize("version", [2, 4])
def test_a_version_that_nobody_can_read_is_shown_as_it_stands(make: Make, version: int) -> None:
    @event("old.weighed", may={"resident": ANY}, version=version)
    class Newer:
        """From another time."""

        stones: int

    @event("old.weighed", may={"resident": ANY}, version=3)
    class Ours:
        """Ours."""

        grams: int

    def made(kind: Any, unit: str) -> Any:
        total: Fold[int] = Fold(
            "old.total", initial=0, fold=lambda v, f: v + getattr(f.event, unit), hears=(kind,)
        )
        return SimpleNamespace(register=hookimpl(lambda: [kind, total])), total

    (newer, _), (ours, total) = made(Newer, "stones"), made(Ours, "grams")
    engine = make({"old": newer})
    people(engine)
    place = engine.record("wutong", MatterOpened(title="Scales"), by="li").matter
    engine.record(place, Newer(stones=3), by="li")
    engine.close()
    engine = make({"old": ours})
    engine.record(place, Ours(grams=5), by="li")
    assert engine.matter(place).state(total) == 5
    facts = engine.facts(place, engine.viewer(place, "wang"), kinds=("old.weighed",))
    assert facts[0].event.body == {"stones": 3}
    engine.rebuild()
    assert engine.verify("wutong")[1] is None
