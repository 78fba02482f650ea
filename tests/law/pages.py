"""The calculator (試算) of a procedure's page: what its form asks for, what it says of figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.testclient import TestClient

from tests.law.lawbook import day_of
from wugong import Words

WORDS = Words("zh_Hans", ["wugong_server", "wugong"])


@dataclass(frozen=True)
class Said:
    """What a page says of figures: the outcome, and its tests in their order."""

    headline: str
    tests: tuple[str, ...]  # words of each, begun with ok or stop

    def test(self, at: int) -> tuple[bool, str]:
        """Return whether a test is met, and its words."""
        look, _, words = self.tests[at].partition(" ")
        return look == "ok", words


def fields(page: str, check: str) -> set[str]:
    """Return the names of the fields of one of the two forms of a page."""
    forms = re.findall(r'<form method="get" action="#result".*?</form>', page, re.S)
    (form,) = [one for one in forms if f'name="check" value="{check}"' in one]
    return set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', form)) - {"check"}


def submitted(client: TestClient, name: str, check: str, given: Mapping[str, str]) -> str:
    offered = fields(client.get(f"/procedures/{name}").text, check)
    assert given.keys() <= offered, "a figure that the page does not ask for"
    answer = client.get(f"/procedures/{name}", params={"check": check, "on": day_of(name), **given})
    assert answer.status_code == 200
    return answer.text


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def said(page: str) -> Said:
    found = re.search(r'<section class="card stack sec" id="result".*?</section>', page, re.S)
    assert found is not None, plain(page.partition("<main")[2])[:400]
    rows = re.findall(r'<li class="test">(.*?)</li>', found[0], re.S)
    looks = ["ok" if re.search(r'class="[^"]*\bok\b', row) else "stop" for row in rows]
    tests = tuple(f"{look} {plain(row)}" for look, row in zip(looks, rows, strict=True))
    return Said(plain(found[0].partition("<ol>")[0]), tests)
