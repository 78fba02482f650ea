"""Ballot papers to print: one a line of the frozen roll, whatever the kind of ballot."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.plugins.voting.neighbourhood import charter, opened, rehearsal
from wugong.testing import Rehearsal
from wugong_server.testing import browse

DESIGNS = [{"id": name, "title": name.title()} for name in ("lamp", "bench", "tree")]


def polled(**more: Any) -> tuple[Rehearsal, str, int]:
    r = rehearsal(charter(), charter("asking", decides="false", consent="[]", quorum="[]"))
    matter = r.open("Lights", by="li")
    return r, matter, opened(r, matter, **more)


def papers(r: Rehearsal, matter: str, poll: int, query: str = "", who: str = "wang") -> list[str]:
    answer = browse(r, who).get(f"/m/{matter}/polls/{poll}/sheets{query}")
    assert answer.status_code == 200, answer.text
    found = re.findall(r'<article class="notice.*?</article>', answer.text, re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)) for one in found]


def test_each_line_of_the_roll_has_its_paper_with_its_number() -> None:
    r, matter, poll = polled()
    made = papers(r, matter, poll)
    assert len(made) == 4
    assert "，1号" in made[0] and "101" in made[0] and "li" in made[0]
    assert "201, 202" in made[2] and "150.00平方米" in made[2]
    assert all("Shall we?" in one and "签名" in one and one.count("□") == 3 for one in made)


def test_the_number_stays_when_only_a_group_is_printed() -> None:
    r, matter, poll = polled()
    (paper,) = papers(r, matter, poll, "?group=2")
    assert "，4号" in paper and "301" in paper


def test_a_roster_that_changed_later_prints_the_frozen_roll() -> None:
    r, matter, poll = polled()
    r.roster("owners", [("901", "zhao", "9", 10_00)])
    assert [("901" in one) for one in papers(r, matter, poll)] == [False] * 4


@pytest.mark.parametrize(
    ("rule", "said", "boxes"),
    [
        ("plurality", "只能勾一个方框", 3),
        ("approval", "可以勾几个", 3),
        ("schulze", "最想要的写1", 0),
        ("score", "从0到5分", 0),
        ("cumulative", "您有10分", 0),
        ("quadratic", "您有25分", 0),
    ],
)
def test_every_kind_of_ballot_says_how_it_is_filled_in(rule: str, said: str, boxes: int) -> None:
    r, matter, poll = polled(rule=rule, options=DESIGNS)
    first = papers(r, matter, poll)[0]
    assert said in first and first.count("□") == boxes and first.count("____") // 2 == 3 - boxes


def test_projects_are_printed_with_what_they_cost() -> None:
    costed = [{**one, "cost": 1200_50} for one in DESIGNS]
    more = {"rule": "pb_greedy", "options": costed, "budget": 3000_00, "procedure": "asking"}
    r, matter, poll = polled(**more)
    assert papers(r, matter, poll)[0].count("1,200.50元") == 3


@pytest.mark.parametrize("more", [{"secrecy": "secret"}, {"channels": ["web"]}])
def test_a_poll_without_open_papers_has_none_to_print(more: dict[str, Any]) -> None:
    r, matter, poll = polled(**more)
    assert browse(r, "wang").get(f"/m/{matter}/polls/{poll}/sheets").status_code == 404


@pytest.mark.parametrize("who", ["li", ""])
def test_papers_are_printed_by_officers_alone(who: str) -> None:
    r, matter, poll = polled()
    answer = browse(r, who).get(f"/m/{matter}/polls/{poll}/sheets", follow_redirects=False)
    assert answer.status_code in (303, 403) and "301" not in answer.text


def test_the_log_of_papers_leads_to_the_print() -> None:
    r, matter, poll = polled()
    page = browse(r, "wang").get(f"/m/{matter}/polls/{poll}/paper").text
    assert f'href="/m/{matter}/polls/{poll}/sheets' in page
