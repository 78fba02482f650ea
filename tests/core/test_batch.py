"""Batches: acts stand or fall alone, spend nothing twice, and leave nothing when refused."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.core.conftest import MEMBERS as PEOPLE
from tests.core.conftest import Make, people
from tests.core.shop import (
    POINTS,
    QUESTIONS,
    STOCK,
    Answered,
    Asked,
    Given,
    Noted,
    Redeemed,
    Stocked,
    plugin,
)
from tests.core.shop import waiting as shop_waiting
from wugong import (
    ANY,
    OPERATOR,
    PLAN,
    CommunityFounded,
    Engine,
    Fold,
    HoldLifted,
    HoldPlaced,
    MatterOpened,
    MemberEnrolled,
    PluginAdopted,
    PluginRetired,
    Ref,
    Refused,
    StageClosed,
    StageOpened,
    Waiting,
    event,
    hookimpl,
    on,
    seal,
)
from wugong.clock import ScriptedClock
from wugong.jobs import Job
from wugong.testing import Rehearsal
from wugong.writer import process


def kinds(engine: Engine, community: str, after: int = 0) -> list[str]:
    return [record["kind"] for record in engine.export(community, after)]


def job(by: str, matter: str, *events: Any, **more: Any) -> Job:
    return Job("wutong", [(matter, one) for one in events], by, **more)


def do(engine: Engine, *jobs: Job) -> list[Any]:
    """Process jobs in one batch, as the writer would when they queued together."""
    process(engine._means, jobs, engine._committed)
    return [one.result for one in jobs]


# Nothing is spent twice


def test_five_redemptions_in_one_batch_empty_a_stock_of_two(engine: Engine) -> None:
    item = Ref(engine.record("wutong", Stocked(title="rice", stock=2), by="wang").seq)
    everybody = ("li", "zhao", "sun", "wang", "zhou")
    engine.record("wutong", Given(to=everybody, points=9), by="wang")
    results = do(engine, *(job(who, "wutong", Redeemed(item=item)) for who in everybody))
    refused = [one for one in results if isinstance(one, Refused)]
    assert [one.codes for one in refused] == [("shop.sold_out",)] * 3
    assert not any(isinstance(one, Refused) for one in results[:2])
    assert engine.book(STOCK, "wutong") == {str(item): {"left": 0, "price": 1}}
    assert engine.book(POINTS, "wutong") == {
        "li": 8,
        "zhao": 8,
        **dict.fromkeys(("sun", "wang", "zhou"), 9),
    }
    assert kinds(engine, "wutong").count("shop.redeemed") == 2
    assert engine.verify("wutong")[1] is None


def test_five_redemptions_of_one_account_spend_what_it_holds(engine: Engine) -> None:
    item = Ref(engine.record("wutong", Stocked(title="rice", stock=9), by="wang").seq)
    engine.record("wutong", Given(to=("li",), points=2), by="wang")
    results = do(engine, *(job("li", "wutong", Redeemed(item=item)) for _ in range(5)))
    assert [isinstance(one, Refused) for one in results] == [False, False, True, True, True]
    assert engine.book(POINTS, "wutong") == {}


def test_five_redemptions_queued_behind_a_busy_writer_go_into_one_batch(engine: Engine) -> None:
    item = Ref(engine.record("wutong", Stocked(title="rice", stock=2), by="wang").seq)
    everybody = ("li", "zhao", "sun", "wang", "zhou")
    engine.record("wutong", Given(to=everybody, points=1), by="wang")
    outcomes: list[str] = []

    def redeem(who: str) -> None:
        try:
            engine.record("wutong", Redeemed(item=item), by=who)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.codes[0])

    threads = [threading.Thread(target=redeem, args=(who,)) for who in everybody]
    with engine.storage.write() as connection:
        engine.storage.lock(connection, "wutong")  # the writer waits for this transaction
        for thread in threads:
            thread.start()
        threading.Event().wait(0.3)
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "done", "shop.sold_out", "shop.sold_out", "shop.sold_out"]


def test_record_many_is_all_or_nothing(engine: Engine) -> None:
    item = Ref(engine.record("wutong", Stocked(title="rice", stock=9), by="wang").seq)
    before = engine.head("wutong")
    engine.record("wutong", Given(to=("li",), points=2), by="wang")
    with pytest.raises(Refused, match=r"shop\.too_few_points"):
        engine.record_many([("wutong", Redeemed(item=item))] * 3, by="li")
    assert engine.head("wutong").seq == before.seq + 1
    assert engine.book(POINTS, "wutong") == {"li": 2}
    receipts = engine.record_many([("wutong", Redeemed(item=item))] * 2, by="li")
    assert [one.seq for one in receipts] == [before.seq + 2, before.seq + 3]
    assert engine.record_many([], by="li") == []


def test_acts_recorded_together_belong_to_one_community(engine: Engine) -> None:
    with pytest.raises(ValueError, match="belong to one community"):
        engine.record_many(
            [("wutong", MatterOpened(title="a")), ("other", MatterOpened(title="b"))], by="li"
        )


def test_an_act_sees_what_the_act_before_it_in_its_batch_did(engine: Engine) -> None:
    head = engine.head("wutong").seq
    receipts = engine.record_many(
        [
            ("wutong", MatterOpened(title="Benches")),
            (f"wutong.{head + 1}", Asked(question="Where?", days=3)),
            (f"wutong.{head + 1}", Noted(text=seal("there"), about=(Ref(head + 2),))),
        ],
        by="li",
    )
    assert {one.matter for one in receipts} == {f"wutong.{head + 1}"}
    assert engine.links("wutong", head + 3, engine.viewer("wutong", "li"))[0] == [head + 2]


# What a refused act leaves: nothing


def refusing(kind: Any, event_of: Any) -> SimpleNamespace:
    """Return the shop with a reaction in planning that is refused."""

    @hookimpl
    @on(kind)
    def co_plan(fact: Any) -> list[Any]:
        return [event_of(fact)]

    return plugin(co_plan=co_plan)


def test_a_matter_whose_opening_is_refused_by_its_consequence_is_not_there() -> None:
    shop = refusing(MatterOpened, lambda _fact: StageOpened(stage=PLAN))
    r = Rehearsal({"shop": shop}, members={"li": ()})
    with r.refuses("wugong.stage_already_open"):
        r.open("Street lights", by="li")
    assert r.engine.matters("example", r.viewer("example", "li")) == ([], 0)
    with pytest.raises(LookupError):
        r.matter("example.3")


def test_a_refused_job_leaves_the_deadlines_of_the_next_one_alone(
    engine: Engine, matter: str
) -> None:
    """Both give the matter the same last number, but other facts."""
    first = job("li", matter, Asked(question="When?", days=1), StageOpened(stage=PLAN))
    second = job("li", matter, Asked(question="Where?", days=9))
    results = do(engine, first, second)
    assert isinstance(results[0], Refused)
    [item] = engine.waiting(matter, engine.viewer(matter, "li"))
    assert item.by is not None
    assert (item.by - engine.now()).days == 9


def test_a_refused_act_changes_no_list(engine: Engine, matter: str, clock: ScriptedClock) -> None:
    viewer = engine.viewer("wutong", "li")
    before = engine.matters("wutong", viewer)
    clock.move(days=1)
    results = do(
        engine,
        job("wang", matter, StageClosed(stage=PLAN), StageOpened(stage=PLAN)),
        job("wang", "wutong", Stocked(title="rice", stock=1)),
    )
    assert isinstance(results[0], Refused)
    assert engine.matters("wutong", viewer) == before


# Who may found, and what is left when a plugin is gone


@pytest.mark.parametrize("by", ["mallory", "wang", "plugin:shop", "clock"])
def test_only_the_operator_founds_a_community(engine: Engine, by: str) -> None:
    founded = CommunityFounded(title="Mine", setting="urban", plugins=())
    with pytest.raises(Refused) as caught:
        engine.record("mine", founded, by=by)
    assert caught.value.codes == ("wugong.not_your_role",)
    assert [one[0] for one in engine.communities()] == ["wutong"]


def test_a_community_is_founded_once(engine: Engine) -> None:
    with pytest.raises(Refused, match=r"wugong\.community_exists"):
        engine.found("wutong", title="Again", setting="urban")


@pytest.mark.parametrize("name", ["a", "x" * 41, "Wutong", "wu tong", "wu.tong", "梧桐", "", "-"])
def test_the_id_of_a_community_is_short_and_plain(engine: Engine, name: str) -> None:
    with pytest.raises(ValueError, match="a community's id has 2 to 40 small letters"):
        engine.found(name, title="x", setting="urban")


def test_a_matter_whose_plugin_is_gone_can_be_read_and_not_changed(
    make: Make, engine: Engine, matter: str
) -> None:
    asked = engine.record(matter, Asked(question="When?", days=3), by="li")
    engine.record("wutong", Stocked(title="rice", stock=1), by="wang")
    engine.close()
    left = make({})
    wang = left.viewer(matter, "wang")
    shown = [fact.kind for fact in left.facts(matter, wang)]
    assert shown == ["wugong.matter_opened", "shop.asked"]
    assert left.fact("wutong", asked.seq, left.viewer(matter, "li")) is None  # officers only
    assert left.offered(left.matter(matter), wang) == []
    (only,) = left.offered(left.matter("wutong"), OPERATOR)
    assert only.cls is PluginRetired
    for place in (matter, "wutong"):
        with pytest.raises(Refused) as caught:
            left.record(place, StageClosed(stage=PLAN), by="wang")
        assert caught.value.codes == ("wugong.plugin_missing",)
        assert caught.value.reasons[0].details == {"plugin": "shop"}
    left.record("wutong", PluginRetired(plugin="shop", reason="nobody used it"), by="operator")
    assert left.offered(left.matter(matter), wang)
    left.record(matter, StageClosed(stage=PLAN), by="wang")
    assert left.verify("wutong")[1] is None


def test_a_plugin_is_adopted_once_and_again_after_it_was_retired(engine: Engine) -> None:
    adopted = PluginAdopted(plugin="shop", reason="it is wanted again")
    with pytest.raises(Refused, match=r"^wugong\.plugin_in_use$"):
        engine.record("wutong", adopted, by="operator")
    with pytest.raises(Refused, match=r"^wugong\.plugin_not_installed$"):
        nothing = PluginAdopted(plugin="shopp", reason="x")
        engine.record("wutong", nothing, by="operator")
    with pytest.raises(Refused, match=r"^wugong\.not_your_role$"):
        engine.record("wutong", adopted, by="li")
    engine.record("wutong", PluginRetired(plugin="shop", reason="no use"), by="operator")
    engine.record("wutong", adopted, by="operator")
    standing = engine.matter("wutong").standing
    assert standing.plugins.count("shop") == 1 and standing.retired == ()


# Two persons


def test_who_asked_does_not_answer_not_even_from_another_matter(
    engine: Engine, matter: str
) -> None:
    other = engine.record("wutong", MatterOpened(title="Benches"), by="sun").matter
    question = Ref(engine.record(matter, Asked(question="When?", days=3), by="li").seq)
    for place in (matter, other):
        with pytest.raises(Refused) as caught:
            engine.record(place, Answered(question=question), by="li")
        assert caught.value.codes == ("wugong.needs_another_person",)
        assert caught.value.reasons[0].source == "our shop rules, 4"
    with pytest.raises(Refused, match=r"wugong\.needs_another_person"):
        engine.record(
            matter, Answered(question=question), by="zhou", principal="li", channel="assisted"
        )
    engine.record(matter, Answered(question=question), by="zhao")


def test_who_helped_to_ask_does_not_answer_either(engine: Engine, matter: str) -> None:
    asked = Asked(question="When?", days=3)
    receipt = engine.record(matter, asked, by="zhou", principal="li", channel="assisted")
    for who in ("li", "zhou"):
        with pytest.raises(Refused, match=r"wugong\.needs_another_person"):
            engine.record(matter, Answered(question=Ref(receipt.seq)), by=who)
    engine.record(matter, Answered(question=Ref(receipt.seq)), by="sun")


# What the clock owes


def test_what_the_clock_owes_is_recorded_before_the_next_act_without_a_tick(
    engine: Engine, matter: str, clock: ScriptedClock
) -> None:
    question = engine.record(matter, Asked(question="When?", days=3), by="li").seq
    clock.move(days=3)
    noted = engine.record(matter, Noted(text=seal("late")), by="sun")
    assert kinds(engine, "wutong", question) == ["shop.lapsed", "shop.noted"]
    assert noted.facts == (noted.seq,)
    lapsed = next(engine.export("wutong", question))
    assert (lapsed["by"], lapsed["channel"], lapsed["matter"]) == ("clock", "clock", matter)
    assert not engine.matter(matter).state(QUESTIONS)


def test_a_deadline_holds_to_the_millisecond(
    engine: Engine, matter: str, clock: ScriptedClock
) -> None:
    first = engine.record(matter, Asked(question="When?", days=3), by="li").seq
    second = engine.record(matter, Asked(question="Where?", days=3), by="li").seq
    clock.move(days=3, milliseconds=-1)
    engine.record(matter, Answered(question=Ref(first)), by="sun")
    clock.move(milliseconds=1)
    with pytest.raises(Refused, match=r"shop\.not_asked"):
        engine.record(matter, Answered(question=Ref(second)), by="sun")


def test_what_the_clock_owes_several_times_is_paid_in_the_order_it_fell_due(
    engine: Engine, matter: str, clock: ScriptedClock
) -> None:
    for days in (3, 1, 2):
        engine.record(matter, Asked(question=str(days), days=days), by="li")
    before = engine.head("wutong").seq
    clock.move(days=4)
    assert engine.tick() == 3
    lapsed = [record["body"]["question"] for record in engine.export("wutong", before)]
    assert lapsed == [before - 1, before, before - 2]
    assert engine.tick() == 0


def test_debts_that_say_the_same_are_all_paid() -> None:
    """Nothing but what is recorded tells them apart."""
    due = Rehearsal().clock.now

    @event("shop.rang", may={"clock": ANY})
    class Rang:
        """The clock rings."""

        hour: int

    heard: Fold[tuple[int, ...]] = Fold(
        "shop.rung", initial=(), fold=lambda v, f: (*v, f.event.hour), hears=(Rang,)
    )

    @hookimpl
    def register() -> list[Any]:
        return [Rang, heard]

    @hookimpl
    def waiting(matter: Any) -> list[Waiting]:
        left = {1, 2, 3} - set(matter.state(heard))
        return [Waiting("ring", "clock", due, "shop.rang", Rang(hour=hour)) for hour in left]

    shop = SimpleNamespace(register=register, waiting=waiting)
    r = Rehearsal({"shop": shop}, members={"li": ()})
    place = r.open("Bells", by="li")
    assert r.engine.tick() >= 0
    assert r.matter(place).state(heard) == (1, 2, 3)


def test_a_hold_runs_out_by_the_clock() -> None:
    @hookimpl
    @on(Asked)
    def co_plan(fact: Any) -> list[Any]:
        return [HoldPlaced(stage=PLAN, until=fact.at + timedelta(days=2))]

    r = Rehearsal({"shop": plugin(co_plan=co_plan)}, members=PEOPLE)
    place = r.open("Street lights", by="li")
    r.act("li", place, Asked(question="When?", days=9))
    assert r.matter(place).status(PLAN) == "held"
    with r.refuses("wugong.stage_held"):
        r.act("li", place, Noted(text=seal("now?")))
    [hold] = r.matter(place).holds.values()
    for who in ("operator", "wang", "clock"):
        with pytest.raises(Refused):
            r.act(who, place, HoldLifted(hold=Ref(hold.id)))
    assert r.wait(days=1) == 0
    assert r.wait(days=1) == 1
    assert r.matter(place).status(PLAN) == "open"
    r.act("li", place, Noted(text=seal("now!")))


def test_a_tick_makes_timely_what_nobody_asks_for(
    engine: Engine, matter: str, clock: ScriptedClock
) -> None:
    engine.record(matter, Asked(question="When?", days=3), by="li")
    clock.move(days=3, milliseconds=-1)
    assert engine.tick() == 0
    clock.move(milliseconds=1)
    assert engine.tick() == 1
    assert engine.verify("wutong")[1] is None


def test_one_matter_that_cannot_be_settled_does_not_stop_the_clock_for_others() -> None:
    broken: list[str] = []

    @hookimpl
    def waiting(matter: Any) -> list[Waiting]:
        if matter.id in broken:
            raise RuntimeError("broken")
        return list(shop_waiting(matter))

    r = Rehearsal({"shop": plugin(waiting=waiting)}, members=PEOPLE)
    places = [r.open(title, by="li") for title in ("a", "b", "c")]
    for place in places:
        r.act("li", place, Asked(question="When?", days=1))
    broken.append(places[0])
    assert r.wait(days=1) == 2
    broken.clear()
    assert r.engine.tick() == 1


def test_time_never_goes_back_in_a_journal(
    engine: Engine, matter: str, clock: ScriptedClock
) -> None:
    clock.move(days=1)
    late = engine.record(matter, Noted(text=seal("a")), by="li").at
    clock.move(days=-400)
    early = engine.record(matter, Noted(text=seal("b")), by="li").at
    assert early == late
    clock.move(days=401)
    assert engine.record(matter, Noted(text=seal("c")), by="li").at > late


# Communities do not see each other


def test_communities_of_one_database_share_nothing(engine: Engine, matter: str) -> None:
    people(engine, "huaishu")
    engine.record("huaishu", MemberEnrolled(member="only", name=seal("Only")), by="operator")
    engine.record("huaishu", Given(to=("li",), points=5), by="wang")
    item = Ref(engine.record("huaishu", Stocked(title="rice", stock=9), by="wang").seq)
    other = engine.record("huaishu", MatterOpened(title="Well"), by="only").matter
    assert engine.book(POINTS, "wutong") == {}
    assert engine.book(STOCK, "wutong") == {}
    assert [line.id for line in engine.matters("wutong", engine.viewer("wutong", "li"))[0]] == [
        matter
    ]
    with pytest.raises(Refused) as caught:
        engine.record(matter, Noted(text=seal("hello")), by="only")
    assert caught.value.codes == ("wugong.not_a_member",)
    with pytest.raises(Refused, match=r"wugong\.ref_unknown"):
        engine.record(matter, Answered(question=item), by="sun")
    engine.record(other, Noted(text=seal("mine")), by="only")
    assert engine.head("wutong").seq == 11 - 1
    for community in ("wutong", "huaishu"):
        assert engine.verify(community)[1] is None


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("wutong.9999", "wugong.matter_unknown"),
        ("wutong.x", "wugong.matter_unknown"),
        ("nowhere", "wugong.community_unknown"),
        ("nowhere.5", "wugong.matter_unknown"),
    ],
)
def test_what_is_not_there_is_named(engine: Engine, place: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        engine.record(place, StageClosed(stage=PLAN), by="wang")
    assert caught.value.codes == (code,)
