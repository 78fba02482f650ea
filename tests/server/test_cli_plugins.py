"""Plugins add commands to ``wugong``; ours stay what they are."""

from __future__ import annotations

import types

import click
import pytest

from tests.server.test_cli_commands import run
from wugong_server import cli, plugins
from wugong_server.commands import console
from wugong_server.hookspecs import hookimpl


def pages(name: str) -> types.SimpleNamespace:
    @click.command(name)
    def added() -> None:
        """Say hello."""
        click.echo("hello from the plugin")

    @hookimpl
    def register_commands(cli: click.Group) -> None:
        cli.add_command(added)

    return types.SimpleNamespace(register_commands=register_commands)


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A command line that has not asked the plugins yet."""
    monkeypatch.setattr(cli.cli, "commands", {})
    monkeypatch.setattr(cli.cli, "_plugins_asked", False, raising=False)
    return monkeypatch


def test_a_plugin_adds_a_command(fresh: pytest.MonkeyPatch) -> None:
    fresh.setattr(plugins, "installed_pages", lambda _plugins: {"example": pages("hello")})
    assert "hello" in run("--help").out
    assert run("hello").out == "hello from the plugin\n"


def test_a_plugin_cannot_replace_a_command(fresh: pytest.MonkeyPatch) -> None:
    fresh.setattr(plugins, "installed_pages", lambda _plugins: {"example": pages("backup")})
    ended = run("--help")
    assert ended.code == console.SETUP and "plugin example" in ended.err
