"""``wugong``: the command line. Each command is a module of its own, loaded when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points, version
from typing import Any

import click

from wugong import N_, Misconfigured, Overloaded, Refused, Uncertain, Unreadable
from wugong_server.commands import console

# name → module in wugong_server.commands, and the command in it where it is not ``command``
COMMANDS = {
    "serve": "serve",
    "play": "play",
    "found": "found",
    "createadmin": "createadmin",
    "token": "token",
    "import-roster": "import_roster",
    "export": "export",
    "verify": "verify",
    "backup": "backup",
    "restore": "restore",
    "migrate": "migrate",
    "rebuild": "rebuild",
    "tick": "tick",
    "decide": "law:decide_command",
    "procedures": "law:procedures_command",
    "deadline": "law:deadline_command",
    "roll": "law:roll_command",
    "ceremony": "ceremony",
    "plugins": "plugins",
    "check": "check",
    "doctor": "doctor",
    "openapi": "openapi",
}


class Commands(click.Group):
    """Our commands, then those that plugins name in ``wugong.commands`` or add in their pages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return our commands in the order of a first day, then the plugins'."""
        self._add_plugins()
        return [*COMMANDS, *sorted({*self.commands, *_named()})]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name in COMMANDS:
            name, _, command = COMMANDS[cmd_name].partition(":")
            module = import_module(f"wugong_server.commands.{name}")
            found: click.Command = getattr(module, command or "command")
            return found
        if cmd_name in (named := _named()):
            return _loaded(named[cmd_name])
        self._add_plugins()
        return self.commands.get(cmd_name)

    def _add_plugins(self) -> None:
        if getattr(self, "_plugins_asked", False):
            return
        self._plugins_asked = True
        from wugong.plugins import installed
        from wugong_server.plugins import Pages, installed_pages

        for plugin, hook in Pages(installed_pages(installed())).hooks("register_commands"):
            before = set(self.commands)
            hook(cli=self)
            _refuse_taken(f"plugin {plugin}", set(self.commands) - before)


def _named() -> dict[str, EntryPoint]:
    """Return the commands that plugins name, each loaded only when it is called."""
    found = {entry.name: entry for entry in entry_points(group="wugong.commands")}
    for entry in found.values():
        _refuse_taken(entry.value, {entry.name})
    return found


def _loaded(entry: EntryPoint) -> click.Command:
    try:
        command = entry.load()
    except Exception as error:
        raise Misconfigured(f"the command {entry.name} ({entry.value}): {error!r}") from error
    if not isinstance(command, click.Command):
        raise Misconfigured(f"the command {entry.name} ({entry.value}) is no click command")
    return command


def _refuse_taken(whose: str, names: set[str]) -> None:
    if taken := names & COMMANDS.keys():
        raise Misconfigured(f"{whose}: the command {taken.pop()} exists already")


@click.command(cls=Commands, epilog=console.EXITS, context_settings={"max_content_width": 100})
@click.version_option(version("wugong"), prog_name="wugong")
def cli() -> None:
    """wugong (五共): carry a community's matters through 共謀 共建 共管 共評 共享.

    Start with `wugong serve --demonstration`.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command and end with its exit code; what people did wrong is told without a trace."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        ended: Any = cli.main(arguments, prog_name="wugong", standalone_mode=False)
        return ended if isinstance(ended, int) else 0
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        console.warn(N_("Error: {what}"), what=error.format_message())
        return error.exit_code
    except click.Abort:
        console.warn(N_("stopped"))
        return 130
    except OSError as error:
        if error.filename is None:
            raise
        console.warn(N_("Error: {what}"), what=f"{error.filename}: {error.strerror}")
        return console.WRONG
    except Misconfigured as error:
        console.aside(f"wugong: {console.told(error)}")
        return console.SETUP
    except Refused as error:
        _tell(error)
        return console.REFUSED
    except Unreadable as error:
        for where, what in error.problems:
            console.aside(f"wugong: {where} {what}")
        return console.WRONG
    except Uncertain as error:
        console.warn(N_("wugong: {why}; look before you try again"), why=console.told(error))
        return console.UNKNOWN
    except Overloaded as error:
        console.warn(N_("wugong: nothing was recorded: {why}"), why=console.told(error))
        return console.BUSY


def _tell(refused: Refused) -> None:
    from wugong.plugins import build, installed
    from wugong_server.commands.reasons import reason

    registry = build(installed())
    console.warn(N_("refused; nothing was recorded"))
    for one in refused.reasons:
        words = console.words(registry.packages)
        console.aside(f"  {reason(registry, words, one)} ({one.code})")


if __name__ == "__main__":
    main()
