"""Every page that the finished stories lead to, in other languages, colours and type sizes.

In Simplified Chinese the tests of the server follow the same links; the village is followed in
Traditional Chinese, the town in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.stories.clicking import Look, Person
from tests.stories.following import faults_behind_links
from tests.stories.looking import Eyes
from tests.stories.playing import Told, told
from tests.stories.serving import give_accounts, serving

MOST_REQUESTS = 4
SAMPLE = (
    "/c/wutong",
    "/m/{lift}",
    "/m/{lift}/polls/{poll2}",
    "/m/{lift}/ledger",
    "/m/{lift}/notices/{notice1}",
    "/m/{lift}/do/planning.scheme_published",
    "/c/wutong/duties",
)
LOOKS = [
    pytest.param(Look("zh-CN", scheme="dark"), id="dark"),
    pytest.param(Look("zh-CN", elder="max"), id="largest-type"),
    pytest.param(Look("zh-TW", width=1280, elder="on", script=False), id="large-type-desk"),
    pytest.param(Look("en-US", width=1280, scheme="dark"), id="dark-desk"),
    pytest.param(Look("en-US", elder="on"), id="large-type-english"),
]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lifts() -> Iterator[tuple[Told, str]]:
    """Give the story of the lifts, told to its end, and the address where it can be read."""
    with told("urban-elevator") as it, serving(it.engine) as address:
        assert it.problems == []
        give_accounts(it.engine, it.case.community, ["lin"])
        yield it, address


@pytest.fixture(scope="module")
def lamps() -> Iterator[tuple[Told, str]]:
    """Give the story of the village's street lights, told to its end, and its address."""
    with told("rural-lights") as it, serving(it.engine) as address:
        assert it.problems == []
        give_accounts(it.engine, it.case.community, ["chen"])
        yield it, address


def reader(
    browser: Browser, lifts: tuple[Told, str], member: str, look: Look, eyes: Eyes
) -> Person:
    it, address = lifts
    return Person.at(browser, address, it.case.community, member, look, eyes)


@pytest.mark.slow
@pytest.mark.timeout(900)  # minutes, where a machine has much else to do
@pytest.mark.parametrize(
    ("story", "officer", "locale"),
    [
        pytest.param("lifts", "lin", "en-US", marks=pytest.mark.soak),
        pytest.param("lamps", "chen", "zh-TW", marks=pytest.mark.soak),
    ],
)
def test_every_page_keeps_to_the_budget_and_to_wcag(
    browser: Browser, request: pytest.FixtureRequest, story: str, officer: str, locale: str
) -> None:
    it, address = request.getfixturevalue(story)
    assert faults_behind_links(browser, it, address, officer, Look(locale)) == []


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_pages_hold_in_other_colours_and_sizes(
    browser: Browser, lifts: tuple[Told, str], look: Look
) -> None:
    it = lifts[0]
    numbers = {**it.story.names, **it.story.matters}
    eyes = Eyes(axe=look.script)  # axe itself is a script that waits
    person = reader(browser, lifts, "lin", look, eyes)
    for path in SAMPLE:
        person.visit(path.format_map(numbers))
    person.page.context.close()
    assert eyes.told() == []
    assert len(eyes.looked) >= len(SAMPLE)


def test_the_result_of_the_lifts_is_posted_on_one_sheet(
    browser: Browser, lifts: tuple[Told, str]
) -> None:
    it, address = lifts
    page = browser.new_context(locale="zh-CN").new_page()
    poll = "/m/{lift}/polls/{poll2}".format_map({**it.story.names, **it.story.matters})
    page.goto(address + poll)
    page.locator("main a.btn.main[href*='/notices/']").click()
    page.locator(".notice h1").wait_for()
    assert sheets_of(page) == 1
    page.context.close()


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW", "en-US"])
def test_the_certificate_of_a_poll_prints_on_one_sheet(
    browser: Browser, lifts: tuple[Told, str], locale: str
) -> None:
    it, address = lifts
    page = browser.new_context(locale=locale).new_page()
    for poll in ("poll1", "poll2"):  # one failed by area, one carried: four tests each
        page.goto(f"{address}/m/{it.story.matters['lift']}/polls/{it.story.names[poll]}")
        assert page.locator(".cert .test").count() == 4
        assert sheets_of(page) == 1
    page.context.close()


@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW", "en-US"])
def test_the_certificate_of_a_village_prints_on_one_sheet(
    browser: Browser, lamps: tuple[Told, str], locale: str
) -> None:
    it, address = lamps
    page = browser.new_context(locale=locale).new_page()
    page.goto(f"{address}/m/{it.story.matters['lights']}/polls/{it.story.names['poll']}")
    assert page.locator(".cert .test").count() == 2
    assert sheets_of(page) == 1
    page.context.close()


@pytest.mark.parametrize(
    "path", ["/c/shili/ledger", "/m/{lights}/ledger", "/m/{lights}/polls/{poll}"]
)
def test_no_figure_breaks_in_the_largest_type(
    browser: Browser, lamps: tuple[Told, str], path: str
) -> None:
    it, address = lamps
    look = Look("zh-TW", elder="max")
    page = Person.at(browser, address, it.case.community, "", look, lambda _page: None).page
    page.goto(address + path.format_map({**it.story.names, **it.story.matters}))
    broken = page.locator("td.r").evaluate_all(
        "cells => cells.filter(cell => { const text = document.createRange();"
        " text.selectNodeContents(cell);"
        " return new Set([...text.getClientRects()].map(one => Math.round(one.top))).size > 1;"
        " }).map(cell => cell.innerText)"
    )
    assert page.locator("td.r").count() > 2
    assert broken == []
    page.context.close()


def sheets_of(page: Page) -> int:
    """Return how many sheets of A4 a page prints on."""
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", printed))


@pytest.mark.parametrize("path", SAMPLE[:4])
def test_a_first_view_takes_four_requests_at_most(
    browser: Browser, lifts: tuple[Told, str], path: str
) -> None:
    it, address = lifts
    page = browser.new_context().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + path.format_map({**it.story.names, **it.story.matters}))
    page.wait_for_load_state("networkidle")
    page.context.close()
    assert 1 < len(asked) <= MOST_REQUESTS
