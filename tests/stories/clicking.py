"""People at their browsers: they follow links, fill in forms and read what comes of it.

Nobody types an address here except the first one, and where a story shows what happens to
somebody who acts on an old link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Locator, Page, Response

from tests.stories.serving import PASSWORD

PATIENCE_MS = 60_000  # on a machine that has much else to do
CHINA = ZoneInfo("Asia/Shanghai")
OUTCOME = ".card.done, .receipt, #refused, button[value=checked], button[value=cast]"
CONFIRM = "button[value=checked], button[value=cast]"

# Where an act has a form of its own, the end of its address; others have the generic form.
FORMS = {
    "planning.need_filed": "/needs/new",
    "planning.scheme_published": "/scheme/new",
    "planning.opinion_given": "/opinions/new",
    "planning.opinion_answered": "/opinions/{opinion}/answer",
    "voting.poll_opened": "/polls/new",
    "voting.ballot_cast": "/polls/{poll}",
    "building.pledged": "/pledges/new",
    "oversight.inspected": "/oversight/new",
    "oversight.finding_filed": "/oversight/{inspection}",
    "evaluation.answered": "/evaluation/{evaluation}/answer",
    "points.redeemed": "/points/redeem",
    "points.rule_adopted": "/points/rule",
    "mediation.requested": "/mediation/new",
}
# The page between the matter, or the home page, and the form, where the link is not on the first.
HUBS = {
    "planning.opinion_answered": ("/opinions",),
    "funds": ("/ledger",),
    "points": ("/mine", "/admin", "/points"),
    "evaluation": ("/evaluation",),
    "rural": ("/four-two",),
}
# A page in between that has to be read first.
FURTHER = {"mediation.signed": ("/signed",)}


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at the pages."""

    locale: str = "zh-CN"
    script: bool = True
    width: int = 360
    scheme: Any = "light"
    elder: str = ""


