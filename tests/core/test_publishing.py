"""After the commit: facts are given in order, what follows is recorded once, failures are borne."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete

from tests.core.conftest import Make, people
from tests.core.shop import POINTS, Asked, Chimed, Given, Redeemed, Stocked, plugin
from wugong import (
    Engine,
    Fact,
    MatterOpened,
    MemberEnrolled,
    Overloaded,
    PluginAdopted,
    Ref,
    Refused,
    at,
    hookimpl,
    on,
    seal,
)
from wugong.clock import ScriptedClock
from wugong.tables import CursorRow

Answer = Callable[[tuple[Fact, ...], Any], Any]


def publishing(answer: Answer, *kinds: Any) -> Any:
    """Return the shop with ``answer`` as its ``published``."""

    def published(facts: Any, matter: Any) -> Any:
        return answer(facts, matter)

    return plugin(published=hookimpl(on(*kinds)(published) if kinds else published))


def rewarding(facts: tuple[Fact, ...], matter: Any) -> list[Any]:
    """Give each who asked one point."""
    return [at(matter.id, Given(to=(fact.who,), points=1)) for fact in facts]


def opened(engine: Engine) -> str:
    people(engine)
    return engine.record("wutong", MatterOpened(title="Lights"), by="li").matter


@pytest.mark.parametrize("writer", ["inline", "thread"])
def test_what_may_follow_is_recorded_after_the_commit_in_the_plugins_name(
    make: Make, writer: str
) -> None:
    engine = make({"shop": publishing(rewarding, Asked)}, writer=writer)
    place = opened(engine)
    asked = engine.record(place, Asked(question="When?", days=3), by="li")
    engine.close()  # finishes what is queued
    last = list(engine.export("wutong", asked.seq))
    assert [(one["kind"], one["by"], one["channel"]) for one in last] == [
        ("shop.given", "plugin:shop", "plugin")
    ]
    assert engine.book(POINTS, "wutong") == {"li": 1}


def test_every_fact_is_given_in_order_bulk_facts_too(make: Make) -> None:
    given: list[int] = []
    engine = make(
        {"shop": publishing(lambda facts, _m: given.extend(f.seq for f in facts))},
        writer="inline",
    )
    opened(engine)
    engine.record("wutong", Given(to=("li",), points=1), by="wang")
    assert given == list(range(1, engine.head("wutong").seq + 1))


def test_a_plugin_is_given_what_it_missed_when_it_comes_back(make: Make) -> None:
    first = make(writer="inline")
    place = opened(first)
    first.record(place, Asked(question="When?", days=3), by="li")
    first.close()
    later = make({"shop": publishing(rewarding, Asked)}, writer="inline")
    assert later.book(POINTS, "wutong") == {}
    later.record(place, Asked(question="Where?", days=3), by="zhao")
    assert later.book(POINTS, "wutong") == {"li": 1, "zhao": 1}


def test_a_plugin_that_a_community_adopts_is_given_what_comes_then(make: Make) -> None:
    shop = {"shop": publishing(rewarding, Asked)}
    engine = make(shop, writer="inline")
    engine.found("later", title="Later", setting="urban", plugins=[])
    for who in ("li", "zhao"):
        engine.record("later", MemberEnrolled(member=who, name=seal(who)), by="operator")
    place = engine.record("later", MatterOpened(title="Lamp"), by="li").matter
    with pytest.raises(Refused, match=r"plugin_not_enabled"):
        engine.record(place, Asked(question="When?", days=3), by="li")
    adopted = PluginAdopted(plugin="shop", reason="we want it")
    engine.record("later", adopted, by="operator")
    assert engine.book(POINTS, "later") == {}
    engine.record(place, Asked(question="When?", days=3), by="li")
    engine.close()
    engine = make(shop, writer="inline")  # nothing of before comes with a restart, either
    engine.record(place, Asked(question="Where?", days=3), by="zhao")
    assert engine.book(POINTS, "later") == {"li": 1, "zhao": 1}
    assert engine.verify("later")[1] is None


def test_what_followed_once_does_not_follow_again_after_a_restart(make: Make) -> None:
    shop = {"shop": publishing(rewarding, Asked)}
    engine = make(shop, writer="inline")
    place = opened(engine)
    engine.record(place, Asked(question="When?", days=3), by="li")
    for who in ("zhao", "sun"):
        engine.close()
        engine = make(shop, writer="inline")
        engine.record(place, Asked(question="Where?", days=3), by=who)
    assert engine.book(POINTS, "wutong") == {"li": 1, "zhao": 1, "sun": 1}


def test_a_refused_act_is_logged_and_undoes_nothing_and_costs_itself_alone(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    def greedy(facts: tuple[Fact, ...], matter: Any) -> list[Any]:
        wrong = at(matter.id, Redeemed(item=Ref(1)))  # a plugin redeems nothing
        return [wrong, *rewarding(facts, matter), wrong]

    shop = {"shop": publishing(greedy, Asked)}
    engine = make(shop, writer="inline")
    place = opened(engine)
    asked = engine.record(place, Asked(question="When?", days=3), by="li")
    assert engine.fact("wutong", asked.seq, engine.viewer("wutong", "li")) is not None
    assert engine.book(POINTS, "wutong") == {"li": 1}
    assert "shop.redeemed was refused" in caplog.text
    # The refused act at the end does not leave the cursor behind.
    engine.close()
    again = make(shop, writer="inline")
    again.record("wutong", Stocked(title="rice", stock=1), by="wang")
    assert again.book(POINTS, "wutong") == {"li": 1}


def test_what_is_given_at_once_is_what_the_journal_holds(make: Make) -> None:
    given: list[Fact] = []
    engine = make({"shop": publishing(lambda facts, _m: given.extend(facts))}, writer="inline")
    place = opened(engine)
    engine.record(place, Asked(question="When?", days=3), by="li")
    later: list[Fact] = []
    shop = publishing(lambda facts, _m: later.extend(facts))
    with engine.storage.write() as connection:
        connection.execute(delete(CursorRow))
    again = make({"shop": shop}, writer="inline")
    again.record(place, Asked(question="And?", days=3), by="li")
    assert later[: len(given)] == given
    assert len(later) == len(given) + 1


def test_two_processes_give_each_fact_once(make: Make) -> None:
    """Each has a cursor of its own in memory; the one in the database decides."""
    shop = {"shop": publishing(rewarding, Asked)}
    engines = [make(shop, writer="inline"), make(shop, writer="inline")]
    place = opened(engines[0])
    for turn in range(6):
        engines[turn % 2].record(place, Asked(question=str(turn), days=3), by="li")
    assert engines[0].book(POINTS, "wutong") == {"li": 6}
    assert engines[0].verify("wutong")[1] is None


def test_three_failures_in_a_row_switch_it_off_and_name_it(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[int] = []

    def failing(facts: tuple[Fact, ...], _matter: Any) -> list[Any]:
        calls.append(len(facts))
        raise RuntimeError("no connection")

    engine = make({"shop": publishing(failing, Asked)}, writer="inline")
    place = opened(engine)
    for _ in range(5):
        engine.record(place, Asked(question="When?", days=3), by="li")
    assert calls == [1, 2, 3]  # what failed is given again, with what came since
    assert "plugin shop, published is switched off" in caplog.text
    assert engine.head("wutong").seq == 15


def test_a_database_that_is_away_after_the_commit_is_asked_again_later(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []
    engine = make({"shop": publishing(lambda facts, _m: given.extend(f.seq for f in facts))})
    people(engine)
    first = engine.head("wutong").seq

    def away(*_: Any) -> None:
        raise Overloaded("away")

    with monkeypatch.context() as patched:
        patched.setattr(engine._publishing, "_step", away)
        engine.record("wutong", Given(to=("li",), points=1), by="wang")
    engine.record("wutong", Given(to=("li",), points=1), by="wang")
    engine.close()
    assert given[-2:] == [first + 1, first + 2]


def test_two_failures_and_a_success_start_counting_anew(make: Make) -> None:
    broken = [True, True, False, True, True, False]

    def moody(_facts: tuple[Fact, ...], _matter: Any) -> list[Any]:
        if broken.pop(0):
            raise RuntimeError("no connection")
        return []

    engine = make({"shop": publishing(moody, Asked)}, writer="inline")
    place = opened(engine)
    for _ in range(6):
        engine.record(place, Asked(question="When?", days=3), by="li")
    assert broken == []


def test_what_follows_a_fact_of_the_clock_is_recorded_too(make: Make, clock: ScriptedClock) -> None:
    def chime(facts: tuple[Fact, ...], matter: Any) -> list[Any]:
        return [at(matter.id, Chimed(note=f"{fact.kind} {fact.seq}")) for fact in facts]

    engine = make({"shop": publishing(chime, "shop.lapsed")}, writer="inline")
    place = opened(engine)
    engine.record(place, Asked(question="When?", days=3), by="li")
    clock.move(days=3)
    engine.tick()
    last = list(engine.export("wutong"))[-1]
    assert last["body"]["note"] == f"shop.lapsed {last['seq'] - 1}"


def test_a_community_without_the_plugin_is_not_told(make: Make) -> None:
    given: list[Any] = []
    shop = {"shop": publishing(lambda facts, _m: given.extend(facts))}
    engine = make(shop, writer="inline")
    engine.found("plain", title="Plain", setting="urban", plugins=[])
    assert given == []
