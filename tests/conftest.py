"""What tests of every folder share: databases, a browser, and the account of what was skipped."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from tests.support import chromium as chromium_support
from tests.support import postgres, rehearsals

ROOM = 4 << 30  # bytes
SKIPPED = "Skipped: "
SOAKING = pytest.StashKey[int]()  # how many tests are left to `make soak`

# How long one example takes says more about the machine than about the code.
settings.register_profile("wugong", settings(), deadline=None)
settings.load_profile("wugong")


def pytest_configure(config: pytest.Config) -> None:
    """Let what a run makes stay in memory where there is room: a soak syncs a real disk."""
    memory = Path("/dev/shm")
    if "soak" in config.option.markexpr or "TMPDIR" in os.environ or not memory.is_dir():
        return
    if shutil.disk_usage(memory).free > ROOM and os.access(memory, os.W_OK):
        os.environ["TMPDIR"] = str(memory)
        tempfile.tempdir = None


def unavailable(reason: str) -> NoReturn:
    """Skip for want of a tool; fail instead where ``make test`` could have installed it."""
    if os.environ.get("CI") and os.geteuid() == 0 and shutil.which("apt-get"):
        pytest.fail(f"{reason}; in CI nothing is skipped, run `make test`")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """Give a PostgreSQL of this test process's own; each xdist worker has one."""
    binaries = postgres.find_binaries()
    if binaries is None:
        unavailable("no PostgreSQL server found (on Debian: apt-get install postgresql)")
    with postgres.running_cluster(binaries) as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres_cluster: postgres.Cluster) -> Iterator[str]:
    """Give the address of a fresh, empty PostgreSQL database."""
    with postgres_cluster.new_database() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a fresh, empty database: the test runs once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'wugong.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def rehearsal_databases(
    postgres_cluster: postgres.Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[rehearsals.Databases]:
    """Give the PostgreSQL databases on which this process rehearses."""
    databases = rehearsals.Databases(postgres_cluster, tmp_path_factory.mktemp("keys"))
    yield databases
    databases.close()


@pytest.fixture(scope="module", autouse=True)
def rehearsed_on(request: pytest.FixtureRequest) -> Iterator[str]:
    """Keep the rehearsals of a module's fixtures on the kind of database under test."""
    kind = getattr(request, "param", "sqlite")
    with _rehearsing(request, kind):
        yield kind


@pytest.fixture(autouse=True)
def _rehearsed(request: pytest.FixtureRequest, rehearsed_on: str) -> Iterator[None]:
    """Keep the rehearsals of one test on it; what a module's fixtures hold stays theirs."""
    with _rehearsing(request, rehearsed_on):
        yield


@contextmanager
def _rehearsing(request: pytest.FixtureRequest, kind: str) -> Iterator[None]:
    if kind == "sqlite":
        yield
        return
    databases: rehearsals.Databases = request.getfixturevalue("rehearsal_databases")
    with pytest.MonkeyPatch.context() as patch, databases.lent(patch):
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let each test that rehearses do so on both databases, unless it names one itself.

    A browser is driven through one.
    """
    path, folder = metafunc.definition.path, Path(__file__).parent / "plugins"
    chooses = {"database", "postgres_url", "chromium"} & set(metafunc.fixturenames)
    rehearses = "Rehearsal" in vars(metafunc.module) or folder in path.parents
    if not rehearses or chooses or "counting" in path.parts:
        return
    both = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
    metafunc.parametrize("rehearsed_on", both, indirect=True, scope="module")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Give the path of an installed Chromium."""
    found = chromium_support.find_chromium()
    if found is None:
        unavailable("no Chromium found (on Debian: apt-get install chromium)")
    return found


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """Give a headless Chromium; ``browser.new_context(java_script_enabled=False)`` works too.

    One a module, not one a session: while Playwright runs, its event loop counts as running in
    this thread, and a test of another module could not call ``asyncio.run``.
    """
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium, args=list(chromium_support.ARGUMENTS)
        )
        yield launched
        launched.close()


def leave_further_cases_to_a_soak(items: list[pytest.Item]) -> None:
    """Let one case of each test rehearse on PostgreSQL in the suite; a soak takes them all."""
    known: set[Any] = set()
    for item in items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        if params.get("rehearsed_on") != "postgresql":
            continue
        its = item.nodeid.partition("[")[0]
        if its in known:
            item.add_marker(pytest.mark.soak)
        known.add(its)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what uses a shared tool, start with the browser, leave a soak's tests to ``make soak``.

    Those in a browser take longest. Were they last, one worker would do them while none is left
    for the others.
    """
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "chromium" in fixtures:
            item.add_marker(pytest.mark.browser)
        if "postgres_cluster" in fixtures:
            item.add_marker(pytest.mark.postgres)
    leave_further_cases_to_a_soak(items)
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    if "soak" not in config.option.markexpr:
        soaking = [item for item in items if item.get_closest_marker("soak")]
        items[:] = [item for item in items if item not in soaking]
        config.hook.pytest_deselected(items=soaking)
        config.stash[SOAKING] = len(soaking)
        if hasattr(config, "workeroutput"):
            config.workeroutput["soaking"] = len(soaking)


def pytest_collection_finish() -> None:
    """Keep what stays until the end out of every collection of garbage: it takes long by then."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Learn from a worker of xdist, each of which collects all tests, what it left to a soak."""
    node.config.stash[SOAKING] = getattr(node, "workeroutput", {}).get("soaking", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the last lines how many tests were skipped, and why, and how many a soak would run."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
        reasons[reason.removeprefix(SKIPPED)] += 1
    for reason, tests in sorted(reasons.items()):
        terminalreporter.write_line(f"not run: {tests} tests: {reason}", yellow=True)
    if soaking := terminalreporter.config.stash.get(SOAKING, 0):
        terminalreporter.write_line(f"tests left to `make soak`: {soaking}", yellow=True)
