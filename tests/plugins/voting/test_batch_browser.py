"""A batch of paper ballots in a real Chromium: at 360 pixels, without script, in large type."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

import wugong_planning.pages
import wugong_voting.pages
from tests.plugins.voting.test_ballot_browser import LOOKS, Site, page_for
from tests.plugins.voting.test_batches import ballots
from tests.plugins.voting.test_pages import polling
from tests.server.test_browser_pages import Look, faults, running
from wugong_server import Settings, create_app
from wugong_server.testing import Signed


def sound(page: Page, look: Look) -> None:
    page.wait_for_load_state()
    assert faults(page, look.script) == []


def follow(page: Page, link: str) -> None:
    """Follow a link to the page that it leads to: until then there is the one it stands on."""
    with page.expect_navigation():
        page.locator(link).click()


def count(page: Page, **totals: str) -> None:
    for name, number in totals.items():
        page.locator(f"[name={name.replace('_', '-')}]").fill(number)


# Other sizes and colours are looked at by a soak: a batch has many pages.
SEEN = [*LOOKS[:2], *(pytest.param(look, marks=pytest.mark.soak) for look in LOOKS[2:])]


@pytest.mark.parametrize("look", SEEN, ids=lambda look: look.name)
def test_two_officers_enter_and_confirm_a_batch_on_their_phones(
    browser: Browser, look: Look
) -> None:
    r, matter, poll = polling()
    r.enrol("zhou", ("officer",))
    settings = Settings(secret=b"browser", rate_limits=False)
    pages = {"voting": wugong_voting.pages, "planning": wugong_planning.pages, "zz": Signed()}
    with running(create_app(r.engine, settings, pages)) as address:
        site = Site(address, r, f"/m/{matter}/polls/{poll}", matter)
        page = page_for(browser, site, look, "wang")
        page.goto(f"{address}{site.path}")
        follow(page, "a.btn[href$='/paper']")
        sound(page, look)
        for unit in ("101", "102"):
            page.locator(f"[name=entitlements][value='{unit}']").check()
        page.locator("button[value=delivered]").click()
        page.wait_for_selector(".card.done")
        sound(page, look)
        follow(page, "a.btn[href$='/batches/new']")
        sound(page, look)
        count(page, hand_sheets="1", total_0="0", total_1="1", total_2="0", hand_blank="0")
        count(page, hand_spoilt="0", unit="999")
        page.locator("[name=choice][value=no]").check()
        page.locator("[name=unit]").press("Enter")
        page.wait_for_selector("#refused")
        sound(page, look)
        count(page, unit="102")
        page.locator("button[value=add]").click()
        page.wait_for_selector("button[value=record]")
        sound(page, look)
        page.locator("button[value=record]").click()
        page.wait_for_selector(".card.done")
        sound(page, look)
        page.context.close()
        page = page_for(browser, site, look, "zhou")
        page.goto(f"{address}{site.path}/paper")
        follow(page, "a[href$='/batches/1']")
        sound(page, look)
        count(page, hand_sheets="1", total_0="1", total_1="0", total_2="0", hand_blank="0")
        count(page, hand_spoilt="0")
        page.locator("button[value=confirm]").click()
        page.wait_for_selector("#refused")
        sound(page, look)
        count(page, total_0="0", total_1="1")
        page.locator("button[value=confirm]").click()
        page.wait_for_selector(".card.done")
        sound(page, look)
        page.context.close()
    assert {unit: one["choice"] for unit, one in ballots(r, poll).items()} == {"102": "no"}
