"""The worked examples of every plugin, played step by step."""

from __future__ import annotations

from pathlib import Path

import pytest

from wugong.cases import Story, engine_for, read_case

PLUGINS = Path(__file__).parents[2] / "plugins"
EXAMPLES = sorted(PLUGINS.glob("*/examples/*.toml"))


def test_every_plugin_has_a_worked_example() -> None:
    shown = {path.parts[-3] for path in EXAMPLES}
    assert shown == {path.name for path in PLUGINS.iterdir() if (path / "README.md").exists()}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_an_example_goes_as_it_says(path: Path) -> None:
    case = read_case(path)
    engine, clock = engine_for(case)
    with engine:
        played = list(Story(case, engine, clock).play())

    assert [f"step {one.number}: {one.problem}" for one in played if one.problem] == []
    assert len(played) >= 5


@pytest.mark.parametrize(
    ("instead", "named"),
    [
        pytest.param('winners = ["bench"]', "'winners': ['lamp']", id="another winner"),
        pytest.param('winner = ["lamp"]', "'winner': ['lamp']", id="a field that is none"),
    ],
)
def test_a_poll_that_ends_otherwise_than_expected_is_named(
    tmp_path: Path, instead: str, named: str
) -> None:
    text = (PLUGINS / "voting/examples/projects-share-a-budget.toml").read_text(encoding="utf-8")
    changed = tmp_path / "changed.toml"
    changed.write_text(text.replace('winners = ["lamp"]', instead), encoding="utf-8")
    case = read_case(changed)
    engine, clock = engine_for(case)
    with engine:
        (problem,) = [one.problem for one in Story(case, engine, clock).play() if one.problem]
    assert named in problem
