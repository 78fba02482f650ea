"""The law of a place is cited where the community lies in that place, by no plugin elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from wugong.statutes import COUNTRY, national_sources, places_of

PLUGINS = Path(__file__).parents[2] / "plugins"
FILES = sorted(PLUGINS.glob("*/wugong_*/**/*.py"))
ASKING = "law_of"  # asks where the community lies


def cited_everywhere(code: str) -> list[str]:
    """Return the texts in ``code`` that name the law of a place and are not given to ``law_of``."""
    return [text for text in _texts(ast.parse(code)) if _is_local(text)]


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == ASKING:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _texts(child)


def _is_local(text: str) -> bool:
    return places_of(text, national_sources()) != {COUNTRY}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-2]}/{path.stem}")
def test_no_plugin_cites_the_law_of_a_place_wherever_the_community_lies(path: Path) -> None:
    assert cited_everywhere(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('Refusal("a.b", "民法典 278")', []),
        ('law_of(matter, "民法典 278; 杭州物業規定 19")', []),
        ('f"{LAW}; 四川省糾紛多元化解條例 26"', ["; 四川省糾紛多元化解條例 26"]),
        ('SOURCE = "民法典 278; 杭州物業規定 19"', ["民法典 278; 杭州物業規定 19"]),
        ('@event("a.b", source="杭州物業規定 19")\nclass A: pass', ["杭州物業規定 19"]),
    ],
    ids=["of the country", "asked for", "joined", "a constant", "a kind"],
)
def test_a_text_that_names_the_law_of_a_place_is_found(code: str, found: list[str]) -> None:
    assert cited_everywhere(code) == found
