"""The worked examples of the plugin, played step by step."""

from __future__ import annotations

from pathlib import Path

import pytest

from wugong.cases import Story, engine_for, read_case

EXAMPLES = Path(__file__).parents[3] / "plugins/points/examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_an_example_goes_as_it_says(path: Path) -> None:
    case = read_case(path)
    engine, clock = engine_for(case)
    with engine:
        played = list(Story(case, engine, clock).play())

    assert [f"step {one.number}: {one.problem}" for one in played if one.problem] == []
    assert any(one.refusals for one in played)
