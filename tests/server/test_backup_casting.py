"""Backing up while people cast: each copy is whole and holds all that was acknowledged before."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks import estate
from tests.server.test_killed_serving import CLIENTS, UNITS, Casting, cast, cluster_of
from tests.support.nursery import nursery
from tests.support.postgres import Cluster
from wugong import Engine
from wugong_server import cli


@contextmanager
def casting_on(place: tuple[str, str]) -> Iterator[Casting]:
    """Let people cast without a pause until the end of the block; then their server is killed."""
    casting = Casting(estate.build(*place, UNITS))

    async def everybody(port: int) -> None:
        await asyncio.gather(*(cast(casting, port, number) for number in range(CLIENTS)))

    with nursery(*place) as servers:
        process, port = servers.start()
        people = threading.Thread(target=lambda: asyncio.run(everybody(port)))
        people.start()
        try:
            yield casting
        finally:
            servers.kill(process)
            people.join()


@contextmanager
def another(cluster: Cluster | None, path: Path) -> Iterator[str]:
    """Give the address of an empty database."""
    if cluster is None:
        yield f"sqlite:///{path}"
        path.unlink()
    else:
        with cluster.new_database() as address:
            yield address


def back_up_while_casting(
    place: tuple[str, str], folder: Path, cluster: Cluster | None, times: int
) -> str:
    """Back up and restore some times while people cast; return what it came to."""
    most = 0
    with casting_on(place) as casting:
        for number in range(times):
            while len(casting.answers) < most + CLIENTS:
                threading.Event().wait(0.01)
            before = list(casting.answers.values())
            copy, keys = folder / f"copy{number}", folder / f"keys{number}"
            place_of = ["--database", place[0], "--keys", place[1]]
            assert cli.run(["backup", str(copy), *place_of]) == 0
            with another(cluster, folder / "restored.sqlite3") as target:
                assert (
                    cli.run(["restore", str(copy), "--database", target, "--keys", str(keys)]) == 0
                )
                with Engine(target, estate.plugins(), keys=keys) as engine:
                    assert engine.verify(estate.COMMUNITY)[1] is None
                    stored = {r["seq"]: r["digest"] for r in engine.export(estate.COMMUNITY)}
            assert [one for one in before if stored.get(one["seq"]) != one["digest"]] == []
            most = len(before)
    return f"{times} copies while {len(casting.answers)} ballots were cast, each restored whole"


@pytest.mark.slow
def test_every_copy_that_is_made_while_people_cast_is_whole(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    cluster = cluster_of(request, database)
    back_up_while_casting((database, str(tmp_path / "k")), tmp_path, cluster, times=5)


@pytest.mark.soak
def test_every_one_of_fifty_copies_is_whole(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    cluster = cluster_of(request, database)
    print(back_up_while_casting((database, str(tmp_path / "k")), tmp_path, cluster, times=50))
