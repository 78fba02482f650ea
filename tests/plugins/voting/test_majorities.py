"""A plain yes or no is counted again with every test of every measure, by another program."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from recount import main as recount
from tests.plugins.voting.neighbourhood import AGREE, HEADS, charter, decided, opened
from tests.plugins.voting.neighbourhood import rehearsal as neighbours
from wugong import Procedure
from wugong.testing import Rehearsal
from wugong_server.testing import browse

AREA = HEADS.replace("heads", "area").replace("1/2", "1/4")
BOTH = charter(
    quorum=f'[{{ id = "come", {HEADS} }}, {{ id = "come_area", {AREA} }}]',
    consent=f'[{{ id = "agree", {AGREE} }}, {{ id = "space", {AGREE.replace("heads", "area")} }}]',
)
SIDES = charter(consent=f'[{{ id = "agree", {AGREE.replace("part", "sides")} }}]')


def voted(law: Procedure = BOTH, **choices: str) -> tuple[Rehearsal, str, int]:
    r = neighbours(law)
    matter = r.open("Lights", by="li")
    poll = opened(r, matter)
    for who, choice in choices.items():
        channel = "paper" if choice.startswith(("-", "!")) else "web"
        unit = {"li": "101", "zhao": "102", "qian": "201", "sun": "301"}[who]
        body = {"poll": poll, "entitlement": unit, "choice": choice}
        by, helped = (who, None) if channel == "web" else ("wang", who)
        r.act(by, matter, "voting.ballot_cast", body, channel=channel, principal=helped)
    r.wait(days=7)
    return r, matter, poll


def export(r: Rehearsal, matter: str, poll: int, measure: str) -> dict[str, Any]:
    place = f"/m/{matter}/polls/{poll}/export.json?measure={measure}"
    made: dict[str, Any] = browse(r, "li").get(place).json()
    return made


def counted(data: dict[str, Any], folder: Path) -> int:
    place = folder / "poll.json"
    place.write_text(json.dumps(data), encoding="utf-8")
    return recount([str(place)])


MIXED = {"li": "yes", "zhao": "no", "qian": "!illegible", "sun": "-"}


@pytest.mark.parametrize(
    ("law", "choices"),
    [
        pytest.param(BOTH, {"li": "yes", "zhao": "yes", "sun": "no"}, id="carried"),
        pytest.param(BOTH, {"li": "yes", "zhao": "no"}, id="half is not a majority"),
        pytest.param(BOTH, MIXED, id="blank and spoilt"),
        pytest.param(BOTH, {"li": "abstain"}, id="no quorum"),
        pytest.param(SIDES, {"li": "yes", "zhao": "abstain", "sun": "abstain"}, id="sides alone"),
        pytest.param(BOTH, {}, id="nobody"),
    ],
)
def test_every_test_comes_out_as_the_certificate_has_it(
    law: Procedure, choices: dict[str, str], tmp_path: Path
) -> None:
    r, matter, poll = voted(law, **choices)
    made = decided(r, matter, poll)
    told = []
    for measure in dict.fromkeys(test.measure for test in made.tests):
        data = export(r, matter, poll, measure)
        assert counted(data, tmp_path) == 0
        told += [(one["id"], one["have"], one["of"], one["met"]) for one in data["tests"]]
    assert sorted(told) == sorted((t.id, t.have, t.of, t.met) for t in made.tests)


@pytest.mark.parametrize("measure", ["heads", "area"])
def test_one_ballot_more_or_another_figure_is_seen(measure: str, tmp_path: Path) -> None:
    r, matter, poll = voted(li="yes", zhao="yes", sun="no")
    data = export(r, matter, poll, measure)
    ballot, first, second = data["ballots"][0], data["tests"][0], data["tests"][1]
    for place, name, value in (
        (ballot, "weight", ballot["weight"] + 1),
        (first, "met", False),
        (second, "have", second["have"] + 1),
        (data, "whole", data["whole"] + 1),
    ):
        right, place[name] = place[name], value
        assert counted(data, tmp_path) == 1
        place[name] = right
    assert counted(data, tmp_path) == 0


def test_silent_ballots_are_counted_again_on_their_side(tmp_path: Path) -> None:
    r, matter, poll = voted(li="yes", zhao="no", sun="yes")
    data = export(r, matter, poll, "heads")
    data["silent"] = {"no": 2}
    assert counted(data, tmp_path) == 1, "they take part"
    part = {"come": {"have": 5}, "agree": {"of": 5, "met": False}}
    for one in data["tests"]:
        one.update(part[one["id"]])
    assert counted(data, tmp_path) == 0


def test_the_certificate_leads_to_a_file_for_each_measure() -> None:
    r, matter, poll = voted(li="yes", zhao="yes", sun="no")
    place = f"/m/{matter}/polls/{poll}"
    found = re.findall(r'export\.json\?measure=(\w+)"', browse(r, "li").get(place).text)
    assert found == ["heads", "area"]
    assert "measure=area" not in browse(r).get(place).text
    assert browse(r).get(f"{place}/export.json?measure=area").status_code == 403
