"""A PostgreSQL cluster of the tests' own: made in a temporary folder, gone with the test run."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import NamedTuple

START_SECONDS = 60
USER = "clerk"  # not the name of our schema: a table without it would be found all the same
PR_SET_PDEATHSIG = 1  # Linux, <sys/prctl.h>


class NotStarted(Exception):
    """PostgreSQL did not come up; the message says why."""


def find_binaries() -> Path | None:
    """Return the folder of ``initdb`` and ``postgres``, the newest where there are several."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    installed = Path("/usr/lib/postgresql").glob("*/bin")  # Debian keeps them off the PATH
    folders += sorted(installed, key=lambda path: _number(path.parent.name), reverse=True)
    folders += [Path("/usr/local/pgsql/bin"), Path("/opt/homebrew/opt/postgresql/bin")]
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _number(version: str) -> int:
    return int(version) if version.isdecimal() else 0


@dataclass
class Cluster:
    """A running PostgreSQL, listening on 127.0.0.1 and on a socket in its own folder."""

    folder: Path
    port: int
    binaries: Path
    _names: Iterator[int] = field(default_factory=lambda: count(1))
    _server: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, after a stop too, and wait until it answers."""
        self._server = _start(self.binaries, self.folder, self.port, _account())
        _await_start(self._server, self)

    def stop(self, *, at_once: bool = False) -> None:
        """End it in order; ``at_once`` as if the power failed: nothing is finished or written."""
        if self._server is None:
            return
        # SIGINT is "fast": ends connections, then shuts down cleanly; SIGQUIT is "immediate".
        self._server.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        try:
            self._server.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._server = None

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of ``database``."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def new_database(self) -> Iterator[str]:
        """Make an empty database, yield its address, and drop it whoever is still connected."""
        name = f"wugong_{next(self._names)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run one statement outside any database of a test."""
        import psycopg

        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_cluster(binaries: Path) -> Iterator[Cluster]:
    """Make a cluster, run it durably (fsync stays on), and stop and remove it at the end.

    PostgreSQL refuses to run as root, so root hands it to ``postgres``, or else to ``nobody``.
    """
    folder = Path(tempfile.mkdtemp(prefix="wugong-pg-"))  # short: a socket's path has 107 bytes
    account = _account()
    if account.user is not None and account.group is not None:
        os.chown(folder, account.user, account.group)
    try:
        _initialise(binaries, folder / "data", account)
        cluster = Cluster(folder, _free_port(), binaries)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Account(NamedTuple):
    """Whom PostgreSQL runs as; ``None`` changes nothing."""

    user: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None


def _account() -> _Account:
    if os.geteuid() != 0:
        return _Account()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return _Account(entry.pw_uid, entry.pw_gid, ())
    raise NotStarted("PostgreSQL cannot run as root, and there is no user postgres or nobody")


def _initialise(binaries: Path, data: Path, account: _Account) -> None:
    command = [
        str(binaries / "initdb"),
        *("--pgdata", str(data)),
        *("--username", USER),
        *("--auth", "trust"),
        *("--encoding", "UTF8"),
        *("--locale", "C.UTF-8" if sys.platform == "linux" else "C"),
        "--no-sync",  # only for the copying; the server syncs
    ]
    done = subprocess.run(
        command,
        cwd=data.parent,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        text=True,
        capture_output=True,
        check=False,
        user=account.user,
        group=account.group,
        extra_groups=account.extra_groups,
    )
    if done.returncode:
        raise NotStarted(f"initdb failed: {done.stderr.strip()}")


def _start(binaries: Path, folder: Path, port: int, account: _Account) -> subprocess.Popen[str]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(folder),
        "port": str(port),
        "max_connections": "200",
        "shared_buffers": "64MB",
        "timezone": "UTC",
        "log_min_messages": "warning",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("a") as log:
        return subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(folder / "data"), *options],
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # Ctrl-C stops the tests first, then the fixture stops this
            preexec_fn=_stop_with_parent,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )


def _stop_with_parent() -> None:
    """Ask Linux for a SIGINT when a killed test run leaves the server behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_start(server: subprocess.Popen[str], cluster: Cluster) -> None:
    import psycopg

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            cluster.execute("SELECT 1")
            return
        except psycopg.OperationalError as error:
            log = (cluster.folder / "log").read_text()
            if server.poll() is not None or time.monotonic() > deadline:
                raise NotStarted(f"PostgreSQL did not start: {error}\n{log}") from error
            time.sleep(0.05)
