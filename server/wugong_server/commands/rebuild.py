"""``wugong rebuild``: make all tables that can be recomputed anew from the journal."""

from __future__ import annotations

import click

from wugong import N_
from wugong_server.commands.console import (
    as_json,
    in_words,
    opened,
    print_json,
    progress,
    tell,
    with_database,
)


@click.command("rebuild")
@with_database
@as_json
def command(database: str | None, keys: str | None, in_json: bool) -> None:
    """Rebuild books, views and lists from the journal, which stays as it is."""
    with (
        opened(database, keys) as (engine, _environment),
        progress(in_words(N_("rebuilding"))) as advance,
    ):
        engine.rebuild(progress=lambda done, _total: advance(done))
        rebuilt = [name for name, _title, _setting in engine.communities()]
    if in_json:
        print_json({"communities": rebuilt})
    else:
        tell(N_("rebuilt the books and views of {count} communities"), count=len(rebuilt))
