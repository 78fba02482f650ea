"""``wugong rebuild``: make all tables that can be recomputed anew from the journal."""

from __future__ import annotations

import click

from wugong_server.commands.console import (
    as_json,
    opened,
    print_json,
    progress,
    say,
    with_database,
)


@click.command("rebuild")
@with_database
@as_json
def command(database: str | None, keys: str | None, in_json: bool) -> None:
    """Rebuild books, views and lists from the journal, which stays as it is."""
    with opened(database, keys) as (engine, _environment), progress("rebuilding") as advance:
        engine.rebuild(progress=lambda done, _total: advance(done))
        rebuilt = [name for name, _title, _setting in engine.communities()]
    if in_json:
        print_json({"communities": rebuilt})
    else:
        say(f"rebuilt the books and views of {len(rebuilt)} communities")
