"""The urban story: three stairs add lifts, from a need to shared upkeep, as its case file tells."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from wugong import OPERATOR, PollDecided
from wugong.cases import Played, Story, engine_for, read_case

CASE = Path(__file__).parents[2] / "cases" / "urban-elevator.toml"


@cache
def told() -> tuple[list[Played], list[PollDecided]]:
    """Play the story once; return what each step came to, and the outcomes of its polls."""
    case = read_case(CASE)
    engine, clock = engine_for(case)
    story = Story(case, engine, clock)
    played = list(story.play())
    kinds = ("voting.poll_decided",)
    facts = engine.facts(story.matters["lift"], OPERATOR, kinds=kinds, limit=10)
    return played, [fact.event for fact in facts]


def test_the_story_goes_as_it_is_told() -> None:
    played, _ = told()
    assert [(one.number, one.problem) for one in played if one.problem] == []
    assert len(played) > 100


def test_six_refusals_name_their_article() -> None:
    played, _ = told()
    sources = [one.step["source"] for one in played if one.refusals and "source" in one.step]
    assert len(sources) >= 6
    assert {"民法典 278", "物業管理條例 (2018) 14", "中辦發〔2015〕41號"} <= set(sources)


def test_the_first_vote_fails_by_area_and_by_nothing_else() -> None:
    first, _ = told()[1]
    assert first.verdict == "rejected"
    assert [(t.id, t.have, t.of, t.needed, t.met) for t in first.tests] == [
        ("area_takes_part", 1295_20, 1592_40, 1061_60, True),
        ("heads_take_part", 14, 17, 12, True),
        ("area_agrees", 878_00, 1295_20, 971_40, False),
        ("heads_agree", 11, 14, 11, True),
    ]


def test_the_second_vote_carries_every_test() -> None:
    _, second = told()[1]
    assert second.verdict == "passed"
    assert [(t.id, t.have, t.of, t.needed, t.met) for t in second.tests] == [
        ("area_takes_part", 1383_80, 1592_40, 1061_60, True),
        ("heads_take_part", 15, 17, 12, True),
        ("area_agrees", 1190_90, 1383_80, 1037_85, True),
        ("heads_agree", 13, 15, 12, True),
    ]
