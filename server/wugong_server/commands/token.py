"""``wugong token``: keys for programs that use the JSON API as a member."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from wugong import N_
from wugong.people import MEMBERS
from wugong_server.commands.console import (
    as_json,
    opened,
    place,
    print_json,
    print_table,
    say,
    stop,
    tell,
    with_database,
)


@click.group("token")
def command() -> None:
    """Make, list and revoke tokens for programs (Authorization: Bearer …)."""


@command.command("create")
@click.argument("community")
@click.argument("member")
@click.option("--label", required=True, help="What it is for, to know it again.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True)
@with_database
@as_json
def create(
    community: str,
    member: str,
    label: str,
    days: int,
    database: str | None,
    keys: str | None,
    in_json: bool,
) -> None:
    """Make a token for MEMBER of COMMUNITY and print it, once."""
    with opened(database, keys) as (engine, _environment):
        place(engine, community)
        if member not in engine.book(MEMBERS, community, [member]):
            stop(
                N_("{member} is not enrolled in {community}"),
                member=repr(member),
                community=community,
            )
        until = engine.now() + timedelta(days=days)
        token = engine.tokens.create(community, member, label, until)
    if in_json:
        day = until.date().isoformat()
        print_json({"token": token, "member": member, "label": label, "until": day})
    else:
        say(token)


@command.command("list")
@click.argument("community")
@with_database
@as_json
def listed(community: str, database: str | None, keys: str | None, in_json: bool) -> None:
    """List the tokens of COMMUNITY; the tokens themselves are stored nowhere."""
    with opened(database, keys) as (engine, _environment):
        found = engine.tokens.list(place(engine, community))
    rows = [(one.id[:12], one.member, one.label, _day(one.until)) for one in found]
    if in_json:
        print_json([dict(zip(("id", "member", "label", "until"), r, strict=True)) for r in rows])
    else:
        print_table(("id", "member", "label", "until"), rows)


@command.command("revoke")
@click.argument("community")
@click.argument("identity", metavar="ID")
@with_database
def revoke(community: str, identity: str, database: str | None, keys: str | None) -> None:
    """End the token that `wugong token list` shows as ID."""
    with opened(database, keys) as (engine, _environment):
        found = engine.tokens.list(place(engine, community))
        chosen = [one for one in found if len(identity) >= 8 and one.id.startswith(identity)]
        if len(chosen) != 1:
            stop(N_("no token {id} of {community}"), id=repr(identity), community=community)
        engine.tokens.revoke(chosen[0].id)
    tell(N_("revoked: {label}"), label=chosen[0].label)


def _day(until: int | None) -> str:
    return datetime.fromtimestamp(until // 1000, UTC).date().isoformat() if until else "–"
