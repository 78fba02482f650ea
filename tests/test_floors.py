"""Imports point down only: the floors of the engine, and what each may take from outside.

The contracts between packages are import-linter's, in pyproject.toml (`make lint` runs them).
Here are the floors inside the engine, which hold for modules that do not exist yet, too.
"""

from __future__ import annotations

import sys
from functools import cache

import grimp
import pytest

PLUGINS = (
    "wugong_voting",
    "wugong_mediation",
    "wugong_points",
    "wugong_urban",
    "wugong_rural",
    "wugong_planning",
    "wugong_building",
    "wugong_oversight",
    "wugong_evaluation",
    "wugong_funds",
    "wugong_insight",
)

FLOOR_0 = {
    f"wugong.{name}"
    for name in (
        "stages",
        "events",
        "matter",
        "folds",
        "books",
        "waiting",
        "rosters",
        "procedures",
        "thresholds",
        "polls",
        "errors",
    )
}
FLOOR_1 = {f"wugong.{name}" for name in ("hookspecs", "plugins", "contributions")}
FLOOR_2 = {
    f"wugong.{name}"
    for name in ("engine", "writer", "journal", "vault", "box", "boxing", "ceremony", "directory")
}

WEB = {"starlette", "jinja2", "uvicorn", "click", "wugong_server"}


@cache
def imports() -> grimp.ImportGraph:
    return grimp.build_graph(
        "wugong", "wugong_server", *PLUGINS, include_external_packages=True, cache_dir=None
    )


def reached_from(modules: set[str]) -> set[str]:
    """Return every module that ``modules`` import, directly or through others of ours."""
    graph = imports()
    present = modules & graph.modules
    return present.union(*(graph.find_upstream_modules(module) for module in present))


def third_party(modules: set[str]) -> set[str]:
    ours = {"wugong", "wugong_server", *PLUGINS}
    packages = {module.partition(".")[0] for module in modules}
    return packages - ours - sys.stdlib_module_names


@pytest.mark.parametrize(
    ("floor", "allowed"),
    [
        pytest.param(FLOOR_0, set(), id="floor 0: standard library only"),
        pytest.param(FLOOR_1, {"pluggy"}, id="floor 1: pluggy"),
    ],
)
def test_a_floor_takes_nothing_more_from_outside(floor: set[str], allowed: set[str]) -> None:
    assert third_party(reached_from(floor)) <= allowed


@pytest.mark.parametrize(
    ("floor", "above"),
    [
        pytest.param(FLOOR_0, FLOOR_1 | FLOOR_2, id="floor 0 knows nothing above it"),
        pytest.param(FLOOR_1, FLOOR_2, id="floor 1 knows nothing above it"),
    ],
)
def test_imports_inside_the_engine_point_down(floor: set[str], above: set[str]) -> None:
    assert reached_from(floor) & above == set()


def test_the_engine_needs_no_web_framework() -> None:
    assert third_party(reached_from({"wugong"} | FLOOR_2)) & WEB == set()


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_works_in_a_portal_without_our_pages(plugin: str) -> None:
    graph = imports()
    modules = {module for module in graph.modules if f"{module}.".startswith(f"{plugin}.")}
    ours = (f"{plugin}.pages.", f"{plugin}.commands.")  # of the server and of its command line
    for_us = {module for module in modules if f"{module}.".startswith(ours)}
    reached = reached_from(modules - for_us)
    assert {module for module in reached if module.partition(".")[0] in WEB} == set()
    assert reached & for_us == set()
