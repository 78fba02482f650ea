"""The vault: personal and confidential texts, each under the key of the person it belongs to.

The journal holds ``{id, commitment}``; the database holds salt and text encrypted; the keys are in
a file of their own. Dropping a person's key makes all their texts unreadable, backups included.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wugong.errors import Misconfigured
from wugong.schema import Sealed
from wugong.storage import Storage

TAG = b"wugong/sealed/v1\0"
Random = Callable[[int], bytes]
Whose = tuple[str, str]  # community, member


class Keys(Protocol):
    """Where the keys of people and of secret polls are kept: apart from the database."""

    def ensure(self, whose: Iterable[Whose]) -> Mapping[Whose, bytes]:
        """Return the keys, made durably where there was none; a dropped one stays dropped."""
        ...

    def get(self, whose: Iterable[Whose]) -> Mapping[Whose, bytes]:
        """Return the keys that there are."""
        ...

    def drop(self, whose: Whose) -> None:
        """Destroy a key for good."""
        ...


class MemoryKeys:
    """Keys of an in-memory database."""

    def __init__(self) -> None:
        self._keys: dict[Whose, bytes] = {}
        self._dropped: set[Whose] = set()

    def ensure(self, whose: Iterable[Whose]) -> Mapping[Whose, bytes]:
        """Return the keys, made where there was none."""
        return {
            one: self._keys.setdefault(one, os.urandom(32))
            for one in whose
            if one not in self._dropped
        }

    def get(self, whose: Iterable[Whose]) -> Mapping[Whose, bytes]:
        """Return the keys that there are."""
        return {one: self._keys[one] for one in whose if one in self._keys}

    def drop(self, whose: Whose) -> None:
        """Destroy a key."""
        self._keys.pop(whose, None)
        self._dropped.add(whose)


class FileKeys:
    """Keys in an SQLite file of their own, synced before the text that needs them is stored."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._cache: dict[Whose, bytes] = {}
        self._pid = 0
        self._open()
        path.chmod(0o600)

    def _open(self) -> sqlite3.Connection:
        if self._pid != os.getpid():
            self._db = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
            for pragma in ("synchronous=FULL", "secure_delete=ON", "busy_timeout=5000"):
                self._db.execute(f"PRAGMA {pragma}")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS person_key (community TEXT, member TEXT, key BLOB, "
                "PRIMARY KEY (community, member)) WITHOUT ROWID"
            )
            self._pid = os.getpid()
        return self._db

    def close(self) -> None:
        """Close the file; it opens again when a key is asked for."""
        with self._lock:
            if self._pid == os.getpid():
                self._db.close()
            self._pid = 0
            self._cache.clear()

    def ensure(self, whose: Iterable[Whose]) -> Mapping[Whose, bytes]:
        """Return the keys, made and synced where there was none."""
        wanted = set(whose)
        with self._lock:
            self._read(wanted)  # from the file: another process may have dropped one
            if new := sorted(wanted - self._cache.keys()):
                db = self._open()
                try:
                    db.execute("BEGIN IMMEDIATE")
                    db.executemany(
                        "INSERT INTO person_key VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                        [(*one, os.urandom(32)) for one in new],
                    )
                    db.execute("COMMIT")
                except BaseException:
                    if db.in_transaction:  # a full disk has ended it already
                        db.execute("ROLLBACK")
                    raise
                self._read(new)
            return {one: self._cache[one] for one in wanted if one in self._cache}

    def get(self, whose: Iterable[Whose]) -> Mapping[Whose, bytes]:
        """Return the keys that there are."""
        wanted = set(whose)
        with self._lock:
            self._read(wanted)  # always from the file: another process may have dropped one
            return {one: self._cache[one] for one in wanted if one in self._cache}

    def drop(self, whose: Whose) -> None:
        """Destroy a key; an empty one stays in its place, so that none is ever made again."""
        with self._lock:
            self._open().execute(
                "INSERT INTO person_key VALUES (?, ?, x'') "
                "ON CONFLICT (community, member) DO UPDATE SET key = x''",
                whose,
            )
            self._cache.pop(whose, None)

    def _read(self, wanted: Iterable[Whose]) -> None:
        db = self._open()
        for one in wanted:
            row = db.execute(
                "SELECT key FROM person_key WHERE community = ? AND member = ?", one
            ).fetchone()
            if row and row[0]:
                self._cache[one] = bytes(row[0])
            else:
                self._cache.pop(one, None)


def keys_for(storage: Storage, keys: str | Path | Keys | None) -> Keys:
    """Return where people's keys are kept: as told, else beside SQLite; PostgreSQL must be told."""
    if keys is not None and not isinstance(keys, str | Path):
        return keys
    if keys is not None:
        return FileKeys(Path(keys))
    if storage.is_memory:
        return MemoryKeys()
    if storage.is_postgres:
        raise Misconfigured(
            "say where people's keys are kept, apart from the database: keys='/path/wugong.keys'"
        )
    return FileKeys(Path(f"{storage.url.database}.keys"))


def close(text: str, subject_key: bytes, random: Random) -> tuple[Sealed[str], bytes]:
    """Seal a text: return what the journal keeps, and the cipher that the vault keeps."""
    salt = random(32)
    made: Sealed[str] = Sealed(random(16).hex(), commitment(salt, text), None)
    nonce = os.urandom(12)
    cipher = AESGCM(subject_key).encrypt(nonce, salt + text.encode(), made.id.encode())
    return made, nonce + cipher


def commitment(salt: bytes, text: str) -> str:
    """Return the commitment to a text under a salt."""
    return hashlib.sha256(TAG + salt + text.encode()).hexdigest()


def unseal(row: Any, key: bytes | None, expected: str) -> str | None:
    """Return the text of a vault row, ``None`` when its key is gone; ValueError if changed."""
    if not key:
        return None
    try:
        plain = AESGCM(key).decrypt(row.cipher[:12], row.cipher[12:], row.id.encode())
    except InvalidTag:
        raise ValueError(f"the sealed text {row.id} was changed in the database") from None
    salt, text = plain[:32], plain[32:].decode()
    if commitment(salt, text) != expected:
        raise ValueError(f"the sealed text {row.id} is not the one that was recorded")
    return text
