"""``wugong verify``: recompute the chains of the stored journals."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from wugong import N_, Engine
from wugong.journal import readings
from wugong_server.commands.console import (
    FOUND,
    as_json,
    in_words,
    opened,
    place,
    print_json,
    progress,
    say,
    with_database,
)

CUT = N_("is the last one, but record {published} was published: the journal was cut off")
MISSING = (N_("is missing"), N_("is missing: the end was cut off"))  # as the engine says it


class HeadType(click.ParamType[tuple[int, str]]):
    """A head as it was published: ``1107:9f3a4c51d2e86b07…``, or with the code of a notice."""

    name = "SEQ:DIGEST"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, str]:
        """Read the number and what was printed of the digest."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"(\d{1,15}):(.+)", str(value).strip())
        try:
            if found is not None and readings(found[2]):
                return int(found[1]), found[2]
        except ValueError:
            pass
        how = "with the code of a notice 1107:4Q7M-2K9P-7RWD-XC3A, its number first"
        self.fail(f"a head looks like 1107:9f3a4c51d2e86b07, {how}", param, ctx)


@click.command("verify")
@click.argument("communities", nargs=-1)
@click.option(
    "--head",
    "--since",
    "heads",
    type=HeadType(),
    multiple=True,
    help="A head kept earlier, of the one community named; shows a cut-off or rewritten journal.",
)
@click.option(
    "--growth",
    type=click.Path(dir_okay=False, writable=True),
    help="Write there the proof that the journal only grew since the one --head.",
)
@with_database
@as_json
def command(
    communities: tuple[str, ...],
    heads: tuple[tuple[int, str], ...],
    growth: str | None,
    database: str | None,
    keys: str | None,
    in_json: bool,
) -> int:
    """Recompute every record of COMMUNITIES (default: all) and name the first that does not fit.

    `tools/verify_journal.py` does the same for an export, without this program.
    """
    if heads and len(communities) != 1:
        raise click.UsageError("--head belongs to one community: name it")
    if growth and len(heads) != 1:
        raise click.UsageError("--growth is the proof of one --head")
    with opened(database, keys) as (engine, _environment):
        chosen = communities or tuple(name for name, _title, _setting in engine.communities())
        found = [verify(engine, place(engine, name), heads) for name in chosen]
        if growth and found[0]["fits"]:
            _write_growth(engine, chosen[0], heads[0][0], growth)
    if in_json:
        print_json(found)
    else:
        for one in found:
            say(told(one))
    return 0 if all(one["fits"] for one in found) else FOUND


def verify(engine: Engine, community: str, heads: tuple[tuple[int, str], ...]) -> dict[str, Any]:
    """Recompute the journal of one community and hold it against heads that somebody kept."""
    title = in_words(N_("verifying {community}"), community=community)
    with progress(title, engine.head(community).seq) as advance:
        head, fault = engine.verify(community, progress=advance)
    answer: dict[str, Any] = {"community": community, "records": head.seq, "digest": head.digest}
    if fault is not None:
        return answer | {"fits": False, "record": fault.seq, "what": fault.what}
    for seq, printed in heads:
        if seq > head.seq:
            cut = {"what": CUT.format(published=seq), "published": seq}
            return answer | {"fits": False, "record": head.seq, **cut}
        since = engine.growth(community, seq)
        if since is None or not since.fits(printed):
            what = N_("is not the one that was published: the journal was rewritten")
            return answer | {"fits": False, "record": seq, "what": what}
    return answer | {"fits": True, "since": [seq for seq, _printed in heads]}


def _write_growth(engine: Engine, community: str, seq: int, path: str) -> None:
    since = engine.growth(community, seq)
    assert since is not None
    Path(path).write_text(json.dumps(asdict(since), indent=2) + "\n", encoding="utf-8")


def told(one: dict[str, Any]) -> str:
    """Say what was found of one journal, in the language of the terminal."""
    community = one["community"]
    if not one["fits"]:
        place = {"community": community, "record": one["record"]}
        return in_words(N_("{community}: record {record} {what}"), **place, what=_what(one))
    head, records = f"{one['records']}:{one['digest']}", one["records"]
    fits = N_("{community}: {records} records fit; head {head}")
    lines = [in_words(fits, community=community, records=records, head=head)]
    grew = N_("since record {record} it only grew")
    return "\n".join([*lines, *(in_words(grew, record=seq) for seq in one["since"])])


def _what(one: dict[str, Any]) -> str:
    if "published" in one:
        return in_words(CUT, published=one["published"])
    what: str = one["what"].removeprefix(f"record {one['record']} ")
    return in_words(what)
