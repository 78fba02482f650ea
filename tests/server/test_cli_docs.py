"""The pages about the command line and the API name what there is, and all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wugong_server import cli
from wugong_server.api_reading import COMMUNITY, MATTER, READING
from wugong_server.environment import Environment

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_is_named(command: str) -> None:
    text = (DOCS / "cli.md").read_text(encoding="utf-8") + (DOCS / "api.md").read_text("utf-8")
    assert f"wugong {command}" in text


def test_every_variable_is_named() -> None:
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    names = {f"WUGONG_{name.upper()}" for name in Environment.model_fields}
    named = set(re.findall(r"WUGONG_[A-Z_]+", text))
    assert names <= named
    assert {name.removesuffix("_FILE") for name in named} <= names


def test_every_noun_is_named() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    for path in READING:
        noun = path.removeprefix(COMMUNITY).removeprefix(MATTER).removeprefix("/api/v1/").strip("/")
        assert f"`{noun}`" in text or not noun, path
