"""A program that records acts one after the other and says when each is acknowledged.

Run by test_synced under a trace of system calls: ``python synced.py DATABASE KEYS COUNT [loose]``.
"""

from __future__ import annotations

import os
import sys

from tests.core.shop import SHOP, Given
from wugong import Engine
from wugong.storage import Storage


def main() -> None:
    database, keys, count = sys.argv[1:4]
    with Engine(database, {"shop": SHOP}, keys=keys) as engine:
        if "loose" in sys.argv:  # as an unsafe set-up would: what the trace must then notice
            loosen(engine.storage)
        for number in range(int(count)):
            engine.record("wutong", Given(to=(str(number),), points=1), by="wang")
            os.write(1, f"acknowledged {number}\n".encode())


def loosen(storage: Storage) -> None:
    """Let every connection acknowledge before its bytes are on the disk."""
    from sqlalchemy import event

    def set_normal(connection: object, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")  # type: ignore[attr-defined]

    event.listen(storage.writing, "checkout", set_normal)


if __name__ == "__main__":
    main()
