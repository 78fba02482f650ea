"""Reactions: what must happen together, in one order, with an end, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from tests.core.conftest import MEMBERS
from tests.core.shop import QUESTIONS, Asked, Chimed, Counted, Given, Noted, Stocked, plugin
from wugong import (
    ANY,
    BUILD,
    MANAGE,
    PLAN,
    MatterOpened,
    StageClosed,
    StageOpened,
    at,
    event,
    hookimpl,
    on,
    seal,
)
from wugong.batch import MOST_GENERATIONS
from wugong.testing import Rehearsal

React = Callable[[Any], Iterable[Any]]


def chiming(note: str) -> React:
    return lambda _fact: [Chimed(note=note)]


def reacting(kind: Any, **hooks: React) -> SimpleNamespace:
    """Return the shop with reactions that hear one kind."""

    def hook(react: React) -> Any:
        return hookimpl(on(kind)(lambda fact: list(react(fact))))

    return plugin(**{name: hook(react) for name, react in hooks.items()})


def bystander(name: str, kind: Any, **hooks: React) -> SimpleNamespace:
    """Return a plugin that speaks ``<name>.said`` and reacts."""

    @event(f"{name}.said", may={"plugin": ANY})
    class Said:
        """Said in reaction."""

        note: str

    def hook(number: int) -> Any:
        return hookimpl(on(kind)(lambda: [Said(note=f"{name} {n}") for n in range(number)]))

    made: dict[str, Any] = {key: hook(len(list(react(None)))) for key, react in hooks.items()}
    return SimpleNamespace(register=hookimpl(lambda: [Said]), **made)


def told(r: Rehearsal, after: int = 0) -> list[tuple[str, str, int | None]]:
    return [(o["kind"], o["by"], o["cause"]) for o in r.engine.export("example", after)]


def test_a_reaction_is_recorded_in_the_same_commit_with_its_cause() -> None:
    shop = reacting(Asked, co_plan=chiming("asked"))
    r = Rehearsal({"shop": shop}, members=MEMBERS)
    place = r.open("Lights", by="li")
    receipt = r.act("li", place, Asked(question="When?", days=3))
    assert told(r, receipt.seq - 1) == [
        ("shop.asked", "li", None),
        ("shop.chimed", "plugin:shop", receipt.seq),
    ]
    assert receipt.facts == (receipt.seq, receipt.seq + 1)


def test_reactions_run_for_the_stages_open_after_the_fact_and_the_one_it_closed() -> None:
    shop = reacting(
        StageClosed,
        co_plan=chiming("plan"),
        co_build=chiming("build"),
        co_manage=chiming("manage"),
    )
    r = Rehearsal({"shop": shop}, members=MEMBERS)
    place = r.open("Lights", by="li")
    r.act("wang", place, StageOpened(stage=BUILD))
    closed = r.act("wang", place, StageClosed(stage=PLAN))
    notes = [o["body"]["note"] for o in r.engine.export("example", closed.seq)]
    assert notes == ["plan", "build"]
    closed = r.act("wang", place, StageClosed(stage=BUILD))
    assert [o["body"]["note"] for o in r.engine.export("example", closed.seq)] == ["build"]


def test_their_order_is_stage_then_plugin_then_position() -> None:
    many = {"co_plan": lambda _f: range(2), "co_build": lambda _f: range(1)}
    plugins = {
        "zoo": bystander("zoo", Asked, **many),
        "ant": bystander("ant", Asked, **many),
        "shop": plugin(),
    }
    r = Rehearsal(plugins, members=MEMBERS)
    place = r.open("Lights", by="li")
    r.act("wang", place, StageOpened(stage=BUILD))
    asked = r.act("li", place, Asked(question="When?", days=3))
    notes = [o["body"]["note"] for o in r.engine.export("example", asked.seq)]
    assert notes == ["ant 0", "ant 1", "zoo 0", "zoo 1", "ant 0", "zoo 0"]


def test_the_order_of_registration_changes_no_byte() -> None:
    def play(order: Iterable[str]) -> list[Mapping[str, Any]]:
        many = {"co_plan": lambda _f: range(2), "co_manage": lambda _f: range(2)}
        made: dict[str, Any] = {
            "zoo": bystander("zoo", Asked, **many),
            "ant": bystander("ant", Asked, **many),
            "shop": reacting(Asked, co_plan=chiming("asked")),
        }
        r = Rehearsal({name: made[name] for name in order}, members=MEMBERS)
        place = r.open("Lights", by="li")
        for day in (3, 1, 2):
            r.act("li", place, Asked(question="When?", days=day))
        r.act("wang", "example", Asked(question="Here?", days=1))
        r.wait(days=9)
        return list(r.engine.export("example"))

    first = play(("ant", "shop", "zoo"))
    assert len(first) > 30
    assert play(("zoo", "ant", "shop")) == first
    assert play(("shop", "zoo", "ant")) == first


def test_a_refused_consequence_refuses_the_act() -> None:
    shop = reacting(Asked, co_plan=lambda _f: [Chimed(note="fine"), StageOpened(stage=PLAN)])
    r = Rehearsal({"shop": shop}, members=MEMBERS)
    place = r.open("Lights", by="li")
    with r.refuses("wugong.stage_already_open"):
        r.act("li", place, Asked(question="When?", days=3))
    assert r.engine.waiting(place, r.viewer(place, "li")) == []
    r.act("li", place, Noted(text=seal("goes on")))


def test_a_consequence_is_checked_like_any_other_act() -> None:
    shop = reacting(Asked, co_plan=lambda _f: [Stocked(title="free rice", stock=99)])
    r = Rehearsal({"shop": shop}, members=MEMBERS)
    place = r.open("Lights", by="li")
    with r.refuses("wugong.not_your_role"):
        r.act("li", place, Asked(question="When?", days=3))


def count_down(fact: Any) -> list[Any]:
    left = fact.event.left
    return [Chimed(note="again", left=left - 1)] if left else []


@pytest.mark.parametrize(
    ("left", "ends"), [(MOST_GENERATIONS - 1, True), (MOST_GENERATIONS, False)]
)
def test_consequences_have_consequences_for_eight_generations(left: int, ends: bool) -> None:
    r = Rehearsal({"shop": reacting(Chimed, co_plan=count_down)}, members=MEMBERS)
    place = r.open("Lights", by="li")
    if ends:
        receipt = r.act("wang", place, Chimed(note="first", left=left))
        assert len(receipt.facts) == MOST_GENERATIONS
        causes = [o["cause"] for o in r.engine.export("example", receipt.seq)]
        assert causes == list(receipt.facts[:-1])
    else:
        with r.refuses("wugong.reactions_without_end"):
            r.act("wang", place, Chimed(note="first", left=left))


def test_one_act_makes_a_hundred_facts_at_most() -> None:
    def many(fact: Any) -> list[Any]:
        return [Given(to=("li",), points=1)] * fact.event.days

    r = Rehearsal({"shop": reacting(Asked, co_plan=many)}, members=MEMBERS)
    place = r.open("Lights", by="li")
    r.act("li", place, Asked(question="When?", days=60))

    def twice(fact: Any) -> list[Any]:
        return [Chimed(note="x")] * 60 if fact.event.days == 60 else []

    both = reacting(Asked, co_plan=many, co_manage=twice)
    r = Rehearsal({"shop": both}, members=MEMBERS)
    place = r.open("Lights", by="li")
    r.act("wang", place, StageOpened(stage=BUILD))
    r.act("wang", place, StageOpened(stage=MANAGE))
    with r.refuses("wugong.reactions_without_end"):
        r.act("li", place, Asked(question="When?", days=60))


def test_a_reaction_may_address_another_matter_of_its_community() -> None:
    first = "example.10"
    shop = reacting(Asked, co_plan=lambda _f: [at(first, Chimed(note="over here"))])
    r = Rehearsal({"shop": shop}, members=MEMBERS)
    assert r.open("Lights", by="li") == first
    second = r.open("Benches", by="li")
    asked = r.act("li", second, Asked(question="When?", days=3))
    chimed = next(r.engine.export("example", asked.seq))
    assert (chimed["matter"], chimed["cause"]) == (first, asked.seq)
    assert r.matter(first).last == asked.seq + 1
    assert r.matter(second).last == asked.seq


@pytest.mark.parametrize("place", ["other.3", "other", "example.9999", "nowhere.1"])
def test_a_reaction_reaches_no_other_community_and_no_matter_that_is_not_there(place: str) -> None:
    shop = reacting(Asked, co_plan=lambda _f: [at(place, Chimed(note="over there"))])
    r = Rehearsal({"shop": shop}, members=MEMBERS)
    r.engine.found("other", title="Other", setting="urban")
    mine = r.open("Lights", by="li")
    with r.refuses("wugong.matter_unknown"):
        r.act("li", mine, Asked(question="When?", days=3))
    assert r.engine.head("other").seq == 1


def test_bulk_facts_cause_nothing_and_a_rebuild_neither() -> None:
    called: list[str] = []

    def note(fact: Any) -> list[Any]:
        called.append(fact.kind)
        return []

    hook = hookimpl(on(Counted, Asked, MatterOpened)(note))
    r = Rehearsal({"shop": plugin(co_plan=hook, co_manage=hook)}, members=MEMBERS)
    place = r.open("Lights", by="li")
    r.act("li", place, Counted(number=1))
    r.act("li", place, Asked(question="When?", days=3))
    assert called == ["wugong.matter_opened", "shop.asked"]
    r.engine.rebuild()
    assert called == ["wugong.matter_opened", "shop.asked"]


def test_a_plugin_that_a_community_does_not_use_reacts_to_nothing_there() -> None:
    r = Rehearsal({"shop": reacting(MatterOpened, co_plan=chiming("x"))}, members=MEMBERS)
    r.engine.found("plain", title="Plain", setting="urban", plugins=[])
    before = r.engine.head("plain").seq
    r.engine.record("plain", MatterOpened(title="a"), by="operator")
    assert r.engine.head("plain").seq == before + 1


def test_a_reaction_reads_the_matter_and_the_books_as_the_fact_left_them() -> None:
    seen: list[Any] = []

    @hookimpl
    @on(Asked)
    def co_plan(matter: Any, fact: Any) -> None:
        seen.append((fact.seq in matter.state(QUESTIONS), matter.last == fact.seq))

    r = Rehearsal({"shop": plugin(co_plan=co_plan)}, members=MEMBERS)
    place = r.open("Lights", by="li")
    r.act("li", place, Asked(question="When?", days=3))
    assert seen == [(True, True)]
