"""``wugong export``: a journal as JSON lines, to read, to keep and to check elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

from wugong import N_, NOBODY, Engine
from wugong_server.commands.console import in_words, opened, place, progress, warn, with_database

FORMAT = "wugong/journal/v1"
STAYS = ("seq", "prev", "digest", "sm3")  # of a record that is withheld


@click.command("export")
@click.argument("community")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Default: the terminal."
)
@click.option(
    "--public",
    is_flag=True,
    help="Withhold what not everybody may read; its digests stay, so the chain can be checked.",
)
@with_database
def command(
    community: str, output: Path | None, public: bool, database: str | None, keys: str | None
) -> None:
    """Write the journal of COMMUNITY: what it is, every record, and the head at the end.

    Sealed texts are not in it, only their commitments. Check it with tools/verify_journal.py.
    """
    with opened(database, keys) as (engine, _environment):
        place(engine, community)
        if output is None:
            _write(engine, community, public, sys.stdout)
            return
        beside = output.with_name(output.name + ".part")
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            head = _write(engine, community, public, file)
        beside.replace(output)
        warn(
            N_("{records} records in {file}; head {head}"),
            records=head["seq"],
            file=output,
            head=f"{head['seq']}:{head['digest']}",
        )


def _write(engine: Engine, community: str, public: bool, file: IO[str]) -> dict[str, Any]:
    head: dict[str, Any] = {}
    total = engine.head(community).seq
    with progress(in_words(N_("exporting {community}"), community=community), total) as advance:
        for line in lines(engine, community, public):
            file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            if "record" in line:
                advance(line["record"]["seq"])
            head = line.get("head", head)
    return head


def lines(engine: Engine, community: str, public: bool = False) -> Iterator[dict[str, Any]]:
    """Yield an export line by line; the head is that of the last record in it."""
    yield {"export": {"format": FORMAT, "community": community}}
    first = engine.head(community)
    head = {"seq": 0, "digest": first.digest, "sm3": first.sm3, "at": ""}
    shown = _public(engine, community) if public else None
    for record in engine.export(community):
        head = {name: record[name] for name in ("seq", "digest", "sm3", "at")}
        if shown is not None and record["seq"] not in shown:
            record = {name: record[name] for name in STAYS} | {"withheld": True}
        yield {"record": record}
    yield {"head": head}


def _public(engine: Engine, community: str) -> set[int]:
    """Return the numbers of the facts that anybody may read."""
    found: set[int] = set()
    last = 0
    while facts := engine.facts(community, NOBODY, after=last, limit=1000, whole=True):
        found |= {fact.seq for fact in facts}
        last = facts[-1].seq
    return found
