"""``wugong restore``: a back-up becomes a database again, and is proved to be whole."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from wugong import N_, Engine
from wugong.storage import HEAD, KNOWN, Storage
from wugong_server.commands.backup import (
    FORMAT,
    KEYS_COPY,
    MANIFEST,
    POSTGRES_COPY,
    SQLITE_COPY,
    describe,
    run_postgres,
)
from wugong_server.commands.console import (
    FOUND,
    SETUP,
    as_json,
    aside,
    in_words,
    print_json,
    progress,
    say,
    stop,
    tell,
    warn,
    with_database,
)
from wugong_server.commands.verify import told, verify
from wugong_server.environment import Environment, read_environment


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_database
@as_json
def command(source: Path, database: str | None, keys: str | None, in_json: bool) -> int:
    """Restore the folder SOURCE, made by `wugong backup`, into a database that is not there yet.

    Refuses a back-up of a newer program and files that do not have the hashes of the manifest;
    at the end every journal is recomputed and compared with the heads of the manifest. A key
    file that is there already is kept, so that people erased since the back-up stay erased.
    """
    environment = read_environment(database_url=database, keys=keys)
    manifest = _manifest(source)
    if manifest["schema"] not in KNOWN:
        warn(
            N_(
                "the back-up is of a newer program (database version {found}, known up to {head}); "
                "install the newer wugong first"
            ),
            found=manifest["schema"],
            head=HEAD,
        )
        return SETUP
    with progress(in_words(N_("looking through the files"))):
        wrong = _differing(source, manifest)
    if wrong:
        warn(N_("not restored: {file} is not the file that was backed up"), file=wrong)
        return FOUND
    with progress(in_words(N_("restoring"))):
        kept = _restore_files(source, manifest, environment)
        migrated = _migrate(environment, manifest)
    if not kept and KEYS_COPY not in manifest["files"]:
        warn(N_("the back-up has no keys: sealed texts stay unreadable without the key file"))
    found = _prove(environment, manifest)
    if in_json:
        print_json({"kept_keys": kept or None, "migrated": migrated or None, "journals": found})
    else:
        _tell(manifest, kept, migrated, found)
    return 0 if all(one["fits"] for one in found) else FOUND


def _tell(
    manifest: dict[str, Any], kept: str, migrated: str, found: Sequence[dict[str, Any]]
) -> None:
    if kept:
        tell(
            N_("the key file {file} was there and is kept; people erased since then stay erased"),
            file=kept,
        )
    if migrated:
        tell(N_("migrated from {found} to {head}"), found=manifest["schema"], head=migrated)
    for one in found:
        (say if one["fits"] else aside)(told(one))


def _manifest(source: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        known = found["format"] == FORMAT and found["database"] in ("sqlite", "postgresql")
        complete = {"schema", "files", "heads"} <= found.keys()
    except (OSError, ValueError, KeyError, TypeError):
        known = complete = False
        found = {}
    if not known or not complete:
        stop(N_("{source} is no back-up of wugong: its manifest is not there"), source=source)
    return found


def _differing(source: Path, manifest: dict[str, Any]) -> str:
    """Return the first file that is not as the manifest says, or ``""``."""
    for name, its in manifest["files"].items():
        path = source / name
        if Path(name).name != name or not path.is_file() or dict(describe(path)) != its:
            return str(name)
    wanted = SQLITE_COPY if manifest["database"] == "sqlite" else POSTGRES_COPY
    return "" if wanted in manifest["files"] else wanted


def _restore_files(source: Path, manifest: dict[str, Any], environment: Environment) -> str:
    """Put the files in their places; return the key file that was kept, or ``""``."""
    storage = Storage(environment.database_url)
    try:
        kind = storage.url.get_backend_name()
        if kind != manifest["database"]:
            stop(
                N_("the back-up is of {found}, not of {kind}"),
                found=manifest["database"],
                kind=kind,
            )
        if storage.is_postgres:
            if storage.version() is not None:
                stop(N_("the database is not empty; restore into a new one"))
            keys = environment.keys
            if keys is None:
                stop(N_("say where people's keys go: --keys FILE"))
        else:
            database = Path(storage.url.database or "")
            if database.exists():
                stop(N_("{file} exists already; move it away first"), file=database)
            keys = environment.keys or Path(f"{database}.keys")
    finally:
        storage.dispose()
    kept = _restore_keys(source, keys)
    if manifest["database"] == "postgresql":
        command = ["pg_restore", "--single-transaction", "--exit-on-error", "--no-owner"]
        run_postgres([*command, str(source / POSTGRES_COPY)], storage.url)
    else:
        _place(source / SQLITE_COPY, database)
    return kept


def _restore_keys(source: Path, keys: Path) -> str:
    if keys.exists():
        return str(keys)
    if (source / KEYS_COPY).exists():
        _place(source / KEYS_COPY, keys)
    return ""


def _place(copy: Path, target: Path) -> None:
    """Copy a file to its place: it is there whole, or not at all."""
    beside = target.with_name(target.name + ".part")
    shutil.copyfile(copy, beside)
    beside.chmod(0o600)
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    beside.rename(target)


def _migrate(environment: Environment, manifest: dict[str, Any]) -> str:
    """Bring an older database to the form of this program; return that version, or ``""``."""
    if manifest["schema"] == HEAD:
        return ""
    storage = Storage(environment.database_url)
    try:
        return storage.migrate()
    finally:
        storage.dispose()


def _prove(environment: Environment, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Recompute every journal and look for the head that the manifest promises."""
    found = []
    with Engine(environment.database_url, keys=environment.keys) as engine:
        for community, promised in manifest["heads"].items():
            one = verify(engine, community, ())
            if one["fits"] and not _holds(engine, community, promised):
                what = N_("of the back-up is not there")
                one |= {"fits": False, "record": promised["seq"], "what": what}
            found.append(one)
    return found


def _holds(engine: Engine, community: str, promised: dict[str, Any]) -> bool:
    record = next(iter(engine.export(community, after=promised["seq"] - 1)), None)
    return record is not None and record["digest"] == promised["digest"]
