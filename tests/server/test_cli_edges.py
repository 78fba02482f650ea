"""What only a real machine shows: unsafe storage, and rosters as committees write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.commanding import run
from wugong_server.commands import console

pytestmark = pytest.mark.usefixtures("surroundings")


@pytest.mark.postgres
def test_unsafe_storage_stops_the_start_with_a_message(
    postgres_cluster: object, tmp_path: Path
) -> None:
    from tests.support.postgres import Cluster

    assert isinstance(postgres_cluster, Cluster)
    with postgres_cluster.new_database() as url:
        name = url.rpartition("/")[2]
        postgres_cluster.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        where = ("--database", url, "--keys", str(tmp_path / "keys"))
        ended = run("serve", "--port", "0", *where)
        assert ended.code == console.SETUP
        assert "synchronous_commit=off" in ended.err and "lost" in ended.err


@pytest.mark.parametrize("command", ["check", "doctor", "verify"])
def test_a_path_instead_of_an_address_is_told_with_how_one_is_written(command: str) -> None:
    ended = run(command, "--database", "wutong.sqlite3")
    said = ended.out + ended.err  # doctor tells it among the rest
    assert ended.code in (console.SETUP, console.FOUND)
    assert "write sqlite:///wugong.sqlite3" in said and "Traceback" not in said


@pytest.mark.parametrize("measure", ["area", "heads", "households"])
def test_a_roster_needs_neither_stair_nor_group(measure: str) -> None:
    text = {
        "area": "房号,姓名,面积\n101,张三,80\n",
        "heads": "姓名\n张三\n",
        "households": "户,姓名\n5号,张三\n",
    }[measure]
    assert run("found", "wutong", "--title", "x").code == 0
    Path("owners.csv").write_text(text, encoding="utf-8")
    ended = run("import-roster", "wutong", "r", "owners.csv", "--measure", measure, "--write")
    assert (ended.code, ended.err) == (0, "")


def test_a_community_that_is_not_there_is_told_with_the_database_that_was_looked_in() -> None:
    assert run("found", "wutong", "--title", "x").code == 0
    ended = run("export", "wutung")
    assert ended.code != 0 and "no community 'wutung' in sqlite:///" in ended.err
    assert "known: wutong" in ended.err
