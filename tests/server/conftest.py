"""What tests of the command line share: a folder of their own and a community in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.commanding import run


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Work in a folder of its own, with nothing said by the environment."""
    kept = ("DATABASE_URL", "WUGONG_DATABASE_URL", "WUGONG_KEYS", "PORT")
    for name in (*kept, "LC_ALL", "LC_MESSAGES", "WUGONG_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def founded(surroundings: None) -> Path:
    """Give a community in the default database of the working folder."""
    assert run("found", "wutong", "--title", "梧桐里（示例）").code == 0
    return Path("wugong.sqlite3")
