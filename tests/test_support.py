"""The databases and the browser that other tests are given are what they claim to be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from tests.support import postgres

ROOT = Path(__file__).parents[1]


def test_a_database_is_empty_and_writable(database: str) -> None:
    engine = sa.create_engine(database)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == []
        connection.execute(sa.text("CREATE TABLE written (word VARCHAR(20))"))
        connection.execute(sa.text("INSERT INTO written VALUES ('五共')"))
        assert connection.scalar(sa.text("SELECT word FROM written")) == "五共"
    engine.dispose()


def test_postgresql_keeps_what_it_acknowledges(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            assert connection.scalar(sa.text(f"SHOW {setting}")) == "on"
        assert connection.scalar(sa.text("SHOW server_encoding")) == "UTF8"
    engine.dispose()


def test_a_database_is_dropped_while_somebody_is_connected(
    postgres_cluster: postgres.Cluster,
) -> None:
    with postgres_cluster.new_database() as url:
        engine = sa.create_engine(url)
        connection = engine.connect()
        connection.execute(sa.text("SELECT 1"))
    with pytest.raises(sa.exc.OperationalError):
        connection.execute(sa.text("SELECT 1"))
    connection.invalidate()
    engine.dispose()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_browser_renders_a_page(browser: Browser, script: bool) -> None:
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    page.set_content("<h1>五共</h1><script>document.title = 'ran'</script>")
    assert page.inner_text("h1") == "五共"
    assert page.title() == ("ran" if script else "")
    context.close()


def test_the_last_lines_say_how_many_tests_are_left_to_a_soak() -> None:
    # A worker of xdist leaves one out of this file; the last lines are those of its controller.
    named = ["tests/core/test_synced.py", "-k", "the_name_of_no_test", "-p", "no:cacheprovider"]
    asked = [sys.executable, "-m", "pytest", "-q", "-n", "1", *named]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert [line for line in told.stdout.splitlines() if "make soak" in line] == [
        "tests left to `make soak`: 1"
    ]
