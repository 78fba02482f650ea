"""The engine as hosts use it: in threads, loops, forks, host transactions, several processes."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.core.conftest import Make, give_in_four_threads, people
from tests.core.shop import POINTS, QUESTIONS, SHOP, STOCK, Asked, Given, Noted, Redeemed, Stocked
from wugong import (
    Engine,
    Erased,
    MatterOpened,
    Misconfigured,
    Ref,
    Refused,
    StageClosed,
    Unreadable,
    seal,
)
from wugong.clock import ScriptedClock
from wugong.stages import PLAN
from wugong.testing import START, Dice

# Threads, loops, forks


def test_sixteen_threads_record_fifty_acts_each(engine: Engine, matter: str) -> None:
    before = engine.head("wutong").seq
    seqs: list[int] = []

    def work(number: int) -> None:
        for turn in range(50):
            given = Given(to=(f"m-{number}",), points=turn + 1)
            seqs.append(engine.record("wutong", given, by="wang").seq)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seqs) == list(range(before + 1, before + 801))
    assert engine.book(POINTS, "wutong") == {f"m-{n}": 1275 for n in range(16)}
    assert engine.verify("wutong") == (engine.head("wutong"), None)


def test_sixty_four_coroutines_record_without_blocking_their_loop(
    engine: Engine, matter: str
) -> None:
    ticks = 0

    async def count() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    async def work() -> list[Any]:
        counting = asyncio.create_task(count())
        acts = [engine.arecord(matter, Noted(text=seal(str(n))), by="li") for n in range(64)]
        receipts = await asyncio.gather(*acts)
        counting.cancel()
        return receipts

    receipts = asyncio.run(work())
    assert len({one.seq for one in receipts}) == 64
    assert ticks > 10
    assert engine.verify("wutong")[1] is None


def test_a_refusal_reaches_the_coroutine_that_asked(engine: Engine, matter: str) -> None:
    async def work() -> list[Any]:
        acts = (
            engine.arecord(matter, StageClosed(stage=PLAN), by="li"),
            engine.arecord(matter, Noted(text=seal("fine")), by="li"),
        )
        return list(await asyncio.gather(*acts, return_exceptions=True))

    refused, receipt = asyncio.run(work())
    assert isinstance(refused, Refused)
    assert refused.codes == ("wugong.not_your_role",)
    assert receipt.kind == "shop.noted"


def test_a_coroutine_that_gives_up_costs_nobody_else(engine: Engine, matter: str) -> None:
    async def work() -> Any:
        lost = asyncio.create_task(engine.arecord(matter, Noted(text=seal("a")), by="li"))
        await asyncio.sleep(0)
        lost.cancel()
        return await engine.arecord(matter, Noted(text=seal("b")), by="li")

    assert asyncio.run(work()).kind == "shop.noted"


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_forked_child_records_on_its_own(make: Make, matter: str) -> None:
    engine = make(random=os.urandom)
    engine.record(matter, Noted(text=seal("parent")), by="li")
    before = engine.head("wutong").seq
    child = os.fork()
    if child == 0:
        code = 1
        try:
            for number in range(3):
                engine.record(matter, Noted(text=seal(f"child {number}")), by="zhao")
            code = 0
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    engine.record(matter, Noted(text=seal("parent again")), by="li")
    assert engine.head("wutong").seq == before + 4
    assert engine.verify("wutong")[1] is None
    assert engine.matter(matter).last == before + 4


def test_written_inline_everything_happens_in_the_callers_thread(make: Make) -> None:
    engine = make(writer="inline")
    people(engine)
    before = {thread.name for thread in threading.enumerate()}
    place = engine.record("wutong", MatterOpened(title="Lights"), by="li").matter
    receipt = asyncio.run(engine.arecord(place, Noted(text=seal("a")), by="li"))
    assert receipt.matter == place
    assert {t.name for t in threading.enumerate()} - before <= {"wugong-watch"}
    with pytest.raises(Refused):
        engine.record(place, StageClosed(stage=PLAN), by="li")


def test_inline_acts_of_several_threads_take_turns(make: Make) -> None:
    engine = make(writer="inline")
    people(engine)
    give_in_four_threads(engine)


def test_a_writer_is_a_thread_or_inline() -> None:
    with pytest.raises(Misconfigured, match='writer is "thread" or "inline"'):
        Engine("sqlite://", {}, writer="async")


def test_an_engine_starts_no_thread_before_it_is_needed(database: str, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with Engine(database, {"shop": SHOP}, keys=tmp_path / "k") as engine:
        assert engine.communities() == []
        assert set(threading.enumerate()) == before


# In a host's transaction


@pytest.fixture
def on_postgres(postgres_url: str, tmp_path: Path, clock: ScriptedClock) -> tuple[Engine, str, str]:
    """Give an engine on PostgreSQL, a matter, and the address for the host's own connection."""
    engine = Engine(postgres_url, {"shop": SHOP}, keys=tmp_path / "k", clock=clock, random=Dice())
    people(engine)
    place = engine.record("wutong", MatterOpened(title="Lights"), by="li").matter
    return engine, place, postgres_url


