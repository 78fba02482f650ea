"""``wugong createadmin``: the first person who can sign in and give roles to others."""

from __future__ import annotations

import secrets
import sys

import click

from wugong import N_, Engine, MemberEnrolled, RoleGranted, seal
from wugong.people import MEMBERS
from wugong_server.accounts import LEAST, set_password
from wugong_server.commands.console import (
    as_json,
    opened,
    place,
    print_json,
    stop,
    tell,
    with_database,
)

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


def new_password() -> str:
    """Return a password that can be read out on the telephone: about 59 bits."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(12))
    return "-".join(letters[i : i + 4] for i in range(0, 12, 4))


@click.command("createadmin")
@click.argument("community")
@click.argument("account")
@click.option("--member", help="Member id; default: a new one, or the account's.")
@click.option("--name", help="Name of a person who is not enrolled yet.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_database
@as_json
def command(
    community: str,
    account: str,
    member: str | None,
    name: str | None,
    password_stdin: bool,
    database: str | None,
    keys: str | None,
    in_json: bool,
) -> None:
    """Let ACCOUNT sign in to COMMUNITY as an administrator; a known account gets a new password.

    Without --password-stdin a password is made up and printed once.
    """
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    if password_stdin and len(given) < LEAST:
        stop(N_("a password has at least {least} characters"), least=LEAST)
    with opened(database, keys) as (engine, _environment):
        place(engine, community)
        known = engine.accounts.find(account)
        member = member or (known.members.get(community) if known else None)
        member = member or f"m-{secrets.token_hex(8)}"
        _enrol(engine, community, member, name or account)
        password = given or new_password()
        set_password(engine, account, password, {community: member})
    if in_json:
        made = None if given else password
        signs_in = {"community": community, "account": account, "member": member}
        print_json({**signs_in, "password": made})
        return
    tell(
        N_("{account} signs in to {community} as {member}"),
        account=account,
        community=community,
        member=member,
    )
    if not given:
        tell(N_("password: {password}"), password=password)


def _enrol(engine: Engine, community: str, member: str, name: str) -> None:
    if member not in engine.book(MEMBERS, community, [member]):
        enrolled = MemberEnrolled(member=member, name=seal(name))
        engine.record(community, enrolled, by="operator")
    if "admin" not in engine.viewer(community, member).roles:
        engine.record(community, RoleGranted(member=member, role="admin"), by="operator")
