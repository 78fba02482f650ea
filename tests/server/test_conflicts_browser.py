"""What stands beside what, in a real Chromium as on a phone: photos, codes, both texts."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser

import wugong_planning
import wugong_points
from tests.plugins.points.test_counter import code
from tests.support.looks import faults, visiting
from wugong import Ref, SheetHung, seal
from wugong.testing import Rehearsal
from wugong_planning.events import Clause, NoticePosted, SchemePublished
from wugong_points.events import AwardApproved, AwardProposed, ItemStocked, Redeemed

pytestmark = pytest.mark.browser


@pytest.fixture
def street() -> Rehearsal:
    members = {"wang": ("officer",), "zhao": ("officer",), "li": ()}
    return Rehearsal({"planning": wugong_planning, "points": wugong_points}, members=members)


def scheme(r: Rehearsal, matter: str, text: str, replaces: int = 0) -> int:
    named = Ref(replaces) if replaces else None
    version = SchemePublished(title="Lamps", clauses=(Clause(text=text),), replaces=named)
    return r.act("zhao", matter, version).seq


def test_a_notice_shows_its_sheets(browser: Browser, street: Rehearsal) -> None:
    matter = street.open("Lamps", by="li")
    notice = Ref(street.act("wang", matter, NoticePosted(title="Lamps")).seq)
    photo = street.engine.documents.put(
        "example", b"\xff\xd8\xff", "image/jpeg", by="wang", width=900, height=1200
    )
    hung = SheetHung(notice=notice, hung_on=date(2026, 3, 2), place="Gate", documents=(photo,))
    street.act("wang", matter, hung)
    with visiting(browser, street) as visit:
        page = visit("wang", f"/m/{matter}/notices/{notice}")
        assert page.locator("#twin ~ ol img").count() == 1
        assert faults(page) == []
        assert faults(visit("wang", f"/m/{matter}/do/wugong.sheet_hung?notice={notice}")) == []


def test_a_code_is_shown_looked_up_and_mistyped(browser: Browser, street: Rehearsal) -> None:
    proposed = AwardProposed(member="li", points=10, reason=seal("Snow"))
    award = Ref(street.act("wang", "example", proposed).seq)
    street.act("zhao", "example", AwardApproved(proposal=award))
    rice = Ref(street.act("wang", "example", ItemStocked(title="Rice", points=5, stock=2)).seq)
    street.act("li", "example", Redeemed(item=rice))
    with visiting(browser, street) as visit:
        assert faults(visit("li", "/c/example/points")) == []
        assert faults(visit("li", f"/m/example/points/redeem?item={rice}")) == []
        page = visit("wang", f"/m/example/points/counter?code={code(street)}")
        assert faults(page) == []
        page.goto(page.url[:-1] + ("2" if page.url[-1] != "2" else "3"))
        assert page.locator("#misfit").is_visible() and faults(page) == []


def test_both_texts_stand_above_the_filled_form(browser: Browser, street: Rehearsal) -> None:
    matter = street.open("Lamps", by="li")
    first = scheme(street, matter, "Six lamps")
    with visiting(browser, street) as visit:
        page = visit("wang", f"/m/{matter}/scheme/new")
        page.locator("[name=title]").fill("Lamps")
        page.locator("[name=clauses-0-text]").fill("Eight lamps")
        scheme(street, matter, "Seven lamps", first)
        page.locator("main form button").last.click()
        page.locator("button[value=checked]").or_(page.locator("#refused")).first.wait_for()
        if page.locator("button[value=checked]").count():
            page.locator("button[value=checked]").click()
        table = page.locator("[aria-labelledby^=stands] table")
        table.wait_for()
        assert "Eight lamps" in table.inner_text() and "Seven lamps" in table.inner_text()
        assert page.locator("[name=clauses-0-text]").input_value() == "Eight lamps"
        assert faults(page) == []


def test_a_complaint_stands_at_its_field(browser: Browser, street: Rehearsal) -> None:
    matter = street.open("Lamps", by="li")
    with visiting(browser, street) as visit:
        page = visit("li", f"/m/{matter}/needs/new")
        text = page.locator("[name=text]")
        text.evaluate("it => it.removeAttribute('maxlength')")
        text.fill("x" * 2001)
        page.locator("main form button").click()
        page.locator("#refused").wait_for()
        assert page.evaluate("document.activeElement.id") == "refused"
        page.locator("#refused a").click()
        assert page.locator("[name=text]").evaluate("it => it.matches(':target')")
        assert faults(page) == []
