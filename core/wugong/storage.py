"""The database: opened with safe settings or not at all, read and written through two doors."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Text, create_engine, event, func, inspect, text
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine import Engine as Pool
from sqlalchemy.exc import ArgumentError, DBAPIError, TimeoutError
from sqlalchemy.orm import Mapped
from sqlalchemy.pool import StaticPool

from wugong.errors import Misconfigured, Overloaded, Uncertain
from wugong.tables import metadata
from wugong.words import N_

T = TypeVar("T")
log = logging.getLogger("wugong")

SCHEMA = "wugong"  # of our own, on PostgreSQL
VERSION_TABLE = "wugong_version"
HEAD = "0003"
KNOWN = ("0001", "0002", "0003")
NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "ceph", "glusterfs")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
BUSY_SECONDS = 5  # that a write waits for another
WRITER_CACHE_KIB = 32 * 1024
APPLICATION_ID = 0x57553530  # "WU50", so that tools tell our files from others


def read_address(address: str) -> URL:
    """Read the address of a database; ``Misconfigured`` says how one is written."""
    how = "write sqlite:///wugong.sqlite3 or postgresql://user:password@host/name"
    try:
        url = make_url(address)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise Misconfigured(f"this is no address of a database; {how}") from None
    if backend not in ("sqlite", "postgresql"):
        raise Misconfigured(f"{backend}: only SQLite and PostgreSQL are supported; {how}")
    return _discreet(url)


def _discreet(url: URL) -> URL:
    """Move a password from the query to where whoever prints an address masks it."""
    password = url.query.get("password")
    if not isinstance(password, str):
        return url
    return url.difference_update_query(["password"]).set(password=password)


class Storage:
    """A database of ours; ``demonstration=True`` tolerates unsafe settings and says so."""

    def __init__(self, address: str, *, demonstration: bool = False) -> None:
        self.url = read_address(address)
        self.demonstration = demonstration
        self.is_postgres = self.url.get_backend_name() == "postgresql"
        self.is_memory = not self.is_postgres and self.url.database in (None, "", ":memory:")
        # One connection serves an in-memory database, so readers and the writer take turns.
        self._turn = threading.RLock() if self.is_memory else None
        self._pid = os.getpid()
        self._reading = threading.local()
        self.has_traces = False
        self.pool = self._open()
        self.writing = self._open_writing()
        self.insert = postgresql.insert if self.is_postgres else sqlite.insert

    def _open(self) -> Pool:
        if self.is_postgres:
            pool = create_engine(
                self.url.set(drivername="postgresql+psycopg"),
                pool_size=20,
                max_overflow=20,
                pool_pre_ping=False,
                isolation_level="READ COMMITTED",
                connect_args={"options": "-c lock_timeout=20000 -c statement_timeout=60000"},
            )
            return pool.execution_options(schema_translate_map={None: SCHEMA})
        self._check_place()
        more: dict[str, Any] = {"poolclass": StaticPool} if self.is_memory else {"pool_size": 20}
        pool = create_engine(self.url, connect_args={"check_same_thread": False}, **more)
        event.listen(pool, "connect", self._prepare_sqlite)
        event.listen(pool, "begin", _begin_sqlite)
        return pool

    def _open_writing(self) -> Pool:
        """Return what writes go through: on SQLite, where one writes at a time, one connection.

        What it knows of the file stays good from one write to the next. A connection that finds
        that another has written reads all its pages anew.
        """
        if self.is_postgres or self.is_memory:
            return self.pool
        wait = {"pool_size": 1, "max_overflow": 0, "pool_timeout": BUSY_SECONDS}
        pool = create_engine(self.url, connect_args={"check_same_thread": False}, **wait)
        event.listen(pool, "connect", self._prepare_sqlite)
        event.listen(pool, "connect", _give_room)
        event.listen(pool, "begin", _begin_sqlite)
        return pool

    def _check_place(self) -> None:
        if self.is_memory or self.demonstration:
            return
        folder = Path(self.url.database or "").absolute().parent
        if not folder.is_dir():
            raise Misconfigured(
                N_("the folder of the database does not exist: {folder}"), folder=folder
            )
        if (kind := _file_system(folder)) in NETWORK:
            raise Misconfigured(
                N_(
                    "SQLite on a network file system ({kind}) can lose ballots; "
                    "use a local disk or PostgreSQL"
                ),
                kind=kind,
            )

    def _prepare_sqlite(self, connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, see _begin_sqlite
        cursor = connection.cursor()
        for name, value in (
            ("busy_timeout", str(int(BUSY_SECONDS * 1000))),
            ("journal_mode", "WAL"),
            ("synchronous", "FULL"),
            ("foreign_keys", "ON"),
            ("trusted_schema", "OFF"),
            ("secure_delete", "ON"),
            ("temp_store", "MEMORY"),  # what a statement may have to undo goes to no file
            ("journal_size_limit", "67108864"),
        ):
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.execute("PRAGMA synchronous")
        if cursor.fetchone()[0] != 2 and not self.demonstration:
            raise Misconfigured("SQLite does not keep synchronous=FULL; ballots could be lost")
        cursor.close()

    def renew_after_fork(self) -> None:
        """Leave the parent's connections alone in a forked child."""
        if os.getpid() != self._pid:
            self.pool.dispose(close=False)
            self.writing.dispose(close=False)
            self._pid = os.getpid()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading; ``Overloaded`` while the database is away."""
        self.renew_after_fork()
        if (held := self._held()) is not None:
            with _told_when_away(), self._again_after_error():
                yield held
            return
        with _told_when_away(), self._turn or nullcontext(), self.pool.connect() as connection:
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let this thread read through one connection until the end.

        To begin and end a transaction for each statement costs more than the statement; on SQLite
        all is read as of one moment, or of this thread's last write.
        """
        if self.is_memory or self._held() is not None:
            yield
            return
        self.renew_after_fork()
        with _told_when_away(), self.pool.connect() as connection:
            self._reading.connection, self._reading.known = connection, {}
            try:
                yield
            finally:
                self._reading.connection = self._reading.known = None

    def in_one(self, column: Mapped[str]) -> ColumnElement[str | None]:
        """Return what reads all of a column as one JSON array.

        Between two rows SQLite lets others compute; each time a long list waits for its turn.
        """
        if self.is_postgres:
            return sql_cast(func.json_agg(column), Text)
        return func.json_group_array(column)

    def once(self, what: Hashable, ask: Callable[[], T]) -> T:
        """Ask for something, while this thread reads together no second time."""
        known: dict[Hashable, T] | None = getattr(self._reading, "known", None)
        if known is None:
            return ask()
        if what not in known:
            known[what] = ask()
        return known[what]

    def look_again(self) -> None:
        """Let this thread see what was written since it began to read together."""
        if (held := self._held()) is not None:
            self._reading.known.clear()
            held.rollback()

    @contextmanager
    def _again_after_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.look_again()  # PostgreSQL answers nothing more in a transaction that failed
            raise

    def _held(self) -> Connection | None:
        return getattr(self._reading, "connection", None)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in a write transaction: committed at the end, rolled back on error.

        ``Overloaded`` while the database is away, ``Uncertain`` where it went away during the
        commit: whoever sends the same again under the same key learns how that ended.
        """
        self.renew_after_fork()
        with _told_when_away(), self._turn or nullcontext(), self.writing.connect() as plain:
            connection, committing = plain.execution_options(wugong_write=True), False
            try:
                with connection.begin():
                    yield connection
                    committing = True
            except DBAPIError as error:
                if committing and not _left_nothing(error):
                    raise Uncertain(str(error.orig)) from error
                raise
            finally:
                self.look_again()

    def lock(self, connection: Connection, community: str) -> None:
        """Hold the community until the transaction ends; the head is read after this."""
        if self.is_postgres:
            connection.execute(_LOCK, {"name": f"wugong/{community}"})

    def leave_no_trace(self) -> None:
        """After a box was emptied: rewrite it and cut off the log that still holds old pages.

        Where a reader holds them just now ``has_traces`` says so, and it is to be done again.
        """
        try:
            self.has_traces = not (self._rewritten() if self.is_postgres else self._cut_off())
        except (DBAPIError, sqlite3.Error):
            self.has_traces = True
        if self.has_traces:
            log.warning("the log still holds pages of an emptied box; the next tick cuts them off")

    def _rewritten(self) -> bool:
        with self.pool.connect() as plain:
            connection = plain.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text(f"VACUUM FULL {SCHEMA}.wugong_box"))
        return True

    def _cut_off(self) -> bool:
        if self.is_memory:
            return True
        raw = self.pool.raw_connection()  # a checkpoint cannot run in a transaction
        try:
            busy, *_pages = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
        finally:
            raw.close()

    # Set-up

    def prepare(self) -> None:
        """Create the tables in an empty database; refuse an old, a newer or an unsafe one."""
        if self.is_postgres:
            self._check_postgres()
        found = self.version()
        if found is None:
            self._create()
        elif found not in KNOWN:
            raise Misconfigured(
                N_(
                    "the database is newer than this program (its version is {found}, "
                    "known up to {head}); install the newer wugong"
                ),
                found=found,
                head=HEAD,
            )
        elif found != HEAD:
            raise Misconfigured(
                N_(
                    "the database has version {found}, this program needs {head}: "
                    "run wugong migrate"
                ),
                found=found,
                head=HEAD,
            )

    def version(self) -> str | None:
        """Return the schema version of the database, ``None`` where it is empty."""
        with self.read() as connection:
            schema = SCHEMA if self.is_postgres else None
            if not inspect(connection).has_table(VERSION_TABLE, schema=schema):
                return None
            table = f"{SCHEMA}.{VERSION_TABLE}" if self.is_postgres else VERSION_TABLE
            found = connection.execute(text(f"SELECT version_num FROM {table}")).scalar()
            return str(found) if found is not None else None

    def _create(self) -> None:
        with self.write() as connection:
            table = VERSION_TABLE
            if self.is_postgres:
                connection.execute(text("SELECT pg_advisory_xact_lock(5005)"))
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
                table = f"{SCHEMA}.{VERSION_TABLE}"
                if inspect(connection).has_table(VERSION_TABLE, schema=SCHEMA):
                    return  # another process was quicker
            else:
                connection.execute(text(f"PRAGMA application_id={APPLICATION_ID}"))
                if inspect(connection).has_table(VERSION_TABLE):
                    return
            metadata.create_all(connection)
            connection.execute(
                text(f"CREATE TABLE {table} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
            )
            connection.execute(text(f"INSERT INTO {table} VALUES (:v)"), {"v": HEAD})

    def _check_postgres(self) -> None:
        try:
            with self.read() as connection:
                for name in ("fsync", "full_page_writes", "synchronous_commit"):
                    value = connection.execute(text(f"SHOW {name}")).scalar()
                    if value in ("off", "local") and not self.demonstration:
                        raise Misconfigured(
                            f"PostgreSQL runs with {name}={value}: acknowledged ballots could be "
                            "lost; turn it on"
                        )
        except (DBAPIError, Overloaded) as error:
            why = getattr(error, "orig", error)
            raise Misconfigured(N_("PostgreSQL cannot be reached: {why}"), why=why) from error

    def migrate(self) -> str:
        """Bring the schema to this program's version and return it; safe to run again."""
        from alembic import command
        from alembic.config import Config

        if self.version() is None:
            self._create()
            return HEAD
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.write() as connection:
            config.attributes["connection"] = connection
            config.attributes["schema"] = SCHEMA if self.is_postgres else None
            command.upgrade(config, "head")
        return HEAD

    def dispose(self) -> None:
        """Close all connections."""
        self.pool.dispose()
        self.writing.dispose()