@dataclass
class Person:
    """One member, or a visitor, with a browser of their own."""

    address: str
    community: str
    member: str
    page: Page
    seen: Callable[[Page], None]  # told of every page that is looked at
    principal: str = ""
    clicks: int = field(default=0)

    @classmethod
    def at(
        cls,
        browser: Browser,
        address: str,
        community: str,
        member: str,
        look: Look,
        seen: Callable[[Page], None],
    ) -> Person:
        """Give somebody a browser that looks like ``look``."""
        context = browser.new_context(
            viewport={"width": look.width, "height": 800},
            locale=look.locale,
            color_scheme=look.scheme,
            java_script_enabled=look.script,
        )
        if look.elder:
            context.add_cookies([{"name": "wg-elder", "value": look.elder, "url": address}])
        context.set_default_timeout(PATIENCE_MS)
        return cls(address, community, member, context.new_page(), seen)

    # Going about

    def visit(self, path: str) -> Response:
        """Open an address, and sign in where the page asks for it."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        if self.member and self.is_signed_out():
            self.sign_in()
            assert self.page.url.partition("?")[0] == self.address + path
        self.seen(self.page)
        return answer

    def is_signed_out(self) -> bool:
        """Tell whether the foot of the page offers to sign in."""
        return bool(self.page.locator("footer a[href*='/sign-in']").count())

    def sign_in(self) -> None:
        """Go from the foot of any page to the sign-in form and fill it in."""
        if not self.page.url.partition("?")[0].endswith("/sign-in"):
            self.click(self.page.locator("footer a[href*='/sign-in']"))
        else:
            self.seen(self.page)
        form = self.page.locator("main form[action$='/sign-in']")
        form.locator("[name=account]").fill(self.member)
        form.locator("[name=password]").fill(PASSWORD)
        form.locator("button").click()
        self.page.locator("footer form[action$='/sign-out']").wait_for()

    def click(self, link: Locator) -> None:
        """Follow a link to the page that it leads to, unfolding what it is hidden in."""
        fold = link.locator("xpath=ancestor::details[not(@open)]")
        if fold.count():
            fold.first.locator("summary").click()
        # Until then the page that it stands on is still there, and would be taken for the next.
        with self.page.expect_navigation():
            link.click()
        self.clicks += 1
        self.seen(self.page)

    def link(self, *endings: str) -> Locator | None:
        """Return the first link on this page whose address ends so, its query left out."""
        for ending in endings:
            for mark in ("", "?"):
                how = f"a[href*='{ending}{mark}']" if mark else f"a[href$='{ending}']"
                found = self.page.locator(how)
                if found.count():
                    return found.first
        return None

    # Acting for somebody

    def act_for(self, principal: str) -> None:
        """Begin to act for somebody at the assisted desk, or stop."""
        if principal == self.principal:
            return
        self.visit(f"/c/{self.community}")
        if self.principal:
            self.page.locator(".proxy form button").click()
            self.page.locator(".proxy").wait_for(state="detached")
        if principal:
            desk = self.link(f"/c/{self.community}/desk")
            assert desk is not None, "an agent finds no way to the desk"
            self.click(desk)
            self.page.locator("main [name=member]").select_option(principal)
            self.page.locator("main form[action$='/desk/start'] button").click()
            self.page.locator(".proxy").wait_for()
            self.seen(self.page)
        self.principal = principal

    # Acting

    def go_to_form(self, matter: str, kind: str, body: Mapping[str, Any]) -> None:
        """Find the form of an act from the page of its matter, by links alone."""
        standing = "." not in matter
        self.visit(f"/c/{matter}" if standing else f"/m/{matter}")
        ways = form_of(kind, body)
        hubs = HUBS.get(kind, HUBS.get(kind.partition(".")[0], ()))
        for hub in ("", *hubs):
            if hub:
                through = self.link(hub)
                if through is None:
                    continue
                self.click(through)
            if (link := self.link(*ways)) is not None:
                self.click(link)
                if (further := self.link(*FURTHER.get(kind, ()))) is not None:
                    self.click(further)
                return
        raise NoWay(f"{self.member} finds no way from {matter} to {kind}")

    def type_address(self, matter: str, kind: str, body: Mapping[str, Any]) -> None:
        """Open the form by its address, as from an old link, which names what the act is about."""
        named = {key: value for key, value in body.items() if type(value) is int}
        self.visit(f"/m/{matter}{form_of(kind, body)[0]}?{urlencode(named)}")

    def send(self, kind: str, body: Mapping[str, Any]) -> None:
        """Fill in the form on this page, check it where it asks for that, and send it."""
        form = self.form_for(kind, body)
        fill(form, kind, body)
        self._press(form, kind, body)
        outcome = self.page.locator(OUTCOME)
        outcome.first.wait_for()
        self.seen(self.page)
        confirm = self.page.locator(CONFIRM)
        if confirm.count():
            confirm.click()
            self.page.locator(".card.done, .receipt, #refused").first.wait_for()
            self.seen(self.page)

    def form_for(self, kind: str, body: Mapping[str, Any]) -> Locator:
        """Return the form of an act; a page may hold several."""
        plugin, _, verb = kind.partition(".")
        if plugin == "mediation" and verb != "requested":
            form = self.page.locator(f"main form[action$='/{verb}']").first
            fold = form.locator("xpath=ancestor::details[not(@open)]")
            if fold.count():
                fold.locator("summary").click()
            return form
        if kind == "voting.ballot_cast":
            right = f"input[name=entitlement][value='{body['entitlement']}']"
            return self.page.locator("main form", has=self.page.locator(right))
        keyed = self.page.locator("input[type=hidden][name=key]")
        return self.page.locator("main form", has=keyed).first

    def _press(self, form: Locator, kind: str, body: Mapping[str, Any]) -> None:
        chosen = form.locator("button[value=yes], button[value=no]")
        if chosen.count():  # two buttons of equal weight: the answer is the button
            said = next(value for value in body.values() if isinstance(value, bool))
            form.locator(f"button[value={'yes' if said else 'no'}]").click()
            return
        form.locator("button:not([name$='-rows'])").last.click()

    # Reading

    def refused(self) -> list[tuple[str, list[str]]]:
        """Return the reasons on the refusal sheet: code and the words of the chips."""
        found = []
        for reason in self.page.locator("#refused li").all():
            code = reason.locator("small").last.inner_text().strip()
            chips = [chip.inner_text().strip() for chip in reason.locator(".law").all()]
            assert reason.locator("h3").inner_text().strip(), code
            found.append((code, chips))
        return found


class NoWay(AssertionError):
    """A person finds no link to something they may do."""


def form_of(kind: str, body: Mapping[str, Any]) -> list[str]:
    """Return how the address of an act's form may end."""
    plugin, _, verb = kind.partition(".")
    if plugin == "mediation" and verb != "requested":
        return [f"/mediation/{body['case']}"]
    if kind in FORMS:
        return [FORMS[kind].format_map(body), f"/do/{kind}"]
    return [f"/do/{kind}"]


