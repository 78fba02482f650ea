"""Imports point down only: the floors of the engine, and what each may take from outside.

The contracts between packages are import-linter's, in pyproject.toml (`make lint` runs them).
Here are the floors inside the engine, which hold for modules that do not exist yet, too, and how
long a function and a file may become.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

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


# A screen and a file that is read in one go

ROOT = Path(__file__).parents[1]
FOLDERS = ("core", "plugins", "server", "tools", "tests", "benchmarks")
MOST_IN_FUNCTION, MOST_IN_FILE = 60, 520
LONGER = {
    "benchmarks/goals.py::verdict": "a table: a goal, how it is measured and what it came to",
    "server/wugong_server/openapi.py": "half of it is a table: the schemas of what is answered",
    "server/wugong_server/site/__init__.py::routes": "a table: an address and what answers it",
}


def sizes(text: str) -> Iterator[tuple[str, int]]:
    """Yield the lines of a file under no name, then of each function under its own."""
    yield "", text.count("\n")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"::{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def too_long(place: str, text: str) -> set[str]:
    return {
        place + name
        for name, lines in sizes(text)
        if lines > (MOST_IN_FUNCTION if name else MOST_IN_FILE)
    }


def test_a_function_fits_on_a_screen_and_a_file_has_some_five_hundred_lines() -> None:
    found: set[str] = set()
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            found |= too_long(place, path.read_text(encoding="utf-8"))
    assert found - LONGER.keys() == set()
    assert LONGER.keys() - found == set(), "they are short again: take them off the list"


@pytest.mark.parametrize(
    ("lines", "long"), [(MOST_IN_FUNCTION, set()), (MOST_IN_FUNCTION + 1, {"a.py::f"})]
)
def test_a_function_of_one_line_too_many_is_named(lines: int, long: set[str]) -> None:
    body = "    x = 1\n" * (lines - 2)
    assert too_long("a.py", f"@deco\nasync def f():\n{body}    return x\n") == long


@pytest.mark.parametrize(("lines", "long"), [(MOST_IN_FILE, set()), (MOST_IN_FILE + 1, {"a.py"})])
def test_a_file_of_one_line_too_many_is_named(lines: int, long: set[str]) -> None:
    assert too_long("a.py", "x = 1\n" * lines) == long
