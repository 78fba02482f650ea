"""Hostile plugins: each fault is named, costs the act that met it, and harms nothing else."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import pytest

from wugong import (
    ANY,
    Act,
    Book,
    Books,
    Fact,
    Fold,
    Matter,
    MatterOpened,
    Misconfigured,
    Reads,
    Ref,
    Refusal,
    Refused,
    Relation,
    Sealed,
    View,
    Viewer,
    Waiting,
    at,
    event,
    hookimpl,
    on,
)
from wugong.jobs import Job
from wugong.testing import Rehearsal


@event("evil.poked", may={"resident": ANY, "plugin": ANY, "clock": ANY})
class Poked:
    """Something that a hostile plugin hears."""

    text: str = "poke"
    number: int = 0


@event("good.noted", may={"resident": ANY, "plugin": ANY})
class Noted:
    """Something of a plugin that behaves."""

    text: str = "note"


def plugin(*contributed: Any, **hooks: Callable[..., Any]) -> SimpleNamespace:
    """Make a plugin of contributions and hooks; guards and reactions hear ``evil.poked``."""

    @hookimpl
    def register() -> Iterable[Any]:
        return contributed

    made: dict[str, Any] = {"register": register}
    for name, function in hooks.items():
        if name == "guard_event" or name.startswith("co_"):
            function = on(Poked)(function)
        made[name] = hookimpl(function)
    return SimpleNamespace(**made)


GOOD = plugin(Noted)


def stage(evil: Any, **more: Any) -> tuple[Rehearsal, str]:
    """Give a rehearsal with a hostile and a good plugin, and an open matter."""
    rehearsal = Rehearsal({"evil": evil, "good": GOOD}, members={"li": ()}, **more)
    return rehearsal, rehearsal.open("Lamp", by="li")


def refused(rehearsal: Rehearsal, matter: str, event: Any = None) -> Refusal:
    """Poke, expect exactly one refusal in the plugin's name, and return it."""
    before = rehearsal.engine.head("example")
    with pytest.raises(Refused) as caught:
        rehearsal.act("li", matter, event or Poked())
    assert rehearsal.engine.head("example") == before
    (reason,) = caught.value.reasons
    return reason


def raises(error: BaseException) -> Callable[..., Any]:
    def function() -> Any:
        raise error

    return function


def hangs() -> Any:
    while True:
        pass


def sleeps() -> Any:
    for _ in range(1000):
        time.sleep(0.02)


def recurses() -> Any:
    return recurses()


def endless() -> Iterator[Any]:
    while True:
        yield Refusal("evil.again")


def hangs_in_its_answer() -> Iterator[Any]:
    hangs()
    yield


def coroutine() -> Any:
    async def later() -> list[Refusal]:
        return []

    return later()


class LyingList(list[Any]):
    """A list that never ends when it is read."""

    def __iter__(self) -> Iterator[Any]:
        while True:
            yield Refusal("evil.again")


