"""``wugong serve``: the pages and the JSON API on a port of this machine."""

from __future__ import annotations

from pathlib import Path

import click

from wugong import N_, Engine, Misconfigured
from wugong.storage import HEAD, KNOWN, Storage
from wugong_server import demonstration as demo
from wugong_server import serve
from wugong_server.app import create_app
from wugong_server.calendars import CalendarFile
from wugong_server.commands import local
from wugong_server.commands.console import (
    TAKEN,
    aside,
    in_words,
    print_table,
    progress,
    say,
    tell,
    told,
    warn,
    with_calendar,
    with_database,
    with_packs,
    words,
)
from wugong_server.environment import Environment, read_environment
from wugong_server.refusals import ROLES

HEADS = (N_("community"), N_("account"), N_("name"), N_("role"))


@click.command("serve")
@click.option("--host", help="Address to listen on. [env: WUGONG_HOST; default: 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="[env: WUGONG_PORT, PORT; default 8000]"
)
@click.option(
    "--demonstration",
    is_flag=True,
    help="Fill a new database with sample communities and print accounts to try them.",
)
@click.option("--migrate", is_flag=True, help="Bring an older database up to date first.")
@click.option("--access-log", is_flag=True, help="Print a line a request.")
@with_packs
@with_calendar
@with_database
def command(
    host: str | None,
    port: int | None,
    demonstration: bool,
    migrate: bool,
    access_log: bool,
    packs: Path | None,
    calendar: Path | None,
    database: str | None,
    keys: str | None,
) -> int:
    """Serve until stopped with Ctrl-C; says where to look once requests are answered.

    Exit 4 when the port is in use, 3 when the storage is unsafe (network folder, fsync off), the
    database is newer than this program, a local pack is laxer than its parent, or the calendar
    cannot be read.
    """
    environment = read_environment(
        host=host, port=port, database_url=database, keys=keys, packs=packs, calendar=calendar
    )
    # What is wrong there is told before anything is migrated or filled.
    local.read(environment.packs)
    CalendarFile(environment.calendar)
    try:
        taken = serve.listen(environment.host, environment.port)
    except serve.PortTaken as error:
        aside(f"wugong: {told(error)}")
        return TAKEN
    with taken:
        _prepare(environment, migrate, demonstration)
        with Engine(
            environment.database_url,
            keys=environment.keys,
            demonstration=demonstration,
            packs=environment.packs,
        ) as engine:
            app = create_app(engine, environment.settings(demonstration))
            tried = demo.accounts(engine) if demonstration else ("", [])
            serve.run(
                app,
                engine,
                taken,
                ready=lambda: _greet(engine, environment, serve.address(taken), tried),
                trusted_proxies=environment.forwarded_allow_ips,
                access_log=access_log,
            )
    return 0


def _prepare(environment: Environment, migrate: bool, demonstration: bool) -> None:
    storage = Storage(environment.database_url, demonstration=demonstration)
    try:
        found = storage.version()
        if migrate and found in KNOWN and found != HEAD:
            storage.migrate()
    finally:
        storage.dispose()
    if demonstration and demo.is_new(environment):
        if not demo.case_files():
            raise Misconfigured(N_("the case files of the demonstration are missing"))
        _seed(environment)


def _seed(environment: Environment) -> None:
    warn(N_("示例: playing the sample stories into the new database …"))
    with progress("示例") as advance:
        wrong = list(demo.seed(environment, lambda _case, done: advance(done)))
    for case, played in wrong[:3]:
        warn(
            N_("  {title}, step {number}: {problem}"),
            title=case.title,
            number=played.number,
            problem=played.problem,
        )


def _greet(
    engine: Engine,
    environment: Environment,
    address: str,
    tried: tuple[str, list[demo.DemoAccount]],
) -> None:
    where = environment.base_url or address
    tell(N_("wugong is ready: {where}   (stop with Ctrl-C)"), where=where)
    tell(N_("data: {database}; people's keys: {keys}"), **_places(engine))
    if not engine.communities():
        tell(N_("There is no community yet:"))
        tell(N_('  wugong found NAME --title "…" --setting urban|rural'))
        tell(N_("  wugong createadmin NAME ACCOUNT"))
    password, people = tried
    if not people:
        return
    say()
    tell(N_("示例 Sample: all people, places and figures are invented."))
    tell(
        N_("Sign in with one of these accounts; until the next start the password is {password}"),
        password=password,
    )
    titles, said = {**ROLES, **engine.registry.roles}, words(engine.registry.packages)
    rows = [
        (
            one.community,
            one.account,
            one.name,
            ", ".join(said(titles.get(role, role)) for role in one.roles or ("resident",)),
        )
        for one in people
    ]
    print_table(tuple(map(in_words, HEADS)), rows)


def _places(engine: Engine) -> dict[str, object]:
    """Say where the database and people's keys are, so that they are found and backed up."""
    url = engine.storage.url
    database: object = url.render_as_string(hide_password=True)
    if not engine.storage.is_postgres and url.database:
        database = Path(url.database).absolute()
    return {"database": database, "keys": engine.keys_path and engine.keys_path.absolute()}
