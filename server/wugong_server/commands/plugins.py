"""``wugong plugins``: what is installed and what it contributes."""

from __future__ import annotations

import click

from wugong.plugins import build, describe, installed
from wugong_server.commands.console import as_json, print_json, print_table


@click.command("plugins")
@as_json
def command(in_json: bool) -> None:
    """List the installed plugins: version, hooks, kinds of event, folds, books and views."""
    found = list(describe(build(installed())))
    if in_json:
        print_json(found)
        return
    heads = ("plugin", "version", "hooks", "events", "books", "views")
    rows = [
        (
            one["name"],
            one["version"] or "–",
            ", ".join(one["hooks"]),
            len(one["events"]),
            len(one["books"]),
            len(one["views"]),
        )
        for one in found
    ]
    print_table(heads, rows)
