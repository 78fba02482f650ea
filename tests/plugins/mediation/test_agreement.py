"""An agreement takes effect with all signatures; then thirty days run for both to go to court."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from wugong import Ref
from wugong_mediation.events import ConfirmationLapsed, ConfirmationSought


def sought(dispute: Any, case: int, by: str) -> int:
    number: int = dispute.act(by, ConfirmationSought(case=Ref(case)))
    return number


def test_an_agreement_takes_effect_with_the_last_of_three_signatures(dispute: Any) -> None:
    case = dispute.mediated()
    text = dispute.write(case)
    dispute.sign(case, "chen")
    dispute.sign(case, "mei", agreement=Ref(text))
    assert dispute.case(case).open
    dispute.r.wait(hours=30)
    dispute.sign(case, "li")
    ended = dispute.case(case)
    assert (ended.reason, ended.effective_at) == ("agreed", dispute.r.clock())


def test_a_new_text_is_signed_anew(dispute: Any) -> None:
    case = dispute.mediated()
    first = dispute.write(case)
    dispute.sign(case, "chen")
    dispute.write(case, by="li")
    with dispute.r.refuses("mediation.agreement_changed"):
        dispute.sign(case, "mei", agreement=Ref(first))
    dispute.sign(case, "mei")
    dispute.sign(case, "li")
    assert dispute.case(case).open


def test_nobody_signs_twice_or_nothing(dispute: Any) -> None:
    case = dispute.mediated()
    with dispute.r.refuses("mediation.agreement_missing"):
        dispute.sign(case, "li")
    dispute.write(case)
    dispute.sign(case, "li")
    with dispute.r.refuses("mediation.signed_already"):
        dispute.sign(case, "li")


def test_offers_and_agreements_need_the_mediator(dispute: Any) -> None:
    case = dispute.ask()
    dispute.reply(case)
    for attempt in (dispute.offer, dispute.write):
        with dispute.r.refuses("mediation.mediator_missing"):
            attempt(case, by="li")


def test_both_sides_go_to_court_together_within_thirty_days(dispute: Any) -> None:
    case = dispute.settled()  # on 2 March: the thirty days end with 1 April
    sought(dispute, case, "li")
    with dispute.r.refuses("mediation.sought_already"):
        sought(dispute, case, "li")
    assert dispute.case(case).confirmable  # one side alone does not count
    dispute.r.until(datetime(2026, 4, 1, 15, 59, 59, tzinfo=UTC))
    sought(dispute, case, "chen")
    assert not dispute.case(case).confirmable
    dispute.r.wait(days=30)
    assert not dispute.case(case).lapsed


def test_the_thirty_days_run_from_effect_and_end_at_midnight(dispute: Any) -> None:
    case = dispute.settled()
    dispute.r.until(datetime(2026, 4, 1, 16, 0, tzinfo=UTC))
    assert dispute.case(case).lapsed
    with dispute.r.refuses("mediation.confirmation_late"):
        sought(dispute, case, "chen")


def test_both_are_reminded_on_the_twenty_fifth_day(dispute: Any) -> None:
    case = dispute.settled()
    dispute.r.until(datetime(2026, 3, 26, 15, 59, 59, tzinfo=UTC))
    assert not dispute.case(case).reminded
    dispute.r.until(datetime(2026, 3, 26, 16, 0, tzinfo=UTC))  # 27 March begins in China
    assert dispute.case(case).reminded


def test_what_the_clock_missed_is_recorded_in_order(dispute: Any) -> None:
    case = dispute.settled()
    dispute.r.wait(days=90)
    found = dispute.case(case)
    assert (found.reminded, found.lapsed) == (True, True)


@pytest.mark.parametrize("who", ["mei", "wang"])
def test_only_the_parties_ask_the_court(dispute: Any, who: str) -> None:
    case = dispute.settled()
    code = "mediation.parties_decide" if who == "mei" else "wugong.not_your_role"
    with dispute.r.refuses(code):
        sought(dispute, case, who)


def test_nothing_to_confirm_without_an_agreement_in_effect(dispute: Any) -> None:
    case = dispute.mediated()
    dispute.end(case, "li")
    with dispute.r.refuses("mediation.not_in_effect"):
        sought(dispute, case, "li")
    with dispute.r.refuses("mediation.not_in_effect"):
        dispute.act("clock", ConfirmationLapsed(case=Ref(case)))
