"""``wugong tick``: record what the clock owes, for a timer where no server runs."""

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


@click.command("tick")
@with_database
@as_json
def command(database: str | None, keys: str | None, in_json: bool) -> None:
    """Record what has fallen due: polls that close, claims that lapse, notices that end.

    Deadlines hold without this, since they are settled before the next act; a tick makes them
    timely. `wugong serve` ticks by itself.
    """
    with (
        opened(database, keys, packs=True) as (engine, _environment),
        progress(in_words(N_("recording what is due"))),
    ):
        made = engine.tick()
    if in_json:
        print_json({"facts": made})
    else:
        tell(N_("{count} facts recorded") if made else N_("nothing was due"), count=made)
