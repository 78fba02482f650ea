"""What we publish carries everything it needs: the wheel alone, without network, serves."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from hatch_build import HTMX_SHA256
from messages import packages

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
ALONE = Path(__file__).with_name("serve_alone.py")
SITE = Path(sysconfig.get_path("purelib"))
# What hatchling takes by itself: what git knows or would know, plus the two kinds of made files.
NOT_SHIPPED = {".po", ".pot", ".pyc"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and the wheel from the sdist, with the build requirements we have."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("wugong-*.whl")
    return path


def made(source: Path) -> Path:
    """Return what the wheel carries in place of ``source``."""
    return source.with_suffix(".mo") if source.suffix == ".po" else source


def shipped(package: Path) -> set[str]:
    """Return the files of ``package`` that a wheel must carry, named as inside the wheel."""
    files = {path for path in package.rglob("*") if path.is_file()}
    kept = {path for path in files if "__pycache__" not in path.parts}
    kept = {path for path in kept if path.suffix not in NOT_SHIPPED} | {
        made(path) for path in kept if path.suffix == ".po"
    }
    return {path.relative_to(package.parent).as_posix() for path in kept}


@pytest.mark.parametrize("package", [pytest.param(path, id=path.name) for path in packages()])
def test_the_wheel_carries_every_file_of_the_package(wheel: Path, package: Path) -> None:
    """Modules, templates, static files, catalogues, migrations, packs of data and py.typed."""
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    assert shipped(package) - inside == set()
    assert f"{package.name}/py.typed" in inside


def test_the_wheel_carries_the_pinned_htmx(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        script = archive.read("wugong_server/static/htmx.min.js")
    assert hashlib.sha256(script).hexdigest() == HTMX_SHA256


def test_the_wheel_carries_nothing_of_the_workshop(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        top = {name.partition("/")[0] for name in archive.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {
        path.name for path in packages()
    }


def test_the_sdist_carries_sources_and_no_made_files(built: Path) -> None:
    (path,) = built.glob("wugong-*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "hatch_build.py", "LICENSE", "README.md", "Makefile"} <= names
    assert {name for name in names if name.endswith(".mo") or "htmx.min" in name} == set()


def test_the_wheel_serves_in_an_empty_environment_without_network(
    wheel: Path, tmp_path: Path
) -> None:
    home = tmp_path / "empty"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin/python"
    install = ["-m", "pip", "--python", str(python), "install", "--no-index", "--no-deps"]
    subprocess.run([sys.executable, *install, "--quiet", str(wheel)], check=True)
    borrow(needed("wugong", {"server"}), site_packages(python))

    isolated = can_isolate()
    command = [*(["unshare", "--net"] if isolated else []), str(python), "-I", str(ALONE)]
    done = subprocess.run(
        [*command, *(["--without-network"] if isolated else [])],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.defpath, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    imported = [str(python), "-c", "import wugong_server; print(wugong_server.__file__)"]
    where = subprocess.run(imported, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert where.stdout.startswith(str(home))


def can_isolate() -> bool:
    if not sys.platform.startswith("linux") or shutil.which("unshare") is None:
        return False
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    return tried.returncode == 0


def site_packages(python: Path) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    told = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True)
    return Path(told.stdout.strip())


def needed(name: str, extras: set[str]) -> dict[str, Distribution]:
    """Return what ``name[extras]`` declares to need, directly or not, from what is installed."""
    found: dict[str, Distribution] = {}
    open_requirements = [(name, extras)]
    seen: set[tuple[str, str]] = set()
    while open_requirements:
        project, wanted = open_requirements.pop()
        dist = distribution(project)
        found[dist.name] = dist
        for requirement in map(Requirement, dist.requires or ()):
            for extra in {"", *wanted}:
                key = (project, f"{requirement}/{extra}")
                marker = requirement.marker
                if key not in seen and (marker is None or marker.evaluate({"extra": extra})):
                    seen.add(key)
                    open_requirements.append((requirement.name, requirement.extras))
    del found[name]
    return found


def borrow(dists: dict[str, Distribution], target: Path) -> None:
    """Lend the files of ``dists``, and of nothing else, to another environment."""
    for dist in dists.values():
        for top in {file.parts[0] for file in dist.files or () if file.parts[0] != ".."}:
            if top != "__pycache__" and not (target / top).exists():
                (target / top).symlink_to(SITE / top)
