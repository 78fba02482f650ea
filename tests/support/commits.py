"""A database that goes away during one commit, before or after it wrote it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from wugong import Engine


@contextmanager
def lost_commit(engine: Engine, *, written: bool) -> Iterator[None]:
    """Let the answer of the next commit be lost, as its driver would say it."""
    error: Exception = psycopg.OperationalError("server closed the connection unexpectedly")
    if not engine.storage.is_postgres:
        error = said_by_sqlite(sqlite3.SQLITE_IOERR_FSYNC)
    with ending_commit(engine, error, written=written):
        yield


@contextmanager
def ending_commit(engine: Engine, error: Exception, *, written: bool = False) -> Iterator[None]:
    """Let the next commit end with an error of the driver."""
    dialect, errors = engine.storage.writing.dialect, [error]
    commit = dialect.do_commit

    def end(connection: Any) -> None:
        if written or not errors:
            commit(connection)
        if errors:
            if "closed the connection" in str(error):
                connection.driver_connection.close()
            raise errors.pop()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dialect, "do_commit", end)
        yield
    assert not errors, "nothing was committed"


def said_by_sqlite(code: int) -> sqlite3.OperationalError:
    """Return an error of SQLite with its code."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error