FAULTS = [
    pytest.param(raises(ValueError("no")), id="raises"),
    pytest.param(raises(Refused(Refusal("evil.no"))), id="raises a refusal"),
    pytest.param(raises(SystemExit(3)), id="ends the program"),
    pytest.param(raises(GeneratorExit()), id="raises GeneratorExit"),
    pytest.param(recurses, id="recurses"),
    pytest.param(lambda: "no", id="answers text"),
    pytest.param(lambda: True, id="answers true"),
    pytest.param(lambda: {"code": "evil.no"}, id="answers an object"),
    pytest.param(lambda: [None], id="answers nothing in a list"),
    pytest.param(lambda: ["evil.no"], id="answers text in a list"),
    pytest.param(lambda: [Refusal], id="answers a class"),
    pytest.param(lambda: [Refusal("evil.no")] * 101, id="answers too much"),
    pytest.param(lambda: {Refusal}, id="answers in no order"),
    pytest.param(endless, id="answers without end"),
    pytest.param(lambda: LyingList([1]), id="answers a list without end"),
    pytest.param(coroutine, id="is a coroutine"),
]
SLOW_FAULTS = [
    pytest.param(hangs, id="hangs"),
    pytest.param(sleeps, id="sleeps"),
    pytest.param(hangs_in_its_answer, id="hangs in its answer"),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_guard_that_fails_refuses_its_kind_in_its_own_name(fault: Callable[[], Any]) -> None:
    rehearsal, matter = stage(plugin(Poked, guard_event=fault))
    reason = refused(rehearsal, matter)
    assert (reason.code, reason.details) == (
        "wugong.plugin_failed",
        {"plugin": "evil", "hook": "guard_event"},
    )
    rehearsal.act("li", matter, Noted())  # other kinds go on
    assert refused(rehearsal, matter).code == "wugong.plugin_failed"  # it is never switched off


@pytest.mark.slow
@pytest.mark.parametrize("fault", SLOW_FAULTS)
def test_a_guard_that_hangs_is_interrupted_after_a_second(fault: Callable[[], Any]) -> None:
    rehearsal, matter = stage(plugin(Poked, guard_event=fault))
    began = time.monotonic()
    reason = refused(rehearsal, matter)
    assert 0.9 < time.monotonic() - began < 3
    assert reason.details == {"plugin": "evil", "hook": "guard_event"}
    rehearsal.act("li", matter, Noted())


@pytest.mark.parametrize("fault", FAULTS)
def test_a_reaction_that_fails_refuses_the_act_that_caused_it(fault: Callable[[], Any]) -> None:
    rehearsal, matter = stage(plugin(Poked, co_plan=fault))
    reason = refused(rehearsal, matter)
    assert (reason.code, reason.details) == (
        "wugong.plugin_failed",
        {"plugin": "evil", "hook": "co_plan"},
    )
    rehearsal.act("li", matter, Noted())


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Refusal(5), id="code"),  # type: ignore[arg-type]
        pytest.param(Refusal("evil.no", source=7), id="source"),  # type: ignore[arg-type]
        pytest.param(Refusal("evil.no", details={"x": object()}), id="details"),  # type: ignore[dict-item]
        pytest.param(Refusal("evil.no", details=None), id="no details"),  # type: ignore[arg-type]
    ],
)
def test_a_refusal_that_no_page_could_show_is_the_plugins_fault(answer: Refusal) -> None:
    rehearsal, matter = stage(plugin(Poked, guard_event=lambda: [answer]))
    assert refused(rehearsal, matter).code == "wugong.plugin_failed"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Poked(text=5), id="a text that is none"),  # type: ignore[arg-type]
        pytest.param(Poked(text=object()), id="an object"),  # type: ignore[arg-type]
        pytest.param(Poked(text="x" * 201), id="too long a text"),
        pytest.param(("a", Poked(), 1), id="a triple"),
        pytest.param((5, Poked()), id="a matter that is none"),
        pytest.param(Poked, id="a class"),
    ],
)
def test_a_reaction_records_nothing_that_could_not_be_read_again(answer: Any) -> None:
    rehearsal, matter = stage(plugin(Poked, co_plan=lambda: [answer]))
    assert refused(rehearsal, matter).details == {"plugin": "evil", "hook": "co_plan"}


@pytest.mark.parametrize("place", ["other", "other.2", "example.999"])
def test_a_reaction_reaches_no_matter_that_is_not_of_its_community(place: str) -> None:
    rehearsal, matter = stage(plugin(Poked, co_plan=lambda: [at(place, Noted())]))
    rehearsal.engine.found("other", title="Other", setting="urban")
    opened = rehearsal.engine.record("other", MatterOpened(title="Path"), by="operator")
    assert opened.matter == "other.2"
    assert refused(rehearsal, matter).code == "wugong.matter_unknown"
    assert rehearsal.engine.head("other").seq == 2


def test_a_reaction_that_causes_itself_is_cut_after_eight_generations() -> None:
    rehearsal, matter = stage(plugin(Poked, co_plan=lambda: [Poked()]))
    reason = refused(rehearsal, matter)
    assert (reason.code, reason.details["kind"]) == (
        "wugong.reactions_without_end",
        "evil.poked",
    )


@pytest.mark.parametrize("made", [99, 100])
def test_a_hundred_facts_may_follow_together(made: int) -> None:
    rehearsal, matter = stage(plugin(Poked, co_plan=lambda: [Noted()] * made))
    assert len(rehearsal.act("li", matter, Poked()).facts) == made + 1


def test_a_hundred_and_one_facts_may_not() -> None:
    hundred = plugin(Poked, co_plan=lambda: [Noted()] * 100)
    one_more = plugin(Reads("evil.poked"), co_plan=lambda: [Noted()])
    plugins = {"evil": hundred, "good": GOOD, "more": one_more}
    rehearsal = Rehearsal(plugins, members={"li": ()})
    matter = rehearsal.open("Lamp", by="li")
    assert refused(rehearsal, matter).code == "wugong.reactions_without_end"


def test_a_hundred_facts_are_counted_over_all_generations() -> None:
    def spread(fact: Fact) -> list[Poked]:
        n = fact.event.number
        return [Poked(number=n + 1)] * 10 if n < 3 else []

    rehearsal, matter = stage(plugin(Poked, co_plan=spread))
    assert refused(rehearsal, matter).code == "wugong.reactions_without_end"


# What is awaited


