"""A show of hands in a real Chromium: at 360 pixels, without script, in large type."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

import wugong_planning.pages
import wugong_voting.pages
from tests.plugins.voting.neighbourhood import cast, decided, heads
from tests.plugins.voting.test_ballot_browser import LOOKS, Site, page_for
from tests.plugins.voting.test_batch_browser import count, follow, sound
from tests.plugins.voting.test_hands import met
from tests.server.test_browser_pages import Look, running
from wugong_server import Settings, create_app
from wugong_server.testing import Signed


@pytest.mark.parametrize("look", LOOKS[:2], ids=lambda look: look.name)
def test_two_tellers_count_hands_on_their_phones(browser: Browser, look: Look) -> None:
    r, matter, poll = met()
    cast(r, matter, poll, "sun", "no")
    settings = Settings(secret=b"browser", rate_limits=False)
    pages = {"voting": wugong_voting.pages, "planning": wugong_planning.pages, "zz": Signed()}
    with running(create_app(r.engine, settings, pages)) as address:
        site = Site(address, r, f"/m/{matter}/polls/{poll}", matter)
        page = page_for(browser, site, look, "wang")
        page.goto(f"{address}{site.path}")
        follow(page, "a.btn[href$='/hands']")
        sound(page, look)
        for unit in ("101", "102", "301"):
            page.locator(f"[name=entitlements][value='{unit}']").check()
        page.locator("button[value=here]").click()
        page.wait_for_selector(".card.done")
        sound(page, look)
        count(page, people="3", total_0="2", total_1="0", total_2="0")
        page.locator("button[value=count]").click()
        page.wait_for_selector("#refused")
        sound(page, look)
        count(page, people="2")
        page.locator("button[value=count]").click()
        page.wait_for_selector(".card.done")
        sound(page, look)
        page.context.close()
        page = page_for(browser, site, look, "zhou")
        page.goto(f"{address}{site.path}/hands")
        follow(page, "a[href$='/hands/1']")
        sound(page, look)
        count(page, people="2", total_0="1", total_1="0", total_2="0")
        page.locator("button[value=confirm]").click()
        page.wait_for_selector("#refused")
        sound(page, look)
        count(page, total_0="2")
        page.locator("button[value=confirm]").click()
        page.wait_for_selector(".card.done")
        sound(page, look)
        page.goto(f"{address}{site.path}/hands/1")
        sound(page, look)
        r.wait(days=7)
        page.goto(f"{address}{site.path}")
        sound(page, look)
        page.context.close()
    assert heads(decided(r, matter, poll)) == {"yes": 2, "no": 1, "abstain": 0}
