"""A small plugin of the tests: a shop with stock, points, questions and notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType, SimpleNamespace
from typing import Annotated, Any

from wugong import (
    ANY,
    MANAGE,
    N_,
    PLAN,
    SHARE,
    Act,
    Between,
    Book,
    Books,
    Fact,
    Fold,
    Label,
    Many,
    Matter,
    Most,
    Ref,
    Refusal,
    Relation,
    Sealed,
    To,
    View,
    Waiting,
    event,
    hookimpl,
    on,
)


@event("shop.stocked", may={"officer": ANY}, title=N_("Stock"), says=N_("{title}: {stock}"))
class Stocked:
    """Something is put on the shelf."""

    title: Annotated[str, Label(N_("Title")), Most(40)]
    stock: Annotated[int, Label(N_("Stock")), Between(0, 1000)]
    price: Annotated[int, Label(N_("Price")), Between(0, 1000)] = 1


@event("shop.given", may={"officer": ANY, "plugin": ANY}, bulk=True)
class Given:
    """Points are given to members, several at once."""

    to: Annotated[tuple[str, ...], Many(100, least=1)]
    points: Annotated[int, Between(1, 1000)]


@event("shop.redeemed", may={"resident": ANY}, bulk=True)
class Redeemed:
    """Points are changed for one piece of an item."""

    item: Annotated[Ref, To("shop.stocked")]


@event("shop.noted", may={"resident": PLAN, "officer": PLAN | MANAGE}, shown_to="members")
class Noted:
    """A note in somebody's own words; several asides may come with it."""

    text: Annotated[Sealed[str], Most(200)]
    about: tuple[Ref, ...] = ()
    asides: tuple[Sealed[str], ...] = ()


@event("shop.confided", may={"resident": ANY}, shown_to="shop.asker")
class Confided:
    """Said to those who asked, and only to them."""

    question: Annotated[Ref, To("shop.asked")]
    text: Sealed[str]


@event("shop.asked", may={"resident": PLAN | MANAGE}, source="our shop rules, 3")
class Asked:
    """A question that lapses when nobody answers in its days."""

    question: Annotated[str, Label(N_("Question")), Most(80)]
    days: Annotated[int, Between(1, 60)]


@event(
    "shop.answered",
    may={"resident": ANY},
    not_same_as="question",
    source="our shop rules, 4",
)
class Answered:
    """Somebody else answers."""

    question: Annotated[Ref, To("shop.asked")]


@event("shop.lapsed", may={"clock": ANY})
class Lapsed:
    """Nobody answered in time."""

    question: Annotated[Ref, To("shop.asked")]


@event("shop.counted", may={"resident": ANY, "officer": ANY}, bulk=True)
class Counted:
    """One of very many."""

    number: Annotated[int, Between(0)]


@event("shop.chimed", may={"plugin": ANY, "officer": ANY, "resident": SHARE})
class Chimed:
    """A reaction that can be seen in the journal."""

    note: Annotated[str, Most(80)]
    left: Annotated[int, Between(0, 1000)] = 0


EVENTS = (Stocked, Given, Redeemed, Noted, Confided, Asked, Answered, Lapsed, Counted, Chimed)


# Books, a view and a fold


def _item(thing: Act | Fact) -> Iterable[str]:
    match thing.event:
        case Stocked():
            return (str(thing.seq),) if thing.seq else ()
        case Redeemed(item=item):
            return (str(item),)
    return ()


def _stock(value: Any, _key: str, fact: Fact) -> Any:
    match fact.event:
        case Stocked(stock=stock, price=price):
            return {"left": stock, "price": price}
        case Redeemed():
            return {**value, "left": value["left"] - 1}
    return value


def _accounts(thing: Act | Fact) -> Iterable[str]:
    match thing.event:
        case Given(to=to):
            return to
        case Redeemed():
            return (thing.who,)
    return ()


STOCK: Book[dict[str, int]] = Book(
    "shop.stock", keys=_item, fold=_stock, hears=(Stocked, Redeemed), shown_to="public"
)
# What was redeemed costs one point: the price stands in another book, and a fold sees one value.
POINTS: Book[int] = Book(
    "shop.points",
    keys=_accounts,
    fold=lambda value, _key, fact: (
        ((value or 0) + (fact.event.points if isinstance(fact.event, Given) else -1)) or None
    ),
    hears=(Given, Redeemed),
)


def _rows(fact: Fact) -> Iterable[tuple[str, Mapping[str, Any]]]:
    match fact.event:
        case Stocked(title=title, stock=stock):
            yield str(fact.seq), {"title": title, "stock": stock}
        case Redeemed(item=item):
            yield str(item), {"taken": fact.seq}


ITEMS = View(
    "shop.items",
    columns={"title": str, "stock": int, "taken": int},
    fill=_rows,
    hears=(Stocked, Redeemed),
)

Questions = Mapping[int, tuple[str, Any]]
NONE: Questions = MappingProxyType({})


def _questions(value: Questions, fact: Fact) -> Questions:
    match fact.event:
        case Asked(days=days):
            until = fact.at + timedelta(days=days)
            return MappingProxyType({**value, fact.seq: (fact.who, until)})
        case Answered(question=question) | Lapsed(question=question):
            return MappingProxyType({k: v for k, v in value.items() if k != question})
    return value


QUESTIONS: Fold[Questions] = Fold(
    "shop.questions", initial=NONE, fold=_questions, hears=(Asked, Answered, Lapsed)
)
ASKED: Fold[Questions] = Fold(
    "shop.asked",
    initial=NONE,
    fold=lambda value, fact: MappingProxyType({**value, fact.seq: (fact.who, fact.at)}),
    hears=(Asked,),
)


def _askers(matter: Matter) -> frozenset[str]:
    return frozenset(who for who, _at in matter.state(ASKED).values())


def _readers(matter: Matter, fact: Fact) -> frozenset[str]:
    question = getattr(fact.event, "question", 0)
    asked = matter.state(ASKED).get(question)
    return frozenset((asked[0], fact.who)) if asked else frozenset()


# Hooks


@hookimpl
def register() -> Iterable[Any]:
    return (
        *EVENTS,
        *(STOCK, POINTS, ITEMS, QUESTIONS, ASKED),
        Relation("shop.asker", _askers, readers=_readers),
    )


@hookimpl
@on(Redeemed, Answered)
def guard_event(matter: Matter, act: Act, books: Books) -> list[Refusal]:
    if isinstance(act.event, Answered):
        known = act.event.question in matter.state(QUESTIONS)
        return [] if known else [Refusal("shop.not_asked")]
    item = books.get(STOCK, str(act.event.item)) or {"left": 0}
    reasons = []
    if item["left"] < 1:
        reasons.append(Refusal("shop.sold_out", details={"item": int(act.event.item)}))
    if (books.get(POINTS, act.who) or 0) < 1:
        reasons.append(Refusal("shop.too_few_points"))
    return reasons


@hookimpl
def waiting(matter: Matter) -> list[Waiting]:
    return [
        Waiting(
            N_("Answer the question"),
            "resident",
            until,
            "shop.answered",
            Lapsed(question=Ref(number)),
            about=number,
        )
        for number, (_who, until) in matter.state(QUESTIONS).items()
    ]


def plugin(**more: Any) -> SimpleNamespace:
    """Return the shop with hooks added or replaced; ``None`` takes one away."""
    hooks = {
        "register": register,
        "guard_event": guard_event,
        "waiting": waiting,
        **more,
    }
    return SimpleNamespace(**{name: hook for name, hook in hooks.items() if hook is not None})


SHOP = plugin()
