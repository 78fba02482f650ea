"""Reading: one function decides for facts, texts, names, lists, waiting items and links."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.core.conftest import MEMBERS, people
from tests.core.shop import (
    ITEMS,
    POINTS,
    SHOP,
    STOCK,
    Asked,
    Confided,
    Given,
    Noted,
    Redeemed,
    Stocked,
)
from wugong import (
    NOBODY,
    OPERATOR,
    PLAN,
    Engine,
    Entitlement,
    Erased,
    MatterOpened,
    MemberEnrolled,
    Ref,
    StageClosed,
    Viewer,
    may_read,
    seal,
)
from wugong.clock import ScriptedClock
from wugong.facts import LARGE
from wugong.tables import JournalRow
from wugong.testing import Rehearsal, imported

RESIDENT = Viewer("li", frozenset({"resident"}))
OFFICER = Viewer("wang", frozenset({"resident", "officer"}))
ADMIN = Viewer("root", frozenset({"resident", "admin"}))
PARTY = Viewer("sun", frozenset({"resident", "shop.asker"}))
STRANGER = Viewer("someone")


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("public", {"nobody", "stranger", "li", "wang", "root", "sun", "operator"}),
        ("members", {"li", "wang", "root", "sun", "operator"}),
        ("officer", {"wang", "root", "operator"}),
        ("admin", {"root", "operator"}),
        ("treasurer", {"operator"}),
        ("shop.asker", {"sun"}),
        ("shop.asker|officer", {"sun", "wang", "root", "operator"}),
        ("author", set()),
    ],
)
def test_an_audience_is_a_set_of_viewers(audience: str, readers: set[str]) -> None:
    viewers = {
        "nobody": NOBODY,
        "stranger": STRANGER,
        "li": RESIDENT,
        "wang": OFFICER,
        "root": ADMIN,
        "sun": PARTY,
        "operator": OPERATOR,
    }
    assert {name for name, one in viewers.items() if may_read(one, audience)} == readers


def test_an_author_and_whom_it_concerns_read_what_is_for_the_author() -> None:
    assert may_read(RESIDENT, "author", author="li")
    assert may_read(RESIDENT, "author", author="wang", whom="li")
    assert not may_read(RESIDENT, "author", author="wang")
    assert not may_read(NOBODY, "author", author="")
    assert not may_read(OFFICER, "author|shop.asker", author="li")


# Facts and texts


def kinds(engine: Engine, place: str, who: str, **choose: Any) -> list[str]:
    return [fact.kind for fact in engine.facts(place, engine.viewer(place, who), **choose)]


def test_members_read_what_is_for_members_and_others_do_not(engine: Engine, matter: str) -> None:
    seq = engine.record(matter, Noted(text=seal("dark")), by="li").seq
    assert kinds(engine, matter, "sun") == ["wugong.matter_opened", "shop.noted"]
    for who in ("", "stranger"):
        assert kinds(engine, matter, who) == ["wugong.matter_opened"]
        assert engine.fact("wutong", seq, engine.viewer("wutong", who)) is None
    fact = engine.fact("wutong", seq, OPERATOR)
    assert fact is not None
    assert engine.open(fact, NOBODY) == {"text": None}
    assert engine.open(fact, engine.viewer(matter, "sun")) == {"text": "dark"}


def test_a_matter_for_members_shows_strangers_nothing(engine: Engine) -> None:
    opened = MatterOpened(title="Quarrel", audience="members")
    place = engine.record("wutong", opened, by="li").matter
    engine.record(place, Asked(question="When?", days=3), by="li")
    here = engine.matter(place)
    for viewer in (NOBODY, engine.viewer(place, "stranger")):
        assert engine.facts(place, viewer) == []
        assert engine.facts("wutong", viewer, whole=True, kinds=("shop.asked",)) == []
        assert engine.matters("wutong", viewer) == ([], 0)
        assert not engine.may_read_matter(here, viewer)
    assert engine.matters("wutong", engine.viewer("wutong", "sun"))[1] == 1


def test_of_two_confidential_exchanges_in_one_matter_each_shows_its_own_people_alone(
    engine: Engine, matter: str
) -> None:
    first = Ref(engine.record(matter, Asked(question="When?", days=9), by="li").seq)
    second = Ref(engine.record(matter, Asked(question="Where?", days=9), by="sun").seq)
    told = [
        engine.record(matter, Confided(question=first, text=seal("to li")), by="sun").seq,
        engine.record(matter, Confided(question=second, text=seal("to sun")), by="li").seq,
        engine.record(matter, Confided(question=first, text=seal("li only")), by="zhao").seq,
    ]

    def read(who: str) -> dict[int, str | None]:
        viewer = engine.viewer(matter, who)
        facts = engine.facts(matter, viewer, kinds=("shop.confided",))
        return {seq: its["text"] for seq, its in engine.texts(facts, viewer).items()}

    assert read("li") == {told[0]: "to li", told[1]: "to sun", told[2]: "li only"}
    assert read("sun") == {told[0]: "to li", told[1]: "to sun"}
    for who in ("wang", "", "stranger"):
        assert read(who) == {}
    assert engine.facts(matter, OPERATOR, kinds=("shop.confided",)) == []


def test_links_and_lists_do_not_tell_of_confidential_facts(
    engine: Engine, matter: str, clock: ScriptedClock
) -> None:
    question = Ref(engine.record(matter, Asked(question="When?", days=9), by="li").seq)
    before = engine.matters("wutong", engine.viewer("wutong", "wang"))
    clock.move(days=1)
    confided = engine.record(matter, Confided(question=question, text=seal("psst")), by="sun").seq
    assert engine.links("wutong", question, engine.viewer(matter, "li"))[1] == [confided]
    assert engine.links("wutong", question, engine.viewer(matter, "wang"))[1] == []
    after = engine.matters("wutong", engine.viewer("wutong", "wang"))
    assert after[0][0].changed == before[0][0].changed


def test_a_receipt_of_a_confidential_fact_proves_only_that_it_is_there(
    engine: Engine, matter: str
) -> None:
    question = Ref(engine.record(matter, Asked(question="When?", days=9), by="li").seq)
    receipt = engine.record(matter, Confided(question=question, text=seal("psst")), by="sun")
    proof = engine.receipt("wutong", receipt.code)
    assert proof is not None
    assert (proof.seq, proof.matter, proof.kind, proof.channel) == (receipt.seq, "", "", "")


# Searching inside one matter


def test_words_are_found_in_open_and_sealed_texts_as_far_as_they_may_be_read(
    engine: Engine, matter: str
) -> None:
    asked = engine.record(matter, Asked(question="When is the Lamp mended?", days=9), by="li").seq
    noted = engine.record(matter, Noted(text=seal("the LAMP is dark")), by="zhao").seq
    told = Confided(question=Ref(asked), text=seal("who broke the lamp"))
    confided = engine.record(matter, told, by="sun").seq
    other = engine.record("wutong", MatterOpened(title="Benches"), by="li").matter
    engine.record(other, Noted(text=seal("a lamp elsewhere")), by="zhao")

    def found(words: str, who: str = "li") -> list[int]:
        return [fact.seq for fact in engine.search(matter, words, engine.viewer(matter, who))]

    assert found("lamp") == [confided, noted, asked]  # the newest first
    assert found("lamp", "wang") == [noted, asked]
    assert found("lamp", "") == [asked]
    assert found("the lamp is") == [noted]
    assert found("dark lamp") == found("zhao") == found("") == found(" ") == []
    assert len(engine.search(matter, "lamp", engine.viewer(matter, "li"), limit=2)) == 2
    engine.record("wutong", Erased(member="zhao", reason="moved away"), by="operator")
    assert found("lamp") == [confided, asked]  # nothing kept a copy


def test_words_are_found_far_back(engine: Engine, matter: str) -> None:
    first = engine.record(matter, Noted(text=seal("a needle")), by="li").seq
    hay = [(matter, Noted(text=seal(f"hay {n}"))) for n in range(450)]
    engine.record_many(hay, by="li")
    viewer = engine.viewer(matter, "li")
    assert [fact.seq for fact in engine.search(matter, "needle", viewer)] == [first]
    assert [len(engine.search(matter, "hay", viewer, limit=n)) for n in (199, 201, 999)] == [
        *(199, 201, 450)
    ]


# Paging


def test_pages_of_facts_follow_each_other_in_both_directions(engine: Engine, matter: str) -> None:
    for number in range(45):
        said = Asked(question=str(number), days=3) if number % 3 else Noted(text=seal("x"))
        engine.record(matter, said, by="li")
    everything = [f.seq for f in engine.facts(matter, OPERATOR, limit=1000)]
    for viewer in (OPERATOR, NOBODY):
        all_of_it = [f.seq for f in engine.facts(matter, viewer, limit=1000)]
        found: list[int] = []
        while page := engine.facts(matter, viewer, after=found[-1] if found else 0, limit=7):
            found += [f.seq for f in page]
        assert found == all_of_it
        found = []
        while page := engine.facts(
            matter, viewer, before=found[-1] if found else None, limit=7, newest=True
        ):
            found += [f.seq for f in page]
        assert found == all_of_it[::-1]
    assert len(everything) == 46


def test_facts_are_chosen_by_kind_and_without_the_bulk(engine: Engine, matter: str) -> None:
    engine.record("wutong", Given(to=("li",), points=1), by="wang")
    engine.record(matter, Asked(question="When?", days=3), by="li")
    assert kinds(engine, "wutong", "wang", whole=True, kinds=("shop.asked",)) == ["shop.asked"]
    assert "shop.given" in kinds(engine, "wutong", "wang")
    assert "shop.given" not in kinds(engine, "wutong", "wang", bulk=False)
    assert kinds(engine, "wutong", "wang", kinds=("shop.asked",)) == []


# People


def test_members_know_each_others_names_and_officers_their_telephones(engine: Engine) -> None:
    enrolled = MemberEnrolled(
        member="m-7", name=seal("Ms Lin"), household="3-101", contact=seal("139")
    )
    engine.record("wutong", enrolled, by="operator")
    li, wang = engine.viewer("wutong", "li"), engine.viewer("wutong", "wang")
    assert engine.names("wutong", ["m-7", "unknown"], li) == {"m-7": "Ms Lin", "unknown": ""}
    assert engine.names("wutong", ["m-7"], NOBODY) == {"m-7": ""}
    assert engine.names("wutong", ["m-7"], STRANGER) == {"m-7": ""}

    def lin(viewer: Viewer) -> tuple[str, str]:
        [one] = [p for p in engine.directory("wutong", viewer) if p.member == "m-7"]
        return one.name, one.contact

    assert lin(wang) == ("Ms Lin", "139")
    assert lin(li) == ("Ms Lin", "")
    assert lin(NOBODY) == ("", "")


def test_a_viewer_is_what_the_record_says_of_a_member(engine: Engine, matter: str) -> None:
    assert engine.viewer("wutong", "wang").roles == {"resident", "officer"}
    assert engine.viewer(matter, "stranger").roles == frozenset()
    assert engine.viewer(matter, "") == NOBODY
    assert not engine.viewer(matter, "").signed_in
    engine.record(matter, Asked(question="When?", days=3), by="li")
    assert engine.viewer(matter, "li").roles == {"resident", "shop.asker"}
    assert engine.viewer("wutong", "li").roles == {"resident"}
    with pytest.raises(LookupError):
        engine.viewer("wutong.999", "li")


# Lists


def test_matters_are_listed_newest_first_searched_and_by_stage(engine: Engine) -> None:
    titles = ["Street lights", "100% recycled_paper", "Benches", "加裝電梯"]
    places = [engine.record("wutong", MatterOpened(title=t), by="li").matter for t in titles]
    engine.record(places[2], StageClosed(stage=PLAN), by="wang")
    li = engine.viewer("wutong", "li")

    def found(**choose: Any) -> tuple[list[str], int]:
        lines, count = engine.matters("wutong", li, **choose)
        return [line.title for line in lines], count

    assert found() == (titles[::-1], 4)
    assert found(offset=1, limit=2) == ([titles[2], titles[1]], 4)
    assert found(search="電梯") == ([titles[3]], 1)
    assert found(search="0% r") == ([titles[1]], 1)
    assert found(search="_") == ([titles[1]], 1)  # no wildcard
    assert found(stage=PLAN)[1] == 3
    [bench] = [line for line in engine.matters("wutong", li)[0] if line.title == "Benches"]
    assert bench.status(PLAN) == "done"
    assert bench.id == places[2]


def test_a_view_gives_its_rows_in_order_and_by_matter(engine: Engine, matter: str) -> None:
    first = engine.record(matter, Stocked(title="rice", stock=2), by="wang").seq
    second = engine.record("wutong", Stocked(title="oil", stock=1), by="wang").seq
    engine.record("wutong", Given(to=("li",), points=5), by="wang")
    taken = engine.record("wutong", Redeemed(item=Ref(second)), by="li").seq
    rows = engine.view(ITEMS, "wutong", NOBODY)
    assert [(row["key"], row["title"], row["stock"], row["taken"]) for row in rows] == [
        (str(first), "rice", 2, 0),
        (str(second), "oil", 1, taken),
    ]
    assert [r["title"] for r in engine.view(ITEMS, "wutong", NOBODY, matter=matter)] == ["rice"]
    assert [r["title"] for r in engine.view(ITEMS, "wutong", NOBODY, newest=True, limit=1)] == [
        "oil"
    ]
    assert [r["title"] for r in engine.view(ITEMS, "wutong", NOBODY, after=first)] == ["oil"]


def test_a_book_is_read_by_key_prefix_or_whole(engine: Engine) -> None:
    engine.record("wutong", Given(to=("a/1", "a/2", "ab", "b"), points=1), by="wang")
    assert engine.book(POINTS, "wutong", ["b", "none"]) == {"b": 1}
    assert list(engine.book(POINTS, "wutong", prefix="a/")) == ["a/1", "a/2"]
    assert sorted(engine.keys(POINTS, "wutong", "a/")) == ["a/1", "a/2"]
    assert engine.keys(POINTS, "wutong", "a/3") == engine.keys(POINTS, "other", "a/") == []
    assert list(engine.book(POINTS, "wutong")) == ["a/1", "a/2", "ab", "b"]
    assert engine.book(STOCK, "wutong") == {}


def test_keys_are_ordered_alike_on_every_database(engine: Engine) -> None:
    keys = ("a", "B", "é", "中", "𠮷", "-", "10", "9", "a b", "ab")
    engine.record("wutong", Given(to=keys, points=1), by="wang")
    assert list(engine.book(POINTS, "wutong")) == sorted(keys)


# What is awaited


def test_what_waits_for_somebody_is_found_in_all_matters_by_deadline(
    engine: Engine, matter: str
) -> None:
    other = engine.record("wutong", MatterOpened(title="Benches"), by="sun").matter
    engine.record(matter, Asked(question="When?", days=9), by="li")
    engine.record(other, Asked(question="Where?", days=3), by="sun")
    tasks = engine.tasks("wutong", engine.viewer("wutong", "zhao"))
    assert [(place, item.act) for place, item in tasks] == [
        (other, "shop.answered"),
        (matter, "shop.answered"),
    ]
    assert engine.tasks("wutong", NOBODY) == []
    assert engine.tasks("wutong", STRANGER) == []


def test_nothing_is_there_before_it_was_made() -> None:
    r = Rehearsal({"shop": SHOP}, members=MEMBERS)
    people(r.engine, "second")
    assert r.engine.communities() == [
        ("example", "Example", "urban"),
        ("second", "Wutong Lane", "urban"),
    ]
    for place in ("example.999", "nowhere", "nowhere.1", "example.x"):
        with pytest.raises(LookupError):
            r.matter(place)
        assert r.engine.facts(place, OPERATOR) == []
    assert r.engine.head("nowhere").seq == 0
    assert r.engine.fact("example", 9999, OPERATOR) is None


def test_a_large_fact_is_read_as_it_stands_each_time(engine: Engine) -> None:
    lines = [Entitlement(f"u-{n}", "li") for n in range(800)]
    seq = engine.record("wutong", imported("owners", lines), by="operator").seq
    table = JournalRow
    here = (col(table.community) == "wutong", col(table.seq) == seq)
    with engine.storage.read() as connection:
        body = connection.execute(select(col(table.body)).where(*here)).scalar_one()
    assert len(body) > LARGE
    for _ in range(2):
        fact = engine.fact("wutong", seq, OPERATOR)
        assert fact is not None and len(fact.event.entitlements) == 800
    with engine.storage.write() as connection:  # somebody changes the record
        changed = body.replace('"u-799"', '"u-999"')
        connection.execute(update(table).where(*here).values(body=changed))
    fact = engine.fact("wutong", seq, OPERATOR)
    assert fact is not None and fact.event.entitlements[-1].id == "u-999"
