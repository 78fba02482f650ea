"""Registration: every misdeclaration stops the start and names the plugin and the fault."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.core.conftest import MEMBERS
from tests.core.shop import POINTS, SHOP, STOCK, Asked, Given, Redeemed, Stocked, plugin
from wugong import (
    ANY,
    Book,
    Fold,
    Misconfigured,
    Reads,
    Ref,
    Refusal,
    Texts,
    View,
    event,
    hookimpl,
    hookspecs,
    on,
)
from wugong.hookspecs import Leaving
from wugong.plugins import build, describe
from wugong.testing import Rehearsal


def co_dream(matter: Any, fact: Any) -> None:
    """A hook that was there once."""


def old_waiting(matter: Any, now: Any = None) -> None:
    """The hook as it was when it still had the time."""


def registering(*contributions: Any) -> SimpleNamespace:
    return SimpleNamespace(register=hookimpl(lambda: list(contributions)))


@event("other.sung", may={}, says="{verze}, no. {seq}, by {by}")
class Sung:
    verse: str


@event("other.said", may={"resident": ANY})
class Said:
    """Somebody says something."""

    note: str
    count: int = 0


def test_everything_that_is_contributed_is_found_by_its_name() -> None:
    registry = build({"shop": SHOP})
    assert registry.kind("shop.asked") is not None
    assert registry.folds["shop.questions"][0] == "shop"
    assert set(registry.books) == {"shop.stock", "shop.points"}
    assert list(registry.views) == ["shop.items"]
    assert list(registry.relations) == ["shop.asker"]
    assert [one.plugin for one in registry.hearing("guard_event", "shop.redeemed")] == ["shop"]
    [shop] = describe(registry)
    assert shop["hooks"] == ["guard_event", "waiting"]
    assert shop["books"] == ["shop.points/1", "shop.stock/1"]


@pytest.mark.parametrize(
    ("plugins", "what"),
    [
        pytest.param(
            {"shop": SimpleNamespace(guard_evnt=hookimpl(lambda: None))},
            "shop.*guard_evnt",
            id="a misspelt hook",
        ),
        pytest.param(
            {"shop": SimpleNamespace(waiting=hookimpl(lambda matter, colour: None))},
            "(?s)shop.*colour",
            id="an argument that no hook has",
        ),
        pytest.param(
            {"shop": SimpleNamespace(guard_event=hookimpl(lambda act: None))},
            r"plugin shop: guard_event needs @on\(kinds\)",
            id="a guard of everything",
        ),
        pytest.param(
            {
                "shop": SimpleNamespace(
                    guard_event=hookimpl(tryfirst=True)(on("shop.x")(lambda act: None))
                )
            },
            "plugin shop: guard_event must not be a wrapper, tryfirst or trylast",
            id="tryfirst",
        ),
        pytest.param(
            {"shop": registering(Said)},
            r"plugin shop: its events are called shop\.…, not other\.said",
            id="another's event",
        ),
        pytest.param(
            {"other": registering(Said, Said)},
            "plugin other: 'other.said' is contributed twice",
            id="an event twice",
        ),
        pytest.param({"other": registering(7)}, "plugin other: .*7", id="a number"),
        pytest.param(
            {"other": registering(int)},
            "plugin other: .*not declared",
            id="a class that is no event",
        ),
        pytest.param(
            {
                "other": registering(Fold("other.f", initial=0, fold=max, hears=(Asked,))),
                "shop": SHOP,
            },
            r"plugin other: other\.f hears shop\.asked without Reads",
            id="hearing another without Reads",
        ),
        pytest.param(
            {"other": registering(Reads("shop.unheard", text=str)), "shop": SHOP},
            r"plugin other reads shop\.unheard, which nobody declares",
            id="reading what nobody declares",
        ),
        pytest.param(
            {"other": registering(Reads("shop.asked", question=int)), "shop": SHOP},
            r"plugin other reads shop\.asked\.question as another type",
            id="reading text as a number",
        ),
        pytest.param(
            {"other": registering(Reads("shop.asked", colour=str)), "shop": SHOP},
            r"plugin other: shop\.asked has no field colour$",
            id="reading a field that is not there",
        ),
        pytest.param(
            {"other": registering(Reads("shop.asked", qestion=str)), "shop": SHOP},
            r"plugin other: shop\.asked has no field qestion; did you mean question\?",
            id="reading a misspelt field",
        ),
        pytest.param(
            {"other": registering(Reads("shop.aksed", question=str)), "shop": SHOP},
            r"reads shop\.aksed, which nobody declares; did you mean shop\.asked\?",
            id="reading a misspelt kind",
        ),
        pytest.param(
            {"other": registering(Texts(["other.no"]))},  # type: ignore[arg-type]
            "plugin other: Texts are mappings, from code to message",
            id="words without codes",
        ),
        pytest.param(
            {"other": registering(Sung)},
            r"plugin other, event other\.sung: says names \{verze\}, .*did you mean verse",
            id="a sentence with a misspelt field",
        ),
    ],
)
def test_a_misdeclaration_stops_the_start(plugins: dict[str, Any], what: str) -> None:
    with pytest.raises(Misconfigured, match=what):
        build(plugins)


def test_a_register_that_raises_is_named() -> None:
    def register() -> Any:
        raise RuntimeError("no such file")

    with pytest.raises(Misconfigured, match=r"plugin other: register\(\) failed.*no such file"):
        build({"other": SimpleNamespace(register=hookimpl(register))})


def test_a_misspelt_hook_is_told_with_the_one_that_is_near() -> None:
    with pytest.raises(Misconfigured, match=r"no hook guard_evnt; did you mean guard_event\?"):
        build({"other": SimpleNamespace(guard_evnt=hookimpl(lambda: None))})


def test_a_refusal_is_worded_once() -> None:
    words = Texts(refusals={"other.no": "No"})
    with pytest.raises(Misconfigured, match=r"'other\.no' is contributed twice"):
        build({"other": registering(words, words)})


def test_reading_a_plugin_that_is_not_installed_is_no_fault() -> None:
    registry = build({"other": registering(Reads("absent.kind", text=str), Said)})
    assert ("other", "absent.kind") in registry.reads


def test_a_kind_is_found_by_the_name_it_had() -> None:
    @event("other.told", may={"resident": ANY}, formerly=("other.said", "other.spoke"))
    class Told:
        """Has a past."""

        note: str

    registry = build({"other": registering(Told)})
    for name in ("other.told", "other.said", "other.spoke"):
        kind = registry.kind(name)
        assert kind is not None
        assert kind.name == "other.told"
    with pytest.raises(Misconfigured, match="contributed twice"):
        build({"other": registering(Told, Told)})


@pytest.mark.parametrize("columns", [{"seq": int}, {"matter": str}, {"a b": str}, {"a": float}])
def test_the_columns_of_a_view_are_texts_and_numbers_under_names_of_their_own(
    columns: dict[str, Any],
) -> None:
    with pytest.raises(TypeError, match=r"view other\.v: columns must be str or int"):
        View("other.v", columns=columns, fill=lambda _fact: (), hears=("other.said",))


def test_a_new_version_of_a_book_has_another_table() -> None:
    def book(version: int) -> Book[int]:
        return Book(
            "other.b", keys=lambda _t: (), fold=lambda v, _k, _f: v, hears=("x.y",), version=version
        )

    assert book(1).table == "other.b/1"
    assert book(2).table == "other.b/2"


def test_on_needs_a_kind_and_takes_names_and_classes() -> None:
    with pytest.raises(TypeError, match="@on needs at least one kind"):
        on()
    marked: Any = on("a.b", Given)(lambda: None)
    assert marked.__wugong_hears__ == {"a.b", "shop.given"}


def test_a_guard_that_did_not_declare_a_key_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    @hookimpl
    @on(Redeemed)
    def guard_event(act: Any, books: Any) -> list[Refusal]:
        books.get(STOCK, str(act.event.item))
        books.get(POINTS, "somebody else")
        return []

    r = Rehearsal({"shop": plugin(guard_event=guard_event)}, members=MEMBERS)
    item = r.act("wang", "example", Stocked(title="rice", stock=1))
    with r.refuses("wugong.plugin_failed"):
        r.act("li", "example", Redeemed(item=Ref(item.seq)))
    # In which line, not which key: a key may be a person's name, and a log keeps none.
    assert "plugin shop, guard_event: raised KeyError, core/test_plugins.py line" in caplog.text
    assert "somebody else" not in caplog.text


# What goes away


def test_a_hook_that_goes_away_warns_and_is_called_until_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leaving = Leaving("co_dream", since="0.9", instead="co_plan")
    monkeypatch.setattr(
        hookspecs, "co_dream", hookspecs.hookspec(warn_on_impl=leaving)(co_dream), raising=False
    )

    @hookimpl(specname="co_dream")
    def dreams(matter: Any) -> None:
        """Dream on."""

    with pytest.warns(Leaving, match=r"^co_dream goes away in 0\.11: use co_plan$") as told:
        registry = build({"old": SimpleNamespace(dreams=dreams), "shop": SHOP})
    assert [(one.filename, one.lineno) for one in told] == [
        (__file__, dreams.__code__.co_firstlineno)  # whose it is
    ]
    assert [one.plugin for one in registry.plain["co_dream"]] == ["old"]
    assert next(iter(describe(registry)))["hooks"] == ["co_dream"]


def test_an_argument_that_goes_away_warns_whoever_asks_for_it_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leaving = Leaving("waiting(now)", since="1.0", instead="Waiting(by=…)")
    marked = hookspecs.hookspec(warn_on_impl_args={"now": leaving})(old_waiting)
    monkeypatch.setattr(hookspecs, "waiting", marked)
    asks = SimpleNamespace(waiting=hookimpl(lambda matter, now: []))
    with pytest.warns(Leaving, match=r"^waiting\(now\) goes away in 1\.2: use Waiting") as told:
        build({"old": asks, "shop": SHOP})
    assert len(told) == 1
    build({"shop": SHOP})  # the shop asks for the matter alone: a warning would be an error
