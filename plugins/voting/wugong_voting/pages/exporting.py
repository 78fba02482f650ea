"""A decided poll to count again by a program of its own: on its page, by the API, as a command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from wugong import Engine, Matter
from wugong_server import Page, Reading, opened, with_database
from wugong_voting import showing
from wugong_voting.chosen import rule_of
from wugong_voting.export import FORM, exported, measures_of
from wugong_voting.law import procedure_of
from wugong_voting.state import Poll, polls_of

MEASURES = ("heads", "households", "area")
SIGN_IN = {"WWW-Authenticate": 'Bearer realm="wugong"'}
FILE: dict[str, Any] = {
    "type": "object",
    "properties": {"form": {"const": FORM}, "measure": {"type": "string", "enum": [*MEASURES]}},
    "required": ["form", "measure"],
}


def export_of(engine: Engine, matter: Matter, poll: Poll | None, measure: str) -> dict[str, Any]:
    """Write a poll in ``measure``, or where that is empty in the usual one of those it has.

    ``LookupError`` for one that is not there, not decided or not counted in it.
    """
    if poll is None or poll.decided is None:
        raise LookupError("the poll is not there, or not decided yet")
    rule, known = rule_of(matter.standing.rules, poll.opened), measures_of(poll.decided)
    usual = "heads" if "heads" in known else known[0]
    chosen = next((one for one in known if one == (measure or usual)), None)
    if rule is None or chosen is None:
        raise LookupError(f"the poll was counted in {', '.join(known)}")
    law = procedure_of(matter, poll)
    quorum = {test.id for test in law.quorum} if law else set()
    ballots = showing.cast_in(engine, matter, poll)
    return exported(poll, rule, ballots, chosen, quorum)


def export(page: Page, poll: int) -> dict[str, Any]:
    """Write a poll for a reader: 403 for areas without signing in (decision 6), 404 for none."""
    measure = page.request.query_params.get("measure", "")
    matter = page.matter
    assert matter is not None  # the path names it
    one = polls_of(matter).get(poll)
    if measure == "area" and one and one.decided and not page.viewer.signed_in:
        raise HTTPException(403)
    try:
        return export_of(page.engine, matter, one, measure)
    except LookupError:
        raise HTTPException(404) from None


def show(request: Request) -> Response:
    """Send a decided poll to count again, in one measure."""
    made = export(request.state.page, request.path_params["poll"])
    name = f"poll-{made['poll']}-{made['measure']}.json"
    return JSONResponse(made, headers={"content-disposition": f'attachment; filename="{name}"'})


def read(page: Page) -> dict[str, Any]:
    """A decided poll in one measure, to count again with tools/recount.py."""
    try:
        return export(page, page.request.path_params["poll"])
    except HTTPException as error:
        if error.status_code == 403:
            raise HTTPException(401, headers=SIGN_IN) from None
        raise


READINGS = [
    Reading(
        name="voting.poll_export",
        path="/api/v1/matters/{matter}/polls/{poll:int}/export",
        read=read,
        answer=FILE,
        queries={"measure": {"type": "string", "enum": [*MEASURES]}},
    )
]


@click.command("export-poll")
@click.argument("matter")
@click.argument("poll", type=click.IntRange(1))
@click.option("--measure", type=click.Choice(MEASURES), help="Default: heads, if counted in them.")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Default: the terminal."
)
@with_database
def command(
    matter: str,
    poll: int,
    measure: str | None,
    output: Path | None,
    database: str | None,
    keys: str | None,
) -> None:
    """Write the decided POLL of MATTER as JSON, to count again with tools/recount.py.

    POLL is the number of the fact that opened it, as in the address of its page. The ballots are
    in it by kind, never a voter. These are the bytes that the page and the API give.
    """
    with opened(database, keys, packs=True) as (engine, _environment):
        try:
            found = engine.matter(matter)
            made = export_of(engine, found, polls_of(found).get(poll), measure or "")
        except LookupError as error:
            raise click.ClickException(f"poll {poll} of {matter}: {error}") from None
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
    if output is None:
        click.echo(text, nl=False)  # bytes: what is sent on to a file is UTF-8 in every terminal
    else:
        output.write_bytes(text)
