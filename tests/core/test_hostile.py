"""Hostile plugins: each fault is named, costs the act that met it, and harms nothing else."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.core.evil import (
    FAULTS,
    GOOD,
    SLOW_FAULTS,
    Noted,
    Poked,
    plugin,
    refused,
    stage,
)
from wugong import (
    Act,
    Book,
    Books,
    Fact,
    Fold,
    Matter,
    MatterOpened,
    Reads,
    Refusal,
    Refused,
    Relation,
    View,
    Viewer,
    Waiting,
    at,
    calls,
)
from wugong.jobs import Job
from wugong.testing import Rehearsal


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
    began, waited = time.monotonic(), calls._queued(threading.get_native_id())
    reason = refused(rehearsal, matter)
    waited = calls._queued(threading.get_native_id()) - waited
    assert 0.9 < time.monotonic() - began < 3 + waited
    assert reason.details == {"plugin": "evil", "hook": "guard_event"}
    rehearsal.act("li", matter, Noted())


def no_list(act: Any) -> Any:
    return True


def no_key(act: Any) -> Any:
    known: dict[str, str] = {}
    return known["wang, 13800000001"]  # what it says names somebody


def no_end(act: Any) -> Any:
    while True:
        pass


@pytest.mark.parametrize(
    ("guard", "told"),
    [
        pytest.param(no_list, "answered bool, no list", id="no list"),
        pytest.param(no_key, r"raised KeyError, core/test_hostile\.py line \d+", id="raises"),
        pytest.param(no_end, r"ran over 1 s, core/test_hostile\.py line \d+", id="hangs"),
    ],
)
def test_the_log_says_what_a_hook_did_and_where_never_about_whom(
    guard: Callable[..., Any], told: str, caplog: pytest.LogCaptureFixture
) -> None:
    rehearsal, matter = stage(plugin(Poked, guard_event=guard))
    with rehearsal.refuses("wugong.plugin_failed"):
        rehearsal.act("li", matter, Poked())
    assert re.fullmatch(f"plugin evil, guard_event: {told}", caplog.messages[-1])
    assert "13800000001" not in caplog.text


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


def test_who_is_given_a_long_roll_has_longer() -> None:
    values = round(1 / calls.A_VALUE)  # for a second more
    watch, bare = calls._Watch(), calls._Call("shop", "co_plan", [None])
    given = calls._Call(
        "shop", "co_plan", [Books({"roll/1": dict.fromkeys(map(str, range(values)))})]
    )
    for seconds, stopped in ((1.0, []), (1.1, [bare]), (1.9, [bare]), (2.1, [bare, given])):
        for call in (bare, given) * 2:
            watch._judge(call, seconds)
        assert [call for call in (bare, given) if call.fired] == stopped
