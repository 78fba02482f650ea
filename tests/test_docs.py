"""The documents say what the code does: every hook is described, every Python example runs."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import pytest

import wugong.hookspecs
import wugong_server.hookspecs
from wugong import Contribution

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
HOOKS = (DOCS / "hooks.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
ARCHITECTURE = DOCS / "architecture.md"


def specs() -> Iterator[Any]:
    for module in (wugong.hookspecs, wugong_server.hookspecs):
        for name, function in vars(module).items():
            if hasattr(function, f"{module.PROJECT}_spec"):
                yield pytest.param(function, id=name)


def section(name: str) -> str:
    found = re.search(rf"^### {name}\n(.*?)(?=^##|\Z)", HOOKS, re.DOTALL | re.MULTILINE)
    assert found, f"docs/hooks.md has no section about {name}"
    return found[1]


@pytest.mark.parametrize("spec", list(specs()))
def test_every_hook_is_described_with_its_arguments(spec: Callable[..., Any]) -> None:
    name = spec.__name__
    call = f"`{name}({', '.join(inspect.signature(spec).parameters)})`"
    assert call in section(name)
    assert f"(#{name})" in HOOKS.partition("\n## ")[0]


def test_no_hook_is_described_that_does_not_exist() -> None:
    known = {param.values[0].__name__ for param in specs()}
    assert set(re.findall(r"^### (\w+)$", HOOKS, re.MULTILINE)) == known


@pytest.mark.parametrize("contribution", get_args(Contribution), ids=str)
def test_everything_that_can_be_contributed_is_named(contribution: Any) -> None:
    name = getattr(contribution, "__origin__", contribution).__name__
    assert (f"`{name}`" if name != "type" else "`@event`") in section("register")


def examples() -> Iterator[Any]:
    for file in sorted(DOCS.rglob("*.md")):
        text = file.read_text(encoding="utf-8")
        for match in EXAMPLE.finditer(text):
            line = text[: match.start(1)].count("\n") + 1
            place = f"{file.relative_to(ROOT)}:{line}"
            yield pytest.param(place, match[1], id=place)


@pytest.mark.parametrize(("place", "example"), list(examples()))
def test_every_python_example_runs(
    place: str, example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A module of its own, as for an installed plugin; what it writes lands in a folder of its own.
    name = "wugong_docs_example"
    module = types.ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.chdir(tmp_path)
    exec(compile(ast.parse(example, place), place, "exec"), module.__dict__)


@pytest.mark.parametrize(
    "file", sorted(DOCS.rglob("*.md")), ids=lambda file: str(file.relative_to(ROOT))
)
def test_every_link_leads_somewhere(file: Path) -> None:
    missing = [
        link
        for link in LINK.findall(file.read_text(encoding="utf-8"))
        if not (file.parent / link).exists()
    ]
    assert missing == []


def test_the_picture_of_the_flow_names_every_step_of_an_act() -> None:
    picture = ElementTree.parse(DOCS / "architecture.svg").getroot()
    words = " ".join(text for text in picture.itertext() if text.strip())
    steps = ("settle", "allowed?", "guard_event", "journal", "co_plan … co_share", "published")
    assert [step for step in steps if step not in words] == []
    assert picture.find("{http://www.w3.org/2000/svg}title") is not None
    assert "architecture.svg" in ARCHITECTURE.read_text(encoding="utf-8")


NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_promise_names_a_test_that_exists() -> None:
    named = NAMED.findall((DOCS / "reliability.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    for file, name in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        known = {one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.ClassDef)}
        assert name in known, f"{file} has no {name}"


def test_the_sizes_that_the_promises_name_are_those_of_the_tests() -> None:
    said = (DOCS / "reliability.md").read_text(encoding="utf-8")
    for file, size, row in (
        ("core/test_killed.py", "rounds=10)", "| 10 kills, both databases | 1,000 and 500 |"),
        ("core/test_killed.py", '1000 if database.startswith("sqlite") else 500', "1,000 and 500"),
        ("server/test_killed_serving.py", "range(6), cluster, every=3)", "| 6 kills, both"),
        ("server/test_killed_serving.py", "500 if cluster else 1000", "| 1,000 of SQLite, 500 of"),
        ("server/test_racing_processes.py", "votes, 4, 3,", "| 5 rounds, both databases | 1,000 w"),
        ("server/test_racing_processes.py", "range(50, 1001, 50)", "1,000 with 1 and with 4"),
        ("core/test_synced.py", "trace(tmp_path, 1000)", "| 1,000 acts | 10,000 |"),
        ("plugins/voting/test_racing.py", "tmp_path), 5, secrecy)", "| 5 rounds, both"),
    ):
        assert size in (ROOT / "tests" / file).read_text(encoding="utf-8") and row in said
