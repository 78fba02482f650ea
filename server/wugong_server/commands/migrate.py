"""``wugong migrate``: bring a database to the form that this program knows."""

from __future__ import annotations

import click

from wugong.storage import HEAD, KNOWN, Storage
from wugong_server.commands.console import FOUND, SETUP, aside, progress, say, with_database
from wugong_server.environment import read_environment


@click.command("migrate")
@with_database
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when there is something to do.")
def command(database: str | None, keys: str | None, check: bool) -> int:
    """Migrate the core tables; a back-up before it costs little. Safe to run again."""
    environment = read_environment(database_url=database, keys=keys)
    storage = Storage(environment.database_url)
    try:
        found = storage.version()
        if found == HEAD:
            say(f"the database has version {HEAD}: nothing to do")
            return 0
        if found is not None and found not in KNOWN:
            aside(f"the database is newer ({found}) than this program (up to {HEAD})")
            return SETUP
        if check:
            say(f"the database has version {found or 'none'}, this program needs {HEAD}")
            return FOUND
        with progress("migrating"):
            made = storage.migrate()
        say(f"migrated from {found or 'nothing'} to {made}")
        return 0
    finally:
        storage.dispose()