def fill(form: Locator, kind: str, body: Mapping[str, Any], prefix: str = "") -> None:
    """Type the fields of an event into its form, in the units that the form asks for."""
    for name, value in body.items():
        if kind == "voting.poll_opened" and name in ("options", "roster", "channels"):
            continue  # the form derives them: yes, no, abstain; the roster of the procedure
        if kind == "voting.poll_opened" and name == "about":
            value = " ".join(map(str, value))
        if kind == "building.pledged" and name == "amount" and body["what"] == "money":
            name, value = "amount", yuan(value)
        put(form, prefix + name, yuan(value) if "_fen" in name else value, kind)


def unfold(field: Locator) -> None:
    """Open what a field is folded away in: what is long or seldom needed."""
    for summary in field.locator("xpath=ancestor::details[not(@open)]/summary").all():
        summary.click()


def put(form: Locator, name: str, value: Any, kind: str) -> None:
    """Type one value where it belongs."""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        put_rows(form, name, value, kind)
        return
    field = form.locator(f"[name='{name}']:not([type=hidden]):not(button)")
    if not field.count():
        return  # a hidden field carries it, or a button says it
    first = field.first
    looks = first.evaluate("e => e.type || e.tagName")
    unfold(first)
    if looks in ("checkbox", "radio"):
        chosen = value if isinstance(value, list) else [value]
        for one in chosen:
            said = {True: "yes", False: ""}.get(one, one) if isinstance(one, bool) else one
            if said != "":
                box = form.locator(f"[name='{name}'][value='{said}']")
                unfold(box)
                box.check()
    elif looks == "select-one":
        if kind == "voting.poll_opened" and not first.locator(f"option[value='{value}']").count():
            return  # what was not announced cannot be chosen; the refusal says so
        first.select_option(str(value))
    elif looks == "datetime-local":
        first.fill(f"{datetime.fromisoformat(value).astimezone(CHINA):%Y-%m-%dT%H:%M}")
    else:
        first.fill("\n".join(map(str, value)) if isinstance(value, list) else str(value))


def put_rows(form: Locator, name: str, rows: list[Mapping[str, Any]], kind: str) -> None:
    """Type a list of records, asking for more lines where there are too few."""
    last = form.locator(f"[name^='{name}-{len(rows) - 1}-']")
    while not last.count():
        lines = form.locator(f"[name^='{name}-']").count()
        form.locator(f"button[name='{name}-rows']").click()
        form.locator(f"[name^='{name}-']").nth(lines).wait_for(state="attached")
    for number, row in enumerate(rows):
        fill(form, kind, row, f"{name}-{number}-")


def yuan(fen: Any) -> str:
    """Write 分 as the 元 that a form asks for."""
    return f"{int(fen) // 100}.{int(fen) % 100:02d}"


def template_of(url: str) -> str:
    """Return which page an address is, whatever the numbers in it."""
    path = re.sub(r"^https?://[^/]+", "", url).partition("?")[0]
    return re.sub(r"\d+", "N", re.sub(r"^/(c|m)/[a-z-]+", r"/\1/X", path))