def test_an_act_joins_the_hosts_transaction_and_lives_and_dies_with_it(
    on_postgres: tuple[Engine, str, str],
) -> None:
    engine, place, url = on_postgres
    host = create_engine(url)
    with host.begin() as connection:
        connection.execute(text("CREATE TABLE orders (n integer)"))
    before = engine.head("wutong").seq
    with host.connect() as connection:
        connection.execute(text("INSERT INTO orders VALUES (1)"))
        asked = Asked(question="When?", days=3)
        receipt = engine.record(place, asked, by="li", connection=connection)
        assert receipt.seq == before + 1
        assert engine.head("wutong").seq == before  # nobody else sees it yet
        connection.rollback()
    assert engine.head("wutong").seq == before
    with host.begin() as connection:
        connection.execute(text("INSERT INTO orders VALUES (2)"))
        engine.record(place, Asked(question="Where?", days=5), by="zhao", connection=connection)
    with host.connect() as connection:
        assert list(connection.execute(text("SELECT n FROM orders")).scalars()) == [2]
    [(who, _until)] = engine.matter(place).state(QUESTIONS).values()
    assert who == "zhao"
    assert engine.verify("wutong")[1] is None
    host.dispose()
    engine.close()


def test_what_was_rolled_back_is_not_taken_for_the_act_that_gets_its_number(
    on_postgres: tuple[Engine, str, str],
) -> None:
    engine, place, url = on_postgres
    host = create_engine(url)
    with host.connect() as connection:
        # The second act reads the first one inside the transaction, and must not keep it.
        for question in ("lost", "lost, too"):
            engine.record(place, Asked(question=question, days=3), by="li", connection=connection)
        connection.rollback()
    engine.record(place, Noted(text=seal("something else")), by="sun")
    engine.record(place, Asked(question="kept", days=3), by="sun")
    [(who, _until)] = engine.matter(place).state(QUESTIONS).values()
    assert who == "sun"
    host.dispose()
    engine.close()


def test_an_act_of_the_host_holds_the_community_until_its_transaction_ends(
    on_postgres: tuple[Engine, str, str],
) -> None:
    engine, place, url = on_postgres
    host = create_engine(url)
    done = threading.Event()

    def other() -> None:
        engine.record(place, Noted(text=seal("later")), by="sun")
        done.set()

    with host.begin() as connection:
        first = engine.record(place, Noted(text=seal("a")), by="li", connection=connection)
        thread = threading.Thread(target=other)
        thread.start()
        assert not done.wait(0.3)
    thread.join()
    assert engine.head("wutong").seq == first.seq + 1
    assert engine.verify("wutong")[1] is None
    host.dispose()
    engine.close()


def test_an_erasure_joins_no_transaction(on_postgres: tuple[Engine, str, str]) -> None:
    engine, _place, url = on_postgres
    host = create_engine(url)
    with host.connect() as connection, pytest.raises(ValueError, match="destroys a key for good"):
        erased = Erased(member="li", reason="asked for it")
        engine.record("wutong", erased, by="operator", connection=connection)
    host.dispose()
    engine.close()


def test_only_postgresql_shares_a_transaction(tmp_path: Path) -> None:
    with Engine(f"sqlite:///{tmp_path / 'a.db'}", {"shop": SHOP}) as engine:
        people(engine)
        with (
            engine.storage.read() as connection,
            pytest.raises(Misconfigured, match="needs PostgreSQL"),
        ):
            opened = MatterOpened(title="x")
            engine.record("wutong", opened, by="li", connection=connection)


# Several processes on one database


