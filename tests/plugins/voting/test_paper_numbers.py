"""The number printed on a paper says whose it is, on rolls where numbers abound."""

from __future__ import annotations

import re

import pytest

from tests.plugins.voting.neighbourhood import charter, opened, rehearsal
from tests.plugins.voting.test_batch_pages import add, fields
from wugong import Entitlement, Part
from wugong.testing import Rehearsal, imported
from wugong_server.testing import browse

PEOPLE = {
    # As a village numbers its households: li and sun are of one, zhao of another.
    "li": ("8", "一组"),
    "sun": ("8", "一组"),
    "zhao": ("10", "一组"),
    "qian": ("1", "二组"),
}


def village() -> tuple[Rehearsal, str]:
    r = rehearsal(charter())
    listed = tuple(
        Entitlement(member, member, parts=(Part(household, group, 0),))
        for member, (household, group) in sorted(PEOPLE.items())
    )
    r.act("operator", r.community, imported("owners", listed))
    matter = r.open("Lights", by="li")
    return r, f"/m/{matter}/polls/{opened(r, matter)}"


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def typed(r: Rehearsal, path: str, **sheet: str) -> tuple[int, str, str]:
    """Type one sheet; return the status, what the form carries then, and what the page says."""
    client = browse(r, "wang")
    page = client.get(f"{path}/batches/new").text
    answer = add(client, path, page, choice="yes", **sheet)
    return answer.status_code, fields(answer.text, "carried")["carried"], plain(answer.text)


def test_papers_are_printed_by_group_and_household_numbers_by_their_size() -> None:
    r, path = village()
    papers = browse(r, "wang").get(f"{path}/sheets").text.split("<article")[1:]
    said = [re.findall(r"，(\d)号.*?(户号\d+) +(\w+)", plain(one))[0] for one in papers]
    assert said == [
        ("1", "户号8", "li"),
        ("2", "户号8", "sun"),
        ("3", "户号10", "zhao"),
        ("4", "户号1", "qian"),
    ]


@pytest.mark.parametrize(
    ("sheet", "carried"),
    [
        pytest.param({"sheet": "1"}, '[[1, "li", "yes"]]', id="the printed number alone"),
        pytest.param({"sheet": "4"}, '[[4, "qian", "yes"]]', id="the last number"),
        pytest.param({"unit": "10"}, '[[3, "zhao", "yes"]]', id="a household of one"),
        pytest.param({"sheet": "2", "unit": "8"}, '[[2, "sun", "yes"]]', id="one of a household"),
        pytest.param({"sheet": "9", "unit": "1"}, '[[9, "qian", "yes"]]', id="papers of their own"),
    ],
)
def test_a_paper_is_known_by_its_number_or_else_by_its_household(
    sheet: dict[str, str], carried: str
) -> None:
    r, path = village()
    assert typed(r, path, **sheet)[:2] == (200, carried)


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        pytest.param({"unit": "1"}, "1这一户的选票是4号", id="a household that is a number, too"),
        pytest.param({"unit": "8"}, "8不在这次表决冻结的名册上", id="two people of a household"),
        pytest.param({"sheet": "5"}, "5不在这次表决冻结的名册上", id="past the last number"),
        pytest.param({"sheet": "3", "unit": "8"}, "8不在这次表决冻结的名册上", id="not of the two"),
    ],
)
def test_a_number_that_may_mean_two_papers_books_neither(sheet: dict[str, str], said: str) -> None:
    r, path = village()
    status, carried, page = typed(r, path, **sheet)
    assert (status, carried) == (409, "[]") and said in page


def test_a_roll_of_people_is_told_by_household_never_by_an_id() -> None:
    r, path = village()
    assert "您代表户号8投票：算1人" in browse(r, "sun").get(path).text
    alone = (Entitlement("li", "li", parts=(Part("", "一组", 0),)),)
    r.act("operator", r.community, imported("owners", alone))
    matter = r.open("Benches", by="li")
    page = browse(r, "li").get(f"/m/{matter}/polls/{opened(r, matter)}").text
    assert "您投票：算1人" in page and "您代表" not in page
