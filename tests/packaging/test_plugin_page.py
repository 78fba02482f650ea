"""The plugin of ``docs/plugins.md``: built from the page, installed, tried, and taken out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from starlette.testclient import TestClient

from wugong import Engine, PluginRetired, Refused
from wugong_server import Settings, create_app

PAGE = Path(__file__).parents[2] / "docs" / "plugins.md"
FILE = re.compile(r"^```\w+\n(?:#|\{#) (\S+)(?: #\})?\n(.*?)^```", re.DOTALL | re.MULTILINE)
KEPT = """
import sys
from wugong import Engine, MatterOpened, MemberEnrolled, RoleGranted, seal
with Engine(sys.argv[1]) as engine:
    engine.found("yuan", title="Yuan", setting="urban")
    engine.record("yuan", MemberEnrolled(member="wang", name=seal("Wang")), by="operator")
    engine.record("yuan", RoleGranted(member="wang", role="officer"), by="operator")
    for number in (1, 2):
        opened = MatterOpened(title="Dogs", category="pets")
        matter = engine.record("yuan", opened, by="wang").matter
        heard = engine.read("pets.manager_heard", {"remark": "on a lead"})
        if number == 1:
            engine.record(matter, heard, by="wang")
        print(matter)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the files of the page, compile the catalogue, build the wheel and unpack it."""
    made = tmp_path_factory.mktemp("pets")
    for name, text in FILE.findall(PAGE.read_text(encoding="utf-8")):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    locale = ("-d", "wugong_pets/locale", "-D", "wugong_pets")
    ran(made, "babel.messages.frontend", "compile", *locale)
    ran(made, "hatchling", "build", "-t", "wheel")
    (wheel,) = (made / "dist").glob("*.whl")
    ran(made, "pip", "install", "-q", "--no-deps", "--no-index", "--target", "site", str(wheel))
    return made


def ran(folder: Path, module: str, *arguments: str) -> str:
    """Run a module beside the installed plugin; fail with what it said."""
    site = os.pathsep.join([str(folder / "site"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, *(["-m", module] if "\n" not in module else ["-c", module]), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": site, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_it_is_found_its_rule_keeps_what_rules_keep_and_its_test_passes(folder: Path) -> None:
    assert re.search(
        r"^pets +0\.1\.0 +guard_event", ran(folder, "wugong_server.cli", "plugins"), re.M
    )
    kept = ran(folder, "wugong_server.cli", "check-rule", "pets_preferred", "--elections", "20")
    assert "kept    merges in any order" in kept and "broken" not in kept
    assert "1 passed" in ran(folder, "pytest", "-q", "-p", "no:cacheprovider", "test_pets.py")


def test_every_word_of_it_is_translated_on_the_page(folder: Path) -> None:
    catalogue = folder / "wugong_pets/locale/zh_Hans/LC_MESSAGES/wugong_pets.po"
    with catalogue.open("rb") as file:
        known = {str(one.id) if isinstance(one.id, str) else one.id[0] for one in read_po(file)}
    source = folder / "wugong_pets/__init__.py"
    said = {str(found[1]) for found in extract_from_file("python", source, keywords={"N_": None})}
    assert said and said <= known


def test_taken_out_its_matters_are_read_until_it_is_retired(folder: Path, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'yuan.sqlite3'}"
    heard, plain = ran(folder, KEPT, address).split()
    need = {"text": "a lead", "place": "yard", "channel": "web"}
    command = [sys.executable, "-m", "wugong_server.cli", "doctor", "--database", address]
    doctor = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert doctor.returncode == 1 and "NO  community yuan: pets: not installed" in doctor.stdout
    with Engine(address) as engine:
        event = engine.read("planning.need_filed", need)
        client = TestClient(create_app(engine, Settings(rate_limits=False)))
        told = "这个议题用的插件pets没有安装"
        assert told in client.get(f"/m/{heard}", headers={"accept-language": "zh-Hans"}).text
        assert told not in client.get(f"/m/{plain}", headers={"accept-language": "zh-Hans"}).text
        engine.record(plain, event, by="wang")
        with pytest.raises(Refused, match=r"wugong\.plugin_missing"):
            engine.record(heard, event, by="wang")
        engine.record("yuan", PluginRetired(plugin="pets", reason="no pets"), by="operator")
        engine.record(heard, event, by="wang")
        assert told not in client.get(f"/m/{heard}", headers={"accept-language": "zh-Hans"}).text
