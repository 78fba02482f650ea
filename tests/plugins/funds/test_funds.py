"""Money in a matter, as people book it: income, reserve, payments by two, emergencies."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import wugong_building
import wugong_funds
from wugong import (
    BUILD,
    NOBODY,
    OPERATOR,
    PLAN,
    PaymentMade,
    Ref,
    Refused,
    SettingChanged,
    StageClosed,
    StageOpened,
    TaskAccepted,
    seal,
)
from wugong.testing import Rehearsal
from wugong.vault import MemoryKeys
from wugong_funds.events import (
    BudgetAdopted,
    EmergencyRecorded,
    IncomeBooked,
    IncomeReversed,
    PaymentRequested,
    RequestWithdrawn,
    ReserveReleased,
    ReserveSet,
)
from wugong_funds.ledger import AVAILABLE, BALANCES, LEDGER, LINES, PAID, RESERVE, Ledger

MILLION = 100_000_000  # 1,000,000.00 yuan in fen


@pytest.fixture
def street() -> Rehearsal:
    """A community with officers Wang and Zhao, the treasurer Qian, and residents."""
    return rehearsed()


@pytest.fixture
def lights(street: Rehearsal) -> str:
    """A matter that is being built, with nothing in its ledger."""
    return building(street)


def rehearsed(**options: Any) -> Rehearsal:
    return Rehearsal(
        {"funds": wugong_funds, "building": wugong_building},
        members={
            "wang": ("officer",),
            "zhao": ("officer",),
            "qian": ("treasurer",),
            "sun": ("steward",),
            "li": (),
        },
        **options,
    )


def building(street: Rehearsal) -> str:
    matter = street.open("Street lights", by="li")
    street.act("wang", matter, StageClosed(stage=PLAN))
    street.act("wang", matter, StageOpened(stage=BUILD))
    return matter


def book(street: Rehearsal, matter: str, amount: int, source: Any = "fiscal") -> int:
    return street.act("qian", matter, IncomeBooked(source=source, amount_fen=amount)).seq


def request(
    street: Rehearsal, matter: str, amount: int, by: str = "wang", task: int | None = None
) -> Ref:
    asked = PaymentRequested(
        milestone="Poles",
        amount_fen=amount,
        payee=seal("Lamp Works Ltd."),
        task=Ref(task) if task else None,
    )
    return Ref(street.act(by, matter, asked).seq)


def ledger(street: Rehearsal, matter: str) -> Ledger:
    return street.matter(matter).state(LEDGER)


def balances(street: Rehearsal, matter: str) -> dict[str, int]:
    found = street.engine.book(BALANCES, street.community, prefix=f"{matter}/")
    return {key.removeprefix(f"{matter}/"): amount for key, amount in found.items()}


# The budget and its reserve


def test_adopting_a_budget_sets_a_tenth_aside_at_once(street: Rehearsal, lights: str) -> None:
    receipt = street.act("qian", lights, BudgetAdopted(total_fen=MILLION))

    assert len(receipt.facts) == 2
    assert balances(street, lights) == {AVAILABLE: -MILLION // 10, RESERVE: MILLION // 10}


def test_a_budget_adopted_in_two_open_stages_sets_aside_once(street: Rehearsal) -> None:
    matter = street.open("Lifts", by="li")
    street.act("wang", matter, BudgetAdopted(total_fen=1001))

    assert ledger(street, matter).balance(RESERVE) == 101

    street.act("wang", matter, StageClosed(stage=PLAN))
    street.act("wang", matter, StageOpened(stage=BUILD))
    street.act("wang", matter, StageOpened(stage=PLAN, reason="the scheme changes"))
    street.act("wang", matter, BudgetAdopted(total_fen=2002))

    assert ledger(street, matter).balance(RESERVE) == 201


def test_a_smaller_budget_leaves_the_reserve_as_it_is(street: Rehearsal, lights: str) -> None:
    street.act("qian", lights, BudgetAdopted(total_fen=1000))
    receipt = street.act("qian", lights, BudgetAdopted(total_fen=900))

    assert len(receipt.facts) == 1
    assert ledger(street, lights).balance(RESERVE) == 100


def test_a_community_may_choose_another_share(street: Rehearsal, lights: str) -> None:
    share = SettingChanged(name="funds.reserve_share", value="1/20")
    street.act("operator", street.community, share)
    street.act("qian", lights, BudgetAdopted(total_fen=1000))

    assert ledger(street, lights).balance(RESERVE) == 50


def test_a_reserve_share_is_a_share(street: Rehearsal) -> None:
    for value in ("10%", "2", "-1/10"):
        with street.refuses("funds.not_a_share"):
            changed = SettingChanged(name="funds.reserve_share", value=value)
            street.act("operator", street.community, changed)


def test_nobody_sets_a_reserve_aside_by_hand(street: Rehearsal, lights: str) -> None:
    budget = Ref(street.act("qian", lights, BudgetAdopted(total_fen=1000)).seq)

    with street.refuses("wugong.not_your_role"):
        street.act("qian", lights, ReserveSet(budget=budget, amount_fen=1))
    with street.refuses("funds.reserve_differs"):
        street.act("plugin:funds", lights, ReserveSet(budget=budget, amount_fen=1))


# Payments


@pytest.mark.parametrize(
    ("amount", "paid"),
    [
        pytest.param(999, True, id="below what is available"),
        pytest.param(1000, True, id="exactly what is available"),
        pytest.param(1001, False, id="one fen above"),
    ],
)
def test_a_payment_takes_no_more_than_is_available(
    street: Rehearsal, lights: str, amount: int, paid: bool
) -> None:
    street.act("qian", lights, BudgetAdopted(total_fen=1110))
    book(street, lights, 1111)
    asked = request(street, lights, amount)
    payment = PaymentMade(request=asked, amount_fen=amount)

    if paid:
        street.act("qian", lights, payment)
        assert balances(street, lights)[PAID] == amount
    else:
        with street.refuses("funds.balance_too_low"):
            street.act("qian", lights, payment)


def test_a_payment_refused_for_want_of_money_says_how_much(street: Rehearsal, lights: str) -> None:
    street.act("qian", lights, BudgetAdopted(total_fen=500))
    book(street, lights, 100)
    asked = request(street, lights, 80)

    with pytest.raises(Refused) as caught:
        street.act("qian", lights, PaymentMade(request=asked, amount_fen=80))
    (reason,) = caught.value.reasons
    assert reason.code == "funds.balance_too_low"
    assert reason.details == {"available_fen": 50, "short_fen": 30, "reserve_fen": 50}


def test_who_requests_does_not_pay(street: Rehearsal, lights: str) -> None:
    book(street, lights, 1000)
    asked = request(street, lights, 10, by="qian")

    with street.refuses("wugong.needs_another_person"):
        street.act("qian", lights, PaymentMade(request=asked, amount_fen=10))
    street.act("wang", lights, PaymentMade(request=asked, amount_fen=10))


@pytest.mark.parametrize("amount", [pytest.param(99, id="less"), pytest.param(101, id="more")])
def test_a_payment_is_of_the_amount_requested(street: Rehearsal, lights: str, amount: int) -> None:
    book(street, lights, 1000)
    asked = request(street, lights, 100)

    with street.refuses("funds.amount_differs"):
        street.act("qian", lights, PaymentMade(request=asked, amount_fen=amount))


def test_a_request_is_paid_once(street: Rehearsal, lights: str) -> None:
    book(street, lights, 1000)
    asked = request(street, lights, 100)
    street.act("qian", lights, PaymentMade(request=asked, amount_fen=100))

    with street.refuses("funds.already_paid"):
        street.act("zhao", lights, PaymentMade(request=asked, amount_fen=100))
    assert street.engine.waiting(lights) == []


def test_two_payments_of_one_batch_cannot_spend_the_same_money(
    street: Rehearsal, lights: str
) -> None:
    book(street, lights, 150)
    first, second = request(street, lights, 100), request(street, lights, 100)

    with street.refuses("funds.balance_too_low"):
        street.engine.record_many(
            [(lights, PaymentMade(request=one, amount_fen=100)) for one in (first, second)],
            by="qian",
        )
    assert balances(street, lights)[AVAILABLE] == 150


def test_of_two_payments_at_once_from_one_balance_exactly_one_is_made(database: str) -> None:
    street = rehearsed(database=database, keys=MemoryKeys(), writer="thread")
    lights = building(street)
    book(street, lights, 150)
    asked = request(street, lights, 100), request(street, lights, 100)

    async def pay_at_once() -> list[Any]:
        payments = (PaymentMade(request=one, amount_fen=100) for one in asked)
        both = (
            street.engine.arecord(lights, payment, by=who)
            for payment, who in zip(payments, ("qian", "zhao"), strict=True)
        )
        return await asyncio.gather(*both, return_exceptions=True)

    answers = asyncio.run(pay_at_once())

    (refused,) = [answer for answer in answers if isinstance(answer, Refused)]
    assert refused.codes == ("funds.balance_too_low",)
    (receipt,) = [answer for answer in answers if not isinstance(answer, BaseException)]
    paid = street.engine.facts(lights, OPERATOR, kinds=("funds.payment_made",))
    assert [fact.seq for fact in paid] == [receipt.seq]
    assert balances(street, lights)[AVAILABLE] == 50
    street.engine.close()


def test_money_of_one_matter_does_not_pay_for_another(street: Rehearsal, lights: str) -> None:
    other = street.open("Benches", by="li")
    book(street, other, 1000)
    asked = request(street, lights, 100)

    with street.refuses("funds.balance_too_low"):
        street.act("qian", lights, PaymentMade(request=asked, amount_fen=100))


def test_a_request_is_paid_in_its_own_matter(street: Rehearsal, lights: str) -> None:
    book(street, street.community, 1000)
    asked = request(street, lights, 100)

    with street.refuses("funds.request_elsewhere"):
        street.act("qian", street.community, PaymentMade(request=asked, amount_fen=100))
    with street.refuses("funds.request_elsewhere"):
        withdrawn = RequestWithdrawn(request=asked, reason="wrong")
        street.act("qian", street.community, withdrawn)


def test_work_is_paid_for_after_it_was_accepted(street: Rehearsal, lights: str) -> None:
    book(street, lights, 1000)
    project = street.act(
        "wang",
        lights,
        "building.project_listed",
        {"title": "Poles", "description": "Ten poles", "estimate_fen": 100},
    ).seq
    claim = street.act("li", lights, "building.claimed", {"project": project, "plan": "By us"}).seq
    asked = request(street, lights, 100, by="li", task=project)
    with street.refuses("funds.work_not_accepted"):
        street.act("qian", lights, PaymentMade(request=asked, amount_fen=100))

    done = street.act("li", lights, "building.delivered", {"claim": claim, "evidence": "photos"})
    street.act("wang", lights, TaskAccepted(task=Ref(project), delivery=Ref(done.seq)))
    street.act("qian", lights, PaymentMade(request=asked, amount_fen=100))

    assert balances(street, lights)[PAID] == 100


def test_a_request_waits_for_whoever_signs(street: Rehearsal, lights: str) -> None:
    asked = request(street, lights, 100)

    (waiting,) = street.engine.waiting(lights)
    assert (waiting.who, waiting.act, waiting.about) == ("treasurer", "funds.payment_made", asked)


def test_a_request_is_withdrawn_by_its_author_or_by_who_keeps_the_books(
    street: Rehearsal, lights: str
) -> None:
    withdrawn = RequestWithdrawn(request=request(street, lights, 100), reason="wrong sum")

    with street.refuses("funds.not_your_request"):
        street.act("sun", lights, withdrawn)
    street.act("qian", lights, withdrawn)
    with street.refuses("funds.request_was_withdrawn"):
        street.act("qian", lights, withdrawn)
    with street.refuses("funds.request_was_withdrawn"):
        street.act("qian", lights, PaymentMade(request=withdrawn.request, amount_fen=100))

    own = request(street, lights, 5, by="sun")
    street.act("sun", lights, RequestWithdrawn(request=own, reason="bought by ourselves"))
    assert street.engine.waiting(lights) == []


def test_a_paid_request_is_not_withdrawn(street: Rehearsal, lights: str) -> None:
    book(street, lights, 1000)
    asked = request(street, lights, 100)
    street.act("qian", lights, PaymentMade(request=asked, amount_fen=100))

    with street.refuses("funds.already_paid"):
        street.act("wang", lights, RequestWithdrawn(request=asked, reason="too late"))


# Income, and its reversal


def test_a_wrong_booking_is_reversed_by_a_second_person(street: Rehearsal, lights: str) -> None:
    number = Ref(book(street, lights, 100, "donation"))
    reversal = IncomeReversed(income=number, source="donation", amount_fen=100, reason="twice")

    with street.refuses("wugong.needs_another_person"):
        street.act("qian", lights, reversal)
    street.act("wang", lights, reversal)

    assert balances(street, lights) == {"from:donation": 0, AVAILABLE: 0}
    with street.refuses("funds.already_reversed"):
        street.act("wang", lights, reversal)


def test_a_booking_is_reversed_as_it_stands(street: Rehearsal, lights: str) -> None:
    number = Ref(book(street, lights, 100, "donation"))

    with street.refuses("funds.reversal_differs"):
        less = IncomeReversed(income=number, source="donation", amount_fen=99, reason="typo")
        street.act("wang", lights, less)
    with street.refuses("funds.reversal_differs"):
        other = IncomeReversed(income=number, source="company", amount_fen=100, reason="typo")
        street.act("wang", lights, other)


def test_money_that_was_spent_cannot_be_reversed(street: Rehearsal, lights: str) -> None:
    number = Ref(book(street, lights, 100))
    asked = request(street, lights, 1)
    street.act("qian", lights, PaymentMade(request=asked, amount_fen=1))

    with street.refuses("funds.balance_too_low"):
        reversal = IncomeReversed(income=number, source="fiscal", amount_fen=100, reason="typo")
        street.act("wang", lights, reversal)


def test_a_booking_is_reversed_in_its_own_matter(street: Rehearsal, lights: str) -> None:
    number = Ref(book(street, street.community, 100))
    reversal = IncomeReversed(income=number, source="fiscal", amount_fen=100, reason="typo")

    with street.refuses("funds.income_elsewhere"):
        street.act("wang", lights, reversal)


# Emergencies


def test_the_reserve_opens_only_for_a_recorded_emergency(street: Rehearsal, lights: str) -> None:
    street.act("qian", lights, BudgetAdopted(total_fen=1000))
    book(street, lights, 1000)

    with street.refuses("funds.no_emergency"):
        street.act("qian", lights, ReserveReleased(amount_fen=10))

    flood = Ref(street.act("wang", lights, EmergencyRecorded(what="The street is flooded")).seq)
    street.act("qian", lights, ReserveReleased(amount_fen=10, emergency=flood))
    assert balances(street, lights)[RESERVE] == 90
    assert balances(street, lights)[AVAILABLE] == 910


def test_an_emergency_of_another_matter_opens_nothing(street: Rehearsal, lights: str) -> None:
    street.act("qian", lights, BudgetAdopted(total_fen=1000))
    book(street, lights, 1000)
    elsewhere = street.act("wang", street.community, EmergencyRecorded(what="Storm"))

    with street.refuses("funds.no_emergency"):
        released = ReserveReleased(amount_fen=10, emergency=Ref(elsewhere.seq))
        street.act("qian", lights, released)


def test_who_records_an_emergency_does_not_release(street: Rehearsal, lights: str) -> None:
    street.act("qian", lights, BudgetAdopted(total_fen=1000))
    book(street, lights, 1000)
    flood = Ref(street.act("wang", lights, EmergencyRecorded(what="Flood")).seq)

    with street.refuses("wugong.needs_another_person"):
        street.act("wang", lights, ReserveReleased(amount_fen=10, emergency=flood))


@pytest.mark.parametrize(
    ("income", "amount", "released"),
    [
        pytest.param(1000, 99, True, id="below the reserve"),
        pytest.param(1000, 100, True, id="exactly the reserve"),
        pytest.param(1000, 101, False, id="above the reserve"),
        pytest.param(60, 60, True, id="all that has come in"),
        pytest.param(60, 61, False, id="more than has come in"),
    ],
)
def test_no_more_is_released_than_the_reserve_really_holds(
    street: Rehearsal, lights: str, income: int, amount: int, released: bool
) -> None:
    street.act("qian", lights, BudgetAdopted(total_fen=1000))
    book(street, lights, income)
    flood = Ref(street.act("wang", lights, EmergencyRecorded(what="Flood")).seq)
    release = ReserveReleased(amount_fen=amount, emergency=flood)

    if released:
        street.act("qian", lights, release)
        assert balances(street, lights)[RESERVE] == 100 - amount
    else:
        with street.refuses("funds.reserve_too_low"):
            street.act("qian", lights, release)


# What everybody may read


def test_accounts_come_to_zero_and_each_movement_is_a_line(street: Rehearsal, lights: str) -> None:
    street.act("qian", lights, BudgetAdopted(total_fen=1000))
    book(street, lights, 700)
    book(street, lights, 300, "self_raised")
    asked = request(street, lights, 400)
    street.act("qian", lights, PaymentMade(request=asked, amount_fen=400))

    assert sum(balances(street, lights).values()) == 0
    assert balances(street, lights) == dict(ledger(street, lights).accounts)
    assert street.engine.view(LINES, street.community, NOBODY, matter=lights) == []
    viewer = street.viewer(lights, "li")
    lines = street.engine.view(LINES, street.community, viewer, matter=lights)
    assert [(line["source"], line["target"], line["amount_fen"]) for line in lines] == [
        (AVAILABLE, RESERVE, 100),
        ("from:fiscal", AVAILABLE, 700),
        ("from:self_raised", AVAILABLE, 300),
        (AVAILABLE, PAID, 400),
    ]


def test_residents_book_nothing(street: Rehearsal, lights: str) -> None:
    with street.refuses("wugong.not_your_role"):
        street.act("li", lights, IncomeBooked(source="donation", amount_fen=1))
    with street.refuses("wugong.not_your_role"):
        street.act("li", lights, BudgetAdopted(total_fen=1))
    with street.refuses("wugong.not_your_role"):
        request(street, lights, 1, by="li")


def test_a_rebuilt_ledger_is_the_same(street: Rehearsal, lights: str) -> None:
    street.act("qian", lights, BudgetAdopted(total_fen=1000))
    book(street, lights, 700)
    before = balances(street, lights)

    street.engine.rebuild()

    assert balances(street, lights) == before
