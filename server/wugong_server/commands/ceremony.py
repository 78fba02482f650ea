"""``wugong ceremony``: make the key of a ballot box and a sheet for each scrutineer.

For a machine without network. Nothing is sent and nothing but the sheets is kept; the server is
given the public key alone.
"""

from __future__ import annotations

import os
from pathlib import Path

import click
import segno
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from wugong import LANGUAGES, Words
from wugong.ceremony import LEAST_NEEDED, MOST_SHARES, BoxKey, hold
from wugong_server.commands import console


@click.command("ceremony")
@click.option(
    "--needed",
    type=click.IntRange(LEAST_NEEDED, MOST_SHARES),
    default=3,
    show_default=True,
    help="How many scrutineers open the box together.",
)
@click.option(
    "--shares",
    type=click.IntRange(LEAST_NEEDED, MOST_SHARES),
    default=5,
    show_default=True,
    help="How many scrutineers there are.",
)
@click.option(
    "--sheets",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("scrutineers.html"),
    show_default=True,
    help="The file of sheets to print; only you can read it. Delete it once they are printed.",
)
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the sheets.  [default: yours]")
@console.as_json
def command(needed: int, shares: int, sheets: Path, language: str | None, in_json: bool) -> None:
    """Make the key of a ballot box that NEEDED of SHARES scrutineers open together.

    Run it on a machine without network, print the sheets, give each scrutineer one, keep a sealed
    copy of all if you wish, and delete the file. The first sheet bears the public key, which
    whoever opens the poll needs; the shares are typed in after the closing.
    """
    if needed > shares:
        raise click.UsageError(f"{needed} of {shares} scrutineers cannot meet")
    if sheets.exists():
        raise click.ClickException(f"{sheets} is there already; it may hold another ceremony")
    key, split = hold(needed, shares)
    handle = os.open(sheets, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(draw(key, split, language or console.language()))
    if in_json:
        public = {"public_key": str(key), "ceremony": key.ceremony, "sheets": str(sheets)}
        console.print_json({**public, "needed": needed, "shares": shares})
        return
    console.say(str(key))
    console.aside(f"{shares} sheets in {sheets}: print them, hand them out, delete the file.")


def draw(key: BoxKey, split: tuple[str, ...], language: str) -> str:
    """Return the sheets as one page that needs nothing else: public key first, then the shares."""
    env = Environment(
        # A file of its own, never a page: it may carry its style, as pages may not.
        loader=PackageLoader("wugong_server", "commands/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = Words(language, ["wugong_server"])
    env.globals |= {"_": words, "qr": _qr}
    groups = [share.split() for share in split]
    rows = [[share[at : at + 6] for at in range(0, len(share), 6)] for share in groups]
    tag = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant"}.get(language, language)
    sheets = list(zip(split, rows, strict=True))
    return env.get_template("ceremony.html").render(key=key, sheets=sheets, tag=tag)


def _qr(text: str) -> Markup:
    return Markup(segno.make(text, error="m", micro=False).svg_inline(omitsize=True, border=4))
