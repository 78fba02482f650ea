"""A plugin is uninstalled: what holds its facts is read, and not changed until it is retired."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.stories.playing import MAIN, begun, told
from wugong import (
    BUILD,
    OPERATOR,
    Engine,
    PluginRetired,
    PollClosed,
    Ref,
    Refused,
    StageOpened,
)
from wugong.clock import Clock, system_clock
from wugong.plugins import installed

PLUGINS = installed()
SILENT = {"insight"}  # it records nothing, so nothing lacks it


def without(plugin: str, file: Path, keys: Path, clock: Clock = system_clock) -> Engine:
    """Open a database with all plugins but one."""
    left = {name: module for name, module in PLUGINS.items() if name != plugin}
    return Engine(f"sqlite:///{file}", left, clock=clock, keys=keys, writer="inline")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with both stories, each played to its end in a file."""
    folder = tmp_path_factory.mktemp("played")
    for name in MAIN:
        with told(name, f"sqlite:///{folder / name}", keys=folder / f"{name}.keys") as story:
            assert story.problems == []
    return folder


def refused(engine: Engine, matter: str) -> tuple[str, ...]:
    """Return why a stage cannot be opened again; nothing where it can."""
    try:
        engine.record(matter, StageOpened(stage=BUILD, reason="once more"), by="operator")
    except Refused as caught:
        return caught.codes
    return ()


@pytest.mark.parametrize("plugin", sorted(PLUGINS))
def test_what_holds_facts_of_a_plugin_that_is_gone_rests_until_it_is_retired(
    plugin: str, played: Path, tmp_path: Path
) -> None:
    concerned = 0
    for name in MAIN:
        file = shutil.copyfile(played / name, tmp_path / name)
        with without(plugin, file, played / f"{name}.keys") as engine:
            ((community, _title, _setting),) = engine.communities()
            lines, _count = engine.matters(community, OPERATOR)
            places = [engine.matter(one) for one in (community, *(line.id for line in lines))]
            holding = [place for place in places if plugin in place.plugins]
            for place in holding:
                assert engine.facts(place.id, OPERATOR)  # it can be read
                assert refused(engine, place.id) == ("wugong.plugin_missing",)
            if plugin in engine.matter(community).standing.plugins:
                gone = PluginRetired(plugin=plugin, reason="nobody used it")
                engine.record(community, gone, by="operator")
            assert not any("wugong.plugin_missing" in refused(engine, it.id) for it in places)
        concerned += len(holding)
    assert (concerned == 0) is (plugin in SILENT)


def test_without_voting_nobody_ends_a_poll_before_its_hour(tmp_path: Path) -> None:
    file, keys = tmp_path / "wugong.sqlite3", tmp_path / "wugong.keys"
    with begun("urban-elevator", f"sqlite:///{file}", keys=keys) as (story, clock):
        opened = next(
            one for one in story.play() if one.step.get("do") == "voting.poll_opened" and one.seq
        )
        matter, poll = story.here, PollClosed(poll=Ref(opened.seq))
    with without("voting", file, keys, clock=clock) as engine:
        before = engine.head(story.case.community)
        with pytest.raises(Refused, match=r"wugong\.plugin_missing"):
            engine.record(matter, poll, by=story.case.steps[opened.number - 1]["by"])
        assert engine.head(story.case.community) == before
