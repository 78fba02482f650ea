"""Polls that spread a budget over projects: an opinion, counted exactly, told in money."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from recount import recount
from tests.plugins.voting.neighbourhood import cast, charter, decided, opened, rehearsal
from wugong.testing import Rehearsal
from wugong_server.testing import browse
from wugong_voting.counting.registry import COUNTING
from wugong_voting.state import polls_of

COSTS = {"lamp": 6000_00, "bench": 4500_50, "tree": 3000_00}
PROJECTS = [{"id": name, "title": name.title(), "cost": cost} for name, cost in COSTS.items()]
SPENDING = [rule.id for rule in COUNTING.values() if rule.picks == "projects"]


def village() -> tuple[Rehearsal, str]:
    r = rehearsal(
        charter(decides="false", consent="[]", quorum="[]"),
        charter("binding"),
    )
    return r, r.open("Projects", by="li")


def asked(r: Rehearsal, matter: str, rule: str = "pb_greedy", **more: Any) -> int:
    return opened(r, matter, **{"rule": rule, "options": PROJECTS, "budget": 10_000_00, **more})


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"budget": 0}, "voting.budget_missing", id="no budget"),
        pytest.param(
            {"options": [*PROJECTS[:2], {"id": "tree", "title": "Tree"}]},
            "voting.cost_missing",
            id="a project without its cost",
        ),
        pytest.param(
            {"procedure": "binding"}, "voting.budget_is_an_opinion", id="a body that decides"
        ),
        pytest.param({"rule": "plurality"}, "voting.budget_without_projects", id="another rule"),
        pytest.param(
            {"rule": "approval", "budget": 0}, "voting.budget_without_projects", id="costs alone"
        ),
        pytest.param({"options": PROJECTS[:1] * 2}, "wugong.options_repeat", id="twice the same"),
    ],
)
def test_a_budget_is_spread_only_where_all_of_it_is_stated(more: dict[str, Any], code: str) -> None:
    r, matter = village()
    with r.refuses(code):
        asked(r, matter, **more)


@pytest.mark.parametrize("rule", SPENDING)
def test_a_poll_funds_projects_and_is_counted_again(rule: str) -> None:
    r, matter = village()
    poll = asked(r, matter, rule)
    for who, choice in {"li": "lamp", "zhao": "bench", "qian": "tree,bench", "sun": "-"}.items():
        cast(r, matter, poll, who, choice)
    r.wait(days=7)
    made = decided(r, matter, poll)
    told = json.loads(made.count)["counts"][0]
    assert made.verdict == "advisory"
    assert set(made.winners) == set(told["winners"])
    assert sum(COSTS[one] for one in made.winners) <= 10_000_00
    assert {one.option: one.heads for one in made.counts} == {"lamp": 1, "bench": 2, "tree": 1}
    export = browse(r).get(f"/m/{matter}/polls/{poll}/export.json").json()
    assert (export["budget"], export["costs"]["bench"]) == ("10000.00", "4500.50")
    assert recount(export) == (told["winners"], told["tied"])


def test_a_spoilt_paper_is_no_voter_to_share_the_money_with() -> None:
    r, matter = village()
    poll = asked(r, matter, "mes_cost", budget=6000_00)
    cast(r, matter, poll, "li", "tree")
    cast(r, matter, poll, "zhao", "lamp")
    cast(r, matter, poll, "sun", "!illegible", channel="paper", helper="wang")
    r.wait(days=7)
    made = decided(r, matter, poll)
    assert made.winners == ("tree",)  # 3000 of two voters is 3000 each; of three it would be 2000
    assert made.taken_part.heads == 3
    export = browse(r).get(f"/m/{matter}/polls/{poll}/export.json").json()
    assert export["spoilt"] == {"illegible": 1} and recount(export)[0] == ["tree"]


@pytest.mark.parametrize(
    ("budget", "fits"),
    [
        pytest.param(7500_51, True, id="a fen to spare"),
        pytest.param(7500_50, True, id="exactly the budget"),
        pytest.param(7500_49, False, id="a fen too much"),
    ],
)
def test_a_knapsack_ballot_keeps_to_the_budget(budget: int, fits: bool) -> None:
    r, matter = village()
    poll = asked(r, matter, "pb_knapsack", budget=budget)
    if fits:
        cast(r, matter, poll, "li", "bench,tree")
    else:
        with r.refuses("voting.over_budget"):
            cast(r, matter, poll, "li", "bench,tree")


def test_the_other_rules_let_a_voter_want_more_than_the_budget() -> None:
    r, matter = village()
    poll = asked(r, matter)
    cast(r, matter, poll, "li", "lamp,bench,tree")


def many(count: int) -> list[dict[str, Any]]:
    return [{"id": f"p{n}", "title": f"P{n}", "cost": 100 + n} for n in range(count)]


@pytest.mark.parametrize(
    ("projects", "budget", "opens"),
    [
        pytest.param(20, 1_000_000_00, True, id="as much as can be"),
        pytest.param(21, 1_000_000_00, False, id="a project more"),
        pytest.param(20, 1_000_000_01, False, id="a fen more"),
    ],
)
def test_shares_are_raised_only_where_a_closing_has_the_time(
    projects: int, budget: int, opens: bool
) -> None:
    r, matter = village()
    more = {"options": many(projects), "budget": budget}
    if opens:
        asked(r, matter, "mes_cost(completion=add1u)", **more)
        return
    with r.refuses("voting.too_much_to_raise"):
        asked(r, matter, "mes_cost(completion=add1u)", **more)
    asked(r, matter, "mes_cost", **more)  # what is left stays: nothing is raised


def test_of_equal_projects_the_cheapest_comes_first_and_the_result_says_so() -> None:
    r, matter = village()
    poll = asked(r, matter, "pb_greedy", budget=7500_50)
    for who, choice in {"li": "lamp", "zhao": "bench", "qian": "tree"}.items():
        cast(r, matter, poll, who, choice)
    r.wait(days=7)
    made = decided(r, matter, poll)
    told = json.loads(made.count)["counts"][0]
    assert made.winners == ("bench", "tree") and told["tied"] == []
    assert told["options"]["tie_break"] == "cheapest"
    export = browse(r).get(f"/m/{matter}/polls/{poll}/export.json").json()
    assert set(recount(export)[0]) == {"bench", "tree"}


def test_another_tie_break_can_be_asked_for() -> None:
    r, matter = village()
    poll = asked(r, matter, "pb_greedy(tie_break=dearest)", budget=6000_00)
    cast(r, matter, poll, "li", "lamp")
    cast(r, matter, poll, "zhao", "bench")
    r.wait(days=7)
    assert decided(r, matter, poll).winners == ("lamp",)


def filled(r: Rehearsal, matter: str, **more: str) -> Any:
    client = browse(r, "wang")
    page = client.get(f"/m/{matter}/polls/new").text
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if "closes_at" in f)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    typed = {
        "question": "先办哪几件？",
        "procedure": "charter",
        "channels": "web",
        "rule": "mes_cost",
        "completion": "add1u",
        "options": "路灯 6,000\n长凳：4500.5元\n种树，3000",
        "budget": "10000",
        "closes_at": (r.clock.now + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M"),
        **more,
    }
    return client.post(f"/m/{matter}/polls/new", data={**hidden, **typed})


def test_the_page_reads_each_line_with_its_cost() -> None:
    r, matter = village()
    assert filled(r, matter).status_code == 303
    (poll,) = polls_of(r.matter(matter)).values()
    its = poll.opened
    assert [(o.title, o.cost) for o in its.options] == [
        ("路灯", 6000_00),
        ("长凳", 4500_50),
        ("种树", 3000_00),
    ]
    assert (its.budget, its.rule) == (10_000_00, "mes_cost(completion=add1u)")


def test_a_line_without_its_cost_is_named_on_the_page() -> None:
    r, matter = village()
    answer = filled(r, matter, options="路灯 6000\n长凳")
    assert answer.status_code == 409
    assert "还缺：长凳" in answer.text and "路灯 6000" in answer.text


def test_ballot_and_result_tell_what_each_project_costs() -> None:
    r, matter = village()
    poll = asked(r, matter, "pb_knapsack")
    page = browse(r, "li").get(f"/m/{matter}/polls/{poll}").text
    assert "勾的项目加起来不能超过10,000.00元" in page and "4,500.50元" in page
    for who, choice in {"li": "lamp,tree", "zhao": "tree"}.items():
        cast(r, matter, poll, who, choice)
    r.wait(days=7)
    text = browse(r).get(f"/m/{matter}/polls/{poll}").text
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
    assert "入选合计（预算10,000.00元） 9,000.00" in said
    assert re.search(r"Tree 入选 3,000\.00 2", said) and re.search(r"Bench 4,500\.50 0", said)
