"""The worked examples of the plugin, played step by step."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from wugong import NOBODY
from wugong.cases import Story, engine_for, read_case

EXAMPLES = Path(__file__).parents[3] / "plugins/evaluation/examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_an_example_goes_as_it_says(path: Path) -> None:
    case = read_case(path)
    engine, clock = engine_for(case)
    with engine:
        played = list(Story(case, engine, clock).play())

    assert [f"step {one.number}: {one.problem}" for one in played if one.problem] == []
    assert any(one.refusals for one in played)


def test_the_published_figures_of_the_example() -> None:
    case = read_case(EXAMPLES / "two-tracks.toml")
    engine, clock = engine_for(case)
    with engine:
        story = Story(case, engine, clock)
        assert all(one.problem == "" for one in story.play())
        (fact,) = engine.facts(story.here, NOBODY, kinds=("evaluation.published",))

    result = fact.event
    assert (result.expert, result.residents) == (5, Fraction(13, 4))
    assert (result.gap, result.flagged) == (Fraction(7, 4), True)
    assert (result.answers, result.invited, result.representative) == (4, 4, True)
