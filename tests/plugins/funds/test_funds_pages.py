"""The ledger as everybody reads it."""

from __future__ import annotations

import re

import pytest

import wugong_building
import wugong_funds
from wugong import BUILD, PLAN, PaymentMade, Ref, StageClosed, StageOpened, seal
from wugong.testing import Rehearsal
from wugong_funds.events import BudgetAdopted, IncomeBooked, PaymentRequested
from wugong_funds.ledger import BALANCES, LINES
from wugong_server.testing import app_of, browse


@pytest.fixture
def street() -> Rehearsal:
    return Rehearsal(
        {"funds": wugong_funds, "building": wugong_building},
        members={"wang": ("officer",), "qian": ("treasurer",), "li": ()},
    )


@pytest.fixture
def lights(street: Rehearsal) -> str:
    """A matter with two sources, a reserve, one payment made and one that waits."""
    matter = street.open("Street lights", by="li")
    street.act("wang", matter, StageClosed(stage=PLAN))
    street.act("wang", matter, StageOpened(stage=BUILD))
    street.act("qian", matter, BudgetAdopted(total_fen=1_000_000_00))
    for source, fen in (("fiscal", 900_000_00), ("self_raised", 100_000_00)):
        booked = IncomeBooked(source=source, amount_fen=fen, remark="For <b>poles</b>")  # type: ignore[arg-type]
        street.act("qian", matter, booked)
    for milestone, fen in (("Poles", 250_000_00), ("Lamps", 50_000_00)):
        asked = PaymentRequested(milestone=milestone, amount_fen=fen, payee=seal("Lamp Works"))
        number = Ref(street.act("wang", matter, asked).seq)
        if milestone == "Poles":
            street.act("qian", matter, PaymentMade(request=number, amount_fen=fen))
    return matter


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_everybody_reads_where_the_money_came_from_and_went(street: Rehearsal, lights: str) -> None:
    answer = browse(street, language="en").get(f"/m/{lights}/ledger")

    assert answer.status_code == 200
    shown = text(answer.text)
    for figure in ("1,000,000.00", "900,000.00", "100,000.00", "250,000.00", "650,000.00"):
        assert figure in shown
    assert "Poles" in shown and "Lamp Works" in shown
    assert '<svg class="flow"' in answer.text
    assert "<b>poles</b>" not in answer.text and "&lt;b&gt;poles" in answer.text


def test_names_are_for_members_only(street: Rehearsal, lights: str) -> None:
    street.enrol("zhou", name="Zhou Daming", roles=("treasurer",))
    booked = IncomeBooked(source="donation", amount_fen=1)
    street.act("zhou", lights, booked)

    assert "Zhou Daming" not in browse(street).get(f"/m/{lights}/ledger").text
    assert "Zhou Daming" in browse(street, "li").get(f"/m/{lights}/ledger").text


def test_too_much_public_money_is_a_question(street: Rehearsal, lights: str) -> None:
    shown = text(browse(street, language="en").get(f"/m/{lights}/ledger").text)

    assert "Public money: 9/10 of all." in shown
    assert "That is more than 17/20." in shown


def test_the_treasurer_is_led_to_the_second_signature(street: Rehearsal, lights: str) -> None:
    link = r'href="(/m/[^"]+/do/funds\.payment_made[^"]*)"'
    page = browse(street, "qian").get(f"/m/{lights}/ledger").text
    found = re.search(link, page)
    assert found is not None

    form = browse(street, "qian").get(found[1].replace("&amp;", "&"))
    assert form.status_code == 200 and 'value="50000.00"' in form.text
    assert not re.search(link, browse(street, "wang").get(f"/m/{lights}/ledger").text)
    assert not re.search(link, browse(street, "li").get(f"/m/{lights}/ledger").text)


def test_the_community_ledger_adds_up_what_the_reader_may_know(
    street: Rehearsal, lights: str
) -> None:
    hidden = street.open("Members only", by="li", audience="members")
    street.act("qian", hidden, IncomeBooked(source="company", amount_fen=77_00))
    street.act("qian", street.community, IncomeBooked(source="donation", amount_fen=5_00))

    signed_out = text(browse(street, language="en").get("/c/example/ledger").text)
    assert "1,000,005.00" in signed_out and "Members only" not in signed_out
    assert browse(street).get(f"/m/{hidden}/ledger").status_code == 404
    assert BALANCES.shown_to == LINES.shown_to == "members"
    member = text(browse(street, "li", language="en").get("/c/example/ledger").text)
    assert "1,000,082.00" in member and "Members only" in member


def test_the_matter_page_says_what_there_is_and_what_waits(street: Rehearsal, lights: str) -> None:
    shown = text(browse(street, "li", language="en").get(f"/m/{lights}").text)

    assert "650,000.00" in shown
    assert "1 payment waits for a second signature." in shown


def test_an_empty_ledger_says_when_it_will_be_filled(street: Rehearsal) -> None:
    answer = browse(street, language="en").get("/c/example/ledger")

    assert answer.status_code == 200
    assert "No money yet." in text(answer.text)


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_the_ledger_is_drawn_in_every_language(
    street: Rehearsal, lights: str, language: str
) -> None:
    for path in (f"/m/{lights}/ledger", "/c/example/ledger", f"/m/{lights}"):
        assert browse(street, "qian", language=language).get(path).status_code == 200


@pytest.mark.parametrize("first", ["zh-Hans", "en"])
def test_whoever_reads_first_leaves_no_word_of_their_language(
    street: Rehearsal, lights: str, first: str
) -> None:
    app = app_of(street)
    browse(street, app=app, language=first).get(f"/m/{lights}/ledger")
    page = text(browse(street, app=app, language="en").get(f"/m/{lights}/ledger").text)
    assert "all accounts come to 0.00 yuan." in page
    page = text(browse(street, app=app, language="zh-Hans").get(f"/m/{lights}/ledger").text)
    assert "合计为0.00元。" in page


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        pytest.param("zh-Hans", ("微项目和众筹", "资金"), id="简体"),
        pytest.param("zh-Hant", ("微項目和眾籌", "資金"), id="繁體"),
        pytest.param("en", ("Micro-projects and pledges", "Money"), id="English"),
    ],
)
def test_plugins_are_listed_by_their_titles(
    street: Rehearsal, language: str, titles: tuple[str, str]
) -> None:
    page = browse(street, "wang", language=language).get("/c/example/admin/plugins").text
    heads = [text(head).strip() for head in re.findall(r'<th scope="row">(.*?)<br>', page)]
    assert tuple(heads) == titles
    assert "–" not in text(page)  # each says its version
