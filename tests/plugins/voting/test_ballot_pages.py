"""Marks, places and grades on a page without script; the count, explained and counted again."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from recount import main as recounted
from recount import recount
from tests.plugins.voting import test_pages
from tests.plugins.voting.test_pages import opening, polling
from tests.server.commanding import run
from wugong.testing import Rehearsal
from wugong_server.commands.console import FOUND
from wugong_server.testing import browse
from wugong_voting.state import polls_of

DESIGNS = [
    {"id": "lamp", "title": "路灯"},
    {"id": "bench", "title": "凳子"},
    {"id": "tree", "title": "种树"},
]


def fields(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in test_pages.fields(page).items()}


def designs(rule: str) -> tuple[Rehearsal, str, str, int]:
    r, matter, poll = polling(rule=rule, options=DESIGNS)
    return r, matter, f"/m/{matter}/polls/{poll}", poll


def check(client: TestClient, path: str, **marks: Any) -> Any:
    first = fields(client.get(path).text)
    return client.post(f"{path}/ballot", data={**first, **marks, "step": "check"})


def cast(client: TestClient, path: str, **marks: Any) -> None:
    checked = check(client, path, **marks)
    assert checked.status_code == 200, checked.text
    done = client.post(f"{path}/ballot", data={**fields(checked.text), "step": "cast"})
    assert done.status_code == 303, done.text


@pytest.mark.parametrize(
    ("rule", "marks", "said", "choice"),
    [
        pytest.param(
            "schulze",
            {"mark-0": "2", "mark-1": "1", "mark-2": "2"},
            ["第1：凳子", "第2：路灯，种树"],
            "bench>lamp=tree",
            id="ranked",
        ),
        pytest.param(
            "approval", {"choice": ["lamp", "tree"]}, ["路灯", "种树"], "lamp,tree", id="approval"
        ),
        pytest.param(
            "score",
            {"mark-0": "5", "mark-1": "0", "mark-2": ""},
            ["5分：路灯"],
            "lamp:5,bench:0",
            id="grades",
        ),
        pytest.param("irv", {}, ["空白票"], "-", id="blank"),
    ],
)
def test_what_was_marked_is_said_before_it_is_cast(
    rule: str, marks: dict[str, Any], said: list[str], choice: str
) -> None:
    r, _, path, _ = designs(rule)
    client = browse(r, "li")
    checked = check(client, path, **marks)
    assert checked.status_code == 200, checked.text
    assert [line for line in said if line not in checked.text] == []
    assert fields(checked.text)["choice"] == choice
    back = client.post(f"{path}/ballot", data={**fields(checked.text), "step": "back"}).text
    marked = re.findall(r'(?:value="(\d)" selected|value="(\w+)" checked)', back)
    wanted = marks.get("choice") or [value for value in marks.values() if value]
    assert ["".join(one) for one in marked] == wanted


@pytest.mark.parametrize(
    ("rule", "said", "over", "spent"),
    [
        ("quadratic", ["4票：路灯", "3票：凳子"], "2", "29分"),
        ("cumulative(points=7)", ["4分：路灯", "3分：凳子"], "1", "8分"),
    ],
)
def test_points_are_typed_checked_and_kept_when_they_are_too_many(
    rule: str, said: list[str], over: str, spent: str
) -> None:
    r, _, path, _ = designs(rule)
    client = browse(r, "li")
    checked = check(client, path, **{"mark-0": "4", "mark-1": "3", "mark-2": ""})
    assert [line for line in said if line not in checked.text] == []
    assert fields(checked.text)["choice"] == "lamp:4,bench:3"
    back = client.post(f"{path}/ballot", data={**fields(checked.text), "step": "back"}).text
    assert re.findall(r'type="number"[^>]* value="(\d+)"', back) == ["4", "3"]
    answer = check(client, path, **{"mark-0": "4", "mark-1": "3", "mark-2": over})
    assert answer.status_code == 409 and spent in answer.text


def test_more_marks_than_allowed_are_refused_in_words_and_kept() -> None:
    r, _, path, _ = designs("approval(most=1)")
    answer = check(browse(r, "li"), path, choice=["lamp", "tree"])
    assert answer.status_code == 409
    assert "选了2项，最多可选1项" in answer.text


def test_the_desk_enters_a_spoilt_paper_ballot_with_its_reason() -> None:
    r, matter, path, poll = designs("schulze")
    page = browse(r, "li").get(path).text
    assert "纸质选票不能计" not in page
    answer = check(browse(r, "li"), path, spoilt="illegible")
    assert answer.status_code == 409 and "只有纸质选票" in answer.text
    r.act(
        "wang",
        matter,
        "voting.ballot_cast",
        {"poll": poll, "entitlement": "101", "choice": "!illegible"},
        channel="paper",
        principal="li",
    )
    cast(browse(r, "zhao"), path, **{"mark-0": "1"})
    r.wait(days=7)
    page = browse(r).get(path).text
    assert "废票：看不清写的什么" in page and "它们算参与" in page


def decided(rule: str) -> tuple[Rehearsal, str, str, int]:
    r, matter, path, poll = designs(rule)
    cast(browse(r, "li"), path, **{"mark-0": "1", "mark-1": "2"})
    cast(browse(r, "zhao"), path, **{"mark-1": "1", "mark-0": "2", "mark-2": "3"})
    cast(browse(r, "qian"), path, **{"mark-1": "1", "mark-2": "2"})
    r.wait(days=7)
    return r, matter, path, poll


def test_the_result_shows_duels_as_table_and_picture_and_what_decided() -> None:
    r, _, path, _ = decided("schulze")
    page = browse(r).get(path).text
    assert "通过。凳子" in page
    assert page.count('<svg role="img" aria-labelledby="count-') == 2, "heads and area"
    area, heads = re.findall(r"<caption>选项两两相比</caption>.*?</table>", page, re.S)
    assert "1 路灯" in heads and "1 : 2" in heads and "80.00 : 220.00" in area
    assert "最接近的一场对决是凳子对路灯：2比1" in page
    assert "给各选项排了名次的选票" in page


def test_the_result_shows_rounds_as_table_and_picture() -> None:
    r, _, path, _ = decided("irv")
    page = browse(r).get(path).text
    assert re.search(r"<caption>第1轮</caption>.*?凳子.*?>2<", page, re.S)
    assert 'height=".8em"' in page and 'width="100.0%"' in page
    assert "凳子比路灯多1；路灯再多1就持平" in page


@pytest.mark.parametrize("rule", ["schulze", "irv", "borda", "two_round", "ranked_pairs"])
def test_an_exported_poll_is_counted_again_by_a_program_of_its_own(rule: str) -> None:
    r, matter, path, poll = decided(rule)
    made = browse(r).get(f"{path}/export.json").json()
    assert (made["form"], made["measures"]) == ("wugong-poll/1", ["area", "heads"])
    assert made["measure"] == "heads"
    for measure in ("heads", "area"):
        one = browse(r, "li").get(f"{path}/export.json?measure={measure}").json()
        winners, tied = recount(one)
        assert (winners, tied) == (one["winners"], one["tied"])
    result = polls_of(r.matter(matter))[poll].decided
    assert result is not None and result.winners == ("bench",) == tuple(winners)
    assert not re.search("entitlement|member|\\b101\\b|li\\b", json.dumps(one["ballots"]))


def test_several_seats_are_shown_with_their_rounds_and_counted_again() -> None:
    r, _, path, _ = decided("stv(seats=2)")
    page = browse(r).get(path).text
    assert "通过。路灯。凳子" in re.sub(r"\s+", " ", page)
    assert "获得席位：凳子" in page and "凳子，路灯入席" in page
    assert "<b>凳子，同意人数</b>" in page and "每席要100.01票" in page
    for measure in ("heads", "area"):
        one = browse(r, "li").get(f"{path}/export.json?measure={measure}").json()
        assert one["options"]["seats"] == "2"
        winners, tied = recount(one)
        assert (sorted(winners), tied) == (sorted(one["winners"]), one["tied"]) != ([], [])


def test_a_running_poll_is_not_exported_and_areas_are_for_members() -> None:
    r, _, path, _ = designs("schulze")
    cast(browse(r, "li"), path, **{"mark-0": "1"})
    assert browse(r, "wang").get(f"{path}/export.json").status_code == 404
    r.wait(days=7)
    assert browse(r).get(f"{path}/export.json?measure=area").status_code == 403
    assert browse(r).get(f"{path}/export.json?measure=heads").status_code == 200
    assert browse(r).get(f"{path}/export.json?measure=households").status_code == 404


def test_a_program_and_a_command_get_the_bytes_of_the_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: str
) -> None:
    kept = {"database": database, "keys": tmp_path / "w.keys"}
    monkeypatch.setattr(Rehearsal, "kept", lambda _self: kept)
    r, matter, path, poll = decided("schulze")
    program, file = f"/api/v1/matters/{matter}/polls/{poll}/export", tmp_path / "poll.json"
    command = (
        "export-poll",
        matter,
        str(poll),
        "--database",
        database,
        "--keys",
        str(kept["keys"]),
    )
    for measure in ("heads", "area"):
        page = browse(r, "li").get(f"{path}/export.json?measure={measure}").content
        assert browse(r, "li").get(f"{program}?measure={measure}").content == page
        assert run(*command, "--measure", measure, "-o", str(file)).code == 0
        assert file.read_bytes() == page
        assert recounted([str(file)]) == 0
    odd = {**os.environ, "PYTHONIOENCODING": "gbk"}  # a terminal that speaks no UTF-8
    called = [sys.executable, "-m", "wugong_server.cli", *command, "--measure", "area"]
    assert subprocess.run(called, env=odd, check=True, capture_output=True).stdout == page
    assert browse(r).get(program).json()["measure"] == "heads"
    areas = browse(r).get(f"{program}?measure=area")
    assert areas.status_code == 401 and "WWW-Authenticate" in areas.headers
    assert areas.headers["content-type"] == "application/problem+json"
    assert browse(r).get(f"{program}?measure=households").status_code == 404
    none = run(*command, "--measure", "households")
    assert none.code == FOUND and "counted in area, heads" in none.err
    r.engine.close()


def test_a_poll_that_runs_is_given_to_no_program() -> None:
    r, matter, _, poll = designs("schulze")
    for number in (poll, poll + 1):
        assert browse(r).get(f"/api/v1/matters/{matter}/polls/{number}/export").status_code == 404
    r.wait(days=7)
    program = f"/api/v1/matters/{matter}/polls/{poll}/export"
    assert browse(r).get(f"{program}?measure=heads").status_code == 200
    wrong = browse(r).get(f"{program}?mesure=area")  # the heads under the name of areas
    assert wrong.status_code == 422 and "query.mesure" in wrong.text
    for measure in ("acres", ""):
        wrong = browse(r).get(f"{program}?measure={measure}")
        assert wrong.status_code == 422 and "heads, households, area" in wrong.text
    assert browse(r).get(f"{program}?measure=households").status_code == 404  # not counted in them
    paths = browse(r).get("/openapi.json").json()["paths"]
    its = paths["/api/v1/matters/{matter}/polls/{poll}/export"]["get"]
    assert [one["name"] for one in its["parameters"]] == ["matter", "poll", "measure"]
    assert its["summary"].endswith("to count again with tools/recount.py.")


def test_a_plain_yes_or_no_is_exported_as_first_choices() -> None:
    r, matter, poll = polling()
    path = f"/m/{matter}/polls/{poll}"
    cast(browse(r, "li"), path, choice="yes")
    cast(browse(r, "zhao"), path, choice="abstain")
    blank = {"poll": poll, "entitlement": "201", "choice": "-"}
    r.act("wang", matter, "voting.ballot_cast", blank, channel="paper", principal="qian")
    r.wait(days=7)
    made = browse(r).get(f"{path}/export.json").json()
    assert made["candidates"] == ["yes", "no"]
    assert recount(made) == (["yes"], [])
    assert [one["weight"] for one in made["ballots"] if not one["groups"]] == [1, 1]
    assert browse(r).get(path).status_code == 200


def test_rules_are_offered_in_words_with_a_worked_miniature() -> None:
    r, matter, _ = polling()
    page = browse(r, "wang").get(f"/m/{matter}/polls/new").text
    assert "每人勾出所有可以接受的选项" in page and "例：凳子4票，路灯3票" in page
    assert "更多计票办法" in page and 'value="kemeny"' in page


@pytest.mark.parametrize(
    ("more", "rule", "options"),
    [
        ({"rule": "schulze"}, "schulze", ["o1", "o2"]),
        ({"rule": "approval", "most": "1"}, "approval(most=1)", ["o1", "o2"]),
        ({"rule": "score", "levels": "11"}, "score(levels=11)", ["o1", "o2"]),
        ({"rule": "score", "levels": "6"}, "score", ["o1", "o2"]),
        ({"rule": "stv", "seats": "2"}, "stv(seats=2)", ["o1", "o2"]),
        ({"rule": "stv", "seats": ""}, "stv", ["o1", "o2"]),
        (
            {"rule": "block_approval", "seats": "2", "most": "1"},
            "block_approval(seats=2,most=1)",
            ["o1", "o2"],
        ),
        ({"rule": "quadratic", "points": "36"}, "quadratic(points=36)", ["o1", "o2"]),
        ({"rule": "cumulative", "points": "10"}, "cumulative", ["o1", "o2"]),
        ({"rule": "cumulative", "points": ""}, "cumulative", ["o1", "o2"]),
        ({"rule": "plurality", "most": "1"}, "plurality", ["o1", "o2", "abstain"]),
    ],
)
def test_a_poll_is_opened_with_the_rule_that_was_chosen(
    more: dict[str, str], rule: str, options: list[str]
) -> None:
    r, matter, _ = polling()
    answer = opening(r, matter, options="两张\n四张", **more)
    assert answer.status_code == 303, answer.text
    newest = list(polls_of(r.matter(matter)).values())[-1]
    assert (newest.opened.rule, [option.id for option in newest.opened.options]) == (rule, options)


def test_a_secret_ballot_is_final_and_the_poll_is_counted_again_from_the_box() -> None:
    r, matter, poll = polling(rule="irv", options=DESIGNS, secrecy="secret")
    path = f"/m/{matter}/polls/{poll}"
    client = browse(r, "li")
    page = client.get(path).text
    assert "不记名投票" in page and "有表决权的不足5人" in page and "改票" not in page
    checked = check(client, path, **{"mark-0": "1", "mark-2": "2"})
    assert re.fullmatch("[0-9a-f]{32}", fields(checked.text)["key"])
    done = client.post(f"{path}/ballot", data={**fields(checked.text), "step": "cast"})
    receipt = client.get(done.headers["location"]).text
    assert "核对码只说明票在票箱里" in receipt and "改票" not in receipt
    again = client.get(path).text
    assert "您已为101投票" in again and 'name="mark-0"' not in again
    for who in ("zhao", "qian"):
        cast(browse(r, who), path, **{"mark-1": "1"})
    r.wait(days=7)
    assert "这次是不记名投票" in browse(r).get(path).text
    made = browse(r).get(f"{path}/export.json").json()
    assert sorted(ballot["weight"] for ballot in made["ballots"]) == [1, 2]
    assert recount(made) == (["bench"], [])


def test_the_panel_offers_a_ballot_only_to_who_has_one_left() -> None:
    r, matter, poll = polling()
    path = f"/m/{matter}/polls/{poll}"

    def offered(member: str) -> list[str]:
        page = browse(r, member).get(f"/m/{matter}").text
        panel = page[page.index('<h2 id="panel-') :]
        return re.findall(r'class="btn[^"]*" href="[^"]*ballot[^"]*"[^>]*>([^<]+)<', panel)

    assert (offered("li"), offered("tenant")) == (["投票"], [])
    cast(browse(r, "li"), path, choice="yes")
    assert offered("li") == ["改票"]


def test_a_hint_says_once_that_a_field_may_be_left_empty() -> None:
    r, matter, _ = polling()
    page = browse(r, "wang", language="en").get(f"/m/{matter}/polls/new").text
    hints = re.findall(r'<span class="hint">([^<]*)</span>', page)
    assert "May be left empty" in hints  # a sentence of its own
    assert "Only for a choice of several, may be left empty" in hints
    said = [one for one in hints if "empty: " in one or one.startswith("None: ")]
    assert len(said) == 5 and not [one for one in said if "left empty" in one]
    assert not [one for one in hints if re.search(r"\. [a-z]", one)]
