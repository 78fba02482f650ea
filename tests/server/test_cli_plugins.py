"""Plugins add commands to ``wugong``; ours stay what they are."""

from __future__ import annotations

import types
from importlib.metadata import EntryPoint

import click
import pytest

from tests.server.commanding import run
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


def named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    entry = EntryPoint(name, value, "wugong.commands")
    monkeypatch.setattr(cli, "entry_points", lambda *, group: [entry])


def greet() -> None:
    """Say hello."""
    click.echo("hello by name")


GREETING = click.command("greet")(greet)


def test_a_command_that_is_named_is_loaded_without_any_page(fresh: pytest.MonkeyPatch) -> None:
    named(fresh, "greet", f"{__name__}:GREETING")
    fresh.setattr(plugins, "installed_pages", lambda _plugins: pytest.fail("pages were loaded"))
    assert run("greet").out == "hello by name\n"


def test_a_command_that_is_named_is_listed(fresh: pytest.MonkeyPatch) -> None:
    named(fresh, "greet", f"{__name__}:GREETING")
    assert "greet" in run("--help").out


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        pytest.param("backup", f"{__name__}:GREETING", "exists already", id="ours"),
        pytest.param("greet", f"{__name__}:greet", "no click command", id="a function"),
        pytest.param("greet", "nowhere.at.all:x", "No module named", id="no such module"),
    ],
)
def test_a_command_that_cannot_be_is_named(
    fresh: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    named(fresh, name, value)
    ended = run("greet")
    assert ended.code == console.SETUP and said in ended.err and value in ended.err
