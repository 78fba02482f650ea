"""Letting somebody vote, voting for somebody, and taking it back: by pages without script."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from starlette.testclient import TestClient

from tests.plugins.voting.neighbourhood import cast, decided, heads
from tests.plugins.voting.test_mandates import begun, give
from tests.plugins.voting.test_pages import vote
from wugong_server.testing import browse
from wugong_voting.mandates import mandates_of

LINK = r'<a href="([^"]*voting\.mandate_{verb}[^"]*)"'


def follow(client: TestClient, path: str, verb: str, **typed: str) -> str:
    """Follow the link on the poll's page, fill in the form, check it and send it."""
    link = re.search(LINK.format(verb=verb), client.get(path).text)
    assert link is not None
    address = html.unescape(link[1])
    page = client.get(address)
    for _step in range(2):
        form = next(f for f in re.findall(r"<form.*?</form>", page.text, re.S) if "csrf" in f)
        data = {
            name: html.unescape(value)
            for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form)
        }
        data |= dict(
            re.findall(r'<select[^>]*name="([^"]+)".*?<option value="(\d+)" selected', form)
        )
        data |= typed if _step == 0 else {}
        checked = 'name="act-step" value="checked"' in form
        data |= {"act-step": "checked"} if checked else {}
        page = client.post(address.partition("?")[0], data=data)
        if page.status_code == 303:
            return str(client.get(page.headers["location"]).text)
    raise AssertionError(page.text)


def test_a_neighbour_votes_for_another_and_both_see_it() -> None:
    r, matter, poll = begun()
    path = f"/m/{matter}/polls/{poll}"
    until = (r.clock.now + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    follow(browse(r, "li"), path, "given", holder="sun", until=until, poll=str(poll))
    (one,) = mandates_of(r.matter(matter), poll)
    assert (one.giver, one.holder, one.entitlement) == ("li", "sun", "101")
    cast(r, matter, poll, "sun", "no")
    page = browse(r, "sun").get(path).text
    assert "您受li委托" in page and "您代表101投票" in page and "您代表301投票" in page
    assert "sun也可以代表101投票" in browse(r, "li").get(path).text


def test_the_page_casts_under_a_mandate() -> None:
    r, matter, poll = begun()
    give(r, matter, poll, "li", "101", "tenant")
    assert "已收到您的选票" in vote(browse(r, "tenant"), matter, poll, "yes")
    r.wait(days=7)
    assert heads(decided(r, matter, poll))["yes"] == 1


def test_a_poll_waits_for_who_holds_the_mandate() -> None:
    r, matter, poll = begun()
    give(r, matter, poll, "li", "101", "tenant")
    assert "眼下没有等您办的事" in browse(r, "li").get(f"/c/{r.community}").text
    assert "等您办的事1件" in browse(r, "tenant").get(f"/c/{r.community}").text
    vote(browse(r, "tenant"), matter, poll, "yes")
    assert "眼下没有等您办的事" in browse(r, "tenant").get(f"/c/{r.community}").text


def test_a_mandate_taken_back_on_the_page_leaves_the_holder_without_a_ballot() -> None:
    r, matter, poll = begun()
    give(r, matter, poll, "li", "101", "tenant")
    path = f"/m/{matter}/polls/{poll}"
    follow(browse(r, "li"), path, "withdrawn", poll=str(poll))
    assert "您代表101投票" not in browse(r, "tenant").get(path).text
