"""``wugong migrate``: bring a database to the form that this program knows."""

from __future__ import annotations

import click

from wugong import N_
from wugong.storage import HEAD, KNOWN, Storage
from wugong_server.commands.console import (
    FOUND,
    SETUP,
    as_json,
    in_words,
    print_json,
    progress,
    say,
    warn,
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
            warn(
                N_("the database is newer ({found}) than this program (up to {head})"),
                found=found,
                head=HEAD,
            )
            return SETUP
        if migrated := found != HEAD and not check:
            with progress(in_words(N_("migrating"))):
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
        return in_words(N_("the database has version {head}: nothing to do"), head=HEAD)
    if check:
        has = found or in_words(N_("none"))
        return in_words(
            N_("the database has version {found}, this program needs {head}"), found=has, head=HEAD
        )
    before = found or in_words(N_("nothing"))
    return in_words(N_("migrated from {found} to {head}"), found=before, head=HEAD)
