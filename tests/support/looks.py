"""Pages of a rehearsal that no story leads to: visited by address, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

from playwright.sync_api import Browser, Page

from tests.server.test_browser_pages import running
from tests.stories.looking import axe_faults, plain_faults
from wugong.testing import Rehearsal
from wugong_server.testing import app_of

Visit = Callable[[str, str], Page]  # of a member, to an address


@contextmanager
def visiting(browser: Browser, rehearsal: Rehearsal) -> Iterator[Visit]:
    """Serve the pages of a rehearsal; yield what opens an address for a member, on a phone.

    In English: it has the longest words, and rehearsals are told in it.
    """
    with ExitStack() as leaving:
        address = leaving.enter_context(running(app_of(rehearsal)))

        @cache
        def page_of(member: str) -> Page:
            context = browser.new_context(
                viewport={"width": 360, "height": 800},
                locale="en-US",
                extra_http_headers={"x-rehearsal-member": member},
            )
            leaving.callback(context.close)
            return context.new_page()

        def visit(member: str, path: str) -> Page:
            answer = page_of(member).goto(address + path)
            assert answer is not None and answer.status == 200, path
            return page_of(member)

        yield visit


def faults(page: Page) -> list[str]:
    """Say what is wrong with a page as it stands, each fault with the address."""
    return [f"{page.url}: {one}" for one in (*plain_faults(page), *axe_faults(page))]