@pytest.mark.parametrize("fault", FAULTS)
def test_a_plugin_that_cannot_say_what_it_awaits_is_named(fault: Callable[[], Any]) -> None:
    faulty = False

    def waiting() -> Any:
        return fault() if faulty else None

    rehearsal, matter = stage(plugin(Poked, waiting=waiting))
    faulty = True
    reason = refused(rehearsal, matter, Noted())
    assert (reason.code, reason.details) == (
        "wugong.plugin_failed",
        {"plugin": "evil", "hook": "waiting"},
    )
    faulty = False
    rehearsal.act("li", matter, Noted())


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(Waiting("x", "officer", LONG_AGO, then="later"), id="then is text"),
        pytest.param(Waiting("x", "officer", LONG_AGO, then=Poked), id="then is a class"),
        pytest.param(
            Waiting("x", "officer", LONG_AGO, then=Poked(text=5)),  # type: ignore[arg-type]
            id="then does not fit",
        ),
        pytest.param(Waiting("x", "officer", datetime(2020, 1, 1)), id="no zone"),  # noqa: DTZ001
        pytest.param(Waiting("x", "officer", "soon"), id="no time"),  # type: ignore[arg-type]
        pytest.param(Waiting("x", None), id="nobody"),  # type: ignore[arg-type]
        pytest.param(Waiting(None, "officer"), id="nothing"),  # type: ignore[arg-type]
        pytest.param(Waiting("x", "officer", about="it"), id="about text"),  # type: ignore[arg-type]
        pytest.param(
            Waiting("x", "officer", details={"a": object()}),  # type: ignore[dict-item]
            id="details",
        ),
    ],
)
def test_something_awaited_that_cannot_come_is_the_plugins_fault(item: Waiting) -> None:
    def waiting(matter: Matter) -> list[Waiting]:
        return [item] if list(matter.of_kind("evil.poked")) else []

    rehearsal, matter = stage(plugin(Poked, waiting=waiting))
    assert refused(rehearsal, matter).details == {"plugin": "evil", "hook": "waiting"}
    rehearsal.act("li", matter, Noted())


def test_what_a_refused_act_would_have_awaited_is_forgotten(tmp_path: Path) -> None:
    def waiting(matter: Matter) -> list[Waiting]:
        return [Waiting("note", "officer", about=seq) for seq, _ in matter.of_kind("good.noted")]

    def guard(act: Act) -> list[Refusal]:
        return [Refusal("evil.no")] if act.event.number else []

    rehearsal, matter = stage(
        plugin(Poked, waiting=waiting, guard_event=guard),
        database=f"sqlite:///{tmp_path / 'hostile.sqlite3'}",
    )
    engine = rehearsal.engine
    both = [(matter, Noted()), (matter, Poked(number=1))]
    jobs = [
        Job("example", both, "li"),
        Job("example", [(matter, Poked()), (matter, Poked())], "li"),
    ]
    engine._process(jobs)  # one batch: the second job reaches the numbers of the refused one
    assert isinstance(jobs[0].result, Refused)
    assert isinstance(jobs[1].result, list)
    assert engine.waiting(matter) == []
    assert engine.tasks("example", Viewer("wang", frozenset({"officer"}))) == []


def test_the_clock_does_not_follow_a_plugin_that_owes_without_end() -> None:
    def waiting(matter: Matter) -> list[Waiting]:
        return [Waiting("again", "clock", LONG_AGO, then=Poked(), about=matter.last)]

    rehearsal, matter = stage(plugin(Poked, waiting=waiting))
    before = rehearsal.engine.head("example").seq
    rehearsal.engine.tick()
    assert rehearsal.engine.head("example").seq - before <= 200
    rehearsal.act("li", matter, Noted())


# Arguments


def changes_matter(matter: Any) -> None:
    matter.title = "Mine"


def changes_states(matter: Any) -> None:
    matter.states["evil"] = 1


def forgets_facts(matter: Any) -> None:
    matter.heads.clear()


def changes_act(act: Any) -> None:
    act.by = "somebody"


def changes_event(act: Any) -> None:
    act.event.text = "Mine"


def gives_roles(act: Any) -> None:
    act.roles.add("admin")


def changes_settings(matter: Any) -> None:
    matter.standing.settings["voting.quorum"] = "0"


def grants_roles(matter: Any) -> None:
    matter.standing.grants.append(None)


def changes_law(matter: Any) -> None:
    matter.standing.procedures.clear()


@pytest.mark.parametrize(
    "mutate",
    [
        changes_matter,
        changes_states,
        forgets_facts,
        changes_act,
        changes_event,
        gives_roles,
        changes_settings,
        grants_roles,
        changes_law,
    ],
)
def test_arguments_cannot_be_changed(mutate: Callable[..., None]) -> None:
    rehearsal, matter = stage(plugin(Poked, guard_event=mutate))
    before = rehearsal.matter(matter)
    assert refused(rehearsal, matter).details == {"plugin": "evil", "hook": "guard_event"}
    assert rehearsal.matter(matter) == before


