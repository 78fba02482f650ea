"""Following links: from a few addresses to every kind of page that they lead to."""

from __future__ import annotations

import re

from playwright.sync_api import Browser

from tests.stories.clicking import Look, Person, template_of
from tests.stories.looking import Eyes
from tests.stories.playing import Told

# Preferences lead back; the others are files.
NOT_FOLLOWED = ("/preferences", "/template", ".csv", ".json", ".xlsx", ".toml")
# Kinds of pages that every story of either setting leads to.
EVERYWHERE = frozenset(
    {
        *("/", "/law", "/law/X", "/procedures", "/procedures/X", "/rehearsals"),
        *("/c/X/desk", "/c/X/duties", "/c/X/journal", "/c/X/ledger", "/c/X/matters"),
        *("/c/X/notices", "/c/X/points", "/c/X/projects", "/c/X/sheet", "/c/X/verify"),
        *("/m/X.N", "/m/X.N/ledger", "/m/X.N/needs/N", "/m/X.N/notices/N", "/m/X.N/oversight/N"),
        *("/m/X.N/polls/N", "/m/X.N/polls/N/law", "/m/X.N/records/N", "/m/X.N/scheme/N"),
    }
)


def kind_of(path: str) -> str:
    """Return which page an address is: of laws and of procedures one is like another."""
    return re.sub(r"^/(law|procedures)/.+", r"/\1/X", template_of(path))


def follow_links(person: Person, start: list[str]) -> set[str]:
    """Visit a page of each kind that links lead to from ``start``; return the kinds.

    ``AssertionError`` where a link leads to something that is not there.
    """
    seen: set[str] = set()
    todo = list(start)
    while todo:
        path = todo.pop(0)
        if kind_of(path) in seen:
            continue
        seen.add(kind_of(path))
        answer = person.visit(path)
        assert answer.status == 200, f"{path}: {answer.status}"
        links = person.page.eval_on_selector_all(
            "a[href^='/']", "links => links.map(one => one.getAttribute('href'))"
        )
        inside = [link.partition("#")[0] for link in links]
        todo += [one for one in inside if not any(part in one for part in NOT_FOLLOWED)]
    return seen


def faults_behind_links(
    browser: Browser, it: Told, address: str, member: str, look: Look
) -> list[str]:
    """Follow every link of a story as somebody; return what is wrong with the pages."""
    eyes = Eyes()
    person = Person.at(browser, address, it.case.community, member, look, eyes)
    matters = [f"/m/{matter}" for matter in it.story.matters.values()]
    seen = follow_links(person, [f"/c/{it.case.community}", *matters])
    person.page.context.close()
    return eyes.told() + [f"{kind}: no link leads there" for kind in sorted(EVERYWHERE - seen)]
