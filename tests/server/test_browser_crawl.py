"""Both stories to their end, then every page that a link leads to, looked at as on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.server.test_browser_pages import running
from wugong import OPERATOR
from wugong.cases import Story, engine_for, read_case
from wugong_server import Settings, create_app
from wugong_server.plugins import installed_pages
from wugong_server.testing import Signed

CASES = Path(__file__).parents[1] / "cases"
MOST_PAGES = 60
NOT_FOLLOWED = ("/do/", "/records/", "template", "/preferences", ".csv", ".json", ".xlsx")


@pytest.mark.slow
@pytest.mark.parametrize("story", ["urban-elevator", "rural-lights"])
def test_every_page_of_a_story_is_accessible_on_a_phone(browser: Browser, story: str) -> None:
    case = read_case(CASES / f"{story}.toml")
    engine, clock = engine_for(case, "sqlite://")
    for played in Story(case, engine, clock).play():
        assert not played.problem, played.problem
    standing = engine.matter(case.community).standing
    officer = standing.holders("officer")[0]
    matter = engine.matters(case.community, OPERATOR)[0][0].id
    settings = Settings(secret=b"crawl", rate_limits=False, demonstration=True)
    pages: dict[str, Any] = {**installed_pages(engine.registry.packages), "zz": Signed()}
    with running(create_app(engine, settings, pages)) as address:
        context = browser.new_context(
            viewport={"width": 360, "height": 800},
            locale="zh-CN",
            extra_http_headers={"x-rehearsal-member": officer},
        )
        start = [f"/c/{case.community}", f"/m/{matter}", f"/c/{case.community}/ledger"]
        told, seen = crawl(context.new_page(), address, start)
        context.close()
    engine.close()
    assert told == []
    assert len(seen) > 20


def crawl(page: Page, address: str, start: list[str]) -> tuple[list[str], set[str]]:
    """Follow every link of our own from ``start`` and return the faults found on the way."""
    told: list[str] = []
    seen: set[str] = set()
    todo = list(start)
    while todo and len(seen) < MOST_PAGES:
        path = todo.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = page.goto(address + path)
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        if answer.status != 200:
            told.append(f"{path}: {answer.status}")
        told += [f"{path}: {one}" for one in faults(page)]
        found = page.eval_on_selector_all(
            "main a[href]", "links => links.map(link => link.getAttribute('href'))"
        )
        inside = [link.partition("#")[0] for link in found if link.startswith("/")]
        todo += [one for one in inside if not any(part in one for part in NOT_FOLLOWED)]
    return told, seen


def faults(page: Page) -> list[str]:
    found = [one["id"] for one in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    found += [f"{wide} pixels too wide"] if wide > 0 else []
    elements = page.locator("*").count()
    return found + ([f"{elements} elements"] if elements > 800 else [])