def key_of(thing: Act | Fact) -> Iterable[str]:
    return ("k",)


def test_a_guard_changes_no_value_of_a_book() -> None:
    def counted(value: Any, key: str, fact: Fact) -> dict[str, int]:
        return {"n": value["n"] + 1 if value else 1}

    book: Book[Any] = Book("evil.count", keys=key_of, fold=counted, hears=(Poked,))

    def guard(books: Books) -> None:
        if value := books.get(book, "k"):
            value["n"] = 1000

    rehearsal, matter = stage(plugin(Poked, book, guard_event=guard))
    rehearsal.engine.record_many([(matter, Poked())] * 2, by="li")
    rehearsal.act("li", matter, Poked())
    assert rehearsal.engine.book(book, "example") == {"k": {"n": 3}}


def test_a_book_that_changes_its_value_in_place_loses_nothing_and_is_undone() -> None:
    def grown(value: Any, key: str, fact: Fact) -> list[int]:
        value = value or []
        value.append(fact.event.number)
        return value  # type: ignore[no-any-return]

    def guard(act: Act) -> list[Refusal]:
        return [Refusal("evil.no")] if act.event.number == 9 else []

    book: Book[Any] = Book("evil.list", keys=key_of, fold=grown, hears=(Poked,))
    rehearsal, matter = stage(plugin(Poked, book, guard_event=guard))
    rehearsal.engine.record_many([(matter, Poked(number=n)) for n in (1, 2)], by="li")
    with pytest.raises(Refused):
        rehearsal.engine.record_many([(matter, Poked(number=n)) for n in (3, 9)], by="li")
    rehearsal.act("li", matter, Poked(number=4))
    assert rehearsal.engine.book(book, "example") == {"k": [1, 2, 4]}


def book(keys: Any = ("k",), value: Any = 1) -> Book[Any]:
    def fold(old: Any, key: str, fact: Fact) -> Any:
        return value

    return Book("evil.book", keys=lambda thing: keys, fold=fold, hears=(Poked,))


def view(rows: Any) -> View:
    return View("evil.view", columns={"text": str}, fill=lambda fact: rows, hears=(Poked,))


def raising(*arguments: Any) -> Any:
    raise ValueError("no")


@pytest.mark.parametrize(
    "contributed",
    [
        pytest.param(book(keys=5), id="keys that are no list"),
        pytest.param(book(keys=[1]), id="a key that is a number"),
        pytest.param(book(keys=["a", None]), id="a key that is nothing"),
        pytest.param(book(value=object()), id="a value that is an object"),
        pytest.param(book(value={1, 2}), id="a value that is a set"),
        pytest.param(book(value=1.5), id="a value that is no integer"),
        pytest.param(book(value=float("nan")), id="a value that is no number"),
        pytest.param(book(value={1: "a"}), id="a value with a number as key"),
        pytest.param(view(5), id="rows that are no list"),
        pytest.param(view([("k",)]), id="a row without columns"),
        pytest.param(view([("k", 5)]), id="columns that are a number"),
        pytest.param(view([(1, {"text": "a"})]), id="a row under a number"),
        pytest.param(view([("k", {"text": 1})]), id="a column of another type"),
        pytest.param(view([("k", {"other": "a"})]), id="an unknown column"),
        pytest.param(Fold("evil.fold", initial=0, fold=raising, hears=(Poked,)), id="a fold"),
    ],
)
def test_a_contribution_that_fails_is_named(contributed: Any) -> None:
    rehearsal, matter = stage(plugin(Poked, contributed))
    reason = refused(rehearsal, matter)
    assert (reason.code, reason.details["plugin"]) == ("wugong.plugin_failed", "evil")
    rehearsal.act("li", matter, Noted())


@pytest.mark.parametrize(
    "members", [pytest.param(raising, id="raises"), lambda: None, lambda: [1], lambda: 5]
)
def test_a_relation_that_fails_is_named(members: Callable[..., Any]) -> None:
    def related(matter: Matter) -> frozenset[str]:
        found: frozenset[str] = members() if list(matter.of_kind("evil.poked")) else frozenset()
        return found

    rehearsal, matter = stage(plugin(Poked, Relation("evil.relation", related)))
    reason = refused(rehearsal, matter)
    assert reason.details == {"plugin": "evil", "hook": "evil.relation"}
    rehearsal.act("li", matter, Noted())


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
        from tests.core.test_hostile import Poked, plugin, stage

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
