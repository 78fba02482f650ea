"""The same story leaves the same bytes on both databases, with every plugin that comes along."""

from __future__ import annotations

from pathlib import Path

import pytest

from wugong.cases import Story, engine_for, read_case
from wugong_server import cli

CASES = sorted((Path(__file__).parents[1] / "cases").glob("*.toml"))


def exported(case: Path, database: str, folder: Path) -> tuple[bytes, bytes]:
    """Play a case and export its journal, whole and for everybody; all must come as told."""
    story = read_case(case)
    keys = folder / "wugong.keys"
    engine, clock = engine_for(story, database, keys=keys)
    with engine:
        problems = [one.problem for one in Story(story, engine, clock).play() if one.problem]
        assert problems == []
        assert engine.verify(story.community)[1] is None
    where = ("--database", database, "--keys", str(keys))
    for name, more in (("whole", ()), ("public", ("--public",))):
        written = ("export", story.community, "-o", str(folder / name), *more, *where)
        assert cli.run([*written]) == 0
    return (folder / "whole").read_bytes(), (folder / "public").read_bytes()


def test_there_are_stories_of_a_city_and_of_a_village() -> None:
    assert {read_case(case).setting for case in CASES} >= {"urban", "rural"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_story_leaves_the_same_bytes_on_both_databases(
    case: Path, postgres_url: str, tmp_path: Path
) -> None:
    folders = tmp_path / "sqlite", tmp_path / "postgresql"
    for folder in folders:
        folder.mkdir()
    sqlite = exported(case, f"sqlite:///{folders[0] / 'wugong.sqlite3'}", folders[0])
    postgres = exported(case, postgres_url, folders[1])
    whole, public = sqlite
    assert whole.count(b"\n") > 20 + 2 and whole.count(b"\n") == public.count(b"\n")
    assert b'"withheld":true' in public and b'"withheld"' not in whole
    assert sqlite == postgres
