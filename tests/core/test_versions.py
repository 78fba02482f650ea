"""Two versions of the program on one database: each sees in its own books what the other did."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.core.conftest import Make, people
from tests.core.shop import ITEMS, POINTS, SHOP, STOCK, Given, Redeemed, Stocked, plugin
from wugong import Act, Book, Books, Engine, Ref, Refusal, Refused, View, hookimpl, on, versions

DOUBLED: Book[int] = Book(
    "shop.points",
    version=2,
    keys=POINTS.keys,
    fold=lambda v, k, f: (POINTS.fold((v or 0) // 2, k, f) or 0) * 2 or None,
    hears=(Given, Redeemed),
)
SHELVES: Book[Any] = Book(
    "shop.stock", version=2, keys=STOCK.keys, fold=STOCK.fold, hears=(Stocked, Redeemed)
)
LISTED = View(
    "shop.items", version=2, columns=ITEMS.columns, fill=ITEMS.fill, hears=(Stocked, Redeemed)
)
NEWER = {id(POINTS): DOUBLED, id(STOCK): SHELVES, id(ITEMS): LISTED}


@hookimpl
@on(Redeemed)
def guard_event(act: Act, books: Books) -> list[Refusal]:
    item = books.get(SHELVES, str(act.event.item)) or {"left": 0}
    return [] if item["left"] else [Refusal("shop.sold_out")]


def newer() -> SimpleNamespace:
    """The shop with books and a view of another version, and a guard that reads them."""
    register = hookimpl(lambda: [NEWER.get(id(one), one) for one in SHOP.register()])
    return plugin(register=register, guard_event=guard_event)


@pytest.fixture
def both(make: Make) -> tuple[Engine, Engine]:
    old = make()
    people(old)
    old.record("wutong", Given(to=("li", "sun"), points=3), by="wang")
    return old, make({"shop": newer()})


def behind(engine: Engine) -> dict[str, int]:
    with engine.storage.read() as connection:
        return versions.built(connection, "wutong")


def stocked(engine: Engine, stock: int) -> Ref:
    return Ref(engine.record("wutong", Stocked(title="salt", stock=stock), by="wang").seq)


def told(engine: Engine, view: View) -> list[dict[str, Any]]:
    rows = engine.view(view, "wutong", engine.viewer("wutong", "wang"))
    return [{name: row[name] for name in ("key", "title", "stock", "taken")} for row in rows]


def test_a_new_version_stands_beside_the_old_one(both: tuple[Engine, Engine]) -> None:
    old, new = both
    assert old.book(POINTS, "wutong") == {"li": 3, "sun": 3}
    assert new.book(DOUBLED, "wutong") == {"li": 6, "sun": 6}
    assert set(behind(new).values()) == {0}


def test_acts_of_either_are_seen_by_both(both: tuple[Engine, Engine]) -> None:
    old, new = both
    for round_ in range(1, 4):
        item = stocked(old, 2)
        new.record("wutong", Redeemed(item=item), by="li")
        old.record("wutong", Given(to=("li",), points=1), by="wang")
        assert old.book(POINTS, "wutong") == {"li": 3, "sun": 3}
        assert new.book(DOUBLED, "wutong") == {"li": 6, "sun": 6}
        assert told(old, ITEMS) == told(new, LISTED)
        assert len(told(new, LISTED)) == round_


def test_a_guard_sees_what_the_other_version_recorded(both: tuple[Engine, Engine]) -> None:
    old, new = both
    item = stocked(old, 1)
    new.record("wutong", Redeemed(item=item), by="li")
    for engine in both:
        with pytest.raises(Refused, match="sold_out"):
            engine.record("wutong", Redeemed(item=item), by="sun")


def test_what_falls_behind_is_noted_once_and_nothing_is_while_one_program_runs(
    both: tuple[Engine, Engine],
) -> None:
    old, new = both
    first = old.record("wutong", Given(to=("li",), points=1), by="wang").seq
    old.record("wutong", Given(to=("sun",), points=1), by="wang")
    lacks = {name: seq for name, seq in behind(old).items() if seq}
    assert lacks == {"shop.points/2": first, "shop.stock/2": first, "shop.items/2": first}
    new.record("wutong", Given(to=("li",), points=1), by="wang")
    assert {name for name, seq in behind(new).items() if seq} == {
        "shop.points/1",
        "shop.stock/1",
        "shop.items/1",
    }
    assert new.book(DOUBLED, "wutong") == {"li": 10, "sun": 8}


def test_each_leaves_what_a_rebuild_makes(both: tuple[Engine, Engine]) -> None:
    old, new = both
    item = stocked(new, 2)
    old.record("wutong", Redeemed(item=item), by="li")
    new.record("wutong", Redeemed(item=item), by="sun")
    kept = new.book(DOUBLED, "wutong"), told(new, LISTED)
    new.rebuild()
    assert (new.book(DOUBLED, "wutong"), told(new, LISTED)) == kept
    assert not [name for name in behind(new) if name == "shop.points/1"]  # a rebuild drops it
    assert old.book(POINTS, "wutong") == {"li": 2, "sun": 2}  # who still needs it builds it again
    old.record("wutong", Redeemed(item=stocked(old, 1)), by="li")
    assert old.book(POINTS, "wutong") == {"li": 1, "sun": 2}
    assert new.book(DOUBLED, "wutong") == {"li": 2, "sun": 4}
    assert new.verify("wutong")[1] is None


def test_building_goes_on_where_it_was_interrupted_and_others_recorded_meanwhile(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "AT_ONCE", 7)
    old = make()
    people(old)
    for _ in range(20):
        old.record("wutong", Given(to=("li",), points=1), by="wang")
    steps, advance = 0, versions.advance

    def interrupted(*given: Any, **more: Any) -> None:
        nonlocal steps
        steps += 1
        if steps == 3:
            raise RuntimeError("the power went")
        advance(*given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(versions, "advance", interrupted)
        with pytest.raises(RuntimeError, match="power"):
            make({"shop": newer()})
    assert {behind(old)[name] for name in ("shop.points/2", "shop.stock/2")} == {15}
    old.record("wutong", Given(to=("sun",), points=5), by="wang")
    assert behind(old)["shop.points/2"] == 15  # what lacks earlier facts lacks this one, too
    new = make({"shop": newer()})
    assert new.book(DOUBLED, "wutong") == {"li": 40, "sun": 10}
    assert set(behind(new).values()) == {0}
