"""A mediation in a real Chromium, as on a phone: its page after each step, for who acts next."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser

from tests.support.looks import faults, visiting


def test_the_page_of_a_case_is_accessible_at_each_step(browser: Browser, dispute: Any) -> None:
    case = dispute.ask()
    at = f"/m/{dispute.matter}/mediation"
    with visiting(browser, dispute.r) as visit:

        def look(member: str, verb: str, path: str = f"{at}/{case}") -> None:
            page = visit(member, path)
            assert page.locator(f"main form[action$='/{verb}']").count() >= 1, verb
            assert faults(page) == []

        look("wu", "new", f"{at}/new")
        look("chen", "answered")
        dispute.reply(case)
        look("li", "mediator_proposed")
        dispute.propose(case)
        look("mei", "conflict_declared")
        look("chen", "mediator_accepted")
        dispute.accept(case, "li")
        dispute.accept(case, "chen")
        look("li", "note_filed")
        dispute.note(case, "li")
        dispute.offer(case)
        look("mei", "agreed")
        dispute.write(case)
        look("li", "signed", f"{at}/{case}/signed")
        for who in ("li", "chen", "mei"):
            dispute.sign(case, who)
        look("li", "confirmation_sought")
