"""The same story leaves the same bytes on both databases, with every plugin that comes along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wugong.cases import Story, engine_for, read_case

CASES = sorted((Path(__file__).parents[1] / "cases").glob("*.toml"))


def journal(case: Path, database: str, keys: Path) -> list[dict[str, Any]]:
    """Play a case and return its journal; every step must come as told."""
    story = read_case(case)
    engine, clock = engine_for(story, database, keys=keys)
    with engine:
        problems = [one.problem for one in Story(story, engine, clock).play() if one.problem]
        assert problems == []
        assert engine.verify(story.community)[1] is None
        return list(engine.export(story.community))


def test_there_are_stories_of_a_city_and_of_a_village() -> None:
    assert {read_case(case).setting for case in CASES} >= {"urban", "rural"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_story_leaves_the_same_bytes_on_both_databases(
    case: Path, postgres_url: str, tmp_path: Path
) -> None:
    sqlite = journal(case, "sqlite://", tmp_path / "a.keys")
    postgres = journal(case, postgres_url, tmp_path / "b.keys")
    assert len(sqlite) > 20
    assert sqlite == postgres
