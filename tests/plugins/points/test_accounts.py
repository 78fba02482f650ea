"""Points move between accounts; all of them come to 0 whatever happens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugong import Fact, Ref, Sealed, kind_of
from wugong_points.accounts import BALANCES, STATEMENTS, STOCK, changes, entry_key, month_of
from wugong_points.events import Award, Awarded, RedemptionBooked, Reversed

PEOPLE = st.sampled_from(["li", "zhao", "sun", "qian"])
POINTS = st.integers(1, 1000)
AWARDS = st.lists(
    st.builds(Award, member=PEOPLE, points=POINTS, rule=st.none(), about=st.just(Ref(1))),
    min_size=1,
    max_size=30,
)
MOVEMENTS = st.one_of(
    AWARDS.map(lambda made: Awarded(awards=tuple(sorted(made, key=lambda a: a.member)))),
    st.builds(
        RedemptionBooked,
        redemption=st.just(Ref(1)),
        item=st.just(Ref(2)),
        member=PEOPLE,
        points=POINTS,
    ),
    st.builds(
        Reversed,
        entry=st.just(Ref(1)),
        member=PEOPLE,
        points=POINTS,
        reason=st.just(Sealed()),
        item=st.sampled_from([None, Ref(2)]),
    ),
)


def recorded(event: Any, seq: int) -> Fact:
    kind = kind_of(event)
    return Fact(seq, "wutong", event, kind.name, 1, "m-1", None, "web", datetime.now(UTC))


@given(st.lists(MOVEMENTS, max_size=30))
def test_all_accounts_come_to_zero_in_every_state(movements: list[Any]) -> None:
    book: dict[str, int] = {}
    for seq, event in enumerate(movements, start=1):
        fact = recorded(event, seq)
        for key in BALANCES.keys(fact):
            book[key] = BALANCES.fold(book.get(key), key, fact) or 0
        assert sum(book.values()) == 0
        assert sum(changes(event).values()) == 0


@given(AWARDS)
def test_a_list_of_awards_gives_each_member_the_sum_of_theirs(awards: list[Award]) -> None:
    listed = Awarded(awards=tuple(sorted(awards, key=lambda a: a.member)))
    fact = recorded(listed, 7)

    for member in {award.member for award in awards}:
        mine = sum(award.points for award in awards if award.member == member)
        assert BALANCES.fold(None, f"member/{member}", fact) == mine
        entry = STATEMENTS.fold(None, entry_key(member, 7), fact)
        assert entry is not None
        assert (entry["points"], entry["what"], entry["reversed"]) == (mine, "award", 0)


def test_a_redemption_takes_one_from_the_stock_and_its_reversal_puts_it_back() -> None:
    booked = RedemptionBooked(redemption=Ref(1), item=Ref(2), member="li", points=5)
    undone = Reversed(entry=Ref(9), member="li", points=5, reason=Sealed(), item=Ref(2))

    assert STOCK.fold(3, "2", recorded(booked, 9)) == 2
    assert STOCK.fold(2, "2", recorded(undone, 10)) == 3


@pytest.mark.parametrize(
    ("at", "month"),
    [
        pytest.param(datetime(2027, 2, 28, 15, 59, tzinfo=UTC), "2027-02", id="last minute"),
        pytest.param(datetime(2027, 2, 28, 16, 0, tzinfo=UTC), "2027-03", id="midnight in China"),
    ],
)
def test_a_month_ends_at_midnight_in_china(at: datetime, month: str) -> None:
    assert month_of(at) == month
