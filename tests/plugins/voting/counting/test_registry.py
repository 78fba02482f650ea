from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import wugong_voting.counting.rules as files
from wugong_voting.counting.registry import COUNTING, Rules


def test_every_file_of_a_rule_is_listed_by_its_name() -> None:
    names = {path.stem for path in Path(files.__path__[0]).glob("*.py")} - {"__init__"}
    assert set(COUNTING) == names
    assert all(rule.id == name for name, rule in COUNTING.items())


def test_a_rule_is_loaded_when_it_is_asked_for() -> None:
    code = (
        "import sys; from wugong_voting.counting.registry import COUNTING;"
        "own = 'wugong_voting.counting.rules.';"
        "print([m for m in sys.modules if m.startswith(own)], 'borda' in COUNTING);"
        "print(COUNTING['borda'].id, [m for m in sys.modules if m.startswith(own)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[] True", "borda ['wugong_voting.counting.rules.borda']"]


def test_the_list_of_rules_loads_none_of_what_rules_are_made_of() -> None:
    code = (
        "import sys; before = set(sys.modules); import wugong_voting.counting.registry;"
        "print(sorted(m for m in set(sys.modules) - before if m.startswith(('wugong', 'numpy'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = ("wugong_voting", "wugong_voting.counting", "wugong_voting.counting.registry")
    assert done.stdout.strip() == str(list(names))


def test_what_is_no_rule_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="dictator"):
        COUNTING["dictator"]
    assert "dictator" not in COUNTING and COUNTING.get("dictator") is None


def test_a_rule_can_be_put_in_and_taken_out() -> None:
    rules = Rules(("borda",))
    rules["mine"] = rules["borda"]
    assert list(rules) == ["borda", "mine"] and len(rules) == 2
    del rules["mine"]
    assert list(rules) == ["borda"]
