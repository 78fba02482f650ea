"""A story whose chosen steps are done by people who click, and the rest by the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Error

from tests.stories.clicking import Look, NoWay, Person
from tests.stories.looking import Eyes
from tests.stories.playing import begun
from tests.stories.serving import give_accounts, serving
from wugong import Refused, Words
from wugong.cases import Played, Story
from wugong_server.laws import chips, here

A_YEAR_MS = 366 * 24 * 3600 * 1000
LANGUAGES = {"zh-CN": "zh_Hans", "zh-TW": "zh_Hant", "en-US": "en"}
Steps = Set[tuple[str, str]]  # who does what on the pages

# The form of a poll offers only what was announced, so that nothing else can be named in it.
ONLY_ON_PAGES = {"planning.scheme_not_posted"}
NO_OPTION = {"maybe"}  # what no ballot offers cannot be clicked


@dataclass
class BrowserDoor:
    """Takes the chosen acts of a story through the pages, the others to the engine."""

    browser: Browser
    story: Story
    address: str
    look: Look
    chosen: Steps
    eyes: Eyes
    people: dict[str, Person] = field(default_factory=dict)
    clicked: set[tuple[str, str]] = field(default_factory=set)
    typed: list[tuple[str, str]] = field(default_factory=list)  # no link led there
    after: Callable[[BrowserDoor, Person, str, int], None] = lambda *_: None  # told of each success

    def person(self, member: str) -> Person:
        """Return somebody with their own browser, opened when they first come."""
        if member not in self.people:
            self.people[member] = Person.at(
                self.browser,
                self.address,
                self.story.case.community,
                member,
                self.look,
                self.eyes,
            )
        return self.people[member]

    def __call__(
        self,
        matter: str,
        kind: str,
        body: Mapping[str, Any],
        *,
        by: str,
        principal: str | None,
        channel: str,
    ) -> tuple[int, str]:
        on_paper = principal is not None and channel != "assisted"
        if (kind, by) not in self.chosen or on_paper or body.get("choice") in NO_OPTION:
            return self.record(matter, kind, body, by, principal, channel)
        self.clicked.add((kind, by))
        try:
            return self.on_pages(matter, kind, body, by, principal)
        except (AssertionError, Error) as error:
            page = self.person(by).page
            shown = page.locator("main").inner_text()[:1500] if page.locator("main").count() else ""
            error.add_note(f"{by} does {kind} in {matter} with {dict(body)}")
            error.add_note(f"at {page.url}:\n{shown}")
            raise

    def record(
        self,
        matter: str,
        kind: str,
        body: Mapping[str, Any],
        by: str,
        principal: str | None = None,
        channel: str = "web",
    ) -> tuple[int, str]:
        """Act without a page."""
        engine = self.story.engine
        event = engine.read(kind, body)
        receipt = engine.record(matter, event, by=by, principal=principal, channel=channel)
        return receipt.seq, receipt.matter

    def on_pages(
        self, matter: str, kind: str, body: Mapping[str, Any], by: str, principal: str | None
    ) -> tuple[int, str]:
        """Act as a person does: from the page of the matter to the form, and send it."""
        engine, person = self.story.engine, self.person(by)
        before = engine.head(self.story.case.community).seq
        person.act_for(principal or "")
        try:
            person.go_to_form(matter, kind, body)
            led = True
        except NoWay:
            led = False  # rightly so where the act is refused: see below
            person.type_address(matter, kind, body)
        if not person.page.locator("#refused").count():
            person.send(kind, body)
        if reasons := person.refused():
            assert engine.head(self.story.case.community).seq == before
            person.act_for("")
            self.refuse(matter, kind, body, by, principal, reasons)
        if not led:
            self.typed.append((kind, by))
        for made in engine.export(self.story.case.community, after=before):
            if made["kind"] == kind and made["by"] == by:
                assert made["principal"] == principal
                self.after(self, person, kind, made["seq"])
                person.act_for("")
                return made["seq"], made["matter"]
        raise AssertionError(f"the page says it is recorded, the journal has no {kind} of {by}")

    def refuse(
        self,
        matter: str,
        kind: str,
        body: Mapping[str, Any],
        by: str,
        principal: str | None,
        reasons: list[tuple[str, list[str]]],
    ) -> None:
        """Hold what the sheet says against what the engine says, and let the story know."""
        words = Words(LANGUAGES[self.look.locale], ["wugong", "wugong_server"])
        with pytest.raises(Refused) as caught:
            self.record(matter, kind, body, by, principal)
        refused = caught.value
        told = dict(reasons)
        setting = self.story.engine.registry.settings[self.story.case.setting]
        assert told.keys() - ONLY_ON_PAGES <= set(refused.codes)
        assert told.keys() & set(refused.codes)
        for reason in refused.reasons:
            if reason.code in told and not reason.source.startswith("Our own"):
                source = here(reason.source, setting.elsewhere)
                wanted = [chip.text for chip in chips(source, words)]
                assert all(any(one in said for said in told[reason.code]) for one in wanted)
        raise refused


@contextmanager
def told_on_pages(
    browser: Browser, name: str, look: Look, chosen: Steps, eyes: Eyes
) -> Iterator[BrowserDoor]:
    """Serve a story from a thread and let its people come with their browsers."""
    with begun(name) as (story, _clock), serving(story.engine) as address:
        door = BrowserDoor(browser, story, address, look, chosen, eyes)
        story.door = door
        # Months pass between two steps; people sign in once, not once a step.
        story.engine.sessions.idle_ms = story.engine.sessions.absolute_ms = A_YEAR_MS
        give_accounts(story.engine, story.case.community, list(story.case.members))
        yield door
        for person in door.people.values():
            person.page.context.close()


def walk(browser: Browser, name: str, look: Look, chosen: Steps) -> list[str]:
    """Play a story to its end, the chosen steps by clicking; return what is wrong with its pages.

    Raises ``AssertionError`` where the story does not go as its case file says.
    """
    # The pages are the same without script: axe looks at them once.
    eyes = Eyes(axe=look.script)
    with told_on_pages(browser, name, look, chosen, eyes) as door:
        door.after = check_the_receipt
        for played in door.story.play():
            assert played.problem == "", played
            look_at_the_certificate(door, played)
        assert door.clicked == chosen
        assert door.typed == []  # a link led to everything that was not refused
    return eyes.told()


def check_the_receipt(door: BrowserDoor, person: Person, kind: str, seq: int) -> None:
    """Let somebody who is not signed in verify the receipt of a ballot."""
    if kind != "voting.ballot_cast":
        return
    code = person.page.locator(".receipt .code").first.inner_text()
    visitor = door.person("")
    visitor.visit(f"/c/{door.story.case.community}")
    visitor.click(visitor.page.locator("footer a[href$='/verify']"))
    asking = visitor.page.locator("main form", has=visitor.page.locator("[name=code]"))
    asking.locator("[name=code]").fill(code)
    asking.locator("button").click()
    proof = visitor.page.locator(".receipt")
    proof.wait_for()
    assert proof.locator("dd").first.inner_text() == f"{seq:,}"
    assert door.story.engine.receipt(door.story.case.community, code) is not None


def look_at_the_certificate(door: BrowserDoor, played: Played) -> None:
    """Let anybody read how a poll came out, with every test and its article."""
    wanted = played.step.get("expect", {}).get("poll")
    if not wanted:
        return
    visitor = door.person("")
    visitor.visit(f"/m/{door.story.here}")
    poll = door.story.names[wanted["poll"].removeprefix("$")]
    link = visitor.link(f"/polls/{poll}")
    assert link is not None
    visitor.click(link)
    assert visitor.page.locator(".cert").is_visible()
    assert visitor.page.locator(".cert .test").count() >= 2
    assert visitor.page.locator(".law").count() >= 1
    assert not visitor.page.locator("input[name=choice]").count()
