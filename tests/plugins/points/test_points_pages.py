"""The points page: my balance and entries, what is on offer, what waits for a second person."""

from __future__ import annotations

import re

import pytest

import wugong_planning
import wugong_points
from wugong import Ref, seal
from wugong.testing import Rehearsal
from wugong_points.events import AwardApproved, AwardProposed, ItemStocked, Redeemed, RuleAdopted
from wugong_points.rules import POINTS
from wugong_server.testing import browse

PAGE = "/c/example/points"


@pytest.fixture
def street() -> Rehearsal:
    """Li has 10 points, of which 5 went for a sack of rice."""
    r = Rehearsal(
        {"points": wugong_points, "planning": wugong_planning},
        members={"wang": ("officer",), "zhao": ("officer",), "li": (), "qian": ()},
    )
    rule = RuleAdopted(kind="planning.need_filed", points=2, cap_per_month=10)
    r.act("wang", r.community, rule)
    proposed = AwardProposed(member="li", points=10, reason=seal("Cleared the snow"))
    number = Ref(r.act("wang", r.community, proposed).seq)
    r.act("zhao", r.community, AwardApproved(proposal=number))
    rice = ItemStocked(title="A sack of rice", points=5, stock=2)
    item = Ref(r.act("wang", r.community, rice).seq)
    r.act("wang", r.community, ItemStocked(title="A bicycle", points=500, stock=1))
    r.act("li", r.community, Redeemed(item=item))
    return r


def shown(r: Rehearsal, member: str | None, language: str = "en") -> str:
    answer = browse(r, member, language=language).get(PAGE)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text))


def test_a_member_reads_their_own_balance_and_entries(street: Rehearsal) -> None:
    mine = shown(street, "li")

    assert "You have 5 points." in mine
    assert "Redeemed: A sack of rice" in mine and "−5" in mine
    other = shown(street, "qian")
    assert "You have 0 points." in other and "Redeemed: A sack of rice" not in other


def test_everybody_reads_rules_offers_and_totals(street: Rehearsal) -> None:
    page = shown(street, None)

    assert "2 points, at most 10 a month" in page
    assert "A sack of rice" in page and "1 in stock" in page
    assert "Issued10" in page and "Held by members5" in page


def test_only_what_can_be_had_offers_its_button(street: Rehearsal) -> None:
    page = browse(street, "li").get(PAGE).text

    assert len(re.findall(r"/points/redeem\?item=", page)) == 1
    assert "/do/points.redeemed" not in browse(street, "qian").get(PAGE).text
    assert "495" in shown(street, "li")


def test_where_nothing_is_in_stock_nothing_is_asked(street: Rehearsal) -> None:
    form, empty = (
        "/m/example/points/redeem",
        Rehearsal({"points": wugong_points}, members={"li": ()}),
    )
    assert "<fieldset" in browse(street, "li").get(form).text
    page = browse(empty, "li").get(form).text
    assert "现在没有能兑换的东西" in page and "<fieldset" not in page


def test_a_proposal_waits_for_a_second_person_and_its_reason_is_not_for_all(
    street: Rehearsal,
) -> None:
    proposed = AwardProposed(member="qian", points=3, reason=seal("Carried the sofa"))
    street.act("wang", street.community, proposed)
    approve = "/do/points.award_approved"

    assert "Carried the sofa" in shown(street, "zhao")
    assert approve in browse(street, "zhao").get(PAGE).text
    assert approve not in browse(street, "wang").get(PAGE).text
    assert "Carried the sofa" not in shown(street, "li")


def test_a_rule_is_chosen_from_what_people_do(street: Rehearsal) -> None:
    client = browse(street, "wang", language="en")
    page = client.get("/m/example/points/rule")
    options = re.findall(r'<option value="([^"]+)"', page.text)
    assert "planning.opinion_given" in options and "voting.poll_decided" in options
    assert not [one for one in options if one.startswith(("points.", "wugong.", "mediation."))]

    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    typed = {"kind": "planning.opinion_given", "points": "3", "cap_per_month": "2"}
    refused = client.post("/m/example/points/rule", data={**hidden, **typed})
    assert refused.status_code == 409 and 'value="2"' in refused.text
    done = client.post("/m/example/points/rule", data={**hidden, **typed, "cap_per_month": "6"})
    assert done.status_code == 303 and done.headers["location"].startswith(PAGE)
    rule = street.matter(street.community).state(POINTS).rules["planning.opinion_given"]
    assert (rule.points, rule.cap, rule.needs_approval) == (3, 6, False)


def test_a_rule_is_not_for_residents_to_adopt(street: Rehearsal) -> None:
    page = browse(street, "li").get("/m/example/points/rule")

    assert page.status_code == 403 and "<select" not in page.text


def test_my_page_names_my_balance(street: Rehearsal) -> None:
    page = browse(street, "li", language="en").get("/c/example/mine").text

    assert "You have 5 points." in page
    assert PAGE in page


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
@pytest.mark.parametrize("member", [None, "li", "wang"])
def test_the_page_is_drawn_in_every_language(
    street: Rehearsal, member: str | None, language: str
) -> None:
    assert shown(street, member, language)
