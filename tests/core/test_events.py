"""What can be asked of an event: its sealed texts and the facts it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from wugong import ANY, Member, Ref, Sealed, To, Unknown, body_of, event, seal
from wugong.events import members_named, refs, sealed_fields, with_sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Deep:
    fact: Annotated[Ref, To("shop.asked")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    answers: Annotated[tuple[Ref, ...], To("shop.asked", "shop.noted")] = ()
    deep: Deep | None = None


@event("shop.scheme", may={"resident": ANY})
class Scheme:
    """Names facts in every place that a field allows."""

    one: Annotated[Ref, To("shop.asked")]
    any_kind: Ref
    maybe: Annotated[Ref | None, To("shop.noted")] = None
    many: tuple[Ref, ...] = ()
    clause: Clause | None = None
    clauses: tuple[Clause, ...] = ()
    number: int = 0


def test_references_are_found_in_records_and_lists_of_records() -> None:
    scheme = Scheme(
        one=Ref(1),
        any_kind=Ref(2),
        maybe=Ref(3),
        many=(Ref(4), Ref(5)),
        clause=Clause(answers=(Ref(6),), deep=Deep(fact=Ref(7))),
        clauses=(Clause(answers=(Ref(8),)), Clause(deep=Deep(fact=Ref(9)))),
        number=10,
    )
    assert refs(scheme) == [
        ("one", 1, ("shop.asked",)),
        ("any_kind", 2, ()),
        ("maybe", 3, ("shop.noted",)),
        ("many", 4, ()),
        ("many", 5, ()),
        ("clause.answers", 6, ("shop.asked", "shop.noted")),
        ("clause.deep.fact", 7, ("shop.asked",)),
        ("clauses.answers", 8, ("shop.asked", "shop.noted")),
        ("clauses.deep.fact", 9, ("shop.asked",)),
    ]


def test_no_reference_means_no_link() -> None:
    assert refs(Scheme(one=Ref(1), any_kind=Ref(2))) == [
        ("one", 1, ("shop.asked",)),
        ("any_kind", 2, ()),
    ]
    assert refs(Unknown("old.kind", 1, {"one": 1})) == []


@event("shop.told", may={"resident": ANY})
class Told:
    """Sealed texts in every place that a field allows."""

    text: Sealed[str]
    more: Sealed[str] | None = None
    list: tuple[Sealed[str], ...] = ()
    plain: tuple[str, ...] = ()


def test_sealed_texts_are_found_and_replaced_by_name() -> None:
    told = Told(text=seal("a"), list=(seal("b"), seal("c")), plain=("d",))
    found = sealed_fields(told)
    assert {name: value.clear for name, value in found.items()} == {
        "text": "a",
        "list[0]": "b",
        "list[1]": "c",
    }
    closed = with_sealed(told, {name: Sealed(name, "commitment") for name in found})
    assert [s.id for s in sealed_fields(closed).values()] == ["text", "list[0]", "list[1]"]
    assert closed.plain == ("d",)
    assert closed.more is None
    assert body_of(closed)["list"][1] == {"id": "list[1]", "commitment": "commitment"}


def test_nothing_sealed_leaves_the_event_as_it_is() -> None:
    scheme = Scheme(one=Ref(1), any_kind=Ref(2))
    assert with_sealed(scheme, {}) is scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    unit: str
    member: Annotated[str, Member()] = ""


@event("street.listed", may={"officer": ANY})
class Listed:
    """Neighbours are listed."""

    by_hand: Annotated[str, Member()]
    neighbours: tuple[Neighbour, ...]


def test_members_named_inside_records_are_found() -> None:
    one, other = Neighbour(unit="1", member="li"), Neighbour(unit="2")
    found = members_named(Listed(by_hand="wang", neighbours=(one, other)))
    assert found == [("by_hand", "wang"), ("neighbours.member", "li")]
