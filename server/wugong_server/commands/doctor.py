"""``wugong doctor``: is this machine fit, this deployment sound; what do plugins and packs use."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import stat
import sys
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import click

from wugong import API_VERSION, Engine, Misconfigured
from wugong.hookspecs import Leaving
from wugong.plugins import build, describe, installed
from wugong.storage import read_address
from wugong_server.calendars import open_calendar
from wugong_server.commands import local
from wugong_server.commands.console import (
    FOUND,
    as_json,
    print_json,
    say,
    with_database,
)
from wugong_server.environment import Environment, read_environment

GONE = "not installed: matters with its facts can only be read; install it, or retire it"
LEAST_FREE = 500 * 2**20
EXTRAS = {"xlsx": "python_calamine", "postgres": "psycopg", "print": "weasyprint", "sso": "authlib"}


class Finding(NamedTuple):
    """One thing looked at; ``ok`` is ``None`` for what is worth knowing and no fault."""

    subject: str
    ok: bool | None
    text: str


@click.command("doctor")
@with_database
@as_json
def command(database: str | None, keys: str | None, in_json: bool) -> int:
    """Look at the machine, the database, the keys and the plugins; exit 1 when one is unsound."""
    environment = read_environment(database_url=database, keys=keys)
    found = [finding for look in LOOKS for finding in _safely(look, environment)]
    if in_json:
        print_json([one._asdict() for one in found])
    else:
        for one in found:
            mark = {True: "ok", False: "NO", None: "– "}[one.ok]
            say(f"{mark}  {one.subject}: {one.text}")
    return FOUND if any(one.ok is False for one in found) else 0


def _safely(look: Callable[[Environment], Iterator[Finding]], env: Environment) -> list[Finding]:
    try:
        return list(look(env))
    except Misconfigured as error:
        return [Finding(look.__name__.strip("_"), False, str(error))]


def _machine(environment: Environment) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), version)
    yield Finding("SQLite", sqlite3.sqlite_version_info >= (3, 37), sqlite3.sqlite_version)
    if "sm3" in hashlib.algorithms_available:
        yield Finding("SM3", True, "through OpenSSL")
    else:
        yield Finding("SM3", True, "through cryptography; verify_journal.py cannot check it here")
    missing = [extra for extra, module in EXTRAS.items() if find_spec(module) is None]
    yield Finding("extras", None, f"not installed: {', '.join(missing) or 'none'}")
    now = datetime.now(UTC)
    yield Finding("clock", now.year >= 2026, now.isoformat(timespec="seconds"))


def _database(environment: Environment) -> Iterator[Finding]:
    yield from _key_file(environment)  # before the engine is opened, which mends it
    with Engine(environment.database_url, keys=environment.keys) as engine:
        url = engine.storage.url
        yield Finding("database", True, f"{url.get_backend_name()}, version {_version(engine)}")
        for name, title, _setting in engine.communities():
            head = engine.head(name)
            yield Finding(f"community {name}", True, f"{title}, {head.seq} records")
            standing = engine.matter(name).standing
            for gone in {*standing.plugins}.difference(engine.registry.packages, standing.retired):
                yield Finding(f"community {name}", False, f"{gone}: {GONE}")
            late = _clock_behind(head.at)
            if late:
                yield Finding(f"community {name}", False, late)
        if url.get_backend_name() == "sqlite" and url.database:
            free = shutil.disk_usage(Path(url.database).absolute().parent).free
            yield Finding("disk", free >= LEAST_FREE, f"{free // 2**20} MB free")


def _version(engine: Engine) -> str:
    return engine.storage.version() or "none"


def _clock_behind(at: str) -> str:
    if at and at > datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.999Z"):
        return f"the last record is of {at}: the clock of this machine is behind"
    return ""


def _key_file(environment: Environment) -> Iterator[Finding]:
    url = read_address(environment.database_url)
    path = environment.keys or Path(f"{url.database}.keys")
    if not path.is_file():
        yield Finding("keys", None, f"{path} is not there yet")
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding("keys", False, f"others could read {path}; back-ups of it may lie about")
    else:
        yield Finding("keys", True, str(path))


def _plugins(environment: Environment) -> Iterator[Finding]:
    with warnings.catch_warnings(record=True) as old:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", Leaving)
        plugins = installed()
        found = list(describe(build(plugins)))
        if find_spec("starlette"):
            from wugong_server.plugins import Pages, installed_pages

            Pages(installed_pages(plugins))
    for one in found:
        used = ", ".join(one["hooks"]) or "no hook"
        yield Finding(f"plugin {one['name']}", True, f"{used} (hooks v{API_VERSION})")
    for leaving in old:
        yield Finding("hooks", None, f"{leaving.message} ({leaving.filename}:{leaving.lineno})")


def _packs(environment: Environment) -> Iterator[Finding]:
    read = local.read(environment.packs)
    for one in read:
        yield Finding("local pack", True, local.told(*one))
    if environment.packs is not None and not read:
        yield Finding("local packs", None, f"no *.toml in {environment.packs}")


def _calendar(environment: Environment) -> Iterator[Finding]:
    if environment.calendar is None:
        yield Finding("calendar", None, "none (WUGONG_CALENDAR): working days know weekends alone")
        return
    years, this = sorted(open_calendar(environment.calendar).years), datetime.now(UTC).year
    has = ", ".join(map(str, years)) or "no year"
    yield Finding("calendar", this in years, has if this in years else f"{has}; {this} is missing")


def _exposure(environment: Environment) -> Iterator[Finding]:
    local = environment.host in ("127.0.0.1", "::1", "localhost")
    if not local and not environment.base_url.startswith("https://"):
        yield Finding(
            "address",
            False,
            f"listens on {environment.host} without WUGONG_BASE_URL=https://…; "
            "passwords would travel in clear",
        )
    if not local and "*" in environment.trusted_hosts:
        yield Finding("hosts", False, "WUGONG_TRUSTED_HOSTS names nobody; name the public host")


LOOKS: tuple[Callable[[Environment], Iterator[Finding]], ...] = (
    _machine,
    _database,
    _plugins,
    _packs,
    _calendar,
    _exposure,
)
