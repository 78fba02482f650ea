"""A ranked ballot in a real Chromium: at 360 pixels, without script, in large type, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

import wugong_planning.pages
import wugong_voting.pages
from tests.plugins.voting.test_ballot_pages import DESIGNS
from tests.plugins.voting.test_pages import polling
from tests.server.test_browser_pages import Look, faults, running
from wugong.testing import Rehearsal
from wugong_server import Settings, create_app
from wugong_server.testing import Signed

PHONE = Look("a phone without script", 360, script=False)
AXE = Look("a phone with script, for axe", 360)
ELDER = Look("the largest type", 360, elder="max", script=False)
DARK = Look("a desk in Traditional Chinese, dark", 1280, "zh-TW", "dark")
LOOKS = (PHONE, AXE, ELDER, DARK)


@dataclass
class Site:
    """A server with a ranked poll that runs for the tests of this module."""

    address: str
    rehearsal: Rehearsal
    path: str
    matter: str


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    r, matter, poll = polling(rule="schulze", options=DESIGNS)
    settings = Settings(secret=b"browser", rate_limits=False)
    pages = {"voting": wugong_voting.pages, "planning": wugong_planning.pages, "zz": Signed()}
    with running(create_app(r.engine, settings, pages)) as address:
        yield Site(address, r, f"/m/{matter}/polls/{poll}", matter)


def page_for(browser: Browser, site: Site, look: Look, member: str) -> Page:
    context = browser.new_context(
        viewport={"width": look.width, "height": 800},
        locale=look.locale,
        color_scheme=look.scheme,
        java_script_enabled=look.script,
        extra_http_headers={"x-rehearsal-member": member},
    )
    if look.elder:
        context.add_cookies([{"name": "wg-elder", "value": look.elder, "url": site.address}])
    return context.new_page()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_form_that_opens_a_poll_is_accessible(browser: Browser, site: Site, look: Look) -> None:
    page = page_for(browser, site, look, "wang")
    page.goto(f"{site.address}/m/{site.matter}/polls/new")
    assert faults(page, look.script) == []
    page.context.close()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_ranked_ballot_is_cast_by_keyboard(browser: Browser, site: Site, look: Look) -> None:
    page = page_for(browser, site, look, "li")
    page.goto(site.address + site.path)
    assert faults(page, look.script) == []
    for title, place in (("路灯", 2), ("凳子", 1)):
        page.get_by_label(title).focus()
        for _ in range(place):
            page.keyboard.press("ArrowDown")
    page.get_by_label("种树").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("button[value=cast]")
    page.wait_for_load_state()
    assert faults(page, look.script) == []
    assert [
        line.split("：")[-1].split(": ")[-1] for line in page.locator(".card li").all_inner_texts()
    ] == [
        "凳子",
        "路灯",
    ]
    page.locator("button[value=cast]").press("Enter")
    page.wait_for_selector(".receipt")
    page.wait_for_load_state()
    assert faults(page, look.script) == []
    page.context.close()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_count_is_accessible(browser: Browser, look: Look) -> None:
    for rule, ballot in (("schulze", "bench>lamp=tree"), ("irv", "bench"), ("score", "lamp:5")):
        r, matter, poll = polling(rule=rule, options=DESIGNS)
        for who, unit in (("li", "101"), ("zhao", "102"), ("qian", "201")):
            body = {"poll": poll, "entitlement": unit, "choice": ballot}
            r.act(who, matter, "voting.ballot_cast", body)
        r.wait(days=7)
        pages = {"voting": wugong_voting.pages, "zz": Signed()}
        settings = Settings(secret=b"browser", rate_limits=False)
        with running(create_app(r.engine, settings, pages)) as address:
            site = Site(address, r, f"/m/{matter}/polls/{poll}", matter)
            page = page_for(browser, site, look, "li")
            page.goto(site.address + site.path)
            assert faults(page, look.script) == []
            page.context.close()