@contextmanager
def _told_when_away() -> Iterator[None]:
    """Turn it into ``Overloaded`` that a connection is lost or cannot be had, and on SQLite that
    another program writes for too long or the disk is full."""
    try:
        yield
    except TimeoutError as error:
        raise Overloaded(str(error)) from error
    except DBAPIError as error:
        # Without a statement it was the connecting itself that failed.
        away = error.connection_invalidated or error.statement is None
        if not away and _sqlite_code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL):
            raise
        raise Overloaded(str(error.orig)) from error


def _sqlite_code(error: DBAPIError) -> int | None:
    """Return what SQLite calls an error; nothing for one of another database."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _left_nothing(error: DBAPIError) -> bool:
    """Tell whether a commit that failed like this has certainly left nothing.

    PostgreSQL says so by answering at all. SQLite does when there was no room or a lock; after an
    error of the disk the records may stand in its log, unsynced.
    """
    code = _sqlite_code(error)
    if code is None:
        return not error.connection_invalidated
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CONSTRAINT)


def _give_room(connection: Any, _record: Any) -> None:
    """Let a connection keep much of the file in memory."""
    connection.execute(f"PRAGMA cache_size={-WRITER_CACHE_KIB}")


def _begin_sqlite(connection: Connection) -> None:
    """Begin writing at once: a deferred BEGIN that reads first and then writes dies of locks."""
    writes = connection.get_execution_options().get("wugong_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _file_system(folder: Path) -> str:
    """Return the kind of file system that holds ``folder``; ``""`` where it cannot be told."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for line in mounts:
        _device, place, its_kind, *_rest = line.split(" ")
        if (str(folder) + "/").startswith(place.rstrip("/") + "/") and len(place) >= len(best):
            best, kind = place, its_kind
    return kind
