"""What comes before a poll and beside it, in a real Chromium: draws, petitions, the preview."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.plugins.voting import test_draws as draws
from tests.plugins.voting.test_pages import polling
from tests.plugins.voting.test_petitions import Place
from tests.support.looks import faults, visiting


def test_a_draw_is_accessible_at_each_step(browser: Browser) -> None:
    r, matter = draws.people()
    at = f"/m/{matter}/draws"
    with visiting(browser, r) as visit:

        def look(member: str, path: str, shown: str) -> None:
            page = visit(member, at + path)
            assert page.locator(f"main {shown}").count() >= 1, path
            assert faults(page) == []

        look("wang", "/new", "form[action$='/draws/new']")
        draw = draws.announce(r, matter, least=2)
        look("li", f"/{draw}", "form[action*='/draws/part']")
        look("li", f"/part?draw={draw}", "form[action*='/draws/part']")
        parts = {who: draws.commit(r, matter, draw, who) for who in draws.WORDS}
        r.wait(days=3)
        look("li", f"/words?draw={draw}", "form[action*='/draws/words']")
        for who, part in parts.items():
            draws.reveal(r, matter, draw, part, draws.WORDS[who], by=who)
        look("li", f"/{draw}", "table")
        winner = draws.its(r, matter, draw).sitting[0]
        look(winner, f"/declined?draw={draw}", "form[action*='/draws/declined']")
        look("li", "", "h1")


def test_a_petition_is_accessible_to_who_signs_and_who_enters_sheets(browser: Browser) -> None:
    place = Place("rural", "persons", of=10)
    place.sign(1)
    with visiting(browser, place.r) as visit:
        for member in ("m0", "m1", "chen", "bad"):  # to sign, take back, enter, answer
            page = visit(member, f"/m/{place.matter}/petitions/{place.petition}")
            assert page.locator("main form[method=post]").count() >= 1, member
            assert faults(page) == []


def test_who_could_vote_and_what_is_on_paper_is_accessible(browser: Browser) -> None:
    r, matter, poll = polling()
    with visiting(browser, r) as visit:
        for path in (
            f"/m/{matter}/polls/preview?show=joined",
            f"/m/{matter}/polls/preview?show=in",
            f"/m/{matter}/polls/{poll}/sheets",
            f"/m/{matter}/polls/{poll}/paper",
            f"/m/{matter}/polls/{poll}/law",
            f"/c/{r.community}/procedures",
        ):
            assert faults(visit("wang", path)) == []
