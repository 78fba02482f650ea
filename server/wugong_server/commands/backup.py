"""``wugong backup``: a copy of a running server's database and keys, with what proves it whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from sqlalchemy import URL

from wugong import N_, Engine, Misconfigured
from wugong.storage import SCHEMA
from wugong_server.commands.console import (
    as_json,
    in_words,
    opened,
    print_json,
    progress,
    stop,
    tell,
    with_database,
)

FORMAT = "wugong/backup/v1"
SQLITE_COPY, POSTGRES_COPY = "database.sqlite3", "database.dump"
KEYS_COPY, MANIFEST = "keys.sqlite3", "manifest.json"


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@with_database
@as_json
def command(target: Path, database: str | None, keys: str | None, in_json: bool) -> None:
    """Copy database and keys into the new folder TARGET, while the server runs.

    Everything acknowledged before the start is in it. The manifest holds the hash of each file
    and the head of each journal. Keep the keys apart: who has both can read sealed texts. Never
    copy the database file by other means; a copy of a file in use lacks the newest records.
    """
    with opened(database, keys) as (engine, _environment), progress(in_words(N_("backing up"))):
        manifest = back_up(engine, target)
    if in_json:
        print_json(manifest)
        return
    tell(N_("backed up to {target}"), target=target)
    for community, head in manifest["heads"].items():
        tell(
            N_("  {community}: {records} records, head {head}"),
            community=community,
            records=head["seq"],
            head=f"{head['seq']}:{head['digest']}",
        )
    if KEYS_COPY in manifest["files"]:
        tell(N_("Keep {keys} apart: who has both can read sealed texts."), keys=KEYS_COPY)


def back_up(engine: Engine, target: Path) -> dict[str, Any]:
    """Write a back-up and return its manifest; the folder appears once it is whole."""
    if target.exists():
        stop(N_("{target} exists already"), target=target)
    if engine.storage.is_memory:
        raise Misconfigured(N_("a database in memory cannot be backed up"))
    beside = target.with_name(target.name + ".part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700, parents=True)
    try:
        manifest = _fill(engine, beside)
        beside.rename(target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return manifest


def _fill(engine: Engine, folder: Path) -> dict[str, Any]:
    # Heads first, then the database, then the keys: the copy holds all that the manifest
    # promises, and a key for every text in it.
    heads = {name: _head(engine, name) for name, _title, _setting in engine.communities()}
    storage = engine.storage
    if storage.is_postgres:
        kind, copy = "postgresql", folder / POSTGRES_COPY
        _dump(storage.url, copy)
    else:
        kind, copy = "sqlite", folder / SQLITE_COPY
        copy_sqlite(Path(storage.url.database or ""), copy)
    if engine.keys_path is not None:
        copy_sqlite(engine.keys_path, folder / KEYS_COPY)
    manifest = {
        "format": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "program": version("wugong"),
        "schema": storage.version(),
        "database": kind,
        "files": {path.name: describe(path) for path in sorted(folder.iterdir())},
        "heads": heads,
    }
    _write_synced(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
    return manifest


def _head(engine: Engine, community: str) -> dict[str, Any]:
    head = engine.head(community)
    return {"seq": head.seq, "digest": head.digest, "sm3": head.sm3}


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy an SQLite database that others may be writing, whole as of one moment."""
    target.touch(mode=0o600)
    original = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
    copy = sqlite3.connect(target)
    try:
        original.backup(copy, pages=-1)  # in one step: in several, each new record starts it anew
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    finally:
        copy.close()
        original.close()
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _dump(url: URL, target: Path) -> None:
    command = ["pg_dump", "--format=custom", f"--schema={SCHEMA}", "--no-owner", "--no-privileges"]
    target.touch(mode=0o600)
    run_postgres([*command, f"--file={target}"], url)


def run_postgres(command: list[str], url: URL) -> None:
    """Run a tool of PostgreSQL on a database; the password goes by the environment, unseen."""
    plain = url.set(drivername="postgresql", password=None)
    environment = dict(os.environ)
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    address = plain.render_as_string(hide_password=False)
    try:
        done = subprocess.run(
            [*command, f"--dbname={address}"],
            env=environment,
            text=True,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise Misconfigured(
            f"{command[0]} is not installed (on Debian: apt-get install postgresql-client)"
        ) from None
    if done.returncode:
        raise Misconfigured(f"{command[0]} failed: {done.stderr.strip()[-500:]}")


def describe(path: Path) -> Mapping[str, Any]:
    """Return size and SHA-256 of a file."""
    with path.open("rb") as file:
        return {
            "bytes": path.stat().st_size,
            "sha256": hashlib.file_digest(file, "sha256").hexdigest(),
        }


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
