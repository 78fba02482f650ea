"""What every page of the stories must keep to: budget, width, words, WCAG as axe sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from opencc import OpenCC
from playwright.sync_api import Page

from tests.stories.clicking import template_of

MOST_ELEMENTS = 800
MOST_HTML = 60_000
# Words in Latin letters that a Chinese page may show.
LATIN = frozenset({"CSV", "XLSX", "PDF", "JPEG", "PNG", "WebP", "SHA", "API", "JSON"}) | {
    *("owners", "representatives", "elders"),  # what the stories call their rosters
}
# What is typed into a setting; the page of settings alone says so.
TYPED = frozenset({"due", "present", "yes"})
# Codes, commands for whoever verifies, and the names that counting rules have from their authors.
CODES = "code, pre, .receipt, [lang=en], #refused small, footer, [aria-labelledby=how], #rule"
RECEIPT = re.compile(r"(?:[2-9A-HJ-NP-Z]{4}[ -]){3}[2-9A-HJ-NP-Z]{4}")
_simplified = OpenCC("t2s")


@dataclass
class Eyes:
    """Looks at pages, each kind of page once with axe, and keeps what is wrong with them."""

    axe: bool = True
    faults: dict[str, list[str]] = field(default_factory=dict)
    looked: dict[str, str] = field(default_factory=dict)  # kind of page → the first address

    def __call__(self, page: Page) -> None:
        """Look at the page as it stands, if it is the first of its kind."""
        page.wait_for_load_state()  # what was clicked may still be on its way
        kind = self.kind_of(page)
        if kind in self.looked:
            return
        self.looked[kind] = page.url
        found = [*plain_faults(page), *(axe_faults(page) if self.axe else ())]
        if found:
            self.faults[kind] = found

    def told(self) -> list[str]:
        """Return all faults, each with the page that has it."""
        return [f"{kind}: {one}" for kind, its in self.faults.items() for one in its]

    def kind_of(self, page: Page) -> str:
        """Return which page this is and in which state."""
        state = page.evaluate(
            "['#refused', '.card.done', 'button[value=checked], button[value=cast]']"
            ".map(s => document.querySelector(s) ? s[1] : '').join('')"
        )
        return f"{template_of(page.url)} {state}".strip()


def plain_faults(page: Page) -> Iterator[str]:
    """Say what a ruler and a reader find wrong."""
    html, elements, wide, headings, twice, language = page.evaluate(
        "[new Blob([document.documentElement.outerHTML]).size,"
        " document.querySelectorAll('*').length,"
        " document.documentElement.scrollWidth - window.innerWidth,"
        " document.querySelectorAll('h1').length,"
        " [...document.querySelectorAll('[id]')].map(e => e.id)"
        ".filter((id, n, all) => all.indexOf(id) !== n), document.documentElement.lang]"
    )
    if html > MOST_HTML:
        yield f"{html} bytes of HTML"
    if elements > MOST_ELEMENTS:
        yield f"{elements} elements"
    if wide > 0:
        yield f"{wide} pixels wider than the window"
    if headings != 1:
        yield f"{headings} headings of the first level"
    if twice:
        yield f"named twice: {', '.join(twice)}"
    if language != "en":
        yield from odd_words(page, language)


def odd_words(page: Page, language: str) -> Iterator[str]:
    """Say which words of the program's own tongue stand on a Chinese page."""
    text = page.evaluate(
        "(codes) => { const copy = document.body.cloneNode(true);"
        " copy.querySelectorAll(codes).forEach(e => e.remove());"
        " return copy.innerText + '\\n' + document.title; }",
        CODES,
    )
    text = RECEIPT.sub("", text)
    known = LATIN | (TYPED if page.url.endswith("/admin/settings") else set())
    foreign = set(re.findall(r"[A-Za-z][A-Za-z_.]{2,}", text)) - known
    if foreign:
        yield f"words in Latin letters: {', '.join(sorted(foreign))}"
    if language == "zh-Hans":
        other = {one for one in set(text) if _simplified.convert(one) != one}
        if other:
            yield f"traditional characters: {''.join(sorted(other))}"


def axe_faults(page: Page) -> list[str]:
    """Say what axe finds; of what it finds well nothing is sent out of the browser."""
    page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(
        "axe.run({resultTypes: ['violations']}).then(found => found.violations)"
    )
    return [f"axe {one['id']}: {one['nodes'][0]['html'][:160]}" for one in violations]
