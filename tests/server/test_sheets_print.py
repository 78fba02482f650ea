"""Every sheet and notice of every shipped procedure fits one page of A4, in both scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

import wugong_rural
import wugong_urban
import wugong_voting
from tests.server.test_browser_pages import running
from wugong.steps import placed_in
from wugong.testing import Rehearsal
from wugong_server import Settings
from wugong_server.testing import app_of

PLUGINS = {"rural": wugong_rural, "urban": wugong_urban, "voting": wugong_voting}
HELP = "社区办事点，周一至周六9:00至17:30，电话000-0000-0000（示例）。"
TITLE = "示例议题：把北门到活动室的路修好，装上路灯，再把排水沟一起改一遍"  # of many words
TEXT_AREA = ViewportSize(width=657, height=1016)  # of A4 within the margins of @page, in pixels
FULL = 0.93
NAMES = {"urban": "梧桐苑社区（示例）", "rural": "临里村（示例）"}


def addresses(r: Rehearsal, every_form: bool) -> Iterator[tuple[str, int]]:
    """Yield the address of each flow of the community's setting with its number of sheets.

    Forms of one procedure have the same steps: without ``every_form`` one stands for all.
    """
    matters: dict[str, str] = {}
    known: set[tuple[str, ...]] = set()
    for procedure in r.engine.registry.procedures.values():
        if procedure.setting not in (r.matter(r.community).standing.setting, "any"):
            continue
        if procedure.parent or procedure.id == "villagers.four_two":  # sheets of another
            continue
        steps = tuple(one.title["en"] for one in procedure.steps)
        if steps in known and not every_form:
            continue
        known.add(steps)
        kind = procedure.matters[0] if procedure.matters else ""
        if kind not in matters:
            matters[kind] = r.open(TITLE, by="li", category=kind)
        placed = list(placed_in(procedure))
        if placed:
            yield f"/m/{matters[kind]}/sheets/{procedure.id}", len(placed)
        for one in placed:
            if one.step.posts:
                yield f"/m/{matters[kind]}/sheets/{one.id}/notice", 1
    if "four_two" in matters:
        flow = f"/m/{matters['four_two']}/sheets/four_two"
        yield from ((flow, 6), (f"{flow}.decision/notice", 1), (f"{flow}.result/notice", 1))


def measured(page: Page, address: str, sheets: int) -> int:
    """Return the height of the tallest sheet of an address, laid out as it is printed."""
    page.goto(address)
    heights = page.locator(".leaf").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert len(heights) == sheets, address
    assert page.locator("*").count() <= 800, address
    return int(max(heights))


def printed(page: Page, address: str) -> int:
    """Return on how many pages an address is printed."""
    page.goto(address)
    made = page.pdf(format="A4", prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", made))


LOCALES = ["zh-CN", *(pytest.param(one, marks=pytest.mark.soak) for one in ("zh-TW", "en-US"))]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("setting", ["urban", "rural"])
def test_every_sheet_fits_one_page(browser: Browser, setting: str, locale: str) -> None:
    r = Rehearsal(PLUGINS, members={"li": ()}, setting=setting, title=NAMES[setting])
    listed = dict(addresses(r, every_form=locale == "zh-CN"))
    settings = Settings(secret=b"sheets", rate_limits=False, help_line=HELP)
    with running(app_of(r, settings)) as site:
        page = browser.new_context(locale=locale, viewport=TEXT_AREA).new_page()
        page.emulate_media(media="print")
        heights = {path: measured(page, site + path, sheets) for path, sheets in listed.items()}
        # To print takes ten times as long: what fills its page, and the tallest in any case.
        full = {path for path, height in heights.items() if height > FULL * TEXT_AREA["height"]}
        pages = {
            path: printed(page, site + path)
            for path in full | {max(heights, key=lambda path: heights[path])}
        }
        page.context.close()
    assert len(listed) > 15
    assert {path: (listed[path], on) for path, on in pages.items() if on != listed[path]} == {}
