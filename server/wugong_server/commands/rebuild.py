"""``wugong rebuild``: make all tables that can be recomputed anew from the journal."""

from __future__ import annotations

import click

from wugong_server.commands.console import opened, progress, say, with_database


@click.command("rebuild")
@with_database
def command(database: str | None, keys: str | None) -> None:
    """Rebuild books, views and lists from the journal, which stays as it is."""
    with opened(database, keys) as (engine, _environment), progress("rebuilding") as advance:
        engine.rebuild(progress=lambda done, _total: advance(done))
        count = len(engine.communities())
    say(f"rebuilt the books and views of {count} communities")
