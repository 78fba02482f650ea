"""Every amount moves from one account to another, whatever happens in whatever order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wugong import Fact, PaymentMade, Ref, kind_of
from wugong_funds.events import SOURCES, IncomeBooked, IncomeReversed, ReserveReleased, ReserveSet
from wugong_funds.ledger import (
    ACCOUNTS,
    AVAILABLE,
    BALANCES,
    LINES,
    PAID,
    RESERVE,
    Ledger,
    post,
    transfer,
)

AMOUNTS = st.integers(1, 10**13)
MOVEMENTS = st.one_of(
    st.builds(IncomeBooked, source=st.sampled_from(SOURCES), amount_fen=AMOUNTS),
    st.builds(
        IncomeReversed,
        income=st.just(1),
        source=st.sampled_from(SOURCES),
        amount_fen=AMOUNTS,
        reason=st.just("twice"),
    ),
    st.builds(ReserveSet, budget=st.just(1), amount_fen=AMOUNTS),
    st.builds(ReserveReleased, amount_fen=AMOUNTS, emergency=st.just(1)),
    st.builds(PaymentMade, request=st.just(1), amount_fen=AMOUNTS),
)


def recorded(event: Any, seq: int = 1, matter: str = "wutong.2") -> Fact:
    kind = kind_of(event)
    noon = datetime(2027, 3, 1, 4, tzinfo=UTC)
    return Fact(seq, matter, event, kind.name, 1, "m-1", None, "web", noon)


@given(st.lists(MOVEMENTS, max_size=40))
def test_all_accounts_come_to_zero_in_every_state(movements: list[Any]) -> None:
    ledger = Ledger()
    book: dict[str, int | None] = {}
    for seq, event in enumerate(movements, start=1):
        moved = transfer(event)
        assert moved is not None
        ledger = post(ledger, moved)
        fact = recorded(event, seq)
        for key in BALANCES.keys(fact):
            book[key] = BALANCES.fold(book.get(key), key, fact)
        assert sum(ledger.accounts.values()) == 0
    assert {f"wutong.2/{account}": amount for account, amount in ledger.accounts.items()} == book
    assert set(ledger.accounts) <= set(ACCOUNTS)


def test_income_a_reserve_and_a_payment_stand_in_their_accounts() -> None:
    ledger = Ledger()
    for event in (
        IncomeBooked(source="fiscal", amount_fen=1000),
        IncomeBooked(source="donation", amount_fen=500),
        ReserveSet(budget=Ref(1), amount_fen=150),
        PaymentMade(request=Ref(1), amount_fen=600),
    ):
        moved = transfer(event)
        assert moved is not None
        ledger = post(ledger, moved)

    assert ledger.income_fen == 1500
    assert ledger.income_of("fiscal") == 1000
    assert [ledger.balance(a) for a in (AVAILABLE, RESERVE, PAID)] == [750, 150, 600]


def test_money_of_one_matter_is_not_counted_in_another() -> None:
    first = recorded(IncomeBooked(source="fiscal", amount_fen=7), matter="wutong.2")
    second = recorded(IncomeBooked(source="fiscal", amount_fen=7), matter="wutong.20")

    assert set(BALANCES.keys(first)).isdisjoint(BALANCES.keys(second))


def test_a_line_of_the_ledger_names_where_the_money_came_from_and_went() -> None:
    payment = recorded(PaymentMade(request=Ref(9), amount_fen=42120000), seq=31)

    assert list(LINES.fill(payment)) == [
        (
            "000000000031",
            {
                "kind": "funds.payment_made",
                "at": "2027-03-01T04:00:00.000Z",
                "source": AVAILABLE,
                "target": PAID,
                "amount_fen": 42120000,
                "remark": "",
                "answers": 9,
            },
        )
    ]
