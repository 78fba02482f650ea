"""``wugong check``: the settings in force, secrets masked, and whether they work together."""

from __future__ import annotations

from typing import Any

import click

from wugong import Engine
from wugong.storage import read_address
from wugong_server.commands import local
from wugong_server.commands.console import as_json, print_json, print_table, say, with_database
from wugong_server.environment import Environment, read_environment

MASK = "***"


@click.command("check")
@with_database
@as_json
def command(database: str | None, keys: str | None, in_json: bool) -> None:
    """Print the effective settings and open the database with them; exit 3 when that fails."""
    environment = read_environment(database_url=database, keys=keys)
    packs = [local.told(*one) for one in local.read(environment.packs)]
    shown = {**effective(environment), "packs_read": packs}
    if in_json:
        print_json(shown)
    else:
        print_table(("setting", "value"), [(k, _text(v)) for k, v in shown.items()])
    environment.settings()
    with Engine(environment.database_url, keys=environment.keys, packs=environment.packs) as engine:
        count = len(engine.communities())
    if not in_json:
        for line in packs:
            say(f"local pack {line}")
        say(f"the set-up works; {count} communities")


def effective(environment: Environment) -> dict[str, Any]:
    """Return the settings in force with every secret masked."""
    shown = environment.model_dump(mode="json")
    shown["secret_key"] = MASK if environment.secret_key else None
    shown["database_url"] = read_address(environment.database_url).render_as_string(
        hide_password=True
    )
    return shown


def _text(value: Any) -> str:
    if value in (None, "", []):
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
