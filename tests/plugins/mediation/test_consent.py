"""Nothing is mediated against anybody's will, and nobody mediates who is not neutral."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from wugong import JURISDICTION, Refused, SettingChanged
from wugong_mediation.rules import recusal
from wugong_mediation.settings import term_source


def test_a_refusal_ends_the_case_and_says_what_else_is_open(dispute: Any) -> None:
    case = dispute.ask()
    dispute.reply(case, agree=False)
    assert (dispute.case(case).reason, dispute.case(case).open) == ("refused", False)
    said = dispute.r.engine.registry.kinds["mediation.ended"].says
    assert "court" in said and "township" in said
    with dispute.r.refuses("mediation.case_ended"):
        dispute.propose(case)


def test_no_mediator_before_the_other_side_agreed(dispute: Any) -> None:
    case = dispute.ask()
    with dispute.r.refuses("mediation.consent_missing"):
        dispute.propose(case)


def test_only_the_other_side_answers_and_once(dispute: Any) -> None:
    case = dispute.ask()
    with dispute.r.refuses("mediation.other_side_answers"):
        dispute.reply(case, by="li")
    dispute.reply(case)
    with dispute.r.refuses("mediation.answered_already"):
        dispute.reply(case, agree=False)


def test_a_request_needs_another_enrolled_person(dispute: Any) -> None:
    with dispute.r.refuses("mediation.with_oneself"):
        dispute.ask("li", "li")
    with dispute.r.refuses("wugong.member_unknown"):
        dispute.ask("li", "nobody")


def test_the_same_two_have_one_case_at_a_time(dispute: Any) -> None:
    case = dispute.ask("li", "chen")
    with dispute.r.refuses("mediation.case_open"):
        dispute.ask("chen", "li")
    dispute.end(case, "li")
    assert dispute.ask("chen", "li") > case


def test_both_parties_accept_the_mediator(dispute: Any) -> None:
    case = dispute.ask()
    dispute.reply(case)
    dispute.propose(case)
    dispute.accept(case, "li")
    assert dispute.case(case).mediator == ""
    with dispute.r.refuses("mediation.accepted_already"):
        dispute.accept(case, "li")
    dispute.accept(case, "chen")
    assert dispute.case(case).mediator == "mei"
    with dispute.r.refuses("mediation.mediator_named"):
        dispute.propose(case, "tan")


def test_one_party_declines_without_a_reason_and_another_is_proposed(dispute: Any) -> None:
    case = dispute.ask()
    dispute.reply(case)
    dispute.propose(case, "mei")
    dispute.accept(case, "li")
    dispute.accept(case, "chen", accept=False)
    assert (dispute.case(case).candidate, dispute.case(case).declined) == ("", ("mei",))
    dispute.propose(case, "tan", by="chen")
    dispute.accept(case, "li")
    assert dispute.case(case).mediator == ""


def test_the_proposed_mediator_may_decline_and_never_accepts_for_the_parties(dispute: Any) -> None:
    case = dispute.ask()
    dispute.reply(case)
    dispute.propose(case, "mei")
    with dispute.r.refuses("mediation.parties_decide"):
        dispute.accept(case, "mei")
    dispute.accept(case, "mei", accept=False)
    assert dispute.case(case).candidate == ""


def test_the_mediator_is_on_the_list_and_no_party(dispute: Any) -> None:
    case = dispute.ask("li", "mei")
    dispute.reply(case, by="mei")
    with dispute.r.refuses("mediation.not_a_mediator"):
        dispute.propose(case, "wu")
    with dispute.r.refuses("mediation.mediator_is_party"):
        dispute.propose(case, "mei")
    with dispute.r.refuses("wugong.member_unknown"):
        dispute.propose(case, "nobody")


def test_who_lost_the_role_is_not_accepted(dispute: Any) -> None:
    case = dispute.ask()
    dispute.reply(case)
    dispute.propose(case)
    revoked = {"member": "mei", "role": "mediator"}
    dispute.r.act("operator", dispute.r.community, "wugong.role_revoked", revoked)
    with dispute.r.refuses("mediation.not_a_mediator"):
        dispute.accept(case, "li")


@pytest.mark.parametrize(
    ("lies", "source"),
    [
        pytest.param("", "", id="nowhere said: a custom"),
        pytest.param("CN-SD-Jinan", "", id="a city without such a rule: a custom"),
        pytest.param("CN-SC-Chengdu", "四川省糾紛多元化解條例 44", id="in Sichuan"),
    ],
)
def test_the_rule_of_a_province_on_conflicts_is_cited_there(
    dispute: Any, lies: str, source: str
) -> None:
    case = dispute.ask()
    dispute.reply(case)
    dispute.propose(case)
    dispute.declare(case, "mei", "kin")
    moved(dispute, lies)
    with pytest.raises(Refused) as refused:
        dispute.accept(case, "li")
    (reason,) = refused.value.reasons
    assert (reason.code, reason.source) == ("mediation.conflict_declared", source)
    assert recusal(dispute.r.matter(dispute.matter)) == source


@pytest.mark.parametrize(
    ("lies", "beside"),
    [
        pytest.param("", "", id="nowhere said: the country's"),
        pytest.param("CN-GD", "", id="the province of a city that has one"),
        pytest.param("CN-GD-Shenzhen", "; 深圳糾紛化解規定 25", id="Shenzhen"),
        pytest.param("CN-HI", "; 海南糾紛化解規定 26", id="Hainan"),
        pytest.param("CN-SC", "; 四川省糾紛多元化解條例 26", id="Sichuan"),
    ],
)
def test_the_term_cites_the_rule_of_a_place_beside_the_order_of_the_ministry(
    dispute: Any, lies: str, beside: str
) -> None:
    moved(dispute, lies)
    assert term_source(dispute.r.matter(dispute.matter)) == f"司法部令第75號 33{beside}"


def moved(dispute: Any, lies: str) -> None:
    if lies:
        said = SettingChanged(name=JURISDICTION, value=lies)
        dispute.r.act("root", dispute.r.community, said)


def test_a_declared_conflict_needs_both_parties_to_know_of_it_and_still_accept(
    dispute: Any,
) -> None:
    case = dispute.ask()
    dispute.reply(case)
    dispute.propose(case)
    dispute.accept(case, "li")
    dispute.declare(case, "mei", "kin")
    assert dispute.case(case).accepting == frozenset()  # li had not known
    with dispute.r.refuses("mediation.conflict_declared"):
        dispute.accept(case, "chen")
    dispute.accept(case, "li", despite_conflict=True)
    assert dispute.case(case).mediator == ""
    dispute.accept(case, "chen", despite_conflict=True)
    assert dispute.case(case).mediator == "mei"


def test_a_conflict_found_later_puts_the_mediator_to_both_again(dispute: Any) -> None:
    case = dispute.mediated()
    dispute.declare(case, "chen", "interest")
    assert (dispute.case(case).mediator, dispute.case(case).candidate) == ("", "mei")
    with dispute.r.refuses("mediation.mediator_missing"):
        dispute.offer(case)
    dispute.accept(case, "chen", accept=False)
    assert dispute.case(case).candidate == ""


def test_a_request_that_nobody_answers_runs_out_after_its_days(dispute: Any) -> None:
    case = dispute.ask()  # on 2 March; seven days after it are over when 10 March begins
    dispute.r.until(datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC))
    assert dispute.case(case).open
    dispute.r.until(datetime(2026, 3, 9, 16, 0, tzinfo=UTC))
    assert dispute.case(case).reason == "unanswered"


def test_an_answer_in_the_last_second_counts(dispute: Any) -> None:
    case = dispute.ask()
    dispute.r.until(datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC))
    dispute.reply(case)
    dispute.r.until(datetime(2026, 3, 9, 16, 0, 1, tzinfo=UTC))
    assert dispute.case(case).open


@pytest.mark.parametrize(
    ("by", "reason"),
    [("li", "no_agreement"), ("chen", "agreed"), ("mei", "withdrawn"), ("mei", "term")],
)
def test_everybody_ends_a_case_with_their_own_reasons_only(
    dispute: Any, by: str, reason: str
) -> None:
    case = dispute.mediated()
    with dispute.r.refuses("mediation.not_yours_to_say"):
        dispute.end(case, by, reason)


@pytest.mark.parametrize(
    ("by", "reason"),
    [("li", "withdrawn"), ("chen", "withdrawn"), ("mei", "no_agreement"), ("mei", "danger")],
)
def test_a_party_stops_and_a_mediator_closes(dispute: Any, by: str, reason: str) -> None:
    case = dispute.mediated()
    dispute.end(case, by, reason)
    assert dispute.case(case).reason == reason


@pytest.mark.parametrize(
    ("value", "right"), [("0", False), ("1", True), ("60", True), ("61", False)]
)
def test_the_term_is_one_to_sixty_days(dispute: Any, value: str, right: bool) -> None:
    changed = SettingChanged(name="mediation.term_days", value=value)
    if right:
        dispute.r.act("operator", dispute.r.community, changed)
    else:
        with dispute.r.refuses("mediation.setting_not_days"):
            dispute.r.act("operator", dispute.r.community, changed)
