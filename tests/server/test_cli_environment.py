"""What a command takes from its environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from wugong_server.environment import read_environment


@pytest.mark.parametrize(
    ("database", "keys"),
    [
        pytest.param("sqlite:///w.sqlite3", None, id="beside an SQLite file, as the engine does"),
        pytest.param("postgresql://127.0.0.1/w", Path("wugong.keys"), id="here for PostgreSQL"),
    ],
)
def test_people_s_keys_have_a_place(
    database: str, keys: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WUGONG_KEYS", raising=False)
    assert read_environment(database_url=database).keys == keys
    assert read_environment(database_url=database, keys="k").keys == Path("k")
