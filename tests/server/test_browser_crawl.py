"""Both stories to their end, then every page that a link leads to, looked at as on a phone.

The tests of the stories follow the same links in the other languages.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.stories.clicking import Look
from tests.stories.following import faults_behind_links
from tests.stories.playing import told
from tests.stories.serving import give_accounts, serving


@pytest.mark.slow
@pytest.mark.timeout(900)  # minutes, where a machine has much else to do
@pytest.mark.parametrize(
    ("story", "officer"), [("urban-elevator", "lin"), ("rural-lights", "chen")]
)
def test_every_page_of_a_story_is_accessible_on_a_phone(
    browser: Browser, story: str, officer: str
) -> None:
    with told(story) as it, serving(it.engine) as address:
        assert it.problems == []
        give_accounts(it.engine, it.case.community, [officer])  # officers reach every page
        assert faults_behind_links(browser, it, address, officer, Look("zh-CN")) == []