def test_two_engines_interleave_and_the_chain_never_forks(make: Make, engine: Engine) -> None:
    engines = [engine, make()]
    item = Ref(engine.record("wutong", Stocked(title="rice", stock=30), by="wang").seq)
    engine.record("wutong", Given(to=("li", "zhao"), points=40), by="wang")
    errors: list[BaseException] = []

    def work(one: Engine, who: str) -> None:
        for _ in range(20):
            try:
                one.record("wutong", Redeemed(item=item), by=who)
            except Refused as refused:
                errors.append(refused)

    threads = [
        threading.Thread(target=work, args=pair)
        for pair in zip(engines, ("li", "zhao"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(errors) == 10
    for one in engines:
        assert one.book(STOCK, "wutong")[str(item)]["left"] == 0
        assert sum(one.book(POINTS, "wutong").values()) == 50
        assert one.verify("wutong") == (engine.head("wutong"), None)


def test_what_one_process_knows_of_a_matter_follows_what_another_records(
    make: Make, engine: Engine, matter: str
) -> None:
    other = make()
    for turn in range(4):
        one, two = (engine, other) if turn % 2 else (other, engine)
        asked = one.record(matter, Asked(question=str(turn), days=3), by="li").seq
        assert asked in two.matter(matter).state(QUESTIONS)
    assert engine.matter(matter) == other.matter(matter) == make().matter(matter)


# What no database could keep


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("by", "x" * 81, "has 81 characters, at most 80 are allowed"),
        ("by", "a\x00b", "contains a control character"),
        ("principal", "x" * 81, "has 81 characters, at most 80 are allowed"),
        ("channel", "x" * 81, "has 81 characters, at most 80 are allowed"),
        ("key", "x" * 201, "has 201 characters, at most 200 are allowed"),
        ("key", "\ud800", "contains a control character"),
        ("key", 7, "must be text, got a number"),
        ("matter", "wutong." + "1" * 80, "has 87 characters, at most 80 are allowed"),
        ("matter", "wutong.\x00", "contains a control character"),
    ],
)
def test_what_surrounds_an_act_has_limits_too(
    engine: Engine, matter: str, field: str, value: Any, what: str
) -> None:
    around: dict[str, Any] = {"matter": matter, "by": "li", field: value}
    before = engine.head("wutong")
    with pytest.raises(Unreadable) as caught:
        engine.record(around.pop("matter"), Noted(text=seal("a")), **around)
    assert caught.value.problems == ((field, what),)
    assert engine.head("wutong") == before


def test_the_longest_key_is_kept(engine: Engine, matter: str) -> None:
    """200 letters of four bytes each still fit into an index."""
    key = "".join(chr(0x20000 + n) for n in range(200))
    receipt = engine.record(matter, Noted(text=seal("a")), by="li", key=key)
    assert engine.record(matter, Noted(text=seal("a")), by="li", key=key) == receipt


def test_an_event_out_of_shape_is_refused_before_anything_is_queued(
    engine: Engine, matter: str
) -> None:
    with pytest.raises(Unreadable, match=r"^question: must not be empty; days: must be from"):
        engine.record(matter, Asked(question=" ", days=0), by="li")
    with pytest.raises(TypeError, match="is not declared with @event"):
        engine.record(matter, object(), by="li")
    with pytest.raises(TypeError, match="is a class"):
        engine.record(matter, Asked, by="li")


def test_json_becomes_an_event_of_a_known_kind_alone(engine: Engine) -> None:
    assert engine.read("shop.asked", {"question": "When?", "days": 3}) == Asked(
        question="When?", days=3
    )
    for kind in ("shop.unheard", "", "x" * 500):
        with pytest.raises(Refused) as caught:
            engine.read(kind, {})
        assert caught.value.codes == ("wugong.kind_unknown",)
        assert caught.value.reasons[0].details == {"kind": kind[:80]}


def test_an_engine_made_without_the_plugin_refuses_its_kinds(make: Make, matter: str) -> None:
    plain = make({})
    with pytest.raises(Refused, match=r"wugong\.kind_unknown"):
        plain.record(matter, Asked(question="When?", days=3), by="li")


# The same year, the same bytes


def year(database: str, keys: Path) -> list[dict[str, Any]]:
    """Play the same year and return its journal."""
    clock = ScriptedClock(START)
    with Engine(
        database, {"shop": SHOP}, keys=keys, clock=clock, random=Dice("year"), writer="inline"
    ) as engine:
        people(engine)
        item = Ref(engine.record("wutong", Stocked(title="米 rice", stock=40), by="wang").seq)
        for week in range(52):
            clock.move(days=7)
            place = engine.record("wutong", MatterOpened(title=f"Week {week}"), by="li").matter
            engine.record(place, Asked(question="行嗎？ 𠮷", days=week % 14 + 1), by="zhao")
            engine.record(place, Noted(text=seal("說明")), by="zhou", principal="sun",
                          channel="assisted", key=f"week-{week}")  # fmt: skip
            engine.record("wutong", Given(to=("li", "zhao"), points=week + 1), by="wang")
            for who in ("li", "sun"):
                try:
                    engine.record("wutong", Redeemed(item=item), by=who)
                except Refused as refused:
                    assert {"shop.too_few_points", "shop.sold_out"} >= set(refused.codes)
            if week % 3 == 0:
                engine.record(place, StageClosed(stage=PLAN), by="wang")
            if week % 5 == 0:
                engine.tick()
        assert engine.verify("wutong")[1] is None
        return list(engine.export("wutong"))


def test_both_databases_keep_the_same_bytes_of_the_same_year(
    tmp_path: Path, postgres_url: str
) -> None:
    sqlite = year(f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "a.keys")
    postgres = year(postgres_url, tmp_path / "b.keys")
    assert len(sqlite) > 300
    assert sqlite == postgres
