"""``wugong migrate``: bring a database to the form that this program knows."""

from __future__ import annotations

import click

from wugong.storage import HEAD, KNOWN, Storage
from wugong_server.commands.console import (
    FOUND,
    SETUP,
    as_json,
    aside,
    print_json,
    progress,
    say,
    with_database,
)
from wugong_server.environment import read_environment


@click.command("migrate")
@with_database
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when there is something to do.")
@as_json
def command(database: str | None, keys: str | None, check: bool, in_json: bool) -> int:
    """Migrate the core tables; a back-up before it costs little. Safe to run again."""
    environment = read_environment(database_url=database, keys=keys)
    storage = Storage(environment.database_url)
    try:
        found = storage.version()
        if found is not None and found not in KNOWN:
            aside(f"the database is newer ({found}) than this program (up to {HEAD})")
            return SETUP
        if migrated := found != HEAD and not check:
            with progress("migrating"):
                storage.migrate()
    finally:
        storage.dispose()
    if in_json:
        print_json({"from": found, "to": HEAD, "migrated": migrated})
    else:
        say(_told(found, check))
    return FOUND if check and found != HEAD else 0


def _told(found: str | None, check: bool) -> str:
    if found == HEAD:
        return f"the database has version {HEAD}: nothing to do"
    if check:
        return f"the database has version {found or 'none'}, this program needs {HEAD}"
    return f"migrated from {found or 'nothing'} to {HEAD}"
