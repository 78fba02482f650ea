"""``wugong verify``: recompute the chains of the stored journals."""

from __future__ import annotations

import re
from typing import Any

import click

from wugong import Engine
from wugong_server.commands.console import (
    FOUND,
    as_json,
    opened,
    place,
    print_json,
    say,
    with_database,
)


class HeadType(click.ParamType[tuple[int, str]]):
    """A head as it was published: ``1107:9f3a4c51d2e86b07…``."""

    name = "SEQ:DIGEST"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, str]:
        """Read number and beginning of the digest."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"(\d{1,15}):([0-9a-f]{16,64})…?", str(value).strip())
        if found is None:
            self.fail("a head looks like 1107:9f3a4c51d2e86b07", param, ctx)
        return int(found[1]), found[2]


@click.command("verify")
@click.argument("communities", nargs=-1)
@click.option(
    "--head",
    "heads",
    type=HeadType(),
    multiple=True,
    help="A head kept earlier, of the one community named; shows a cut-off or rewritten journal.",
)
@with_database
@as_json
def command(
    communities: tuple[str, ...],
    heads: tuple[tuple[int, str], ...],
    database: str | None,
    keys: str | None,
    in_json: bool,
) -> int:
    """Recompute every record of COMMUNITIES (default: all) and name the first that does not fit.

    `tools/verify_journal.py` does the same for an export, without this program.
    """
    if heads and len(communities) != 1:
        raise click.UsageError("--head belongs to one community: name it")
    with opened(database, keys) as (engine, _environment):
        chosen = communities or tuple(name for name, _title, _setting in engine.communities())
        found = [_verify(engine, place(engine, name), heads) for name in chosen]
    if in_json:
        print_json(found)
    else:
        for one in found:
            say(_told(one))
    return 0 if all(one["fits"] for one in found) else FOUND


def _verify(engine: Engine, community: str, heads: tuple[tuple[int, str], ...]) -> dict[str, Any]:
    head, fault = engine.verify(community)
    answer: dict[str, Any] = {"community": community, "records": head.seq, "digest": head.digest}
    if fault is not None:
        return answer | {"fits": False, "record": fault.seq, "what": fault.what}
    for seq, digest in heads:
        if seq > head.seq:
            what = f"is the last one, but record {seq} was published: the journal was cut off"
            return answer | {"fits": False, "record": head.seq, "what": what}
        if not _digest_at(engine, community, seq).startswith(digest):
            what = "is not the one that was published: the journal was rewritten"
            return answer | {"fits": False, "record": seq, "what": what}
    return answer | {"fits": True}


def _digest_at(engine: Engine, community: str, seq: int) -> str:
    record = next(iter(engine.export(community, after=seq - 1)), None) if seq else None
    return str(record["digest"]) if record else ""


def _told(one: dict[str, Any]) -> str:
    if one["fits"]:
        head = f"{one['records']}:{one['digest']}"
        return f"{one['community']}: {one['records']} records fit; head {head}"
    return f"{one['community']}: record {one['record']} {one['what']}"
