"""A story that is tried out in a real Chromium, as on a phone: begun, on its way, and over."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.support.looks import faults, visiting
from wugong.testing import Rehearsal


def test_a_story_that_is_tried_out_is_accessible_to_its_end(browser: Browser) -> None:
    r = Rehearsal(members={"li": ()}, community="wutong", title="Wutong")
    with r.engine, visiting(browser, r) as visit:
        page = visit("li", "/rehearsals")
        with page.expect_navigation():
            page.locator("main form button").first.click()
        for pace in ("one", "all"):
            expect(page.locator(".mock")).to_have_count(1)
            assert faults(page) == []
            with page.expect_navigation():
                page.locator(f"button[name=pace][value={pace}]").click()
        assert page.url.endswith("/sheet")
        assert faults(page) == []
