"""Forms about needs and opinions in a real Chromium, as on a phone."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser

from tests.support.looks import faults, visiting


def test_what_is_asked_and_answered_about_a_scheme_is_accessible(
    browser: Browser, place: Any
) -> None:
    scheme = place.scheme([place.need()])
    open_one, answered = place.opinion(scheme, by="chen"), place.opinion(scheme)
    answer, at = place.answer(answered), f"/m/{place.matter}"
    with visiting(browser, place.r) as visit:
        for member, path in (
            ("li", "/needs/new"),
            ("wang", "/needs/new"),  # who collects needs is asked more
            ("li", f"/opinions/new?scheme={scheme}"),
            ("wang", f"/opinions/{open_one}/answer"),
            ("li", f"/answers/{answer}/contest"),
        ):
            page = visit(member, at + path)
            assert page.locator("main form[method=post]").count() >= 1, path
            assert faults(page) == []
