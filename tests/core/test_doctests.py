"""The examples in the engine's docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import wugong

MODULES = [
    name
    for _finder, name, _package in pkgutil.walk_packages(wugong.__path__, "wugong.")
    if not name.startswith("wugong.migrations")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    modules = [importlib.import_module(name) for name in MODULES]
    examples = sum(len(one.examples) for module in modules for one in finder.find(module))
    assert examples >= 8
