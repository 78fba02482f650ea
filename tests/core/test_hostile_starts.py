"""Hostile plugins at the start, after the commit, in the process, and in any order."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pytest

from tests.core.evil import (
    GOOD,
    Noted,
    Poked,
    plugin,
    raises,
    stage,
)
from wugong import (
    ANY,
    Fact,
    Fold,
    Misconfigured,
    Reads,
    Ref,
    Refusal,
    Refused,
    Relation,
    Sealed,
    at,
    event,
    hookimpl,
    on,
)
from wugong.testing import Rehearsal

# At start


@event("evil.strange", may={"resident": 7})  # type: ignore[dict-item]
class Strange:
    """Its stages are no stages."""


@event("evil.hidden", may={"resident": ANY}, shown_to="")
class Hidden:
    """Nobody may read it."""


@event("evil.alone", may={"resident": ANY}, not_same_as="prject")
class Alone:
    """The two-person rule names a field that is not there."""

    project: Ref


@event("evil.unkept", may={"resident": ANY}, sealed_for="membr")
class Unkept:
    """Sealed for a field that is not there."""

    member: str
    text: Sealed[str]


@event("evil.decimal", may={"resident": ANY})
class Decimal:
    """A field that canonical JSON does not carry exactly."""

    share: Annotated[float, "no"]


def hook(function: Callable[..., Any] = lambda: None, **options: Any) -> Any:
    return hookimpl(on(Poked)(function), **options)


def ignored(state: Any, fact: Fact) -> Any:
    return state


NOT_STARTED = [
    pytest.param({"gaurd_event": hook()}, "gaurd_event", id="a misspelt hook"),
    pytest.param({"gaurd": hook(optionalhook=True)}, "gaurd", id="misspelt, called optional"),
    pytest.param({"guard_event": hook(tryfirst=True)}, "tryfirst", id="first"),
    pytest.param({"guard_event": hook(trylast=True)}, "trylast", id="last"),
    pytest.param({"guard_event": hook(lambda: (yield), wrapper=True)}, "wrapper", id="a wrapper"),
    pytest.param(
        {"guard_event": hook(lambda: (yield), hookwrapper=True)}, "wrapper", id="old wrapper"
    ),
    pytest.param({"guard_event": hook(lambda session: None)}, "session", id="wants a session"),
    pytest.param({"guard_event": hookimpl(lambda: None)}, "@on", id="hears nothing"),
    pytest.param(
        {"guard_event": hookimpl(on("good.noticed")(lambda: None))}, "good.noticed", id="misspelt"
    ),
    pytest.param(
        {"co_plan": hookimpl(on("wugong.stage_opend")(lambda: None))}, "opend", id="misspelt core"
    ),
    pytest.param({"register": hookimpl(raises(OSError("no")))}, "OSError", id="raises"),
    pytest.param({"register": hookimpl(lambda: None)}, "register", id="registers nothing"),
    pytest.param({"register": hookimpl(lambda: [5])}, "5", id="registers a number"),
    pytest.param({"register": hookimpl(lambda: [int])}, "int", id="registers a type"),
    pytest.param({"register": hookimpl(lambda: [Noted])}, "good.noted", id="another's event"),
    pytest.param({"register": hookimpl(lambda: [Poked, Poked])}, "twice", id="twice"),
    pytest.param({"register": hookimpl(lambda: [Strange])}, "Stage", id="no stages"),
    pytest.param({"register": hookimpl(lambda: [Hidden])}, "audience", id="no audience"),
    pytest.param({"register": hookimpl(lambda: [Alone])}, "prject", id="two-person rule"),
    pytest.param({"register": hookimpl(lambda: [Unkept])}, "membr", id="whose key"),
    pytest.param({"register": hookimpl(lambda: [Decimal])}, "float", id="a decimal field"),
    pytest.param(
        {"register": hookimpl(lambda: [Reads("good.noted", text=int)])}, "text", id="other type"
    ),
    pytest.param({"register": hookimpl(lambda: [Reads("good.noticed")])}, "noticed", id="reads"),
    pytest.param(
        {
            "register": hookimpl(
                lambda: [Fold("evil.f", initial=0, fold=ignored, hears=("good.noted",))]
            )
        },
        "Reads",
        id="hears without reading",
    ),
    pytest.param(
        {"register": hookimpl(lambda: [Relation("officer", lambda matter: frozenset())])},
        "officer",
        id="gives the officer's rights",
    ),
    pytest.param(
        {"register": hookimpl(lambda: [Fold("good.f", initial=0, fold=ignored, hears=())])},
        "good.f",
        id="another's fold",
    ),
]


@pytest.mark.parametrize(("hooks", "said"), NOT_STARTED)
def test_what_is_wrong_from_the_start_stops_the_start_and_is_named(
    hooks: Mapping[str, Any], said: str
) -> None:
    with pytest.raises(Misconfigured) as caught:
        Rehearsal({"evil": SimpleNamespace(**hooks), "good": GOOD})
    assert "plugin evil" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["wugong", "operator", "clock", "plugin", "", "a.b", "no name"])
def test_a_plugin_takes_no_name_of_the_engines_own(name: str) -> None:
    with pytest.raises(Misconfigured, match="cannot be called"):
        Rehearsal({name: plugin()})


# After the commit


def test_what_follows_is_switched_off_after_three_failures_and_undoes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls = []

    def published(facts: Any) -> Any:
        calls.append(len(facts))
        raise ValueError("no")

    rehearsal, matter = stage(plugin(Poked, published=published))
    for _ in range(5):
        rehearsal.act("li", matter, Noted())
    assert len(calls) == 3
    assert "plugin evil, published is switched off" in caplog.text
    assert len(list(rehearsal.matter(matter).of_kind("good.noted"))) == 5


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(5, id="a number"),
        pytest.param([Poked()], id="an event without a matter"),
        pytest.param([("example.3", "x")], id="no event"),
        pytest.param([("example.3", Poked(text=5))], id="out of shape"),  # type: ignore[arg-type]
        pytest.param([(3, Poked())], id="a matter that is none"),
    ],
)
def test_nonsense_that_should_follow_is_named_and_not_recorded(
    answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    rehearsal, matter = stage(plugin(Poked, published=lambda: answer))
    rehearsal.act("li", matter, Noted())
    assert "plugin evil, published failed" in caplog.text
    assert not list(rehearsal.matter(matter).of_kind("evil.poked"))


def test_what_follows_reaches_no_other_community() -> None:
    def published(facts: Any) -> Any:
        return [at("other", Noted())] if any(f.kind == "evil.poked" for f in facts) else None

    rehearsal, matter = stage(plugin(Poked, published=published))
    rehearsal.engine.found("other", title="Other", setting="urban")
    before = rehearsal.engine.head("other")
    rehearsal.act("li", matter, Poked())
    assert rehearsal.engine.head("other") == before


# The process


@pytest.mark.slow
def test_a_hook_that_cannot_be_interrupted_ends_the_process_and_is_named() -> None:
    program = """
        from tests.core.evil import Poked, plugin, stage

        def stubborn():
            while True:
                try:
                    while True:
                        pass
                except BaseException:
                    continue

        rehearsal, matter = stage(plugin(Poked, guard_event=stubborn))
        rehearsal.act("li", matter, Poked())
    """
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert ended.returncode == 70
    assert "plugin evil, guard_event did not end" in ended.stderr
    assert time.monotonic() - began > 5


# Order


def test_the_order_of_registration_changes_no_byte_of_the_journal() -> None:
    def follows(word: str) -> Callable[..., Any]:
        return lambda fact: [Noted(text=word)] if fact.event.number else None

    def refuses(word: str) -> Callable[..., Any]:
        return lambda act: [Refusal(f"{word}.no")] if act.event.number == 2 else None

    made = {
        "evil": plugin(Poked),
        "good": GOOD,
        **{
            name: plugin(
                Reads("evil.poked", number=int),
                guard_event=refuses(name),
                co_plan=follows(name),
                co_build=follows(name),
            )
            for name in ("alpha", "beta", "omega")
        },
    }

    def story(names: Iterable[str]) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
        rehearsal = Rehearsal({name: made[name] for name in names}, members={"li": ()})
        matter = rehearsal.open("Lamp", by="li")
        rehearsal.act("li", matter, Poked(number=1))
        with pytest.raises(Refused) as caught:
            rehearsal.act("li", matter, Poked(number=2))
        return list(rehearsal.engine.export("example")), caught.value.codes

    told = story(made)
    assert [record["body"]["text"] for record in told[0][-3:]] == ["alpha", "beta", "omega"]
    assert told[1] == ("alpha.no", "beta.no", "omega.no")
    for order in permutations(made):
        if order[0] != "alpha":  # 96 of the 120 orders
            assert story(order) == told
