"""Whoever counts, writes a plugin or asks for help does not wait for a database and its ciphers."""

from __future__ import annotations

import subprocess
import sys

import pytest

import wugong
import wugong_server

HEAVY = ("sqlalchemy", "sqlmodel", "cryptography", "pydantic", "asyncio", "starlette", "jinja2")


def loaded(code: str) -> set[str]:
    """Return which heavy packages a fresh Python has loaded after ``code``."""
    told = f"import sys\n{code}\nprint(*(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import wugong",
        "from wugong import event, on, hookimpl, Fold, read_procedure",
        "from wugong_voting.counting.registry import COUNTING; COUNTING['irv']",
        "from wugong_voting.commands.tallying import tally_file",
        "import wugong_voting; 'register' in dir(wugong_voting) and wugong_voting.register()",
        "import wugong_planning, wugong_building, wugong_urban, wugong_rural, wugong_mediation",
        "from wugong.deciding import decide; from wugong.plugins import build, installed; "
        "build(installed())",
    ],
)
def test_light_work_loads_nothing_heavy(code: str) -> None:
    assert loaded(code) == set()


def test_the_command_line_starts_without_pages_and_database() -> None:
    assert loaded("import wugong_server.cli") <= {"pydantic", "asyncio"}  # of its settings


def test_the_engine_loads_what_it_needs_when_it_is_asked_for() -> None:
    assert "sqlalchemy" in loaded("from wugong import Engine")


@pytest.mark.parametrize("package", [wugong, wugong_server])
def test_every_public_name_is_there(package: object) -> None:
    for name in package.__all__:  # type: ignore[attr-defined]
        assert getattr(package, name) is not None
        assert name in dir(package)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        package.Nothing  # type: ignore[attr-defined]  # noqa: B018
