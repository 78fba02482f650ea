"""Rehearsals on PostgreSQL: a database for each that is open at once, emptied for the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support import postgres
from wugong.storage import SCHEMA, Storage
from wugong.tables import metadata
from wugong.testing import Rehearsal

EMPTY = "; ".join(f"DELETE FROM {SCHEMA}.{table}" for table in metadata.tables)


class Databases:
    """The databases of a test process, those that nobody rehearses on at the front."""

    def __init__(self, cluster: postgres.Cluster, folder: Path) -> None:
        self._cluster, self._folder, self._opened = cluster, folder, ExitStack()
        self._free: list[str] = []
        self._keys = count(1)  # a file for each rehearsal: those of an earlier one were used up

    @contextmanager
    def lent(self, patch: pytest.MonkeyPatch) -> Iterator[None]:
        """Keep every rehearsal that begins meanwhile on a database of its own, then end them."""
        lent: list[tuple[Rehearsal, str]] = []

        def kept(rehearsal: Rehearsal) -> dict[str, Any]:
            database = self._free.pop() if self._free else self._new()
            lent.append((rehearsal, database))
            return {"database": database, "keys": self._folder / f"{next(self._keys)}.keys"}

        with patch.context() as patched:
            patched.setattr(Rehearsal, "kept", kept)
            yield
        for rehearsal, database in lent:
            if hasattr(rehearsal, "engine"):  # which its options may have stopped
                rehearsal.engine.close()
            self._free.append(self._emptied(database))

    def close(self) -> None:
        """Drop the databases."""
        self._opened.close()

    def _new(self) -> str:
        database = self._opened.enter_context(self._cluster.new_database())
        storage = Storage(database)
        storage.prepare()  # an engine that does not start has made no tables to be emptied
        storage.dispose()
        return database

    def _emptied(self, database: str) -> str:
        with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(EMPTY)
        return database
